"""What the clinic, a surgeon or one patient's clinician changed about a rule, and what they expect."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from rehab.db import EncryptedText, Model, UtcDateTime
from rehab.models.episode import Episode
from rehab.models.people import Clinician


class RuleLevel(StrEnum):
    """From the widest to the nearest; the nearest wins. The protocol's own rules stand below all."""

    CLINIC = "clinic"
    SURGEON = "surgeon"
    PATIENT = "patient"


class RuleSetting(Model):
    """One change of one rule at one level. Ended, never changed; a change is a new row."""

    __tablename__ = "rule_setting"
    __table_args__ = (Index("ix_rule_setting_level", "level", "clinician_id", "episode_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    level: Mapped[str]
    clinician_id: Mapped[int | None] = mapped_column(ForeignKey("clinician.id"))
    """The surgeon, at the surgeon's level."""
    episode_id: Mapped[int | None] = mapped_column(ForeignKey("episode.id"), index=True)
    """The patient's episode, at the patient's level."""
    rule_id: Mapped[str]
    change: Mapped[dict[str, Any]] = mapped_column(JSON)
    """{"tier": "T1"}, {"at_least": 38.3}, {"below": …}, {"silence_hours": …} or {"off": true}"""
    reason: Mapped[str] = mapped_column(EncryptedText("rule_setting.reason"))
    made_by: Mapped[int] = mapped_column(ForeignKey("clinician.id"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    signed_by: Mapped[int | None] = mapped_column(ForeignKey("clinician.id"))
    """The second person; without one a setting of the clinic or a surgeon is a proposal only."""
    signed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    end_asked_by: Mapped[int | None] = mapped_column(ForeignKey("clinician.id"))
    """Who wants a signed setting of the clinic or a surgeon to end; it ends when another agrees."""
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_by: Mapped[int | None] = mapped_column(ForeignKey("clinician.id"))


class Snooze(Model):
    """A clinician expects an answer to stay at a level for a while: no alert until it is exceeded."""

    __tablename__ = "snooze"
    id: Mapped[int] = mapped_column(primary_key=True)
    episode_id: Mapped[int] = mapped_column(ForeignKey("episode.id"), index=True)
    rule_id: Mapped[str]
    question: Mapped[str]
    expected: Mapped[Any] = mapped_column(JSON)
    """The highest number that is expected, or the list of expected option values."""
    until_at: Mapped[datetime] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(EncryptedText("snooze.reason"))
    clinician_id: Mapped[int] = mapped_column(ForeignKey("clinician.id"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    episode: Mapped[Episode] = relationship()


class AlwaysTell(Model):
    """A clinician wants to be told whenever this problem turns up in their patients, whoever is on call."""

    __tablename__ = "always_tell"
    __table_args__ = (UniqueConstraint("clinician_id", "problem"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    clinician_id: Mapped[int] = mapped_column(ForeignKey("clinician.id"))
    problem: Mapped[str]
    """A problem such as RF05, or one rule such as RF05.pus."""
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    clinician: Mapped[Clinician] = relationship()
