"""Heartbeats: when a component last proved that it works."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from rehab.models import Heartbeat

INTAKE = "intake"
SENDER = "sender"
RELAY = "relay"
WORKERS = 4
"""How many workers one bot process runs."""
BOT = "bot_identity"
"""Beats once at each start; its detail holds the bot's `username`."""
PROBLEM = "problem"
"""Key of a heartbeat's detail that names a known fault; the next beat clears it."""


def job(name: str) -> str:
    """The component name of a job."""
    return f"job:{name}"


def worker(number: int) -> str:
    """The component name of a worker."""
    return f"worker:{number}"


def beat(
    session: Session, *, component: str, now: datetime, detail: Mapping[str, Any] | None = None
) -> None:
    """Say that a component did a full round just now."""
    _write(session, component, now, detail)


def report_problem(session: Session, *, component: str, now: datetime, problem: str) -> None:
    """Say why a component does not work, without claiming that it does."""
    heartbeat = session.get(Heartbeat, component)
    if heartbeat is None:
        never = datetime.fromtimestamp(0, now.tzinfo)
        _write(session, component, never, {PROBLEM: problem})
    else:
        heartbeat.detail = {**heartbeat.detail, PROBLEM: problem}


def last(session: Session, component: str) -> datetime | None:
    """When the component last worked, if it ever did."""
    heartbeat = session.get(Heartbeat, component)
    return heartbeat.at if heartbeat is not None else None


def bot_username(session: Session) -> str | None:
    """The name Telegram knows the bot by, once it has started."""
    heartbeat = session.get(Heartbeat, BOT)
    return (heartbeat.detail.get("username") or None) if heartbeat is not None else None


def _write(
    session: Session, component: str, at: datetime, detail: Mapping[str, Any] | None
) -> None:
    heartbeat = session.get(Heartbeat, component)
    if heartbeat is None:
        try:
            with session.begin_nested():
                session.add(Heartbeat(component=component, at=at, detail=dict(detail or {})))
            return
        except IntegrityError:
            heartbeat = session.get_one(Heartbeat, component)
    heartbeat.at = at
    heartbeat.detail = dict(detail or {})
