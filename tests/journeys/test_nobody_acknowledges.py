"""An alert climbs until a person takes it, and nothing but a person ends it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.simulator import Person
from rehab.models import Alert, AlertEvent, AlertState, OnCallShift, Page
from tests.support.cast import ASHA, MEERA, RAO, VIKRAM, StaffRole
from tests.support.house import House
from tests.support.talk import answer

CALF = "🦵 Calf or thigh swollen, painful"
LADDER = (
    (0, (MEERA,)),
    (20, (MEERA,)),
    (30, (RAO,)),
    (50, (RAO,)),
    (60, (MEERA, RAO, VIKRAM)),
    (80, (MEERA, RAO, VIKRAM)),
    (100, (MEERA, RAO, VIKRAM)),
)
"""Minutes, and who is told: on call, the care team (Dr Rao), everybody; repeated every 20 minutes."""
EXACT = timedelta(seconds=5)


def report_a_calf(asha: Person) -> None:
    asha.send_command("warning")
    asha.expect("tap what fits best")
    answer(asha, CALF)
    asha.expect("This can be a blood clot in the leg")
    asha.expect("I have noted this for the clinic.")


def the_alert(house: House) -> Alert:
    (alert,) = house.rows(select(Alert))
    assert isinstance(alert, Alert)
    return alert


def test_it_goes_to_the_next_people_at_the_configured_times_and_repeats(
    either_house: House,
) -> None:
    house = either_house
    asha = house.enrolled(ASHA, lead=RAO)
    report_a_calf(asha)
    for minutes, told in LADDER:
        moment = the_alert(house).opened_at + timedelta(minutes=minutes)
        if minutes:
            house.move_to(moment - EXACT)
            house.nothing_unexpected()
            house.move_to(moment + timedelta(seconds=1))
        for role in told:
            card = house.phone(role).expect(f"Alert {the_alert(house).code}")
            assert "Nobody has acknowledged." in card.text
            assert "Asha" not in card.text
    house.nothing_unexpected()
    _pages_are_on_time(house)

    # Hours later it is as open as ever.
    house.later(hours=3)
    assert the_alert(house).state == AlertState.OPEN
    house.settle()
    for role in (MEERA, RAO, VIKRAM):
        house.phone(role).mark_read()
    house.nothing_unexpected()
    page = house.browser(RAO).get("/alerts")
    assert "Told: step 3 · Vikram Nair" in page


def _pages_are_on_time(house: House) -> None:
    opened = the_alert(house).opened_at
    expected = [(minutes, house.staff_id(role)) for minutes, told in LADDER for role in told]
    pages = house.rows(select(Page).order_by(Page.id))
    assert [page.clinician_id for page in pages] == [person for _, person in expected]
    for page, (minutes, _) in zip(pages, expected, strict=True):
        late = page.created_at - opened - timedelta(minutes=minutes)
        assert timedelta() <= late <= EXACT, (minutes, late)


def test_with_nobody_on_call_the_care_team_is_told_at_once(house: House) -> None:
    # Past this day's look at the rota: what it says about gaps is a story of its own.
    house.later(seconds=1)
    with house.session() as session:
        for shift in session.scalars(select(OnCallShift)):
            shift.ends_at = house.now()
    asha = house.enrolled(ASHA, lead=RAO)
    report_a_calf(asha)
    house.phone(RAO).expect("🟠 SAME DAY")
    (page,) = house.rows(select(Page))
    assert page.created_at == the_alert(house).opened_at


def test_a_person_on_call_who_blocked_the_bot_is_passed_over_at_once(house: House) -> None:
    asha = house.enrolled(ASHA, lead=RAO)
    house.meera.block_bot()
    house.settle()
    report_a_calf(asha)
    house.phone(RAO).expect("🟠 SAME DAY")


def test_a_card_that_telegram_refuses_goes_to_the_next_person_at_once(house: House) -> None:
    asha = house.enrolled(ASHA, lead=RAO)
    house.sim.faults.add(
        "status", "sendMessage", chat_id=MEERA.chat_id, status=403,
        description="Forbidden: user is deactivated",
    )  # fmt: skip
    report_a_calf(asha)
    house.phone(RAO).expect("🟠 SAME DAY")
    entry = house.browser(RAO).get("/alerts")
    assert "Told Meera Joshi : failed" in entry or "Told Meera Joshi: failed" in entry


def test_when_nobody_can_be_reached_the_dashboard_says_so_and_it_is_tried_again(
    house: House, asha: Person
) -> None:
    for role in (MEERA, RAO, VIKRAM):
        house.phone(role).block_bot()
    house.settle()
    report_a_calf(asha)
    page = house.browser(MEERA).get("/alerts")
    assert "Nobody could be told" in page
    assert the_alert(house).state == AlertState.OPEN

    # Dr Rao is back; the next repetition finds her.
    house.phone(RAO).unblock_bot()
    house.later(minutes=20, seconds=1)
    house.phone(RAO).expect("🟠 SAME DAY")


def test_somebody_may_escalate_by_hand(house: House) -> None:
    asha = house.enrolled(ASHA, lead=RAO)
    report_a_calf(asha)
    card = house.meera.expect("🟠 SAME DAY")
    house.later(minutes=2)
    house.meera.tap(card, "⬆️ Escalate")
    house.phone(RAO).expect("🟠 SAME DAY")
    house.settle()
    house.meera.mark_read()
    kinds = [event.kind for event in house.rows(select(AlertEvent).order_by(AlertEvent.id))]
    assert kinds == ["opened", "paged", "escalated", "paged"]


@pytest.mark.parametrize("role", [RAO, VIKRAM])
def test_the_second_to_acknowledge_is_told_who_was_first(house: House, role: StaffRole) -> None:
    asha = house.enrolled(ASHA, lead=RAO)
    report_a_calf(asha)
    card = house.meera.expect("🟠 SAME DAY")
    house.later(minutes=61)
    late_card = house.phone(role).expect("🟠 SAME DAY")
    house.meera.tap(card, "✋ I'm on it")
    house.phone(role).expect("✋ Meera Joshi is on it")
    tap = house.phone(role).tap(late_card, "✋ I'm on it")
    assert tap.wait_answered().text == "Somebody is already on it."
    house.settle()
    for person in (MEERA, RAO, VIKRAM):
        house.phone(person).mark_read()
