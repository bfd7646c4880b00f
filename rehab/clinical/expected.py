"""The expected band of worst daily pain after hip resurfacing or total hip replacement."""

from __future__ import annotations

from dataclasses import dataclass

from rehab.clinical.days import within


@dataclass(frozen=True)
class Band:
    """Worst pain of the day, 0-10: the usual value and the alert line."""

    median: float
    upper: float


# First day, last day, median, upper limit. Project proposal, not sourced: clinic must decide, and
# it is to be fitted again on the clinic's own data after about 100 patients. For comparison: mean
# 3.5 in hospital after hip replacement (Danoff et al. 2018, J Arthroplasty 33:S71).
HIP_WORST_PAIN: tuple[tuple[int, int, Band], ...] = (
    (1, 3, Band(5, 8)),
    (4, 7, Band(4, 7)),
    (8, 14, Band(3, 6)),
    (15, 28, Band(2, 5)),
    (29, 42, Band(2, 4)),
    (43, 84, Band(1, 3)),
    (85, 365, Band(1, 3)),
)


def pain_band(day: int) -> Band | None:
    """Return the band of this day after surgery; None on day 0, before it and after a year."""
    for first, last, band in HIP_WORST_PAIN:
        if within(day, first, last):
            return band
    return None


def above_band(day: int, pain: float) -> bool:
    """Say whether the worst pain has reached the alert line of the day.

    The line itself counts, as in the proposal's rule "worst pain at or above the upper band".
    """
    band = pain_band(day)
    return band is not None and pain >= band.upper
