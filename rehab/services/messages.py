"""What patients send outside a question: kept, screened for danger words, shown to a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from rehab.clinical import timetable, triage
from rehab.clinical.redflags import Finding
from rehab.models import Episode, EpisodeState, IncomingKind, IncomingMessage, Patient
from rehab.services import alerts, audit, channels, episodes, versions
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
) -> Kept:
    """Store a message, screen its words and raise what they say. Words only ever raise."""
    message = IncomingMessage(
        patient_id=patient.id,
        kind=kind,
        text=text,
        telegram_file_id=file_id,
        tier=None,
        rule_ids=[],
        received_at=now,
        source=source,
    )
    session.add(message)
    session.flush()
    episode = episodes.latest(session, patient_id=patient.id)
    if episode is None or not text.strip():
        return Kept(message, (), understood=not text.strip())
    return _screen(session, context, patient=patient, episode=episode, message=message, now=now)


def keep_unreadable(
    session: Session, context: Context, *, chat_id: int, raw: str, source: str, now: datetime
) -> None:
    """An update of a patient that could not be handled: a person must look at it."""
    chat = channels.patient_chat(session, chat_id)
    if chat is None:
        return
    known = select(IncomingMessage.id).where(IncomingMessage.source == source)
    if session.scalar(known) is not None:
        return
    keep(
        session,
        context,
        patient=chat.patient,
        kind=IncomingKind.UNREADABLE,
        text=raw[:4000].encode("utf-8", "replace").decode("utf-8"),
        source=source,
        now=now,
    )


def mark_seen(session: Session, *, patient_id: int, clinician_id: int, now: datetime) -> int:
    """A clinician has read everything this patient wrote so far. Returns how many were unread."""
    result = session.execute(
        update(IncomingMessage)
        .where(IncomingMessage.patient_id == patient_id, IncomingMessage.seen_at.is_(None))
        .values(seen_at=now, seen_by=clinician_id)
    )
    audit.record(
        session,
        actor=f"clinician:{clinician_id}",
        action="messages.seen",
        subject=f"patient:{patient_id}",
        patient_id=patient_id,
        now=now,
    )
    return int(getattr(result, "rowcount", 0) or 0)


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
