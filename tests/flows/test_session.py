"""The guided session: pain, one exercise at a time with its picture, pain again, and how it went."""

from __future__ import annotations

import pytest

from rehab import texts
from rehab.models import ExerciseState, TaskState
from rehab.services import media
from tests.flows.guided import (
    HIGH,
    LANGUAGES,
    an_exercise_with_an_easier_one,
    answer_all,
    press,
    prompts,
    records,
    shown,
    speak,
    started,
    states,
    task,
    to_exercise,
)
from tests.support.build import ASHA_CHAT, Chat, Clinic


@pytest.fixture
def asha(clinic: Clinic) -> Chat:
    return clinic.chat(ASHA_CHAT)


# --- the way through -------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_pain_exercises_pain_and_a_summary_in_the_patients_language(
    asha: Chat, language: str
) -> None:
    speak(asha.clinic, language)
    asha.command("today")
    asha.taps("start", kind="exercises")
    assert asha.kinds == ["session_pain"]
    assert asha.said == texts.text("session.pain_before", language)
    assert len(asha.buttons) == 12
    asha.taps("3", kind="session_pain")
    total = len(records(asha))
    for number in range(1, total + 1):
        place = texts.text("exercises.place", language, n=number, total=total)
        assert place in (shown(asha, "exercise_one").text or ""), number
        handled = asha.taps("done", kind="exercise")
        assert texts.text("exercises.done", language) in handled.toast
    assert asha.kinds == ["exercise_answered", "session_pain"]
    asha.taps("4", kind="session_pain")
    assert asha.kinds == ["exercises_finished"]
    assert texts.text("exercises.finished_all", language, total=total) in asha.said
    found = task(asha)
    assert (found.pain_before, found.pain_after, found.state) == (3, 4, TaskState.DONE)
    assert set(states(asha)) == {ExerciseState.DONE}


def test_each_exercise_shows_its_picture_words_and_buttons(asha: Chat) -> None:
    started(asha)
    first = records(asha)[0]
    message = shown(asha, "exercise_one")
    library = asha.clinic.context.content.exercises
    assert library[first.exercise_id].name in (message.text or "")
    assert "🛑" in (message.text or "")
    picture = media.of_exercise(first.exercise_id, "left")
    assert message.media_key == (picture.key if picture else None)
    assert asha.buttons[:3] == ["✅ Done", "😣 Too painful", "⏭ Not today"]


def test_an_exercise_with_a_figure_is_one_message_with_a_moving_picture(asha: Chat) -> None:
    drawn = set(media.figures())
    started(asha)
    for record in records(asha):
        if record.exercise_id in drawn:
            with_picture = [one for one in asha.fresh if one.media_key]
            (message,) = with_picture
            assert message.media_kind == "animation"
            assert message.media_key.startswith(f"exercise:{record.exercise_id}:left:")
            return
        asha.taps("done", kind="exercise")
    pytest.fail("none of today's exercises has a figure")


def test_the_pain_questions_can_be_skipped(asha: Chat) -> None:
    started(asha, pain="skip")
    answer_all(asha)
    assert asha.kinds[-1] == "session_pain"
    asha.taps("skip", kind="session_pain")
    assert asha.kinds == ["exercises_finished"]
    assert (task(asha).pain_before, task(asha).pain_after) == (None, None)


def test_the_answer_is_shown_on_the_exercise_and_its_buttons_stay(asha: Chat) -> None:
    started(asha)
    original = shown(asha, "exercise_one")
    asha.taps("not_today", kind="exercise")
    edit = shown(asha, "exercise_answered")
    assert edit.edits_id == original.id
    assert (edit.text or "").endswith("✓ ⏭ Not today")
    assert [[b["label"] for b in row] for row in edit.buttons] == [
        [b["label"] for b in row] for row in original.buttons
    ]


def test_leaving_and_coming_back_goes_on_at_the_first_open_exercise(asha: Chat) -> None:
    total = started(asha)
    asha.taps("done", kind="exercise")
    asha.taps("done", kind="exercise")
    asha.clinic.clock.forward(hours=3)
    asha.command("help")
    asha.command("today")
    asha.taps("start", kind="exercises")
    assert asha.kinds == ["exercise_one"]
    assert f"Exercise 3 of {total}" in asha.said


def test_coming_back_before_the_first_exercise_does_not_ask_for_pain_twice(asha: Chat) -> None:
    started(asha)
    asha.command("today")
    asha.taps("start", kind="exercises")
    assert asha.kinds == ["exercise_one"]


def test_the_same_answer_twice_counts_once(asha: Chat) -> None:
    started(asha)
    (prompt,) = prompts(asha, "exercise")
    press(asha, prompt, "done")
    again = press(asha, prompt, "done")
    assert again.toast == texts.text("tap.already", "en")
    assert asha.kinds == []
    assert states(asha).count("done") == 1


def test_the_last_word_counts_and_the_session_stays_where_it_is(asha: Chat) -> None:
    started(asha)
    (first,) = prompts(asha, "exercise")
    press(asha, first, "done")
    handled = press(asha, first, "not_today")
    assert "Not today" in handled.toast
    assert asha.kinds == ["exercise_answered"], "the exercise that is open is not shown again"
    assert states(asha)[:2] == ["not_today", "asked"]


def test_all_done_needs_no_session(asha: Chat) -> None:
    asha.command("today")
    asha.taps("all_done")
    assert asha.kinds == ["exercises_finished"]
    assert set(states(asha)) == {"done"}


# --- pain ------------------------------------------------------------------------------------------


def test_much_pain_before_leads_to_rest_and_not_into_the_exercises(asha: Chat) -> None:
    started(asha, pain=HIGH)
    assert asha.kinds == ["session_advice"]
    assert "please do not start now" in asha.said
    assert asha.buttons == ["⚠️ Warning signs", "🏃 Today's exercises"]
    assert task(asha).pain_before == 7
    # When it has settled, nothing stands in the way.
    asha.clinic.clock.forward(hours=2)
    asha.taps("today")
    asha.taps("start", kind="exercises")
    asha.taps(HIGH, kind="session_pain")
    assert asha.kinds == ["session_advice"]
    asha.taps("start", kind="exercises")
    asha.taps("3", kind="session_pain")
    assert asha.kinds == ["exercise_one"]
    assert task(asha).pain_before == 3


def test_who_tapped_a_wrong_number_before_goes_on_with_the_right_one(asha: Chat) -> None:
    started(asha, pain=HIGH)
    (prompt,) = prompts(asha, "session_pain")
    press(asha, prompt, "2")
    assert asha.kinds == ["exercise_one"]
    press(asha, prompt, "3")
    assert asha.kinds == [], "noted, and the exercise that is open is not shown again"
    assert task(asha).pain_before == 3


def test_much_pain_afterwards_gets_the_advice_of_the_pain_rule(asha: Chat) -> None:
    started(asha)
    answer_all(asha)
    asha.taps("6", kind="session_pain")
    assert asha.kinds == ["session_advice", "exercises_finished"]
    advice = shown(asha, "session_advice").text or ""
    assert "Pain 3 or less" in advice
    assert "Pain 4 or 5" in advice
    assert "Pain 6 or more, swelling or a limp" in advice
    assert "+91" in advice, "the clinic's phone number"
    assert "told" not in advice, "nobody has been told yet"
    assert "tomorrow: " not in (shown(asha, "exercises_finished").text or "").lower()


@pytest.mark.parametrize("pain", ["0", "3", "5"])
def test_bearable_pain_afterwards_gets_no_advice(asha: Chat, pain: str) -> None:
    started(asha)
    answer_all(asha)
    asha.taps(pain, kind="session_pain")
    assert asha.kinds == ["exercises_finished"]


def test_a_corrected_pain_is_the_one_that_counts(asha: Chat) -> None:
    started(asha)
    answer_all(asha)
    asha.taps("2", kind="session_pain")
    prompt = prompts(asha, "session_pain")[-1]
    handled = press(asha, prompt, "8")
    assert "8" in handled.toast
    assert asha.kinds == ["session_advice"], "no second summary"
    assert task(asha).pain_after == 8
    assert press(asha, prompt, "8").toast == texts.text("tap.already", "en")


def test_skipping_twice_makes_no_second_summary(asha: Chat) -> None:
    started(asha)
    answer_all(asha)
    asha.taps("skip", kind="session_pain")
    assert press(asha, prompts(asha, "session_pain")[-1], "skip").toast
    assert asha.kinds == []


# --- another day -----------------------------------------------------------------------------------


def test_yesterdays_button_is_recorded_for_yesterday(asha: Chat) -> None:
    started(asha)
    (prompt,) = prompts(asha, "exercise")
    asha.clinic.clock.forward(days=1)
    handled = press(asha, prompt, "done")
    assert handled.toast == texts.text("exercises.noted_late", "en")
    assert asha.kinds == ["exercise_answered"]
    assert states(asha)[0] == "done"


def test_yesterdays_pain_is_recorded_for_yesterday_and_much_of_it_gets_advice(asha: Chat) -> None:
    started(asha)
    answer_all(asha)
    asha.clinic.clock.forward(days=1)
    handled = asha.taps("8", kind="session_pain")
    assert handled.toast == texts.text("exercises.noted_late", "en")
    assert asha.kinds == ["session_advice"]
    assert task(asha).pain_after == 8


def test_a_word_typed_the_next_day_is_a_message(asha: Chat) -> None:
    started(asha)
    asha.clinic.clock.forward(days=1)
    assert asha.says("done") == ["message_kept"]
    assert set(states(asha)) == {"asked"}


def test_yesterdays_offer_of_an_easier_exercise_leads_to_today(asha: Chat) -> None:
    hard, _ = an_exercise_with_an_easier_one(asha)
    to_exercise(asha, hard)
    asha.taps("too_painful", kind="exercise")
    asha.clinic.clock.forward(days=1)
    asha.taps("easier", kind="exercise_easier")
    assert asha.kinds == ["exercises_past"]


def test_a_button_of_somebody_else_does_nothing(clinic: Clinic) -> None:
    started(clinic.chat(ASHA_CHAT))
    clinic.add_patient("Olu Adeyemi", chat=1002)
    (prompt,) = prompts(clinic.chat(ASHA_CHAT), "exercise")
    olu = clinic.chat(1002)
    assert press(olu, prompt, "done").toast == texts.text("tap.unknown", "en")
    assert set(states(olu)) == {"asked"}


# --- the summary -----------------------------------------------------------------------------------


def a_day(asha: Chat, value: str = "done") -> str:
    started(asha)
    todays = [one for one in records(asha) if one.state == "asked"]
    for _ in todays:
        asha.taps(value, kind="exercise")
    asha.taps("1", kind="session_pain")
    return shown(asha, "exercises_finished").text or ""


def test_days_in_a_row_are_counted_from_the_second_on(asha: Chat) -> None:
    assert "in a row" not in a_day(asha)
    asha.clinic.clock.forward(days=1)
    assert "2 exercise days in a row" in a_day(asha)
    asha.clinic.clock.forward(days=1)
    assert "3 exercise days in a row" in a_day(asha)


def test_a_day_on_which_nothing_was_done_ends_the_row(asha: Chat) -> None:
    a_day(asha)
    asha.clinic.clock.forward(days=1)
    asha.command("today")
    asha.clinic.clock.forward(days=1)
    assert "in a row" not in a_day(asha)


def test_the_summary_names_tomorrow_and_something_to_look_forward_to(asha: Chat) -> None:
    said = a_day(asha)
    assert "Exercises for tomorrow: " in said
    assert "🎯 To look forward to: " in said
