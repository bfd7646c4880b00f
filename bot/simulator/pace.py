"""Telegram's flood limits as token buckets; off in tests unless a test wants them."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.simulator.errors import too_many_requests


@dataclass
class Bucket:
    """`burst` tokens at most, refilled at `per_second`."""

    per_second: float
    burst: float
    tokens: float = field(init=False)
    at: float | None = None

    def __post_init__(self) -> None:
        self.tokens = self.burst

    def wait(self, now: float) -> float:
        """Seconds until a token is there; 0 means now."""
        if self.at is not None:
            self.tokens = min(self.burst, self.tokens + (now - self.at) * self.per_second)
        self.at = now
        return 0.0 if self.tokens >= 1 else (1 - self.tokens) / self.per_second


@dataclass
class Pace:
    """30 a second overall, 1 a second per private chat with bursts, 20 a minute per group.

    Real time, never the moved clock: a flood limit is about load, and a bot told to wait
    three seconds will wait three real ones.
    """

    enabled: bool = True
    overall_per_second: float = 30
    overall_burst: float = 30
    private_per_second: float = 1
    private_burst: float = 5
    group_per_minute: float = 20
    now: Callable[[], float] = time.perf_counter
    _overall: Bucket | None = None
    _chats: dict[int, Bucket] = field(default_factory=dict)

    def admit(self, chat_id: int) -> None:
        """Take a token for one message to `chat_id`, or refuse with 429."""
        if not self.enabled:
            return
        now = self.now()
        if self._overall is None:
            self._overall = Bucket(self.overall_per_second, self.overall_burst)
        chat = self._chats.get(chat_id) or self._chats.setdefault(chat_id, self._bucket(chat_id))
        wait = max(self._overall.wait(now), chat.wait(now))
        if wait > 0:
            raise too_many_requests(max(1, math.ceil(wait)))
        self._overall.tokens -= 1
        chat.tokens -= 1

    def _bucket(self, chat_id: int) -> Bucket:
        if chat_id < 0:
            return Bucket(self.group_per_minute / 60, self.group_per_minute)
        return Bucket(self.private_per_second, self.private_burst)


def unlimited() -> Pace:
    return Pace(enabled=False)
