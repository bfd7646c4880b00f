"""What makes a plan one patient's own: changes by a named person, measurements, preferences."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from rehab.db import EncryptedText, Model, UtcDateTime
from rehab.models.episode import Episode
from rehab.models.people import Clinician


class ChangeKind(StrEnum):
    DOSE = "dose"
    ADD = "add"
    REMOVE = "remove"
    SWAP = "swap"
    STEP_DOWN = "step_down"
    """Every exercise one level easier, from `from_on` to `to_on`."""
    PRECAUTION = "precaution"
    """A precaution of the protocol ends on another day, or is switched off."""
    LEVEL = "level"
    """The pain rule moved the dose level; by the system, kept as history only."""
    SURGERY_DATE = "surgery_date"
    """The operation was moved; kept as history only."""
    DISCHARGE = "discharge"
    CONTENT = "content"
    """The episode was moved to newer content versions; kept as history only."""


class PlanChange(Model):
    """One change of one patient's plan: who, when, why, and the difference in words.

    Never overwritten: a change is taken back by `ended_at` and `ended_by`.
    """

    __tablename__ = "plan_change"
    id: Mapped[int] = mapped_column(primary_key=True)
    episode_id: Mapped[int] = mapped_column(ForeignKey("episode.id"), index=True)
    kind: Mapped[str]
    exercise_id: Mapped[str | None]
    new_exercise_id: Mapped[str | None]
    """Of a swap: what comes in the place of `exercise_id`."""
    dose: Mapped[dict[str, int] | None] = mapped_column(JSON)
    precaution_id: Mapped[str | None]
    precaution_to_day: Mapped[int | None]
    """Of a precaution change: its new last day; None switches it off."""
    from_on: Mapped[date]
    to_on: Mapped[date | None]
    """Last local date of the change; None: until it is taken back."""
    overrides: Mapped[list[str]] = mapped_column(JSON, default=list)
    """Ids of the active precautions this change breaks, knowingly and with a reason."""
    words: Mapped[str]
    """The difference in English words, for staff."""
    reason: Mapped[str] = mapped_column(EncryptedText("plan_change.reason"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    clinician_id: Mapped[int | None] = mapped_column(ForeignKey("clinician.id"))
    """None: the system (the pain rule)."""
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_by: Mapped[int | None] = mapped_column(ForeignKey("clinician.id"))
    episode: Mapped[Episode] = relationship()
    clinician: Mapped[Clinician | None] = relationship(foreign_keys=[clinician_id])


class Measurement(Model):
    """A fact a clinician entered about a recovery. Corrected by a new row, never overwritten."""

    __tablename__ = "measurement"
    id: Mapped[int] = mapped_column(primary_key=True)
    episode_id: Mapped[int] = mapped_column(ForeignKey("episode.id"), index=True)
    measure: Mapped[str]
    """The id of a measure, or `criterion:<stage>:<id>` for a criterion a clinician confirms."""
    value: Mapped[Any] = mapped_column(JSON)
    """A number in the measure's unit, or true/false."""
    effective_on: Mapped[date]
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    recorded_by: Mapped[int] = mapped_column(ForeignKey("clinician.id"))
    status: Mapped[str] = mapped_column(default="final")
    """final, amended or entered-in-error"""
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("measurement.id"))


class SurgeonPreference(Model):
    """What one surgeon wants by default for one procedure; copied into an episode at enrolment."""

    __tablename__ = "surgeon_preference"
    __table_args__ = (UniqueConstraint("clinician_id", "procedure"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    clinician_id: Mapped[int] = mapped_column(ForeignKey("clinician.id"))
    procedure: Mapped[str]
    variant: Mapped[str | None]
    precautions: Mapped[dict[str, int | None]] = mapped_column(JSON, default=dict)
    """Precaution id to its last day; null switches it off."""
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_by: Mapped[int] = mapped_column(ForeignKey("clinician.id"))
