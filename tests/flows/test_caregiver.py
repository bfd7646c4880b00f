"""A caregiver with a phone of their own: nothing before the yes, the same rules, and an end."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

from sqlalchemy import select

from rehab.flows import caregiver as flow
from rehab.flows.types import EventKind
from rehab.models import (
    Alert,
    Caregiver,
    CheckIn,
    EpisodeEvent,
    FindingRecord,
    IncomingMessage,
    Observation,
    OutboxMessage,
)
from rehab.services import alert_card, caregivers, messages
from tests.support.build import ASHA_CHAT, MEERA_CHAT, Chat, Clinic

LEENA_CHAT = 2001


def invited_by_asha(clinic: Clinic) -> str:
    """Asha asks for a link for her daughter; its token."""
    asha = clinic.chat(ASHA_CHAT)
    assert asha.command("caregiver") == ["caregiver_relation"]
    asha.taps("relation:daughter")
    (link,) = [word for word in asha.said.split() if word.startswith("https://")]
    return parse_qs(urlsplit(link).query)["start"][0]


def joined(clinic: Clinic) -> Chat:
    """Asha's daughter, who may answer."""
    leena = clinic.chat(LEENA_CHAT)
    leena.command("start", invited_by_asha(clinic))
    leena.taps("understood")
    return leena


def added_by_staff(clinic: Clinic) -> str:
    with clinic.session() as session:
        made, token = caregivers.add(
            session,
            clinic.context,
            patient_id=1,
            name="Leena",
            relation="daughter",
            language="hi",
            actor=f"clinician:{clinic.meera}",
            now=clinic.now,
        )
        flow.ask_consent(session, clinic.context, caregiver=made, now=clinic.now)
    return token


def test_whom_the_patient_invites_is_told_what_this_is_before_anything_is_shared(
    clinic: Clinic,
) -> None:
    leena = clinic.chat(LEENA_CHAT)
    leena.command("start", invited_by_asha(clinic))
    assert leena.kinds == ["caregiver_welcome"]
    assert "not an emergency service" in leena.said
    assert "Asha" not in leena.said
    leena.taps("understood")
    assert "You answer here for Asha." in leena.said
    assert "Patil" not in leena.said
    told = clinic.outbox(ASHA_CHAT)[-1]
    assert "daughter has opened the link" in (told.text or "")


def test_whom_staff_add_sees_nothing_until_the_patient_says_yes(clinic: Clinic) -> None:
    token = added_by_staff(clinic)
    leena, asha = clinic.chat(LEENA_CHAT), clinic.chat(ASHA_CHAT)
    leena.command("start", token)
    leena.taps("understood")
    assert leena.kinds == ["caregiver_waiting"]
    leena.says("she has chest pain")
    assert leena.kinds == ["caregiver_waiting"]
    assert "112" in leena.said
    assert not clinic.all_of(IncomingMessage)
    asha.taps("yes", kind="caregiver")
    assert "Leena (daughter) may answer for you" in asha.said
    assert clinic.one(select(Caregiver)).consented_at == clinic.now
    hers = clinic.outbox(LEENA_CHAT)[-1]
    assert hers.kind == "caregiver_help"
    assert "Asha" in (hers.text or "")


def test_a_no_ends_it_and_the_link_opens_nothing(clinic: Clinic) -> None:
    token = added_by_staff(clinic)
    clinic.chat(ASHA_CHAT).taps("no", kind="caregiver")
    leena = clinic.chat(LEENA_CHAT)
    assert leena.command("start", token) == ["invite_refused"]
    assert clinic.one(select(Caregiver)).consented_at is None


def test_a_chat_that_has_a_role_is_refused_kindly_and_the_link_still_works(
    clinic: Clinic,
) -> None:
    token = invited_by_asha(clinic)
    for chat in (ASHA_CHAT, MEERA_CHAT):
        known = clinic.chat(chat)
        assert known.command("start", token) == ["invite_refused"]
        assert "another phone" in known.said
    assert clinic.chat(LEENA_CHAT).command("start", token) == ["caregiver_welcome"]
    assert clinic.chat(LEENA_CHAT + 1).command("start", token) == ["invite_refused"]


def test_her_answers_are_judged_by_the_same_rules_and_the_text_is_in_her_chat(
    either: Clinic,
) -> None:
    leena = joined(either)
    leena.command("checkin")
    assert "These questions are about Asha." in leena.said
    leena.taps("10", question="pain")
    (answer,) = either.all_of(Observation)
    helper = either.one(select(Caregiver))
    assert answer.answered_by == f"caregiver:{helper.id}"
    leena.command("warning")
    leena.taps("chest")
    safety = either.one(select(OutboxMessage).where(OutboxMessage.kind == "safety_text"))
    assert safety.chat_id == LEENA_CHAT
    (note,) = either.outbox(ASHA_CHAT, "caregiver_reported")
    assert "What to do now stands on their phone" in (note.text or "")
    with either.session() as session:
        alert = session.scalars(select(Alert)).one()
        card = alert_card.card_text(session, either.context, alert, now=either.now)
    assert "answered by the caregiver (daughter)" in card


def test_words_and_photos_are_kept_as_hers(clinic: Clinic) -> None:
    leena = joined(clinic)
    leena.says("she has chest pain")
    assert "safety_text" in leena.kinds
    leena.does(EventKind.MEDIA, media_kind="photo", file_id="F1", size=10)
    helper = clinic.one(select(Caregiver))
    assert {one.sent_by for one in clinic.all_of(IncomingMessage)} == {f"caregiver:{helper.id}"}
    assert clinic.all_of(FindingRecord)


def test_the_question_in_the_other_chat_says_who_has_answered_it(clinic: Clinic) -> None:
    leena, asha = joined(clinic), clinic.chat(ASHA_CHAT)
    asha.command("checkin")
    leena.command("checkin")
    leena.taps("4", question="pain")
    marked = clinic.outbox(ASHA_CHAT)[-1]
    assert marked.edits_id is not None
    assert "✓ 4 · answered by daughter" in (marked.text or "")
    asha.taps("6", question="pain")
    first, second = clinic.all_of(Observation)
    assert (first.status, second.value, second.answered_by) == ("amended", 6, "patient")
    assert len(clinic.all_of(CheckIn)) == 1


def test_the_exercises_stay_with_the_patient(clinic: Clinic) -> None:
    leena = joined(clinic)
    assert leena.command("today") == ["caregiver_help"]
    assert "stay on Asha's own phone" in leena.said


def test_stop_ends_the_caregiver_and_nobody_else(clinic: Clinic) -> None:
    leena = joined(clinic)
    assert leena.command("stop") == ["caregiver_ended"]
    assert leena.command("checkin") == ["stranger"]
    assert "daughter no longer answers for you" in (clinic.outbox(ASHA_CHAT)[-1].text or "")
    assert clinic.chat(ASHA_CHAT).command("checkin") == ["check_in_question"]


def test_the_patient_ends_it_and_an_old_button_does_nothing_more(clinic: Clinic) -> None:
    leena, asha = joined(clinic), clinic.chat(ASHA_CHAT)
    leena.command("checkin")
    asha.command("caregiver")
    asha.taps(f"end:{clinic.one(select(Caregiver)).id}")
    assert clinic.outbox(LEENA_CHAT)[-1].kind == "caregiver_ended"
    leena.taps("10", question="pain")
    assert leena.kinds == ["stranger"]
    assert not clinic.all_of(Observation)


def test_a_caregiver_who_blocks_the_bot_is_noted_and_a_word_undoes_it(clinic: Clinic) -> None:
    leena = joined(clinic)
    leena.does(EventKind.BLOCKED)
    assert clinic.one(select(Caregiver)).state == "blocked"
    kinds = {one.kind for one in clinic.all_of(EpisodeEvent)}
    assert "caregiver_lost" in kinds
    leena.command("help")
    assert clinic.one(select(Caregiver)).state == "active"


def test_whoever_ended_hears_not_even_that_a_message_was_read(clinic: Clinic) -> None:
    leena = joined(clinic)
    leena.says("is this normal, the stairs feel odd")
    leena.command("stop")
    with clinic.session() as session:
        messages.mark_seen(session, patient_id=1, clinician_id=clinic.meera, now=clinic.now)
    assert clinic.outbox(LEENA_CHAT)[-1].kind == "caregiver_ended"
