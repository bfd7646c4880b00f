"""The escalation ladder: whom an open alert reaches next and when.

Steps are counted from 0; -1 means that nobody was paged yet. An open alert always has a next look:
only a person ends it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from exercises.schema import Tier
from rehab.clinical.timetable import require_aware

AUDIENCES = frozenset({"on_call", "care_team", "everyone"})
NOBODY_YET = -1


@dataclass(frozen=True)
class Step:
    """One rung: `after` is counted from the opening of the alert, `to` names the audience."""

    after: timedelta
    to: str

    def __post_init__(self) -> None:
        if self.to not in AUDIENCES or self.after < timedelta():
            raise ValueError(f"a step goes to one of {sorted(AUDIENCES)} after 0 or more")


@dataclass(frozen=True)
class Ladder:
    """The steps of one tier, how often the last repeats, how long an acknowledgement lasts."""

    tier: Tier
    steps: tuple[Step, ...]
    repeat_every: timedelta
    ack_lasts: timedelta

    def __post_init__(self) -> None:
        times = [step.after for step in self.steps]
        if not times or times != sorted(times):
            raise ValueError("a ladder has at least one step and its steps in order of time")
        if min(self.repeat_every, self.ack_lasts) <= timedelta():
            raise ValueError("repeat_every and ack_lasts are longer than nothing")


@dataclass(frozen=True)
class Due:
    """A page to make now: the step it belongs to and whether it only repeats that step."""

    step: int
    is_repeat: bool


def first_look(ladder: Ladder, opened_at: datetime) -> datetime:
    """Return when a new alert is looked at for the first time."""
    return require_aware(opened_at) + ladder.steps[0].after


def due_page(
    ladder: Ladder,
    *,
    opened_at: datetime,
    now: datetime,
    last_step: int,
    last_paged_at: datetime | None,
) -> Due | None:
    """Return the page to make now: the next step when its time has come, else a repeat, else None.

    After an outage, call it again after each page: overdue steps come one by one.
    """
    if require_aware(now) >= _next_step_at(ladder, opened_at, last_step):
        return Due(last_step + 1, is_repeat=False)
    if last_step > NOBODY_YET and now >= _repeat_at(ladder, opened_at, last_paged_at):
        return Due(min(last_step, len(ladder.steps) - 1), is_repeat=True)
    return None


def next_look(
    ladder: Ladder, *, opened_at: datetime, last_step: int, last_paged_at: datetime | None
) -> datetime:
    """Return when to look at an open alert again: its next step or the repeat, the earlier one."""
    step_at = _next_step_at(ladder, opened_at, last_step)
    if last_step <= NOBODY_YET:
        return step_at
    return min(step_at, _repeat_at(ladder, opened_at, last_paged_at))


def ack_expires_at(ladder: Ladder, acknowledged_at: datetime) -> datetime:
    """Return when an acknowledged but unresolved alert comes back."""
    return require_aware(acknowledged_at) + ladder.ack_lasts


def skip_empty(ladder: Ladder, step: int, has_someone: Callable[[str], bool]) -> int | None:
    """Return the first step from `step` on that reaches somebody, or None when none does."""
    for index in range(max(step, 0), len(ladder.steps)):
        if has_someone(ladder.steps[index].to):
            return index
    return None


def _next_step_at(ladder: Ladder, opened_at: datetime, last_step: int) -> datetime:
    if last_step + 1 < len(ladder.steps):
        return require_aware(opened_at) + ladder.steps[max(last_step + 1, 0)].after
    return _never(opened_at)


def _never(opened_at: datetime) -> datetime:
    return datetime.max.replace(tzinfo=require_aware(opened_at).tzinfo)


def _repeat_at(ladder: Ladder, opened_at: datetime, last_paged_at: datetime | None) -> datetime:
    """A step that was reached but has no page on record repeats at once."""
    if last_paged_at is None:
        return require_aware(opened_at)
    return require_aware(last_paged_at) + ladder.repeat_every
