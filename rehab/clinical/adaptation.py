"""What makes a stage's exercises one patient's own: doses, additions, removals, swaps, steps down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from exercises.schema import (
    MOST_EXERCISES,
    Dose,
    DoseLimits,
    Exercise,
    PlannedExercise,
    Precaution,
    Stage,
)
from rehab.clinical.days import within
from rehab.clinical.precautions import broken_by

Kind = Literal["dose", "add", "remove", "swap", "step_down", "precaution"]

_EFFORT = ("sets", "reps", "hold_seconds", "minutes", "times_a_day", "days_a_week")
"""The fields of a dose of which less is easier; of `rest_seconds` more would be."""


@dataclass(frozen=True)
class Change:
    """One change of one patient's plan, as rules see it: in days after surgery, both ends included.

    `precaution_to_day` counts from the precaution's own anchor. `overrides` names the active
    precautions that this change breaks knowingly; it breaks no other.
    """

    kind: Kind
    from_day: int
    to_day: int | None = None
    id: int | None = None
    exercise_id: str | None = None
    new_exercise_id: str | None = None
    dose: Dose | None = None
    precaution_id: str | None = None
    precaution_to_day: int | None = None
    overrides: tuple[str, ...] = ()

    def runs_on(self, day: int) -> bool:
        """Say whether the change is in force on this day."""
        return within(day, self.from_day, self.to_day)


@dataclass(frozen=True)
class PlanItem:
    """One exercise of a day's plan with the dose that applies.

    `change_id` is the change behind it, if any; `overridden` the active precautions it breaks by
    that change.
    """

    exercise_id: str
    dose: Dose
    change_id: int | None = None
    overridden: tuple[str, ...] = ()


CIRCULATION = "circulation"
"""Exercises against blood clots: pain elsewhere is no reason to do fewer of them."""


@dataclass(frozen=True)
class _Place:
    item: PlanItem
    may_break: frozenset[str] = frozenset()
    is_added: bool = False
    has_own_days: bool = False
    """Its own dose says on which days of the week it is done, not the stage's."""


def adapted(
    stage: Stage,
    library: Mapping[str, Exercise],
    *,
    day: int,
    changes: Sequence[Change],
    level: int,
    active: Sequence[Precaution],
    suspended_tags: frozenset[str],
    most: int = MOST_EXERCISES,
) -> tuple[PlanItem, ...]:
    """Return the day's exercises in the stage's order, then the added ones.

    Changes apply in the order given. What an active precaution forbids is left out unless a change
    overrides that very precaution; `suspended_tags` are left out whatever overrides. An addition
    that would be one more than `most` is left out. Raises KeyError for a planned exercise
    that the library does not know; a change about an unknown one has no effect.
    """
    running = [change for change in changes if change.runs_on(day)]
    weekday = (day - stage.from_day) % 7
    places = _planned(stage, library, day, running, level)
    for change in running:
        places = _change(places, change, library)
    allowed = [
        found
        for place in places
        if not place.has_own_days or _is_on_weekday(place.item, weekday)
        if (found := _checked(place, library[place.item.exercise_id], active, suspended_tags))
    ]
    forbidden = suspended_tags.union(*(one.forbids_tags for one in active))
    easing = [change for change in running if change.kind == "step_down"]
    steps: list[int | None] = [*([None] if level < 0 else []), *(one.id for one in easing[-1:])]
    items = [place.item for place in _at_most(allowed, most)]
    for change_id in steps:
        items = _step_down(items, library, forbidden, _unwanted(running), change_id)
    return tuple(items)


def _planned(
    stage: Stage,
    library: Mapping[str, Exercise],
    day: int,
    running: Sequence[Change],
    level: int,
) -> list[_Place]:
    """The stage's own exercises of the day; a changed dose also decides the days of the week.

    What only a changed dose or a step brings to this day counts as added, for the bound's sake.
    """
    own = {one.exercise_id: one.dose for one in running if one.kind == "dose" and one.dose}
    planned = [
        _dosed(one, own.get(one.exercise) or _dose_at(one, level)) for one in stage.exercises
    ]
    changed = stage.model_copy(update={"exercises": tuple(planned)})
    usual = {one.exercise for one in stage.exercises_on(day)}
    return [
        _Place(
            PlanItem(one.exercise, one.dose or library[one.exercise].dose),
            is_added=one.exercise not in usual,
        )
        for one in changed.exercises_on(day)
    ]


def _dosed(planned: PlannedExercise, dose: Dose | None) -> PlannedExercise:
    return planned if dose is planned.dose else planned.model_copy(update={"dose": dose})


def _dose_at(planned: PlannedExercise, level: int) -> Dose | None:
    if level <= 0 or not planned.steps:
        return planned.dose
    return planned.steps[min(level, len(planned.steps)) - 1]


def _change(places: list[_Place], change: Change, library: Mapping[str, Exercise]) -> list[_Place]:
    there = {place.item.exercise_id for place in places}
    if change.kind == "remove":
        return [place for place in places if place.item.exercise_id != change.exercise_id]
    if change.kind in ("dose", "add") and change.exercise_id in there:
        return [_with_dose(place, change) for place in places]
    if change.kind == "add" and (exercise := library.get(change.exercise_id or "")):
        return [*places, _new(exercise, change, is_added=True)]
    if change.kind == "swap" and (exercise := library.get(change.new_exercise_id or "")):
        return _swapped(places, exercise, change, is_double=exercise.id in there)
    return places


def _with_dose(place: _Place, change: Change) -> _Place:
    if place.item.exercise_id != change.exercise_id:
        return place
    item = replace(place.item, dose=change.dose or place.item.dose, change_id=change.id)
    return replace(place, item=item, may_break=place.may_break.union(change.overrides))


def _new(exercise: Exercise, change: Change, *, is_added: bool) -> _Place:
    return _Place(
        PlanItem(exercise.id, change.dose or exercise.dose, change.id),
        frozenset(change.overrides),
        is_added=is_added,
        has_own_days=is_added or change.dose is not None,
    )


def _swapped(
    places: list[_Place], exercise: Exercise, change: Change, *, is_double: bool
) -> list[_Place]:
    changed = []
    for place in places:
        if place.item.exercise_id != change.exercise_id:
            changed.append(place)
        elif not is_double:
            changed.append(_new(exercise, change, is_added=place.is_added))
    return changed


def _checked(
    place: _Place, exercise: Exercise, active: Sequence[Precaution], suspended: frozenset[str]
) -> _Place | None:
    broken = [one.id for one in broken_by(exercise, active)]
    if exercise.tags & suspended or not place.may_break.issuperset(broken):
        return None
    return replace(place, item=replace(place.item, overridden=tuple(broken)))


def _at_most(places: Sequence[_Place], most: int) -> list[_Place]:
    room = most - sum(not place.is_added for place in places)
    kept = [place for place in places if place.is_added][: max(room, 0)]
    return [place for place in places if not place.is_added or place in kept]


def _is_on_weekday(item: PlanItem, weekday: int) -> bool:
    return PlannedExercise(exercise=item.exercise_id, dose=item.dose).is_on_weekday(weekday)


def _unwanted(running: Sequence[Change]) -> frozenset[str]:
    """What a clinician took out must not come back as something easier."""
    taken_out = (one.exercise_id for one in running if one.kind in ("remove", "swap"))
    return frozenset(found for found in taken_out if found)


def _step_down(
    items: Sequence[PlanItem],
    library: Mapping[str, Exercise],
    forbidden: frozenset[str],
    unwanted: frozenset[str],
    change_id: int | None,
) -> list[PlanItem]:
    taken = {item.exercise_id for item in items} | unwanted
    eased = []
    for item in items:
        exercise = library[item.exercise_id]
        if CIRCULATION in exercise.tags:
            eased.append(item)
            continue
        easier = library.get(exercise.easier or "")
        if easier is not None and easier.id not in taken and not easier.tags & forbidden:
            taken.add(easier.id)
            dose = _no_more_than(easier.dose, item.dose, easier.dose_limits)
            eased.append(PlanItem(easier.id, dose, change_id or item.change_id))
        else:
            dose = _least(item.dose, exercise.dose_limits)
            eased.append(replace(item, dose=dose, change_id=change_id or item.change_id))
    return eased


def _no_more_than(dose: Dose, before: Dose, limits: DoseLimits | None) -> Dose:
    """The easier exercise's dose, in no field more than what was done before, within its limits."""
    lowered = {}
    for field in _EFFORT:
        value, earlier = getattr(dose, field), getattr(before, field)
        if value is not None and earlier is not None and earlier < value:
            bounds = getattr(limits, field) if limits else None
            lowered[field] = max(earlier, bounds[0]) if bounds else earlier
    return dose.model_copy(update=lowered)


def _least(dose: Dose, limits: DoseLimits | None) -> Dose:
    """The least dose its limits allow; without limits nobody said how little is sensible."""
    lowered = {}
    for field in _EFFORT:
        value, bounds = getattr(dose, field), getattr(limits, field) if limits else None
        if value is not None and bounds and bounds[0] < value:
            lowered[field] = bounds[0]
    return dose.model_copy(update=lowered)
