"""Local dates and wall times, in every kind of time zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehab.clinical import timetable
from rehab.errors import InvalidInput

ZONES = (
    "Asia/Kolkata", "Asia/Kathmandu", "Europe/Berlin", "Europe/London", "America/New_York",
    "America/St_Johns", "America/Santiago", "America/Havana", "America/Nuuk", "Africa/Cairo",
    "Africa/Casablanca", "Asia/Beirut", "Australia/Lord_Howe", "Pacific/Auckland",
    "Pacific/Chatham", "Pacific/Kiritimati",
)  # fmt: skip
WALLS = (
    time(0), time(0, 30), time(1, 30), time(2), time(2, 30), time(3), time(9), time(20),
    time(23, 30),
)  # fmt: skip
FIRST = date(2026, 1, 1)
DAYS = (date(2029, 1, 1) - FIRST).days
NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
KOLKATA = "Asia/Kolkata"


def exists(local_on: date, wall: time, tz: ZoneInfo) -> bool:
    there = datetime.combine(local_on, wall, tz)
    return there.astimezone(UTC).astimezone(tz).replace(tzinfo=None) == there.replace(tzinfo=None)


@pytest.mark.parametrize("tz_name", ZONES)
def test_every_local_date_has_one_instant_that_shows_the_wall_time(tz_name: str) -> None:
    tz = ZoneInfo(tz_name)
    for wall in WALLS:
        before = datetime.min.replace(tzinfo=UTC)
        for local_on in (FIRST + timedelta(days=n) for n in range(DAYS)):
            due = timetable.due_at(local_on, wall, tz_name)
            shown = due.astimezone(tz).replace(tzinfo=None)
            wanted = datetime.combine(local_on, wall)
            assert due > before
            assert shown == wanted or (shown > wanted and not exists(local_on, wall, tz))
            before = due


def test_a_time_in_the_gap_lands_after_it() -> None:
    due = timetable.due_at(date(2026, 3, 29), time(2, 30), "Europe/Berlin")
    assert due == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert timetable.local_text(due, "Europe/Berlin", "%H:%M") == "03:30"


@pytest.mark.parametrize("fold", [0, 1])
def test_a_time_that_comes_twice_means_the_first(fold: int) -> None:
    due = timetable.due_at(date(2026, 10, 25), time(2, 30, fold=fold), "Europe/Berlin")
    assert due == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize("name", ["", "Mars/Base", "../etc/passwd", "/etc/passwd", "Asia", "\0"])
def test_an_unknown_zone_is_refused(name: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        timetable.zone(name)
    assert refused.value.fields == {"timezone": "unknown_timezone"}


def test_the_local_date_is_the_patients_not_ours() -> None:
    late = datetime(2026, 3, 10, 18, 30, tzinfo=UTC)
    assert timetable.local_date(late, KOLKATA) == date(2026, 3, 11)
    assert timetable.local_date(late - timedelta(seconds=1), KOLKATA) == date(2026, 3, 10)


@pytest.mark.parametrize(("on", "day"), [(9, -1), (10, 0), (11, 1)])
def test_day_zero_is_the_day_of_surgery(on: int, day: int) -> None:
    assert timetable.day_number(date(2026, 3, 10), date(2026, 3, on)) == day


@pytest.mark.parametrize(
    ("raw", "wall"),
    [
        ("9", time(9)), ("9:30", time(9, 30)), ("09.30", time(9, 30)), ("7 pm", time(19)),
        ("7PM", time(19)), ("7:15 p.m.", time(19, 15)), ("19h", time(19)), ("19h30", time(19, 30)),
        ("0930", time(9, 30)), ("12 am", time(0)), ("12 pm", time(12)), ("0", time(0)),
        ("23:59", time(23, 59)), ("९:३०", time(9, 30)), ("९ बजे", time(9)), ("19 h", time(19)),
        ("９：３０", time(9, 30)),
    ],
)  # fmt: skip
def test_a_time_of_day_is_read(raw: str, wall: time) -> None:
    assert timetable.read_wall_time(raw) == wall


@pytest.mark.parametrize(
    "raw", ["", "24", "25:00", "9:60", "930", "13 pm", "0 am", "nine", "9:3", "-9", "9:30:00 x"]
)
def test_what_is_no_time_of_day_is_refused(raw: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        timetable.read_wall_time(raw)
    assert refused.value.fields == {"time": "not_a_time"}


@given(st.text(max_size=40), st.integers(1, 600))
def test_spread_is_stable_and_inside_its_minutes(key: str, minutes: int) -> None:
    delay = timetable.spread(key, minutes)
    assert timedelta() <= delay < timedelta(minutes=minutes)
    assert delay == timetable.spread(key, minutes)


def test_spread_really_spreads() -> None:
    assert len({timetable.spread(f"patient {n}", 10) for n in range(100)}) > 80
    assert timetable.spread("patient", 0) == timedelta()


@pytest.mark.parametrize(
    ("hour", "minute", "quiet"),
    [(20, 59, False), (21, 0, True), (23, 59, True), (0, 0, True), (6, 59, True), (7, 0, False)],
)
def test_quiet_hours_over_midnight(hour: int, minute: int, quiet: bool) -> None:
    now = datetime(2026, 3, 10, hour, minute, tzinfo=ZoneInfo(KOLKATA))
    assert timetable.in_quiet_hours(now, KOLKATA, time(21), time(7)) is quiet


@pytest.mark.parametrize(("hour", "quiet"), [(12, False), (13, True), (14, True), (15, False)])
def test_quiet_hours_within_a_day(hour: int, quiet: bool) -> None:
    now = datetime(2026, 3, 10, hour, tzinfo=ZoneInfo(KOLKATA))
    assert timetable.in_quiet_hours(now, KOLKATA, time(13), time(15)) is quiet


def test_equal_ends_mean_no_quiet_hours() -> None:
    assert not timetable.in_quiet_hours(NOON, "UTC", time(12), time(12))


def test_the_next_allowed_moment_is_the_end_of_the_quiet_hours() -> None:
    for hour, day in ((22, 11), (3, 10)):
        now = datetime(2026, 3, 10, hour, tzinfo=ZoneInfo(KOLKATA))
        allowed = timetable.next_allowed(now, KOLKATA, time(21), time(7))
        assert allowed == datetime(2026, 3, day, 7, tzinfo=ZoneInfo(KOLKATA))
    assert timetable.next_allowed(NOON, "UTC", time(21), time(7)) == NOON


@given(
    st.integers(0, DAYS * 24 * 60).map(lambda minutes: NOON + timedelta(minutes=minutes)),
    st.sampled_from(ZONES),
    st.times(),
    st.times(),
)
def test_the_next_allowed_moment_is_never_past_and_never_quiet(
    now: datetime, tz_name: str, start: time, end: time
) -> None:
    allowed = timetable.next_allowed(now, tz_name, start, end)
    assert allowed >= now
    assert not timetable.in_quiet_hours(allowed, tz_name, start, end)


@pytest.mark.parametrize("ask", [timetable.local_date, timetable.local])
def test_a_naive_datetime_is_refused(ask) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(ValueError, match="naive"):
        ask(NOON.replace(tzinfo=None), KOLKATA)


def test_a_wall_time_with_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="wall time"):
        timetable.due_at(FIRST, time(9, tzinfo=UTC), KOLKATA)
