"""The bridge from the event loop to the database: sync work in threads, one transaction each."""

from __future__ import annotations

import asyncio
import heapq
import itertools
import random
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from typing import Concatenate, ParamSpec, TypeVar

from flask import Flask
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from rehab.db import db, transaction
from rehab.logs import get_logger, place_of

log = get_logger(__name__)
P = ParamSpec("P")
T = TypeVar("T")

THREADS = 8
TRIES = 6
FIRST_PAUSE_SECONDS = 0.05
YIELD_SHARE = 0.25
LONGEST_YIELD_SECONDS = 0.02
PASSING_STATES = frozenset({"40001", "40P01", "55P03", "57P01", "57P02", "57P03"})
"""PostgreSQL: serialisation failure, deadlock, lock not available, shutdown and starting up."""


class Turn:
    """SQLite lets one writer in. Queueing here is fair and wakes at once, while SQLite's own way
    of waiting looks again every 0.1 s; so each turn ends with a little pause, or other processes
    (the web) would hardly ever find the door open.

    Who has something `urgent` goes before the others: the sooner a send is recorded, the fewer
    messages are in doubt after a crash.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._queue: list[tuple[bool, int]] = []
        self._tickets = itertools.count()
        self._is_taken = False

    @contextmanager
    def taken(self, *, urgent: bool) -> Iterator[None]:
        ticket = (not urgent, next(self._tickets))
        with self._changed:
            heapq.heappush(self._queue, ticket)
            self._changed.wait_for(lambda: not self._is_taken and self._queue[0] == ticket)
            heapq.heappop(self._queue)
            self._is_taken = True
        began = time.monotonic()
        try:
            yield
        finally:
            held = time.monotonic() - began
            time.sleep(min(LONGEST_YIELD_SECONDS, held * YIELD_SHARE))
            with self._changed:
                self._is_taken = False
                self._changed.notify_all()


class Bridge:
    """Runs functions that take a session. A function may run again after a passing database error,
    always from the start and in a new transaction."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="bridge")
        with app.app_context():
            is_sqlite = db.engine.dialect.name == "sqlite"
        self._turn = Turn() if is_sqlite else None

    async def in_app(
        self, fn: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """`fn(session, …)` in a thread, in one transaction that commits when it returns."""
        return await self._run(lambda: self._unit_of_work(False, fn, *args, **kwargs))

    async def first_in_app(
        self, fn: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """The same for what cannot wait behind other work."""
        return await self._run(lambda: self._unit_of_work(True, fn, *args, **kwargs))

    def _unit_of_work(
        self,
        urgent: bool,
        fn: Callable[Concatenate[Session, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        def once() -> T:
            turn = self._turn.taken(urgent=urgent) if self._turn else nullcontext()
            # The app context is pushed inside the thread: pushed outside, threads share a session.
            with self.app.app_context(), turn, transaction() as session:
                return fn(session, *args, **kwargs)

        return _again_when_busy(once)

    async def without_transaction(
        self, fn: Callable[P, T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """`fn(…)` in a thread with the app context; it opens its own transactions."""

        def work() -> T:
            with self.app.app_context():
                return fn(*args, **kwargs)

        return await self._run(work)

    async def _run(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    def close(self) -> None:
        """Let running work end; drop what has not begun."""
        self._threads.shutdown(wait=False, cancel_futures=True)


def _again_when_busy(work: Callable[[], T]) -> T:
    pause = FIRST_PAUSE_SECONDS
    for attempt in range(1, TRIES + 1):
        try:
            return work()
        except DBAPIError as error:
            if attempt == TRIES or not is_passing(error):
                raise
            log.info("database_busy", attempts=attempt, error=place_of(error))
            time.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311 - spreads, hides nothing
            pause *= 2
    raise AssertionError("unreachable")


def is_passing(error: Exception) -> bool:
    """The database is busy or away; the same work may succeed in a moment."""
    if not isinstance(error, DBAPIError):
        return False
    if error.connection_invalidated:
        return True
    state = getattr(error.orig, "sqlstate", None)
    return state in PASSING_STATES or "database is locked" in str(error.orig)
