"""Red-flag rules: every kind of condition below, at and above its threshold."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given as property_of
from hypothesis import strategies as st

from exercises.schema import Condition, RuleSet, Tier
from rehab.clinical.redflags import (
    Given,
    find_red_flags,
    is_more_urgent,
    most_urgent,
    silence_finding,
)
from tests.clinical.builders import given, rule, rule_set


def fires(
    condition: Condition, today: list[Given], history: list[Given] | None = None, day: int = 10
) -> bool:
    rules = rule_set(rule("RF01", Tier.SAME_DAY, condition))
    return bool(find_red_flags(rules, day=day, today=today, history=history or []))


def pains(*values: float, since: int = 1) -> list[Given]:
    return [given("pain", value, days_ago=since + n) for n, value in enumerate(values)]


FEVER = Condition(question="temperature", at_least=38.0)
LOW = Condition(question="temperature", below=36.0)
BAND = Condition(question="temperature", at_least=38.0, below=39.0)
WET = Condition(question="wound", is_one_of=("wet", "soaked"))


@pytest.mark.parametrize(
    ("condition", "value", "expected"),
    [
        (FEVER, 37.9, False), (FEVER, 38.0, True), (FEVER, 38.1, True),
        (LOW, 35.9, True), (LOW, 36.0, False), (LOW, 36.1, False),
        (BAND, 37.9, False), (BAND, 38.0, True), (BAND, 38.9, True), (BAND, 39.0, False),
        (FEVER, "38-39", False), (FEVER, True, False), (FEVER, float("nan"), False),
        (LOW, float("nan"), False), (LOW, "cold", False),
    ],
)  # fmt: skip
def test_a_number_is_tested_against_its_bounds(
    condition: Condition, value: Any, expected: bool
) -> None:
    assert fires(condition, [given("temperature", value)]) is expected


@pytest.mark.parametrize(("value", "expected"), [("wet", True), ("dry", False), (7, False)])
def test_an_option_is_tested_by_its_value(value: Any, expected: bool) -> None:
    assert fires(WET, [given("wound", value)]) is expected


def test_an_unanswered_question_raises_nothing() -> None:
    assert not fires(WET, [given("pain", 9)])
    assert not fires(WET, [], [given("wound", "wet", days_ago=1)])


@pytest.mark.parametrize(
    ("ticked", "expected"),
    [(("dry",), False), (("dry", "wet"), True), (("soaked",), True), ((), False)],
)
def test_of_several_ticked_answers_one_is_enough(ticked: tuple[str, ...], expected: bool) -> None:
    assert fires(WET, [given("wound", ticked)]) is expected


def test_a_quiet_run_means_that_nothing_else_was_ticked() -> None:
    condition = Condition(question="signs", after_days_of=("none",), after_days=1)
    today = [given("signs", ("lump",))]
    assert fires(condition, today, [given("signs", ("none",), days_ago=1)])
    assert not fires(condition, today, [given("signs", ("none", "lump"), days_ago=1)])


@pytest.mark.parametrize(("day", "expected"), [(4, False), (5, True), (14, True), (15, False)])
def test_a_rule_holds_only_in_its_window(day: int, expected: bool) -> None:
    rules = rule_set(rule("RF04", Tier.SAME_DAY, FEVER, from_day=5, to_day=14))
    found = find_red_flags(rules, day=day, today=[given("temperature", 39)], history=[])
    assert bool(found) is expected


@pytest.mark.parametrize(
    ("earlier", "expected"),
    [
        ([], False),
        ([38.0], False),
        ([38.0, 38.4], True),
        ([38.0, 37.9], False),
        ([38.0, 38.4, 37.0], True),
    ],
)
def test_days_in_a_row_count_today(earlier: list[float], expected: bool) -> None:
    condition = Condition(question="temperature", at_least=38.0, days_in_a_row=3)
    history = [given("temperature", value, days_ago=n + 1) for n, value in enumerate(earlier)]
    assert fires(condition, [given("temperature", 38.0)], history) is expected


def test_a_day_without_an_answer_breaks_the_row() -> None:
    condition = Condition(question="pain", at_least=7, days_in_a_row=3)
    history = [*pains(8), *pains(8, since=3)]
    assert not fires(condition, [given("pain", 8)], history)


def test_an_earlier_check_in_of_the_same_day_makes_no_row() -> None:
    condition = Condition(question="pain", at_least=7, days_in_a_row=2)
    assert not fires(condition, [given("pain", 8)], [given("pain", 8, hours_ago=3)])


@pytest.mark.parametrize(("hours", "expected"), [(23, True), (24, True), (24.01, False)])
def test_times_in_hours_counts_back_from_this_answer(hours: float, expected: bool) -> None:
    condition = Condition(question="pain", at_least=7, times=2, times_in_hours=24)
    assert fires(condition, [given("pain", 7)], [given("pain", 7, hours_ago=hours)]) is expected


def test_times_in_hours_needs_this_answer_to_hold() -> None:
    condition = Condition(question="pain", at_least=7, times=2, times_in_hours=24)
    earlier = [given("pain", 8, hours_ago=2), given("pain", 8, hours_ago=4)]
    assert not fires(condition, [given("pain", 6)], earlier)


def test_one_answer_given_as_today_and_as_history_counts_once() -> None:
    condition = Condition(question="pain", at_least=7, times=2, times_in_hours=24)
    assert not fires(condition, [given("pain", 8)], [given("pain", 8)])


@pytest.mark.parametrize(
    ("earlier", "now", "expected"),
    [
        ([3, 3, 3], 5, False), ([3, 3, 3], 6, True), ([3, 3, 3], 7, True),
        ([3], 9, False), ([3, 3], 6, True), ([], 9, False),
        ([3, 3, 4], 6, False), ([3, 3, 4], 7, True), ([9, 1, 1, 1], 7, True),
    ],
)  # fmt: skip
def test_a_rise_is_measured_against_the_patients_own_mean(
    earlier: list[float], now: float, expected: bool
) -> None:
    condition = Condition(question="pain", rise_over_mean=3, mean_of_days=3)
    history = pains(*earlier)
    if earlier == [9, 1, 1, 1]:  # the four days ago lie outside of the three
        history = pains(1, 1, 1, 9)
    assert fires(condition, [given("pain", now)], history) is expected


def test_a_rise_over_a_mean_of_thirds_is_not_lost_to_rounding() -> None:
    condition = Condition(question="pain", rise_over_mean=1.1, mean_of_days=3)
    assert fires(condition, [given("pain", 3.3)], pains(2.2, 2.2, 2.2))


@pytest.mark.parametrize(
    ("earlier", "expected"),
    [
        (["dry", "dry", "dry"], True),
        (["dry", "dry"], False),
        (["dry", "spots", "dry"], False),
        (["dry", "dry", "dry", "wet"], True),
    ],
)
def test_wet_after_dry_days(earlier: list[str], expected: bool) -> None:
    dry_days = Condition(question="wound", after_days_of=("dry",), after_days=3)
    rules = rule_set(rule("RF06", Tier.SAME_DAY, WET, dry_days))
    # every second day: the last answered days count, not the last days
    history = [given("wound", value, days_ago=2 * n + 2) for n, value in enumerate(earlier)]
    found = find_red_flags(rules, day=20, today=[given("wound", "wet")], history=history)
    assert bool(found) is expected


def test_after_days_needs_every_answer_of_a_day() -> None:
    dry_days = Condition(question="wound", after_days_of=("dry",), after_days=2)
    history = [
        given("wound", "dry", days_ago=1),
        given("wound", "wet", days_ago=2),
        given("wound", "dry", days_ago=2, hours_ago=5),
    ]
    assert not fires(dry_days, [given("wound", "wet")], history)


def test_all_conditions_of_a_rule_must_hold() -> None:
    limp = Condition(question="walking", is_one_of=("new-limp",))
    rules = rule_set(rule("RF17", Tier.SAME_DAY, Condition(question="pain", at_least=7), limp))
    half = [given("pain", 8)]
    assert not find_red_flags(rules, day=10, today=half, history=[])
    assert find_red_flags(rules, day=10, today=[*half, given("walking", "new-limp")], history=[])


def test_findings_name_their_facts_oldest_first() -> None:
    condition = Condition(question="pain", at_least=7, days_in_a_row=2)
    yesterday, now = given("pain", 8, days_ago=1), given("pain", 9)
    rules = rule_set(rule("RF17", Tier.SOON, condition, stops_loading=True))
    (finding,) = find_red_flags(rules, day=3, today=[now], history=[yesterday])
    assert finding.facts == (yesterday, now)
    assert (finding.reason, finding.wording, finding.stops_loading) == (
        "reason of RF17",
        "words",
        True,
    )


def test_findings_of_one_family_are_all_kept_the_most_urgent_first() -> None:
    rules = rule_set(
        rule("RF04.early", Tier.SOON, FEVER),
        rule("RF04.high", Tier.SAME_DAY, Condition(question="temperature", at_least=39)),
        rule("RF03", Tier.EMERGENCY, FEVER),
    )
    found = find_red_flags(rules, day=1, today=[given("temperature", 39.0)], history=[])
    assert [one.rule_id for one in found] == ["RF03", "RF04.high", "RF04.early"]
    assert most_urgent(found) is found[0]
    assert most_urgent([]) is None


def test_a_word_rule_without_conditions_never_fires_on_answers() -> None:
    rules = rule_set(rule("RF19", any_words=("harm",)))
    assert not find_red_flags(rules, day=1, today=[given("pain", 10)], history=[])


SILENCE = rule_set(
    rule("RF24.early", Tier.SOON, silence_hours=48, from_day=0, to_day=14),
    rule("RF24.later", Tier.SOON, silence_hours=72, from_day=15, to_day=42),
    rule("RF24.long", Tier.SAME_DAY, silence_hours=120, from_day=0, to_day=42),
)


@pytest.mark.parametrize(
    ("day", "hours", "rule_id"),
    [
        (14, 47.99, None), (14, 48, "RF24.early"), (14, 49, "RF24.early"), (15, 71.9, None),
        (15, 72, "RF24.later"), (15, 120, "RF24.long"), (43, 500, None),
    ],
)  # fmt: skip
def test_silence_has_its_own_hours_per_window(day: int, hours: float, rule_id: str | None) -> None:
    finding = silence_finding(SILENCE, day=day, silent_for=timedelta(hours=hours))
    assert (finding and finding.rule_id) == rule_id


def test_urgency_is_strict_and_beats_nothing() -> None:
    assert is_more_urgent(Tier.EMERGENCY, Tier.SAME_DAY)
    assert not is_more_urgent(Tier.SAME_DAY, Tier.SAME_DAY)
    assert not is_more_urgent(Tier.SOON, Tier.SAME_DAY)
    assert is_more_urgent(Tier.ROUTINE, None)


QUESTIONS = ("pain", "temperature", "wound")
VALUES = st.one_of(
    st.floats(), st.integers(-5, 50), st.sampled_from(["wet", "dry", "", "38-39"]), st.booleans(),
    st.none(), st.text(max_size=3),
)  # fmt: skip
ANSWERS = st.lists(
    st.builds(
        given,
        st.sampled_from(QUESTIONS),
        VALUES,
        days_ago=st.integers(0, 5),
        hours_ago=st.integers(0, 8),
    ),
    max_size=8,
)
EVERYTHING: RuleSet = rule_set(
    rule("RF01", Tier.EMERGENCY, Condition(question="pain", at_least=10)),
    rule("RF02", Tier.SAME_DAY, Condition(question="pain", at_least=7, days_in_a_row=2)),
    rule("RF04", Tier.SAME_DAY, Condition(question="temperature", below=36.0)),
    rule("RF05", Tier.SOON, WET),
    rule(
        "RF06",
        Tier.SAME_DAY,
        WET,
        Condition(question="wound", after_days_of=("dry",), after_days=2),
    ),
    rule(
        "RF16",
        Tier.SOON,
        Condition(question="pain", at_least=7, times=2, times_in_hours=24),
    ),
    rule("RF17", Tier.SOON, Condition(question="pain", rise_over_mean=3, mean_of_days=3)),
)


@property_of(ANSWERS, ANSWERS, st.integers(-30, 400))
def test_any_answers_at_all_are_judged(today: list[Given], history: list[Given], day: int) -> None:
    found = find_red_flags(EVERYTHING, day=day, today=today, history=history)
    assert [one.tier.rank for one in found] == sorted(one.tier.rank for one in found)


@property_of(
    st.lists(st.builds(given, st.sampled_from(QUESTIONS), VALUES), max_size=6),
    ANSWERS,
    st.builds(given, st.sampled_from(QUESTIONS), VALUES),
)
def test_one_more_answer_today_never_takes_a_finding_away(
    today: list[Given], history: list[Given], extra: Given
) -> None:
    before = find_red_flags(EVERYTHING, day=5, today=today, history=history)
    after = find_red_flags(EVERYTHING, day=5, today=[*today, extra], history=history)
    assert {one.rule_id for one in before} <= {one.rule_id for one in after}


@pytest.mark.parametrize(
    ("tier", "stops"),
    [(Tier.EMERGENCY, True), (Tier.SAME_DAY, True), (Tier.SOON, False), (Tier.ROUTINE, False)],
)
def test_a_red_flag_stops_loading_whether_its_rule_says_so_or_not(tier: Tier, stops: bool) -> None:
    rules = rule_set(rule("RF04", tier, FEVER))
    (finding,) = find_red_flags(rules, day=10, today=[given("temperature", 39.0)], history=[])
    assert finding.stops_loading is stops
