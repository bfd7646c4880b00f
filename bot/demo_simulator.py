"""`python -m bot.demo_simulator`: the simulator with the demo clinic's people and the demo's clock."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import Flask
from sqlalchemy import select

from bot.simulator import ClockRefused, Pace, Simulator, serve
from rehab.app import create_app
from rehab.cli.demo.cast import NEWCOMER, NEWCOMER_CHAT
from rehab.db import transaction
from rehab.errors import InvalidInput
from rehab.models import Clinician, Patient
from rehab.runtime import Runtime
from rehab.services import demo_clock
from rehab.settings import DEMO_DRILL_CHAT, ROOT

MEMORY = ROOT / "instance" / "simulator"
GENEROUS = Pace(enabled=True, private_per_second=5, private_burst=30)
"""A newcomer who moves the clock by a week must not meet a flood limit."""


class DatabaseClock:
    """The demo's clock as the simulator wants it: the whole product moves with it."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._runtime: Runtime = app.extensions["rehab"]

    def now(self) -> datetime:
        return self._runtime.clock.now()

    def move_to(self, moment: datetime) -> None:
        ahead = max(moment - self.now(), timedelta())
        try:
            with self._app.app_context(), transaction() as session:
                demo_clock.advance(session, by=ahead)
        except InvalidInput as problem:
            raise ClockRefused("; ".join(problem.fields.values())) from None


def people_of(app: Flask) -> list[dict[str, object]]:
    """Everybody of the demo clinic who has a chat."""
    with app.app_context(), transaction() as session:
        patients = [
            {"chat_id": row.chat.chat_id, "name": row.name, "role": "patient"}
            for row in session.scalars(select(Patient).order_by(Patient.id))
            if row.chat is not None
        ]
        staff = [
            {"chat_id": row.telegram_id, "name": row.name, "role": "staff"}
            for row in session.scalars(select(Clinician).order_by(Clinician.id))
            if row.telegram_id is not None
        ]
        newcomer = {"chat_id": NEWCOMER_CHAT, "name": NEWCOMER.name, "role": "patient"}
        known = {person["chat_id"] for person in patients}
        if not any(person["chat_id"] == DEMO_DRILL_CHAT for person in patients):
            patients.append({"chat_id": DEMO_DRILL_CHAT, "name": "Drill", "role": "patient"})
        return [*([] if NEWCOMER_CHAT in known else [newcomer]), *patients, *staff]


def main() -> None:
    app = create_app()
    runtime: Runtime = app.extensions["rehab"]
    settings = runtime.settings
    simulator = Simulator(
        token=settings.telegram_token,
        bot_username=settings.config.telegram.bot_username,
        bot_name=settings.config.clinic.name,
        clock=DatabaseClock(app),
        timezone=settings.config.clinic.timezone,
        people=people_of(app),
        links=[("Dashboard", f"http://127.0.0.1:{settings.web_port}/")],
        auto_create_chats=True,
        pace=GENEROUS,
        memory=MEMORY,
    )
    serve(simulator, settings.simulator_port)


if __name__ == "__main__":
    main()
