"""Today's exercises, and what a patient may ask of the bot at any time."""

from __future__ import annotations

from sqlalchemy import select

from bot.simulator import Person
from rehab.models import CareTask, EpisodeState, ExerciseRecord, ExerciseState, TaskKind, TaskState
from tests.support.cast import ASHA, OLU, STAFF
from tests.support.house import House, episode_of
from tests.support.talk import QUESTIONS, check_in, reminded

DONE, HURTS, NOT_TODAY = "✅ Done", "😣 Too painful", "⏭ Not today"


def records(house: House) -> list[str]:
    return [one.state for one in house.rows(select(ExerciseRecord).order_by(ExerciseRecord.id))]


def exercises_task(house: House, day: str) -> CareTask:
    (task,) = [
        one
        for one in house.rows(select(CareTask).where(CareTask.kind == TaskKind.EXERCISES))
        if str(one.local_on) == day
    ]
    assert isinstance(task, CareTask)
    return task


def state_of(house: House) -> str:
    with house.session() as session:
        return episode_of(session, ASHA).state


def test_the_exercises_one_by_one(either_house: House) -> None:
    house = either_house
    asha = house.enrolled(ASHA)
    house.at("2026-11-23 09:00")
    shown, _ = reminded(asha)
    total = len([line for line in shown.text.splitlines() if line[:1].isdigit()])
    asha.tap(shown, "▶️ One by one")
    asha.tap(asha.expect("how is your pain right now?"), "3")
    for number in range(1, total + 1):
        one = asha.expect(f"Exercise {number} of {total}")
        assert "🛑" in one.text
        choice = {1: HURTS, 2: NOT_TODAY}.get(number, DONE)
        asha.tap(one, choice)
        asha.expect(f"✓ {choice}")
        if choice == HURTS:
            asha.expect("Good that you stopped. Leave this exercise out today.")
    asha.tap(asha.expect("How is your pain now?"), "4")
    asha.expect(f"{total - 2} of {total} exercises done today.")
    said = records(house)
    assert said[:2] == [ExerciseState.TOO_PAINFUL, ExerciseState.NOT_TODAY]
    assert set(said[2:]) == {ExerciseState.DONE}
    assert exercises_task(house, "2026-11-23").state == TaskState.DONE
    page = house.browser().get(f"/patients/{house.patient_id(ASHA)}")
    assert any(f"Exercises of 23 Nov: {total - 2} of {total} done" in one for one in page.timeline)

    # What was tapped can be tapped again; the last word counts.
    asha.send_command("today")
    again = asha.expect("Your exercises for today")
    assert again.buttons == []
    assert "✗" in again.text


def test_each_exercise_with_a_figure_arrives_as_a_picture_and_is_uploaded_once(
    house: House,
) -> None:
    asha, olu = house.enrolled(ASHA), house.enrolled(OLU)
    house.at("2026-11-23 13:30")
    protects = True if house.context.config.telegram.protect_content else None
    pictures = []
    for person in (asha, olu):
        person.mark_read()
        person.send_command("today")
        person.tap(person.expect("Your exercises for today"), "▶️ One by one")
        person.tap(person.expect("how is your pain right now?"), "⏭ Skip")
        pictures.append(person.expect("Exercise 1 of"))
        house.settle()
    first, second = pictures
    assert first.kind == second.kind == "animation"
    assert first.content.get("has_protected_content") is protects
    assert first.content["animation"]["file_id"] == second.content["animation"]["file_id"]
    assert house.sim.uploads == 1
    # Marked on the picture itself, by an edit of its caption.
    asha.tap(first, DONE)
    asha.expect(f"✓ {DONE}")
    assert house.sim.sent_to(ASHA.chat_id, "editMessageCaption")
    asha.expect("Exercise 2 of")


def test_all_at_once(house: House, asha: Person) -> None:
    house.at("2026-11-23 09:00")
    shown, _ = reminded(asha)
    asha.tap(shown, "✅ All done")
    asha.expect("Well done!")
    assert set(records(house)) == {ExerciseState.DONE}
    assert exercises_task(house, "2026-11-23").state == TaskState.DONE
    # Twice is once.
    asha.tap(shown, "✅ All done").wait_answered()
    house.settle()
    for message in asha.unread:
        assert "Well done!" in message.text
    asha.mark_read()


def test_later_means_in_two_hours(house: House, asha: Person) -> None:
    house.at("2026-11-23 09:00")
    shown, _ = reminded(asha)
    check_in(asha)
    asha.tap(shown, "⏰ Later")
    asha.expect("I will show you the list again in 2 hours.")
    house.at("2026-11-23 10:59")
    house.nothing_unexpected()
    house.at("2026-11-23 11:01")
    again = asha.expect("Here are your exercises again.")
    asha.tap(again, "✅ All done")
    asha.expect("Well done!")


def test_yesterdays_list_leads_to_todays(house: House, asha: Person) -> None:
    house.at("2026-11-23 09:00")
    shown, _ = reminded(asha)
    check_in(asha)
    house.at("2026-11-24 09:00")
    reminded(asha)
    asha.tap(shown, "✅ All done")
    told = asha.expect("That list was for another day.")
    asha.tap(told, "🏃 Today's exercises")
    asha.expect("Day 10 after your operation")
    assert set(records(house)) == {ExerciseState.ASKED}


def test_asking_for_today_before_the_reminder_makes_no_second_list(
    house: House, asha: Person
) -> None:
    house.at("2026-11-23 08:00")
    asha.send_command("today")
    asha.expect("Your exercises for today")
    house.at("2026-11-23 09:00")
    asha.expect(QUESTIONS["pain"])


def test_a_pause_ends_by_itself(house: House, asha: Person) -> None:
    asha.send_command("pause")
    asked = asha.expect("For how long shall I pause the reminders?")
    asha.tap(asked, "1 day")
    asha.expect("Paused until 23.11.")
    assert "paused" in house.browser().get(f"/patients/{house.patient_id(ASHA)}")
    house.at("2026-11-23 08:59")
    house.nothing_unexpected()
    house.at("2026-11-23 09:00")
    reminded(asha)


def test_while_paused_nobody_is_reminded_but_warning_signs_still_count(
    house: House, asha: Person
) -> None:
    asha.send_command("pause")
    asked = asha.expect("For how long")
    asha.tap(asked, "Until I start again")
    asha.expect("I will not remind you until you tap")
    house.at("2026-11-25 12:00")
    house.nothing_unexpected()
    asha.send_text("my calf is swollen and hot")
    asha.expect("This can be a blood clot in the leg")
    asha.expect("Please do what is written above now")
    house.meera.expect("🟠 SAME DAY")
    asha.send_command("resume")
    asha.expect("Welcome back! I will write to you again every day at 09:00.")
    house.later(minutes=19)
    house.nothing_unexpected()
    assert state_of(house) == EpisodeState.ACTIVE
    house.meera.tap(house.meera.last, "✋ I'm on it")
    card = house.meera.expect("Meera Joshi is on it")
    house.meera.tap(card, "✔️ Resolve …")
    card = house.meera.wait_for(lambda message: "Seen in person" in message.buttons)
    house.meera.tap(card, "Seen in person")
    house.meera.expect("Resolved")
    house.at("2026-11-26 09:00")
    reminded(asha)


def test_stop_is_obeyed_shown_and_can_be_taken_back(house: House, asha: Person) -> None:
    asha.send_command("stop")
    stopped = asha.expect("All reminders are stopped and the clinic can see that.")
    assert "112" in stopped.text
    assert "stopped" in house.browser().get(f"/patients/{house.patient_id(ASHA)}")
    house.at("2026-11-24 12:00")
    # A stop in the first weeks is told to the clinic: somebody phones.
    house.settle()
    card = house.meera.expect("🟡 WITHIN ONE WORKING DAY")
    assert "The patient stopped the messages on day 8: phone them" in card.text
    for role in STAFF:
        house.phone(role).mark_read()
    house.nothing_unexpected()
    asha.send_command("today")
    asha.expect("Your reminders are stopped.")
    asha.send_text("I have chest pain")
    asha.expect("Call 112 now")
    asha.expect("I have kept your message")
    house.meera.expect("🔴 EMERGENCY")
    asha.tap(stopped, "▶️ Start again")
    asha.expect("Welcome back!")
    house.later(minutes=4)
    house.meera.tap(house.meera.last, "✋ I'm on it")
    card = house.meera.expect("Meera Joshi is on it")
    house.meera.tap(card, "✔️ Resolve …")
    card = house.meera.wait_for(lambda message: "Sent to emergency" in message.buttons)
    house.meera.tap(card, "Sent to emergency")
    house.meera.expect("Resolved")
    house.at("2026-11-25 09:00")
    reminded(asha)
    house.settle()
    for role in STAFF:
        house.phone(role).mark_read()


def test_help_says_what_there_is_and_whom_to_call(house: House, asha: Person) -> None:
    for command in ("help", "start", "nonsense"):
        asha.send_command(command)
        told = asha.expect("What I can do:")
        assert "🚑 Emergency: 112" in told.text
        assert "☎️ Clinic: +91 22 5550 0100" in told.text


def test_the_time_can_be_changed(house: House, asha: Person) -> None:
    asha.send_command("time", "7:45 pm")
    asha.expect("every day at 19:45")
    asha.send_command("time")
    asha.expect("At what time each day")
    asha.send_text("99:99")
    asha.expect("I could not read that time.")
    asha.send_text("8.30")
    asha.expect("every day at 08:30")
    house.at("2026-11-23 08:29")
    house.nothing_unexpected()
    house.at("2026-11-23 08:30")
    reminded(asha)


def test_a_new_time_that_is_already_over_today_reminds_tomorrow_not_twice(
    house: House, asha: Person
) -> None:
    house.at("2026-11-23 09:00")
    reminded(asha)
    check_in(asha)
    asha.send_command("time", "10:00")
    asha.expect("every day at 10:00")
    house.at("2026-11-23 10:00")
    house.nothing_unexpected()
    house.at("2026-11-24 09:30")
    house.nothing_unexpected()
    house.at("2026-11-24 10:00")
    reminded(asha)
