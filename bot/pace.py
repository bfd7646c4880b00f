"""How fast the bot may speak: pure arithmetic over seconds, no clock and no network."""

from __future__ import annotations

from dataclasses import dataclass, field

GROUP_PER_SECOND = 18 / 60
GROUP_BURST = 3.0
BURST_SECONDS = 0.2
"""How much of a second's quota may leave at once, so that a quiet bot answers without a ramp."""
FLOOD_WINDOW = 10.0
"""Two different chats refused within so many seconds: the whole bot is meant."""
LONGEST_TROUBLE_PAUSE = 5.0


@dataclass
class Bucket:
    """Tokens that grow at a rate up to a burst."""

    per_second: float
    burst: float
    tokens: float = field(init=False)
    at: float = 0.0

    def __post_init__(self) -> None:
        self.tokens = self.burst

    def fill(self, now: float) -> float:
        self.tokens = min(self.burst, self.tokens + max(0.0, now - self.at) * self.per_second)
        self.at = max(self.at, now)
        return self.tokens

    def wait(self, now: float) -> float:
        """Seconds until a whole token is there."""
        # The tiny slack keeps rounding from turning a full token into 0.9999.
        missing = 1 - 1e-9 - self.fill(now)
        return max(0.0, missing / self.per_second)


class Pace:
    """Telegram's limits with room to spare. `now` is any clock that only goes forward."""

    def __init__(
        self, *, per_second: float, reminders_per_second: float, seconds_per_chat: float
    ) -> None:
        self._all = Bucket(per_second, max(1.0, per_second * BURST_SECONDS))
        # Reminders have a smaller quota of their own, so alerts and replies always have room.
        reminders = min(reminders_per_second, per_second)
        self._reminders = Bucket(reminders, max(1.0, reminders * BURST_SECONDS))
        self._seconds_per_chat = seconds_per_chat
        self._chat_free_at: dict[int, float] = {}
        self._groups: dict[int, Bucket] = {}
        self._refusals: list[tuple[float, int]] = []
        self._bot_free_at = 0.0
        self._troubles = 0

    def room(self, now: float) -> int:
        """How many messages may leave now."""
        return 0 if now < self._bot_free_at else int(self._all.fill(now) + 1e-9)

    def reminder_room(self, now: float) -> int:
        """How many of them may be reminders or digests."""
        return min(self.room(now), int(self._reminders.fill(now) + 1e-9))

    def paused_chats(self, now: float) -> set[int]:
        """Chats that must wait."""
        self._chat_free_at = {c: at for c, at in self._chat_free_at.items() if at > now}
        return set(self._chat_free_at)

    def take(
        self, chat_id: int, now: float, *, is_reminder: bool = False, is_edit: bool = False
    ) -> None:
        """A message leaves now. An edit disturbs nobody and takes no turn of its private chat."""
        self._all.tokens -= 1
        if is_reminder:
            self._reminders.tokens -= 1
        gap = 0.0 if is_edit else self._seconds_per_chat
        if chat_id < 0:
            group = self._groups.setdefault(chat_id, Bucket(GROUP_PER_SECOND, GROUP_BURST))
            group.fill(now)
            group.tokens -= 1
            gap = max(gap, group.wait(now))
        self._pause_chat(chat_id, now + gap)

    def refused(self, chat_id: int, seconds: float, now: float) -> bool:
        """Telegram said wait. True when the whole bot pauses."""
        self._pause_chat(chat_id, now + seconds)
        self._refusals = [(at, c) for at, c in self._refusals if now - at < FLOOD_WINDOW]
        self._refusals.append((now, chat_id))
        is_flood = len({chat for _, chat in self._refusals}) > 1
        if is_flood:
            self._bot_free_at = max(self._bot_free_at, now + seconds)
        return is_flood

    def trouble(self, now: float) -> None:
        """Nothing gets through: pause the bot, longer each time."""
        self._troubles += 1
        seconds = min(LONGEST_TROUBLE_PAUSE, 0.25 * 2**self._troubles)
        self._bot_free_at = max(self._bot_free_at, now + seconds)

    def heard(self) -> None:
        """The server answered, so the way is open."""
        self._troubles = 0

    def next_change(self, now: float) -> float:
        """Seconds until something that is refused now may be allowed."""
        if now < self._bot_free_at:
            return self._bot_free_at - now
        waits = [self._all.wait(now), self._reminders.wait(now)]
        waits += [at - now for at in self._chat_free_at.values()]
        return min((wait for wait in waits if wait > 0), default=60.0)

    def _pause_chat(self, chat_id: int, until: float) -> None:
        self._chat_free_at[chat_id] = max(self._chat_free_at.get(chat_id, 0.0), until)
