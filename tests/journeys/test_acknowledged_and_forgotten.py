"""An acknowledgement without an outcome does not last."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from bot.simulator import Person
from rehab.models import Alert, AlertState
from tests.journeys.test_nobody_acknowledges import report_a_calf, the_alert
from tests.support.cast import ASHA, RAO
from tests.support.house import House


def test_without_an_outcome_it_is_announced_again(either_house: House) -> None:
    house = either_house
    asha = house.enrolled(ASHA, lead=RAO)
    report_a_calf(asha)
    card = house.meera.expect("🟠 SAME DAY")
    house.later(minutes=5)
    house.meera.tap(card, "✋ I'm on it")
    promised = house.meera.expect("Without an outcome by 22 Nov 18:05 it is announced again.")
    taken = the_alert(house).acknowledged_at
    assert taken is not None

    # While somebody is on it, nobody else is disturbed.
    house.move_to(taken + timedelta(minutes=120, seconds=-5))
    house.nothing_unexpected()

    house.move_to(taken + timedelta(minutes=120, seconds=1))
    old = house.meera.expect("Nobody has acknowledged.")
    new = house.meera.expect("Nobody has acknowledged.")
    assert {promised.message_id, new.message_id} >= {old.message_id}
    assert old.message_id != new.message_id
    alert = the_alert(house)
    assert alert.state == AlertState.OPEN
    assert alert.acknowledged_by is None
    page = house.browser(RAO).get("/alerts")
    assert "No outcome in time: announced again" in page

    # The whole ladder runs again: half an hour later the care team is told.
    house.later(minutes=20)
    house.meera.expect(f"Alert {alert.code}")
    house.later(minutes=11)
    house.phone(RAO).expect(f"Alert {alert.code}")


def test_the_outcome_ends_it_for_good(house: House, asha: Person) -> None:
    report_a_calf(asha)
    card = house.meera.expect("🟠 SAME DAY")
    house.meera.tap(card, "✋ I'm on it")
    house.meera.expect("Meera Joshi is on it")
    house.meera.tap(card, "✔️ Resolve …")
    choice = house.meera.wait_for(lambda message: "Called the patient" in message.buttons)
    house.meera.tap(choice, "Called the patient")
    house.meera.expect("✅ Resolved by Meera Joshi, 22 Nov 16:00: Called the patient")
    house.later(hours=9)
    (alert,) = house.rows(select(Alert))
    assert alert.state == AlertState.RESOLVED
    tap = house.meera.tap(card, "⬆️ Escalate")
    assert tap.wait_answered().text == "This alert is already resolved."
    shown = house.meera.expect("✅ Resolved by Meera Joshi, 22 Nov 16:00: Called the patient")
    assert shown.buttons == ["👍 Useful", "👎 Not useful"]
