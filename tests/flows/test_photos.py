"""A photo or a voice message: kept, asked about, refused kindly, and never promised more than it is."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from rehab.flows import wound_photo
from rehab.flows.types import EventKind
from rehab.models import (
    CheckIn,
    FindingRecord,
    IncomingMessage,
    MediaState,
    OutboxMessage,
    StoredMedia,
)
from rehab.services import episodes
from tests.support.build import ASHA_CHAT, Clinic

URGENT = "If this is urgent, phone the clinic on"


def send(clinic: Clinic, kind: str = "photo", **more: object) -> None:
    given = {"media_kind": kind, "file_id": "FILE1", "size": 1000}
    clinic.chat(ASHA_CHAT).does(EventKind.MEDIA, **(given | more))


def said(clinic: Clinic) -> list[OutboxMessage]:
    return [one for one in clinic.outbox(ASHA_CHAT) if one.edits_id is None]


def test_a_photo_is_noted_with_its_message_and_three_questions_follow(either: Clinic) -> None:
    send(either)
    (message,) = either.all_of(IncomingMessage)
    (medium,) = either.all_of(StoredMedia)
    (check_in,) = either.all_of(CheckIn)
    assert (medium.state, medium.incoming_id, medium.size) == ("waiting", message.id, 1000)
    assert (medium.look_after, medium.check_in_id) == (either.now, check_in.id)
    receipt, question = said(either)
    assert message.receipt_id == receipt.id
    assert "it is kept for the clinic" in (receipt.text or "")
    assert URGENT in (receipt.text or "")
    assert "more red or warmer than yesterday" in (question.text or "")


def test_a_yes_is_judged_at_once(clinic: Clinic) -> None:
    send(clinic)
    clinic.chat(ASHA_CHAT).taps("yes")
    (found,) = clinic.all_of(FindingRecord)
    assert (found.rule_id, found.tier) == ("RF07.photo-red", "T1")
    assert any(
        "Cover the wound with a clean, dry dressing" in (m.text or "") for m in said(clinic)
    )


def test_three_answers_end_the_questions(clinic: Clinic) -> None:
    send(clinic)
    for _ in range(3):
        clinic.chat(ASHA_CHAT).taps("no")
    assert clinic.one(select(CheckIn.state)) == "completed"
    assert not clinic.all_of(FindingRecord)


def test_photos_of_one_look_are_asked_about_once_and_an_album_has_one_receipt(
    clinic: Clinic,
) -> None:
    for number in range(3):
        send(clinic, file_id=f"FILE{number}", album="A1")
    assert len(said(clinic)) == 2
    assert len(clinic.all_of(CheckIn)) == 1
    media, messages = clinic.all_of(StoredMedia), clinic.all_of(IncomingMessage)
    assert len({one.check_in_id for one in media}) == 1
    assert len({one.receipt_id for one in messages}) == 1


def test_after_the_weeks_of_the_wound_a_photo_gets_a_receipt_and_no_questions(
    clinic: Clinic,
) -> None:
    clinic.clock.forward(days=40)
    send(clinic)
    assert len(said(clinic)) == 1
    assert not clinic.all_of(CheckIn)


def test_danger_words_under_a_photo_come_before_everything_else(clinic: Clinic) -> None:
    send(clinic, text="pus is coming out of my wound")
    safety, receipt = said(clinic)
    assert "Cover the wound" in (safety.text or "")
    assert "Please do what is written above now" in (receipt.text or "")
    assert not clinic.all_of(CheckIn)


@pytest.mark.parametrize(
    ("kind", "more", "problem", "words"),
    [
        ("photo", {"size": 40_000_000}, "too_large", "up to 20 MB"),
        ("voice", {"size": 40_000_000}, "too_large", "up to 20 MB"),
        ("video", {}, "kind_not_kept", "no films"),
        ("document", {"mime": "application/pdf"}, "kind_not_kept", "no films"),
    ],
)
def test_what_cannot_be_kept_is_refused_at_once_with_what_to_do_instead(
    clinic: Clinic, kind: str, more: dict[str, object], problem: str, words: str
) -> None:
    send(clinic, kind, **more)
    (medium,) = clinic.all_of(StoredMedia)
    assert (medium.state, medium.problem, medium.look_after) == (
        MediaState.REFUSED,
        problem,
        None,
    )
    (answer,) = said(clinic)
    assert words in (answer.text or "")
    assert URGENT in (answer.text or "")
    (message,) = clinic.all_of(IncomingMessage)
    assert message.look_after is not None, "a person still has to know"


@pytest.mark.parametrize("language", ["hi", "mr"])
def test_a_refusal_speaks_the_patients_language(clinic: Clinic, language: str) -> None:
    with clinic.session() as session:
        episodes.get(session, clinic.asha).patient.language = language
    send(clinic, "video")
    (answer,) = said(clinic)
    assert "फोटो" in (answer.text or "") or "फ़ोटो" in (answer.text or "")


def test_photo_tells_how_to_take_one(clinic: Clinic) -> None:
    clinic.chat(ASHA_CHAT).command("photo")
    (guide,) = said(clinic)
    assert (guide.media_kind, guide.media_key) == ("photo", "wound-guide:1")
    for told in ("daylight", "30 cm", "ruler or a coin", "no face"):
        assert told in (guide.text or "")


def test_a_clinician_asks_for_a_photo_by_first_name(clinic: Clinic) -> None:
    with clinic.session() as session:
        wound_photo.ask_for_photo(
            session,
            clinic.context,
            episode=episodes.get(session, clinic.asha),
            clinician_name="Meera Joshi",
            now=clinic.now,
        )
    (asked,) = said(clinic)
    assert (asked.text or "").startswith("Meera at the clinic would like to see your wound.")
    assert "30 cm" in (asked.text or "")


def test_every_answer_to_a_free_text_says_whom_to_call(clinic: Clinic) -> None:
    clinic.chat(ASHA_CHAT).says("When may I drive my scooter again?")
    clinic.chat(ASHA_CHAT).says("blorp fnord qwx")
    for answer in said(clinic):
        assert URGENT in (answer.text or "")
        assert answer.buttons[0][0]["label"] == "⚠️ Warning signs"
