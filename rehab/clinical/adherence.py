"""How much of the planned exercise was done. A gap is unknown, never done and never fine."""

from __future__ import annotations

from typing import Literal

Label = Literal["good", "partial", "low", "unknown"]

GOOD_FROM = 0.75
PARTIAL_FROM = 0.5
"""Cut points as used in trials after knee replacement: review of the reporting of rehabilitation,
BMC Musculoskelet Disord 2021, table 1, doi:10.1186/s12891-021-04460-w."""


def share_done(done: int, planned: int) -> float | None:
    """Return the done share of the planned sessions, 0 to 1; None when nothing was planned."""
    if planned <= 0:
        return None
    return min(max(done, 0) / planned, 1.0)


def label(share: float | None) -> Label:
    """Return the word for a share; no share is "unknown"."""
    if share is None:
        return "unknown"
    if share >= GOOD_FROM:
        return "good"
    return "partial" if share >= PARTIAL_FROM else "low"
