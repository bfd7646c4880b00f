"""The queue of updates the bot has not confirmed yet."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.simulator.model import Json

# From the official server's source: a tap lives far shorter than a message.
LIFETIMES = {"callback_query": timedelta(seconds=150)}
DEFAULT_LIFETIME = timedelta(hours=24)
# Sent only to a bot that asks for them by name.
ON_REQUEST = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
MAX_BATCH = 100


@dataclass
class QueuedUpdate:
    update_id: int
    wire: str  # the JSON text as it goes out; not always valid, when a test wants it so
    subject: int  # whose queue it waits in when updates are pushed to a webhook
    expires_at: datetime
    once: bool = False  # unreadable on the wire, so nobody could ever confirm it

    def body(self) -> Any:
        try:
            return json.loads(self.wire)
        except ValueError:
            return self.wire


class UpdateQueue:
    """Not thread-safe by itself: the state's lock guards it."""

    def __init__(self, now: Callable[[], datetime], first_id: int) -> None:
        self._now = now
        self._next_id = first_id
        self._queue: list[QueuedUpdate] = []
        self.allowed: list[str] | None = None

    def add(self, kind: str, payload: Json, subject: int, at: datetime) -> int | None:
        """Queue an update of `kind` unless the bot did not ask for it; returns its id."""
        if not self.wants(kind):
            return None
        update_id = self._take_id()
        wire = json.dumps({"update_id": update_id, kind: payload})
        expires_at = at + LIFETIMES.get(kind, DEFAULT_LIFETIME)
        self._queue.append(QueuedUpdate(update_id, wire, subject, expires_at))
        return update_id

    def add_raw(self, raw: Json | str) -> int:
        """Queue anything at all, exactly as given."""
        wire = raw if isinstance(raw, str) else json.dumps(raw)
        try:
            body, readable = json.loads(wire), True
        except ValueError:
            body, readable = None, False
        given = body.get("update_id") if isinstance(body, dict) else None
        update_id = given if type(given) is int else self._take_id()
        self._next_id = max(self._next_id, update_id + 1)
        expires_at = self._now() + DEFAULT_LIFETIME
        self._queue.append(QueuedUpdate(update_id, wire, 0, expires_at, once=not readable))
        return update_id

    def _take_id(self) -> int:
        self._next_id += 1
        return self._next_id - 1

    def wants(self, kind: str) -> bool:
        if self.allowed:
            return kind in self.allowed
        return kind not in ON_REQUEST

    def allow(self, kinds: Iterable[str]) -> None:
        """Updates queued before this call stay, as with the real server."""
        self.allowed = [str(kind) for kind in kinds]

    def pending(self) -> list[QueuedUpdate]:
        """What is still waiting, after the expired has been forgotten."""
        now = self._now()
        self._queue = [update for update in self._queue if update.expires_at > now]
        return list(self._queue)

    def confirm_below(self, offset: int) -> None:
        """Forget everything up to the last update below `offset`.

        By place, not by number: an injected update without a number goes with its neighbours.
        """
        below = [place for place, update in enumerate(self._queue) if update.update_id < offset]
        if below:
            self._queue = self._queue[below[-1] + 1 :]

    def keep_last(self, count: int) -> None:
        self._queue = self.pending()[-count:]

    def remove(self, update: QueuedUpdate) -> None:
        self._queue = [queued for queued in self._queue if queued is not update]

    def clear(self) -> None:
        self._queue = []

    def batch(self, limit: int) -> list[QueuedUpdate]:
        chosen = self.pending()[:limit]
        for update in chosen:
            if update.once:
                self.remove(update)
        return chosen
