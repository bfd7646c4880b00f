"""A patient who blocks the bot is seen, is left in peace, and is not forgotten."""

from __future__ import annotations

from bot.simulator import Person
from rehab.models import OutboxMessage
from tests.support.cast import ASHA
from tests.support.house import House
from tests.support.talk import check_in, reminded


def test_a_block_is_shown_to_staff_and_silence_still_counts(house: House, asha: Person) -> None:
    browser = house.browser()
    asha.block_bot()
    house.settle()
    patient = f"/patients/{house.patient_id(ASHA)}"
    assert "blocked by the patient" in browser.get(patient)
    assert "Chat cannot be reached" in browser.get("/")

    # Two mornings pass, and nothing is even tried.
    said = house.count(OutboxMessage)
    house.at("2026-11-23 09:00")
    house.at("2026-11-24 09:00")
    house.at("2026-11-25 08:59")
    house.nothing_unexpected()
    assert house.count(OutboxMessage) == said
    assert any("Check-in missed (23 Nov)" in entry for entry in browser.get(patient).timeline)

    # 48 hours after the first question nobody answered, the clinic is asked to phone.
    house.at("2026-11-25 16:00")
    card = house.meera.expect("🟡 WITHIN ONE WORKING DAY")
    assert "No answer for 48 hours" in card.text

    asha.unblock_bot()
    house.settle()
    assert "blocked by the patient" not in browser.get(patient).section(ASHA.name)
    house.at("2026-11-26 09:00")
    house.meera.expect("No answer for 48 hours")  # nobody took it, so it is repeated
    reminded(asha)
    check_in(asha)


def test_a_block_that_is_only_noticed_when_sending_counts_as_well(
    house: House, asha: Person
) -> None:
    house.sim.faults.add(
        "status", "sendMessage", chat_id=ASHA.chat_id, status=403,
        description="Forbidden: bot was blocked by the user",
    )  # fmt: skip
    house.at("2026-11-23 09:00")
    house.settle()
    house.sim.faults.clear()
    browser = house.browser()
    assert "blocked by the patient" in browser.get(f"/patients/{house.patient_id(ASHA)}")
    house.nothing_unexpected()

    # A word from the patient proves that the chat works again.
    asha.send_command("help")
    asha.expect("What I can do:")
    assert "reachable" in browser.get(f"/patients/{house.patient_id(ASHA)}")
    house.at("2026-11-24 09:00")
    reminded(asha)
