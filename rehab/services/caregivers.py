"""Caregivers: people who answer for a patient from a phone of their own, while the patient agrees."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from rehab import texts
from rehab.errors import InvalidInput, NotFound
from rehab.models import (
    Caregiver,
    ChatState,
    Conversation,
    Invite,
    MessageClass,
    OutboxMessage,
    OutboxState,
    Patient,
)
from rehab.services import audit, enrolment, episodes
from rehab.services.context import Context

RELATIONS = ("wife", "husband", "daughter", "son", "mother", "father", "friend", "other")
LONGEST_NAME = 100


def add(
    session: Session,
    context: Context,
    *,
    patient_id: int,
    name: str,
    relation: str,
    language: str,
    actor: str,
    now: datetime,
) -> tuple[Caregiver, str]:
    """Add a caregiver; returns the row and the token of the single-use link, which is not stored.

    Whom the patient adds is agreed to; whom staff add is asked about in the patient's chat first.
    Raises NotFound, and InvalidInput with a reason per field.
    """
    if session.get(Patient, patient_id) is None:
        raise NotFound("no such patient")
    _check(context, name, relation, language)
    by_patient = actor == f"patient:{patient_id}"
    made = Caregiver(
        patient_id=patient_id,
        name=name.strip(),
        relation=relation,
        language=language,
        added_by=actor,
        added_at=now,
        consented_at=now if by_patient else None,
    )
    session.add(made)
    session.flush()
    _note(session, made, "added", actor=actor, now=now)
    token = enrolment.new_invite(
        session, context, patient_id=patient_id, actor=actor, now=now, caregiver_id=made.id
    )
    return made, token


def of_patient(session: Session, patient_id: int) -> list[Caregiver]:
    """Everybody who is not ended, oldest first: agreed to or not, with a chat or not."""
    return list(
        session.scalars(
            select(Caregiver)
            .where(Caregiver.patient_id == patient_id, Caregiver.ended_at.is_(None))
            .order_by(Caregiver.id)
        )
    )


def one_of(session: Session, *, patient_id: int, caregiver_id: int) -> Caregiver:
    """A caregiver of this patient who is not ended. Raises NotFound."""
    found = session.get(Caregiver, caregiver_id)
    if found is None or found.patient_id != patient_id or found.ended_at is not None:
        raise NotFound("no such caregiver of this patient")
    return found


def agree(session: Session, caregiver: Caregiver, *, now: datetime) -> None:
    """The patient said yes in the chat."""
    if caregiver.consented_at is None:
        caregiver.consented_at = now
        _note(session, caregiver, "agreed", actor=f"patient:{caregiver.patient_id}", now=now)


def join(session: Session, *, invite: Invite, chat_id: int, now: datetime) -> Caregiver:
    """The caregiver understood what this is: the link is used up and the chat is theirs."""
    caregiver = session.get_one(Caregiver, invite.caregiver_id)
    invite.used_at = now
    caregiver.chat_id, caregiver.state, caregiver.last_heard_at = chat_id, ChatState.ACTIVE, now
    _note(session, caregiver, "joined", actor=f"caregiver:{caregiver.id}", now=now)
    return caregiver


def end(session: Session, caregiver: Caregiver, *, actor: str, now: datetime) -> None:
    """Nothing more is asked, told or kept: the chat is a stranger's again."""
    if caregiver.ended_at is not None:
        return
    for invite in session.scalars(
        select(Invite).where(
            Invite.caregiver_id == caregiver.id,
            Invite.used_at.is_(None),
            Invite.revoked_at.is_(None),
        )
    ):
        invite.revoked_at = now
    if caregiver.chat_id is not None:
        _leave_chat(session, caregiver.chat_id)
    # The chat may belong to somebody else's caregiver, or to a patient, later on.
    caregiver.chat_id, caregiver.ended_at = None, now
    _note(session, caregiver, "ended", actor=actor, now=now)


def _leave_chat(session: Session, chat_id: int) -> None:
    conversation = session.get(Conversation, chat_id)
    if conversation is not None:
        session.delete(conversation)
    # What to do in an emergency was asked for by this person: it still leaves.
    session.execute(
        update(OutboxMessage)
        .where(
            OutboxMessage.chat_id == chat_id,
            OutboxMessage.state == OutboxState.QUEUED,
            OutboxMessage.message_class != MessageClass.SAFETY_REPLY,
        )
        .values(state=OutboxState.CANCELLED)
    )


def _note(session: Session, caregiver: Caregiver, what: str, *, actor: str, now: datetime) -> None:
    audit.record(
        session,
        actor=actor,
        action=f"caregiver.{what}",
        subject=f"caregiver:{caregiver.id}",
        patient_id=caregiver.patient_id,
        now=now,
    )
    episode = episodes.latest(session, patient_id=caregiver.patient_id)
    if episode is not None:
        kind = f"caregiver_{what}"
        episodes.log(session, episode, kind, actor=actor, now=now, detail=caregiver.relation)


def _check(context: Context, name: str, relation: str, language: str) -> None:
    problems: dict[str, str] = {}
    if len(name.strip()) > LONGEST_NAME:
        problems["name"] = f"expected at most {LONGEST_NAME} characters"
    if relation not in RELATIONS:
        problems["relation"] = f"expected one of {', '.join(RELATIONS)}"
    if language not in context.config.clinic.languages:
        problems["language"] = f"expected one of {', '.join(context.config.clinic.languages)}"
    if problems:
        raise InvalidInput(**problems)


def called(caregiver: Caregiver, language: str) -> str:
    """How a chat speaks of somebody: the name, the relation, or both."""
    relation = texts.text(f"relation.{caregiver.relation}", language)
    return f"{caregiver.name} ({relation})" if caregiver.name else relation
