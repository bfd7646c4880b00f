"""What a stage plans: known exercises, safe days, doses within limits, a list one can do in a day."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from exercises.dose_checks import check_doses
from exercises.entries import Entry
from exercises.errors import Key, Problem
from exercises.schema import (
    MOST_EXERCISES,
    Exercise,
    PlannedExercise,
    Precaution,
    Protocol,
    Stage,
)

LONGEST_STAY = 30
"""Days after surgery a discharge may come at the latest: `Protocol.stay_days` ends there too."""

ALL_TURNS = 21
"""Groups take turns within 3 days, weekdays within 7: so many days show every combination."""


def check_plan(
    entry: Entry[Protocol], exercises: Mapping[str, Exercise], unread: Collection[str]
) -> Iterator[Problem]:
    """Yield what is wrong with the exercises of every stage. `unread` names broken library files."""
    for index, stage in enumerate(entry.model.stages):
        for position, planned in enumerate(stage.exercises):
            key: Key = ("stages", index, "exercises", position)
            yield from _window(entry, key, stage, planned)
            yield from _once_a_day(entry, key, stage, position)
            exercise = exercises.get(planned.exercise)
            if exercise is not None:
                yield from check_doses(entry, key, planned, exercise)
                yield from _forbidden(entry, key, stage, planned, exercise)
            elif planned.exercise not in unread:
                kind = "an exercise in the library"
                yield entry.unknown((*key, "exercise"), planned.exercise, kind, exercises)
        yield from _a_day_s_list(entry, index, stage)


def planned_days(stage: Stage, planned: PlannedExercise) -> tuple[int, int]:
    """Return the first and the last day an exercise is planned on inside its stage."""
    first = stage.from_day if planned.from_day is None else planned.from_day
    last = stage.to_day if planned.to_day is None else planned.to_day
    return first, last


def precaution_days(precaution: Precaution) -> tuple[int, int]:
    """Return the first and the last day after surgery a precaution may be in force.

    One that is counted from the discharge may start with any day up to LONGEST_STAY.
    """
    latest = LONGEST_STAY if precaution.anchor == "discharge" else 0
    return precaution.from_day, precaution.to_day + latest


def _window(
    entry: Entry[Protocol], key: Key, stage: Stage, planned: PlannedExercise
) -> Iterator[Problem]:
    first, last = planned_days(stage, planned)
    if first < stage.from_day or last > stage.to_day or first > last:
        expected = f"days inside {stage.id} ({stage.from_day} to {stage.to_day})"
        yield entry.problem(key, f"days {first} to {last}", expected)


def _once_a_day(
    entry: Entry[Protocol], key: Key, stage: Stage, position: int
) -> Iterator[Problem]:
    planned = stage.exercises[position]
    first, last = planned_days(stage, planned)
    for other in stage.exercises[:position]:
        other_first, other_last = planned_days(stage, other)
        overlap = first <= other_last and other_first <= last
        if other.exercise == planned.exercise and overlap:
            found = f"{planned.exercise} planned twice on the same days"
            yield entry.problem(key, found, "windows of days that do not overlap")


def _forbidden(
    entry: Entry[Protocol],
    key: Key,
    stage: Stage,
    planned: PlannedExercise,
    exercise: Exercise,
) -> Iterator[Problem]:
    first, last = planned_days(stage, planned)
    for precaution in entry.model.precautions:
        tags = sorted(precaution.forbids_tags & exercise.tags)
        from_day, to_day = precaution_days(precaution)
        if tags and first <= to_day and from_day <= last:
            counted = "" if precaution.anchor == "surgery" else ", the discharge included"
            yield entry.problem(
                key,
                f"{exercise.id} ({exercise.name}) with the tag {', '.join(tags)} "
                f"on days {first} to {last}",
                f"none of it while the precaution {precaution.id!r} holds "
                f"(days {from_day} to {to_day}{counted})",
            )


def _a_day_s_list(entry: Entry[Protocol], index: int, stage: Stage) -> Iterator[Problem]:
    """Also for a patient held past the end or let in early: nobody is to get 12, or none at all."""
    levels = [_at_level(stage, level) for level in _levels(stage)]
    counts = {
        day: [len(one.exercises_on(day)) for one in levels] for day in _days_to_look_at(stage)
    }
    key: Key = ("stages", index, "exercises")
    most = max(counts, key=lambda day: max(counts[day]))
    if max(counts[most]) > MOST_EXERCISES:
        found = f"{max(counts[most])} exercises in {stage.id} on {_told(stage, most)}"
        expected = (
            f"at most {MOST_EXERCISES} a day: let some take turns (group) "
            "or plan them on other days (from_day, to_day)"
        )
        yield entry.problem(key, found, expected)
    least = min(counts, key=lambda day: min(counts[day]))
    if not min(counts[least]):
        found = f"no exercise in {stage.id} on {_told(stage, least)}"
        expected = "one at least every day, for example one without group and days_a_week"
        yield entry.problem(key, found, expected)


def _levels(stage: Stage) -> range:
    """Level 0, and those steps up that change the days of the week."""
    longest = max(len(planned.steps) for planned in stage.exercises)
    weekly = any(step.days_a_week for planned in stage.exercises for step in planned.steps)
    return range(longest + 1 if weekly else 1)


def _at_level(stage: Stage, level: int) -> Stage:
    """Return the stage as planned for a patient whose doses went up so many steps."""
    if not level:
        return stage
    risen = [
        planned.model_copy(update={"dose": planned.steps[:level][-1]})
        if planned.steps
        else planned
        for planned in stage.exercises
    ]
    return stage.model_copy(update={"exercises": tuple(risen)})


def _days_to_look_at(stage: Stage) -> Iterator[int]:
    """The stage's own days first, so that a problem is told on one of them if it is there."""
    yield from range(stage.from_day, stage.to_day + ALL_TURNS + 1)
    yield from range(stage.from_day - ALL_TURNS, stage.from_day)


def _told(stage: Stage, day: int) -> str:
    if day > stage.to_day:
        return f"day {day} (held past the end of the stage)"
    return f"day {day}" if day >= stage.from_day else f"day {day} (let in early)"
