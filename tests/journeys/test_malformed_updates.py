"""What cannot be read harms nobody else, and a person gets to see it."""

from __future__ import annotations

from sqlalchemy import select

from bot.simulator import Person
from rehab.models import InboxState, InboxUpdate, IncomingMessage
from tests.support.cast import ASHA
from tests.support.house import House
from tests.support.talk import QUESTIONS, answer, reminded

KEPT = "I have kept your message"


def test_a_malformed_update_between_two_good_ones_delays_nobody(either_house: House) -> None:
    house = either_house
    asha = house.enrolled(ASHA)
    house.at("2026-11-23 09:00")
    _, pain = reminded(asha)
    broken = {
        "chat": {"id": ASHA.chat_id, "type": "private", "first_name": "half an emoji \ud83d"}
    }
    with house.sim.state.changed:  # all in one answer
        asha.tap(pain, "3")
        house.sim.push_raw({"update_id": _next_id(house), "my_chat_member": broken})
        house.sim.push_raw('{"update_id": 99, "message": {"text": "half of it')
        asha.send_text("how long will this take")
    asha.expect("✓ 3")
    asha.expect(QUESTIONS["medicine"])
    asha.expect(KEPT)

    house.settle()
    states = [row.state for row in house.rows(select(InboxUpdate))]
    assert sorted(states) == [InboxState.DEAD, InboxState.DEAD, InboxState.DONE, InboxState.DONE]
    kept = house.rows(select(IncomingMessage).order_by(IncomingMessage.id))
    assert [one.kind for one in kept] == ["unreadable", "text"]
    browser = house.browser()
    assert "Unreadable message, please look" in browser.get(f"/patients/{house.patient_id(ASHA)}")
    assert "Unread messages: 2" in browser.get("/")
    health = browser.get("/health/intake")
    assert '"unreadable":2' in health.source.replace(" ", "")

    # The check-in was never in danger.
    answer(asha, "⚪ Nothing")
    asha.expect(QUESTIONS["wound"])


def test_a_message_from_a_newer_telegram_is_still_screened(house: House, asha: Person) -> None:
    house.sim.push_raw(
        {
            "update_id": _next_id(house),
            "message": {
                "message_id": "not a number",
                "date": "yesterday",
                "chat": {"id": ASHA.chat_id, "type": "private", "mood": {"new": True}},
                "from": {"id": ASHA.chat_id},
                "text": "I have chest pain",
            },
        }
    )
    asha.expect("Call 112 now")
    asha.expect("I have kept your message for the clinic.")
    house.meera.expect("🔴 EMERGENCY")


def test_kinds_of_updates_nobody_knows_are_passed_over(house: House, asha: Person) -> None:
    for body in (
        {"telepathy": {"from": {"id": ASHA.chat_id}}},
        {"message_reaction": {"chat": {"id": ASHA.chat_id}}},
        {"channel_post": {"chat": {"id": -100, "type": "channel"}, "text": "breathless"}},
        {},
    ):
        house.sim.push_raw({"update_id": _next_id(house), **body})
        house.settle()
    asha.send_text("hello there doctor")
    asha.expect(KEPT)


def _next_id(house: House) -> int:
    with house.sim.state.changed:
        return house.sim.state.updates._take_id()
