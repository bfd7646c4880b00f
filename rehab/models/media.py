"""Photos, voice notes and files a patient sent: pulled from Telegram into our own encrypted store."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column, relationship

from rehab.db import EncryptedText, Model, UtcDateTime
from rehab.models.check_in import IncomingMessage


class MediaState(StrEnum):
    """waiting → stored, refused (too large, no picture, a bomb) or lost (Telegram has it no more)."""

    WAITING = "waiting"
    STORED = "stored"
    REFUSED = "refused"
    LOST = "lost"


class ReviewOutcome(StrEnum):
    """What a clinician made of a photo."""

    AS_EXPECTED = "as_expected"
    ANOTHER_PHOTO = "another_photo"
    CALLED = "called"
    TO_BE_SEEN = "to_be_seen"


class StoredMedia(Model):
    """One medium. What was wrong with a refused one is said in `problem`; the message stays."""

    __tablename__ = "stored_media"
    __table_args__ = (
        Index("ix_stored_media_state_look", "state", "look_after"),
        Index("ix_stored_media_patient", "patient_id", "received_at"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    patient_id: Mapped[int] = mapped_column(ForeignKey("patient.id"))
    incoming_id: Mapped[int] = mapped_column(ForeignKey("incoming_message.id"), unique=True)
    check_in_id: Mapped[int | None] = mapped_column(ForeignKey("check_in.id"))
    """The three questions that were asked with a wound photo."""
    kind: Mapped[str]
    """photo, voice, video or document"""
    state: Mapped[str] = mapped_column(default=MediaState.WAITING)
    problem: Mapped[str | None]
    """too_large, kind_not_kept, not_a_picture, too_many_pixels, animated, unreadable, not_a_sound,
    gone or not_fetched"""
    telegram_file_id: Mapped[str]
    mime: Mapped[str | None]
    size: Mapped[int | None]
    """Bytes as stored, before encryption."""
    width: Mapped[int | None]
    height: Mapped[int | None]
    seconds: Mapped[int | None]
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    stored_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    look_after: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When to try to fetch it again; once it is stored, when to ask whether somebody has reviewed it."""
    reviewed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reviewed_by: Mapped[int | None] = mapped_column(ForeignKey("clinician.id"))
    review_outcome: Mapped[str | None]
    """A ReviewOutcome, if the reviewer chose one."""
    review_note: Mapped[str | None] = mapped_column(EncryptedText("stored_media.review_note"))
    incoming: Mapped[IncomingMessage] = relationship()


class MediaBody(Model):
    """The bytes, encrypted and bound to their row; apart, so that lists never load them."""

    __tablename__ = "media_body"
    media_id: Mapped[int] = mapped_column(ForeignKey("stored_media.id"), primary_key=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
