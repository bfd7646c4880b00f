"""Check-ins, the observations in them, and everything else a patient sends."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from rehab.db import EncryptedText, Model, UtcDateTime
from rehab.models.episode import Episode


class CheckInState(StrEnum):
    """open → completed; abandoned when the next one starts before it was finished."""

    OPEN = "open"
    COMPLETED = "completed"
    ABANDONED = "abandoned"


class CheckIn(Model):
    """One answered (or begun) questionnaire, pinned to the version that was asked."""

    __tablename__ = "check_in"
    __table_args__ = (Index("ix_check_in_episode_started", "episode_id", "started_at"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    episode_id: Mapped[int] = mapped_column(ForeignKey("episode.id"))
    care_task_id: Mapped[int | None] = mapped_column(ForeignKey("care_task.id"))
    questionnaire_id: Mapped[str]
    questionnaire_hash: Mapped[str]
    kind: Mapped[str]
    """check-in, warning-signs or wound-photo"""
    local_on: Mapped[date]
    state: Mapped[str] = mapped_column(default=CheckInState.OPEN)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    completed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    editable_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answered_by: Mapped[str] = mapped_column(default="patient")
    """Who answers it: patient, caregiver (on the patient's phone), caregiver:<id> (on a phone of their
    own) or clinician:<id> (on the phone)."""
    episode: Mapped[Episode] = relationship()
    observations: Mapped[list[Observation]] = relationship(
        back_populates="check_in", order_by="Observation.id"
    )


class ObservationStatus(StrEnum):
    FINAL = "final"
    AMENDED = "amended"
    """Replaced by a later revision; kept as it was."""
    PRELIMINARY = "preliminary"
    """Ticked among several answers, before "done": judged already, the question is still open."""
    NO_LONGER_DUE = "no-longer-due"
    """An earlier answer was changed, and this question would not be asked now. Kept, not judged."""
    ENTERED_IN_ERROR = "entered-in-error"


class Observation(Model):
    """One answer. A correction is a new revision; the earlier one stays, marked amended."""

    __tablename__ = "observation"
    __table_args__ = (
        UniqueConstraint("check_in_id", "question_id", "revision"),
        UniqueConstraint("source"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    check_in_id: Mapped[int] = mapped_column(ForeignKey("check_in.id"), index=True)
    question_id: Mapped[str]
    revision: Mapped[int] = mapped_column(default=1)
    value: Mapped[Any] = mapped_column(JSON)
    """An option value, a list of option values, or a number (pain 0-10, °C, degrees, minutes)."""
    label: Mapped[str] = mapped_column(EncryptedText("observation.label"))
    """The words that were on the button or typed, in the patient's language."""
    status: Mapped[str] = mapped_column(default=ObservationStatus.FINAL)
    effective_at: Mapped[datetime] = mapped_column(UtcDateTime)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    answered_by: Mapped[str] = mapped_column(default="patient")
    """patient, caregiver, caregiver:<id> or clinician:<id>; as in CheckIn"""
    is_late: Mapped[bool] = mapped_column(default=False)
    """True for a tap on the keyboard of a check-in that was already over."""
    source: Mapped[str]
    """Where it came from: `telegram:<bot>:<update>` or `web:<id>`. Unique: nothing is recorded twice."""
    check_in: Mapped[CheckIn] = relationship(back_populates="observations")


class IncomingKind(StrEnum):
    TEXT = "text"
    PHOTO = "photo"
    VOICE = "voice"
    VIDEO = "video"
    DOCUMENT = "document"
    OTHER = "other"
    UNREADABLE = "unreadable"
    """An update we could not read; a person must look."""


class IncomingMessage(Model):
    """Anything a patient sent that is not the answer to a question. It always reaches a person."""

    __tablename__ = "incoming_message"
    __table_args__ = (Index("ix_incoming_message_patient_seen", "patient_id", "seen_at"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    patient_id: Mapped[int] = mapped_column(ForeignKey("patient.id"))
    kind: Mapped[str]
    text: Mapped[str] = mapped_column(EncryptedText("incoming_message.text"))
    telegram_file_id: Mapped[str | None]
    tier: Mapped[str | None]
    """The most urgent tier its words raised, if any."""
    rule_ids: Mapped[list[str]] = mapped_column(JSON, default=list)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    edited_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    seen_by: Mapped[int | None] = mapped_column(ForeignKey("clinician.id"))
    understood: Mapped[bool] = mapped_column(default=True)
    """False when the screen could make nothing of the words: a person must read them."""
    sent_by: Mapped[str] = mapped_column(default="patient")
    """patient or caregiver:<id>"""
    receipt_id: Mapped[int | None] = mapped_column(ForeignKey("outbox_message.id"))
    """The receipt the patient got; it says "seen by …" once a clinician has read."""
    look_after: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    """When to ask whether somebody has read it. None: read, or no clock runs."""
    source: Mapped[str] = mapped_column(unique=True)
