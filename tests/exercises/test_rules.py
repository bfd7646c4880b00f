"""The red-flag rules of every operation: none is missing, and each is right at its thresholds."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from exercises.loader import ContentPack
from exercises.schema import Protocol, Questionnaire, RuleSet, Tier
from rehab.clinical import branching
from rehab.clinical.facts import Given
from rehab.clinical.redflags import find_red_flags
from rehab.clinical.triage import screen

PROCEDURES = (
    "hip-resurfacing", "total-hip", "hip-arthroscopy", "total-knee", "acl-reconstruction",
    "rotator-cuff-repair", "lumbar-discectomy",
)  # fmt: skip
ALL_FAMILIES = frozenset(f"RF{number:02}" for number in range(1, 25))
METAL = frozenset({"RF21", "RF22"})
CANNOT_HAVE = {
    "hip-resurfacing": frozenset[str](),
    "total-hip": METAL,
    "hip-arthroscopy": METAL,
    "total-knee": METAL,
    "acl-reconstruction": METAL,
    # No joint was replaced, and no leg was operated on.
    "rotator-cuff-repair": METAL | {"RF08", "RF10", "RF23"},
    "lumbar-discectomy": METAL | {"RF08", "RF09", "RF23"},
}


def rules_of(pack: ContentPack, procedure: str) -> RuleSet:
    return pack.rules[pack.protocol_for(procedure).rules]


SOON, SAME_DAY, EMERGENCY = Tier.SOON, Tier.SAME_DAY, Tier.EMERGENCY


def found(
    pack: ContentPack, procedure: str, day: int, answers: dict[str, str | float | tuple[str, ...]]
) -> dict[str, Tier]:
    """The rules that fire on these answers and their tiers."""
    local_on = date(2026, 1, 1) + timedelta(days=day)
    at = datetime.combine(local_on, datetime.min.time(), UTC)
    today = [Given(question, value, at, local_on) for question, value in answers.items()]
    findings = find_red_flags(rules_of(pack, procedure), day=day, today=today, history=[])
    return {finding.rule_id: finding.tier for finding in findings}


def heard(pack: ContentPack, procedure: str, day: int, text: str) -> dict[str, Tier]:
    """The rules that fire on a free text and their tiers."""
    findings = screen(text, rules_of(pack, procedure), day=day).findings
    return {finding.rule_id: finding.tier for finding in findings}


# --- Every operation ----------------------------------------------------------------------------


@pytest.mark.parametrize("procedure", PROCEDURES)
def test_every_red_flag_an_operation_can_have_has_a_rule(
    pack: ContentPack, procedure: str
) -> None:
    families = {rule.id.partition(".")[0] for rule in rules_of(pack, procedure).rules}
    assert families & ALL_FAMILIES == ALL_FAMILIES - CANNOT_HAVE[procedure]


def test_every_operation_of_the_clinic_is_in_this_list(pack: ContentPack) -> None:
    assert {protocol.procedure for protocol in pack.protocols.values()} == set(PROCEDURES)


def questions_of(pack: ContentPack, protocol: Protocol) -> set[str]:
    with_a_photo = "wound-photo"
    names = (protocol.questionnaire, protocol.warning_signs, with_a_photo)
    asked = (pack.questionnaires[name] for name in names)
    return {question.id for questionnaire in asked for question in questionnaire.questions}


def test_no_rule_waits_for_a_question_that_is_never_asked(pack: ContentPack) -> None:
    measured = {measure.id for found in pack.measures.values() for measure in found.measures}
    for protocol in pack.protocols.values():
        judged = {
            condition.question
            for rule in pack.rules[protocol.rules].rules
            for condition in rule.conditions
        }
        assert judged <= questions_of(pack, protocol) | measured, protocol.id


@pytest.mark.parametrize("procedure", PROCEDURES)
def test_every_yes_told_with_a_photo_of_the_wound_is_a_matter_of_the_same_day(
    pack: ContentPack, procedure: str
) -> None:
    for question in pack.questionnaires["wound-photo"].questions:
        for day in (0, 9, 42):
            assert set(found(pack, procedure, day, {question.id: "yes"}).values()) == {"T1"}
            assert not found(pack, procedure, day, {question.id: "no"})


def test_what_nobody_looked_at_in_time_has_a_rule_after_every_operation(pack: ContentPack) -> None:
    for protocol in pack.protocols.values():
        told = {rule.unread for rule in pack.rules[protocol.rules].rules}
        assert told == {None, "message", "photo"}, protocol.id


def test_every_warning_sign_has_a_rule(pack: ContentPack) -> None:
    for protocol in pack.protocols.values():
        signs = pack.questionnaires[protocol.warning_signs]
        assert pack.rules[protocol.rules].unheard(signs) == ()


def test_a_sign_no_rule_names_is_unheard(pack: ContentPack) -> None:
    unheard = pack.rules["shoulder"].unheard(pack.questionnaires["warning-signs-spine"])
    assert {"both-legs-weak", "clear-fluid", "foot-drop"} <= set(unheard)
    assert "breath" not in unheard


@pytest.mark.parametrize(
    "name",
    ["daily-check-in", "check-in-hip", "check-in-knee", "check-in-shoulder", "check-in-spine"],
)
def test_no_check_in_asks_more_than_seven_questions(pack: ContentPack, name: str) -> None:
    questionnaire = pack.questionnaires[name]
    for day in range(-60, 500):
        asked = [question.id for question in branching.asked(questionnaire, day=day, answers={})]
        assert len(asked) <= 7, f"day {day}: {asked}"
        assert {"pain", "temperature", "legs"} <= set(asked), f"day {day}"
        assert ("wound" in asked) == (0 <= day <= 42), f"day {day}"


HARMLESS = {
    "medicine": {"none"},
    "wound": {"dry", "not-looked"},
    "temperature": {"normal", "not-measured"},
    "legs": {"none"},
    "walking": {"better", "same", "worse"},
    "arm": {"worse", "same", "better"},
    "metal": {"none"},
    "walking-aid": {"frame", "two", "one", "none"},
    "knee-bend": {"below-80", "80-90", "90-100", "100-up", "not-tried"},
    "exercises": {"all", "some", "some-pain", "none", "none-pain"},
}
"""Answers of a check-in that raise nothing by themselves. The bend is judged by its band."""


def test_every_other_answer_of_a_check_in_is_named_by_a_rule(pack: ContentPack) -> None:
    for protocol in pack.protocols.values():
        rules = pack.rules[protocol.rules]
        for question in pack.questionnaires[protocol.questionnaire].questions:
            alone = Questionnaire.model_construct(questions=(question,))
            unheard = set(rules.unheard(alone))
            assert unheard <= HARMLESS.get(question.id, set()), (protocol.id, question.id)


@pytest.mark.parametrize(
    ("ticked", "expected"),
    [
        (("none",), {}),
        (("wound",), {"RF07.new-signs": SAME_DAY}),
        (("lump", "body"), {"RF21.new-signs": SOON, "RF22.new-signs": SOON}),
    ],
)
@pytest.mark.parametrize("day", [43, 89])
def test_new_signs_are_asked_about_between_the_wound_and_the_metal_question(
    pack: ContentPack, day: int, ticked: tuple[str, ...], expected: dict[str, Tier]
) -> None:
    assert found(pack, "hip-resurfacing", day, {"new-signs": ticked}) == expected
    asked = branching.asked(pack.questionnaires["daily-check-in"], day=day, answers={})
    assert "new-signs" in {question.id for question in asked}


def test_of_several_nerve_signs_the_gravest_is_told_first(pack: ContentPack) -> None:
    told = found(pack, "lumbar-discectomy", 9, {"nerves": ("weak-leg", "saddle")})
    assert told == {"RF11.cauda": EMERGENCY, "RF11.weak-leg": SAME_DAY}


RHYTHM = {range(15): 1, range(15, 43): 2, range(43, 85): 7}
"""Every how many days a check-in is due, by day after surgery; monthly from day 85 on."""
WEEKLY_FOR_LONGER = {
    "hip-resurfacing-slow": 114,
    "hip-resurfacing-bilateral": 98,
    "acl-reconstruction": 121,
}


def test_check_ins_get_rarer_as_published_programmes_do(pack: ContentPack) -> None:
    for protocol in pack.protocols.values():
        weekly_to = WEEKLY_FOR_LONGER.get(protocol.id, 84)
        for stage in protocol.stages[1:]:
            for day in range(stage.from_day, stage.to_day + 1):
                usual = next((every for days, every in RHYTHM.items() if day in days), 30)
                wanted = 7 if 43 <= day <= weekly_to else usual
                assert stage.check_in_interval(day) == wanted, (protocol.id, day)


def test_danger_words_speak_every_language_without_mixing_scripts(pack: ContentPack) -> None:
    for rules in pack.rules.values():
        for words in rules.word_lists:
            assert {"en", "hi", "hi-latn", "mr", "mr-latn"} <= words.words.keys(), words.id
            devanagari = " ".join(words.words["hi"] + words.words["mr"])
            assert not any("a" <= letter <= "z" for letter in devanagari.casefold()), words.id


# --- Thresholds ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "bend", "too_little"),
    [
        (13, "below-80", False), (14, "below-80", True), (14, "80-90", False),
        (27, "below-80", True), (27, "80-90", False), (28, "80-90", True),
        (28, "below-80", True), (28, "90-100", False), (56, "80-90", True),
        (56, "100-up", False), (57, "80-90", True), (57, "90-100", False),
        (28, "not-tried", False), (181, "90-100", False), (182, "90-100", True),
        (182, "100-up", False),
    ],
)  # fmt: skip
@pytest.mark.parametrize("procedure", ["total-knee", "acl-reconstruction"])
def test_a_knee_that_bends_too_little_for_its_day_is_told(
    pack: ContentPack, procedure: str, day: int, bend: str, too_little: bool
) -> None:
    told = {"RF26.bend": SOON} if too_little else {}
    assert found(pack, procedure, day, {"knee-bend": bend}) == told


@pytest.mark.parametrize(
    ("procedure", "day", "question", "value", "rules"),
    [
        ("total-knee", -1, "walking", "cannot", {"RF10.before-surgery": SAME_DAY}),
        ("total-knee", 0, "walking", "cannot", {"RF10.cannot-stand": EMERGENCY}),
        ("total-knee", 6, "walking", "limp", {"RF10.limp-first-days": SOON}),
        ("total-knee", 7, "walking", "limp", {"RF10.limp": SAME_DAY}),
        ("total-knee", 7, "walking", "worse", {}),
        ("total-knee", 20, "walking", "swollen", {"RF27.swollen": SAME_DAY}),
        ("total-hip", 6, "walking", "limp", {"RF10.limp-first-days": SOON}),
        ("total-hip", 7, "walking", "limp", {"RF10.limp": SAME_DAY}),
        ("total-hip", 183, "walking", "limp", {"RF10.limp": SAME_DAY}),
        ("total-hip", 184, "walking", "limp", {"RF23.late-limp": SOON}),
        ("hip-arthroscopy", 3, "walking", "cannot", {"RF10.cannot-stand": EMERGENCY}),
        ("rotator-cuff-repair", 5, "arm", "out", {"RF09.out": EMERGENCY}),
        ("rotator-cuff-repair", 5, "arm", "cold", {"RF12.hand": EMERGENCY}),
        ("rotator-cuff-repair", 5, "arm", "pop", {"RF28.pop": SAME_DAY}),
        ("rotator-cuff-repair", -1, "arm", "numb", {"RF11.hand-before-surgery": SOON}),
        ("rotator-cuff-repair", 1, "arm", "numb", {"RF11.hand-first-days": SOON}),
        ("rotator-cuff-repair", 2, "arm", "numb", {"RF11.hand": SAME_DAY}),
        ("rotator-cuff-repair", 5, "arm", "worse", {}),
        ("rotator-cuff-repair", 5, "legs", "arm", {"RF02.arm": SAME_DAY}),
        ("rotator-cuff-repair", 5, "legs", "calf", {"RF02.calf": SAME_DAY}),
        ("rotator-cuff-repair", 5, "legs", "both",
         {"RF01.breath": EMERGENCY, "RF02.calf": SAME_DAY}),
        ("lumbar-discectomy", -3, "nerves", "saddle", {"RF11.cauda": EMERGENCY}),
        ("lumbar-discectomy", 9, "nerves", "saddle", {"RF11.cauda": EMERGENCY}),
        ("lumbar-discectomy", 9, "nerves", "bladder-bowel", {"RF11.cauda": EMERGENCY}),
        ("lumbar-discectomy", 90, "nerves", "both-weak", {"RF11.cauda": EMERGENCY}),
        ("lumbar-discectomy", 9, "nerves", "weak-leg", {"RF11.weak-leg": SAME_DAY}),
        ("lumbar-discectomy", 9, "nerves", "numb-leg", {"RF11.numb-leg": SAME_DAY}),
        ("lumbar-discectomy", 9, "nerves", "headache", {"RF29.headache": SOON}),
        ("lumbar-discectomy", 9, "nerves", "none", {}),
        ("lumbar-discectomy", 9, "walking", "cannot", {"RF10.cannot-stand": EMERGENCY}),
        ("lumbar-discectomy", 9, "walking", "limp", {"RF11.limp": SAME_DAY}),
        ("lumbar-discectomy", 42, "wound", "clear", {"RF29.clear-fluid": SAME_DAY}),
        ("lumbar-discectomy", 9, "sign", "no-urine", {"RF16.sign": EMERGENCY}),
        ("total-knee", 9, "sign", "no-urine", {"RF16.sign": SAME_DAY}),
        ("lumbar-discectomy", 9, "sign", "both-legs-weak", {"RF11.both-sign": EMERGENCY}),
        ("lumbar-discectomy", 9, "sign", "foot-drop", {"RF11.sign": SAME_DAY}),
    ],
)  # fmt: skip
def test_an_answer_raises_what_it_means_for_the_operation(
    pack: ContentPack, procedure: str, day: int, question: str, value: str, rules: dict[str, Tier]
) -> None:
    assert found(pack, procedure, day, {question: value}) == rules


def test_clear_fluid_with_a_headache_is_named_as_a_possible_leak(pack: ContentPack) -> None:
    both = found(pack, "lumbar-discectomy", 5, {"wound": "clear", "nerves": "headache"})
    assert both["RF29.leak"] is SAME_DAY
    assert "RF29.leak" not in found(pack, "lumbar-discectomy", 5, {"wound": "clear"})
    assert "RF29.leak" not in found(pack, "lumbar-discectomy", 5, {"nerves": "headache"})


def test_a_possible_fracture_or_tear_stops_the_loading_exercises(pack: ContentPack) -> None:
    stopping = {
        "total-hip": ("RF10.limp", "RF10.cannot-stand", "RF09.sign"),
        "total-knee": ("RF10.limp", "RF10.cannot-stand", "RF09.sign", "RF27.swollen"),
        "rotator-cuff-repair": ("RF28.pop", "RF09.out", "RF02.arm"),
        "lumbar-discectomy": ("RF11.cauda", "RF11.weak-leg", "RF29.leak"),
    }
    for procedure, names in stopping.items():
        rules = rules_of(pack, procedure)
        assert all(rules.rule(name).stops_loading for name in names), procedure


@pytest.mark.parametrize(
    ("procedure", "text", "rule", "tier"),
    [
        ("total-knee", "my knee is locked since morning", "RF26.words", SOON),
        ("total-knee", "घुटना नहीं मुड़ रहा", "RF26.words", SOON),
        ("total-knee", "ghutna mud nahi raha", "RF26.words", SOON),
        ("total-knee", "गुडघा वाकत नाही", "RF26.words", SOON),
        ("total-knee", "my kneecap popped out", "RF09.words", EMERGENCY),
        ("total-knee", "कटोरी खिसक गई", "RF09.words", EMERGENCY),
        ("total-knee", "गुडघ्याची वाटी सरकली", "RF09.words", EMERGENCY),
        ("acl-reconstruction", "the knee gave way on the stairs", "RF10.limp", SAME_DAY),
        ("acl-reconstruction", "गुडघा लटपटतो", "RF10.limp", SAME_DAY),
        ("acl-reconstruction", "my knee is ballooned and hot", "RF27.sign", SAME_DAY),
        ("rotator-cuff-repair", "I felt a pop and cannot lift my arm", "RF28.words", SAME_DAY),
        ("rotator-cuff-repair", "हाथ नहीं उठ रहा", "RF28.words", SAME_DAY),
        ("rotator-cuff-repair", "haath nahi uth raha hai", "RF28.words", SAME_DAY),
        ("rotator-cuff-repair", "हात वर होत नाही", "RF28.words", SAME_DAY),
        ("rotator-cuff-repair", "my fingers are blue", "RF12.words", EMERGENCY),
        ("rotator-cuff-repair", "हाथ ठंडा पड़ गया", "RF12.words", EMERGENCY),
        ("rotator-cuff-repair", "हात निळा पडला", "RF12.words", EMERGENCY),
        ("rotator-cuff-repair", "shoulder came out", "RF09.words", EMERGENCY),
        ("rotator-cuff-repair", "कंधा उतर गया", "RF09.words", EMERGENCY),
        ("rotator-cuff-repair", "खांदा निखळला", "RF09.words", EMERGENCY),
        ("rotator-cuff-repair", "my arm is swollen and red", "RF02.arm-words", SAME_DAY),
        ("rotator-cuff-repair", "हाताला सूज आली", "RF02.arm-words", SAME_DAY),
        ("rotator-cuff-repair", "my hand is numb", "RF11.words", SAME_DAY),
        ("rotator-cuff-repair", "uth nahi raha, hath sunn ho gaya", "RF11.words", SAME_DAY),
        ("rotator-cuff-repair", "I lost control of my bladder", "RF11.saddle", EMERGENCY),
        ("lumbar-discectomy", "numb between my legs", "RF11.saddle", EMERGENCY),
        ("lumbar-discectomy", "पेशाब पर काबू नहीं", "RF11.saddle", EMERGENCY),
        ("lumbar-discectomy", "both my legs are heavy and numb", "RF11.both-sign", EMERGENCY),
        ("lumbar-discectomy", "दोनों पैरों में ताकत नहीं", "RF11.both-sign", EMERGENCY),
        ("lumbar-discectomy", "dono pair kamzor ho gaye", "RF11.both-sign", EMERGENCY),
        ("lumbar-discectomy", "दोन्ही पाय लुळे पडले", "RF11.both-sign", EMERGENCY),
        ("lumbar-discectomy", "I cannot pass urine", "RF16.sign", EMERGENCY),
        ("lumbar-discectomy", "my left leg is weaker today", "RF11.weak-words", SAME_DAY),
        ("lumbar-discectomy", "पायात ताकद नाही", "RF11.weak-words", SAME_DAY),
        ("lumbar-discectomy", "clear fluid from the wound", "RF29.sign", SAME_DAY),
        ("lumbar-discectomy", "घाव से साफ पानी निकल रहा है", "RF29.sign", SAME_DAY),
        ("lumbar-discectomy", "जखमेतून पाण्यासारखं येतंय", "RF29.sign", SAME_DAY),
        ("lumbar-discectomy", "bad headache when I sit up", "RF29.headache-sign", SOON),
        ("lumbar-discectomy", "सिर में तेज दर्द", "RF29.headache-sign", SOON),
        ("lumbar-discectomy", "डोकं दुखतंय", "RF29.headache-sign", SOON),
        ("total-hip", "there is a squeaking in my hip", "RF23.sign", SOON),
        ("total-hip", "my hip popped out", "RF09.words", EMERGENCY),
    ],
)  # fmt: skip
def test_danger_words_of_the_operation_are_heard(
    pack: ContentPack, procedure: str, text: str, rule: str, tier: Tier
) -> None:
    assert heard(pack, procedure, 20, text).get(rule) is tier


@pytest.mark.parametrize(
    ("procedure", "text"),
    [
        ("total-knee", "my knee bends well today"),
        ("rotator-cuff-repair", "no numbness in my hand"),
        ("lumbar-discectomy", "no headache today"),
        ("lumbar-discectomy", "thank you, walking is better"),
    ],
)
def test_harmless_words_raise_nothing(pack: ContentPack, procedure: str, text: str) -> None:
    assert heard(pack, procedure, 20, text) == {}
