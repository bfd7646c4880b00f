"""The planner: reminds once, nudges twice at most, never at night, and calls the day missed."""

from __future__ import annotations

from collections import Counter
from datetime import time, timedelta

import pytest
from sqlalchemy import select, text

from rehab.jobs import planner
from rehab.models import (
    Alert,
    CareTask,
    CheckIn,
    Episode,
    ExerciseRecord,
    OutboxMessage,
    Patient,
    PatientChat,
    StageChange,
    TaskKind,
    TaskState,
)
from rehab.services import check_ins, episodes
from tests.services.test_transactions import together
from tests.support.build import ASHA_CHAT, FINE, Clinic, patient_of


@pytest.fixture(autouse=True)
def early(request: pytest.FixtureRequest) -> None:
    """Every story begins at 06:30 in Mumbai."""
    for name in ("clinic", "either", "on_postgresql"):
        if name in request.fixturenames:
            made: Clinic = request.getfixturevalue(name)
            made.clock.forward(hours=-5)


def tick(clinic: Clinic) -> int:
    with clinic.app.app_context():
        return planner.run_once(clinic.context, clinic.clock)


CARDS = {"education_card", "teach_back_question"}
"""They leave in the evening and have stories of their own."""


def kinds(clinic: Clinic, chat: int = ASHA_CHAT) -> Counter[str]:
    """What was said, by kind, without the cards of the evening."""
    return Counter(found.kind for found in clinic.outbox(chat) if found.kind not in CARDS)


def states(clinic: Clinic, local_on: object = None) -> dict[str, str]:
    """The tasks of a day by kind, without the card of the evening."""
    query = select(CareTask).where(
        CareTask.local_on == (local_on or clinic.today), CareTask.kind != TaskKind.EDUCATION
    )
    return {task.kind: task.state for task in clinic.read(query)}


def at(clinic: Clinic, wall: str) -> None:
    clinic.clock.at(clinic.today, wall)


# --- reminding ----------------------------------------------------------------------------------


def test_nothing_leaves_before_the_chosen_minute(clinic: Clinic) -> None:
    assert tick(clinic) == 1
    at(clinic, "08:59")
    tick(clinic)
    assert kinds(clinic) == {}
    at(clinic, "09:00")
    tick(clinic)
    assert kinds(clinic) == {"exercise_list": 1, "check_in_question": 1}
    assert {m.message_class for m in clinic.outbox(ASHA_CHAT)} == {"prompt"}


def test_a_reminder_is_withdrawn_when_it_lost_its_sense(clinic: Clinic) -> None:
    tick(clinic)
    at(clinic, "09:00")
    tick(clinic)
    relevance = [message.relevance for message in clinic.outbox(ASHA_CHAT)]
    assert all(set(found) == {"care_task"} for found in relevance)
    expiry = {message.expires_at for message in clinic.outbox(ASHA_CHAT)}
    assert expiry == {clinic.now + timedelta(hours=12)}


def test_running_twice_in_the_same_second_says_everything_once(either: Clinic) -> None:
    for _ in range(2):
        tick(either)
    at(either, "09:00")
    for _ in range(3):
        tick(either)
    assert kinds(either) == {"exercise_list": 1, "check_in_question": 1}
    assert len(either.all_of(CareTask)) == 3 * 3


@pytest.mark.postgres
def test_two_processes_at_once_say_everything_once(on_postgresql: Clinic) -> None:
    clinic = on_postgresql
    for number in range(8):
        clinic.add_patient(f"Patient {number}", chat=5000 + number)
    together(lambda _: tick(clinic), 1, 2)
    tasks = clinic.all_of(CareTask)
    assert len(tasks) == len({(t.episode_id, t.kind, t.local_on) for t in tasks}) == 9 * 9
    at(clinic, "09:00")
    together(lambda _: tick(clinic), 1, 2, 3)
    said = Counter((m.chat_id, m.kind) for m in clinic.outbox())
    assert set(said.values()) == {1}
    assert len(said) == 9 * 2


def test_who_was_reminded_while_the_bot_was_down_is_reminded_late_but_once(clinic: Clinic) -> None:
    tick(clinic)
    at(clinic, "14:00")
    tick(clinic)
    tick(clinic)
    assert kinds(clinic) == {"exercise_list": 1, "check_in_question": 1}


def test_a_reminder_that_could_not_leave_for_half_a_day_is_noise(clinic: Clinic) -> None:
    tick(clinic)
    at(clinic, "21:01")
    today = clinic.today
    tick(clinic)
    assert kinds(clinic) == {}
    assert set(states(clinic, today).values()) == {TaskState.MISSED}


def test_yesterdays_reminder_is_not_sent_today(clinic: Clinic) -> None:
    tick(clinic)
    yesterday = clinic.today
    clinic.clock.forward(days=1)
    tick(clinic)
    assert kinds(clinic) == {}
    assert set(states(clinic, yesterday).values()) == {TaskState.MISSED}
    at(clinic, "09:00")
    tick(clinic)
    assert kinds(clinic) == {"exercise_list": 1, "check_in_question": 1}


# --- nudging ------------------------------------------------------------------------------------


def test_an_unanswered_check_in_is_asked_again_twice_and_no_more(clinic: Clinic) -> None:
    tick(clinic)
    for _ in range(17 * 4):
        clinic.clock.forward(minutes=15)
        tick(clinic)
    asked = clinic.outbox(ASHA_CHAT, "check_in_question")
    assert [(m.created_at - asked[0].created_at).total_seconds() / 3600 for m in asked] == [
        0,
        4,
        8,
    ]
    assert kinds(clinic)["exercise_list"] == 1


def test_a_started_check_in_is_nudged_with_the_question_that_is_open(clinic: Clinic) -> None:
    tick(clinic)
    at(clinic, "09:00")
    tick(clinic)
    clinic.chat(ASHA_CHAT).taps("3", question="pain")
    at(clinic, "13:00")
    tick(clinic)
    assert "What did you take" in (clinic.outbox(ASHA_CHAT)[-1].text or "")


def test_who_has_answered_is_left_in_peace(clinic: Clinic) -> None:
    tick(clinic)
    at(clinic, "09:00")
    tick(clinic)
    clinic.chat(ASHA_CHAT)
    with clinic.session() as session:
        check_in = session.scalars(select(CheckIn)).one()
        while question := check_ins.next_question(session, clinic.context, check_in):
            clinic.record(session, check_in, question.id, FINE[question.id])
    before = kinds(clinic)
    for _ in range(12):
        clinic.clock.forward(hours=1)
        tick(clinic)
    assert kinds(clinic) == before


def test_nobody_is_nudged_in_quiet_hours(clinic: Clinic) -> None:
    with clinic.session() as session:
        patient_of(session, clinic.asha).reminder_time = time(19, 0)
    tick(clinic)
    at(clinic, "19:00")
    tick(clinic)
    for wall in ("22:59", "23:00", "23:30"):
        at(clinic, wall)
        tick(clinic)
    assert kinds(clinic)["check_in_question"] == 1


# --- the end of a day ---------------------------------------------------------------------------


def test_at_midnight_a_day_without_answers_is_missed(clinic: Clinic) -> None:
    tick(clinic)
    at(clinic, "09:00")
    tick(clinic)
    day = clinic.today
    clinic.clock.at(day + timedelta(days=1), "00:00")
    tick(clinic)
    assert set(states(clinic, day).values()) == {TaskState.MISSED}
    assert clinic.one(select(CheckIn)).state == "abandoned"


def test_what_was_done_of_a_day_counts(clinic: Clinic) -> None:
    tick(clinic)
    at(clinic, "09:00")
    tick(clinic)
    chat = clinic.chat(ASHA_CHAT)
    clinic.deliver()
    chat.taps("start", kind="exercises")
    chat.taps("skip", kind="session_pain")
    chat.taps("done", kind="exercise")
    day = clinic.today
    clinic.clock.at(day + timedelta(days=1), "00:00")
    tick(clinic)
    assert states(clinic, day)["exercises"] == TaskState.DONE
    assert Counter(r.state for r in clinic.all_of(ExerciseRecord))["done"] == 1


def test_later_brings_the_exercises_back_once(clinic: Clinic) -> None:
    tick(clinic)
    at(clinic, "09:00")
    tick(clinic)
    chat = clinic.chat(ASHA_CHAT)
    chat.taps("later", kind="exercises")
    for wall in ("10:59", "11:00", "11:01", "15:00"):
        at(clinic, wall)
        tick(clinic)
    assert kinds(clinic)["exercise_list"] == 2


# --- who is not reminded ------------------------------------------------------------------------


def test_a_blocked_patient_is_not_written_to(clinic: Clinic) -> None:
    tick(clinic)
    with clinic.session() as session:
        session.scalars(select(PatientChat)).one().state = "blocked"
    at(clinic, "09:00")
    tick(clinic)
    assert kinds(clinic) == {}
    assert set(states(clinic).values()) == {TaskState.MISSED}


def test_a_pause_ends_on_the_patients_own_date(clinic: Clinic) -> None:
    tick(clinic)
    until = clinic.today + timedelta(days=2)
    with clinic.session() as session:
        episodes.pause(
            session, episode_id=clinic.asha, until=until, actor="patient", now=clinic.now
        )
    at(clinic, "09:00")
    tick(clinic)
    assert kinds(clinic) == {}
    clinic.clock.at(until, "00:00")
    clinic.clock.forward(seconds=-1)
    tick(clinic)
    assert clinic.one(select(Episode)).state == "paused"
    clinic.clock.forward(seconds=1)
    tick(clinic)
    assert clinic.one(select(Episode)).state == "active"
    at(clinic, "09:00")
    tick(clinic)
    assert kinds(clinic) == {"exercise_list": 1, "check_in_question": 1}


def test_surgery_opens_the_first_stage_with_the_first_reminder(clinic: Clinic) -> None:
    episode_id = clinic.add_patient("Olu Ade", chat=2001, day=-1)
    tick(clinic)
    clinic.clock.at(clinic.today + timedelta(days=1), "09:00")
    tick(clinic)
    assert [change.to_stage for change in clinic.all_of(StageChange)] == ["P1"]
    assert kinds(clinic, 2001) == {"exercise_list": 1, "check_in_question": 1}
    assert clinic.one(select(Episode).where(Episode.id == episode_id)).stage_id == "P1"


# --- a broken row -------------------------------------------------------------------------------


def test_a_broken_patient_does_not_stop_the_others(either: Clinic) -> None:
    either.add_patient("Olu Ade", chat=2001)
    tick(either)
    with either.session() as session:
        session.get_one(Patient, 1).timezone = "Mars/Olympus"
    at(either, "09:00")
    tick(either)
    assert kinds(either) == {}
    assert kinds(either, 2001) == {"exercise_list": 1, "check_in_question": 1}
    with either.session() as session:
        session.get_one(Patient, 1).timezone = "Asia/Kolkata"
    tick(either)
    assert kinds(either) == {}, "set aside for ten minutes"
    either.clock.forward(minutes=10)
    tick(either)
    assert kinds(either) == {"exercise_list": 1, "check_in_question": 1}


def test_a_row_that_cannot_even_be_read_does_not_stop_the_others(clinic: Clinic) -> None:
    clinic.add_patient("Olu Ade", chat=2001)
    tick(clinic)
    with clinic.session() as session:
        session.execute(text("UPDATE care_task SET done_at = 'nonsense' WHERE episode_id = 1"))
    at(clinic, "09:00")
    tick(clinic)
    assert kinds(clinic, 2001) == {"exercise_list": 1, "check_in_question": 1}


def test_reminding_alarms_nobody(clinic: Clinic) -> None:
    tick(clinic)
    at(clinic, "09:00")
    tick(clinic)
    assert clinic.all_of(Alert) == []
    assert {m.chat_id for m in clinic.all_of(OutboxMessage)} == {ASHA_CHAT}
