"""The order of a physiotherapist's worklist: who needs a person first, and why.

Silence is never "ok": without recent news the level is at least grey.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from exercises.schema import Tier
from rehab.clinical.adherence import label
from rehab.clinical.timetable import require_aware

Level = Literal["red", "amber", "grey", "ok"]

_LEVELS: tuple[Level, ...] = ("red", "amber", "grey", "ok")
_RED_TIERS = (Tier.EMERGENCY, Tier.SAME_DAY)
_NO_TIER = len(Tier)
_WISHES: Mapping[str | None, int] = {"today": 0, None: 1, "can_wait": 2, "just_telling": 3}
_TAKEN = frozenset({"acknowledged", "contacted"})
"""States of an alert that a person already has in hand."""


@dataclass(frozen=True)
class Signals:
    """What is known about one patient at this moment. None means: nothing known."""

    open_tier: Tier | None
    alert_state: str | None
    alert_reason: str | None
    waiting_since: datetime | None
    unread_messages: int
    silent_for: timedelta | None
    silence_limit: timedelta
    reachable: bool
    stage_review_due: bool
    adherence_7d: float | None
    pain_now: float | None
    pain_above_band: bool
    enrolled: bool
    paused: bool
    misunderstood: int = 0
    """Wrong answers to teach-back questions that no clinician has marked as seen."""
    contact: str = ""
    """Of a chat that cannot be reached: blocked or dead."""
    unanswered_for: timedelta | None = None
    """Since the first check-in that was left unanswered; None: none is."""
    phone_after: timedelta | None = None
    """From when on somebody should phone; None: the silence rules alone decide."""
    invited_for: timedelta | None = None
    """Of somebody who has not enrolled and whose invitation is older than the clinic likes."""
    patient_urgency: str | None = None
    """What the patient said about the open alert: today, can_wait or just_telling."""
    unreviewed_photos: int = 0


@dataclass(frozen=True)
class Reason:
    """Why a patient stands where they stand: a stable code, and the values its text needs."""

    code: str
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Rank:
    """A place in the worklist. Sort by `order`, ascending; `reasons` has the gravest first."""

    level: Level
    order: tuple[float, ...]
    reasons: tuple[Reason, ...]


def rank(signals: Signals, now: datetime) -> Rank:
    """Return the patient's place in the worklist at `now`.

    Reason codes: alert(tier, state, reason), unreachable, unreachable_blocked, unreachable_dead,
    phone(hours), invited_long(hours), unread(count),
    unreviewed_photos(count), stage_review, pain_above_band(pain), adherence_low(percent),
    misunderstood(count), silent(hours), no_data, not_enrolled, paused.
    """
    weighed = sorted(_weigh(signals), key=lambda pair: _LEVELS.index(pair[0]))
    level: Level = weighed[0][0] if weighed else "ok"
    reasons = tuple(reason for _, reason in weighed)
    return Rank(level, _order(level, signals, now), reasons)


def _weigh(signals: Signals) -> Iterator[tuple[Level, Reason]]:
    yield from _alert(signals)
    yield from _contact(signals)
    yield from _recovery(signals)
    yield from _unknown(signals)


def _alert(signals: Signals) -> Iterator[tuple[Level, Reason]]:
    tier = signals.open_tier
    if tier is None:
        return
    values = {
        "tier": tier.value,
        "state": signals.alert_state or "",
        "reason": signals.alert_reason or "",
    }
    level: Level = "ok" if tier is Tier.ROUTINE else "amber"
    yield ("red" if tier in _RED_TIERS else level), Reason("alert", values)


def _contact(signals: Signals) -> Iterator[tuple[Level, Reason]]:
    if signals.enrolled and not signals.reachable:
        code = f"unreachable_{signals.contact}" if signals.contact else "unreachable"
        yield "amber", Reason(code)
    if _should_be_phoned(signals):
        yield "amber", Reason("phone", {"hours": _hours(signals.unanswered_for)})
    if signals.unread_messages > 0:
        yield "amber", Reason("unread", {"count": str(signals.unread_messages)})
    if signals.unreviewed_photos > 0:
        yield "amber", Reason("unreviewed_photos", {"count": str(signals.unreviewed_photos)})


def _recovery(signals: Signals) -> Iterator[tuple[Level, Reason]]:
    if signals.stage_review_due:
        yield "amber", Reason("stage_review")
    if signals.pain_above_band and signals.pain_now is not None:
        yield "amber", Reason("pain_above_band", {"pain": f"{signals.pain_now:g}"})
    if signals.adherence_7d is not None and label(signals.adherence_7d) == "low":
        yield "amber", Reason("adherence_low", {"percent": f"{signals.adherence_7d:.0%}"})
    if signals.misunderstood > 0:
        yield "amber", Reason("misunderstood", {"count": str(signals.misunderstood)})


def _unknown(signals: Signals) -> Iterator[tuple[Level, Reason]]:
    """Give the reasons for not knowing how the patient is. Unknown is never "ok"."""
    if signals.paused:
        yield "grey", Reason("paused")
    if not signals.enrolled and signals.invited_for is not None:
        yield "amber", Reason("invited_long", {"hours": _hours(signals.invited_for)})
    elif not signals.enrolled:
        yield "grey", Reason("not_enrolled")
    elif signals.silent_for is None:
        yield "grey", Reason("no_data")
    elif signals.silent_for >= signals.silence_limit:
        yield "grey", Reason("silent", {"hours": str(signals.silent_for // timedelta(hours=1))})


def _should_be_phoned(signals: Signals) -> bool:
    return (
        signals.unanswered_for is not None
        and signals.phone_after is not None
        and not signals.paused
        and signals.unanswered_for >= signals.phone_after
    )


def _hours(age: timedelta | None) -> str:
    return str((age or timedelta()) // timedelta(hours=1))


def _order(level: Level, signals: Signals, now: datetime) -> tuple[float, ...]:
    """Level, tier, not yet taken, wanted today, longest waiting, most messages, longest silent.

    What the patient says moves them inside their tier and never across one. For an emergency or a
    same-day alert only "today" counts: nobody waits longer because they made little of it.
    """
    silent = signals.silent_for or timedelta()
    return (
        _LEVELS.index(level),
        signals.open_tier.rank if signals.open_tier else _NO_TIER,
        signals.alert_state in _TAKEN,
        _wanted(signals),
        -_waiting(signals, now).total_seconds(),
        -signals.unread_messages,
        -silent.total_seconds(),
    )


def _wanted(signals: Signals) -> int:
    if signals.open_tier in _RED_TIERS:
        return 0 if signals.patient_urgency == "today" else 1
    return _WISHES.get(signals.patient_urgency, 1)


def _waiting(signals: Signals, now: datetime) -> timedelta:
    if signals.waiting_since is None:
        return timedelta()
    return require_aware(now) - require_aware(signals.waiting_since)
