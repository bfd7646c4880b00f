"""Commands, menu buttons, what no button knows, and everything a patient may send besides."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from rehab import texts
from rehab.flows import engine
from rehab.flows.recovery import reask_after_gap
from rehab.flows.types import Event, EventKind
from rehab.models import (
    CareTask,
    CheckIn,
    Episode,
    IncomingMessage,
    Observation,
    OutboxMessage,
    Patient,
    PatientChat,
    Prompt,
)
from rehab.services import episodes
from tests.support.build import ASHA_CHAT, Chat, Clinic


@pytest.fixture
def asha(clinic: Clinic) -> Chat:
    return clinic.chat(ASHA_CHAT)


def state(asha: Chat) -> str:
    return str(asha.clinic.one(select(Episode)).state)


def messages(asha: Chat) -> list[tuple[str, str]]:
    return [(found.kind, found.text) for found in asha.clinic.all_of(IncomingMessage)]


@pytest.mark.parametrize(
    ("command", "kinds"),
    [
        ("today", ["exercise_list"]),
        ("exercises", ["exercise_list"]),
        ("checkin", ["check_in_question"]),
        ("check-in", ["check_in_question"]),
        ("check_in", ["check_in_question"]),
        ("warning", ["warning_signs"]),
        ("emergency", ["warning_signs"]),
        ("help", ["help"]),
        ("start", ["help"]),
        ("somethingelse", ["help"]),
        ("pause", ["ask_pause"]),
        ("stop", ["stopped"]),
        ("resume", ["resumed"]),
        ("time", ["ask_time"]),
    ],
)
def test_every_command_is_answered(asha: Chat, command: str, kinds: list[str]) -> None:
    assert asha.command(command) == kinds
    assert all(len(found.text or "") <= 4096 for found in asha.fresh)


@pytest.mark.parametrize("language", ["en", "hi", "mr"])
def test_help_names_the_emergency_number_and_the_clinics_phone(asha: Chat, language: str) -> None:
    with asha.clinic.session() as session:
        session.get_one(Patient, 1).language = language
    asha.command("help")
    assert "112" in asha.said
    assert "+91 22 5550 0100" in asha.said


def test_the_buttons_of_the_help_do_what_they_say(asha: Chat) -> None:
    for value, kind in [
        ("warning", "warning_signs"),
        ("today", "exercise_list"),
        ("checkin", "check_in_question"),
    ]:
        asha.command("help")
        asha.taps(value, kind="menu")
        assert asha.kinds[-1] == kind


# --- pause, stop, resume ------------------------------------------------------------------------


def test_a_pause_of_three_days(asha: Chat) -> None:
    asha.command("pause")
    assert len(asha.buttons) == 4
    asha.taps("pause:3")
    assert asha.kinds == ["paused"]
    until = asha.clinic.one(select(Episode)).paused_until
    assert until == asha.clinic.today + timedelta(days=3)
    asha.taps("resume")
    assert (asha.kinds, state(asha)) == (["resumed"], "active")


def test_a_pause_until_i_say(asha: Chat) -> None:
    asha.command("pause")
    asha.taps("pause:open")
    assert (state(asha), asha.clinic.one(select(Episode)).paused_until) == ("paused", None)


def test_a_paused_patient_may_still_answer_and_report(asha: Chat) -> None:
    asha.command("pause")
    asha.taps("pause:7")
    assert asha.command("checkin") == ["check_in_question"]
    asha.command("warning")
    asha.taps("chest")
    assert asha.clinic.alert().tier == "T0"


def test_after_a_stop_only_what_makes_sense_is_offered(asha: Chat) -> None:
    asha.command("stop")
    for command in ("today", "checkin", "pause"):
        assert asha.command(command) == ["stopped"]
    assert asha.command("warning") == ["warning_signs"]
    assert asha.command("resume") == ["resumed"]
    assert state(asha) == "active"


def test_who_has_stopped_is_still_heard(asha: Chat) -> None:
    asha.command("stop")
    asha.says("I cannot breathe")
    assert "safety_text" in asha.kinds
    assert asha.clinic.alert().tier == "T0"


def test_an_old_pause_button_after_a_stop_does_nothing(asha: Chat) -> None:
    asha.command("pause")
    asha.command("stop")
    assert asha.taps("pause:3").toast
    assert state(asha) == "stopped"


def test_a_closed_episode_is_not_resumed_by_the_patient(asha: Chat) -> None:
    with asha.clinic.session() as session:
        episodes.get(session, 1).state = "closed"
    assert asha.command("resume") == ["closed"]
    assert state(asha) == "closed"


# --- time ---------------------------------------------------------------------------------------


def test_the_time_is_set_with_the_command_itself(asha: Chat) -> None:
    assert asha.command("time", "7 pm") == ["time_set", "test_message"]
    assert asha.command("time", "18:30") == ["time_set"]
    assert f"{asha.clinic.one(select(Patient)).reminder_time:%H:%M}" == "18:30"


def test_after_the_time_a_text_is_a_message_again(asha: Chat) -> None:
    asha.command("time")
    asha.says("19:00")
    assert asha.says("8") == ["message_kept"]


# --- what no button knows -----------------------------------------------------------------------


def test_an_unknown_token_is_said_to_be_unknown(asha: Chat) -> None:
    handled = asha.does(EventKind.TAP, token="nobody-made-this", choice=0)
    assert handled.toast == texts.text("tap.unknown", "en")
    assert asha.kinds == []


@pytest.mark.parametrize("choice", [-1, 11, 10**9])
def test_a_choice_that_was_never_offered_is_unknown(asha: Chat, choice: int) -> None:
    asha.command("checkin")
    (prompt,) = asha.clinic.all_of(Prompt)
    handled = asha.does(EventKind.TAP, token=prompt.token, choice=choice)
    assert handled.toast == texts.text("tap.unknown", "en")
    assert asha.clinic.all_of(Observation) == []


def test_a_button_of_another_chat_opens_nothing(clinic: Clinic) -> None:
    clinic.chat(ASHA_CHAT).command("checkin")
    clinic.add_patient("Olu Ade", chat=2001)
    (prompt,) = clinic.all_of(Prompt)
    olu = clinic.chat(2001)
    assert olu.does(EventKind.TAP, token=prompt.token, choice=3).toast
    assert clinic.all_of(Observation) == []


@pytest.mark.parametrize("language", ["en", "hi", "mr"])
def test_what_is_shown_on_a_tap_is_short_enough(asha: Chat, language: str) -> None:
    with asha.clinic.session() as session:
        session.get_one(Patient, 1).language = language
    asha.command("warning")
    assert 0 < len(asha.taps("bleeding-heavy").toast) <= 200


# --- everything else ----------------------------------------------------------------------------


def test_what_a_patient_writes_is_kept_and_said_honestly(asha: Chat) -> None:
    assert asha.says("When can I drive again?") == ["message_kept"]
    assert messages(asha) == [("text", "When can I drive again?")]
    assert "18:00" in asha.said


def test_at_night_nobody_is_said_to_be_reading(asha: Chat) -> None:
    asha.clinic.clock.forward(hours=14)
    asha.says("When can I drive again?")
    assert "Wednesday" in asha.said
    assert "112" in asha.said


@pytest.mark.parametrize("media", ["photo", "voice", "video", "document", "other", ""])
def test_a_medium_waits_for_a_person_whether_its_file_is_kept_or_not(
    asha: Chat, media: str
) -> None:
    asha.does(EventKind.MEDIA, media_kind=media, file_id="abc")
    assert asha.kinds[0] == ("media_refused" if media in ("video", "document") else "message_kept")
    found = asha.clinic.one(select(IncomingMessage))
    assert (found.kind, found.telegram_file_id) == (media or "other", "abc")


def test_the_caption_of_a_photo_is_screened(asha: Chat) -> None:
    asha.does(EventKind.MEDIA, media_kind="photo", file_id="abc", text="pus from the wound")
    assert "safety_text" in asha.kinds
    assert asha.clinic.alert().tier == "T1"


def test_an_edited_message_is_screened_as_well(asha: Chat) -> None:
    asha.does(EventKind.EDITED_TEXT, text="my calf is swollen and hot")
    assert asha.clinic.alert().tier == "T1"


@pytest.mark.parametrize(
    "words", ["\u202eabc\u0000", "😀" * 500, "ا" * 4000, " ", "﷽" * 10, "\ud83d"]
)
def test_odd_characters_are_kept_like_any_other(asha: Chat, words: str) -> None:
    asha.says(words)
    assert len(messages(asha)) == 1


@pytest.mark.parametrize("kind", [EventKind.OTHER, EventKind.UNBLOCKED])
def test_a_sign_of_life_is_noted_and_not_answered(asha: Chat, kind: EventKind) -> None:
    asha.clinic.clock.forward(hours=1)
    asha.does(kind)
    assert asha.kinds == []
    assert asha.clinic.one(select(PatientChat)).last_heard_at == asha.clinic.now


def test_blocking_is_no_sign_of_life(asha: Chat) -> None:
    asha.clinic.clock.forward(hours=1)
    asha.does(EventKind.BLOCKED)
    chat = asha.clinic.one(select(PatientChat))
    assert (chat.state, chat.last_heard_at < asha.clinic.now) == ("blocked", True)


def test_the_same_event_twice_says_everything_once(asha: Chat) -> None:
    for _ in range(2):
        asha.does(EventKind.COMMAND, command="checkin", source="telegram:1:5")
    assert len(asha.clinic.all_of(CheckIn)) == len(asha.clinic.all_of(CareTask)) == 1
    assert len(asha.clinic.outbox(ASHA_CHAT)) == 1


def test_an_event_that_fails_leaves_nothing(asha: Chat) -> None:
    clinic = asha.clinic
    event = Event("t:1", EventKind.COMMAND, ASHA_CHAT, ASHA_CHAT, clinic.now, command="warning")
    with pytest.raises(KeyboardInterrupt), clinic.session() as session:  # noqa: PT012
        engine.handle(session, clinic.context, event=event, now=clinic.now)
        raise KeyboardInterrupt
    assert clinic.all_of(CheckIn) == clinic.all_of(OutboxMessage) == []


# --- after an intake gap ------------------------------------------------------------------------


def reask(asha: Chat, gap: str = "g1") -> int:
    clinic = asha.clinic
    with clinic.session() as session:
        return reask_after_gap(
            session, clinic.context, gap_id=gap, since=clinic.now, now=clinic.now
        )


def test_an_open_question_is_asked_again_once_per_gap(asha: Chat) -> None:
    asha.command("checkin")
    asha.taps("3", question="pain")
    assert reask(asha, "g0") == 0, "a tap may still be on its way"
    asha.clinic.clock.forward(minutes=5)
    assert [reask(asha), reask(asha)] == [1, 1]
    again = [
        m for m in asha.clinic.outbox(ASHA_CHAT, "check_in_question") if "gap" in m.dedupe_key
    ]
    assert len(again) == 1
    assert texts.text("check_in.after_gap", "en") in (again[0].text or "")


def test_nobody_is_asked_again_who_is_done_or_away(asha: Chat) -> None:
    assert reask(asha) == 0
    asha.clinic.check_in(asha.clinic.asha)
    assert reask(asha) == 0
    asha.clinic.clock.forward(days=1)
    asha.command("checkin")
    asha.command("stop")
    assert reask(asha) == 0
