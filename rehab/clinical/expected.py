"""The expected band of worst daily pain after an operation, as its rule set draws it.

The numbers stand in the rule sets alone (`exercises/rules`, band `pain`), where the rules RF17 read
them too: what the chart shows and what raises an alert cannot differ.
"""

from __future__ import annotations

from dataclasses import dataclass

from exercises.schema import RuleSet

PAIN = "pain"
"""The id of the band."""
LAST_DAY = 365
"""The chart and the list of patients end here; the rules go on with the last row."""


@dataclass(frozen=True)
class Band:
    """Worst pain of the day, 0-10: the usual value and the alert line."""

    median: float
    upper: float


Bands = tuple[tuple[int, int, Band], ...]
"""First day after surgery, last day, band; in order."""


def pain_bands(rules: RuleSet) -> Bands:
    """Return the bands of a rule set; none when it draws no line for pain."""
    found = rules.band(PAIN)
    return tuple(
        (row.from_day, LAST_DAY if row.to_day is None else row.to_day, Band(row.usual, row.upper))
        for row in (found.rows if found else ())
        if row.usual is not None and row.upper is not None
    )


def pain_band(rules: RuleSet, day: int) -> Band | None:
    """Return the band of this day after surgery; None on day 0, before it and after a year."""
    for first, last, band in pain_bands(rules):
        if first <= day <= last:
            return band
    return None


def above_band(rules: RuleSet, day: int, pain: float) -> bool:
    """Say whether the worst pain has reached the alert line of the day.

    The line itself counts here, for the list of patients and the chart; the rules page a person
    only above it.
    """
    band = pain_band(rules, day)
    return band is not None and pain >= band.upper
