"""Reads how far the demo's clock was moved, without ever waiting for anybody's transaction."""

from __future__ import annotations

import threading
import time
from datetime import timedelta

from sqlalchemy import URL, NullPool, create_engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from rehab.services import demo_clock

REMEMBERED_SECONDS = 0.5


class DemoOffset:
    """The offset, remembered for half a second.

    It has its own engine, whose SQLite connections take no write lock for a read: the clock may be
    asked inside a transaction. Before the tables exist the offset is zero.
    """

    def __init__(self, url: URL) -> None:
        self._engine = create_engine(url, poolclass=NullPool)
        self._lock = threading.Lock()
        self._offset = timedelta()
        self._good_until = 0.0

    def read(self) -> timedelta:
        """How far the demo is ahead of the machine."""
        with self._lock:
            if time.monotonic() >= self._good_until:
                self._offset = self._look()
                self._good_until = time.monotonic() + REMEMBERED_SECONDS
            return self._offset

    def _look(self) -> timedelta:
        try:
            with Session(self._engine) as session:
                return demo_clock.offset(session)
        except SQLAlchemyError:
            return self._offset
