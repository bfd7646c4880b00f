"""The expected band of worst pain: by procedure and day, and the same lines the rules draw."""

from __future__ import annotations

import pytest

from exercises.loader import load
from rehab.clinical.expected import HIP, Band, above_band, pain_band, pain_bands

PACK = load()


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
    assert pain_band("hip-resurfacing", day) == pain_band("total-hip", day) == hip
    assert pain_band("total-knee", day) == knee


@pytest.mark.parametrize(
    "procedure", ["rotator-cuff-repair", "lumbar-discectomy", "new-procedure"]
)
def test_a_procedure_without_its_own_band_borrows_that_of_the_hip(procedure: str) -> None:
    assert pain_bands(procedure) == HIP


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
    assert above_band(procedure, day, pain) is above


@pytest.mark.parametrize("procedure", sorted({p.procedure for p in PACK.protocols.values()}))
def test_the_rules_alert_above_the_line_the_chart_shows(procedure: str) -> None:
    rules = PACK.rules[PACK.protocol_for(procedure).rules].rules
    lines = {
        rule.from_day: condition.at_least
        for rule in rules
        if rule.id.startswith("RF17.band-")
        for condition in rule.when
    }
    assert lines == {first: band.upper + 1 for first, _, band in pain_bands(procedure)}
