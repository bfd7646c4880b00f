"""What patients send outside a question: kept, screened for danger words, shown to a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from rehab.clinical import timetable, triage
from rehab.clinical.redflags import Finding
from rehab.models import (
    Clinician,
    Episode,
    EpisodeState,
    IncomingKind,
    IncomingMessage,
    OutboxMessage,
    Patient,
)
from rehab.services import alerts, audit, channels, episodes, reading_time, seen, versions
from rehab.services.context import Context


@dataclass(frozen=True)
class Kept:
    """A message that was kept, and what its words raised."""

    message: IncomingMessage
    findings: tuple[Finding, ...]
    understood: bool


def keep(
    session: Session,
    context: Context,
    *,
    patient: Patient,
    kind: str,
    text: str,
    source: str,
    now: datetime,
    file_id: str | None = None,
    sent_by: str = "patient",
) -> Kept:
    """Store a message, screen its words and raise what they say. Words only ever raise.

    Unless it is a text that was understood, a clock runs until somebody has read it: see the job
    `unread`.
    """
    message = IncomingMessage(
        patient_id=patient.id,
        kind=kind,
        text=text,
        telegram_file_id=file_id,
        tier=None,
        rule_ids=[],
        received_at=now,
        source=source,
        sent_by=sent_by,
    )
    session.add(message)
    session.flush()
    episode = episodes.latest(session, patient_id=patient.id)
    if episode is None or not text.strip():
        kept = Kept(message, (), understood=not text.strip())
    else:
        kept = _screen(
            session, context, patient=patient, episode=episode, message=message, now=now
        )
    message.understood = kept.understood
    if kind != IncomingKind.TEXT or not kept.understood:
        message.look_after = reading_time.after(
            session, context, now, context.config.messages.unread_minutes
        )
    return kept


def answered_with(message: IncomingMessage, receipt: OutboxMessage) -> None:
    """Remember the receipt the patient got; it will say who has read the message."""
    message.receipt_id = receipt.id


def keep_unreadable(
    session: Session, context: Context, *, chat_id: int, raw: str, source: str, now: datetime
) -> None:
    """An update of a patient that could not be handled: a person must look at it."""
    chat = channels.patient_chat(session, chat_id)
    helper = channels.caregiver_chat(session, chat_id) if chat is None else None
    if helper is not None and helper.consented_at is None:
        return
    writer = chat or helper
    if writer is None:
        return
    known = select(IncomingMessage.id).where(IncomingMessage.source == source)
    if session.scalar(known) is not None:
        return
    keep(
        session,
        context,
        patient=writer.patient,
        kind=IncomingKind.UNREADABLE,
        text=raw[:4000].encode("utf-8", "replace").decode("utf-8"),
        source=source,
        now=now,
        sent_by=f"caregiver:{helper.id}" if helper else "patient",
    )


def mark_seen(session: Session, *, patient_id: int, clinician_id: int, now: datetime) -> int:
    """A clinician has read everything this patient wrote so far. Returns how many were unread.

    Each patient's receipt says so from now on.
    """
    clinician = session.get_one(Clinician, clinician_id)
    unread = session.scalars(
        select(IncomingMessage)
        .where(IncomingMessage.patient_id == patient_id, IncomingMessage.seen_at.is_(None))
        .order_by(IncomingMessage.id)
        .with_for_update()
    ).all()
    for message in unread:
        message.seen_at, message.seen_by, message.look_after = now, clinician.id, None
    for message in unread:
        seen.tell(session, message=message, clinician=clinician, now=now)
    audit.record(
        session,
        actor=f"clinician:{clinician_id}",
        action="messages.seen",
        subject=f"patient:{patient_id}",
        patient_id=patient_id,
        now=now,
    )
    return len(unread)


def mark_one_seen(
    session: Session, *, message: IncomingMessage, clinician_id: int, now: datetime
) -> None:
    """A clinician has read or looked at this one; the first one who did stays on record."""
    message.look_after = None
    if message.seen_at is not None:
        return
    message.seen_at, message.seen_by = now, clinician_id
    clinician = session.get_one(Clinician, clinician_id)
    seen.tell(session, message=message, clinician=clinician, now=now)


def _screen(
    session: Session,
    context: Context,
    *,
    patient: Patient,
    episode: Episode,
    message: IncomingMessage,
    now: datetime,
) -> Kept:
    screening = triage.screen(
        message.text,
        versions.rules_of(session, context, episode),
        day=timetable.day_number(episode.surgery_on, timetable.local_date(now, patient.timezone)),
        languages=(patient.language,),
    )
    message.tier = screening.tier
    message.rule_ids = [finding.rule_id for finding in screening.findings]
    if screening.findings and episode.state != EpisodeState.CLOSED:
        alerts.raise_findings(
            session,
            context,
            episode=episode,
            findings=screening.findings,
            cause=f"message:{message.id}",
            now=now,
        )
    return Kept(message, screening.findings, screening.understood)
