"""The ticker: a handful of static interval jobs that look what is due; a missed tick loses nothing."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterable
from datetime import timedelta
from typing import Any, Protocol

from telegram.ext import Application, JobQueue

from bot.bell import Bell
from bot.bridge import Bridge
from rehab.clock import Clock
from rehab.logs import get_logger, place_of
from rehab.runtime import Runtime
from rehab.services import heartbeats
from rehab.services.context import Context

log = get_logger(__name__)

FIRST_TICK_SECONDS = 0.2
TICK = {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
"""Late is better than never, once is enough, and a slow run is not overtaken by the next."""


class Job(Protocol):
    """An entry of `rehab.jobs.JOBS`."""

    @property
    def name(self) -> str: ...
    @property
    def every(self) -> timedelta: ...
    @property
    def run_once(self) -> Callable[[Context, Clock], int]: ...


class Ticker:
    """Runs each job in a thread; one that raises is logged and never stops another."""

    def __init__(
        self,
        application: Application[Any, Any, Any, Any, Any, Any],
        bridge: Bridge,
        runtime: Runtime,
        jobs: Iterable[Job],
        *,
        outgoing: Bell,
    ) -> None:
        queue = application.job_queue
        assert queue is not None
        self._queue: JobQueue[Any] = queue
        self._bridge = bridge
        self._runtime = runtime
        self._ring_sender = outgoing.ring
        for job in jobs:
            queue.run_repeating(
                self._callback(job),
                interval=job.every,
                first=FIRST_TICK_SECONDS,
                name=job.name,
                job_kwargs=TICK,
            )

    async def start(self) -> None:
        await self._queue.start()

    async def stop(self) -> None:
        await self._queue.stop(wait=False)

    def _callback(self, job: Job) -> Callable[[Any], Coroutine[Any, Any, None]]:
        async def tick(_context: Any) -> None:
            try:
                count = await self._bridge.without_transaction(
                    job.run_once, self._runtime.context, self._runtime.clock
                )
                # Only after a whole round: a job that always fails must look dead.
                await self._bridge.in_app(
                    heartbeats.beat,
                    component=heartbeats.job(job.name),
                    now=self._runtime.clock.now(),
                )
            except Exception as error:
                log.error("job_failed", job=job.name, error=place_of(error))
                return
            if count:
                log.info("job_did", job=job.name, count=count)
                self._ring_sender()

        return tick
