"""Where a patient stands on the exit criteria of a stage: met, not met or unknown, with the facts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from exercises.schema import Criterion, Measure, MeasureSet, Stage

State = Literal["met", "not_met", "unknown"]


@dataclass(frozen=True)
class Fact:
    """One thing that is known about a recovery.

    `measure` is the id of a measure, or `criterion:<stage>:<id>` for what a clinician confirms.
    `value` is a number in the measure's unit, the value of an option, or true/false. `day` counts
    from surgery; `source` is `check_in:<id>` or `clinician:<id>`.
    """

    measure: str
    value: float | str | bool
    day: int
    on: date
    source: str


@dataclass(frozen=True)
class CriterionView:
    """One criterion, how it stands, and the facts that say so, oldest first."""

    criterion: Criterion
    state: State
    facts: tuple[Fact, ...]
    measure: Measure | None
    """None: a clinician confirms it, as a fact with the measure `confirmation_of`."""


def confirmation_of(stage_id: str, criterion_id: str) -> str:
    """Return the measure under which a clinician confirms a criterion."""
    return f"criterion:{stage_id}:{criterion_id}"


def review(
    stage: Stage, measures: MeasureSet, facts: Sequence[Fact], *, day: int
) -> tuple[CriterionView, ...]:
    """Return every exit criterion of the stage as it stands on this day after surgery.

    `facts` are valid ones in the order they were recorded. What is older than the measure's
    `fresh_days` says nothing: unknown, never met. A confirmation holds until another replaces it.
    """
    known = [fact for fact in facts if fact.day <= day]
    return tuple(_view(stage, one, measures, known, day) for one in stage.exit_criteria)


def all_met(views: Sequence[CriterionView]) -> bool:
    """Say whether every criterion is met; a stage without criteria has nothing to wait for."""
    return all(view.state == "met" for view in views)


def _view(
    stage: Stage, criterion: Criterion, measures: MeasureSet, facts: Sequence[Fact], day: int
) -> CriterionView:
    if criterion.measure is None:
        name = confirmation_of(stage.id, criterion.id)
        newest = [fact for fact in facts if fact.measure == name][-1:]
        return CriterionView(criterion, _confirmed(newest), tuple(newest), None)
    measure = measures.find(criterion.measure)
    behind = _behind(criterion, measure, facts, day) if measure else []
    return CriterionView(criterion, _decided(criterion, behind), tuple(behind), measure)


def _decided(criterion: Criterion, behind: Sequence[Fact]) -> State:
    """One fact that does not fit is enough against it; for it, the whole window must be known."""
    if not all(_fits(criterion, fact.value) for fact in behind):
        return "not_met"
    if not behind or behind[0].day > behind[-1].day - criterion.days + 1:
        return "unknown"
    return "met"


def _confirmed(newest: Sequence[Fact]) -> State:
    if not newest:
        return "unknown"
    return "met" if newest[0].value is True else "not_met"


def _behind(criterion: Criterion, measure: Measure, facts: Sequence[Fact], day: int) -> list[Fact]:
    """The facts that decide: those of the last `days` days up to the newest one, if it is fresh.

    When the window begins between two facts, the one before it tells how it began: one good answer
    is not "two days in a row".
    """
    of_measure = sorted(
        (fact for fact in facts if fact.measure == measure.id), key=lambda fact: fact.day
    )
    if not of_measure or day - of_measure[-1].day > measure.fresh_days:
        return []
    since = of_measure[-1].day - criterion.days + 1
    window = [fact for fact in of_measure if fact.day >= since]
    before = [fact for fact in of_measure if fact.day < since]
    return window if window[0].day == since else [*before[-1:], *window]


def _fits(criterion: Criterion, value: float | str | bool) -> bool:
    if criterion.is_one_of:
        word = ("no", "yes")[value] if isinstance(value, bool) else str(value)
        return word in criterion.is_one_of
    if isinstance(value, str):
        return False
    return (criterion.at_least is None or value >= criterion.at_least) and (
        criterion.at_most is None or value <= criterion.at_most
    )
