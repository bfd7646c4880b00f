"""A small library and a protocol to change plans of, so that a test says only what it is about."""

from __future__ import annotations

from typing import Any

from exercises.schema import (
    Dose,
    DoseLimits,
    Exercise,
    PlannedExercise,
    Precaution,
    Protocol,
    Stage,
)
from rehab.clinical import staging
from rehab.clinical.staging import Change, PlanItem
from tests.clinical.builders import SOURCES

LIMITS = DoseLimits(sets=(1, 3), reps=(5, 20), times_a_day=(1, 3), days_a_week=(2, 7))
USUAL = Dose(sets=2, reps=10)


def exercise(number: int, *tags: str, **more: Any) -> Exercise:
    given: dict[str, Any] = {"dose": USUAL, "dose_limits": LIMITS}
    return Exercise(
        id=f"EX{number:02}",
        name=f"Exercise {number}",
        instruction="Do it.",
        stop_signs="Pain.",
        target="Hip",
        tags=frozenset(tags),
        sources=SOURCES,
        **(given | more),
    )


def precaution(name: str, tag: str, to_day: int, **more: Any) -> Precaution:
    given: dict[str, Any] = {"id": name, "text": name, "to_day": to_day, "sources": SOURCES}
    return Precaution(forbids_tags=frozenset({tag}), **(given | more))


LIBRARY = {
    one.id: one
    for one in (
        exercise(1),
        exercise(2, "loading", easier="EX01"),
        exercise(3, "resisted", easier="EX02"),
        exercise(4, "hip-flexion-over-90"),
        exercise(5, easier="EX04"),
        exercise(6, "impact"),
        exercise(7, dose_limits=None),
        exercise(8, "circulation", easier="EX01"),
        *(exercise(number) for number in range(10, 20)),
    )
}


def protocol(*planned: PlannedExercise, **more: Any) -> Protocol:
    """One stage from day 0 to 27 with these exercises, else EX01 and EX02."""
    stage = Stage(
        id="P1",
        name="Protect",
        from_day=0,
        to_day=27,
        weight_bearing="Full",
        aim="Aim",
        exercises=planned or (PlannedExercise(exercise="EX01"), PlannedExercise(exercise="EX02")),
        sources=SOURCES,
    )
    given: dict[str, Any] = {
        "precautions": (
            precaution("no-resistance", "resisted", 28, surgeons_differ="2 to 6 weeks"),
            precaution("no-deep-bending", "hip-flexion-over-90", 42),
        ),
        "stages": (stage,),
    }
    return Protocol(
        id="small",
        procedure="hip-resurfacing",
        variant="small",
        title="Small",
        version="1.0.0",
        sources=SOURCES,
        questionnaire="daily-check-in",
        rules="hip",
        **(given | more),
    )


def plan(
    *changes: Change, day: int = 3, of: Protocol | None = None, **more: Any
) -> list[PlanItem]:
    """The day's items of the small protocol with these changes."""
    found = staging.plan_for(
        of or protocol(), LIBRARY, stage_id="P1", day=day, changes=changes, **more
    )
    return list(found)


def ids(items: list[PlanItem]) -> list[str]:
    return [item.exercise_id for item in items]
