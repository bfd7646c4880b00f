"""Windows of days after surgery."""

from __future__ import annotations


def within(day: int, from_day: int | None, to_day: int | None) -> bool:
    """Say whether `day` lies in the window; both ends count, and None leaves an end open."""
    return (from_day is None or day >= from_day) and (to_day is None or day <= to_day)
