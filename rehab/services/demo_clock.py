"""The demo's clock: how far time was moved forward. Never read when a real bot token is set."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy.orm import Session

from rehab.errors import InvalidInput
from rehab.models import DemoClock

ROW = 1
LONGEST_JUMP = timedelta(days=400)


def offset(session: Session) -> timedelta:
    """How far the demo's time is ahead of the machine's."""
    row = session.get(DemoClock, ROW)
    return timedelta(seconds=row.offset_seconds if row else 0)


def advance(session: Session, *, by: timedelta) -> timedelta:
    """Move the demo's time forward and return the new offset. Raises InvalidInput for going back."""
    if not timedelta(0) <= by <= LONGEST_JUMP:
        raise InvalidInput(clock="time moves forward only, by at most 400 days at once")
    row = session.get(DemoClock, ROW)
    if row is None:
        row = DemoClock(id=ROW, offset_seconds=0)
        session.add(row)
    row.offset_seconds += int(by.total_seconds())
    session.flush()
    return timedelta(seconds=row.offset_seconds)
