"""Enrolment as a conversation: the link, the year, the consent, the time, the test message."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from rehab.flows.types import EventKind
from rehab.models import Episode, EpisodeEvent, InviteRefusal, Patient, PatientChat
from tests.support.build import ASHA_CHAT, Chat, Clinic

PHONE, OTHER_PHONE = 2001, 2002


@pytest.fixture
def opened(clinic: Clinic) -> Chat:
    """Olu has opened the link on his phone."""
    _, token = clinic.invite("Olu Ade", birth_year=1974)
    chat = clinic.chat(PHONE)
    assert chat.command("start", token) == ["ask_birth_year"]
    return chat


def is_enrolled(clinic: Clinic) -> bool:
    return bool(clinic.read(select(PatientChat).where(PatientChat.chat_id == PHONE)))


def test_the_whole_way(opened: Chat) -> None:
    assert opened.says("1974") == ["consent"]
    assert "112" in opened.said
    assert opened.buttons[:2] == ["✅ Yes, I agree", "No, I do not want this"] or opened.buttons
    opened.taps("accept")
    assert opened.kinds == ["welcome", "ask_time"]
    opened.taps("time:08:00")
    assert opened.kinds == ["time_set", "test_message"]
    opened.taps("seen")
    assert opened.kinds == ["test_thanks"]
    episode = opened.clinic.one(select(Episode).where(Episode.id == 2))
    patient = opened.clinic.one(select(Patient).where(Patient.id == episode.patient_id))
    assert (episode.state, f"{patient.reminder_time:%H:%M}") == ("active", "08:00")


def test_a_stranger_is_told_how_it_works_and_whom_to_call(clinic: Clinic) -> None:
    chat = clinic.chat(PHONE)
    for act in (
        lambda: chat.says("hello"),
        lambda: chat.command("start"),
        lambda: chat.command("today"),
    ):
        assert act() == ["stranger"]
        assert "112" in chat.said
    chat.does(EventKind.TAP, token="nothing", choice=0)
    assert chat.kinds == ["stranger"]


@pytest.mark.parametrize("kind", [EventKind.BLOCKED, EventKind.UNBLOCKED, EventKind.OTHER])
def test_a_stranger_who_says_nothing_is_told_nothing(clinic: Clinic, kind: EventKind) -> None:
    chat = clinic.chat(PHONE)
    chat.does(kind)
    assert chat.kinds == []


def test_a_guessed_link_is_refused_kindly_and_staff_see_it(clinic: Clinic) -> None:
    chat = clinic.chat(PHONE)
    assert chat.command("start", "AAAAAAAAAAAAAAAAAAAAAA") == ["invite_refused"]
    assert [row.reason for row in clinic.all_of(InviteRefusal)] == ["unknown"]


def test_a_second_phone_is_refused(opened: Chat) -> None:
    other = opened.clinic.chat(OTHER_PHONE)
    _, token = opened.clinic.invite("Ravi Rao")
    opened.clinic.chat(2003).command("start", token)
    assert other.command("start", token) == ["invite_refused"]


@pytest.mark.parametrize("typed", ["1974", " I was born in 1974.", "१९७४", "12/05/1974"])
def test_the_year_is_found_in_what_people_type(opened: Chat, typed: str) -> None:
    assert opened.says(typed) == ["consent"]


@pytest.mark.parametrize("typed", ["hello", "74", "197", "19745", "👍"])
def test_what_is_no_year_is_asked_again_without_counting(opened: Chat, typed: str) -> None:
    assert opened.says(typed) == ["ask_birth_year"]
    assert opened.clinic.all_of(InviteRefusal) == []


def test_three_wrong_years_lock_the_link(opened: Chat) -> None:
    assert opened.says("1980") == ["ask_birth_year"]
    assert opened.says("1981") == ["ask_birth_year"]
    assert opened.says("1982") == ["invite_refused"]
    assert not is_enrolled(opened.clinic)


def test_a_locked_link_stays_locked_for_the_right_year_too(opened: Chat) -> None:
    """Else whoever found a link could try every year."""
    for year in ("1980", "1981", "1982"):
        opened.says(year)
    for act in (lambda: opened.says("1974"), lambda: opened.says("yes")):
        assert act() == ["invite_refused"]
    opened.taps("language:hi")
    assert opened.kinds == ["invite_refused"]
    assert not is_enrolled(opened.clinic)


def test_the_language_can_be_changed_at_every_step(opened: Chat) -> None:
    opened.taps("language:hi")
    assert opened.kinds == ["ask_birth_year"]
    opened.says("1974")
    hindi = opened.said
    opened.taps("language:mr")
    assert opened.kinds == ["consent"]
    assert opened.said != hindi
    opened.taps("accept")
    assert opened.clinic.one(select(Patient).where(Patient.id == 2)).language == "mr"


@pytest.mark.parametrize("word", ["yes", "OK", "हाँ", "होय"])
def test_agreeing_can_be_typed(opened: Chat, word: str) -> None:
    opened.says("1974")
    opened.says(word)
    assert is_enrolled(opened.clinic)


def test_anything_else_shows_the_consent_again(opened: Chat) -> None:
    opened.says("1974")
    assert opened.says("what does this mean?") == ["consent"]
    assert not is_enrolled(opened.clinic)


def test_who_declines_is_not_enrolled_and_may_think_again(opened: Chat) -> None:
    opened.says("1974")
    opened.taps("decline")
    assert opened.kinds == ["consent_declined"]
    events = opened.clinic.read(select(EpisodeEvent.kind).where(EpisodeEvent.episode_id == 2))
    assert events == ["consent_declined"]
    assert not is_enrolled(opened.clinic)
    opened.taps("accept")
    assert is_enrolled(opened.clinic)


def test_a_link_that_expires_on_the_way_is_over(opened: Chat) -> None:
    opened.clinic.clock.forward(hours=73)
    assert opened.says("1974") == ["invite_refused"]


def test_accepting_twice_enrols_once(opened: Chat) -> None:
    opened.says("1974")
    opened.taps("accept")
    opened.taps("accept")
    assert len(opened.clinic.read(select(PatientChat).where(PatientChat.chat_id == PHONE))) == 1
    assert opened.kinds == []


def test_a_patient_who_opens_a_link_again_is_told_so(clinic: Clinic) -> None:
    chat = clinic.chat(ASHA_CHAT)
    _, token = clinic.invite("Olu Ade")
    assert chat.command("start", token) == ["already_enrolled"]
    assert clinic.all_of(InviteRefusal) == []


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("07:30", "07:30"),
        ("7.30 pm", "19:30"),
        ("8", "08:00"),
        ("९:१५", "09:15"),
        ("0930", "09:30"),
    ],
)
def test_a_time_can_be_typed(opened: Chat, typed: str, stored: str) -> None:
    opened.says("1974")
    opened.taps("accept")
    assert opened.says(typed) == ["time_set", "test_message"]
    found = opened.clinic.one(select(Patient).where(Patient.id == 2))
    assert f"{found.reminder_time:%H:%M}" == stored


def test_an_impossible_time_is_asked_again(opened: Chat) -> None:
    opened.says("1974")
    opened.taps("accept")
    assert opened.says("25:00") == ["ask_time"]


def test_words_instead_of_a_time_are_kept_for_the_clinic(opened: Chat) -> None:
    opened.says("1974")
    opened.taps("accept")
    assert opened.says("in the morning please") == ["message_kept"]
