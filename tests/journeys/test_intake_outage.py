"""Telegram could not be heard for a while, and drops taps after 150 seconds."""

from __future__ import annotations

import time as real_time

import pytest

from bot import poller
from bot.simulator import Person
from tests.support.cast import ASHA
from tests.support.house import House
from tests.support.talk import QUESTIONS, answer, check_in, reminded

MISSED = "I may have missed your last answer, sorry."


class LongerSeconds:
    """The poller's stopwatch, on which an outage can pass in a moment."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def monotonic(self) -> float:
        return real_time.monotonic() + self.ahead


@pytest.fixture
def stopwatch(monkeypatch: pytest.MonkeyPatch) -> LongerSeconds:
    made = LongerSeconds()
    monkeypatch.setattr(poller, "time", made)
    return made


def test_after_an_outage_the_open_question_is_asked_again_once(
    stopwatch: LongerSeconds, either_house: House
) -> None:
    house = either_house
    asha = house.enrolled(ASHA)
    house.at("2026-11-23 09:00")
    _, pain = reminded(asha)
    house.later(minutes=10)
    house.hears()

    # Nothing is heard for 160 seconds. Asha taps, and Telegram drops the tap after 150.
    outage = house.sim.faults.add(
        "status", "getUpdates", times=None, status=502, description="Bad Gateway"
    )
    house.until(lambda: outage.fired)
    tap = asha.tap(pain, "4")
    stopwatch.ahead += 160
    house.sim.move_clock(advance_seconds=160)
    assert house.sim.pending_updates == []
    assert not tap.answered
    house.sim.faults.clear()

    again = asha.expect(MISSED, timeout=20)
    house.meera.expect("did not hear")
    assert QUESTIONS["pain"] in again.text
    house.later(seconds=10)
    house.nothing_unexpected()
    answer(asha, "4", question=again)
    asha.expect(QUESTIONS["medicine"])
    answer(asha, "⚪ Nothing")
    check_in_goes_on(asha)


def check_in_goes_on(asha: Person) -> None:
    asha.expect(QUESTIONS["wound"])
    check_in(asha, first="wound")


def test_a_short_outage_asks_nothing_again(
    stopwatch: LongerSeconds, house: House, asha: Person
) -> None:
    house.at("2026-11-23 09:00")
    _, pain = reminded(asha)
    house.later(minutes=10)
    house.hears()
    outage = house.sim.faults.add(
        "status", "getUpdates", times=None, status=502, description="Bad Gateway"
    )
    house.until(lambda: outage.fired)
    asha.tap(pain, "4")
    stopwatch.ahead += 60
    house.sim.move_clock(advance_seconds=60)
    house.sim.faults.clear()
    asha.expect("✓ 4", timeout=20)
    asha.expect(QUESTIONS["medicine"])


def test_nobody_is_asked_again_who_has_nothing_open(
    stopwatch: LongerSeconds, house: House, asha: Person
) -> None:
    house.at("2026-11-23 09:00")
    reminded(asha)
    check_in(asha)
    house.later(minutes=10)
    house.hears()
    house.stop_bot()
    house.later(minutes=10)
    house.start_bot()
    house.hears()
    house.nothing_unexpected()
