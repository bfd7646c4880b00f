"""The clinic's reading hours told honestly, and the demo's clock that only goes forward."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from rehab.errors import InvalidInput
from rehab.models import ClinicHoliday
from rehab.services import cover, demo_clock
from tests.support.build import Clinic


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("2026-03-10T03:29:59", False),  # Tuesday 08:59:59 in Mumbai
        ("2026-03-10T03:30:00", True),
        ("2026-03-10T12:29:59", True),
        ("2026-03-10T12:30:00", False),  # 18:00
        ("2026-03-14T06:00:00", True),  # Saturday
        ("2026-03-15T06:00:00", False),  # Sunday
    ],
)
def test_the_reading_hours_are_those_of_the_clinics_zone(
    clinic: Clinic, moment: str, is_open: bool
) -> None:
    with clinic.session() as session:
        assert cover.is_open(session, clinic.context, at(moment)) is is_open


@pytest.mark.parametrize(
    ("moment", "opening"),
    [
        ("2026-03-10T06:00:00", "2026-03-10T06:00:00"),
        ("2026-03-10T01:00:00", "2026-03-10T03:30:00"),
        ("2026-03-10T20:00:00", "2026-03-11T03:30:00"),
        ("2026-03-14T13:00:00", "2026-03-16T03:30:00"),  # Saturday evening to Monday
    ],
)
def test_the_next_opening_skips_nights_and_sundays(
    clinic: Clinic, moment: str, opening: str
) -> None:
    with clinic.session() as session:
        assert cover.next_opening(session, clinic.context, at(moment)) == at(opening)


def test_the_sentence_says_when_and_what_to_do_in_an_emergency(clinic: Clinic) -> None:
    with clinic.session() as session:
        closed = cover.sentence(session, clinic.context, "en", at("2026-03-14T13:00:00"))
        opened = cover.sentence(session, clinic.context, "en", at("2026-03-10T06:00:00"))
    assert "Monday" in closed
    assert "09:00" in closed
    assert "112" in closed
    assert "18:00" in opened


def test_a_holiday_closes_the_reading_hours_and_the_sentence_names_the_next_day(
    either: Clinic,
) -> None:
    with either.session() as session:
        session.add(ClinicHoliday(on=date(2026, 3, 10), name="Holi"))
        session.add(ClinicHoliday(on=date(2026, 3, 11), name="Holi"))
    tuesday = at("2026-03-10T06:00:00")
    with either.session() as session:
        assert not cover.is_open(session, either.context, tuesday)
        opening = cover.next_opening(session, either.context, tuesday)
        assert opening == at("2026-03-12T03:30:00")
        assert "Thursday" in cover.sentence(session, either.context, "en", tuesday)


def test_the_demos_clock_only_goes_forward(either: Clinic) -> None:
    with either.session() as session:
        assert demo_clock.offset(session) == timedelta()
        demo_clock.advance(session, by=timedelta(days=1))
    with either.session() as session:
        assert demo_clock.advance(session, by=timedelta(hours=2)) == timedelta(days=1, hours=2)
        assert demo_clock.advance(session, by=timedelta()) == timedelta(days=1, hours=2)
    for by in (timedelta(seconds=-1), timedelta(days=401)):
        with either.session() as session, pytest.raises(InvalidInput):
            demo_clock.advance(session, by=by)
    with either.session() as session:
        assert demo_clock.offset(session) == timedelta(days=1, hours=2)


def at(moment: str) -> datetime:
    return datetime.fromisoformat(moment).replace(tzinfo=UTC)
