"""What can be typed in a guided session, and what is read for danger all the same."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from rehab import texts
from rehab.clinical import triage
from rehab.models import (
    Alert,
    Conversation,
    IncomingMessage,
    Observation,
)
from tests.flows.guided import (
    LANGUAGES,
    an_exercise_with_an_easier_one,
    answer_all,
    records,
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


# --- typed words -----------------------------------------------------------------------------------


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
