"""Whether clinic staff are reading answers right now, told honestly to patients."""

from __future__ import annotations

from datetime import datetime, timedelta

from rehab import texts
from rehab.clinical import timetable
from rehab.services.context import Context

WEEK = 7


def is_open(context: Context, now: datetime) -> bool:
    """Whether this moment is within the clinic's reading hours."""
    clinic = context.config.clinic
    here = timetable.local(now, clinic.timezone)
    return (
        here.isoweekday() in clinic.cover_days
        and clinic.cover_from <= here.time() < clinic.cover_until
    )


def sentence(context: Context, language: str, now: datetime) -> str:
    """One sentence: staff read now, or from when they will."""
    clinic = context.config.clinic
    if is_open(context, now):
        return texts.text("cover.open", language, until=f"{clinic.cover_until:%H:%M}")
    opening = timetable.local(next_opening(context, now), clinic.timezone)
    return texts.text(
        "cover.closed",
        language,
        day=texts.text(f"weekday.{opening.isoweekday()}", language),
        start=f"{clinic.cover_from:%H:%M}",
        phone=clinic.phone,
        emergency_number=clinic.emergency_number,
    )


def next_opening(context: Context, now: datetime) -> datetime:
    """The moment staff read again; `now` when they are reading."""
    if is_open(context, now):
        return now
    clinic = context.config.clinic
    here = timetable.local(now, clinic.timezone)
    for ahead in range(WEEK + 1):
        day = here.date() + timedelta(days=ahead)
        opening = timetable.due_at(day, clinic.cover_from, clinic.timezone)
        if day.isoweekday() in clinic.cover_days and opening > now:
            return opening
    return now
