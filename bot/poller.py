"""The poller: long polls, and stores every update as it came before its offset moves on."""

from __future__ import annotations

import asyncio
import json
import random
import time
from datetime import datetime, timedelta
from typing import Any, Protocol

import httpx
from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from bot import http, wire
from bot.bell import Bell
from bot.bridge import Bridge
from bot.http import Refusal
from bot.leadership import Leadership
from bot.telegram_in import ALLOWED_UPDATES
from bot.webhook_mode import Webhook, WebhookState
from rehab.logs import get_logger, place_of
from rehab.models import InboxState, InboxUpdate
from rehab.runtime import Runtime
from rehab.services import heartbeats, inbox
from rehab.services.context import Context

log = get_logger(__name__)

BATCH = 100
LOOK_SECONDS = 0.5
LONGEST_BACKOFF = 15.0
AWAY_SECONDS = 10.0
"""After a conflict with another poller: how long not to try."""
GAP = timedelta(seconds=140)
"""Telegram keeps a tap for 150 s only; after a longer silence answers may be gone. Ten seconds less,
because a beat is written a little after the poll it tells of."""
GAP_PATIENCE = 30.0
"""Seconds in which stored answers are handled first, before questions are asked again."""
FORGET_OFFSET_SECONDS = 24 * 3600.0
"""Telegram keeps nothing longer, and after a quiet week its numbers start anywhere."""


class Reask(Protocol):
    """Asks open questions again after answers may have been lost."""

    def __call__(
        self, session: Session, context: Context, *, gap_id: str, since: datetime, now: datetime
    ) -> object: ...


class Poller:
    """One per bot, by lease; Telegram's own 409 is the last guard."""

    def __init__(
        self,
        bridge: Bridge,
        runtime: Runtime,
        leadership: Leadership,
        bell: Bell,
        *,
        bot_id: int,
        reask: Reask,
    ) -> None:
        settings = runtime.settings
        self._bridge = bridge
        self._runtime = runtime
        self._leadership = leadership
        self._ring_workers = bell.ring
        self._bot_id = bot_id
        self._reask = reask
        self._seconds = settings.config.telegram.poll_seconds
        self._url = f"{settings.telegram_api_url}/bot{settings.telegram_token}/getUpdates"
        self._client = httpx.AsyncClient(
            timeout=httpx.Timeout(
                connect=http.CONNECT_SECONDS,
                write=http.WRITE_SECONDS,
                read=self._seconds + 10.0,
                pool=http.POOL_SECONDS,
            )
        )
        self._webhook = Webhook(settings, self._client)
        self._offset: int | None = None
        self._offset_at = 0.0
        self._troubles = 0
        self._gap_first_seen: float | None = None
        self._beat_clock: datetime | None = None
        self._beat_monotonic = 0.0

    async def run(self) -> None:
        """Runs until cancelled. Nothing that happens on the wire or in the database ends it."""
        try:
            while True:
                if self._leadership.epoch is None:
                    await asyncio.sleep(LOOK_SECONDS)
                    continue
                try:
                    await self._round()
                except Refusal as refusal:
                    await self._refused(refusal)
                except Exception as error:
                    log.warning("poll_failed", error=place_of(error))
                    await self._back_off()
        finally:
            await self._client.aclose()

    async def _round(self) -> None:
        began = time.monotonic()
        batch = await self._poll()
        fresh = 0
        if batch.updates:
            # Committed first; only the next poll's offset tells Telegram to forget them.
            fresh = await self._bridge.first_in_app(self._store, batch.updates)
        if batch.highest_id is not None:
            self._offset = batch.highest_id + 1
            self._offset_at = time.monotonic()
        if fresh:
            self._ring_workers()
        self._troubles = 0
        await self._bridge.in_app(self._beat)
        took = time.monotonic() - began
        if not fresh and took < LOOK_SECONDS:
            # A server that does not wait, or that repeats what cannot be confirmed.
            await asyncio.sleep(LOOK_SECONDS - took)

    async def _poll(self) -> wire.Batch:
        form: dict[str, Any] = {
            # The first poll asks without waiting: it proves at once that Telegram answers.
            "timeout": self._seconds if self._beat_clock else 0,
            "limit": BATCH,
            "allowed_updates": json.dumps(ALLOWED_UPDATES),
        }
        if self._offset is not None and time.monotonic() - self._offset_at < FORGET_OFFSET_SECONDS:
            form["offset"] = self._offset
        response = await self._client.post(self._url, data=form)
        body = http.parsed(response.content)
        if response.status_code >= 300 or body.get("ok") is False:
            raise http.refusal(response.status_code, body)
        return wire.split(response.content)

    def _store(self, session: Session, updates: list[str]) -> int:
        now = self._runtime.clock.now()
        return inbox.accept(session, bot_id=self._bot_id, updates=updates, now=now)

    # -- proof of life, and what to do after a silence ----------------------------------------

    def _beat(self, session: Session) -> None:
        now = self._runtime.clock.now()
        last = self._last_beat(session)
        if last is not None and now - last > GAP and not self._gap_closed(session, last, now):
            # No beat yet: a crash before the questions were asked again must not hide the gap.
            return
        heartbeats.beat(session, component=heartbeats.INTAKE, now=now)
        self._beat_clock, self._beat_monotonic = now, time.monotonic()
        self._gap_first_seen = None

    def _last_beat(self, session: Session) -> datetime | None:
        """When anybody polled last: this process, or another one that led meanwhile."""
        stored = heartbeats.last(session, heartbeats.INTAKE)
        if self._beat_clock is None or stored is None:
            return stored
        # Counted in real seconds: moving the demo's time is not a silence.
        silence = timedelta(seconds=time.monotonic() - self._beat_monotonic)
        return max(stored, self._runtime.clock.now() - silence)

    def _gap_closed(self, session: Session, since: datetime, now: datetime) -> bool:
        seen = self._gap_first_seen or time.monotonic()
        self._gap_first_seen = seen
        waiting = session.scalar(select(exists().where(InboxUpdate.state == InboxState.NEW)))
        if waiting and time.monotonic() - seen < GAP_PATIENCE:
            return False
        log.warning("intake_gap", seconds=int((now - since).total_seconds()))
        try:
            with session.begin_nested():
                gap_id = f"{self._bot_id}:{int(since.timestamp())}"
                self._reask(session, self._runtime.context, gap_id=gap_id, since=since, now=now)
        except Exception as error:
            log.error("reask_failed", error=place_of(error))
        return True

    async def restate(self) -> None:
        """After the demo's time was moved, tell the last poll in the new time."""
        while True:
            await asyncio.sleep(1.0)
            if self._beat_clock is None or self._leadership.epoch is None:
                continue
            silence = timedelta(seconds=time.monotonic() - self._beat_monotonic)
            truth = self._runtime.clock.now() - silence
            if truth - self._beat_clock < timedelta(seconds=5):
                continue
            self._beat_clock = truth
            try:
                await self._bridge.in_app(heartbeats.beat, component=heartbeats.INTAKE, now=truth)
            except Exception as error:
                log.warning("beat_failed", error=place_of(error))

    # -- refusals -----------------------------------------------------------------------------

    async def _refused(self, refusal: Refusal) -> None:
        log.warning("poll_refused", status=refusal.status, retry_after=refusal.retry_after)
        if refusal.status in (401, 404):
            await self._tell("token_refused")
        if refusal.status == 409:
            await self._conflict(refusal)
            return
        await self._back_off(refusal.retry_after or 0.0)

    async def _conflict(self, refusal: Refusal) -> None:
        if "webhook" not in refusal.description.lower():
            await self._tell("second_poller")
            await self._leadership.step_down(AWAY_SECONDS)
            return
        state = await self._webhook.settle()
        if state == WebhookState.OURS:
            # The web process takes the updates in; this one vouches for the webhook's health.
            await self._bridge.in_app(self._beat)
        await self._back_off(AWAY_SECONDS if state == WebhookState.OURS else 0.0)

    async def _tell(self, problem: str) -> None:
        now = self._runtime.clock.now()
        await self._bridge.in_app(
            heartbeats.report_problem, component=heartbeats.INTAKE, now=now, problem=problem
        )

    async def _back_off(self, at_least: float = 0.0) -> None:
        self._troubles += 1
        seconds = min(LONGEST_BACKOFF, 0.5 * 2 ** min(self._troubles, 6))
        jitter = random.uniform(0.8, 1.2)  # noqa: S311 - spreads load, hides nothing
        await asyncio.sleep(max(at_least, seconds * jitter))
