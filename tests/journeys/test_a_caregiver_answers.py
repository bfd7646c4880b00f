"""A daughter answers from her own phone: the same rules, her name on the card, and an end."""

from __future__ import annotations

from sqlalchemy import select

from bot.simulator import Person
from rehab.models import Alert, Observation
from tests.support.cast import ASHA
from tests.support.house import House
from tests.support.talk import answer

LEENA = 7001


def test_a_caregiver_reports_a_red_flag_and_hears_nothing_after_the_end(
    house: House, asha: Person
) -> None:
    asha.send_command("caregiver")
    asha.tap(asha.expect("Who helps you?"), "daughter")
    link = asha.expect("Share this link with the person who helps you")
    token = link.text.partition("?start=")[2].split()[0]

    leena = house.sim.user(LEENA, "Leena", "Kulkarni", role="patient")
    leena.start(token)
    told = leena.expect("not an emergency service")
    assert "Asha" not in told.text
    leena.tap(told, "✅ I understand")
    leena.expect("You answer here for Asha.")
    asha.expect("daughter has opened the link")

    leena.send_command("warning")
    leena.expect("These questions are about Asha.")
    answer(leena, "💔 Chest pain or I fainted")
    leena.expect("Call 112 now")
    leena.expect("I have noted this for the clinic.")
    asha.expect("What to do now stands on their phone")
    card = house.meera.expect("🔴 EMERGENCY")
    assert "answered by the caregiver (daughter)" in card.text
    assert house.count(Alert) == 1
    (said,) = house.rows(select(Observation))
    assert said.answered_by.startswith("caregiver:")

    page = f"/patients/{house.patient_id(ASHA)}/caregivers"
    browser = house.browser()
    assert "may answer" in browser.get(page)
    number = said.answered_by.partition(":")[2]
    browser.post(f"{page}/{number}/end", page)
    leena.expect("You no longer answer here for the person you helped")
    leena.send_text("she has a fever")
    leena.expect("To use it you need the personal link")
    house.nothing_unexpected()
