"""The difference a change makes to some days of exercises, side by side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.orm import Session

from exercises.schema import Exercise
from rehab.clinical import timetable
from rehab.clinical.staging import PlanItem
from rehab.models import Episode
from rehab.services import care_tasks
from rehab.services.context import Context
from rehab.services.overview.plan_day import items_on

MOST_DAYS = 7
Days = tuple[tuple[PlanItem, ...], ...]


@dataclass(frozen=True)
class Difference:
    """One exercise before and after, and on how many of the days. `mark`: new, gone, changed, same."""

    exercise_id: str
    name: str
    before: str
    before_days: int
    after: str
    after_days: int
    mark: str


def days_from(
    session: Session, context: Context, *, episode: Episode, first: date, last: date | None
) -> Days:
    """The plan of seven dates from `first` on, or up to `last` when that is sooner.

    Exercises take turns, so one day says too little.
    """
    count = MOST_DAYS if last is None else min(MOST_DAYS, max((last - first).days + 1, 1))
    return tuple(
        items_on(
            session,
            context,
            episode=episode,
            day=timetable.day_number(episode.surgery_on, first + timedelta(days=ahead)),
        )
        for ahead in range(count)
    )


def differences(
    before: Days, after: Days, library: Mapping[str, Exercise]
) -> tuple[Difference, ...]:
    """Every exercise of either plan, in the order of the plan, the new ones last."""
    old, new = _by_exercise(before), _by_exercise(after)
    return tuple(
        _difference(one, library[one].name, old.get(one, []), new.get(one, []))
        for one in dict.fromkeys([*old, *new])
    )


def _by_exercise(found: Days) -> dict[str, list[str]]:
    doses: dict[str, list[str]] = {}
    for items in found:
        for item in items:
            doses.setdefault(item.exercise_id, []).append(care_tasks.dose_text(item, "en"))
    return doses


def _difference(exercise_id: str, name: str, old: list[str], new: list[str]) -> Difference:
    if not old:
        mark = "new"
    elif not new:
        mark = "gone"
    else:
        mark = "same" if old == new else "changed"
    return Difference(exercise_id, name, _said(old), len(old), _said(new), len(new), mark)


def _said(doses: list[str]) -> str:
    return " / ".join(dict.fromkeys(doses))
