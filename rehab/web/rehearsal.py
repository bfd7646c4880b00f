"""A change is carried out, looked at, and rolled back: the preview is what will happen, word by word.

The messages the patient would get are taken from the outbox the services and the conversation wrote,
so the page shows the very text of the chat, or says that nothing is sent.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from exercises.schema import Precaution
from rehab.clinical import timetable
from rehab.db import db
from rehab.errors import InvalidInput, WrongState
from rehab.flows import exercises
from rehab.flows.turn import Turn
from rehab.models import ChatState, Decision, Episode, EpisodeState, OutboxMessage
from rehab.services import plan_edits, plans, progression, surgery_date, versions
from rehab.services.overview.plan_preview import Days, Difference, days_from, differences
from rehab.services.surgery_date import Shift
from rehab.web.plan_acts import EDITS, Doing, carry_out, edit_of

STANDS_IN = "rehearsal"
"""A reason where the service wants one; the page asks for the real one."""
NOON = time(12)
ASKS = ("override", "reason")
NOT_THE_PLAN = frozenset({"pause", "resume", "discharge", "hold"})
"""Whether anything is done changes here, never what."""


@dataclass(frozen=True)
class PatientText:
    """A message the patient would get, and from when it would be sent."""

    text: str
    at: datetime


@dataclass(frozen=True)
class Rehearsal:
    """What a change would do."""

    words: str
    from_on: date
    """The first day that is compared."""
    to_on: date | None = None
    """The last day of the change, if it has one."""
    days: int = 0
    """How many days are compared; 0 when exercises have nothing to do with it."""
    differences: tuple[Difference, ...] = ()
    shifts: tuple[Shift, ...] = ()
    broken: tuple[tuple[Precaution, date | None], ...] = ()
    """Active precautions it breaks, each with its last day."""
    asks: Mapping[str, str] = field(default_factory=dict)
    """`override` or `reason`, and why it is needed."""
    problems: Mapping[str, str] = field(default_factory=dict)
    """Field to reason. With a problem it cannot be confirmed."""
    unmet: tuple[str, ...] = ()
    """Texts of the exit criteria that are not met or not known, when it advances."""
    messages: tuple[PatientText, ...] = ()
    day_list: str = ""
    """The list of exercises as the chat would show it on the first day; empty when nothing differs."""
    silent_because: str = ""
    """Why nothing can be sent: no_chat, blocked, not_active or empty."""

    @property
    def has_difference(self) -> bool:
        """Whether any exercise differs."""
        return any(one.mark != "same" for one in self.differences)


@contextmanager
def undone() -> Iterator[Session]:
    """A transaction in which nothing lasts."""
    try:
        yield db.session()
    finally:
        db.session.rollback()
        db.session.remove()


def rehearse(doing: Doing) -> Rehearsal:
    """Show what a change does. Call it inside `undone`. Raises NotFound and NotAllowed."""
    session, context, episode = doing.session, doing.context, doing.episode
    seen = _plain(doing)
    if seen.problems:
        return seen
    before = _days(doing, seen)
    newest = session.scalar(select(func.max(OutboxMessage.id))) or 0
    words, asks, problems = _attempt(doing)
    if problems:
        return replace(seen, problems=problems, asks=asks)
    after = _days(doing, seen)
    library = versions.library_of(session, context, episode)
    seen = replace(
        seen,
        words=words,
        asks=asks,
        days=0 if doing.form.kind.data in NOT_THE_PLAN else len(after),
        differences=differences(before, after, library),
        messages=_messages(session, episode, newest),
        silent_because=_silent_because(episode),
    )
    return replace(seen, day_list=_day_list(doing, seen, before, after))


def _days(doing: Doing, seen: Rehearsal) -> Days:
    return days_from(
        doing.session,
        doing.context,
        episode=doing.episode,
        first=seen.from_on,
        last=seen.to_on,
    )


def _plain(doing: Doing) -> Rehearsal:
    """What the services' own previews say before anything is tried."""
    session, context, episode, now = doing.session, doing.context, doing.episode, doing.now
    first = plans.takes_effect_on(session, episode=episode, now=now)
    kind = doing.form.kind.data
    if kind in EDITS:
        edit = edit_of(doing.form, doing.today)
        seen = plan_edits.preview(session, context, episode=episode, edit=edit, now=now)
        broken = tuple(zip(seen.broken, seen.broken_until, strict=True))
        return Rehearsal(seen.words, seen.on, edit.to_on, broken=broken, problems=seen.problems)
    moved = doing.form.surgery_on.data
    if kind == "surgery_date" and moved is not None:
        move = surgery_date.preview(session, context, episode=episode, surgery_on=moved, now=now)
        return Rehearsal("", first, shifts=move.shifts, problems=move.problems)
    if kind == Decision.ADVANCE:
        review = progression.view(session, context, episode=episode, now=now)
        unmet = (one.criterion.text for one in review.criteria if one.state != "met")
        return Rehearsal("", first, unmet=tuple(unmet))
    return Rehearsal("", first)


def _attempt(doing: Doing) -> tuple[str, dict[str, str], dict[str, str]]:
    """Try until only a problem is left: what it did, what it asks for, what is wrong with it."""
    asks: dict[str, str] = {}
    while True:
        try:
            with doing.session.begin_nested():
                return carry_out(doing), asks, {}
        except InvalidInput as error:
            asked = next((one for one in ASKS if one in error.fields and one not in asks), None)
            if asked is None:
                return "", asks, dict(error.fields)
            asks[asked] = error.fields[asked]
            doing = replace(doing, override=True) if asked == "override" else doing
            doing = replace(doing, reason=STANDS_IN) if asked == "reason" else doing
        except WrongState as error:
            return "", asks, {"kind": str(error)}


def _messages(session: Session, episode: Episode, newest: int) -> tuple[PatientText, ...]:
    chat = episode.patient.chat
    if chat is None:
        return ()
    rows = session.scalars(
        select(OutboxMessage)
        .where(OutboxMessage.id > newest, OutboxMessage.chat_id == chat.chat_id)
        .order_by(OutboxMessage.id)
    )
    return tuple(PatientText(row.text or "", row.not_before) for row in rows)


def _silent_because(episode: Episode) -> str:
    chat = episode.patient.chat
    if chat is None:
        return "no_chat"
    if chat.state != ChatState.ACTIVE:
        return "blocked"
    return "" if episode.state == EpisodeState.ACTIVE else "not_active"


def _day_list(doing: Doing, seen: Rehearsal, before: Days, after: Days) -> str:
    """The first day's list, told by the conversation itself; only for today and tomorrow.

    Later, answers nobody has given yet would decide about the dose.
    """
    is_soon = seen.from_on <= doing.today + timedelta(days=1)
    if seen.silent_because or before == after or not is_soon:
        return ""
    session, episode = doing.session, doing.episode
    then = doing.now
    if seen.from_on > doing.today:
        then = timetable.due_at(seen.from_on, NOON, episode.patient.timezone)
    newest = session.scalar(select(func.max(OutboxMessage.id))) or 0
    turn = Turn(session, doing.context, episode.patient, episode, "rehearsal", then)
    exercises.show_today(turn)
    return "\n\n".join(one.text for one in _messages(session, episode, newest))
