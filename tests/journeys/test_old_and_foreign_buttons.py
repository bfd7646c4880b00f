"""Buttons that come too late, that never were, or that belong to somebody else."""

from __future__ import annotations

from sqlalchemy import select

from bot.simulator import Person
from rehab.models import Alert, AlertState, Observation
from tests.journeys.test_nobody_acknowledges import report_a_calf, the_alert
from tests.support.cast import ASHA, OLU, STRANGER, VIKRAM
from tests.support.house import House
from tests.support.talk import QUESTIONS, answer, check_in, reminded

UNKNOWN = "This button is no longer in use. Write /help to see what I can do."


def test_a_tap_on_yesterdays_question_is_a_late_answer_and_is_judged(
    either_house: House,
) -> None:
    house = either_house
    asha = house.enrolled(ASHA)
    house.at("2026-11-23 09:00")
    reminded(asha)
    check_in(asha)
    legs = next(one for one in asha.bot_messages if QUESTIONS["legs"] in one.text)

    house.at("2026-11-24 08:30")
    asha.tap(legs, "🦵 Calf or thigh")
    safety = asha.expect("This can be a blood clot in the leg")
    asha.expect("✓ 🦵 Calf or thigh")
    late = asha.expect("I noted this as a late answer for 23.11.")
    assert safety.message_id < late.message_id
    assert late.buttons == ["💬 How am I today?"]
    house.meera.expect("🟠 SAME DAY")

    said = house.rows(
        select(Observation).where(Observation.question_id == "legs").order_by(Observation.id)
    )
    assert [(one.value, one.status, one.is_late) for one in said] == [
        ("none", "final", False),
        ("calf", "final", True),
    ]
    page = house.browser().get(f"/patients/{house.patient_id(ASHA)}")
    assert any("Late answer to How are you today? (23 Nov)" in one for one in page.timeline)

    # The new day is asked about as ever; silence after the alert is Meera's to break.
    house.at("2026-11-24 09:00")
    reminded(asha)
    house.settle()
    house.meera.mark_read()


def test_a_question_left_unanswered_yesterday_can_still_be_answered_today(
    house: House, asha: Person
) -> None:
    house.at("2026-11-23 09:00")
    _, pain = reminded(asha)
    house.at("2026-11-24 09:00")
    reminded(asha)
    answer(asha, "1", question=pain)
    asha.expect("late answer for 23.11.")
    (said,) = house.rows(select(Observation))
    assert (said.value, said.is_late) == (1, True)


def test_a_button_that_never_existed_does_nothing(house: House, asha: Person) -> None:
    asha.send_command("help")
    shown = asha.expect("What I can do:")
    for data in ("never-existed:0", "x", ":", "a:b:c", "null", "⚠️:1", "x" * 60 + ":99999"):
        tap = asha.tap_data(shown.message_id, data)
        assert tap.wait_answered().text == UNKNOWN, data
    last = [button["callback_data"] for row in shown.inline_buttons for button in row][-1]
    own, _, number = last.partition(":")
    for data in (f"{own}:{int(number) + 1}", f"{own}:-1", own, f"{own}:0:0"):
        assert asha.tap_data(shown.message_id, data).wait_answered().text == UNKNOWN, data


def test_a_button_is_refused_in_anybody_elses_chat(house: House, asha: Person) -> None:
    olu, vikram = house.enrolled(OLU), house.phone(VIKRAM)
    stranger = house.sim.user(STRANGER, "Somebody")
    house.at("2026-11-23 09:00")
    _, pain = reminded(asha)
    stolen = pain.inline_buttons[1][4]["callback_data"]
    assert pain.inline_buttons[1][4]["text"] == "10"

    olu.send_command("help")
    shown = olu.expect("What I can do:")
    assert olu.tap_data(shown.message_id, stolen).wait_answered().text == UNKNOWN
    vikram.send_text("hello")
    shown = vikram.expect("Hello Vikram Nair")
    foreign = vikram.tap_data(shown.message_id, stolen)
    assert foreign.wait_answered().text == "This button is no longer in use."
    stranger.send_text("hello")
    shown = stranger.expect("you need the personal link")
    stranger.tap_data(shown.message_id, stolen).wait_answered()
    stranger.expect("you need the personal link")
    assert house.rows(select(Observation)) == []


def test_nobody_takes_an_alert_with_a_stolen_button(house: House, asha: Person) -> None:
    report_a_calf(asha)
    card = house.meera.expect("🟠 SAME DAY")
    stolen = card.inline_buttons[0][0]["callback_data"]
    shown = asha.last
    assert asha.tap_data(shown.message_id, stolen).wait_answered().text == UNKNOWN
    vikram = house.phone(VIKRAM)
    vikram.send_text("hello")
    shown = vikram.expect("Hello Vikram Nair")
    vikram.tap_data(shown.message_id, stolen).wait_answered()
    assert the_alert(house).state == AlertState.OPEN
    assert len(house.rows(select(Alert))) == 1
