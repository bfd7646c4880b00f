"""Temporary databases and a running bot process, for tests of the Telegram edge."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, cast

from flask import Flask
from sqlalchemy.orm import Session

import rehab.models  # noqa: F401 - makes every table known
from bot.process import BotProcess
from bot.simulator import Simulator
from rehab import crypto
from rehab.clock import SystemClock
from rehab.db import db, prepare_sqlite, transaction
from rehab.flows.types import Event, EventKind, Handled
from rehab.models import InboxUpdate, OutboxMessage
from rehab.runtime import Runtime
from rehab.services.context import Context
from rehab.settings import load_settings

SECRET = "a secret for tests, nothing else, 48 characters.."
TOKEN = "123:TEST"


def make_app(database_url: str, api_url: str = "http://127.0.0.1:9", **telegram: Any) -> Flask:
    """An application with a database and a runtime, without pages and clinical content."""
    settings = load_settings(
        {
            "DATABASE_URL": database_url,
            "SECRET_KEY": SECRET,
            "TELEGRAM_BOT_TOKEN": TOKEN,
            "TELEGRAM_API_URL": api_url,
        },
        overrides={"telegram": {"poll_seconds": 1, "seconds_per_chat": 0.0} | telegram},
    )
    crypto.use_secret(settings.secret_key)
    app = Flask("test")
    app.config["SQLALCHEMY_DATABASE_URI"] = settings.database_url
    db.init_app(app)
    context = Context(config=settings.config, content=cast(Any, None))
    app.extensions["rehab"] = Runtime(settings, context, SystemClock())
    with app.app_context():
        prepare_sqlite(db.engine)
        db.create_all()
    return app


@contextmanager
def session_of(app: Flask) -> Iterator[Session]:
    """One transaction on the test's database."""
    with app.app_context(), transaction() as session:
        yield session


def close(app: Flask) -> None:
    with app.app_context():
        db.engine.dispose()


@dataclass
class Notebook:
    """Flows of a test: they note every event, may fail, and may answer."""

    events: list[Event] = field(default_factory=list)
    fail_on: str = ""
    fail_on_taps: bool = False
    toast: str = ""

    def handle(
        self, session: Session, context: Context, *, event: Event, now: datetime
    ) -> Handled:
        is_bad_tap = self.fail_on_taps and event.kind == EventKind.TAP
        if is_bad_tap or (self.fail_on and event.text == self.fail_on):
            raise RuntimeError("the flow of this test fails")
        self.events.append(event)
        return Handled(self.toast)

    @property
    def texts(self) -> list[str]:
        return [event.text for event in self.events]


@dataclass
class Gaps:
    """Remembers which intake gaps were told."""

    told: list[str] = field(default_factory=list)

    def reask(
        self, session: Session, context: Context, *, gap_id: str, since: datetime, now: datetime
    ) -> None:
        self.told.append(gap_id)


@dataclass
class Site:
    """One database, one simulator, flows that take notes."""

    app: Flask
    sim: Simulator
    notebook: Notebook = field(default_factory=Notebook)
    gaps: Gaps = field(default_factory=Gaps)

    @contextmanager
    def bot(self, jobs: Any = ()) -> Iterator[BotProcess]:
        """The bot process, running in a thread; stopped as SIGTERM stops it."""
        started, stop = threading.Event(), asyncio.Event()
        loop = asyncio.new_event_loop()
        holder: list[BotProcess] = []

        async def main() -> None:
            process = BotProcess(
                self.app, handle=self.notebook.handle, reask=self.gaps.reask, jobs=jobs
            )
            holder.append(process)
            started.set()
            await process.run(stop)

        thread = threading.Thread(target=lambda: loop.run_until_complete(main()))
        thread.start()
        started.wait(5)
        try:
            yield holder[0]
        finally:
            loop.call_soon_threadsafe(stop.set)
            thread.join(10)
            assert not thread.is_alive(), "the bot did not stop within 10 s"
            loop.close()

    def rows(self) -> list[InboxUpdate]:
        with session_of(self.app) as session:
            found = session.query(InboxUpdate).order_by(InboxUpdate.update_id).all()
            for row in found:
                session.expunge(row)
            return found

    def outbox(self) -> list[OutboxMessage]:
        with session_of(self.app) as session:
            found = session.query(OutboxMessage).order_by(OutboxMessage.id).all()
            for row in found:
                session.expunge(row)
            return found


@contextmanager
def a_site(folder: Path, **telegram: Any) -> Iterator[Site]:
    with Simulator() as sim:
        app = make_app(f"sqlite:///{folder / 'test.sqlite3'}", sim.api_url, **telegram)
        try:
            yield Site(app, sim)
        finally:
            close(app)
