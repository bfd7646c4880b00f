"""The one state in which a patient's local day ended. There are five, and no sixth.

The first that holds decides: escalated (a person has been told), answered, unreachable (the question could
not be put), excused (nothing was asked, or a pause was agreed), and only then overdue: asked, no answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

State = Literal["escalated", "answered", "unreachable", "excused", "overdue"]
STATES: tuple[State, ...] = ("escalated", "answered", "unreachable", "excused", "overdue")
"""In order of precedence."""
Contact = Literal["ok", "blocked", "dead", "no_chat"]

_BEGINS = frozenset({"enrolled", "resumed", "paused"})
_ENDS = frozenset({"stopped", "closed"})
_CONTACTS: dict[str, Contact] = {
    "enrolled": "ok",
    "chat_back": "ok",
    "chat_blocked": "blocked",
    "chat_dead": "dead",
}


@dataclass(frozen=True)
class Event:
    """Something that happened to the episode: enrolled, paused, resumed, stopped, closed,
    chat_blocked, chat_dead or chat_back; other kinds mean nothing here."""

    at: datetime
    kind: str


@dataclass(frozen=True)
class Day:
    """A local date as instants, [starts_at, ends_at), and what is on record about it."""

    starts_at: datetime
    ends_at: datetime
    is_escalated: bool
    """An alert of the patient was open at some moment of the day."""
    has_answered: bool
    """A check-in of the date is complete."""
    is_due: bool
    """A check-in of the date was planned and not taken back."""
    was_asked: bool


def in_care(events: Sequence[Event], day: Day) -> bool:
    """Return whether the patient was in care at any moment of the day: enrolled, and not stopped before."""
    before = _last(events, day.starts_at, _BEGINS | _ENDS)
    begins = any(day.starts_at <= one.at < day.ends_at and one.kind in _BEGINS for one in events)
    return begins or before in _BEGINS


def state_of(events: Sequence[Event], day: Day) -> tuple[State, str]:
    """Return the state of a day in care and a stable code of its reason.

    Reasons: alert, check_in, blocked, dead, no_chat, paused, stopped, nothing_due, not_asked, no_answer.
    """
    if day.is_escalated:
        return "escalated", "alert"
    if day.has_answered:
        return "answered", "check_in"
    contact = _contact(events, day.ends_at)
    if contact != "ok":
        return "unreachable", contact
    standing = _last(events, day.ends_at, _BEGINS | _ENDS)
    if standing in _ENDS:
        return "excused", "stopped"
    if standing == "paused":
        return "excused", "paused"
    if not day.is_due:
        return "excused", "nothing_due"
    return "overdue", "no_answer" if day.was_asked else "not_asked"


def _contact(events: Sequence[Event], until: datetime) -> Contact:
    kind = _last(events, until, frozenset(_CONTACTS))
    return _CONTACTS[kind] if kind else "no_chat"


def _last(events: Sequence[Event], until: datetime, kinds: frozenset[str]) -> str | None:
    found = [one for one in events if one.at < until and one.kind in kinds]
    return max(found, key=lambda one: one.at).kind if found else None
