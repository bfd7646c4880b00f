"""Weekly patterns, leave, overrides and swaps: who has the duty, and when nobody has it."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from rehab.clinical import timetable
from rehab.clinical.rota import (
    Gap,
    Leave,
    Override,
    Pattern,
    Rota,
    Stretch,
    Swap,
    duty,
    gaps,
    on_duty,
    successor,
)

MEERA, RAO, VIKRAM = 1, 2, 3
ZONE = "Asia/Kolkata"
BERLIN = "Europe/Berlin"
MONDAY = date(2026, 3, 9)
ALL_WEEK = range(1, 8)


def at(day: date, wall: str, zone: str = ZONE) -> datetime:
    return timetable.due_at(day, time.fromisoformat(wall), zone)


def weekly(
    person: int, weekday: int, from_time: str, until_time: str, zone: str = ZONE
) -> Pattern:
    return Pattern(
        person,
        weekday,
        time.fromisoformat(from_time),
        time.fromisoformat(until_time),
        date(2020, 1, 1),
        None,
        zone,
    )


def day_and_night(zone: str = ZONE) -> Rota:
    """Meera by day, Rao by night, every day."""
    return Rota(
        patterns=[weekly(MEERA, day, "08:00", "20:00", zone) for day in ALL_WEEK]
        + [weekly(RAO, day, "20:00", "08:00", zone) for day in ALL_WEEK]
    )


def of_monday(rota: Rota) -> list[Stretch]:
    return list(duty(rota, since=at(MONDAY, "08:00"), until=at(MONDAY + timedelta(1), "08:00")))


def test_a_shift_over_midnight_ends_on_the_next_day() -> None:
    assert of_monday(day_and_night()) == [
        Stretch(MEERA, at(MONDAY, "08:00"), at(MONDAY, "20:00")),
        Stretch(RAO, at(MONDAY, "20:00"), at(MONDAY + timedelta(1), "08:00")),
    ]


def test_whole_days_in_a_row_are_one_stretch() -> None:
    rota = Rota(patterns=[weekly(MEERA, day, "00:00", "00:00") for day in ALL_WEEK])
    since, until = at(MONDAY, "00:00"), at(MONDAY + timedelta(7), "00:00")
    assert duty(rota, since=since, until=until) == (Stretch(MEERA, since, until),)


@given(
    night=st.sampled_from([date(2026, 3, 28), date(2026, 10, 24), date(2026, 6, 1)]),
    minutes=st.lists(st.integers(0, 1439), min_size=2, max_size=5, unique=True),
)
def test_a_full_rota_has_no_gap_on_the_nights_the_clocks_change(
    night: date, minutes: list[int]
) -> None:
    walls = [time(one // 60, one % 60) for one in sorted(minutes)]
    pairs = list(zip(walls, [*walls[1:], walls[0]], strict=True))
    rota = Rota(
        patterns=[
            Pattern(person, day, first, last, date(2020, 1, 1), None, BERLIN)
            for day in ALL_WEEK
            for person, (first, last) in enumerate(pairs, start=1)
        ]
    )
    since, until = at(night, "00:00", BERLIN), at(night + timedelta(3), "00:00", BERLIN)
    assert gaps(duty(rota, since=since, until=until), since=since, until=until) == ()


def test_leave_takes_the_shifts_that_begin_on_its_dates_and_leaves_a_gap() -> None:
    base = day_and_night()
    rota = Rota(patterns=base.patterns, leave=[Leave(RAO, MONDAY, MONDAY)])
    since, until = at(MONDAY, "00:00"), at(MONDAY + timedelta(2), "00:00")
    found = duty(rota, since=since, until=until)
    assert gaps(found, since=since, until=until) == (
        Gap(at(MONDAY, "20:00"), at(MONDAY + timedelta(1), "08:00")),
    )
    # Sunday's night shift runs into the leave and is served to its end.
    assert Stretch(RAO, since, at(MONDAY, "08:00")) in found


def test_an_override_replaces_one_person_for_its_hours_only() -> None:
    base = day_and_night()
    noon, four = at(MONDAY, "12:00"), at(MONDAY, "16:00")
    rota = Rota(patterns=base.patterns, overrides=[Override(VIKRAM, noon, four, MEERA)])
    assert of_monday(rota)[:3] == [
        Stretch(MEERA, at(MONDAY, "08:00"), noon),
        Stretch(VIKRAM, noon, four),
        Stretch(MEERA, four, at(MONDAY, "20:00")),
    ]


def test_an_override_without_an_end_stands_beside_the_pattern() -> None:
    base = day_and_night()
    noon = at(MONDAY, "12:00")
    rota = Rota(patterns=base.patterns, overrides=[Override(VIKRAM, noon, None)])
    found = of_monday(rota)
    assert on_duty(found, at(MONDAY, "13:00")) == (VIKRAM, MEERA)
    assert on_duty(found, at(MONDAY, "23:00")) == (RAO, VIKRAM)


def test_a_swap_moves_the_stretch_and_may_be_given_on() -> None:
    base = day_and_night()
    night = at(MONDAY, "20:00"), at(MONDAY + timedelta(1), "08:00")
    once = Rota(patterns=base.patterns, swaps=[Swap(RAO, MEERA, *night)])
    assert [one.person for one in of_monday(once)] == [MEERA]
    twice = Rota(
        patterns=base.patterns, swaps=[Swap(RAO, MEERA, *night), Swap(MEERA, VIKRAM, *night)]
    )
    assert [one.person for one in of_monday(twice)] == [MEERA, VIKRAM]


def test_who_took_a_shift_has_it_although_the_giver_went_on_leave() -> None:
    base = day_and_night()
    night = at(MONDAY, "20:00"), at(MONDAY + timedelta(1), "08:00")
    rota = Rota(
        patterns=base.patterns,
        leave=[Leave(RAO, MONDAY, MONDAY)],
        swaps=[Swap(RAO, VIKRAM, *night)],
    )
    assert Stretch(VIKRAM, *night) in of_monday(rota)


def test_a_pattern_begins_and_ends_on_its_dates() -> None:
    one = Pattern(MEERA, 1, time(8), time(20), MONDAY, MONDAY + timedelta(7), ZONE)
    since, until = at(MONDAY - timedelta(14), "00:00"), at(MONDAY + timedelta(30), "00:00")
    found = duty(Rota(patterns=[one]), since=since, until=until)
    assert [stretch.starts_at for stretch in found] == [
        at(MONDAY, "08:00"),
        at(MONDAY + timedelta(7), "08:00"),
    ]


def test_the_successor_is_who_has_the_duty_at_the_end() -> None:
    found = of_monday(day_and_night())
    assert successor(found, found[0]) == RAO
    assert successor(found[:1], found[0]) is None


moments = st.integers(0, 48).map(
    lambda hour: datetime(2026, 3, 9, tzinfo=UTC) + timedelta(hours=hour)
)
people = st.integers(1, 3)
overrides = st.builds(Override, people, moments, st.none() | moments, st.none() | people)
swaps = st.builds(Swap, people, people, moments, moments)


@given(overrides=st.lists(overrides, max_size=4), swaps=st.lists(swaps, max_size=4))
def test_duty_and_gaps_together_fill_the_window_whatever_was_arranged(
    overrides: list[Override], swaps: list[Swap]
) -> None:
    since = datetime(2026, 3, 9, tzinfo=UTC)
    until = since + timedelta(hours=48)
    rota = Rota(day_and_night().patterns[:7], (), overrides, swaps)
    found = duty(rota, since=since, until=until)
    free = gaps(found, since=since, until=until)
    assert all(since <= one.starts_at < one.ends_at <= until for one in [*found, *free])
    for hour in range(96):
        moment = since + timedelta(minutes=30 * hour)
        is_free = any(one.starts_at <= moment < one.ends_at for one in free)
        assert bool(on_duty(found, moment)) != is_free
    assert len(set(on_duty(found, since))) == len(on_duty(found, since))
