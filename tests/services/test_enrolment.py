"""Enrolment: who is added, which link opens what, and what is written down of a consent."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest
from sqlalchemy import select

from rehab.errors import InvalidInput, NotFound
from rehab.models import (
    AuditEvent,
    Consent,
    Episode,
    EpisodeEvent,
    Heartbeat,
    Invite,
    InviteRefusal,
    Patient,
    PatientChat,
)
from rehab.services import enrolment
from tests.support.build import ASHA_CHAT, Clinic

PHONE, OTHER_PHONE = 2001, 2002


def open_link(clinic: Clinic, token: str, chat: int = PHONE) -> str:
    """The reason for the refusal; empty when the link opens."""
    with clinic.session() as session:
        opening = enrolment.open_invite(
            session, clinic.context, token=token, chat_id=chat, now=clinic.now
        )
        assert (opening.invite is None) is bool(opening.refusal)
        return opening.refusal


def say_year(clinic: Clinic, patient_id: int, year: int) -> bool:
    with clinic.session() as session:
        invite = session.scalars(select(Invite).where(Invite.patient_id == patient_id)).one()
        return enrolment.confirm_birth_year(
            session, clinic.context, invite=invite, year=year, now=clinic.now
        )


def accept(clinic: Clinic, patient_id: int, chat: int = PHONE) -> None:
    with clinic.session() as session:
        newest = select(Invite).where(Invite.patient_id == patient_id).order_by(Invite.id.desc())
        invite = session.scalars(newest).first()
        assert invite is not None
        enrolment.accept_consent(
            session,
            invite=invite,
            chat_id=chat,
            version="2026-1",
            language="hi",
            text="the exact words",
            now=clinic.now,
        )


def refusals(clinic: Clinic) -> list[tuple[str, int | None]]:
    return [(row.reason, row.patient_id) for row in clinic.all_of(InviteRefusal)]


def test_a_new_patient_waits_to_be_enrolled(clinic: Clinic) -> None:
    patient_id, token = clinic.invite("Olu Ade", day=3)
    patient = clinic.one(select(Patient).where(Patient.id == patient_id))
    episode = clinic.one(select(Episode).where(Episode.patient_id == patient_id))
    assert (patient.name, len(patient.code)) == ("Olu Ade", 4)
    assert (episode.state, episode.stage_id) == ("invited", "P1")
    assert len(token) >= 20
    assert token not in {invite.token_digest for invite in clinic.all_of(Invite)}


def test_before_surgery_a_patient_prepares(clinic: Clinic) -> None:
    patient_id, _ = clinic.invite("Olu Ade", day=-9)
    assert clinic.one(select(Episode).where(Episode.patient_id == patient_id)).stage_id == "P0"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "  "),
        ("birth_year", 1850),
        ("birth_year", 2026),
        ("language", "fr"),
        ("side", "upper"),
        ("procedure", "appendectomy"),
        ("timezone", "Mars/Olympus"),
        ("clinician_id", 999),
    ],
)
def test_what_cannot_be_is_refused_by_field(clinic: Clinic, field: str, value: object) -> None:
    before = len(clinic.all_of(Patient))
    with pytest.raises(InvalidInput) as refused:
        clinic.invite(**{field: value})  # type: ignore[arg-type]
    assert list(refused.value.fields) == [field.removesuffix("_id")]
    assert len(clinic.all_of(Patient)) == before


@pytest.mark.parametrize("day", [401, -181])
def test_a_surgery_too_long_ago_or_too_far_ahead_is_refused(clinic: Clinic, day: int) -> None:
    with pytest.raises(InvalidInput, match="surgery_on"):
        clinic.invite(day=day)


def test_an_administrator_cannot_be_responsible_for_a_patient(clinic: Clinic) -> None:
    with pytest.raises(InvalidInput, match="clinician"):
        clinic.invite(clinician_id=clinic.admin)


def test_all_problems_are_told_at_once(clinic: Clinic) -> None:
    with pytest.raises(InvalidInput) as refused:
        clinic.invite(" ", side="upper", language="fr")
    assert set(refused.value.fields) == {"name", "side", "language"}


def test_a_link_nobody_made_opens_nothing_and_staff_see_the_attempt(clinic: Clinic) -> None:
    assert open_link(clinic, "guessed") == "unknown"
    assert refusals(clinic) == [("unknown", None)]


def test_a_link_dies_after_its_time(clinic: Clinic) -> None:
    patient_id, token = clinic.invite()
    clinic.clock.forward(hours=72, seconds=-1)
    assert open_link(clinic, token) == ""
    clinic.clock.forward(seconds=1)
    assert open_link(clinic, token) == "expired"
    assert refusals(clinic) == [("expired", patient_id)]


def test_a_used_link_opens_nothing_more(clinic: Clinic) -> None:
    patient_id, token = clinic.invite()
    open_link(clinic, token)
    accept(clinic, patient_id)
    assert open_link(clinic, token) == "used"
    assert open_link(clinic, token, OTHER_PHONE) == "used"


def test_the_first_phone_may_open_it_again_and_a_second_may_not(clinic: Clinic) -> None:
    patient_id, token = clinic.invite()
    assert [open_link(clinic, token), open_link(clinic, token)] == ["", ""]
    assert open_link(clinic, token, OTHER_PHONE) == "other_phone"
    assert refusals(clinic) == [("other_phone", patient_id)]


def test_the_phone_of_another_patient_is_refused(clinic: Clinic) -> None:
    _, token = clinic.invite("Olu Ade")
    assert open_link(clinic, token, ASHA_CHAT) == "chat_of_another_patient"


def test_a_new_invite_revokes_the_old_one(clinic: Clinic) -> None:
    patient_id, old = clinic.invite()
    with clinic.session() as session:
        new = enrolment.new_invite(
            session,
            clinic.context,
            patient_id=patient_id,
            actor=f"clinician:{clinic.rao}",
            now=clinic.now,
        )
    assert (open_link(clinic, old), open_link(clinic, new)) == ("revoked", "")
    assert [invite.created_by for invite in clinic.all_of(Invite)][-1] == clinic.rao


def test_an_invite_for_nobody_is_refused(clinic: Clinic) -> None:
    with pytest.raises(NotFound), clinic.session() as session:
        enrolment.new_invite(session, clinic.context, patient_id=999, actor="cli", now=clinic.now)


def test_wrong_birth_years_lock_the_link(clinic: Clinic) -> None:
    patient_id, token = clinic.invite(birth_year=1979)
    open_link(clinic, token)
    assert [say_year(clinic, patient_id, 1980) for _ in range(2)] == [False, False]
    assert open_link(clinic, token) == ""
    assert say_year(clinic, patient_id, 1981) is False
    assert open_link(clinic, token) == "locked"
    reasons = [reason for reason, _ in refusals(clinic)]
    assert reasons == ["wrong_birth_year", "wrong_birth_year", "locked", "locked"]


def test_the_right_birth_year_opens_the_consent(clinic: Clinic) -> None:
    patient_id, token = clinic.invite(birth_year=1979)
    open_link(clinic, token)
    assert say_year(clinic, patient_id, 1980) is False
    assert say_year(clinic, patient_id, 1979) is True


def test_accepting_writes_down_what_was_accepted_and_begins_the_episode(either: Clinic) -> None:
    patient_id, token = either.invite(language="en")
    open_link(either, token)
    accept(either, patient_id)
    consent = either.one(select(Consent).where(Consent.patient_id == patient_id))
    assert consent.text_digest == hashlib.sha256(b"the exact words").hexdigest()
    assert (consent.version, consent.language, consent.accepted_at) == ("2026-1", "hi", either.now)
    patient = either.one(select(Patient).where(Patient.id == patient_id))
    episode = either.one(select(Episode).where(Episode.patient_id == patient_id))
    assert patient.language == "hi"
    assert (episode.state, episode.started_at) == ("active", either.now)
    assert episode.silence_look_after == either.now + timedelta(hours=24)
    kinds = either.read(select(EpisodeEvent.kind).where(EpisodeEvent.episode_id == episode.id))
    assert kinds == ["enrolled"]
    assert "consent.accepted" in [event.action for event in either.all_of(AuditEvent)]


def test_a_new_phone_takes_the_place_of_the_lost_one(clinic: Clinic) -> None:
    patient_id, token = clinic.invite()
    open_link(clinic, token)
    accept(clinic, patient_id)
    with clinic.session() as session:
        token = enrolment.new_invite(
            session, clinic.context, patient_id=patient_id, actor="cli", now=clinic.now
        )
    assert open_link(clinic, token, OTHER_PHONE) == ""
    accept(clinic, patient_id, OTHER_PHONE)
    chats = clinic.read(select(PatientChat.chat_id).where(PatientChat.patient_id == patient_id))
    assert chats == [OTHER_PHONE]


def test_the_link_names_the_bot_once_it_has_told_its_name(clinic: Clinic) -> None:
    def link() -> str:
        with clinic.session() as session:
            return enrolment.invite_link(session, clinic.context, "token")

    assert link() == "https://t.me/rehab_demo_bot?start=token"
    with clinic.session() as session:
        session.add(
            Heartbeat(component="bot_identity", at=clinic.now, detail={"username": "our_bot"})
        )
    assert link() == "https://t.me/our_bot?start=token"
