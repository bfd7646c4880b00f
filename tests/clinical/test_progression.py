"""Exit criteria: met, not met or unknown, and never met by what is too old."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from exercises.schema import Criterion, Measure, MeasureSet, PlannedExercise, Stage
from rehab.clinical import progression
from rehab.clinical.progression import CriterionView, Fact
from tests.clinical.builders import SOURCES, TODAY

DAY = 20


def measure(name: str, unit: str = "points", **more: Any) -> Measure:
    return Measure(id=name, label=name, unit=unit, fresh_days=7, sources=SOURCES, **more)


MEASURES = MeasureSet(
    id="rehab",
    title="Measures",
    version="1.0.0",
    sources=SOURCES,
    measures=(
        measure("pain", question="pain"),
        measure("wound", "", question="wound"),
        measure("flexion", "degrees", maximum=150),
        measure("stairs", "yes-no"),
    ),
)


def view(criterion: dict[str, Any], *facts: Fact) -> CriterionView:
    stage = Stage(
        id="P2",
        name="Walk",
        from_day=15,
        to_day=42,
        weight_bearing="Full",
        aim="Aim",
        exercises=(PlannedExercise(exercise="EX01"),),
        exit_criteria=(
            Criterion(**({"id": "one", "text": "One", "sources": SOURCES} | criterion)),
        ),
        sources=SOURCES,
    )
    (found,) = progression.review(stage, MEASURES, facts, day=DAY)
    return found


def fact(name: str, value: float | str | bool, *, days_ago: int = 0) -> Fact:
    on = TODAY - timedelta(days=days_ago)
    return Fact(name, value, DAY - days_ago, on, "check_in:1")


PAIN = {"measure": "pain", "at_most": 3}


@pytest.mark.parametrize(("value", "state"), [(3, "met"), (0, "met"), (4, "not_met")])
def test_the_newest_fact_decides_and_is_shown(value: float, state: str) -> None:
    older, newest = fact("pain", 9, days_ago=1), fact("pain", value)
    found = view(PAIN, older, newest)
    assert (found.state, found.facts) == (state, (newest,))


def test_without_a_fact_nobody_knows() -> None:
    assert view(PAIN).state == "unknown"
    assert view(PAIN, fact("wound", "dry")).state == "unknown"


def test_a_fact_that_is_too_old_says_nothing() -> None:
    assert view(PAIN, fact("pain", 1, days_ago=7)).state == "met"
    assert view(PAIN, fact("pain", 1, days_ago=8)).state == "unknown"


def test_a_fact_of_a_day_to_come_says_nothing_yet() -> None:
    assert view(PAIN, fact("pain", 1, days_ago=-1)).state == "unknown"


@pytest.mark.parametrize(("two_days_ago", "state"), [(2, "met"), (5, "not_met")])
def test_with_days_every_fact_of_so_many_last_days_must_fit(
    two_days_ago: float, state: str
) -> None:
    facts = [fact("pain", 9, days_ago=3), fact("pain", two_days_ago, days_ago=2), fact("pain", 1)]
    assert view(PAIN | {"days": 3}, *facts).state == state


def test_one_good_answer_is_not_two_days_in_a_row() -> None:
    assert view(PAIN | {"days": 2}, fact("pain", 1)).state == "unknown"
    assert view(PAIN | {"days": 2}, fact("pain", 1, days_ago=1), fact("pain", 1)).state == "met"


@pytest.mark.parametrize(("before", "state"), [(2, "met"), (5, "not_met")])
def test_a_window_that_begins_between_two_answers_is_known_by_the_one_before(
    before: float, state: str
) -> None:
    facts = [fact("pain", before, days_ago=4), fact("pain", 1, days_ago=1), fact("pain", 1)]
    assert view(PAIN | {"days": 3}, *facts).state == state


def test_the_days_are_counted_back_from_the_newest_fact() -> None:
    facts = [fact("pain", 5, days_ago=5), fact("pain", 1, days_ago=4)]
    assert view(PAIN | {"days": 2}, *facts).state == "not_met"


def test_an_answer_must_be_one_of_the_words() -> None:
    dry = {"measure": "wound", "is_one_of": ("dry", "spots")}
    assert view(dry, fact("wound", "spots")).state == "met"
    assert view(dry, fact("wound", "wet")).state == "not_met"


def test_a_number_must_reach_the_least() -> None:
    bend = {"measure": "flexion", "at_least": 100}
    assert view(bend, fact("flexion", 100)).state == "met"
    assert view(bend, fact("flexion", 99.5)).state == "not_met"
    assert view(bend, fact("flexion", "a lot")).state == "not_met"


def test_yes_and_no_are_words_too() -> None:
    stairs = {"measure": "stairs", "is_one_of": ("yes",)}
    assert view(stairs, fact("stairs", True)).state == "met"
    assert view(stairs, fact("stairs", False)).state == "not_met"


def test_a_measure_nobody_knows_leaves_it_unknown() -> None:
    assert view({"measure": "gone", "at_least": 1}, fact("gone", 5)).state == "unknown"


def test_what_has_no_measure_a_clinician_confirms_and_the_newest_word_counts() -> None:
    name = progression.confirmation_of("P2", "one")
    assert view({}).state == "unknown"
    assert view({}, fact(name, True, days_ago=30)).state == "met"
    assert view({}, fact(name, True, days_ago=2), fact(name, False)).state == "not_met"
    assert view({}, fact(progression.confirmation_of("P1", "one"), True)).state == "unknown"


def test_only_all_criteria_together_are_enough() -> None:
    met, unknown = view(PAIN, fact("pain", 1)), view(PAIN)
    assert progression.all_met([met, met])
    assert not progression.all_met([met, unknown])
