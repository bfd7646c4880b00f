"""Time as the clinic reads: minutes count only while somebody is there to look."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from rehab.clinical import timetable
from rehab.services import cover
from rehab.services.context import Context

MOST_DAYS = 60
"""Reading days looked through; what lies beyond is a clinic that does not open."""


def after(session: Session, context: Context, now: datetime, minutes: float) -> datetime:
    """The moment when so many minutes of reading hours have passed since `now`."""
    clinic, left = context.config.clinic, timedelta(minutes=minutes)
    moment = now
    for _ in range(MOST_DAYS):
        opening = cover.next_opening(session, context, moment)
        if not cover.is_open(session, context, opening):
            break
        today = timetable.local_date(opening, clinic.timezone)
        closing = timetable.due_at(today, clinic.cover_until, clinic.timezone)
        if opening + left <= closing:
            return opening + left
        left -= closing - opening
        moment = closing
    return moment + left
