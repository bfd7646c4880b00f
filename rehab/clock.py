"""The clock. Only entrances ask it; everything below them receives `now` as an argument."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Tells the present instant."""

    def now(self) -> datetime:
        """Aware UTC."""


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class ShiftedClock:
    """The machine's clock moved forward by an offset somebody else keeps (the demo's time control)."""

    def __init__(self, read_offset: Callable[[], timedelta]) -> None:
        self._read_offset = read_offset

    def now(self) -> datetime:
        return datetime.now(UTC) + self._read_offset()
