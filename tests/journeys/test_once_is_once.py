"""However often it arrives, it is recorded once."""

from __future__ import annotations

from sqlalchemy import select

from bot.simulator import Person
from rehab.models import Alert, InboxUpdate, IncomingMessage, Observation
from tests.support.cast import ASHA
from tests.support.house import House
from tests.support.talk import QUESTIONS, reminded


def test_a_double_tap_records_once(either_house: House) -> None:
    house = either_house
    asha = house.enrolled(ASHA)
    house.at("2026-11-23 09:00")
    _, pain = reminded(asha)
    taps = [asha.tap(pain, "4") for _ in range(3)]
    asha.expect("✓ 4")
    asha.expect(QUESTIONS["medicine"])
    toasts = [tap.wait_answered().text for tap in taps]
    assert toasts == ["Noted: 4", "Already noted, thank you.", "Already noted, thank you."]
    (said,) = house.rows(select(Observation))
    assert said.value == 4


def test_the_same_update_delivered_again_changes_nothing(house: House, asha: Person) -> None:
    house.at("2026-11-23 09:00")
    _, pain = reminded(asha)
    house.settle()
    house.stop_bot()
    asha.tap(pain, "5")
    asha.send_text("I can not breathe")
    updates = house.sim.pending_updates
    house.start_bot()
    asha.expect("✓ 5")
    asha.expect("Call 112 now")
    asha.expect("I have kept your message for the clinic.")
    asha.expect(QUESTIONS["medicine"])
    house.meera.expect("🔴 EMERGENCY")

    house.settle()
    house.stop_bot()
    for update in (*updates, *updates):
        house.sim.push_raw(update)
    house.start_bot()
    house.nothing_unexpected()
    assert house.count(Observation) == 1
    assert house.count(IncomingMessage) == 1
    assert house.count(Alert) == 1
    assert house.count(InboxUpdate) == 2
