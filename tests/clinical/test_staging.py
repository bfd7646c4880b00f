"""Stages by the calendar, plans by the stage, precautions by the real day."""

from __future__ import annotations

from typing import Any

import pytest

from exercises.schema import (
    Dose,
    Exercise,
    Milestone,
    PlannedExercise,
    Precaution,
    Protocol,
    Stage,
)
from rehab.clinical import staging
from tests.clinical.builders import SOURCES

LIBRARY_DOSE = Dose(reps=10)
STAGE_DOSE = Dose(reps=15, sets=2)


def exercise(number: int, *tags: str) -> Exercise:
    return Exercise(
        id=f"EX{number:02}",
        name="Name",
        instruction="Do it.",
        stop_signs="Pain.",
        target="Hip",
        tags=frozenset(tags),
        dose=LIBRARY_DOSE,
        sources=SOURCES,
    )


def stage(stage_id: str, first: int, last: int, *planned: PlannedExercise, **more: Any) -> Stage:
    return Stage(
        id=stage_id,
        name=stage_id,
        from_day=first,
        to_day=last,
        weight_bearing="Full",
        aim="Aim",
        exercises=planned,
        sources=SOURCES,
        **more,
    )


def plan(number: int, first: int | None = None, last: int | None = None) -> PlannedExercise:
    return PlannedExercise(exercise=f"EX{number:02}", from_day=first, to_day=last)


LIBRARY = {
    one.id: one
    for one in (
        exercise(1),
        exercise(2, "loading"),
        exercise(3, "impact"),
        exercise(4, "hip-flexion-over-90"),
        exercise(5),
        exercise(6),
    )
}
PROTOCOL = Protocol(
    id="hip-resurfacing-standard",
    procedure="hip-resurfacing",
    variant="standard",
    title="Hip resurfacing",
    version="1.0.0",
    sources=SOURCES,
    questionnaire="daily-check-in",
    rules="hip",
    precautions=(
        Precaution(
            id="flexion",
            text="Do not bend over 90 degrees",
            to_day=42,
            forbids_tags=frozenset({"hip-flexion-over-90"}),
            sources=SOURCES,
        ),
        Precaution(
            id="impact",
            text="No impact",
            to_day=182,
            forbids_tags=frozenset({"impact"}),
            sources=SOURCES,
        ),
    ),
    stages=(
        stage("P0", -28, -1, plan(1)),
        stage("P1", 0, 14, plan(1), plan(5, 0, 7), plan(6, 8, 14), check_in_every_days=2),
        stage(
            "P2",
            15,
            42,
            PlannedExercise(exercise="EX02", dose=STAGE_DOSE),
            plan(3),
            plan(4),
            plan(5, 15, 20),
        ),
        stage("P5", 183, 365, plan(2), plan(3), plan(4)),
    ),
    milestones=(
        Milestone(id="walk", text="Walk", from_day=0, to_day=1, sources=SOURCES),
        Milestone(id="work", text="Work", from_day=7, to_day=119, sources=SOURCES),
        Milestone(id="drive", text="Drive", from_day=28, to_day=42, sources=SOURCES),
        Milestone(id="run", text="Run", from_day=183, to_day=365, sources=SOURCES),
    ),
)


def ids(stage_id: str, day: int, **more: bool) -> list[str]:
    items = staging.plan_for(PROTOCOL, LIBRARY, stage_id=stage_id, day=day, **more)
    return [item.exercise_id for item in items]


@pytest.mark.parametrize(
    ("day", "stage_id"),
    [
        (-100, "P0"), (-28, "P0"), (-1, "P0"), (0, "P1"), (14, "P1"), (15, "P2"), (42, "P2"),
        (100, "P2"), (182, "P2"), (183, "P5"), (5000, "P5"),
    ],
)  # fmt: skip
def test_the_calendar_names_a_stage_for_every_day(day: int, stage_id: str) -> None:
    assert staging.stage_on(PROTOCOL, day).id == stage_id


@pytest.mark.parametrize(
    ("stage_id", "day", "due"),
    [
        ("P0", -1, None), ("P0", 0, "P1"), ("P1", 14, None), ("P1", 15, "P2"), ("P1", 90, "P2"),
        ("P5", 5000, None),
    ],
)  # fmt: skip
def test_the_next_stage_is_due_from_its_first_day(
    stage_id: str, day: int, due: str | None
) -> None:
    stage = staging.entry_due(PROTOCOL, stage_id, day)
    assert (stage and stage.id) == due


def test_an_unknown_stage_is_an_error() -> None:
    with pytest.raises(KeyError):
        staging.next_stage(PROTOCOL, "P9")


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (0, ["EX01", "EX05"]), (7, ["EX01", "EX05"]), (8, ["EX01", "EX06"]),
        (14, ["EX01", "EX06"]), (30, ["EX01", "EX06"]), (-3, ["EX01", "EX05"]),
    ],
)  # fmt: skip
def test_windows_apply_within_the_stage_and_stay_open_for_who_is_held(
    day: int, expected: list[str]
) -> None:
    assert ids("P1", day) == expected


@pytest.mark.parametrize(
    ("stage_id", "day", "expected"),
    [
        ("P2", 42, ["EX02"]), ("P2", 43, ["EX02", "EX04"]), ("P2", 182, ["EX02", "EX04"]),
        ("P5", 182, ["EX02", "EX04"]), ("P5", 183, ["EX02", "EX03", "EX04"]),
    ],
)  # fmt: skip
def test_precautions_go_by_the_real_day(stage_id: str, day: int, expected: list[str]) -> None:
    assert ids(stage_id, day) == expected


def test_suspended_loading_leaves_out_loading_and_impact() -> None:
    assert ids("P5", 200, loading_suspended=True) == ["EX04"]


def test_a_paused_plan_is_empty() -> None:
    assert ids("P1", 3, paused=True) == []


def test_the_dose_of_the_stage_comes_before_that_of_the_library() -> None:
    doses = {
        item.exercise_id: item.dose
        for stage_id, day in (("P2", 20), ("P1", 3))
        for item in staging.plan_for(PROTOCOL, LIBRARY, stage_id=stage_id, day=day)
    }
    assert doses["EX02"] == STAGE_DOSE
    assert doses["EX01"] == LIBRARY_DOSE


@pytest.mark.parametrize(
    ("day", "active"),
    [(-1, []), (0, ["flexion", "impact"]), (42, ["flexion", "impact"]), (43, ["impact"]),
     (183, [])],
)  # fmt: skip
def test_precautions_have_a_first_and_a_last_day(day: int, active: list[str]) -> None:
    assert [one.id for one in staging.active_precautions(PROTOCOL, day)] == active


@pytest.mark.parametrize(
    ("last", "due"), [(None, True), (3, True), (4, True), (5, False), (6, False), (7, False)]
)
def test_a_check_in_is_due_in_the_rhythm_of_the_stage(last: int | None, due: bool) -> None:
    assert staging.check_in_due(PROTOCOL.stage("P1"), 6, last) is due


@pytest.mark.parametrize(
    ("day", "milestone"),
    [(-5, "walk"), (0, "walk"), (3, "work"), (30, "drive"), (50, "work"), (130, "run"),
     (366, None)],
)  # fmt: skip
def test_there_is_a_milestone_to_look_forward_to(day: int, milestone: str | None) -> None:
    found = staging.milestone_for(PROTOCOL, day)
    assert (found and found.id) == milestone


def test_a_milestone_counted_from_going_home_moves_with_the_day_of_it() -> None:
    outside = Milestone(
        id="outside", text="Outside", anchor="discharge", from_day=1, to_day=2, sources=SOURCES
    )
    protocol = PROTOCOL.model_copy(update={"milestones": (outside,), "stay_days": 3})
    assert [(one.from_day, one.to_day) for one in staging.milestones(protocol)] == [(4, 5)]
    assert [one.from_day for one in staging.milestones(protocol, 6)] == [7]
