"""Answers can be corrected for half an hour, resumed all day, and are missed only after two nudges."""

from __future__ import annotations

from sqlalchemy import select

from bot.simulator import Person
from rehab.models import (
    Alert,
    AlertEvent,
    AlertState,
    CareTask,
    CheckIn,
    CheckInState,
    Observation,
    TaskKind,
    TaskState,
)
from tests.support.cast import ASHA
from tests.support.house import House
from tests.support.talk import QUESTIONS, answer, check_in, reminded


def test_a_correction_is_a_new_revision_and_the_alert_is_annotated_not_erased(
    either_house: House,
) -> None:
    house = either_house
    asha = house.enrolled(ASHA)
    house.at("2026-11-23 09:00")
    reminded(asha)
    summary = _check_in_with_a_calf(asha)
    assert "You can change answers for 30 minutes." in summary.text
    house.meera.expect("🟠 SAME DAY")

    house.later(minutes=29)
    asha.tap(summary, "✏️ Change an answer")
    which = asha.expect("Which answer do you want to change?")
    assert which.buttons[0] == "Worst pain"
    asha.tap(which, "Calf and breathing")
    legs = asha.expect(QUESTIONS["legs"])
    answer(asha, "✅ No, all as usual", question=legs)
    corrected = asha.expect("Changed. Your answers now:")
    assert "• Calf and breathing: ✅ No, all as usual" in corrected.text
    card = house.meera.expect("🟠 SAME DAY")
    assert "Nobody has acknowledged" in card.text

    said = house.rows(
        select(Observation).where(Observation.question_id == "legs").order_by(Observation.id)
    )
    assert [(one.value, one.revision, one.status) for one in said] == [
        ("calf", 1, "amended"),
        ("none", 2, "final"),
    ]
    (alert,) = house.rows(select(Alert))
    assert alert.state == AlertState.OPEN
    kinds = [one.kind for one in house.rows(select(AlertEvent).order_by(AlertEvent.id))]
    assert "answer_corrected" in kinds
    page = house.browser().get(f"/patients/{house.patient_id(ASHA)}")
    assert "An answer behind it was corrected: legs" in page
    assert any("Correction of How are you today?" in entry for entry in page.timeline)


def test_after_half_an_hour_it_is_a_late_answer(house: House, asha: Person) -> None:
    house.at("2026-11-23 09:00")
    reminded(asha)
    summary = check_in(asha)
    wound = next(one for one in asha.bot_messages if QUESTIONS["wound"] in one.text)
    house.later(minutes=31)
    asha.tap(summary, "✏️ Change an answer")
    asha.expect("These answers can no longer be changed.")
    answer(asha, "E 🟡 Pus or bad smell", question=wound)
    asha.expect("Cover the wound with a clean, dry dressing")
    asha.expect("late answer for 23.11.")
    house.meera.expect("🟠 SAME DAY")
    said = house.rows(select(Observation).where(Observation.question_id == "wound"))
    assert [(one.value, one.is_late) for one in said] == [("dry", False), ("pus", True)]


def test_an_unfinished_check_in_goes_on_where_it_stopped(house: House, asha: Person) -> None:
    house.at("2026-11-23 09:00")
    reminded(asha)
    answer(asha, "3")
    asha.expect(QUESTIONS["medicine"])
    house.later(hours=2)
    asha.send_command("checkin")
    resumed = asha.expect("Let us go on where you stopped.")
    assert QUESTIONS["medicine"] in resumed.text
    check_in(asha, first="medicine")
    assert house.count(CheckIn) == 1
    assert house.count(Observation) == 7

    # Asked again within the half hour, the bot offers to change what was said.
    asha.send_command("checkin")
    done = asha.expect("You have already answered today.")
    assert "✏️ Change an answer" in done.buttons


def test_an_unanswered_check_in_is_asked_again_twice_and_then_missed(
    house: House, asha: Person
) -> None:
    house.at("2026-11-23 09:00")
    reminded(asha)
    for nudge_at in ("13:01", "17:01"):
        house.at(f"2026-11-23 {nudge_at}")
        nudge = asha.expect("I have not had your answer yet.")
        assert QUESTIONS["pain"] in nudge.text
    house.at("2026-11-23 21:00")
    house.nothing_unexpected()
    house.at("2026-11-24 00:01")
    house.nothing_unexpected()
    (task,) = house.rows(
        select(CareTask).where(
            CareTask.kind == TaskKind.CHECK_IN, CareTask.state == TaskState.MISSED
        )
    )
    assert (task.nudges, str(task.local_on)) == (2, "2026-11-23")
    page = house.browser().get(f"/patients/{house.patient_id(ASHA)}")
    assert any("Check-in missed (23 Nov)" in entry for entry in page.timeline)


def test_half_a_check_in_is_nudged_where_it_stopped_and_its_answers_stay(
    house: House, asha: Person
) -> None:
    house.at("2026-11-23 09:00")
    reminded(asha)
    answer(asha, "3")
    asha.expect(QUESTIONS["medicine"])
    house.at("2026-11-23 13:01")
    nudge = asha.expect("I have not had your answer yet.")
    assert QUESTIONS["medicine"] in nudge.text
    house.at("2026-11-23 17:01")
    asha.expect("I have not had your answer yet.")
    house.at("2026-11-24 09:00")
    reminded(asha)
    states = [one.state for one in house.rows(select(CheckIn).order_by(CheckIn.id))]
    assert states == [CheckInState.ABANDONED, CheckInState.OPEN]
    assert house.count(Observation) == 1


def test_two_days_without_a_word_become_an_alert_in_working_hours(
    house: House, asha: Person
) -> None:
    for day in ("23", "24"):
        house.at(f"2026-11-{day} 09:00")
        reminded(asha)
        for nudge_at in ("13:01", "17:01"):
            house.at(f"2026-11-{day} {nudge_at}")
            asha.expect("I have not had your answer yet.")
    house.at("2026-11-25 08:59")
    house.nothing_unexpected()
    house.at("2026-11-25 09:00")
    reminded(asha)
    house.at("2026-11-25 15:30")
    asha.expect("I have not had your answer yet.")
    card = house.meera.expect("🟡 WITHIN ONE WORKING DAY")
    assert "No answer for 48 hours in the first two weeks: phone the patient" in card.text
    assert "Silent for" in house.browser().get("/")


def _check_in_with_a_calf(asha: Person):  # type: ignore[no-untyped-def]
    for name, label in (
        ("medicine", "3"),
        ("wound", "⚪ Nothing"),
        ("temperature", "A ✅ Dry"),
        ("legs", "✅ Below 38.0 °C"),
    ):
        answer(asha, label)
        asha.expect(QUESTIONS[name])
    answer(asha, "🦵 Calf or thigh")
    asha.expect("This can be a blood clot in the leg")
    asha.expect(QUESTIONS["walking"])
    return check_in(asha, first="walking")
