"""The relay: the exit for e-mail and webhook. Takes what is due, hands it on, records how it went."""

from __future__ import annotations

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy.orm import Session

from bot.bell import Bell, rest
from bot.bridge import Bridge
from rehab import post
from rehab.logs import get_logger, place_of
from rehab.post import Letter, NotTaken
from rehab.runtime import Runtime
from rehab.services import dispatches, heartbeats

log = get_logger(__name__)

MOST_IN_FLIGHT = 6
LOOK_SECONDS = 1.0
BEAT_SECONDS = 5.0


class Relay:
    """Several may run, in any number of processes: each dispatch has one taker at a time."""

    def __init__(self, bridge: Bridge, runtime: Runtime, bell: Bell) -> None:
        self._bridge = bridge
        self._runtime = runtime
        self._bell = bell.listener()
        # Threads of its own: a mail server that hangs must not hold up the database's.
        self._threads = ThreadPoolExecutor(MOST_IN_FLIGHT, thread_name_prefix="relay")
        self._in_flight: set[asyncio.Task[None]] = set()
        self._beaten_at = float("-inf")

    async def run(self) -> None:
        """Runs until cancelled. Nothing that happens on the wire or in the database ends it."""
        while True:
            self._bell.clear()
            try:
                await self._round()
            except Exception as error:
                log.error("relay_round_failed", error=place_of(error))
            await rest(self._bell, LOOK_SECONDS)

    def close(self) -> None:
        """What is on its way stays claimed until its lease ends, and is then sent again."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _round(self) -> None:
        room = MOST_IN_FLIGHT - len(self._in_flight)
        for letter in await self._bridge.in_app(self._claim, room):
            task = asyncio.create_task(self._deliver(letter))
            self._in_flight.add(task)
            task.add_done_callback(self._in_flight.discard)

    def _claim(self, session: Session, room: int) -> list[Letter]:
        now = self._runtime.clock.now()
        if time.monotonic() - self._beaten_at >= BEAT_SECONDS:
            heartbeats.beat(session, component=heartbeats.RELAY, now=now)
            self._beaten_at = time.monotonic()
        if room <= 0:
            return []
        return dispatches.claim(session, self._runtime.context, now=now, limit=room)

    async def _deliver(self, letter: Letter) -> None:
        now = self._runtime.clock.now()
        loop = asyncio.get_running_loop()
        problem: NotTaken | None = None
        try:
            await loop.run_in_executor(
                self._threads, post.hand_over, self._runtime.settings, letter, now
            )
        except NotTaken as refused:
            problem = refused
        except Exception as error:
            problem = NotTaken(place_of(error))
        try:
            await self._bridge.first_in_app(self._record, letter, problem)
        except Exception as error:
            # The row keeps its lease and is sent again when that runs out.
            log.error("dispatch_not_recorded", message_id=letter.id, error=place_of(error))

    def _record(self, session: Session, letter: Letter, problem: NotTaken | None) -> None:
        now = self._runtime.clock.now()
        dispatches.record(session, letter, problem, now=now)
