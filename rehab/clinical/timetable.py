"""Local dates and wall times: the only place of the product that thinks in local time.

Instants are aware datetimes in UTC; a naive datetime is a mistake of the caller (ValueError). A
wall time is resolved with fold=0: a time that comes twice means the first one, and a time that the
clocks jump over lands after the jump, by as much as it was jumped over.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from rehab.clinical.words import fold
from rehab.errors import InvalidInput

_WALL_TIME = re.compile(
    r"(?P<hour>\d{1,2})(?:[:.h](?P<minute>\d{2})|(?P<packed>\d{2})|h)?\s*(?:h|hrs?|hours?)?"
    r"\s*(?P<half>am|pm|a\.m\.?|p\.m\.?)?\s*(?:o.?clock|baje|vajta|बजे|वाजता)?"
)
_NOON = 12


def require_aware(moment: datetime) -> datetime:
    """Return the moment. Raises ValueError when it has no time zone."""
    if moment.utcoffset() is None:
        raise ValueError("a naive datetime has no meaning here; pass an aware one")
    return moment


def zone(name: str) -> ZoneInfo:
    """Return the IANA time zone. Raises InvalidInput(timezone="unknown_timezone")."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise InvalidInput(timezone="unknown_timezone") from error


def local(now: datetime, tz_name: str) -> datetime:
    """Return the instant on the wall clock of the zone."""
    return require_aware(now).astimezone(zone(tz_name))


def local_date(now: datetime, tz_name: str) -> date:
    """Return the calendar date in the zone at this instant."""
    return local(now, tz_name).date()


def local_text(now: datetime, tz_name: str, fmt: str) -> str:
    """Return the instant as local text in a strftime format."""
    return local(now, tz_name).strftime(fmt)


def due_at(local_on: date, wall: time, tz_name: str) -> datetime:
    """Return the instant in UTC at which the wall clock of the zone shows `wall` on this date."""
    if wall.tzinfo is not None:
        raise ValueError("a wall time carries no time zone of its own")
    return _instant(local_on, wall, tz_name, fold=0)


def _instant(local_on: date, wall: time, tz_name: str, *, fold: int) -> datetime:
    there = datetime.combine(local_on, wall.replace(fold=fold), tzinfo=zone(tz_name))
    return there.astimezone(UTC)


def day_number(surgery_on: date, local_on: date) -> int:
    """Return the whole days since surgery: 0 on the day itself, negative before it."""
    return (local_on - surgery_on).days


def read_wall_time(raw: str) -> time:
    """Return the time of day a person typed: 9, 9:30, 09.30, 7 pm, 19h, 0930.

    Raises InvalidInput(time="not_a_time").
    """
    match = _WALL_TIME.fullmatch(fold(raw).strip())
    if not match or (match["packed"] and len(match["hour"]) == 1):
        raise InvalidInput(time="not_a_time")
    try:
        return time(_hour(int(match["hour"]), match["half"]), _minute(match))
    except ValueError as error:
        raise InvalidInput(time="not_a_time") from error


def _hour(hour: int, half: str | None) -> int:
    if half is None:
        return hour
    if not 1 <= hour <= _NOON:
        raise ValueError("a time with am or pm has an hour from 1 to 12")
    return hour % _NOON + (_NOON if half.startswith("p") else 0)


def _minute(match: re.Match[str]) -> int:
    return int(match["minute"] or match["packed"] or 0)


def spread(key: str, minutes: int) -> timedelta:
    """Return a delay of less than `minutes`, always the same for the same key.

    It keeps a whole clinic's reminders from falling due in the same second.
    """
    if minutes <= 0:
        return timedelta()
    digest = hashlib.sha256(key.encode()).digest()
    return timedelta(seconds=int.from_bytes(digest[:8], "big") % (minutes * 60))


def in_quiet_hours(now: datetime, tz_name: str, start: time, end: time) -> bool:
    """Say whether the local time lies in [start, end); start == end means no quiet hours."""
    wall = local(now, tz_name).time()
    if start <= end:
        return start <= wall < end
    return wall >= start or wall < end


def next_allowed(now: datetime, tz_name: str, start: time, end: time) -> datetime:
    """Return the first instant in UTC from `now` on that is outside the quiet hours."""
    if not in_quiet_hours(now, tz_name, start, end):
        return now.astimezone(UTC)
    return next(
        moment
        for moment in _ends(local_date(now, tz_name), end, tz_name)
        if moment >= now and not in_quiet_hours(moment, tz_name, start, end)
    )


def _ends(local_on: date, end: time, tz_name: str) -> Iterator[datetime]:
    """Give the coming ends of quiet hours; both of them where the clocks go back over one."""
    for days in range(4):
        for fold_ in (0, 1):
            yield _instant(local_on + timedelta(days=days), end, tz_name, fold=fold_)
