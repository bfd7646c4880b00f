"""The guided session: pain, one exercise at a time with its picture, pain again, and how it went."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from rehab import texts
from rehab.clinical import triage
from rehab.flows import exercise_card
from rehab.flows.turn import Turn
from rehab.flows.types import EventKind, Handled
from rehab.models import (
    Alert,
    CareTask,
    Conversation,
    Episode,
    ExerciseRecord,
    ExerciseState,
    IncomingMessage,
    Observation,
    OutboxMessage,
    Patient,
    Prompt,
    TaskKind,
    TaskState,
)
from rehab.services import care_tasks, media
from rehab.services.outbox import LONGEST_CAPTION, LONGEST_TEXT, units
from tests.support.build import ASHA_CHAT, Chat, Clinic

LANGUAGES = ["en", "hi", "mr"]
EASY, HIGH = "2", "7"


@pytest.fixture
def asha(clinic: Clinic) -> Chat:
    return clinic.chat(ASHA_CHAT)


def speak(clinic: Clinic, language: str) -> None:
    with clinic.session() as session:
        session.get_one(Patient, 1).language = language


def at_stage(clinic: Clinic, stage: str, day: int) -> None:
    with clinic.session() as session:
        found = session.get_one(Episode, clinic.asha)
        found.stage_id, found.surgery_on = stage, clinic.today - timedelta(days=day)


def task(asha: Chat) -> CareTask:
    found = asha.clinic.one(select(CareTask).where(CareTask.kind == TaskKind.EXERCISES))
    assert isinstance(found, CareTask)
    return found


def records(asha: Chat) -> list[ExerciseRecord]:
    query = select(ExerciseRecord).order_by(ExerciseRecord.care_task_id, ExerciseRecord.position)
    return asha.clinic.read(query)


def states(asha: Chat) -> list[str]:
    return [record.state for record in records(asha)]


def started(asha: Chat, pain: str = EASY) -> int:
    """Into the session up to the first exercise; how many there are."""
    asha.command("today")
    asha.taps("start", kind="exercises")
    asha.taps(pain, kind="session_pain")
    return len(records(asha))


def answer_all(asha: Chat, value: str = "done") -> None:
    for _ in records(asha):
        asha.taps(value, kind="exercise")


def press(asha: Chat, prompt: Prompt, value: str) -> Handled:
    """Tap a button of an earlier message."""
    return asha.does(EventKind.TAP, token=prompt.token, choice=prompt.choices.index(value))


def prompts(asha: Chat, kind: str) -> list[Prompt]:
    return asha.clinic.read(select(Prompt).where(Prompt.kind == kind).order_by(Prompt.id))


def shown(asha: Chat, kind: str) -> OutboxMessage:
    (message,) = [one for one in asha.fresh if one.kind == kind]
    return message


# --- the way through ------------------------------------------------------------------------------


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


# --- pain -----------------------------------------------------------------------------------------


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


# --- too painful ----------------------------------------------------------------------------------


def to_exercise(asha: Chat, exercise_id: str) -> ExerciseRecord:
    """Up to this exercise, everything before it done."""
    started(asha)
    for record in records(asha):
        if record.exercise_id == exercise_id:
            return record
        asha.taps("done", kind="exercise")
    raise AssertionError(f"{exercise_id} is not on today's list")


def an_exercise_with_an_easier_one(asha: Chat, *, tag: str = "") -> tuple[str, str]:
    """Somewhere in the protocol, on a day of its stage: what may be eased, and to what."""
    clinic = asha.clinic
    library = clinic.context.content.exercises
    protocol = clinic.context.content.protocols["hip-resurfacing-standard"]
    for stage in protocol.stages[2:]:
        day = stage.from_day + 14
        today = {planned.exercise for planned in stage.exercises_on(day)}
        for exercise_id in sorted(today):
            easier = library[exercise_id].easier
            if easier and easier not in today and (not tag or tag in library[easier].tags):
                at_stage(clinic, stage.id, day)
                return exercise_id, easier
    raise AssertionError("no stage has an exercise that may be eased")


def test_an_exercise_that_hurts_is_left_out_kindly_and_the_next_one_comes(asha: Chat) -> None:
    started(asha)
    asha.taps("too_painful", kind="exercise")
    assert asha.kinds == ["exercise_answered", "exercise_painful", "exercise_one"]
    assert "Good that you stopped." in (shown(asha, "exercise_painful").text or "")
    assert states(asha)[:2] == ["too_painful", "asked"]


def test_an_easier_exercise_is_offered_shown_and_recorded(asha: Chat) -> None:
    hard, easy = an_exercise_with_an_easier_one(asha)
    to_exercise(asha, hard)
    before = len(records(asha))
    asha.taps("too_painful", kind="exercise")
    assert asha.kinds == ["exercise_answered", "exercise_painful"]
    name = asha.clinic.context.content.exercises[easy].name
    assert f"There is an easier one: {name}" in asha.said
    asha.taps("easier", kind="exercise_easier")
    assert name in (shown(asha, "exercise_one").text or "")
    asha.taps("done", kind="exercise")
    found = {record.exercise_id: record for record in records(asha)}
    assert (found[hard].state, found[easy].state) == ("too_painful", "done")
    assert found[easy].position == found[hard].position + 1
    assert sorted(record.position for record in records(asha)) == list(range(1, before + 2))


def test_the_easier_exercise_can_be_declined(asha: Chat) -> None:
    hard, easy = an_exercise_with_an_easier_one(asha)
    to_exercise(asha, hard)
    asha.taps("too_painful", kind="exercise")
    asha.taps("go_on", kind="exercise_easier")
    assert asha.kinds in (["exercise_one"], ["exercise_picture", "exercise_one"], ["session_pain"])
    assert easy not in {record.exercise_id for record in records(asha)}


def test_the_easier_exercise_is_taken_once(asha: Chat) -> None:
    hard, easy = an_exercise_with_an_easier_one(asha)
    to_exercise(asha, hard)
    asha.taps("too_painful", kind="exercise")
    (prompt,) = prompts(asha, "exercise_easier")
    press(asha, prompt, "easier")
    assert press(asha, prompt, "easier").toast == texts.text("tap.already", "en")
    assert [record.exercise_id for record in records(asha)].count(easy) == 1


@pytest.mark.parametrize(("is_stopped", "is_offered"), [(False, True), (True, False)])
def test_while_loading_is_stopped_no_easier_exercise_that_loads_is_offered(
    asha: Chat, is_stopped: bool, is_offered: bool
) -> None:
    clinic = asha.clinic
    hard, _ = an_exercise_with_an_easier_one(asha, tag="loading")
    with clinic.session() as session:
        episode = session.get_one(Episode, clinic.asha)
        day = (clinic.today - episode.surgery_on).days
        row = care_tasks.ensure(
            session, episode=episode, kind=TaskKind.EXERCISES, local_on=clinic.today,
            now=clinic.now,
        )  # fmt: skip
        record = ExerciseRecord(position=1, exercise_id=hard, dose="")
        row.exercises.append(record)
        session.flush()
        episode.loading_stopped_at = clinic.now if is_stopped else None
        item = care_tasks.easier_instead(session, clinic.context, record=record, day=day)
        assert (item is not None) is is_offered


# --- the timer ------------------------------------------------------------------------------------


def test_a_held_exercise_has_a_timer_and_others_have_none(asha: Chat) -> None:
    started(asha)
    seen = set()
    for record in records(asha):
        has_timer = "⏱ Timer" in asha.buttons
        seen.add(has_timer)
        assert has_timer is ("hold_seconds" in (record.dose_fields or {})), record.exercise_id
        asha.taps("done", kind="exercise")
    assert seen == {True, False}


def test_the_timer_comes_as_a_picture_and_answers_nothing(asha: Chat) -> None:
    started(asha)
    while "⏱ Timer" not in asha.buttons:
        asha.taps("done", kind="exercise")
    before = states(asha)
    asha.taps("timer", kind="exercise")
    message = shown(asha, "exercise_timer")
    assert (message.media_kind, str(message.media_key)[:6]) == ("animation", "timer:")
    assert states(asha) == before
    asha.says("timer")
    assert asha.kinds == ["exercise_timer"]


# --- typed words ----------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["4", "4/10", "४", " 4 "])
def test_pain_can_be_typed(asha: Chat, typed: str) -> None:
    asha.command("today")
    asha.taps("start", kind="exercises")
    asha.says(typed)
    assert task(asha).pain_before == 4
    assert asha.kinds[-1] == "exercise_one"


@pytest.mark.parametrize("typed", ["11", "4.5", "-1"])
def test_a_number_that_cannot_be_is_explained_and_asked_again(asha: Chat, typed: str) -> None:
    asha.command("today")
    asha.taps("start", kind="exercises")
    assert asha.says(typed) == ["session_pain"]
    assert "0 to 10" in asha.said
    assert task(asha).pain_before is None


@pytest.mark.parametrize(
    ("language", "typed", "state"),
    [
        ("en", "Done.", "done"),
        ("en", "skip", "not_today"),
        ("en", "too painful", "too_painful"),
        ("hi", "हो गई", "done"),
        ("hi", "आज नहीं", "not_today"),
        ("mr", "झाला", "done"),
        ("mr", "आज नको", "not_today"),
        ("mr", "done", "done"),
    ],
)
def test_a_button_can_be_typed_in_the_patients_language(
    asha: Chat, language: str, typed: str, state: str
) -> None:
    speak(asha.clinic, language)
    started(asha)
    asha.says(typed)
    assert states(asha)[:2] == [state, "asked"]
    assert asha.kinds[-1] == "exercise_one"
    assert asha.clinic.all_of(IncomingMessage) == []


def test_skip_can_be_typed_to_the_pain_question(asha: Chat) -> None:
    asha.command("today")
    asha.taps("start", kind="exercises")
    asha.says("skip")
    assert asha.kinds[-1] == "exercise_one"


def test_an_easier_exercise_can_be_taken_by_typing(asha: Chat) -> None:
    hard, easy = an_exercise_with_an_easier_one(asha)
    to_exercise(asha, hard)
    asha.says("too painful")
    asha.says("yes")
    assert easy in {record.exercise_id for record in records(asha)}


@pytest.mark.parametrize("typed", ["I have chest pain", "my calf is swollen and hot"])
def test_danger_words_in_the_middle_of_a_session_are_answered_at_once(
    asha: Chat, typed: str
) -> None:
    started(asha)
    asha.says(typed)
    assert asha.kinds[0] == "safety_text"
    assert len(asha.clinic.all_of(Alert)) == 1
    assert "done" not in states(asha)


def test_other_words_reach_a_person_and_the_session_goes_on(asha: Chat) -> None:
    started(asha)
    assert asha.says("done with the shopping") == ["message_kept"]
    assert len(asha.clinic.all_of(IncomingMessage)) == 1
    assert set(states(asha)) == {"asked"}
    asha.says("done")
    assert states(asha)[0] == "done"


@pytest.mark.parametrize(("language", "typed"), [("hi", "बहुत दर्द होता है"), ("mr", "खूप दुखतंय")])
def test_words_that_are_a_button_and_a_warning_sign_are_heard_as_both(
    asha: Chat, language: str, typed: str
) -> None:
    speak(asha.clinic, language)
    started(asha)
    asha.says(typed)
    assert asha.kinds[0] == "safety_text"
    assert states(asha)[0] == "too_painful"
    assert len(asha.clinic.all_of(Alert)) == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_other_word_that_stands_for_a_button_is_a_word_of_danger(
    clinic: Clinic, language: str
) -> None:
    """What is taken as a tap on "Skip" or "Go on" is not read for danger any more."""
    rules = clinic.context.content.rules["hip-resurfacing"]
    known = texts.catalog_of(language)
    keys = [key for key in known if key.startswith("session.words_") and "painful" not in key]
    typed = {word.strip() for key in keys for word in known[key].split(",")}
    typed |= {known[key] for key in ("exercises.done", "exercises.not_today", "session.go_on")}
    assert len(typed) > 10
    urgent = {word for word in typed if triage.screen(word, rules, day=9).findings}
    assert urgent == set()


def test_after_the_session_a_typed_answer_goes_to_the_check_in_again(asha: Chat) -> None:
    asha.command("checkin")
    started(asha)
    answer_all(asha)
    asha.taps("2", kind="session_pain")
    asha.says("5")
    values = [one.value for one in asha.clinic.all_of(Observation)]
    assert values == [5]


def test_nothing_is_waited_for_after_a_session_without_a_check_in(asha: Chat) -> None:
    started(asha)
    answer_all(asha)
    asha.taps("2", kind="session_pain")
    assert asha.says("5") == ["message_kept"]
    assert asha.clinic.one(select(Conversation)).flow == "idle"


# --- another day ----------------------------------------------------------------------------------


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


# --- the summary ----------------------------------------------------------------------------------


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


# --- doses ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_old_dose_is_said_in_the_patients_language_though_the_plan_has_changed(
    asha: Chat, language: str
) -> None:
    speak(asha.clinic, language)
    asha.command("today")
    with asha.clinic.session() as session:
        record = session.scalars(select(ExerciseRecord).order_by(ExerciseRecord.id)).first()
        assert record is not None
        record.dose_fields = {"sets": 3, "reps": 17, "hold_seconds": 9}
    asha.command("today")
    for key, value in (("dose.sets", 3), ("dose.reps", 17), ("dose.hold", 9)):
        assert texts.text(key, language, n=value) in asha.said


def test_a_dose_from_before_its_numbers_were_kept_is_still_said(asha: Chat) -> None:
    asha.command("today")
    with asha.clinic.session() as session:
        for record in session.scalars(select(ExerciseRecord)):
            record.dose, record.dose_fields = "as it was then", None
    asha.command("today")
    asha.taps("start", kind="exercises")
    asha.taps("2", kind="session_pain")
    assert "as it was then" in asha.said
    assert "⏱ Timer" not in asha.buttons


# --- nothing is too long --------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_exercise_makes_a_message_that_telegram_would_refuse(
    clinic: Clinic, language: str
) -> None:
    speak(clinic, language)
    with clinic.session() as session:
        for record in every_exercise(clinic, session):
            turn = Turn(
                session, clinic.context, session.get_one(Patient, 1),
                session.get_one(Episode, clinic.asha), f"test:{record.exercise_id}", clinic.now,
            )  # fmt: skip
            exercise_card.show(turn, record)
            prompt = session.scalars(select(Prompt).order_by(Prompt.id.desc())).first()
            assert prompt is not None
            exercise_card.mark_answered(
                turn, record, prompt, texts.text("exercises.hurts", language)
            )
            exercise_card.show_timer(turn, record)
        messages = list(session.scalars(select(OutboxMessage)))
        assert len(messages) >= 2 * len(clinic.context.content.exercises)
        for message in messages:
            original = session.get(OutboxMessage, message.edits_id) if message.edits_id else None
            is_caption = bool(message.media_key or (original and original.media_key))
            longest = LONGEST_CAPTION if is_caption else LONGEST_TEXT
            assert units(message.text or "") <= longest, (message.kind, message.text)


def every_exercise(clinic: Clinic, session: Any) -> Iterator[ExerciseRecord]:
    episode = session.get_one(Episode, clinic.asha)
    row = CareTask(
        episode=episode, kind=TaskKind.EXERCISES, local_on=clinic.today, due_at=clinic.now
    )
    session.add(row)
    for position, exercise in enumerate(clinic.context.content.exercises.values(), start=1):
        full = {"sets": 10, "reps": 60, "hold_seconds": 10, "times_a_day": 12, "days_a_week": 7}
        row.exercises.append(
            ExerciseRecord(position=position, exercise_id=exercise.id, dose="", dose_fields=full)
        )
    session.flush()
    yield from row.exercises


def test_words_too_long_for_a_caption_follow_the_picture(clinic: Clinic) -> None:
    """Every exercise that has a picture and many words: the picture has the name and the dose, the
    second message the instruction and the buttons."""
    drawn = set(media.figures())
    speak(clinic, "en")
    with clinic.session() as session:
        for record in every_exercise(clinic, session):
            if record.exercise_id not in drawn:
                continue
            turn = Turn(
                session, clinic.context, session.get_one(Patient, 1),
                session.get_one(Episode, clinic.asha), f"test:{record.exercise_id}", clinic.now,
            )  # fmt: skip
            exercise_card.show(turn, record)
            said = list(
                session.scalars(
                    select(OutboxMessage)
                    .where(OutboxMessage.dedupe_key.contains(f":test:{record.exercise_id}"))
                    .order_by(OutboxMessage.id)
                )
            )
            assert said[0].media_key
            assert said[-1].buttons
            assert clinic.context.content.exercises[record.exercise_id].instruction in (
                said[-1].text or ""
            )
            assert len(said) == (2 if said[0].kind == "exercise_picture" else 1)
