"""Two shifts and a hand-over nobody accepts, while a patient reports a calf: both are paged."""

from __future__ import annotations

from datetime import date, time, timedelta

from sqlalchemy import select

from rehab.models import Handover, OnCallShift, Page
from rehab.services import rota
from tests.journeys.test_nobody_acknowledges import report_a_calf, the_alert
from tests.support.cast import ASHA, MEERA, RAO, VIKRAM, StaffRole
from tests.support.house import House


def day_and_night(house: House) -> None:
    """Meera has the days, Vikram the nights."""
    with house.session() as session:
        for shift in session.scalars(select(OnCallShift)):
            shift.starts_at -= timedelta(days=9)
            shift.ends_at = house.now() - timedelta(days=8)
        for role, begin, end in ((MEERA, 8, 20), (VIKRAM, 20, 8)):
            for weekday in range(1, 8):
                rota.add_pattern(
                    session, house.context, clinician_id=house.staff_id(role), weekday=weekday,
                    from_time=time(begin), until_time=time(end), from_on=date(2026, 11, 22),
                    actor="cli", now=house.now(),
                )  # fmt: skip


def paged(house: House) -> set[int]:
    return set(house.rows(select(Page.clinician_id)))


def ids(house: House, *roles: StaffRole) -> set[int]:
    return {house.staff_id(role) for role in roles}


def test_a_hand_over_nobody_accepts_leaves_both_on_call(house: House) -> None:
    day_and_night(house)
    asha = house.enrolled(ASHA, lead=RAO)
    meera, vikram, rao = (house.phone(role) for role in (MEERA, VIKRAM, RAO))
    house.at("2026-11-22 20:00")
    offer = vikram.expect("🔁 HAND-OVER 22 Nov 20:00: Meera Joshi → Vikram Nair")
    assert "No open alert." in offer.text
    meera.expect("You stay on call until Vikram Nair accepts.")

    # Nobody accepts, and a calf swells: both phones ring, and the ladder goes on.
    house.later(minutes=5)
    report_a_calf(asha)
    code = the_alert(house).code
    for phone in (vikram, meera):
        phone.expect("🟠 SAME DAY")
    assert paged(house) == ids(house, MEERA, VIKRAM)
    house.at("2026-11-22 20:16")
    assert f"T1 {code} · open" in vikram.expect("⏰ NOT ACCEPTED YET").text
    house.at("2026-11-22 20:32")
    told = rao.expect("⚠️ NOBODY HAS ACCEPTED")
    assert "Meera Joshi is still on call" in told.text
    meera.expect("⚠️ NOBODY HAS ACCEPTED")
    house.at("2026-11-22 20:40")
    assert house.staff_id(RAO) in paged(house)
    for phone in (meera, vikram, rao):
        house.settle()
        phone.mark_read()

    # He accepts at last: from then on the next page is his alone.
    vikram.tap(offer, "✅ Accept the hand-over")
    vikram.expect("You have accepted. You are on call now")
    meera.expect("✅ Vikram Nair has accepted the hand-over.")
    (row,) = house.rows(select(Handover))
    assert row.state == "accepted"
    page = house.browser(MEERA).get("/on-call")
    assert "Hand-over not accepted yet" not in page
