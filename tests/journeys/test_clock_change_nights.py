"""Four nights on which the clocks change, in two zones: one reminder a day, at the chosen time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from rehab.models import CareTask, OutboxMessage, TaskKind
from tests.support.cast import BERLIN, NEW_YORK, OLU, OLU_OVERSEAS, PatientRole
from tests.support.house import House, sqlite_url
from tests.support.talk import check_in

SPRING_BERLIN = date(2027, 3, 28)
AUTUMN_BERLIN = date(2026, 10, 25)
SPRING_NEW_YORK = date(2027, 3, 14)
AUTUMN_NEW_YORK = date(2026, 11, 1)
IN_THE_GAP = time(2, 30)
MORNING = time(9, 0)
NIGHTS = [
    (OLU, SPRING_BERLIN, IN_THE_GAP, time(3, 30), "01:30"),
    (OLU, SPRING_BERLIN, MORNING, MORNING, "07:00"),
    (OLU, AUTUMN_BERLIN, IN_THE_GAP, IN_THE_GAP, "00:30"),
    (OLU, AUTUMN_BERLIN, MORNING, MORNING, "08:00"),
    (OLU_OVERSEAS, SPRING_NEW_YORK, IN_THE_GAP, time(3, 30), "07:30"),
    (OLU_OVERSEAS, SPRING_NEW_YORK, MORNING, MORNING, "13:00"),
    (OLU_OVERSEAS, AUTUMN_NEW_YORK, IN_THE_GAP, IN_THE_GAP, "07:30"),
    (OLU_OVERSEAS, AUTUMN_NEW_YORK, time(1, 30), time(1, 30), "05:30"),
    (OLU_OVERSEAS, AUTUMN_NEW_YORK, MORNING, MORNING, "14:00"),
]
"""Who, the night, the chosen time, when it must come on the wall, and in UTC."""


@pytest.fixture
def night(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    """A house two days before the clocks change."""
    role, changes_on = request.param
    start = datetime.combine(changes_on - timedelta(days=2), time(12), ZoneInfo(role.zone))
    with House(sqlite_url(tmp_path), start=start.astimezone(UTC)) as made:
        made.start_bot()
        yield made
        made.nothing_unexpected()


@pytest.mark.parametrize(
    ("night", "role", "changes_on", "chosen", "shown", "utc"),
    [((role, on), role, on, chosen, shown, utc) for role, on, chosen, shown, utc in NIGHTS],
    indirect=["night"],
    ids=[f"{role.zone}-{on}-{chosen:%H:%M}" for role, on, chosen, _, _ in NIGHTS],
)
def test_exactly_one_reminder_comes_on_each_local_date(
    night: House, role: PatientRole, changes_on: date, chosen: time, shown: time, utc: str
) -> None:
    house, zone = night, ZoneInfo(role.zone)
    # Three weeks before the operation there is one check-in a week, and exercises every day.
    olu = house.enrolled(role, reminder=chosen, surgery_on=changes_on + timedelta(days=20))
    for days in (-1, 0, 1):
        on = changes_on + timedelta(days=days)
        wall = shown if days == 0 else chosen
        due = datetime.combine(on, wall, zone).astimezone(UTC)
        house.move_to(due - timedelta(seconds=30))
        house.nothing_unexpected()
        house.move_to(due)
        reminder = olu.expect("Your exercises for today")
        local = reminder.at.astimezone(zone)
        assert (local.date(), local.time().replace(second=0)) == (on, wall)
        if days == -1:
            olu.expect("worst pain")
            check_in_without_wound(house, role)
        if days == 0:
            assert reminder.at.strftime("%H:%M") == utc
        # The hour that comes twice must not remind twice.
        house.move_to(due + timedelta(hours=1))
        house.nothing_unexpected()
        house.move_to(due + timedelta(hours=2))
        house.nothing_unexpected()
    _one_task_a_day(house, changes_on)


def check_in_without_wound(house: House, role: PatientRole) -> None:
    """Before the operation nobody is asked about a wound."""
    from tests.support.talk import FINE, QUESTIONS, answer

    olu = house.phone(role)
    for name in QUESTIONS:
        if name == "wound":
            continue
        if name != "pain":
            olu.expect(QUESTIONS[name])
        answer(olu, FINE[name])
    olu.expect("Your answers:")


def _one_task_a_day(house: House, changes_on: date) -> None:
    tasks = house.rows(select(CareTask).where(CareTask.kind == TaskKind.EXERCISES))
    dates = [task.local_on for task in tasks]
    assert len(dates) == len(set(dates))
    assert {changes_on + timedelta(days=days) for days in (-1, 0, 1)} <= set(dates)
    lists = house.rows(select(OutboxMessage).where(OutboxMessage.kind == "exercise_list"))
    assert len(lists) == 3


def test_a_patient_in_another_zone_lives_on_their_own_calendar(house: House) -> None:
    olu = house.enrolled(OLU)
    asha_time = "2026-11-23 13:30"
    house.at(asha_time)  # 09:00 in Berlin
    exercises = olu.expect("Day 9 after your operation")
    olu.expect("worst pain")
    assert exercises.at.astimezone(ZoneInfo(BERLIN)).strftime("%d %H:%M") == "23 09:00"
    check_in(olu)
    olu_overseas = house.enrolled(OLU_OVERSEAS)
    house.at("2026-11-24 09:00", BERLIN)
    olu.expect("Day 10 after your operation")
    olu.expect("worst pain")
    check_in(olu)
    house.at("2026-11-24 09:00", NEW_YORK)
    olu_overseas.expect("Day 10 after your operation")
    olu_overseas.expect("worst pain")
    check_in(olu_overseas)
