"""The bot stops, dies and comes back; what is due is said once, what must arrive arrives."""

from __future__ import annotations

from sqlalchemy import select

from bot.simulator import Person
from rehab.models import MessageClass, OutboxMessage, OutboxState
from rehab.services import outbox
from tests.journeys.test_nobody_acknowledges import CALF, the_alert
from tests.support.cast import ASHA, MEERA
from tests.support.house import House
from tests.support.talk import QUESTIONS, answer, reminded


def test_a_restart_at_the_due_moment_reminds_exactly_once(either_house: House) -> None:
    house = either_house
    asha = house.enrolled(ASHA)
    house.at("2026-11-23 08:55")
    house.hears()
    house.stop_bot()
    house.at("2026-11-23 09:00")
    house.start_bot()
    reminded(asha)
    house.hears()
    house.stop_bot()
    house.start_bot()
    house.hears()
    house.later(seconds=5)
    house.nothing_unexpected()
    answer(asha, "2")
    asha.expect(QUESTIONS["medicine"])


def test_a_bot_that_was_down_for_hours_reminds_late_but_once(house: House, asha: Person) -> None:
    house.at("2026-11-23 08:55")
    house.hears()
    house.stop_bot()
    house.at("2026-11-23 13:30")
    house.start_bot()
    reminded(asha)
    house.hears()
    house.at("2026-11-23 14:00")
    house.nothing_unexpected()


def test_a_bot_that_was_down_all_day_does_not_remind_of_yesterday(
    house: House, asha: Person
) -> None:
    house.at("2026-11-23 08:55")
    house.hears()
    house.stop_bot()
    house.at("2026-11-24 08:00")
    house.start_bot()
    house.hears()
    house.later(seconds=1)
    house.nothing_unexpected()
    house.at("2026-11-24 09:00")
    exercises, _ = reminded(asha)
    assert "Day 10" in exercises.text


def test_what_was_answered_while_the_bot_was_down_is_handled_when_it_is_back(
    house: House, asha: Person
) -> None:
    house.at("2026-11-23 09:00")
    _, pain = reminded(asha)
    house.settle()
    house.stop_bot()
    asha.tap(pain, "3")
    asha.send_text("thanks")
    house.later(seconds=100)
    house.start_bot()
    asha.expect("✓ 3")
    asha.expect(QUESTIONS["medicine"])
    asha.expect("I have kept your message for the clinic.")


def test_an_answer_that_never_came_back_resends_the_alert_and_not_the_reminder(
    house: House, asha: Person
) -> None:
    # Telegram takes each message, but the bot never hears of it.
    house.sim.faults.add("drop_after", "sendMessage", chat_id=ASHA.chat_id, times=2)
    house.at("2026-11-23 09:00")
    reminded(asha)
    house.settle()
    house.later(seconds=90)
    house.nothing_unexpected()
    prompts = house.rows(
        select(OutboxMessage).where(OutboxMessage.message_class == MessageClass.PROMPT)
    )
    assert [one.state for one in prompts] == [OutboxState.UNKNOWN, OutboxState.UNKNOWN]
    page = house.browser().get(f"/patients/{house.patient_id(ASHA)}")
    assert "Sent: exercise list unknown whether it arrived" in page.text

    house.sim.faults.add("drop_after", "sendMessage", chat_id=MEERA.chat_id)
    asha.send_command("warning")
    asha.expect("tap what fits best")
    answer(asha, CALF)
    asha.expect("This can be a blood clot in the leg")
    asha.expect("I have noted this")
    first = house.meera.expect("🟠 SAME DAY")
    house.later(seconds=11)
    again = house.meera.expect("🟠 SAME DAY")
    assert first.message_id != again.message_id
    assert the_alert(house).code in first.text
    assert the_alert(house).code in again.text
    house.meera.tap(again, "✋ I'm on it")
    house.meera.expect("Meera Joshi is on it")


def test_death_between_claim_and_send_loses_no_alert_and_doubles_no_reminder(
    either_house: House,
) -> None:
    house = either_house
    asha = house.enrolled(ASHA)
    house.at("2026-11-23 08:50")
    asha.send_command("warning")
    asha.expect("tap what fits best")
    answer(asha, CALF)
    asha.expect("This can be a blood clot in the leg")
    asha.expect("I have noted this")
    house.meera.expect("🟠 SAME DAY")
    house.settle()
    house.stop_bot()

    # At 09:15 the reminder and the repeated card are due. A sender claims both, and is killed.
    house.at("2026-11-23 09:15")
    house.run_jobs_elsewhere()
    with house.session() as session:
        claimed = outbox.claim(session, now=house.now(), epoch=0, limit=50)
        assert {one.kind for one in claimed} == {"alert_card", "exercise_list"}

    # The next life resends the alert at once and leaves alone what might have arrived.
    house.start_bot()
    asha.expect(QUESTIONS["pain"])
    house.hears()
    # Not `later`: the list of the outage waits behind the card, so nothing comes to rest before.
    house.sim.move_clock(advance_seconds=11)
    house.meera.expect(f"Alert {the_alert(house).code}")
    house.meera.expect("did not hear")
    house.nothing_unexpected()
    lists = house.rows(select(OutboxMessage).where(OutboxMessage.kind == "exercise_list"))
    assert [one.state for one in lists] == [OutboxState.UNKNOWN]
