"""Telling a patient that a person has read: the receipt they have says so, and only then."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from rehab import texts
from rehab.clinical import timetable
from rehab.models import (
    Caregiver,
    Clinician,
    IncomingMessage,
    MessageClass,
    OutboxMessage,
    Patient,
    RoleName,
)
from rehab.services import outbox
from rehab.services.outbox import Button

EDITABLE = timedelta(hours=48)
"""How long Telegram lets a message be changed, by its most careful reading. Later nobody is disturbed."""
ROLES = (RoleName.PHYSIOTHERAPIST, RoleName.SURGEON, RoleName.NURSE)
TITLES = frozenset({"Dr", "Dr.", "Prof", "Prof.", "Mr", "Mr.", "Ms", "Ms.", "Mrs", "Mrs."})


def tell(
    session: Session, *, message: IncomingMessage, clinician: Clinician, now: datetime
) -> None:
    """Change the receipt of a message that was just marked as seen, once; silent when it is too late.

    The receipt of an album speaks for all its photos, so it waits for the last of them.
    """
    receipt = message.receipt_id and session.get(OutboxMessage, message.receipt_id)
    if not receipt or not receipt.text or now - receipt.created_at > EDITABLE:
        return
    if _is_ended(session, message.sent_by):
        return
    session.flush()
    unseen = select(IncomingMessage.id).where(
        IncomingMessage.receipt_id == receipt.id, IncomingMessage.seen_at.is_(None)
    )
    if session.scalar(unseen.limit(1)) is not None:
        return
    patient = session.get_one(Patient, message.patient_id)
    read = seen_by(clinician, patient, receipt.created_at, now)
    outbox.enqueue(
        session,
        dedupe_key=f"receipt_seen:{receipt.id}",
        message_class=MessageClass.REPLY,
        kind="receipt_seen",
        chat_id=receipt.chat_id,
        text=f"{_without_hours(receipt.text)}\n\n✓ {read}",
        buttons=[[Button(one["label"], one["data"]) for one in row] for row in receipt.buttons],
        now=now,
        expires_at=receipt.created_at + EDITABLE,
        edits_id=receipt.id,
        relevance={"shown_original": receipt.id},
        patient_id=patient.id,
    )


def _without_hours(receipt: str) -> str:
    """The receipt without its last paragraph: "nobody reads now" is over when somebody has read."""
    words, _, hours = receipt.rpartition("\n\n")
    return words or hours


def _is_ended(session: Session, sent_by: str) -> bool:
    """Whether a caregiver wrote it who answers no more: that chat hears nothing of the patient."""
    kind, _, number = sent_by.partition(":")
    if kind != "caregiver" or not number.isdigit():
        return False
    return session.get_one(Caregiver, int(number)).ended_at is not None


def seen_by(clinician: Clinician, patient: Patient, since: datetime, now: datetime) -> str:
    """Who has seen it and when, in the patient's language and clock: a role, a first name, a time."""
    same_day = timetable.local_date(since, patient.timezone) == timetable.local_date(
        now, patient.timezone
    )
    moment = timetable.local_text(now, patient.timezone, "%H:%M" if same_day else "%d.%m., %H:%M")
    held = {role.name for role in clinician.roles}
    role = next((one.value for one in ROLES if one in held), "clinician")
    return texts.text(f"seen.{role}", patient.language, name=called(clinician.name), time=moment)


def called(name: str) -> str:
    """How a patient knows somebody: the first name, or title and family name."""
    first, *others = name.split()
    return f"{first} {others[-1]}" if first in TITLES and others else first
