"""The episode of care: one procedure of one patient, the content versions it pins, and its stages."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, text
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
    discharged_on: Mapped[date | None]
    """The day the patient went home; until it is known the protocol's typical stay stands in."""
    protocol_id: Mapped[str]
    protocol_hash: Mapped[str]
    exercises_hash: Mapped[str]
    questionnaire_hash: Mapped[str]
    rules_hash: Mapped[str]
    education_hash: Mapped[str | None]
    state: Mapped[str] = mapped_column(default=EpisodeState.INVITED, index=True)
    stage_id: Mapped[str]
    dose_level: Mapped[int] = mapped_column(default=0)
    """Where the pain rule stands on the stage's dose steps; below 0 means easier exercises."""
    dose_level_on: Mapped[date | None]
    """The local date the pain rule last looked at."""
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


class ProposalState(StrEnum):
    """open → decided, or withdrawn when its facts no longer hold."""

    OPEN = "open"
    DECIDED = "decided"
    WITHDRAWN = "withdrawn"


class Decision(StrEnum):
    ADVANCE = "advance"
    HOLD = "hold"
    STEP_BACK = "step_back"


class StageProposal(Model):
    """The criteria of a stage are met: the system proposes the next one, a clinician decides.

    A decision nobody proposed (the clinician acted first) is a row too, made and decided at once.
    """

    __tablename__ = "stage_proposal"
    __table_args__ = (
        Index(
            "uq_stage_proposal_one_open",
            "episode_id",
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    episode_id: Mapped[int] = mapped_column(ForeignKey("episode.id"), index=True)
    from_stage: Mapped[str]
    to_stage: Mapped[str]
    criteria: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    """As they stood: {"id", "text", "state", "facts": [{"measure", "value", "on"}]}."""
    state: Mapped[str] = mapped_column(default=ProposalState.OPEN)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decision: Mapped[str | None]
    reason: Mapped[str | None]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("clinician.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    hold_until: Mapped[date | None]
    """After a hold: the local date from which the system may propose again."""


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
