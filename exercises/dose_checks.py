"""Doses: inside the limits of their exercise, and steps that really get harder."""

from __future__ import annotations

from collections.abc import Iterator

from exercises.entries import Entry, EntryModel
from exercises.errors import Key, Problem
from exercises.schema import Dose, Exercise, PlannedExercise, Protocol

_LEFT_OUT = {"sets": 1, "times_a_day": 1, "days_a_week": 7}
"""What a dose means that does not say so."""


def check_library_dose(entry: Entry[Exercise]) -> Iterator[Problem]:
    """Yield each field of the exercise's own dose that its own limits do not allow."""
    yield from _limits(entry, ("dose",), entry.model.dose, entry.model)


def check_doses(
    entry: Entry[Protocol], key: Key, planned: PlannedExercise, exercise: Exercise
) -> Iterator[Problem]:
    """Yield what is wrong with the dose, the steps and the group of one planned exercise."""
    doses = [(key, planned.dose or exercise.dose)]
    if planned.dose is not None:
        yield from _limits(entry, (*key, "dose"), planned.dose, exercise)
    for number, step in enumerate(planned.steps):
        place: Key = (*key, "steps", number)
        yield from _limits(entry, place, step, exercise)
        yield from _harder(entry, place, doses[-1][1], step)
        doses.append((place, step))
    yield from _days(entry, key, planned, doses[0][1])


def _limits(
    entry: Entry[EntryModel], key: Key, dose: Dose, exercise: Exercise
) -> Iterator[Problem]:
    if exercise.dose_limits is None:
        return
    for field, value, limits in exercise.dose_limits.broken_by(dose):
        expected = (
            f"{limits[0]} to {limits[1]}, the dose_limits of {exercise.id}"
            if limits
            else f"no `{field}`, which the dose_limits of {exercise.id} do not have"
        )
        yield entry.problem((*key, field), f"{value} {field}", expected)


def _harder(entry: Entry[Protocol], key: Key, before: Dose, step: Dose) -> Iterator[Problem]:
    changes = {field: _more(field, before, step) for field in Dose.model_fields}
    easier = [field for field, change in changes.items() if change < 0]
    for field in easier:
        yield entry.problem(
            (*key, field),
            f"a step easier than the dose before it: {_told(step, field)} {field} "
            f"after {_told(before, field)}",
            "a step that is harder, with nothing made easier",
        )
    if not easier and not any(changes.values()):
        yield entry.problem(key, "a step like the dose before it", "a step that is harder")


def _more(field: str, before: Dose, step: Dose) -> int:
    """Return how much harder a field makes a step: above 0 harder, below 0 easier."""
    old, new = getattr(before, field), getattr(step, field)
    if field == "rest_seconds":
        # A shorter rest is the harder one. A dose that does not name its rest says nothing.
        return 0 if old is None or new is None else old - new
    missing = _LEFT_OUT.get(field, 0)
    return (missing if new is None else new) - (missing if old is None else old)


def _told(dose: Dose, field: str) -> str:
    value = getattr(dose, field)
    return "no" if value is None else str(value)


def _days(
    entry: Entry[Protocol], key: Key, planned: PlannedExercise, dose: Dose
) -> Iterator[Problem]:
    """The days come from `group` or from the plan's own days_a_week, from nowhere else."""
    weekly = [number for number, step in enumerate(planned.steps) if step.days_a_week]
    if planned.group is not None and (dose.days_a_week or weekly):
        place: Key = (*key, "group")
        found = f"the group {planned.group!r} together with days_a_week"
        expected = "one of them: a group takes turns by itself; leave days_a_week out of the dose"
        yield entry.problem(place, found, expected)
    elif planned.dose is None and dose.days_a_week:
        found = f"no dose, so {dose.days_a_week} days a week of the library, but planned every day"
        yield entry.problem(key, found, "a dose here, with days_a_week or a group")
