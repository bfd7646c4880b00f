"""Rules under the settings of clinic, surgeon and patient: the nearest wins, an emergency never moves."""

from __future__ import annotations

from typing import Any

import pytest

from exercises.schema import Condition, Rule, RuleSet, Tier, Wording
from rehab.clinical.rule_levels import Change, check, effective, in_force, limits
from rehab.errors import InvalidInput
from tests.clinical.builders import SOURCES, rule, rule_set

FEVER = rule("RF04.late", Tier.SAME_DAY, Condition(question="temperature", at_least=38.0))
TWO_LIMITS = rule(
    "RF17.severe",
    Tier.SOON,
    Condition(question="pain", at_least=8),
    Condition(question="pain", at_least=7, times=2, times_in_hours=72),
)
BREATH = rule("RF01.breath", Tier.EMERGENCY, Condition(question="legs", is_one_of=("breath",)))
SILENCE = rule("RF24.first", Tier.SOON, silence_hours=48)
GENERAL = tuple(
    Wording(id=name, text=f"Text {name}", sources=SOURCES) for name in ("generic-t0", "generic-t1")
)
RULES: RuleSet = rule_set(FEVER, TWO_LIMITS, BREATH, SILENCE)
RULES = RULES.model_copy(update={"wordings": (*RULES.wordings, *GENERAL)})


def after(*changes: tuple[str, str, dict[str, Any]]) -> dict[str, Rule]:
    """The rules after changes of (level, rule, what), by id."""
    given = [Change(rule_id, level, what) for level, rule_id, what in changes]
    return {one.id: one for one in effective(RULES, given).rules}


def test_without_settings_the_rules_are_the_protocols() -> None:
    assert effective(RULES, []) is RULES


def test_the_nearest_level_wins() -> None:
    rules = after(
        ("clinic", "RF04.late", {"at_least": 38.5}),
        ("surgeon", "RF04.late", {"at_least": 38.2}),
        ("patient", "RF04.late", {"at_least": 37.8}),
    )
    assert rules["RF04.late"].when[0].at_least == 37.8
    only = after(("clinic", "RF04.late", {"at_least": 38.5}))
    assert only["RF04.late"].when[0].at_least == 38.5


def test_levels_add_up_when_they_change_different_things() -> None:
    late = after(
        ("clinic", "RF04.late", {"at_least": 38.5}), ("patient", "RF04.late", {"tier": "T2"})
    )["RF04.late"]
    assert (late.tier, late.when[0].at_least) == (Tier.SOON, 38.5)


def test_a_rule_switched_off_wider_is_on_again_for_whoever_sets_it_nearer() -> None:
    assert "RF04.late" not in after(("clinic", "RF04.late", {"off": True}))
    both = after(
        ("clinic", "RF04.late", {"off": True}), ("patient", "RF04.late", {"at_least": 39.0})
    )
    assert both["RF04.late"].when[0].at_least == 39.0


@pytest.mark.parametrize("what", [{"off": True}, {"tier": "T1"}, {"tier": "T3"}, {"at_least": 9}])
def test_an_emergency_rule_never_changes(what: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput, match="emergency"):
        check(RULES, "RF01.breath", what)
    assert after(("clinic", "RF01.breath", what))["RF01.breath"] == BREATH


@pytest.mark.parametrize(
    ("rule_id", "what", "why"),
    [
        ("RF99.none", {"off": True}, "there is no rule"),
        ("RF04.late", {"below": 36}, "no single limit"),
        ("RF17.severe", {"at_least": 6}, "no single limit"),
        ("RF04.late", {"at_least": "high"}, "expected a number"),
        ("RF04.late", {"at_least": float("nan")}, "expected a number"),
        ("RF04.late", {"tier": "T9"}, "expected one of T0"),
        ("RF04.late", {"colour": "red"}, "expected one of tier"),
        ("RF04.late", {"off": True, "tier": "T2"}, "expected one of tier"),
        ("RF24.first", {"silence_hours": 0}, "expected 1 to"),
    ],
)
def test_a_change_that_makes_no_sense_is_refused(
    rule_id: str, what: dict[str, Any], why: str
) -> None:
    with pytest.raises(InvalidInput, match=why):
        check(RULES, rule_id, what)


def test_hours_of_silence_can_be_set() -> None:
    assert after(("clinic", "RF24.first", {"silence_hours": 24}))["RF24.first"].silence_hours == 24


def test_a_rule_made_more_urgent_tells_the_patient_so() -> None:
    raised = after(("surgeon", "RF04.late", {"tier": "T0"}))["RF04.late"]
    assert (raised.tier, raised.wording) == (Tier.EMERGENCY, "generic-t0")
    lowered = after(("surgeon", "RF04.late", {"tier": "T2"}))["RF04.late"]
    assert (lowered.tier, lowered.wording) == (Tier.SOON, "words")


def test_a_setting_for_a_rule_that_is_gone_changes_nothing() -> None:
    assert set(after(("clinic", "RF88.gone", {"off": True}))) == {one.id for one in RULES.rules}


def test_what_may_be_moved_is_the_one_limit_of_a_rule() -> None:
    assert limits(FEVER) == {"at_least": 38.0}
    assert limits(TWO_LIMITS) == {}
    assert limits(SILENCE) == {"silence_hours": 48}


def test_only_the_nearest_change_of_each_kind_is_in_force() -> None:
    wide = Change("RF04.late", "clinic", {"at_least": 38.5}, 1)
    near = Change("RF04.late", "patient", {"at_least": 38.1}, 2)
    assert in_force([wide, near], "RF04.late") == (near,)
