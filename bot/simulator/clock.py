"""The simulator's clock, and the ways the page may move it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from typing import Any, Protocol
from zoneinfo import ZoneInfo


class SimClock(Protocol):
    """Anything that tells the time and can be moved forward."""

    def now(self) -> datetime:
        """The present moment, aware and in UTC."""

    def move_to(self, moment: datetime) -> object:
        """Make `moment` the present."""


class ClockRefused(ValueError):
    """A wish the clock cannot grant, worded for the person who asked."""


class OffsetClock:
    """The system clock plus an offset held in memory; it keeps ticking after a move."""

    def __init__(self, start: datetime | None = None) -> None:
        self._lock = threading.Lock()
        self._offset = timedelta(0) if start is None else start - datetime.now(UTC)

    def now(self) -> datetime:
        with self._lock:
            return datetime.now(UTC) + self._offset

    def move_to(self, moment: datetime) -> None:
        with self._lock:
            self._offset = moment - datetime.now(UTC)


def _this_evening(now: datetime) -> datetime:
    return datetime.combine(now.date(), time(18, 0), tzinfo=now.tzinfo)


def _tomorrow_morning(now: datetime) -> datetime:
    return datetime.combine(now.date() + timedelta(days=1), time(9, 0), tzinfo=now.tzinfo)


def _a_week_later(now: datetime) -> datetime:
    return now + timedelta(days=7)


# Each takes and returns local time: "09:00" means nine o'clock on the patient's wall.
PRESETS: dict[str, Callable[[datetime], datetime]] = {
    "evening_1800": _this_evening,
    "tomorrow_0900": _tomorrow_morning,
    "plus_7_days": _a_week_later,
}


def wanted_moment(wish: dict[str, Any], now: datetime, zone: ZoneInfo) -> datetime:
    """The moment a clock request asks for; refuses the past and the unreadable."""
    if "advance_seconds" in wish:
        target = now + _duration(wish["advance_seconds"])
    elif "preset" in wish:
        target = _preset(wish["preset"], now.astimezone(zone))
    elif "to" in wish:
        target = _iso_moment(wish["to"], zone)
    else:
        raise ClockRefused("Say how to move the clock: advance_seconds, to or preset.")
    target = target.astimezone(UTC)
    if target < now:
        raise ClockRefused(
            f"It is already {now.astimezone(zone):%a %d %b %Y, %H:%M}. "
            "The clock only moves forward."
        )
    return target


def _duration(value: object) -> timedelta:
    try:
        return timedelta(seconds=float(str(value)))
    except (ValueError, OverflowError) as error:
        raise ClockRefused("advance_seconds must be a number of seconds.") from error


def _preset(name: object, local_now: datetime) -> datetime:
    preset = PRESETS.get(str(name))
    if preset is None:
        raise ClockRefused(f"Unknown preset; known are: {', '.join(PRESETS)}.")
    return preset(local_now)


def _iso_moment(value: object, zone: ZoneInfo) -> datetime:
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError as error:
        raise ClockRefused("That is not a date and time, such as 2026-03-01T09:00.") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)
