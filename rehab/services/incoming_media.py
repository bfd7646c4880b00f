"""Photos and voice notes on their way in: noted with their message, fetched later, kept or refused."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from rehab import crypto, texts
from rehab.models import IncomingMessage, MediaBody, MediaState, Patient, StoredMedia
from rehab.pictures import Limits, kind_of_sound, redraw
from rehab.services import cover, replies
from rehab.services.context import Context
from rehab.services.replies import Reader
from rehab.settings import Photos

MEGABYTE = 1024 * 1024
LEASE = timedelta(minutes=3)
"""Longer than one try may take; whoever died with it is followed by another after that."""
PAUSES = (5, 15, 60, 300, 900, 3600, 3 * 3600, 6 * 3600)
"""Seconds until the next try. After the last one the file counts as lost: some eleven hours."""
PICTURE, SOUND = "picture", "sound"
_TEXTS = {"too_large": "media.too_large", "kind_not_kept": "media.kind_not_kept"}


@dataclass(frozen=True)
class Sent:
    """What the channel says of a medium. `size` in bytes and `seconds`, as far as it knows."""

    kind: str
    """photo, voice, video or document"""
    file_id: str
    mime: str = ""
    size: int | None = None
    seconds: int | None = None


@dataclass(frozen=True)
class Fetch:
    """A file to fetch now."""

    media_id: int
    file_id: str
    wanted: str
    """picture or sound"""


@dataclass(frozen=True)
class Prepared:
    """A file as it is kept: a picture of our own making, or a sound as it came."""

    content: bytes
    mime: str
    width: int | None = None
    height: int | None = None


def note(
    session: Session, context: Context, *, message: IncomingMessage, sent: Sent, now: datetime
) -> StoredMedia:
    """Note a medium with its message: to be fetched, or refused at once and why."""
    problem = _refused_at_once(context.config.photos, sent)
    medium = StoredMedia(
        patient_id=message.patient_id,
        incoming_id=message.id,
        kind=sent.kind,
        state=MediaState.REFUSED if problem else MediaState.WAITING,
        problem=problem,
        telegram_file_id=sent.file_id,
        mime=sent.mime[:100] or None,
        size=sent.size,
        seconds=sent.seconds,
        received_at=now,
        attempts=0,
        look_after=None if problem else now,
    )
    session.add(medium)
    session.flush()
    return medium


def claim(session: Session, *, now: datetime, limit: int = 1) -> list[Fetch]:
    """Take files to fetch; nobody else takes them before their lease is over."""
    due = session.scalars(
        select(StoredMedia)
        .where(StoredMedia.state == MediaState.WAITING, StoredMedia.look_after <= now)
        .order_by(StoredMedia.look_after, StoredMedia.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    return [_fetch(one) for one in due if _take(session, one, now)]


def largest_bytes(photos: Photos) -> int:
    """The largest file that is fetched."""
    return int(photos.largest_megabytes * MEGABYTE)


def prepare(wanted: str, content: bytes, photos: Photos) -> Prepared:
    """Make of a fetched file what is kept. No transaction: a picture takes a while. Raises NotKept."""
    if wanted == SOUND:
        return Prepared(content, kind_of_sound(content))
    limits = Limits(
        most_pixels=int(photos.most_megapixels * 1_000_000), longest_side=photos.longest_side
    )
    made = redraw(content, limits)
    return Prepared(made.content, "image/jpeg", made.width, made.height)


def store(
    session: Session, context: Context, *, media_id: int, prepared: Prepared, now: datetime
) -> bool:
    """Keep it, sealed for its row. False when somebody else was faster."""
    medium = _waiting(session, media_id)
    if medium is None:
        return False
    medium.state, medium.stored_at, medium.problem = MediaState.STORED, now, None
    medium.mime, medium.size = prepared.mime, len(prepared.content)
    medium.width, medium.height = prepared.width, prepared.height
    medium.look_after = None
    if medium.width is not None and medium.reviewed_at is None:
        hours = context.config.photos.review_hours
        medium.look_after = medium.received_at + timedelta(hours=hours)
    sealed = crypto.encrypt_bytes(prepared.content, field=field_of(medium.id))
    session.add(MediaBody(media_id=medium.id, sealed=sealed))
    session.flush()
    return True


def field_of(media_id: int) -> str:
    """What a body is sealed with: it opens in no other row."""
    return f"media_body:{media_id}"


def refuse(
    session: Session, context: Context, *, media_id: int, problem: str, now: datetime
) -> bool:
    """It cannot be kept: say so to the patient and what to do instead; staff see it on the page."""
    return _give_up(session, context, media_id, MediaState.REFUSED, problem, now)


def lose(
    session: Session, context: Context, *, media_id: int, problem: str, now: datetime
) -> bool:
    """Telegram has it no more: ask the patient to send it again."""
    return _give_up(session, context, media_id, MediaState.LOST, problem, now)


def try_later(session: Session, context: Context, *, media_id: int, now: datetime) -> bool:
    """It could not be fetched just now. After the last try it counts as lost."""
    medium = _waiting(session, media_id)
    if medium is None:
        return False
    if medium.attempts > len(PAUSES):
        return lose(session, context, media_id=media_id, problem="not_fetched", now=now)
    medium.look_after = now + timedelta(seconds=PAUSES[medium.attempts - 1])
    return True


def refusal_text(context: Context, problem: str, language: str) -> str:
    """What a patient reads about a medium that was not kept."""
    clinic = context.config.clinic
    return texts.text(
        _TEXTS.get(problem, "media.not_kept"),
        language,
        megabytes=f"{context.config.photos.largest_megabytes:g}",
        phone=clinic.phone,
        emergency_number=clinic.emergency_number,
    )


def _refused_at_once(photos: Photos, sent: Sent) -> str | None:
    is_picture = sent.kind == "photo" or sent.mime.startswith("image/")
    if sent.kind != "voice" and not is_picture:
        return "kind_not_kept"
    return "too_large" if (sent.size or 0) > largest_bytes(photos) else None


def _take(session: Session, medium: StoredMedia, now: datetime) -> bool:
    taken = session.execute(
        update(StoredMedia)
        .where(
            StoredMedia.id == medium.id,
            StoredMedia.state == MediaState.WAITING,
            StoredMedia.look_after <= now,
        )
        .values(look_after=now + LEASE, attempts=StoredMedia.attempts + 1)
        .returning(StoredMedia.id)
    ).first()
    return taken is not None


def _fetch(medium: StoredMedia) -> Fetch:
    wanted = SOUND if medium.kind == "voice" else PICTURE
    return Fetch(medium.id, medium.telegram_file_id, wanted)


def _waiting(session: Session, media_id: int) -> StoredMedia | None:
    return session.scalar(
        select(StoredMedia)
        .where(StoredMedia.id == media_id, StoredMedia.state == MediaState.WAITING)
        .with_for_update()
    )


def _give_up(
    session: Session,
    context: Context,
    media_id: int,
    state: MediaState,
    problem: str,
    now: datetime,
) -> bool:
    medium = _waiting(session, media_id)
    if medium is None:
        return False
    medium.state, medium.problem, medium.look_after = state, problem, None
    patient = session.get_one(Patient, medium.patient_id)
    if patient.chat is not None:
        _tell(session, context, medium, patient, now)
    return True


def _tell(
    session: Session, context: Context, medium: StoredMedia, patient: Patient, now: datetime
) -> None:
    reader: Reader = replies.reader_of(patient)
    if medium.state == MediaState.LOST:
        clinic = context.config.clinic
        words = texts.text(
            "media.lost",
            patient.language,
            phone=clinic.phone,
            emergency_number=clinic.emergency_number,
        )
    else:
        words = refusal_text(context, medium.problem or "", patient.language)
    hours = cover.sentence(session, context, patient.language, now)
    replies.say(
        session,
        reader,
        kind="media_refused",
        text=f"{words}\n\n{hours}",
        cause=f"media:{medium.id}",
        now=now,
    )
