"""Text formatting: HTML in, plain text and entities (UTF-16 offsets) out."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import Any

from bot.simulator.errors import ApiError, bad_request

Entity = dict[str, Any]

_TAGS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "code": "code",
    "pre": "pre",
    "a": "text_link",
    "blockquote": "blockquote",
    "tg-emoji": "custom_emoji",
}
_TAG = re.compile(r"<(/?)([a-zA-Z0-9-]*)((?:\s+[^<>]*?)?)\s*>")
_ATTRIBUTE = re.compile(r"""([a-zA-Z_:-]+)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s"'>]+))?""")
_CHARACTER_REFERENCE = re.compile(r"&(?:lt|gt|amp|quot|#\d+|#x[0-9a-fA-F]+);")
_COMMAND = re.compile(r"(?<![\w/@])/[A-Za-z0-9_]{1,64}(?:@\w{3,32})?(?![\w/])")
_URL = re.compile(r"(?<![\w@/])(?:https?://|t\.me/|www\.)[^\s<>\"']*[\w/#=&%+-]")


def utf16_length(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def format_text(text: str, parse_mode: str | None, given: object) -> tuple[str, list[Entity]]:
    """What a phone would show for `text`, trimmed, with links and commands recognised."""
    plain, entities = _parse(text, parse_mode, given)
    plain, entities = _trim(plain, entities)
    return plain, sorted(entities + detect(plain, entities), key=lambda entity: entity["offset"])


def _parse(text: str, parse_mode: str | None, given: object) -> tuple[str, list[Entity]]:
    if not parse_mode:
        return text, [dict(e) for e in given] if isinstance(given, list) else []
    if parse_mode.lower() != "html":
        raise bad_request("unsupported parse_mode")
    return HtmlParser(text).parse()


def _trim(text: str, entities: list[Entity]) -> tuple[str, list[Entity]]:
    """Telegram drops white space at both ends; entities move and shrink with it."""
    lead = utf16_length(text) - utf16_length(text.lstrip())
    plain = text.strip()
    end = utf16_length(plain)
    kept = []
    for entity in entities:
        first = max(0, entity["offset"] - lead)
        last = min(end, entity["offset"] + entity["length"] - lead)
        if last > first:
            kept.append({**entity, "offset": first, "length": last - first})
    return plain, kept


def detect(text: str, marked: list[Entity]) -> list[Entity]:
    """Commands and links a client recognises by itself, outside code and given links."""
    taken = [
        (entity["offset"], entity["offset"] + entity["length"])
        for entity in marked
        if entity["type"] in {"code", "pre", "text_link", "url", "bot_command"}
    ]
    found: list[Entity] = []
    for kind, pattern in (("bot_command", _COMMAND), ("url", _URL)):
        for match in pattern.finditer(text):
            start = utf16_length(text[: match.start()])
            length = utf16_length(match.group())
            if not any(first < start + length and start < last for first, last in taken):
                found.append({"type": kind, "offset": start, "length": length})
                taken.append((start, start + length))
    return found


@dataclass
class _OpenTag:
    name: str
    start: int
    attributes: dict[str, str]


class HtmlParser:
    """Telegram's HTML dialect: few tags, strict nesting, errors with byte offsets."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.position = 0
        self.text: list[str] = []
        self.length = 0
        self.open: list[_OpenTag] = []
        self.entities: list[Entity] = []

    def parse(self) -> tuple[str, list[Entity]]:
        while self.position < len(self.source):
            character = self.source[self.position]
            if character == "<":
                self._tag()
            elif character == "&":
                self._reference()
            else:
                self._emit(character)
                self.position += 1
        if self.open:
            name = self.open[-1].name
            raise self._error(f'Can\'t find end tag corresponding to start tag "{name}"')
        return "".join(self.text), self.entities

    def _emit(self, piece: str) -> None:
        self.text.append(piece)
        self.length += utf16_length(piece)

    def _reference(self) -> None:
        match = _CHARACTER_REFERENCE.match(self.source, self.position)
        self._emit(html.unescape(match.group()) if match else "&")
        self.position += len(match.group()) if match else 1

    def _tag(self) -> None:
        match = _TAG.match(self.source, self.position)
        if match is None:
            raise self._error(self._broken_tag())
        closing, name, attributes = match.group(1), match.group(2).lower(), match.group(3)
        if closing:
            self._close(name)
        else:
            self._open(name, attributes)
        self.position = match.end()

    def _broken_tag(self) -> str:
        word = re.match(r"</?([^\s<>]*)", self.source[self.position :])
        name = word.group(1).lower() if word else ""
        if name in _TAGS:
            return f"Unclosed start tag at byte offset {self._byte_offset()}"
        return f'Unsupported start tag "{name}" at byte offset {self._byte_offset()}'

    def _open(self, name: str, attributes: str) -> None:
        found = {
            key.lower(): html.unescape((value or "").strip("\"'"))
            for key, value in _ATTRIBUTE.findall(attributes)
        }
        known = name in _TAGS and (name != "span" or found.get("class") == "tg-spoiler")
        if not known:
            raise self._error(
                f'Unsupported start tag "{name}" at byte offset {self._byte_offset()}'
            )
        self.open.append(_OpenTag(name, self.length, found))

    def _close(self, name: str) -> None:
        at = self._byte_offset()
        if not self.open:
            raise self._error(f"Unexpected end tag at byte offset {at}")
        tag = self.open.pop()
        if name not in {tag.name, ""}:
            raise self._error(
                f'Unmatched end tag at byte offset {at}, expected "</{tag.name}>", '
                f'found "</{name}>"'
            )
        if self.length > tag.start:
            self._add_entity(tag)

    def _add_entity(self, tag: _OpenTag) -> None:
        kind = _TAGS[tag.name]
        if kind == "blockquote" and "expandable" in tag.attributes:
            kind = "expandable_blockquote"
        entity: Entity = {"type": kind, "offset": tag.start, "length": self.length - tag.start}
        if kind == "text_link":
            if not tag.attributes.get("href"):
                return
            entity["url"] = tag.attributes["href"]
        if kind == "custom_emoji":
            entity["custom_emoji_id"] = tag.attributes.get("emoji-id", "")
        self.entities.append(entity)

    def _byte_offset(self) -> int:
        return len(self.source[: self.position].encode())

    def _error(self, reason: str) -> ApiError:
        return bad_request(f"can't parse entities: {reason}")
