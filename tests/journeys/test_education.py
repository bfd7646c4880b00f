"""What a patient should know: a card in the evening, two questions, and the physiotherapist's list."""

from __future__ import annotations

from sqlalchemy import select

from rehab.models import TeachBackAnswer
from tests.support.cast import ASHA
from tests.support.house import House


def test_warning_signs_are_told_asked_and_a_wrong_answer_reaches_the_worklist(
    either_house: House,
) -> None:
    house = either_house
    asha = house.enrolled(ASHA, knows_the_cards=False)
    house.at("2026-11-22 17:00")
    card = asha.expect("📖 Warning signs you must know")
    assert "Call 112 now if" in card.text
    first = asha.expect("suddenly short of breath and your chest hurts")
    asha.tap(first, "Call the emergency number now")
    asha.expect("✓ Call the emergency number now")
    asha.expect("Yes, that is right")
    second = asha.expect("Your calf is newly swollen")
    asha.tap(second, "Rub it and wait a few days")
    asha.expect("✓ Rub it")
    asha.expect("It is a little different")
    asha.expect("Thank you, that was all")
    answers = house.rows(select(TeachBackAnswer).order_by(TeachBackAnswer.id))
    assert [one.is_right for one in answers] == [True, False]
    assert "Questions about a card answered wrong: 1" in house.browser().get("/")
