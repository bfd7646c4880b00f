"""What the hip resurfacing content promises, day by day and rule by rule."""

from __future__ import annotations

import re

import pytest

from exercises.loader import ContentPack
from exercises.plan_checks import planned_days
from exercises.rule_checks import WORDING_LIMIT
from exercises.schema import PlannedExercise, Protocol, Stage, Tier

VARIANTS = ("standard", "slow", "bilateral")
DAYS = range(-28, 401)
PROPOSAL = "Project proposal, not sourced: clinic must decide"
PHONE_BUTTON = 32


@pytest.fixture(params=VARIANTS)
def protocol(request: pytest.FixtureRequest, pack: ContentPack) -> Protocol:
    return pack.protocol_for("hip-resurfacing", request.param)


def stages_on(protocol: Protocol, day: int) -> list[Stage]:
    return [stage for stage in protocol.stages if stage.from_day <= day <= stage.to_day]


def planned_on(stage: Stage, day: int) -> list[PlannedExercise]:
    return [
        planned
        for planned in stage.exercises
        if planned_days(stage, planned)[0] <= day <= planned_days(stage, planned)[1]
    ]


def test_every_day_has_exactly_one_stage(protocol: Protocol) -> None:
    assert all(len(stages_on(protocol, day)) == 1 for day in DAYS)
    assert [stage.id for stage in protocol.stages] == ["P0", "P1", "P2", "P3", "P4", "P5"]


def test_every_day_has_something_to_do_and_nothing_forbidden(
    protocol: Protocol, pack: ContentPack
) -> None:
    for day in DAYS:
        planned = planned_on(stages_on(protocol, day)[0], day)
        assert planned, f"nothing to do on day {day}"
        forbidden = {
            tag
            for precaution in protocol.precautions
            if precaution.from_day <= day <= precaution.to_day
            for tag in precaution.forbids_tags
        }
        for one in planned:
            tags = pack.exercises[one.exercise].tags
            assert not tags & forbidden, f"{one.exercise} on day {day}"


def test_the_easier_exercise_is_never_forbidden_either(
    protocol: Protocol, pack: ContentPack
) -> None:
    for stage in protocol.stages:
        for planned in stage.exercises:
            easier = pack.exercises[planned.exercise].easier
            first, last = planned_days(stage, planned)
            for precaution in protocol.precautions:
                if easier and first <= precaution.to_day and precaution.from_day <= last:
                    assert not pack.exercises[easier].tags & precaution.forbids_tags


def test_surgery_and_the_calendar_open_the_first_stages_a_clinician_the_rest(
    protocol: Protocol,
) -> None:
    calendar = {stage.id for stage in protocol.stages if stage.entry == "calendar"}
    assert calendar == {"P0", "P1"}


@pytest.mark.parametrize(
    ("variant", "last_day"), [("standard", 182), ("slow", 212), ("bilateral", 196)]
)
def test_no_impact_before_six_months(pack: ContentPack, variant: str, last_day: int) -> None:
    protocol = pack.protocol_for("hip-resurfacing", variant)
    [impact] = [p for p in protocol.precautions if "impact" in p.forbids_tags]
    assert (impact.from_day, impact.to_day) == (0, last_day)
    assert last_day >= 182
    for stage in protocol.stages:
        for planned in stage.exercises:
            if "impact" in pack.exercises[planned.exercise].tags:
                assert planned_days(stage, planned)[0] > last_day


def test_the_stages_stand_where_the_protocol_puts_them(pack: ContentPack) -> None:
    ends = {
        variant: [s.to_day for s in pack.protocol_for("hip-resurfacing", variant).stages]
        for variant in VARIANTS
    }
    assert ends == {
        "standard": [-1, 14, 42, 84, 182, 400],
        "slow": [-1, 42, 72, 114, 212, 400],
        "bilateral": [-1, 28, 56, 98, 196, 400],
    }


def test_option_labels_fit_a_phone_button(pack: ContentPack) -> None:
    for questionnaire in pack.questionnaires.values():
        for question in questionnaire.questions:
            for option in question.options:
                assert len(option.label) <= PHONE_BUTTON, option.label


def test_nothing_is_signed_yet_and_every_source_is_named(pack: ContentPack) -> None:
    for exercise in pack.exercises.values():
        assert exercise.sign_off.state == "proposal"
    for rule_set in pack.rules.values():
        for rule in rule_set.rules:
            assert rule.sign_off.state == "proposal"
            assert PROPOSAL in rule.sources, "tiers are proposals"
        assert {wording.sign_off.state for wording in rule_set.wordings} <= {"proposal"}


@pytest.mark.parametrize(
    ("forbidden"),
    [
        "don't worry",
        "do not worry",
        "nothing to worry",
        "has been told",
        "have been told",
        "we told",
        "will call you",
        "will look",
        "will answer",
        "within 1 working day",
        "has been informed",
    ],
)
def test_no_patient_text_soothes_or_promises(pack: ContentPack, forbidden: str) -> None:
    assert not [text for text in pack.patient_texts() if forbidden in text.casefold()]


def test_wordings_are_short_and_every_one_is_used(pack: ContentPack) -> None:
    for rule_set in pack.rules.values():
        used = {rule.wording for rule in rule_set.rules}
        generic = {f"generic-t{tier}" for tier in range(4)}
        assert {wording.id for wording in rule_set.wordings} <= used | generic
        assert all(len(wording.text) <= WORDING_LIMIT for wording in rule_set.wordings)


def test_an_emergency_wording_says_call_first(pack: ContentPack) -> None:
    for rule_set in pack.rules.values():
        for rule in rule_set.rules:
            if rule.tier is Tier.EMERGENCY:
                text = rule_set.wording(rule.wording).text
                assert "call {emergency_number} now" in text.casefold(), rule.wording


def test_loading_stops_when_a_fracture_is_suspected(pack: ContentPack) -> None:
    rules = pack.rules["hip-resurfacing"]
    limp = rules.rule("RF10.limp")
    assert (limp.from_day, limp.to_day, limp.tier) == (7, 183, Tier.SAME_DAY)
    assert limp.stops_loading
    assert "Stop your strengthening exercises" in rules.wording(limp.wording).text
    assert rules.rule("RF10.cannot-stand").tier is Tier.EMERGENCY
    assert rules.rule("RF10.cannot-stand").stops_loading


def test_gentle_exercises_go_on_when_loading_stops(protocol: Protocol, pack: ContentPack) -> None:
    for stage in protocol.stages[:4]:
        exercises = {pack.exercises[planned.exercise] for planned in stage.exercises}
        assert [exercise for exercise in exercises if "loading" not in exercise.tags], stage.id


def test_every_red_flag_of_the_clinical_table_has_a_rule(pack: ContentPack) -> None:
    families = {rule.id.split(".")[0] for rule in pack.rules["hip-resurfacing"].rules}
    assert {f"RF{number:02}" for number in range(1, 25)} <= families


def test_danger_words_speak_every_language(pack: ContentPack) -> None:
    for words in pack.rules["hip-resurfacing"].word_lists:
        assert {"en", "hi", "hi-latn", "mr"} <= words.words.keys(), words.id
        for language in ("hi", "mr"):
            latin = [phrase for phrase in words.words[language] if re.search("[a-zA-Z]", phrase)]
            assert not latin, f"{words.id} {language}: {latin}"


def test_every_word_list_raises_something(pack: ContentPack) -> None:
    rules = pack.rules["hip-resurfacing"]
    named = {name for rule in rules.rules for name in rule.any_words}
    assert named == {words.id for words in rules.word_lists}


def test_the_words_of_groups_are_filled_in(pack: ContentPack) -> None:
    for rules in pack.rules.values():
        phrases = [
            one for words in rules.word_lists for each in words.words.values() for one in each
        ]
        assert not [phrase for phrase in phrases if "<" in phrase]
