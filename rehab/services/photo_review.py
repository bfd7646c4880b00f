"""Looking at what patients sent: the list, the body, and who reviewed it when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from rehab import crypto
from rehab.clinical import timetable
from rehab.errors import NotFound, WrongState
from rehab.models import (
    CheckIn,
    Clinician,
    IncomingMessage,
    MediaBody,
    MediaState,
    Patient,
    ReviewOutcome,
    StoredMedia,
)
from rehab.services import alert_card, audit, check_ins, messages, versions
from rehab.services.context import Context
from rehab.services.incoming_media import field_of

MOST_SHOWN = 60
UNREVIEWED = (
    StoredMedia.reviewed_at.is_(None),
    StoredMedia.state == MediaState.STORED,
    StoredMedia.width.is_not(None),
)
"""A picture that could not be kept is nothing to review; its message still waits to be read."""


@dataclass(frozen=True)
class Shown:
    """One medium as staff see it. `size` in bytes."""

    id: int
    kind: str
    state: str
    problem: str
    received_at: datetime
    local_on: date
    words: str
    """The caption."""
    is_picture: bool
    width: int | None
    height: int | None
    seconds: int | None
    size: int | None
    answers: tuple[str, ...]
    """What was answered with a wound photo, in staff's words."""
    reviewed_at: datetime | None
    reviewed_by: str
    outcome: str
    note: str
    waits: bool
    """A picture nobody has reviewed, or anything else nobody has marked as seen."""
    is_overdue: bool
    """Waits for longer than the clinic's hours."""


def gallery(
    session: Session, context: Context, *, patient_id: int, now: datetime
) -> tuple[Shown, ...]:
    """What this patient sent, the newest first."""
    rows = session.execute(
        select(StoredMedia, IncomingMessage, Clinician.name)
        .join(IncomingMessage, IncomingMessage.id == StoredMedia.incoming_id)
        .outerjoin(Clinician, Clinician.id == StoredMedia.reviewed_by)
        .where(StoredMedia.patient_id == patient_id)
        .order_by(StoredMedia.id.desc())
        .limit(MOST_SHOWN)
    ).all()
    patient = session.get_one(Patient, patient_id)
    late = now - timedelta(hours=context.config.photos.review_hours)
    return tuple(
        _shown(
            medium,
            message,
            reviewer=reviewer or "",
            answers=_answers(session, context, medium.check_in_id),
            zone=patient.timezone,
            late=late,
        )
        for medium, message, reviewer in rows
    )


def _shown(
    medium: StoredMedia,
    message: IncomingMessage,
    *,
    reviewer: str,
    answers: tuple[str, ...],
    zone: str,
    late: datetime,
) -> Shown:
    is_picture = medium.width is not None
    waits = medium.reviewed_at is None and (is_picture or message.seen_at is None)
    return Shown(
        id=medium.id,
        kind=medium.kind,
        state=medium.state,
        problem=medium.problem or "",
        received_at=medium.received_at,
        local_on=timetable.local_date(medium.received_at, zone),
        words=message.text,
        is_picture=is_picture,
        width=medium.width,
        height=medium.height,
        seconds=medium.seconds,
        size=medium.size,
        answers=answers,
        reviewed_at=medium.reviewed_at,
        reviewed_by=reviewer,
        outcome=medium.review_outcome or "",
        note=medium.review_note or "",
        waits=waits,
        is_overdue=waits and medium.received_at <= late,
    )


def body(
    session: Session, *, media_id: int, patient_id: int, actor: str, now: datetime
) -> tuple[bytes, str]:
    """The bytes and their MIME type; every look is recorded. Raises NotFound for another patient's."""
    medium = _of_patient(session, media_id, patient_id)
    sealed = session.get(MediaBody, media_id)
    if sealed is None or medium.state != MediaState.STORED:
        raise NotFound("no such file")
    audit.record(
        session,
        actor=actor,
        action="media.viewed",
        subject=f"media:{media_id}",
        patient_id=patient_id,
        now=now,
    )
    content = crypto.decrypt_bytes(sealed.sealed, field=field_of(media_id))
    return content, medium.mime or "application/octet-stream"


def review(
    session: Session,
    *,
    media_id: int,
    patient_id: int,
    clinician_id: int,
    outcome: ReviewOutcome | None,
    note: str,
    now: datetime,
) -> None:
    """A clinician has looked at it. The patient's receipt says so, and the clock stops.

    Raises NotFound, and WrongState when somebody already has.
    """
    medium = _of_patient(session, media_id, patient_id)
    if medium.reviewed_at is not None:
        raise WrongState("already_reviewed", "Somebody has already reviewed it.")
    medium.reviewed_at, medium.reviewed_by = now, clinician_id
    medium.review_outcome, medium.review_note = outcome, note.strip() or None
    if medium.state == MediaState.STORED:
        medium.look_after = None
    messages.mark_one_seen(session, message=medium.incoming, clinician_id=clinician_id, now=now)
    audit.record(
        session,
        actor=f"clinician:{clinician_id}",
        action="media.reviewed",
        subject=f"media:{media_id}",
        patient_id=patient_id,
        now=now,
    )


def unreviewed(session: Session, patient_ids: list[int]) -> dict[int, int]:
    """Pictures nobody has reviewed, per patient."""
    rows = session.execute(
        select(StoredMedia.patient_id, func.count())
        .where(StoredMedia.patient_id.in_(patient_ids), *UNREVIEWED)
        .group_by(StoredMedia.patient_id)
    )
    return {key: value for key, value in rows}  # noqa: C416 - a Result is no mapping


def _of_patient(session: Session, media_id: int, patient_id: int) -> StoredMedia:
    medium = session.get(StoredMedia, media_id, with_for_update=True)
    if medium is None or medium.patient_id != patient_id:
        raise NotFound("no such file of this patient")
    return medium


def _answers(session: Session, context: Context, check_in_id: int | None) -> tuple[str, ...]:
    check_in = check_in_id and session.get(CheckIn, check_in_id)
    if not check_in:
        return ()
    asked = versions.questionnaire(session, context, check_in.questionnaire_hash)
    return tuple(
        alert_card.answer_in_words(asked, one.question_id, one.value)
        for one in check_ins.current(check_in)
    )
