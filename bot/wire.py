"""Splits the answer to getUpdates into single updates, even when some of it is not JSON."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

_DECODER = json.JSONDecoder()
_RESULT = re.compile(r'"result"\s*:\s*\[')
_ID = re.compile(r'"update_id"\s*:\s*(\d{1,16})(?!\d)')
_NEXT = re.compile(r'\{\s*"update_id"')
BIGGEST_ID = 2**53
"""A larger update id is nonsense; confirming it would confirm everything before it, unseen."""


class NotAnAnswer(ValueError):
    """The body is no list of updates at all."""


@dataclass(frozen=True)
class Batch:
    """The updates as JSON texts, just as they were sent, and the highest id among them."""

    updates: list[str]
    highest_id: int | None


def split(body: bytes) -> Batch:
    """Read the answer. Raises NotAnAnswer when there is nothing to find in it."""
    text = body.decode("utf-8", "replace")
    try:
        answer = json.loads(text)
    except (ValueError, RecursionError):
        return _salvage(text)
    if not isinstance(answer, dict) or not isinstance(answer.get("result"), list):
        raise NotAnAnswer
    elements = answer["result"]
    ids = [element.get("update_id") for element in elements if isinstance(element, dict)]
    updates = [json.dumps(element, ensure_ascii=False) for element in elements]
    return Batch(updates, _highest(ids))


def _salvage(text: str) -> Batch:
    """One broken update must not take its neighbours with it: read element by element, and keep
    what cannot be read, up to where the next update begins, as a text of its own."""
    start = _RESULT.search(text)
    if start is None:
        raise NotAnAnswer
    updates: list[str] = []
    ids: list[Any] = []
    position = _skip(text, start.end(), ", \t\r\n")
    while position < len(text) and text[position] != "]":
        try:
            element, end = _DECODER.raw_decode(text, position)
        except (ValueError, RecursionError):
            following = _NEXT.search(text, position + 1)
            end = following.start() if following else len(text)
            piece = text[position:end].rstrip(", \t\r\n")
            found = _ID.search(piece)
            ids.append(int(found.group(1)) if found else None)
            updates.append(piece)
        else:
            ids.append(element.get("update_id") if isinstance(element, dict) else None)
            updates.append(text[position:end])
        position = _skip(text, end, ", \t\r\n")
    return Batch(updates, _highest(ids))


def _highest(ids: list[Any]) -> int | None:
    return max(
        (one for one in ids if type(one) is int and 0 <= one <= BIGGEST_ID),
        default=None,
    )


def _skip(text: str, position: int, characters: str) -> int:
    while position < len(text) and text[position] in characters:
        position += 1
    return position
