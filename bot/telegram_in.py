"""Telegram's words to ours: an update becomes an Event, even when it is half broken."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from telegram import Bot, CallbackQuery, ChatMemberUpdated, Message, Update
from telegram.constants import ChatMemberStatus, ChatType
from telegram.ext import filters

from rehab.flows.types import Event, EventKind
from rehab.models import InboxUpdate
from rehab.services import inbox

ALLOWED_UPDATES = ("message", "edited_message", "callback_query", "my_chat_member")
_COMMAND = re.compile(r"/([A-Za-z0-9_]{1,32})(?:@\w+)?(?:\s+|$)")
_GONE = (ChatMemberStatus.BANNED, ChatMemberStatus.LEFT)


class Unreadable(Exception):
    """The update is beyond understanding; a person must look at it."""


def event_of(row: InboxUpdate, bot: Bot) -> Event | None:
    """What the person did; None for what is none of our business (talk in groups, unknown kinds).

    Raises Unreadable when not even a chat can be made out.
    """
    body = _body(row.raw)
    try:
        update = Update.de_json(body, bot)
        if update.message is not None:
            return _of_message(row, update.message)
        if update.edited_message is not None:
            return _of_message(row, update.edited_message, is_edit=True)
        if update.callback_query is not None:
            return _of_tap(row, update.callback_query)
        if update.my_chat_member is not None:
            return _of_membership(row, update.my_chat_member)
    except Exception:
        # Half broken or newer than the client: danger words in it must still be seen.
        return _plainly(row, body)
    return _plainly(row, body) if any(kind in body for kind in ALLOWED_UPDATES) else None


def tap_id(raw: str | None) -> str | None:
    """The id under which a tap must be acknowledged, even if handling it failed."""
    try:
        tap = _body(raw).get("callback_query")
    except Unreadable:
        return None
    given = tap.get("id") if isinstance(tap, Mapping) else None
    return str(given) if isinstance(given, str | int) else None


def _of_message(row: InboxUpdate, message: Message, *, is_edit: bool = False) -> Event | None:
    person = message.from_user
    if message.migrate_to_chat_id is not None:
        return _of_move(row, message, message.migrate_to_chat_id)
    if message.chat.type != ChatType.PRIVATE or (person is not None and person.is_bot):
        return None
    text = _words(message.text) or _words(message.caption)
    kind, command = EventKind.OTHER, ""
    sent = _medium(message)
    match = _COMMAND.match(text) if message.text and not is_edit else None
    if is_edit:
        kind = EventKind.EDITED_TEXT if text else EventKind.OTHER
    elif match:
        kind, command, text = EventKind.COMMAND, match.group(1).lower(), text[match.end() :]
    elif sent.kind:
        kind = EventKind.MEDIA
    elif text:
        kind = EventKind.TEXT
    return Event(
        source=inbox.source_of(row),
        kind=kind,
        chat_id=message.chat.id,
        user_id=person.id if person else message.chat.id,
        at=_instant(row, message.edit_date if is_edit else message.date),
        text=text,
        command=command,
        message_id=message.message_id,
        media_kind=sent.kind,
        file_id=sent.file_id,
        mime=sent.mime,
        size=sent.size,
        seconds=sent.seconds,
        album=_words(message.media_group_id)[:64],
    )


def _of_tap(row: InboxUpdate, tap: CallbackQuery) -> Event | None:
    token, choice = _token_and_choice(_words(tap.data))
    return Event(
        source=inbox.source_of(row),
        kind=EventKind.TAP,
        chat_id=tap.message.chat.id if tap.message else tap.from_user.id,
        user_id=tap.from_user.id,
        at=row.received_at,
        token=token,
        choice=choice,
        message_id=tap.message.message_id if tap.message else None,
    )


def _of_move(row: InboxUpdate, message: Message, new_chat_id: int) -> Event:
    """A group became a supergroup and has another id from now on."""
    return Event(
        source=inbox.source_of(row),
        kind=EventKind.GROUP_MOVED,
        chat_id=message.chat.id,
        user_id=message.chat.id,
        at=_instant(row, message.date),
        moved_to=new_chat_id,
    )


def _of_membership(row: InboxUpdate, change: ChatMemberUpdated) -> Event | None:
    if change.chat.type != ChatType.PRIVATE:
        return None
    is_gone = change.new_chat_member.status in _GONE
    return Event(
        source=inbox.source_of(row),
        kind=EventKind.BLOCKED if is_gone else EventKind.UNBLOCKED,
        chat_id=change.chat.id,
        user_id=change.from_user.id,
        at=_instant(row, change.date),
    )


@dataclass(frozen=True)
class _Medium:
    """What was sent besides text; `kind` is empty for plain text."""

    kind: str = ""
    file_id: str | None = None
    mime: str = ""
    size: int | None = None
    seconds: int | None = None


def _medium(message: Message) -> _Medium:
    if message.photo:
        largest = message.photo[-1]
        return _Medium("photo", largest.file_id, size=_count(largest.file_size))
    for kind, medium in (
        ("voice", message.voice or message.audio),
        ("video", message.video or message.video_note or message.animation),
        ("document", message.document),
    ):
        if medium is not None:
            told = medium.to_dict()
            return _Medium(
                kind,
                medium.file_id,
                mime=_words(told.get("mime_type")),
                size=_count(told.get("file_size")),
                seconds=_count(told.get("duration")),
            )
    if message.text or filters.StatusUpdate.ALL.check_update(Update(0, message=message)):
        return _Medium()
    # A sticker, a place, a contact, or something newer than this client: a person may look.
    return _Medium("other")


def _count(told: Any) -> int | None:
    """Bytes or seconds, as a database can hold them."""
    if isinstance(told, bool) or not isinstance(told, int | float) or told < 0:
        return None
    return int(min(told, 2**31 - 1))


def _plainly(row: InboxUpdate, body: Mapping[str, Any]) -> Event | None:
    """Our own minimal reading, for updates the client's types refuse."""
    tap = body.get("callback_query")
    message = body.get("message") or body.get("edited_message")
    if isinstance(tap, Mapping):
        chat = _sub(_sub(tap, "message"), "chat") or _sub(tap, "from")
        token, choice = _token_and_choice(_words(tap.get("data")))
        kind, command, text = EventKind.TAP, "", ""
    elif isinstance(message, Mapping):
        chat = _sub(message, "chat") or _sub(message, "from")
        text = _words(message.get("text")) or _words(message.get("caption"))
        command, token, choice = "", "", -1
        kind = EventKind.EDITED_TEXT if "edited_message" in body else EventKind.TEXT
        kind = kind if text else EventKind.MEDIA
        match = _COMMAND.match(text) if kind == EventKind.TEXT else None
        if match:
            # A server that leaves out a field of the message must not lock patients out.
            kind, command, text = EventKind.COMMAND, match.group(1).lower(), text[match.end() :]
    else:
        raise Unreadable
    if chat.get("type", ChatType.PRIVATE) != ChatType.PRIVATE:
        return None
    chat_id = chat.get("id")
    if type(chat_id) is not int or not 0 < chat_id < 2**63:
        raise Unreadable
    user_id = _sub(tap if isinstance(tap, Mapping) else message, "from").get("id")
    return Event(
        source=inbox.source_of(row),
        kind=kind,
        chat_id=chat_id,
        user_id=user_id if type(user_id) is int else chat_id,
        at=row.received_at,
        text=text,
        command=command,
        token=token,
        choice=choice,
        media_kind="other" if kind == EventKind.MEDIA else "",
    )


def _body(raw: str | None) -> dict[str, Any]:
    try:
        body = json.loads(raw or "")
    except (ValueError, RecursionError) as error:
        raise Unreadable from error
    if not isinstance(body, dict):
        raise Unreadable
    return body


def _sub(place: Any, name: str) -> Mapping[str, Any]:
    found = place.get(name) if isinstance(place, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def _words(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    # Half an emoji (a lone surrogate) is no character: no page and no key could ever hold it.
    return str(value).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _token_and_choice(data: str) -> tuple[str, int]:
    token, colon, choice = data.rpartition(":")
    if colon and choice.isascii() and choice.isdigit() and len(choice) < 6:
        return token, int(choice)
    return data, -1


def _instant(row: InboxUpdate, told: datetime | None) -> datetime:
    """When it happened, as far as Telegram says; never later than we heard of it."""
    if told is None or told.timestamp() <= 0:
        return row.received_at
    return min(told.astimezone(UTC), row.received_at)
