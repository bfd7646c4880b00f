"""The workers: each takes one update, lets the flows handle it, and commits everything at once."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy.orm import Session
from telegram import Bot
from telegram.error import TelegramError

from bot import telegram_in
from bot.bell import Bell, rest
from bot.bridge import Bridge, is_passing
from bot.http import Refusal
from rehab.flows.types import Event, Handled
from rehab.logs import get_logger, place_of
from rehab.runtime import Runtime
from rehab.services import heartbeats, inbox
from rehab.services.context import Context
from rehab.services.inbox import RowKey

log = get_logger(__name__)

LOOK_SECONDS = 0.5
ANSWER_SECONDS = 5.0
BEAT_SECONDS = 10.0
LONGEST_TOAST = 200
WORKERS = heartbeats.WORKERS


class Handle(Protocol):
    """The flows' entrance: `rehab.flows.engine.handle`."""

    def __call__(
        self, session: Session, context: Context, *, event: Event, now: datetime
    ) -> Handled: ...


@dataclass(frozen=True)
class Worked:
    """What is left to do once the transaction is over."""

    tap_id: str | None = None
    toast: str = ""


class _Failed(Exception):
    """Handling a row raised; carries which one, since the rollback forgets it."""

    def __init__(self, key: RowKey, attempts: int, tap_id: str | None) -> None:
        super().__init__()
        self.key = key
        self.attempts = attempts
        self.tap_id = tap_id


class Worker:
    """Takes updates until it is cancelled. Any number may run, in any number of processes."""

    def __init__(
        self,
        bridge: Bridge,
        runtime: Runtime,
        bot: Bot,
        handle: Handle,
        *,
        incoming: Bell,
        outgoing: Bell,
        number: int = 0,
    ) -> None:
        self._component = heartbeats.worker(number)
        self._beaten_at = float("-inf")
        self._bridge = bridge
        self._runtime = runtime
        self._bot = bot
        self._handle = handle
        self._bell = incoming.listener()
        self._ring_sender: Callable[[], None] = outgoing.ring
        self._answers: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        while True:
            self._bell.clear()
            try:
                worked = await self._take_one()
                await self._beat()
            except Exception as error:
                # The database is away; the update stays where it is.
                log.error("worker_round_failed", error=place_of(error))
                await asyncio.sleep(LOOK_SECONDS)
                continue
            if worked is None:
                await rest(self._bell, LOOK_SECONDS)
                continue
            self._ring_sender()
            self._acknowledge(worked)

    async def _beat(self) -> None:
        if time.monotonic() - self._beaten_at < BEAT_SECONDS:
            return
        now = self._runtime.clock.now()
        await self._bridge.in_app(heartbeats.beat, component=self._component, now=now)
        self._beaten_at = time.monotonic()

    async def _take_one(self) -> Worked | None:
        try:
            return await self._bridge.in_app(self._handle_next)
        except _Failed as failed:
            error = failed.__cause__
            assert error is not None
            place, key, attempts = place_of(error), failed.key, failed.attempts
            log.error("update_failed", update_id=key[1], error=place)
            await self._bridge.in_app(
                lambda session: inbox.mark_failed(
                    session,
                    self._runtime.context,
                    row_key=key,
                    error=place,
                    now=self._runtime.clock.now(),
                    seen_attempts=attempts,
                )
            )
            return Worked(tap_id=failed.tap_id)

    def _handle_next(self, session: Session) -> Worked | None:
        now = self._runtime.clock.now()
        row = inbox.next_row(session, now=now)
        if row is None:
            return None
        key, attempts = (row.bot_id, row.update_id), row.attempts
        tap_id = telegram_in.tap_id(row.raw)
        try:
            event = telegram_in.event_of(row, self._bot)
        except telegram_in.Unreadable as error:
            # Reading the same bytes again would not help.
            place = place_of(error)
            log.error("update_unreadable", update_id=key[1], error=place)
            inbox.mark_failed(
                session, self._runtime.context, row_key=key, error=place, now=now, max_attempts=1
            )
            return Worked(tap_id)
        try:
            handled = Handled()
            if event is not None:
                handled = self._handle(session, self._runtime.context, event=event, now=now)
            inbox.mark_done(row, now)
            session.flush()
        except Exception as error:
            if is_passing(error):
                # Not this update's fault; the bridge tries again from the start.
                raise
            raise _Failed(key, attempts, tap_id) from error
        return Worked(tap_id, handled.toast)

    def _acknowledge(self, worked: Worked) -> None:
        """Stop the spinner on the phone, without making the next update wait for it."""
        if worked.tap_id is None:
            return
        task = asyncio.create_task(self._answer(worked.tap_id, worked.toast))
        self._answers.add(task)
        task.add_done_callback(self._answers.discard)

    async def _answer(self, tap_id: str, toast: str) -> None:
        try:
            await self._bot.answer_callback_query(
                tap_id, text=toast[:LONGEST_TOAST] or None, read_timeout=ANSWER_SECONDS
            )
        except Refusal as refusal:
            # Mostly "query is too old": the tap was recorded, its spinner is long gone.
            is_late = refusal.status == 400
            (log.debug if is_late else log.warning)("tap_not_acknowledged", status=refusal.status)
        except TelegramError as error:
            log.warning("tap_not_acknowledged", error=place_of(error))
        except Exception as error:
            log.warning("tap_answer_odd", error=place_of(error))
