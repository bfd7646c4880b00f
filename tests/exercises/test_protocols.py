"""What every programme keeps to on every day, for patients on time, let in early and held back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from exercises.loader import ContentPack, load
from exercises.plan_checks import precaution_days
from exercises.schema import MOST_EXERCISES, Exercise, Protocol, Stage
from rehab import texts

PACK = load()
PROGRAMMES = sorted(PACK.protocols)
DAYS = range(-28, 401)
AWAY = 21
"""Days a stage is opened early or held, so that every turn of groups and weekdays comes up."""

HIPS = [p.id for p in PACK.protocols.values() if "hip" in p.procedure]


@pytest.fixture(params=PROGRAMMES)
def protocol(request: pytest.FixtureRequest, pack: ContentPack) -> Protocol:
    return pack.protocols[request.param]


@pytest.fixture(params=HIPS)
def hip(request: pytest.FixtureRequest, pack: ContentPack) -> Protocol:
    return pack.protocols[request.param]


def stage_on(protocol: Protocol, day: int) -> Stage:
    [stage] = [one for one in protocol.stages if one.from_day <= day <= one.to_day]
    return stage


def given(pack: ContentPack, stage: Stage, day: int) -> list[Exercise]:
    return [pack.exercises[planned.exercise] for planned in stage.exercises_on(day)]


def forbidden(protocol: Protocol, day: int) -> frozenset[str]:
    """Every tag some patient may not do on this day, whenever the patient went home."""
    return frozenset().union(
        *(
            precaution.forbids_tags
            for precaution in protocol.precautions
            if precaution_days(precaution)[0] <= day <= precaution_days(precaution)[1]
        )
    )


def patient_texts(protocol: Protocol) -> Iterator[str]:
    yield protocol.title
    yield from (precaution.text for precaution in protocol.precautions)
    yield from (milestone.text for milestone in protocol.milestones)
    for stage in protocol.stages:
        yield from (stage.name, stage.weight_bearing, stage.aim)
        yield from (criterion.text for criterion in stage.exit_criteria)


# --- Every programme ---


def test_every_day_has_one_to_eight_exercises_and_none_that_is_forbidden(
    protocol: Protocol, pack: ContentPack
) -> None:
    for day in DAYS:
        today = given(pack, stage_on(protocol, day), day)
        assert 1 <= len(today) <= MOST_EXERCISES, f"day {day}"
        broken = [e.id for e in today if e.tags & forbidden(protocol, day)]
        assert not broken, f"day {day}: {broken}"


def test_a_patient_held_back_goes_on_with_one_to_eight_allowed_exercises(
    protocol: Protocol, pack: ContentPack
) -> None:
    for stage in protocol.stages:
        for day in range(stage.to_day + 1, stage.to_day + 1 + AWAY):
            today = given(pack, stage, day)
            assert 1 <= len(today) <= MOST_EXERCISES, f"{stage.id} on day {day}"
            # P0 ends with the surgery: nobody is held in it with a new hip, knee or shoulder.
            if stage.id != "P0":
                assert not [e.id for e in today if e.tags & forbidden(protocol, day)], stage.id


def test_a_patient_let_in_early_still_has_something_the_precautions_allow(
    protocol: Protocol, pack: ContentPack
) -> None:
    for stage in protocol.stages[2:]:
        for day in range(stage.from_day - AWAY, stage.from_day):
            today = given(pack, stage, day)
            assert len(today) <= MOST_EXERCISES
            assert [e for e in today if not e.tags & forbidden(protocol, day)], (stage.id, day)


def test_something_gentle_is_left_every_day_when_loading_stops(
    protocol: Protocol, pack: ContentPack
) -> None:
    for day in DAYS:
        today = given(pack, stage_on(protocol, day), day)
        assert [e for e in today if not e.tags & {"loading", "impact"}], f"day {day}"


def test_every_dose_and_every_step_stays_inside_the_limits_of_its_exercise(
    protocol: Protocol, pack: ContentPack
) -> None:
    for stage in protocol.stages:
        for planned in stage.exercises:
            exercise = pack.exercises[planned.exercise]
            assert exercise.dose_limits is not None, exercise.id
            for dose in (planned.dose or exercise.dose, *planned.steps):
                assert not list(exercise.dose_limits.broken_by(dose)), (stage.id, exercise.id)


def test_patients_are_asked_every_day_for_two_weeks_and_at_least_once_a_month_later(
    protocol: Protocol,
) -> None:
    for day in range(15):
        assert stage_on(protocol, day).check_in_every_days == 1
    assert max(stage.check_in_every_days for stage in protocol.stages) <= 31


def test_only_the_calendar_of_surgery_opens_a_stage_by_itself(protocol: Protocol) -> None:
    assert {one.id for one in protocol.stages if one.entry == "calendar"} == {"P0", "P1"}


def test_no_stage_with_impact_may_open_without_a_clinician(
    protocol: Protocol, pack: ContentPack
) -> None:
    for stage in protocol.stages:
        tags = frozenset().union(*(pack.exercises[p.exercise].tags for p in stage.exercises))
        assert not (stage.low_risk and "impact" in tags), stage.id


# --- The hip programmes ---


@pytest.mark.parametrize(
    ("programme", "ends"),
    [
        ("total-hip-posterior", [-1, 14, 42, 84, 400]),
        ("total-hip-anterior", [-1, 14, 42, 84, 400]),
        ("total-hip-lateral", [-1, 14, 42, 84, 400]),
        ("hip-arthroscopy", [-1, 28, 56, 112, 400]),
    ],
)
def test_the_stages_stand_where_the_protocol_puts_them(
    pack: ContentPack, programme: str, ends: list[int]
) -> None:
    assert [stage.to_day for stage in pack.protocols[programme].stages] == ends


@pytest.mark.parametrize(
    ("programme", "tag", "last_day"),
    [
        ("total-hip-posterior", "hip-flexion-over-90", 42),
        ("total-hip-posterior", "crossing-midline", 42),
        ("total-hip-posterior", "hip-internal-rotation", 42),
        ("total-hip-posterior", "hip-flexion-with-internal-rotation", 400),
        ("total-hip-anterior", "hip-extension-past-neutral", 42),
        ("total-hip-anterior", "hip-external-rotation", 42),
        ("total-hip-anterior", "hip-extension-with-external-rotation", 84),
        ("total-hip-lateral", "resisted-abduction", 42),
        ("hip-arthroscopy", "hip-flexion-over-90", 28),
        ("hip-arthroscopy", "hip-extension-past-neutral", 42),
        ("hip-arthroscopy", "hip-external-rotation", 28),
        ("hip-arthroscopy", "active-straight-leg-raise", 28),
        ("hip-arthroscopy", "forced-end-range", 28),
        ("hip-arthroscopy", "full-weight", 28),
        ("hip-arthroscopy", "impact", 182),
        ("hip-resurfacing-standard", "full-weight", 28),
        ("hip-resurfacing-slow", "full-weight", 56),
        ("hip-resurfacing-bilateral", "full-weight", 42),
    ],
)
def test_a_movement_stays_forbidden_from_surgery_for_as_long_as_its_approach_asks(
    pack: ContentPack, programme: str, tag: str, last_day: int
) -> None:
    protocol = pack.protocols[programme]
    assert all(tag in forbidden(protocol, day) for day in range(last_day + 1))
    assert tag not in forbidden(protocol, last_day + 1)


def test_no_programme_but_hip_resurfacing_leads_a_hip_patient_back_to_impact(
    hip: Protocol, pack: ContentPack
) -> None:
    days = [
        day
        for day in DAYS
        if [e for e in given(pack, stage_on(hip, day), day) if "impact" in e.tags]
    ]
    assert bool(days) == (hip.procedure == "hip-resurfacing")
    assert all(day > 182 for day in days)


def test_the_lateral_approach_spares_the_side_of_the_hip_for_six_weeks(pack: ContentPack) -> None:
    protocol = pack.protocols["total-hip-lateral"]
    sideways = {"EX08", "EX11", "EX18", "EX28", "EX36"}
    days = [d for d in DAYS if sideways & {e.id for e in given(pack, stage_on(protocol, d), d)}]
    assert min(days) == 43


def test_a_patient_with_two_new_hips_never_lies_on_one_to_exercise(pack: ContentPack) -> None:
    protocol = pack.protocols["hip-resurfacing-bilateral"]
    used = {planned.exercise for stage in protocol.stages for planned in stage.exercises}
    lying = {e for e in used if "side that was not operated" in pack.exercises[e].instruction}
    assert not lying


def test_the_wound_decides_the_end_of_the_first_weeks_in_every_hip_programme(
    hip: Protocol,
) -> None:
    [dry] = [one for one in hip.stage("P1").exit_criteria if one.measure == "wound"]
    assert (dry.is_one_of, dry.days) == (("dry",), 3)


def test_a_limp_since_surgery_is_looked_at_by_a_clinician_not_read_from_the_check_in(
    hip: Protocol,
) -> None:
    """The check-in asks for a new limp: who limps as before answers "the same"."""
    indoors = next(one for one in hip.stage("P2").exit_criteria if one.id == "walk-indoors")
    assert indoors.measure is None


def test_rules_with_weak_evidence_can_be_switched_off_and_say_why(pack: ContentPack) -> None:
    for precaution in pack.protocols["total-hip-posterior"].precautions[:4]:
        assert "2.2% with rules and 2.2% with few or none" in precaution.surgeons_differ
    impact = pack.protocols["hip-resurfacing-standard"].precautions[-1]
    for figure in ("3 months", "6 months", "12 months"):
        assert figure in impact.surgeons_differ


def test_first_steps_outside_count_from_the_day_the_patient_goes_home(hip: Protocol) -> None:
    [outside] = [one for one in hip.milestones if one.anchor == "discharge"]
    assert outside.id == "first-walk-outside"
    assert hip.stay_days >= 1


def test_every_hip_programme_names_the_cards_of_its_operation(
    hip: Protocol, pack: ContentPack
) -> None:
    assert hip.education is not None
    assert pack.education[hip.education].procedure == hip.procedure


@pytest.mark.parametrize("language", ["hi", "mr"])
def test_every_text_of_a_hip_programme_is_translated(hip: Protocol, language: str) -> None:
    missing = [t for t in patient_texts(hip) if texts.content_text(t, language) == t]
    assert not missing


@pytest.mark.parametrize("language", ["hi", "mr"])
def test_a_translation_keeps_the_numbers_of_the_english(hip: Protocol, language: str) -> None:
    def numbers(text: str) -> list[str]:
        return sorted("".join(c if c.isdigit() or c == "." else " " for c in text).split())

    for english in patient_texts(hip):
        wanted = [n.strip(".") for n in numbers(english) if n.strip(".")]
        got = [n.strip(".") for n in numbers(texts.content_text(english, language))]
        assert set(wanted) <= set(got), (english, language)
