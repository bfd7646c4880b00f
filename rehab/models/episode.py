"""The episode of care: one procedure of one patient, the content versions it pins, and its stages."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from rehab.db import Model, UtcDateTime
from rehab.models.people import Patient


class EpisodeState(StrEnum):
    """invited → active ⇄ paused → stopped or closed."""

    INVITED = "invited"
    ACTIVE = "active"
    PAUSED = "paused"
    STOPPED = "stopped"
    CLOSED = "closed"


class Episode(Model):
    """One episode of care. The content digests pin the versions it started with."""

    __tablename__ = "episode"
    id: Mapped[int] = mapped_column(primary_key=True)
    patient_id: Mapped[int] = mapped_column(ForeignKey("patient.id"), index=True)
    procedure: Mapped[str]
    variant: Mapped[str]
    side: Mapped[str]
    """left, right or both"""
    surgery_on: Mapped[date]
    protocol_id: Mapped[str]
    protocol_hash: Mapped[str]
    exercises_hash: Mapped[str]
    questionnaire_hash: Mapped[str]
    rules_hash: Mapped[str]
    state: Mapped[str] = mapped_column(default=EpisodeState.INVITED, index=True)
    stage_id: Mapped[str]
    planned_until: Mapped[date | None] = mapped_column(index=True)
    """Care tasks exist up to and including this local date."""
    paused_until: Mapped[date | None]
    loading_stopped_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Set by a finding that stops loading exercises; cleared by a clinician who resolves the alert."""
    silence_look_after: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    """Earliest moment at which it is worth asking whether the patient has gone silent."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    patient: Mapped[Patient] = relationship()


class StageChange(Model):
    """A move from one stage to another, by the calendar (no clinician) or by a named person."""

    __tablename__ = "stage_change"
    id: Mapped[int] = mapped_column(primary_key=True)
    episode_id: Mapped[int] = mapped_column(ForeignKey("episode.id"), index=True)
    from_stage: Mapped[str | None]
    to_stage: Mapped[str]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    clinician_id: Mapped[int | None] = mapped_column(ForeignKey("clinician.id"))
    reason: Mapped[str]


class EpisodeEvent(Model):
    """Something that happened to the episode as a whole: enrolled, paused, resumed, stopped …"""

    __tablename__ = "episode_event"
    id: Mapped[int] = mapped_column(primary_key=True)
    episode_id: Mapped[int] = mapped_column(ForeignKey("episode.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    kind: Mapped[str]
    actor: Mapped[str]
    """patient, system or clinician:<id>"""
    detail: Mapped[str] = mapped_column(default="")
