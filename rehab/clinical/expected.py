"""The expected band of worst daily pain after an operation, by procedure.

Every number is a project proposal, not sourced: clinic must decide, and it is to be fitted again on
the clinic's own data after about 100 patients. For comparison: mean 3.5 in hospital after hip
replacement and 4.3 after knee replacement (Danoff et al. 2018, J Arthroplasty 33:S71). The rules
RF17.band-* of the rule sets draw the same lines.
"""

from __future__ import annotations

from dataclasses import dataclass

from rehab.clinical.days import within


@dataclass(frozen=True)
class Band:
    """Worst pain of the day, 0-10: the usual value and the alert line."""

    median: float
    upper: float


Bands = tuple[tuple[int, int, Band], ...]
"""First day after surgery, last day, band; in order and without gaps."""

HIP: Bands = (
    (1, 3, Band(5, 8)),
    (4, 7, Band(4, 7)),
    (8, 14, Band(3, 6)),
    (15, 28, Band(2, 5)),
    (29, 42, Band(2, 4)),
    (43, 84, Band(1, 3)),
    (85, 365, Band(1, 3)),
)
KNEE: Bands = (
    (1, 3, Band(6, 9)),
    (4, 7, Band(5, 8)),
    (8, 14, Band(4, 7)),
    (15, 28, Band(3, 6)),
    (29, 42, Band(3, 5)),
    (43, 84, Band(2, 4)),
    (85, 365, Band(1, 3)),
)
_BY_PROCEDURE = {
    "hip-resurfacing": HIP,
    "total-hip": HIP,
    "total-knee": KNEE,
    # Borrowed: drawn up for replaced knees. Shown because its rule set alerts by the same lines.
    "acl-reconstruction": KNEE,
}


def pain_bands(procedure: str) -> Bands:
    """Return the bands of a procedure. One without its own (shoulder, back, …) borrows the hip's."""
    return _BY_PROCEDURE.get(procedure, HIP)


def pain_band(procedure: str, day: int) -> Band | None:
    """Return the band of this day after surgery; None on day 0, before it and after a year."""
    for first, last, band in pain_bands(procedure):
        if within(day, first, last):
            return band
    return None


def above_band(procedure: str, day: int, pain: float) -> bool:
    """Say whether the worst pain has reached the alert line of the day.

    The line itself counts, as in the proposal's rule "worst pain at or above the upper band".
    """
    band = pain_band(procedure, day)
    return band is not None and pain >= band.upper
