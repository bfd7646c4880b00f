"""Enrolment: adding a patient, the single-use invite, and binding the one phone that used it."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from rehab.clinical import timetable
from rehab.crypto import digest
from rehab.errors import InvalidInput, NotFound
from rehab.models import (
    CareTeamMember,
    ChatState,
    Clinician,
    Consent,
    Episode,
    EpisodeState,
    Heartbeat,
    Invite,
    InviteRefusal,
    Patient,
    PatientChat,
)
from rehab.models.people import birth_years
from rehab.services import audit, channels, episodes, people, plans, preferences, versions
from rehab.services.context import Context

TOKEN_BYTES = 16
"""128 random bits: an invite cannot be guessed."""
CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
CODE_LENGTH = 4
EARLIEST_SURGERY = timedelta(days=-400)
LATEST_SURGERY = timedelta(days=180)
SIDES = ("left", "right", "both")


@dataclass(frozen=True)
class NewPatient:
    """What staff know about a patient at enrolment."""

    name: str
    procedure: str
    variant: str | None
    """None: the procedure's default variant."""
    side: str
    surgery_on: date
    timezone: str
    language: str
    birth_year: int
    phone: str | None
    clinician_id: int
    is_synthetic: bool = False


@dataclass(frozen=True)
class AddedPatient:
    """A new patient and the token of the first invite; the token is shown once and not stored."""

    patient_id: int
    token: str


@dataclass(frozen=True)
class Opening:
    """What came of opening an invite link: the invite, or the reason for refusing it."""

    invite: Invite | None
    refusal: str = ""


def add_patient(
    session: Session, context: Context, *, new: NewPatient, actor: str, now: datetime
) -> AddedPatient:
    """Add a patient with an episode and an invite. Raises InvalidInput with a reason per field."""
    # What the clinic published stands before the release's own files.
    context = versions.current_context(session, context)
    _check(session, context, new, now)
    # What an episode pins must be readable for ever.
    versions.publish(session, context.content, now=now)
    patient = Patient(
        code=_free_code(session),
        name=new.name.strip(),
        phone=(new.phone or "").strip() or None,
        birth_year=new.birth_year,
        language=new.language,
        timezone=new.timezone,
        reminder_time=context.config.reminders.default_time,
        is_synthetic=new.is_synthetic,
        created_at=now,
    )
    session.add(patient)
    session.flush()
    session.add(CareTeamMember(patient_id=patient.id, clinician_id=new.clinician_id, is_lead=True))
    _add_episode(session, context, patient, new, now)
    audit.record(
        session,
        actor=actor,
        action="patient.added",
        subject=f"patient:{patient.id}",
        patient_id=patient.id,
        now=now,
    )
    token = new_invite(session, context, patient_id=patient.id, actor=actor, now=now)
    return AddedPatient(patient.id, token)


def new_invite(
    session: Session,
    context: Context,
    *,
    patient_id: int,
    actor: str,
    now: datetime,
    caregiver_id: int | None = None,
) -> str:
    """Make an invite and return its token. Earlier unused ones stop working. Raises NotFound.

    With `caregiver_id` it is for that caregiver; the patient's own invite stays as it is.
    """
    if session.get(Patient, patient_id) is None:
        raise NotFound("no such patient")
    for old in session.scalars(
        select(Invite).where(
            Invite.patient_id == patient_id,
            Invite.caregiver_id == caregiver_id,
            Invite.used_at.is_(None),
            Invite.revoked_at.is_(None),
        )
    ):
        old.revoked_at = now
    token = secrets.token_urlsafe(TOKEN_BYTES)
    session.add(
        Invite(
            patient_id=patient_id,
            token_digest=digest(token),
            created_by=_clinician_id(actor),
            created_at=now,
            expires_at=now + timedelta(hours=context.config.enrolment.invite_hours),
            caregiver_id=caregiver_id,
        )
    )
    audit.record(
        session,
        actor=actor,
        action="invite.created",
        subject=f"patient:{patient_id}",
        patient_id=patient_id,
        now=now,
    )
    session.flush()
    return token


def invite_link(session: Session, context: Context, token: str) -> str:
    """The deep link that opens the bot with this invite."""
    identity = session.get(Heartbeat, "bot_identity")
    known = identity.detail.get("username") if identity else None
    return f"https://t.me/{known or context.config.telegram.bot_username}?start={token}"


def open_invite(
    session: Session, context: Context, *, token: str, chat_id: int, now: datetime
) -> Opening:
    """Somebody opened a link. The first phone may go on; every refusal is recorded for staff."""
    invite = session.scalar(
        select(Invite).where(Invite.token_digest == digest(token)).with_for_update()
    )
    reason = _refusal(session, context, invite, chat_id, now)
    if invite is None or reason:
        _refuse(session, invite, reason, now)
        return Opening(None, reason)
    invite.opened_by_chat = chat_id
    return Opening(invite)


def confirm_birth_year(
    session: Session, context: Context, *, invite: Invite, year: int, now: datetime
) -> bool:
    """The second fact: without the right birth year a forwarded link opens nothing."""
    if invite.patient.birth_year == year and not is_locked(context, invite):
        return True
    invite.wrong_birth_years += 1
    locked = invite.wrong_birth_years >= context.config.enrolment.birth_year_attempts
    _refuse(session, invite, "locked" if locked else "wrong_birth_year", now)
    return False


def is_locked(context: Context, invite: Invite) -> bool:
    """Whether too many wrong birth years were given."""
    return invite.wrong_birth_years >= context.config.enrolment.birth_year_attempts


def accept_consent(
    session: Session,
    *,
    invite: Invite,
    chat_id: int,
    version: str,
    language: str,
    text: str,
    now: datetime,
) -> Patient:
    """The patient accepts: the invite is used up, the chat is bound, the episode begins."""
    patient = invite.patient
    invite.used_at = now
    _bind_chat(session, patient, chat_id, now)
    session.add(
        Consent(
            patient_id=patient.id,
            version=version,
            language=language,
            text_digest=hashlib.sha256(text.encode()).hexdigest(),
            accepted_at=now,
        )
    )
    patient.language = language
    episode = episodes.latest(session, patient_id=patient.id)
    if episode is not None:
        _begin(session, episode, now)
    audit.record(
        session,
        actor=f"patient:{patient.id}",
        action="consent.accepted",
        subject=f"patient:{patient.id}",
        patient_id=patient.id,
        now=now,
        detail=version,
    )
    session.flush()
    return patient


def _begin(session: Session, episode: Episode, now: datetime) -> None:
    if episode.state == EpisodeState.INVITED:
        episode.state, episode.started_at = EpisodeState.ACTIVE, now
    episode.silence_look_after = now + channels.FIRST_SILENCE_LOOK
    episodes.log(session, episode, "enrolled", actor="patient", now=now)


def _bind_chat(session: Session, patient: Patient, chat_id: int, now: datetime) -> None:
    chat = patient.chat
    if chat is None:
        chat = PatientChat(
            patient=patient, chat_id=chat_id, linked_at=now, state_since=now, last_heard_at=now
        )
        session.add(chat)
    chat.chat_id, chat.state = chat_id, ChatState.ACTIVE
    chat.state_since = chat.linked_at = chat.last_heard_at = now
    session.flush()


def _refusal(
    session: Session, context: Context, invite: Invite | None, chat_id: int, now: datetime
) -> str:
    if invite is None:
        return "unknown"
    if invite.revoked_at is not None:
        return "revoked"
    if invite.used_at is not None:
        return "used"
    if is_locked(context, invite):
        return "locked"
    if invite.expires_at <= now:
        return "expired"
    if invite.opened_by_chat not in (None, chat_id):
        return "other_phone"
    other = channels.patient_chat(session, chat_id)
    if other is not None and other.patient_id != invite.patient_id:
        return "chat_of_another_patient"
    return ""


def _refuse(session: Session, invite: Invite | None, reason: str, now: datetime) -> None:
    session.add(
        InviteRefusal(
            at=now,
            reason=reason,
            invite_id=invite.id if invite else None,
            patient_id=invite.patient_id if invite else None,
        )
    )
    session.flush()


def _add_episode(
    session: Session, context: Context, patient: Patient, new: NewPatient, now: datetime
) -> None:
    variant = new.variant or preferences.variant_for(
        session, context, clinician_id=new.clinician_id, procedure=new.procedure
    )
    protocol = context.content.protocol_for(new.procedure, variant)
    hashes = context.content.hashes
    today = timetable.local_date(now, new.timezone)
    episode = Episode(
        patient=patient,
        procedure=new.procedure,
        variant=protocol.variant,
        side=new.side,
        surgery_on=new.surgery_on,
        protocol_id=protocol.id,
        protocol_hash=hashes[f"protocols/{protocol.id}"],
        exercises_hash=versions.library_hash(context.content),
        questionnaire_hash=hashes[f"questionnaires/{protocol.questionnaire}"],
        rules_hash=hashes[f"rules/{protocol.rules}"],
        education_hash=hashes[f"education/{protocol.education}"] if protocol.education else None,
        state=EpisodeState.INVITED,
        stage_id=plans.first_stage(protocol, new.surgery_on, today),
        created_at=now,
    )
    session.add(episode)
    session.flush()
    preferences.copy_into(
        session,
        context,
        episode=episode,
        protocol=protocol,
        clinician_id=new.clinician_id,
        now=now,
        today=today,
    )


def _check(session: Session, context: Context, new: NewPatient, now: datetime) -> None:
    problems: dict[str, str] = {}
    try:
        today = timetable.local_date(now, new.timezone)
    except InvalidInput:
        raise InvalidInput(timezone='expected an IANA time zone such as "Asia/Kolkata"') from None
    if not new.name.strip():
        problems["name"] = "expected the patient's name"
    if new.birth_year not in birth_years(today):
        problems["birth_year"] = "expected a year such as 1979"
    if new.language not in context.config.clinic.languages:
        problems["language"] = f"expected one of {', '.join(context.config.clinic.languages)}"
    if not EARLIEST_SURGERY <= new.surgery_on - today <= LATEST_SURGERY:
        problems["surgery_on"] = "expected a day within the last 400 or the next 180 days"
    if new.side not in SIDES:
        problems["side"] = "expected left, right or both"
    try:
        context.content.protocol_for(new.procedure, new.variant)
    except KeyError:
        problems["procedure"] = f"expected one of {', '.join(_procedures(context))}"
    clinician = session.get(Clinician, new.clinician_id)
    if clinician is None or not people.is_clinical(clinician):
        problems["clinician"] = "expected a clinician who treats patients"
    if problems:
        raise InvalidInput(**problems)


def _procedures(context: Context) -> list[str]:
    return sorted(
        f"{protocol.procedure} ({protocol.variant})"
        for protocol in context.content.protocols.values()
    )


def _free_code(session: Session) -> str:
    while True:
        code = "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))
        if session.scalar(select(Patient.id).where(Patient.code == code)) is None:
            return code


def _clinician_id(actor: str) -> int | None:
    kind, _, number = actor.partition(":")
    return int(number) if kind == "clinician" and number.isdigit() else None
