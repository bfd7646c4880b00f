"""Health: each chain turns red for its own reason, and for no other."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from rehab.models import MessageClass
from rehab.services import health, heartbeats, inbox, outbox
from rehab.services.health import HealthReport
from tests.bot.conftest import app as app
from tests.bot.places import session_of

NOW = datetime(2026, 1, 5, 4, 0, tzinfo=UTC)
ALL = (heartbeats.INTAKE, heartbeats.SENDER, heartbeats.job("escalator"))


def beat_all(session: Session, now: datetime = NOW) -> None:
    for component in ALL:
        heartbeats.beat(session, component=component, now=now)


def red(report: HealthReport) -> set[str]:
    return {name for name in ("intake", "delivery", "escalation") if not getattr(report, name).ok}


def say(session: Session, message_class: MessageClass, due: datetime) -> None:
    outbox.enqueue(
        session,
        dedupe_key=f"{message_class} {due}",
        message_class=message_class,
        kind="test",
        chat_id=1,
        text="words",
        now=due,
    )


def test_everything_that_never_worked_is_red(app: Flask) -> None:
    with session_of(app) as session:
        assert red(health.report(session, now=NOW)) == {"intake", "delivery", "escalation"}


def test_everything_that_beats_is_green(app: Flask) -> None:
    with session_of(app) as session:
        beat_all(session)
        assert health.report(session, now=NOW + timedelta(seconds=59)).ok


@pytest.mark.parametrize(
    ("silent", "name"), list(zip(ALL, ("intake", "delivery", "escalation"), strict=True))
)
def test_a_silent_minute_of_one_part_turns_its_chain_red(
    app: Flask, silent: str, name: str
) -> None:
    with session_of(app) as session:
        beat_all(session)
        heartbeats.beat(session, component=silent, now=NOW - timedelta(seconds=60))
        assert red(health.report(session, now=NOW)) == {name}


def test_a_known_problem_turns_intake_red_at_once_until_the_next_good_poll(app: Flask) -> None:
    with session_of(app) as session:
        beat_all(session)
        heartbeats.report_problem(
            session, component=heartbeats.INTAKE, now=NOW, problem="token_refused"
        )
        report = health.report(session, now=NOW)
        assert red(report) == {"intake"}
        assert report.intake.detail["problem"] == "token_refused"
        heartbeats.beat(session, component=heartbeats.INTAKE, now=NOW)
        assert health.report(session, now=NOW).ok


def test_an_answer_nobody_handles_turns_intake_red(app: Flask) -> None:
    with session_of(app) as session:
        beat_all(session)
        an_hour_ago = NOW - timedelta(hours=1)
        inbox.accept(session, bot_id=1, updates=[{"update_id": 1}], now=an_hour_ago)
        report = health.report(session, now=NOW)
        assert red(report) == {"intake"}
        assert report.intake.detail["oldest_new_seconds"] == 3600


@pytest.mark.parametrize(
    ("message_class", "seconds", "is_red"),
    [
        (MessageClass.ALERT, 29, False),
        (MessageClass.ALERT, 31, True),
        (MessageClass.SAFETY_REPLY, 31, True),
        (MessageClass.REPLY, 31, False),
        (MessageClass.PROMPT, 119, False),
        (MessageClass.PROMPT, 121, True),
        (MessageClass.PROMPT, -600, False),
    ],
)
def test_delivery_is_red_when_a_message_waits_longer_than_its_class_may(
    app: Flask, message_class: MessageClass, seconds: int, is_red: bool
) -> None:
    with session_of(app) as session:
        beat_all(session)
        say(session, message_class, NOW - timedelta(seconds=seconds))
        assert red(health.report(session, now=NOW)) == ({"delivery"} if is_red else set())


def test_the_bot_tells_its_own_name(app: Flask) -> None:
    with session_of(app) as session:
        assert heartbeats.bot_username(session) is None
        heartbeats.beat(
            session, component=heartbeats.BOT, now=NOW, detail={"username": "rehab_bot"}
        )
        assert heartbeats.bot_username(session) == "rehab_bot"
