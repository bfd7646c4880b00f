"""An answer that cannot wait."""

from __future__ import annotations

from sqlalchemy import select

from bot.simulator import Person
from rehab.models import Alert, Observation, OutboxMessage
from tests.support.cast import ASHA
from tests.support.house import House, order
from tests.support.talk import QUESTIONS, answer, check_in, reminded

EMERGENCY = "Call 112 now, or have somebody take you to the nearest emergency department."


def test_an_emergency_answer_shows_the_emergency_text_before_the_next_question(
    either_house: House,
) -> None:
    house = either_house
    asha = house.enrolled(ASHA)
    house.at("2026-11-23 09:00")
    reminded(asha)
    _as_far_as_the_legs(asha)

    answer(asha, "🫁 Breathing, chest or fainting")
    emergency = asha.expect(EMERGENCY)
    following = asha.expect(QUESTIONS["walking"])
    assert order(emergency, following)
    assert "Do not drive yourself" in emergency.text

    card = house.meera.expect("🔴 EMERGENCY – the patient is told to call 112 now")
    assert "Breathing, chest or fainting" in card.text
    assert "Asha" not in card.text
    (alert,) = house.rows(select(Alert))
    assert alert.tier == "T0"

    # The text left in the transaction of the answer, and as the most urgent of all.
    (safety,) = house.rows(select(OutboxMessage).where(OutboxMessage.kind == "safety_text"))
    (said,) = house.rows(select(Observation).where(Observation.question_id == "legs"))
    assert safety.created_at == said.recorded_at == alert.opened_at
    assert safety.priority == 0

    # The check-in goes on for whoever wants to; nothing is said twice.
    check_in(asha, first="walking")


def test_a_worse_answer_raises_the_alert_and_tells_people_again(
    house: House, asha: Person
) -> None:
    house.at("2026-11-23 09:00")
    reminded(asha)
    answer(asha, "2")
    asha.expect(QUESTIONS["medicine"])
    answer(asha, "💊 Paracetamol or anti-inflammatory")
    asha.expect(QUESTIONS["wound"])
    answer(asha, "E 🟡 Pus or bad smell")
    asha.expect("Cover the wound with a clean, dry dressing")
    house.meera.expect("🟠 SAME DAY")
    asha.expect(QUESTIONS["temperature"])
    answer(asha, "✅ Below 38.0 °C")
    asha.expect(QUESTIONS["legs"])
    answer(asha, "🚨 Both")
    asha.expect(EMERGENCY)
    asha.expect(QUESTIONS["walking"])

    (alert,) = house.rows(select(Alert))
    assert alert.tier == "T0"
    card = house.meera.expect("🔴 EMERGENCY")
    assert alert.code in card.text


def test_a_warning_sign_can_be_reported_at_any_time(house: House, asha: Person) -> None:
    asha.send_command("warning")
    asked = asha.expect("Otherwise tap what fits best:")
    assert "If this is an emergency, call 112 now." in asked.text
    answer(asha, "💔 Chest pain or I fainted")
    asha.expect(EMERGENCY)
    noted = asha.expect("I have noted this for the clinic.")
    assert "Nobody at the clinic is reading messages right now" in noted.text
    assert "from 09:00" in noted.text
    house.meera.expect("🔴 EMERGENCY")


def _as_far_as_the_legs(asha: Person) -> None:
    for name, label in (
        ("medicine", "2"),
        ("wound", "⚪ Nothing"),
        ("temperature", "A ✅ Dry"),
        ("legs", "✅ Below 38.0 °C"),
    ):
        answer(asha, label)
        asha.expect(QUESTIONS[name])
