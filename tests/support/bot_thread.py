"""The real bot process in a thread: real flows, real jobs, stopped as SIGTERM stops it."""

from __future__ import annotations

import asyncio
import threading

from flask import Flask

from bot.pace import Pace
from bot.process import BotProcess
from rehab.flows import engine
from rehab.flows.recovery import reask_after_gap
from rehab.jobs import JOBS

STOP_SECONDS = 10.0


class BotThread:
    """One life of the bot."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._started = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._main()), name="bot")
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._process: BotProcess | None = None

    @property
    def process(self) -> BotProcess:
        assert self._process is not None
        return self._process

    def start(self) -> BotThread:
        self._thread.start()
        assert self._started.wait(STOP_SECONDS), "the bot did not start"
        return self

    def stop(self) -> None:
        assert self._loop is not None
        assert self._stop is not None
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(STOP_SECONDS)
        assert not self._thread.is_alive(), f"the bot did not stop within {STOP_SECONDS} s"

    def tick(self) -> None:
        """Let the ticker run every job now, as it does by itself every few seconds."""
        assert self._loop is not None
        asyncio.run_coroutine_threadsafe(self._tick(), self._loop).result(STOP_SECONDS)

    async def _tick(self) -> None:
        application = self.process.application
        assert application.job_queue is not None
        for job in application.job_queue.jobs():
            await job.run(application)

    async def _main(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        self._process = BotProcess(
            self._app, handle=engine.handle, reask=reask_after_gap, jobs=JOBS
        )
        # How fast the bot may speak is a story of its own; here nobody waits for a quota.
        self._process.sender.pace = Pace(
            per_second=500, reminders_per_second=500, seconds_per_chat=0
        )
        self._started.set()
        await self._process.run(self._stop)
