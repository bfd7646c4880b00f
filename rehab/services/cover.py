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
    return texts.text(
        "cover.closed",
        language,
        day=texts.text(f"weekday.{_next_day(context, now)}", language),
        start=f"{clinic.cover_from:%H:%M}",
        phone=clinic.phone,
        emergency_number=clinic.emergency_number,
    )


def _next_day(context: Context, now: datetime) -> int:
    clinic = context.config.clinic
    here = timetable.local(now, clinic.timezone)
    for ahead in range(WEEK + 1):
        day = here + timedelta(days=ahead)
        starts_later = ahead > 0 or here.time() < clinic.cover_from
        if day.isoweekday() in clinic.cover_days and starts_later:
            return day.isoweekday()
    return here.isoweekday()
