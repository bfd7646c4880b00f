"""Whatever protocol, day, stage and changes: the plan is one a patient can safely be given."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exercises.loader import load
from exercises.schema import MOST_EXERCISES, Dose, Protocol, Stage
from rehab.clinical import precautions, staging
from rehab.clinical.adaptation import Kind
from rehab.clinical.staging import SUSPENDED_TAGS, Change, PlanItem

CONTENT = load()
LIBRARY = CONTENT.exercises
PROTOCOLS = sorted(CONTENT.protocols.values(), key=lambda one: one.id)
FIRST_DAY, LAST_DAY = -28, 400
KINDS: tuple[Kind, ...] = ("dose", "add", "remove", "swap", "step_down", "precaution")


def reached(protocol: Protocol, day: int) -> list[Stage]:
    """Every stage a patient may be in on this day, held back as far as one likes."""
    stages = [stage for stage in protocol.stages if stage.from_day <= day]
    return stages or staging.in_order(protocol)[:1]


@st.composite
def doses(draw: st.DrawFn, exercise_id: str) -> Dose | None:
    """A dose within the limits of this exercise, as a clinician may give it."""
    exercise = LIBRARY[exercise_id]
    limits = exercise.dose_limits
    if limits is None or draw(st.booleans()):
        return None
    fields: dict[str, int] = {}
    for field in type(limits).model_fields:
        bounds = getattr(limits, field)
        if bounds and (getattr(exercise.dose, field) is not None or draw(st.booleans())):
            fields[field] = draw(st.integers(*bounds))
    return Dose(**fields) if {"reps", "minutes", "hold_seconds"} & fields.keys() else None


@st.composite
def changes(draw: st.DrawFn, protocol: Protocol, day: int) -> Change:
    kind = draw(st.sampled_from(KINDS))
    names = [one.id for one in protocol.precautions] or ["none"]
    exercise_id = draw(st.sampled_from(sorted(LIBRARY)))
    new = draw(st.sampled_from(sorted(LIBRARY)))
    from_day = draw(st.integers(day - 20, day + 1))
    return Change(
        kind=kind,
        id=draw(st.integers(1, 99)),
        from_day=from_day,
        to_day=draw(st.none() | st.integers(from_day, from_day + 40)),
        exercise_id=exercise_id,
        new_exercise_id=new if kind == "swap" else None,
        dose=draw(doses(new if kind == "swap" else exercise_id))
        if kind in ("dose", "add", "swap")
        else None,
        precaution_id=draw(st.sampled_from(names)) if kind == "precaution" else None,
        precaution_to_day=draw(st.none() | st.integers(0, 400)),
        overrides=tuple(draw(st.sets(st.sampled_from(names), max_size=2))),
    )


@st.composite
def situations(draw: st.DrawFn) -> tuple[Protocol, dict[str, Any]]:
    protocol = draw(st.sampled_from(PROTOCOLS))
    day = draw(st.integers(FIRST_DAY, LAST_DAY))
    return protocol, {
        "stage_id": draw(st.sampled_from([stage.id for stage in reached(protocol, day)])),
        "day": day,
        "changes": tuple(draw(st.lists(changes(protocol, day), max_size=8))),
        "level": draw(st.integers(-1, 3)),
        "discharge_day": draw(st.none() | st.integers(0, 14)),
        "loading_suspended": draw(st.booleans()),
    }


def check(protocol: Protocol, items: tuple[PlanItem, ...], given_: dict[str, Any]) -> None:
    names = [item.exercise_id for item in items]
    assert len(set(names)) == len(names), "an exercise twice"
    assert len(items) <= MOST_EXERCISES, names
    day, own = given_["day"], given_.get("changes", ())
    active = precautions.active(
        protocol, day, discharge_day=given_.get("discharge_day"), changes=own
    )
    for item in items:
        exercise = LIBRARY[item.exercise_id]
        broken = {one.id for one in precautions.broken_by(exercise, active)}
        assert broken == set(item.overridden), item
        by_name = {
            name
            for change in own
            if change.runs_on(day)
            if item.exercise_id in (change.exercise_id, change.new_exercise_id)
            for name in change.overrides
        }
        assert broken <= by_name, item
        assert not (given_.get("loading_suspended") and exercise.tags & SUSPENDED_TAGS), item
        if exercise.dose_limits is not None:
            assert list(exercise.dose_limits.broken_by(item.dose)) == [], item


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(situations())
def test_a_plan_is_short_within_limits_and_against_no_precaution_but_by_name(
    situation: tuple[Protocol, dict[str, Any]],
) -> None:
    protocol, given_ = situation
    items = staging.plan_for(protocol, LIBRARY, **given_)
    check(protocol, items, given_)
    assert staging.plan_for(protocol, LIBRARY, **given_) == items, "the same again"


@pytest.mark.parametrize("protocol", PROTOCOLS, ids=lambda one: one.id)
@pytest.mark.parametrize("level", [-1, 0, 3])
def test_the_content_itself_holds_on_every_day_of_every_stage(
    protocol: Protocol, level: int
) -> None:
    for day in range(FIRST_DAY, LAST_DAY + 1):
        for stage in reached(protocol, day)[-2:]:
            given_ = {"stage_id": stage.id, "day": day, "level": level}
            check(protocol, staging.plan_for(protocol, LIBRARY, **given_), given_)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(situations())
def test_a_step_down_asks_for_nothing_harder(situation: tuple[Protocol, dict[str, Any]]) -> None:
    protocol, given_ = situation
    usual = staging.plan_for(protocol, LIBRARY, **given_)
    down = Change("step_down", given_["day"], given_["day"], id=100)
    eased = staging.plan_for(
        protocol, LIBRARY, **{**given_, "changes": (*given_["changes"], down)}
    )
    assert len(eased) <= len(usual)
    before = {item.exercise_id: item.dose for item in usual}
    for item in eased:
        if item.exercise_id in before:
            assert effort(item.dose) <= effort(before[item.exercise_id]), item
        else:
            assert item.exercise_id in {LIBRARY[name].easier for name in before}, item


def effort(dose: Dose) -> int:
    """Repetitions, seconds and minutes a day, weighed by nothing but their number."""
    once = (dose.reps or 1) * (dose.hold_seconds or 1) * (dose.minutes or 1)
    return once * (dose.sets or 1) * (dose.times_a_day or 1)
