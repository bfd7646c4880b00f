"""What a patient sent is fetched once, kept sealed, refused kindly, read in time, and said to be seen."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from cryptography.exceptions import InvalidTag

from rehab import crypto
from rehab.errors import NotFound, WrongState
from rehab.flows.types import EventKind
from rehab.jobs import unread
from rehab.models import (
    AlertState,
    FindingRecord,
    IncomingMessage,
    MediaBody,
    MediaState,
    OutboxMessage,
    ReviewOutcome,
    StoredMedia,
)
from rehab.services import incoming_media, messages, photo_review, reading_time
from rehab.services.incoming_media import PAUSES, Fetch, Prepared
from tests.support.build import ASHA_CHAT, NIGHT, Clinic
from tests.support.pictures import jpeg, opus

PHOTO = Prepared(jpeg(), "image/jpeg", 320, 240)


def send(clinic: Clinic, kind: str = "photo", file_id: str = "F1", **more: object) -> StoredMedia:
    clinic.chat(ASHA_CHAT).does(EventKind.MEDIA, media_kind=kind, file_id=file_id, **more)
    newest: StoredMedia = clinic.all_of(StoredMedia)[-1]
    return newest


def claim(clinic: Clinic) -> list[Fetch]:
    with clinic.session() as session:
        return incoming_media.claim(session, now=clinic.now)


def keep(clinic: Clinic, medium: StoredMedia, prepared: Prepared = PHOTO) -> bool:
    with clinic.session() as session:
        return incoming_media.store(
            session, clinic.context, media_id=medium.id, prepared=prepared, now=clinic.now
        )


def review(clinic: Clinic, medium: StoredMedia, by: int = 0) -> None:
    with clinic.session() as session:
        photo_review.review(
            session,
            media_id=medium.id,
            patient_id=medium.patient_id,
            clinician_id=by or clinic.meera,
            outcome=ReviewOutcome.AS_EXPECTED,
            note="dry",
            now=clinic.now,
        )


def seen_edits(clinic: Clinic) -> list[OutboxMessage]:
    return clinic.outbox(ASHA_CHAT, "receipt_seen")


# --- Fetching -----------------------------------------------------------------------------------


def test_a_file_is_claimed_by_one_and_again_after_the_lease(either: Clinic) -> None:
    medium = send(either)
    assert claim(either) == [Fetch(medium.id, "F1", "picture")]
    assert claim(either) == []
    either.clock.forward(minutes=3)
    assert claim(either) == [Fetch(medium.id, "F1", "picture")]


def test_a_kept_photo_is_sealed_for_its_row_and_opens_in_no_other(either: Clinic) -> None:
    medium = send(either)
    assert keep(either, medium)
    (body,) = either.all_of(MediaBody)
    assert b"JFIF" not in bytes(body.sealed)
    with either.session() as session:
        content, mime = photo_review.body(
            session,
            media_id=medium.id,
            patient_id=medium.patient_id,
            actor="clinician:1",
            now=either.now,
        )
    assert (content, mime) == (PHOTO.content, "image/jpeg")
    with pytest.raises(InvalidTag):
        crypto.decrypt_bytes(bytes(body.sealed), field="media_body:999")


def test_a_file_is_kept_once(clinic: Clinic) -> None:
    medium = send(clinic)
    assert keep(clinic, medium)
    assert not keep(clinic, medium)
    assert claim(clinic) == []


def test_a_file_that_cannot_be_had_is_tried_for_hours_and_then_asked_for_again(
    clinic: Clinic,
) -> None:
    medium = send(clinic)
    for _ in range(len(PAUSES) + 1):
        assert claim(clinic)
        with clinic.session() as session:
            incoming_media.try_later(session, clinic.context, media_id=medium.id, now=clinic.now)
        clinic.clock.forward(hours=6)
    (row,) = clinic.all_of(StoredMedia)
    assert (row.state, row.problem, row.look_after) == (MediaState.LOST, "not_fetched", None)
    (told,) = clinic.outbox(ASHA_CHAT, "media_refused")
    assert "Please send it once more" in (told.text or "")
    assert "call 112" in (told.text or "")


def test_a_bad_file_is_refused_with_what_to_do_and_its_message_still_waits_for_a_person(
    clinic: Clinic,
) -> None:
    medium = send(clinic)
    with clinic.session() as session:
        incoming_media.refuse(
            session,
            clinic.context,
            media_id=medium.id,
            problem="too_many_pixels",
            now=clinic.now,
        )
    (told,) = clinic.outbox(ASHA_CHAT, "media_refused")
    assert "send it here as a photo" in (told.text or "")
    (message,) = clinic.all_of(IncomingMessage)
    assert message.seen_at is None
    assert message.look_after is not None
    with clinic.session() as session, pytest.raises(NotFound):
        photo_review.body(
            session, media_id=medium.id, patient_id=medium.patient_id, actor="x", now=clinic.now
        )


def test_a_voice_message_is_kept_as_it_came(clinic: Clinic) -> None:
    made = incoming_media.prepare("sound", opus(), clinic.context.config.photos)
    assert (made.content, made.mime, made.width) == (opus(), "audio/ogg", None)


# --- The clock of the unread ----------------------------------------------------------------------


def test_only_reading_hours_count(clinic: Clinic) -> None:
    """Tuesday 11:30 is open; 01:30 at night is not; a message of Friday evening waits for Monday."""
    friday = datetime(2026, 3, 13, 12, 15, tzinfo=UTC)
    cover = clinic.context.config.clinic
    with clinic.session() as session:

        def after(now: datetime, minutes: float) -> datetime:
            return reading_time.after(session, clinic.context, now, minutes)

        assert after(clinic.now, 60) == clinic.now + timedelta(hours=1)
        morning = after(NIGHT, 0)
        assert after(NIGHT, 60) == morning + timedelta(hours=1)
        assert after(friday, 120) - after(friday, 0) > timedelta(hours=2)
        assert cover.cover_from < cover.cover_until


@pytest.mark.parametrize("kind", ["photo", "voice", "text"])
def test_what_nobody_reads_in_time_becomes_an_alert_once(clinic: Clinic, kind: str) -> None:
    if kind == "text":
        clinic.chat(ASHA_CHAT).says("blorp fnord qwx")
    else:
        send(clinic, kind)
    clinic.clock.forward(minutes=119)
    assert run_unread(clinic) == 0
    clinic.clock.forward(minutes=2)
    assert run_unread(clinic) == 1
    (found,) = clinic.all_of(FindingRecord)
    assert (found.rule_id, found.tier) == ("RF25.unread-message", "T2")
    assert clinic.alert().state == AlertState.OPEN
    assert clinic.outbox(9001), "a clinician's phone shows it"
    assert run_unread(clinic) == 0


def run_unread(clinic: Clinic) -> int:
    with clinic.app.app_context():
        return unread.run_once(clinic.context, clinic.clock)


def test_an_update_nobody_could_read_runs_the_clock_too(clinic: Clinic) -> None:
    with clinic.session() as session:
        messages.keep_unreadable(
            session, clinic.context, chat_id=ASHA_CHAT, raw="{", source="odd:1", now=clinic.now
        )
    clinic.clock.forward(minutes=121)
    assert run_unread(clinic) == 1


def test_what_was_understood_and_harmless_runs_no_clock(clinic: Clinic) -> None:
    clinic.chat(ASHA_CHAT).says("When may I drive my scooter again?")
    (message,) = clinic.all_of(IncomingMessage)
    assert message.understood == (message.look_after is None)


def test_marking_as_seen_stops_the_clock(clinic: Clinic) -> None:
    send(clinic, "voice")
    with clinic.session() as session:
        patient = session.get_one(StoredMedia, 1).patient_id
        messages.mark_seen(session, patient_id=patient, clinician_id=clinic.meera, now=clinic.now)
    clinic.clock.forward(days=2)
    assert run_unread(clinic) == 0


def test_a_photo_that_was_read_but_not_reviewed_becomes_an_alert_after_its_hours(
    clinic: Clinic,
) -> None:
    medium = send(clinic)
    keep(clinic, medium)
    with clinic.session() as session:
        messages.mark_seen(
            session, patient_id=medium.patient_id, clinician_id=clinic.meera, now=clinic.now
        )
    clinic.clock.forward(hours=23)
    assert run_unread(clinic) == 0
    clinic.clock.forward(hours=2)
    assert run_unread(clinic) == 1
    (found,) = clinic.all_of(FindingRecord)
    assert found.rule_id == "RF25.unreviewed-photo"


def test_a_reviewed_photo_waits_for_nobody(clinic: Clinic) -> None:
    medium = send(clinic)
    keep(clinic, medium)
    review(clinic, medium)
    clinic.clock.forward(days=3)
    assert run_unread(clinic) == 0
    with pytest.raises(WrongState):
        review(clinic, medium)


# --- Seen by --------------------------------------------------------------------------------------


def test_the_receipt_says_who_has_seen_it_only_then_and_once(either: Clinic) -> None:
    medium = send(either)
    keep(either, medium)
    assert seen_edits(either) == []
    either.clock.forward(minutes=30)
    review(either, medium)
    (edit,) = seen_edits(either)
    receipt = either.all_of(IncomingMessage)[0].receipt_id
    assert edit.edits_id == receipt
    assert "it is kept for the clinic" in (edit.text or "")
    assert "reading messages now" not in (edit.text or ""), "that was true when it was written"
    assert (edit.text or "").endswith("✓ Seen by your physiotherapist Meera, 12:00")
    assert edit.buttons[0][0]["label"] == "⚠️ Warning signs"
    with either.session() as session:
        messages.mark_seen(
            session, patient_id=medium.patient_id, clinician_id=either.rao, now=either.now
        )
    assert len(seen_edits(either)) == 1


def test_an_album_is_seen_when_its_last_photo_is(clinic: Clinic) -> None:
    photos = [send(clinic, file_id=f"F{n}", album="A") for n in range(2)]
    for photo in photos:
        keep(clinic, photo)
    review(clinic, photos[0])
    assert seen_edits(clinic) == []
    review(clinic, photos[1], by=clinic.rao)
    (edit,) = seen_edits(clinic)
    assert "Seen by your surgeon Rao, " in (edit.text or "")


def test_two_days_later_nobody_is_disturbed(clinic: Clinic) -> None:
    clinic.chat(ASHA_CHAT).says("When may I drive my scooter again?")
    clinic.clock.forward(hours=49)
    with clinic.session() as session:
        patient = session.get_one(IncomingMessage, 1).patient_id
        assert messages.mark_seen(
            session, patient_id=patient, clinician_id=clinic.meera, now=clinic.now
        )
    assert seen_edits(clinic) == []


def test_seen_on_another_day_names_the_day(clinic: Clinic) -> None:
    clinic.chat(ASHA_CHAT).says("When may I drive my scooter again?")
    clinic.clock.forward(hours=24)
    with clinic.session() as session:
        patient = session.get_one(IncomingMessage, 1).patient_id
        messages.mark_seen(session, patient_id=patient, clinician_id=clinic.meera, now=clinic.now)
    (edit,) = seen_edits(clinic)
    assert (edit.text or "").endswith("Meera, 11.03., 11:30")
