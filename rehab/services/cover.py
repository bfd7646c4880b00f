"""Whether clinic staff are reading answers right now, told honestly to patients."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from rehab import texts
from rehab.clinical import timetable
from rehab.models import ClinicHoliday
from rehab.services.context import Context

LONGEST_CLOSURE = 60
"""Days looked ahead for the next opening; a clinic that is closed for longer says its own number."""


def is_open(session: Session, context: Context, now: datetime) -> bool:
    """Whether this moment is within the clinic's reading hours, and the day no holiday."""
    here = timetable.local(now, context.config.clinic.timezone)
    clinic = context.config.clinic
    return clinic.cover_from <= here.time() < clinic.cover_until and _is_reading_day(
        context, here.date(), _holidays(session, here.date(), here.date())
    )


def sentence(session: Session, context: Context, language: str, now: datetime) -> str:
    """One sentence: staff read now, or from when they will."""
    clinic = context.config.clinic
    if is_open(session, context, now):
        return texts.text("cover.open", language, until=f"{clinic.cover_until:%H:%M}")
    opening = timetable.local(next_opening(session, context, now), clinic.timezone)
    return texts.text(
        "cover.closed",
        language,
        day=texts.text(f"weekday.{opening.isoweekday()}", language),
        start=f"{clinic.cover_from:%H:%M}",
        phone=clinic.phone,
        emergency_number=clinic.emergency_number,
    )


def next_opening(session: Session, context: Context, now: datetime) -> datetime:
    """The moment staff read again; `now` when they are reading."""
    if is_open(session, context, now):
        return now
    clinic = context.config.clinic
    today = timetable.local_date(now, clinic.timezone)
    closed = _holidays(session, today, today + timedelta(days=LONGEST_CLOSURE))
    for ahead in range(LONGEST_CLOSURE + 1):
        day = today + timedelta(days=ahead)
        opening = timetable.due_at(day, clinic.cover_from, clinic.timezone)
        if opening > now and _is_reading_day(context, day, closed):
            return opening
    return now


def _is_reading_day(context: Context, day: date, holidays: AbstractSet[date]) -> bool:
    return day.isoweekday() in context.config.clinic.cover_days and day not in holidays


def _holidays(session: Session, first: date, last: date) -> AbstractSet[date]:
    return set(
        session.scalars(select(ClinicHoliday.on).where(ClinicHoliday.on.between(first, last)))
    )
