"""The day as a conversation: exercises and check-in, tapped or typed, corrected and answered late."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from rehab import texts
from rehab.models import (
    CareTask,
    CheckIn,
    Episode,
    ExerciseRecord,
    FindingRecord,
    IncomingMessage,
    Observation,
    Patient,
)
from tests.support.build import ASHA_CHAT, FINE, Chat, Clinic

QUESTIONS = ["pain", "medicine", "wound", "temperature", "legs", "walking", "exercises"]


@pytest.fixture
def asha(clinic: Clinic) -> Chat:
    return clinic.chat(ASHA_CHAT)


def answered(asha: Chat, question: str) -> list[object]:
    query = select(Observation).where(Observation.question_id == question).order_by(Observation.id)
    return [found.value for found in asha.clinic.read(query)]


def up_to(asha: Chat, question: str) -> None:
    """Answer with taps until this question is asked."""
    asha.command("checkin")
    for name in QUESTIONS[: QUESTIONS.index(question)]:
        asha.taps(FINE[name], question=name)


def speak(clinic: Clinic, language: str) -> None:
    with clinic.session() as session:
        session.get_one(Patient, 1).language = language


# --- the check-in -------------------------------------------------------------------------------


def test_seven_taps_and_a_summary(asha: Chat) -> None:
    asha.command("checkin")
    for name in QUESTIONS:
        assert asha.kinds[-1] == "check_in_question", name
        handled = asha.taps(FINE[name], question=name)
        assert handled.toast
    assert "check_in_summary" in asha.kinds
    assert asha.clinic.one(select(CheckIn)).state == "completed"
    assert len(asha.said) < 1500


def test_the_tapped_answer_is_shown_on_its_question(asha: Chat) -> None:
    asha.command("checkin")
    question = asha.fresh[-1]
    asha.taps("3", question="pain")
    edit = next(message for message in asha.fresh if message.kind == "check_in_answered")
    assert edit.edits_id == question.id
    assert (edit.text or "").endswith("✓ 3")


def test_a_double_tap_is_one_answer(asha: Chat) -> None:
    asha.command("checkin")
    asha.taps("3", question="pain")
    assert asha.taps("3", question="pain").toast == texts.text("tap.already", "en")
    assert asha.kinds == []
    assert answered(asha, "pain") == [3]


@pytest.mark.parametrize(
    ("typed", "value"), [("7", 7), ("7/10", 7), ("७", 7), ("10", 10), ("🔟", 10), (" 0 ", 0)]
)
def test_pain_can_be_typed(asha: Chat, typed: str, value: int) -> None:
    asha.command("checkin")
    asha.says(typed)
    assert answered(asha, "pain") == [value]


@pytest.mark.parametrize("typed", ["11", "7.5", "-1", "70", "7-8"])
def test_a_number_that_cannot_be_is_explained_and_asked_again(asha: Chat, typed: str) -> None:
    asha.command("checkin")
    assert asha.says(typed) == ["check_in_question"]
    assert answered(asha, "pain") == []
    assert asha.clinic.all_of(IncomingMessage) == []


@pytest.mark.parametrize(
    ("typed", "value"),
    [("37.2", 37.2), ("37,2", 37.2), ("३७.२", 37.2), ("99 F", 37.2), ("101", 38.3)],
)
def test_a_temperature_can_be_typed_in_both_scales(asha: Chat, typed: str, value: float) -> None:
    up_to(asha, "temperature")
    asha.says(typed)
    assert answered(asha, "temperature") == [value]


@pytest.mark.parametrize("typed", ["372", "12", "45.1"])
def test_a_temperature_nobody_has_is_asked_again(asha: Chat, typed: str) -> None:
    up_to(asha, "temperature")
    assert asha.says(typed) == ["check_in_question"]
    assert answered(asha, "temperature") == []


@pytest.mark.parametrize("typed", ["Dry", "dry", " DRY. ", "✅ Dry"])
def test_a_label_can_be_typed(asha: Chat, typed: str) -> None:
    up_to(asha, "wound")
    asha.says(typed)
    assert answered(asha, "wound") == ["dry"]


@pytest.mark.parametrize("language", ["hi", "mr"])
def test_a_label_can_be_typed_in_the_patients_own_language(asha: Chat, language: str) -> None:
    speak(asha.clinic, language)
    up_to(asha, "wound")
    asha.says(texts.content_text("Dry", language))
    assert answered(asha, "wound") == ["dry"]
    assert "Wound" not in asha.said


def test_other_words_are_no_answer_but_reach_a_person(asha: Chat) -> None:
    asha.command("checkin")
    assert asha.says("my neighbour brought soup") == ["message_kept"]
    assert answered(asha, "pain") == []
    assert len(asha.clinic.all_of(IncomingMessage)) == 1
    asha.says("4")
    assert answered(asha, "pain") == [4]


def test_danger_words_in_the_middle_of_a_check_in_are_answered_at_once(asha: Chat) -> None:
    asha.command("checkin")
    asha.says("I can't breathe")
    assert asha.kinds[0] == "safety_text"
    assert "112" in asha.said
    assert asha.clinic.alert().tier == "T0"


def test_the_safety_text_comes_before_the_next_question(asha: Chat) -> None:
    up_to(asha, "legs")
    asha.taps("breath", question="legs")
    kinds = [kind for kind in asha.kinds if kind != "check_in_answered"]
    assert kinds == ["safety_text", "check_in_question"]
    assert {m.message_class for m in asha.fresh if m.kind == "safety_text"} == {"safety_reply"}


def test_an_unfinished_check_in_goes_on_where_it_was(asha: Chat) -> None:
    up_to(asha, "temperature")
    asha.clinic.clock.forward(hours=3)
    asha.command("checkin")
    assert texts.text("check_in.resumed", "en") in asha.said
    assert "temperature" in asha.said


def test_within_half_an_hour_an_answer_is_changed(asha: Chat) -> None:
    up_to(asha, "exercises")
    asha.taps("all", question="exercises")
    asha.taps("change")
    assert asha.kinds == ["check_in_change"]
    asha.taps("pain", kind="change_pick")
    assert asha.kinds == ["check_in_question"]
    asha.taps("9", question="pain")
    assert "check_in_summary" in asha.kinds
    assert answered(asha, "pain") == [2, 9]


def test_asking_for_the_check_in_again_offers_the_change(asha: Chat) -> None:
    asha.clinic.check_in(asha.clinic.asha)
    assert asha.command("checkin") == ["check_in_over"]


def test_later_than_that_changing_is_over(asha: Chat) -> None:
    up_to(asha, "exercises")
    asha.taps("all", question="exercises")
    asha.clinic.clock.forward(minutes=31)
    asha.taps("change")
    assert asha.kinds == ["check_in_over"]


def test_a_late_tap_on_an_old_keyboard_is_recorded_and_judged(asha: Chat) -> None:
    up_to(asha, "legs")
    asha.clinic.clock.forward(days=1)
    asha.command("checkin")
    asha.command("help")
    asha.taps("3", question="pain")
    old = asha.clinic.chat(ASHA_CHAT)
    old.taps("calf", question="legs")
    assert "safety_text" in old.kinds
    assert "late_answer" in old.kinds
    assert asha.clinic.alert().tier == "T1"


# --- warning signs ------------------------------------------------------------------------------


def test_a_warning_sign_is_two_taps_away(asha: Chat) -> None:
    assert asha.command("warning") == ["warning_signs"]
    assert len(asha.buttons) == 23
    asha.taps("chest")
    assert [kind for kind in asha.kinds if kind != "check_in_answered"] == [
        "safety_text",
        "warning_noted",
    ]


def test_every_warning_sign_has_an_answer_and_reaches_a_person(clinic: Clinic) -> None:
    signs = [
        o.value
        for o in clinic.context.content.questionnaires["warning-signs"].questions[0].options
    ]
    asha = clinic.chat(ASHA_CHAT)
    for number, sign in enumerate(signs):
        asha.command("warning")
        asha.taps(sign)
        assert {"safety_text", "advice"} & set(asha.kinds), sign
        assert len(clinic.all_of(FindingRecord)) == number + 1


# --- exercises ----------------------------------------------------------------------------------


def records(asha: Chat) -> list[str]:
    return [record.state for record in asha.clinic.all_of(ExerciseRecord)]


def test_todays_exercises_are_listed_with_doses_and_the_side(asha: Chat) -> None:
    assert asha.command("today") == ["exercise_list"]
    assert "(left" in asha.said
    assert "times" in asha.said
    assert records(asha)


def test_all_at_once(asha: Chat) -> None:
    asha.command("today")
    asha.taps("all_done")
    assert asha.kinds == ["exercises_finished"]
    assert set(records(asha)) == {"done"}


def test_later_brings_the_list_back_in_two_hours(asha: Chat) -> None:
    asha.command("today")
    asha.taps("later")
    assert asha.kinds == ["exercises_later"]
    task = asha.clinic.one(select(CareTask))
    assert task.state == "planned"
    assert (task.look_after - asha.clinic.now).total_seconds() == 2 * 3600


def test_yesterdays_list_is_over(asha: Chat) -> None:
    asha.command("today")
    asha.clinic.clock.forward(days=1)
    asha.taps("all_done")
    assert asha.kinds == ["exercises_past"]
    assert set(records(asha)) == {"asked"}


@pytest.mark.parametrize("language", ["en", "hi", "mr"])
def test_every_message_of_every_stage_fits(clinic: Clinic, language: str) -> None:
    """The longest lists, in the longest language."""
    speak(clinic, language)
    for stage, day in [("P0", -9), ("P1", 10), ("P2", 35), ("P3", 60), ("P4", 120), ("P5", 300)]:
        with clinic.session() as session:
            found = session.get_one(Episode, clinic.asha)
            found.stage_id, found.surgery_on = stage, clinic.today - timedelta(days=day)
        asha = clinic.chat(ASHA_CHAT)
        clinic.clock.forward(days=1)
        with clinic.session() as session:
            found = session.get_one(Episode, clinic.asha)
            found.surgery_on = clinic.today - timedelta(days=day)
        assert asha.command("today") == ["exercise_list"], stage
        assert len(asha.said) < 3500, stage


def test_the_day_of_the_operation_waits_for_the_hospital_team(asha: Chat) -> None:
    clinic = asha.clinic
    with clinic.session() as session:
        session.get_one(Episode, 1).surgery_on = clinic.today
    asha.command("today")
    assert asha.said.startswith("Today is the day of your operation. We wish you all the best!")
