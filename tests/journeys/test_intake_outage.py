"""Telegram could not be heard for a while, and drops taps after 150 seconds."""

from __future__ import annotations

import time as real_time

import pytest
from sqlalchemy import select

from bot import poller
from bot.simulator import Person
from rehab.models import Episode, IncomingMessage, Observation, Outage
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


def test_an_outage_of_100_seconds_loses_nothing_and_asks_nothing_again(
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
    asha.send_text("my calf is swollen and hot")
    stopwatch.ahead += 100
    house.sim.move_clock(advance_seconds=100)
    house.sim.faults.clear()
    asha.expect("✓ 4", timeout=20)
    asha.expect(QUESTIONS["medicine"])
    asha.expect("blood clot")
    asha.expect("kept your message")
    house.meera.expect("SAME DAY")


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


def test_after_25_hours_what_is_left_is_judged_and_what_is_lost_is_said(house: House) -> None:
    asha = house.enrolled(ASHA)
    house.at("2026-11-23 09:00")
    _, pain = reminded(asha)
    house.later(minutes=10)
    house.hears()
    house.stop_bot()
    asha.tap(pain, "4")
    asha.send_text("is it normal that my calf is swollen?")  # gone after a day
    house.later(hours=24.9)
    asha.send_text("I cannot breathe and my chest hurts")  # young enough to be kept
    house.later(minutes=6)

    house.start_bot()
    house.hears()
    asha.expect("I could not hear you from", timeout=20)
    house.meera.expect("texts may be lost too", timeout=20)
    asha.expect("112", timeout=20)
    house.meera.expect("EMERGENCY", timeout=20)
    (outage,) = house.rows(select(Outage))
    assert outage.lost_texts
    assert [one["episode"] for one in outage.episodes] == house.rows(select(Episode.id))
    heard = house.rows(select(IncomingMessage))
    assert [message.text for message in heard] == ["I cannot breathe and my chest hurts"]
    assert house.count(Observation) == 0, "the tap lived 150 seconds"
    house.settle()
    for everybody in house.everybody():
        everybody.mark_read()  # a day of reminders and silence is told elsewhere
