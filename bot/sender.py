"""The sender: takes what is due from the outbox, says it at Telegram's pace, records how it went."""

from __future__ import annotations

import asyncio
import random
import time
from dataclasses import replace
from datetime import timedelta

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from telegram import Bot

from bot import outcomes, telegram_out
from bot.bell import Bell, rest
from bot.bridge import Bridge
from bot.leadership import Leadership
from bot.media_out import Delivery, MediaOut
from bot.outcomes import Ending, Outcome
from bot.pace import Pace
from bot.telegram_out import Outgoing
from rehab.logs import get_logger, place_of
from rehab.models import OutboxMessage
from rehab.runtime import Runtime
from rehab.services import channels, heartbeats, media_cache, outbox, staff_group

log = get_logger(__name__)

MOST_IN_FLIGHT = 16
LOOK_SECONDS = 0.5
BEAT_SECONDS = 1.0
LONGEST_BACKOFF = 60.0
RECORD_SECONDS = 15.0
"""With the send itself still less than a claim's lease."""


class Sender:
    """One per bot, by lease. Several messages travel at once, but never two of one chat."""

    def __init__(
        self,
        bridge: Bridge,
        runtime: Runtime,
        bot: Bot,
        leadership: Leadership,
        bell: Bell,
        *,
        bot_id: int,
    ) -> None:
        telegram = runtime.settings.config.telegram
        self._bridge = bridge
        self._runtime = runtime
        self._bot = bot
        self._bot_id = bot_id
        self._media = MediaOut(bot)
        self._leadership = leadership
        self._bell = bell.listener()
        self._protect = telegram.protect_content
        self._in_flight: dict[int, asyncio.Task[None]] = {}
        self._settled_epoch = 0
        self._beaten_at = float("-inf")
        self._problem = ""
        self.pace = Pace(
            per_second=telegram.messages_per_second,
            reminders_per_second=telegram.reminders_per_second,
            seconds_per_chat=telegram.seconds_per_chat,
        )

    async def run(self) -> None:
        """Runs until cancelled; `drain` then waits for what is on its way."""
        while True:
            self._bell.clear()
            pause = LOOK_SECONDS
            try:
                if self._leadership.epoch is not None:
                    pause = await self._round(self._leadership.epoch)
            except Exception as error:
                log.error("sender_round_failed", error=place_of(error))
            await rest(self._bell, pause)

    async def drain(self, seconds: float) -> None:
        """Give the messages on their way a moment to arrive."""
        tasks = list(self._in_flight.values())
        if tasks:
            await asyncio.wait(tasks, timeout=seconds)
        for task in tasks:
            task.cancel()
        self._media.close()

    async def _round(self, epoch: int) -> float:
        now = time.monotonic()
        room = min(MOST_IN_FLIGHT - len(self._in_flight), self.pace.room(now))
        reminder_room = min(room, self.pace.reminder_room(now))
        busy = self.pace.paused_chats(now) | set(self._in_flight)
        if now - self._beaten_at >= BEAT_SECONDS:
            self._beaten_at = now
            await self._bridge.in_app(self._look_after, epoch)
        if room <= 0:
            return min(LOOK_SECONDS, self.pace.next_change(now))
        for message, is_reminder in await self._bridge.first_in_app(
            self._claim, epoch, room, reminder_room, busy
        ):
            self.pace.take(
                message.chat_id,
                time.monotonic(),
                is_reminder=is_reminder,
                is_edit=message.edits is not None,
            )
            task = asyncio.create_task(self._deliver(message))
            self._in_flight[message.chat_id] = task
        return min(LOOK_SECONDS, self.pace.next_change(time.monotonic()))

    def _look_after(self, session: Session, epoch: int) -> None:
        """Settle what dead senders left behind, and say that this one lives."""
        now = self._runtime.clock.now()
        before = epoch if epoch != self._settled_epoch else None
        released = outbox.release_expired_leases(session, now=now, before_epoch=before)
        self._settled_epoch = epoch
        if released:
            log.warning("abandoned_sends_settled", count=released)
        detail = {heartbeats.PROBLEM: self._problem} if self._problem else {}
        heartbeats.beat(session, component=heartbeats.SENDER, now=now, detail=detail)

    def _claim(
        self, session: Session, epoch: int, room: int, reminder_room: int, busy: set[int]
    ) -> list[tuple[Outgoing, bool]]:
        now = self._runtime.clock.now()
        claimed = outbox.claim(
            session,
            now=now,
            epoch=epoch,
            limit=room,
            unhurried_limit=reminder_room,
            paused_chats=busy,
        )
        return [(self._outgoing(session, row), outbox.is_unhurried(row)) for row in claimed]

    def _outgoing(self, session: Session, row: OutboxMessage) -> Outgoing:
        return telegram_out.outgoing(
            session, self._runtime.context, row, protect=self._protect, bot_id=self._bot_id
        )

    async def _deliver(self, message: Outgoing) -> None:
        try:
            delivery = await self._try_to_send(message)
            self._learn(message, delivery.outcome)
            await self._record_patiently(message, delivery)
        except Exception as error:
            # The row keeps its lease and is settled by its class when that runs out.
            log.error("send_not_recorded", message_id=message.id, error=place_of(error))
        finally:
            del self._in_flight[message.chat_id]
            self._bell.set()

    async def _record_patiently(self, message: Outgoing, delivery: Delivery) -> None:
        """What is known about a send must not be lost to a database that restarts just now."""
        give_up_at = time.monotonic() + RECORD_SECONDS
        while True:
            try:
                await self._bridge.first_in_app(self._record, message, delivery)
                return
            except DBAPIError as error:
                if time.monotonic() > give_up_at:
                    raise
                log.warning("record_again", message_id=message.id, error=place_of(error))
                await asyncio.sleep(1.0)

    async def _try_to_send(self, message: Outgoing) -> Delivery:
        if message.attached is not None and message.edits is None:
            return await self._media.send(message, message.attached)
        return Delivery(await self._try_words(message))

    async def _try_words(self, message: Outgoing) -> Outcome:
        try:
            sent = await telegram_out.send(self._bot, message)
            return Outcome(Ending.ACCEPTED, message_id=sent.message_id)
        except Exception as error:
            outcome = outcomes.of_error(error)
        if outcome.ending == Ending.ACCEPTED:
            return replace(outcome, message_id=message.edits)
        if outcome.ending == Ending.MESSAGE_GONE and message.edits is not None:
            return await self._try_words(replace(message, edits=None))
        if outcome.ending == Ending.UNKNOWN and message.edits is not None:
            # An edit that happens twice is the same edit.
            return replace(outcome, ending=Ending.REFUSED)
        return outcome

    def _learn(self, message: Outgoing, outcome: Outcome) -> None:
        now = time.monotonic()
        self._problem = outcome.reason if outcome.ending == Ending.TOKEN_REFUSED else ""
        if outcome.ending == Ending.WAIT:
            is_flood = self.pace.refused(message.chat_id, outcome.seconds, now)
            log.warning(
                "quota_reached",
                message_id=message.id,
                retry_after=outcome.seconds,
                state="bot_paused" if is_flood else "chat_paused",
            )
        if outcome.ending in (Ending.NOT_SENT, Ending.TOKEN_REFUSED):
            self.pace.trouble(now)
        else:
            self.pace.heard()
        if outcome.ending not in (Ending.ACCEPTED, Ending.WAIT):
            log.warning(
                "send_ended",
                message_id=message.id,
                kind=message.kind,
                state=outcome.ending,
                reason=outcome.reason,
                attempts=message.attempts,
            )

    def _record(self, session: Session, message: Outgoing, delivery: Delivery) -> None:
        now = self._runtime.clock.now()
        outcome = delivery.outcome
        self._record_file(session, message, delivery)
        mine = {"message_id": message.id, "epoch": message.epoch}
        match outcome.ending:
            case Ending.ACCEPTED:
                outbox.record_accepted(session, **mine, provider_id=outcome.message_id, now=now)
            case Ending.UNKNOWN:
                outbox.record_unknown(session, **mine, now=now, error=outcome.reason)
            case Ending.PERMANENT | Ending.MESSAGE_GONE:
                outbox.record_failed(session, **mine, error=outcome.reason)
            case Ending.CHAT_DEAD:
                if outbox.record_failed(session, **mine, error=outcome.reason):
                    self._lose_chat(session, message, outcome)
            case Ending.MIGRATED:
                if outcome.new_chat_id is not None:
                    staff_group.moved(
                        session, old=message.chat_id, new=outcome.new_chat_id, now=now
                    )
                self._again(session, message, 0.0, outcome, counts=True)
            case Ending.WAIT:
                wait = outcome.seconds + random.uniform(0.0, 0.2)  # noqa: S311 - spreads load
                self._again(session, message, wait, outcome, counts=False)
            case Ending.NOT_SENT | Ending.TOKEN_REFUSED:
                self._again(session, message, 0.0, outcome, counts=False)
            case Ending.REFUSED:
                wait = min(LONGEST_BACKOFF, 0.5 * 2**message.attempts)
                self._again(session, message, wait, outcome, counts=True)

    def _record_file(self, session: Session, message: Outgoing, delivery: Delivery) -> None:
        if message.attached is None:
            return
        key, refused = message.attached.key, delivery.refused_file_id
        if refused is not None:
            media_cache.forget(session, bot_id=self._bot_id, media_key=key, file_id=refused)
        if (file_id := delivery.outcome.file_id) is not None:
            now = self._runtime.clock.now()
            media_cache.remember(
                session, bot_id=self._bot_id, media_key=key, file_id=file_id, now=now
            )

    def _again(
        self, session: Session, message: Outgoing, wait: float, outcome: Outcome, *, counts: bool
    ) -> None:
        outbox.record_retry(
            session,
            message_id=message.id,
            epoch=message.epoch,
            not_before=self._runtime.clock.now() + timedelta(seconds=wait),
            counts_as_attempt=counts,
            error=outcome.reason,
        )

    def _lose_chat(self, session: Session, message: Outgoing, outcome: Outcome) -> None:
        try:
            with session.begin_nested():
                channels.chat_lost(
                    session,
                    self._runtime.context,
                    chat_id=message.chat_id,
                    reason=outcome.reason,
                    now=self._runtime.clock.now(),
                )
        except Exception as error:
            log.error("lost_chat_not_noted", message_id=message.id, error=place_of(error))
