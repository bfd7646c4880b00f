"""A photo comes between: the day's check-in is not forgotten for it."""

from __future__ import annotations

import pytest

from rehab.flows.types import EventKind
from rehab.models import CheckIn, IncomingMessage, Observation
from tests.support.build import ASHA_CHAT, Chat, Clinic


@pytest.fixture
def asha(clinic: Clinic) -> Chat:
    """Day 10, the first question answered, the second one open; then a photo is sent."""
    chat = clinic.chat(ASHA_CHAT)
    chat.command("checkin")
    chat.taps("3", question="pain")
    return chat


def send_photo(chat: Chat) -> None:
    chat.does(EventKind.MEDIA, media_kind="photo", file_id="FILE1", size=1000)
    assert "more red or warmer" in chat.said


def answers(chat: Chat) -> dict[str, object]:
    return {found.question_id: found.value for found in chat.clinic.all_of(Observation)}


@pytest.mark.parametrize("words", ["Nothing", "⚪ Nothing"])
def test_words_on_the_button_above_the_photo_answer_that_question(asha: Chat, words: str) -> None:
    send_photo(asha)
    asha.says(words)
    assert answers(asha) == {"pain": 3.0, "medicine": "none"}
    assert "How does your wound or dressing look" in asha.said
    assert not [kept for kept in asha.clinic.all_of(IncomingMessage) if kept.kind != "photo"]


def test_what_answers_the_question_about_the_photo_goes_to_the_photo(asha: Chat) -> None:
    send_photo(asha)
    asha.says("no")
    assert answers(asha) == {"pain": 3.0, "photo-red": "no"}


def test_what_answers_neither_is_kept_for_a_person(asha: Chat) -> None:
    send_photo(asha)
    asha.says("The dog was here")
    assert answers(asha) == {"pain": 3.0}
    assert "The dog was here" in [kept.text for kept in asha.clinic.all_of(IncomingMessage)]


def test_yesterdays_check_in_is_not_answered_by_words_for_todays_photo(asha: Chat) -> None:
    asha.clinic.clock.forward(days=1)
    send_photo(asha)
    asha.says("Nothing")
    assert answers(asha) == {"pain": 3.0}


def test_after_the_photo_the_open_question_is_asked_again(asha: Chat) -> None:
    send_photo(asha)
    for _ in range(3):
        asha.taps("no")
    assert "Let us go on where you stopped" in asha.fresh[-1].text
    assert "What did you take for pain" in asha.fresh[-1].text
    asha.says("Nothing")
    assert answers(asha)["medicine"] == "none"


def test_after_a_real_warning_sign_nothing_stands_below_what_to_do(asha: Chat) -> None:
    asha.command("warning")
    asha.taps("chest")
    assert asha.kinds[-1] == "warning_noted"


def test_nothing_is_asked_when_nothing_was_open(clinic: Clinic) -> None:
    chat = clinic.chat(ASHA_CHAT)
    send_photo(chat)
    for _ in range(3):
        chat.taps("no")
    assert chat.kinds[-1] == "check_in_summary"
    assert [found.kind for found in clinic.all_of(CheckIn)] == ["wound-photo"]
