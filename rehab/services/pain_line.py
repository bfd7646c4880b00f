"""The pain of the last days as one line of text, for a chat card."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from rehab import texts
from rehab.clinical import timetable
from rehab.models import Episode
from rehab.services.overview.signals import pain_by_day

BARS = "▁▂▃▄▅▆▇█"
GAP = "·"
"""A day without an answer: never a low bar."""
MOST_ANSWERS = 7
MOST_DAYS = 14
NUMBERS = 3
HIGHEST = 10


def of_episode(session: Session, episode: Episode, now: datetime) -> str:
    """Worst pain (0-10) of the last seven answered local days within two weeks, in English words."""
    today = timetable.local_date(now, episode.patient.timezone)
    since = today - timedelta(days=MOST_DAYS - 1)
    return line(pain_by_day(session, [episode.id], since=since).get(episode.id, {}), today)


def line(pain: Mapping[date, float], today: date) -> str:
    """The sparkline and the newest numbers of these days' pain."""
    answered = sorted(day for day in pain if today - day < timedelta(days=MOST_DAYS))
    if not answered:
        return texts.text("card.pain_none", texts.SOURCE_LANGUAGE)
    shown = answered[-MOST_ANSWERS:]
    # Today's question may not have been asked yet: that is no gap.
    last = max(shown[-1], today - timedelta(days=1))
    days = [shown[0] + timedelta(days=n) for n in range((last - shown[0]).days + 1)]
    numbers = ", ".join(f"{pain[day]:g}" for day in shown[-NUMBERS:])
    bars = spark([pain.get(day) for day in days])
    return texts.text("card.pain", texts.SOURCE_LANGUAGE, spark=bars, numbers=numbers)


def spark(values: Sequence[float | None]) -> str:
    """One character per value from 0 to 10; a dot for what nobody answered."""
    top = len(BARS) - 1
    return "".join(
        GAP if value is None else BARS[round(min(max(value, 0), HIGHEST) / HIGHEST * top)]
        for value in values
    )
