"""A clock that jumps from one thing to do to the next."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime


@dataclass(order=True)
class _Due:
    at: datetime
    number: int
    act: Callable[[], None] = field(compare=False)


class Diary:
    """What is to happen, in order of time; the jobs take it for their clock."""

    def __init__(self, begins: datetime) -> None:
        self._moment = begins
        self._queue: list[_Due] = []
        self._numbers = itertools.count(1)

    def now(self) -> datetime:
        return self._moment

    def later(self, at: datetime, act: Callable[[], None]) -> None:
        heapq.heappush(self._queue, _Due(at.astimezone(UTC), next(self._numbers), act))

    def live_until(self, end: datetime) -> None:
        """Do all that is due before the end."""
        while self._queue and self._queue[0].at < end:
            due = heapq.heappop(self._queue)
            self._moment = max(self._moment, due.at)
            due.act()
        self._moment = end
