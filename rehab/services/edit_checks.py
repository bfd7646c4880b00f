"""What an edit of a plan would bring, day by day: what differs, what it breaks, what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from exercises.schema import MOST_EXERCISES, Dose, Exercise, Precaution
from rehab.clinical import precautions, timetable
from rehab.clinical.staging import Change, PlanItem
from rehab.models import ChangeKind, Episode, PlanChange
from rehab.services import plans, versions
from rehab.services.context import Context

UNBOUNDED = 1000
LEAST_AHEAD = 28
"""Days to look ahead at least: exercises take turns and have days of the week."""
NEEDS_EXERCISE = frozenset({ChangeKind.DOSE, ChangeKind.ADD, ChangeKind.REMOVE, ChangeKind.SWAP})

Days = Mapping[int, tuple[PlanItem, ...]]


@dataclass(frozen=True)
class Ahead:
    """The plan with and without an edit, by day after surgery, from its first day on."""

    before: Days
    after: Days
    broken: tuple[Precaution, ...]
    problems: dict[str, str]

    @property
    def first_different_day(self) -> int:
        """The first day on which the plan differs, else the first day of the edit."""
        different = (day for day in self.before if self.before[day] != self.after[day])
        return next(different, min(self.before))


def look_ahead(session: Session, context: Context, *, episode: Episode, row: PlanChange) -> Ahead:
    """See what a row that is not written yet would do on the days of the present stage."""
    library = versions.library_of(session, context, episode)
    problem = _unknown(session, context, episode, row, library)
    changes = plans.changes_of(session, episode)
    days = _days(session, context, episode, row)
    before = _plan(session, context, episode, days, changes)
    if problem:
        return Ahead(before, before, (), problem)
    broken = _broken(session, context, episode, row, library, before)
    row.overrides = [one.id for one in broken]
    more = [*changes, plans.as_change(row, episode.surgery_on)]
    after = _plan(session, context, episode, days, more)
    problems = _not_in_plan(row, before, library) | _doses(row, library)
    ninth = _too_many(session, context, episode, days, changes, more)
    if ninth and not problems:
        problems["exercise_id"] = ninth
    return Ahead(before, after, broken, problems)


def too_many_without(
    session: Session, context: Context, *, episode: Episode, row: PlanChange, now: datetime
) -> str:
    """Why a change cannot be taken back: the plan would have too many exercises on a day."""
    changes = plans.changes_of(session, episode)
    rest = [one for one in changes if one.id != row.id]
    today = timetable.day_number(
        episode.surgery_on, timetable.local_date(now, episode.patient.timezone)
    )
    days = range(today, today + LEAST_AHEAD)
    return _too_many(session, context, episode, days, changes, rest)


def without_room(session: Session, context: Context, *, episode: Episode, day: int) -> list[int]:
    """The ids of changes whose exercise has no room on one of seven days, as after a new stage."""
    days, changes = range(day, day + 7), plans.changes_of(session, episode)
    kept = _plan(session, context, episode, days, changes)
    wanted = _plan(session, context, episode, days, changes, UNBOUNDED)
    lost = [item for one in days for item in wanted[one] if item not in kept[one]]
    return sorted({item.change_id for item in lost if item.change_id is not None})


def ends_on(
    session: Session, context: Context, *, episode: Episode, precaution: Precaution, day: int
) -> date | None:
    """The last local date of a precaution for this patient; None when it is switched off."""
    window = precautions.days_of(
        versions.protocol_of(session, context, episode),
        precaution,
        day,
        plans.discharge_day(episode),
        plans.changes_of(session, episode),
    )
    return episode.surgery_on + timedelta(days=window[1]) if window else None


def _days(session: Session, context: Context, episode: Episode, row: PlanChange) -> range:
    first = timetable.day_number(episode.surgery_on, row.from_on)
    stage = versions.protocol_of(session, context, episode).stage(episode.stage_id)
    last = max(stage.to_day, first + LEAST_AHEAD)
    if row.to_on is not None:
        last = min(last, timetable.day_number(episode.surgery_on, row.to_on))
    return range(first, max(first, last) + 1)


def _plan(
    session: Session,
    context: Context,
    episode: Episode,
    days: range,
    changes: Sequence[Change],
    most: int = MOST_EXERCISES,
) -> dict[int, tuple[PlanItem, ...]]:
    return {
        day: plans.on_day(
            session,
            context,
            episode=episode,
            day=day,
            changes=changes,
            most=most,
            is_paused=False,  # a plan is changed during a pause, for afterwards
        )
        for day in days
    }


def _too_many(
    session: Session,
    context: Context,
    episode: Episode,
    days: range,
    changes: Sequence[Change],
    wanted: Sequence[Change],
) -> str:
    """The first day on which nothing may be added any more, in words; content itself may hold more."""
    before = _plan(session, context, episode, days, changes, UNBOUNDED)
    after = _plan(session, context, episode, days, wanted, UNBOUNDED)
    for day in days:
        if len(after[day]) > max(MOST_EXERCISES, len(before[day])):
            on = episode.surgery_on + timedelta(days=day)
            return (
                f"{len(after[day])} exercises on day {day} ({on:%d %b %Y}), "
                f"at most {MOST_EXERCISES}: take one out first"
            )
    return ""


def _unknown(
    session: Session,
    context: Context,
    episode: Episode,
    row: PlanChange,
    library: Mapping[str, Exercise],
) -> dict[str, str]:
    """What names nothing there is."""
    if row.kind not in plans.CHANGES:
        return {"kind": f"expected one of {', '.join(plans.CHANGES)}"}
    problems = {}
    if row.kind in NEEDS_EXERCISE and row.exercise_id not in library:
        problems["exercise_id"] = "expected an exercise of the library"
    if row.kind == ChangeKind.SWAP and row.new_exercise_id not in library:
        problems["new_exercise_id"] = "expected an exercise of the library"
    if row.kind == ChangeKind.DOSE and row.dose is None:
        problems["dose"] = "expected a dose"
    if row.kind == ChangeKind.PRECAUTION:
        known = versions.protocol_of(session, context, episode).precautions
        found = next((one for one in known if one.id == row.precaution_id), None)
        if found is None:
            problems["precaution_id"] = "expected a precaution of this patient's protocol"
        elif refusal := precautions.refusal(found, row.precaution_to_day):
            problems["precaution_to_day"] = refusal
    return problems


def _not_in_plan(row: PlanChange, before: Days, library: Mapping[str, Exercise]) -> dict[str, str]:
    planned = {item.exercise_id for items in before.values() for item in items}
    first_week = [day for day in before if day < min(before) + 7]
    this_week = {item.exercise_id for day in first_week for item in before[day]}
    needs_it = row.kind in (ChangeKind.DOSE, ChangeKind.REMOVE, ChangeKind.SWAP)
    if needs_it and row.exercise_id not in planned:
        return {"exercise_id": "expected an exercise of this patient's plan"}
    if row.kind == ChangeKind.ADD and row.exercise_id in this_week:
        return {"exercise_id": "it is in the plan already; its dose can be changed"}
    if row.kind == ChangeKind.SWAP and row.new_exercise_id in this_week:
        return {"new_exercise_id": "it is in the plan already"}
    return {}


def _doses(row: PlanChange, library: Mapping[str, Exercise]) -> dict[str, str]:
    exercise = library.get(row.new_exercise_id or row.exercise_id or "")
    if row.dose is None or exercise is None or exercise.dose_limits is None:
        return {}
    broken = [
        f"{field} {value}: " + (f"expected {limits[0]} to {limits[1]}" if limits else "not used")
        for field, value, limits in exercise.dose_limits.broken_by(Dose(**row.dose))
    ]
    return {"dose": "; ".join(broken)} if broken else {}


def _broken(
    session: Session,
    context: Context,
    episode: Episode,
    row: PlanChange,
    library: Mapping[str, Exercise],
    before: Days,
) -> tuple[Precaution, ...]:
    """The precautions of its first day that the edit breaks; later ones filter as always."""
    if row.kind not in (ChangeKind.DOSE, ChangeKind.ADD, ChangeKind.SWAP):
        return ()
    exercise = library[row.new_exercise_id or row.exercise_id or ""]
    day = min(before)
    active = plans.active_precautions(session, context, episode=episode, day=day)
    return precautions.broken_by(exercise, active)
