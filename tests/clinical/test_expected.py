"""The expected band of worst pain: by procedure and day, read from the rules that alert by it."""

from __future__ import annotations

import pytest

from exercises.loader import load
from exercises.schema import RuleSet
from rehab.clinical.expected import Band, above_band, pain_band, pain_bands
from tests.clinical.builders import rule, rule_set

PACK = load()


def rules_of(procedure: str) -> RuleSet:
    return PACK.rules[PACK.protocol_for(procedure).rules]


@pytest.mark.parametrize(
    ("day", "hip", "knee"),
    [
        (0, None, None), (1, Band(5, 8), Band(6, 9)), (3, Band(5, 8), Band(6, 9)),
        (4, Band(4, 7), Band(5, 8)), (7, Band(4, 7), Band(5, 8)), (8, Band(3, 6), Band(4, 7)),
        (14, Band(3, 6), Band(4, 7)), (15, Band(2, 5), Band(3, 6)), (28, Band(2, 5), Band(3, 6)),
        (29, Band(2, 4), Band(3, 5)), (42, Band(2, 4), Band(3, 5)), (43, Band(1, 3), Band(2, 4)),
        (85, Band(1, 3), Band(1, 3)), (365, Band(1, 3), Band(1, 3)), (366, None, None),
    ],
)  # fmt: skip
def test_hip_and_knee_have_their_own_band(day: int, hip: Band | None, knee: Band | None) -> None:
    for procedure in ("hip-resurfacing", "total-hip"):
        assert pain_band(rules_of(procedure), day) == hip
    assert pain_band(rules_of("total-knee"), day) == knee


@pytest.mark.parametrize("procedure", ["rotator-cuff-repair", "lumbar-discectomy"])
def test_a_procedure_without_its_own_band_borrows_that_of_the_hip(procedure: str) -> None:
    assert pain_bands(rules_of(procedure)) == pain_bands(rules_of("total-hip"))


def test_rules_that_draw_no_line_show_none() -> None:
    rules = rule_set(rule("RF01", any_words=("words",)))
    assert pain_bands(rules) == ()
    assert not above_band(rules, 10, 10)


@pytest.mark.parametrize(
    ("procedure", "day", "pain", "above"),
    [
        ("hip-resurfacing", 10, 5, False), ("hip-resurfacing", 10, 6, True),
        ("hip-resurfacing", 10, 7, True), ("total-knee", 10, 6, False),
        ("total-knee", 10, 7, True), ("hip-resurfacing", 0, 10, False),
        ("hip-resurfacing", 400, 10, False),
    ],
)  # fmt: skip
def test_pain_at_the_alert_line_counts(procedure: str, day: int, pain: float, above: bool) -> None:
    assert above_band(rules_of(procedure), day, pain) is above
