"""Alerts: what a rule found, who was told, who acknowledged it and how it ended."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from rehab.db import EncryptedText, Model, UtcDateTime
from rehab.models.episode import Episode
from rehab.models.people import Clinician


class AlertState(StrEnum):
    """open → acknowledged → resolved. An acknowledgement without an outcome expires back to open."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"


class Outcome(StrEnum):
    """How an alert ended. Required to resolve it."""

    CALLED = "called"
    ADVISED = "advised"
    PLAN_CHANGED = "plan_changed"
    SEEN = "seen"
    EMERGENCY = "emergency"
    DUPLICATE = "duplicate"
    NOT_RELEVANT = "not_relevant"


class Alert(Model):
    """One alert per episode until it is resolved; further findings join it. Nothing closes it by itself."""

    __tablename__ = "alert"
    __table_args__ = (
        # The database itself refuses a second unresolved alert for one episode.
        Index(
            "uq_alert_one_unresolved",
            "episode_id",
            unique=True,
            sqlite_where=text("state != 'resolved'"),
            postgresql_where=text("state != 'resolved'"),
        ),
        Index("ix_alert_state_escalate_after", "state", "escalate_after"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    """Short and speakable; on every card, so that a repeat is recognised."""
    episode_id: Mapped[int] = mapped_column(ForeignKey("episode.id"))
    tier: Mapped[str]
    state: Mapped[str] = mapped_column(default=AlertState.OPEN)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    clock_started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """When the present ladder began: at opening, at a worse finding, at an expired acknowledgement."""
    step: Mapped[int] = mapped_column(default=-1)
    """The last step of the ladder that was reached; -1 before the first."""
    paged_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    escalate_after: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Earliest moment the escalator must look again. None only when resolved."""
    acknowledged_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    acknowledged_by: Mapped[int | None] = mapped_column(ForeignKey("clinician.id"))
    resolved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    resolved_by: Mapped[int | None] = mapped_column(ForeignKey("clinician.id"))
    outcome: Mapped[str | None]
    outcome_note: Mapped[str | None] = mapped_column(EncryptedText("alert.outcome_note"))
    was_useful: Mapped[bool | None]
    """What the person who handled it said when asked; None: not asked or not answered."""
    patient_urgency: Mapped[str | None]
    """What the patient answered to how soon they need somebody: today, can_wait or just_telling. It
    orders the list; it never lowers a tier."""
    patient_urgency_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    is_drill: Mapped[bool] = mapped_column(default=False)
    """Raised by the product's own test of the chain. Pages only the drill's chat."""
    episode: Mapped[Episode] = relationship()
    acknowledger: Mapped[Clinician | None] = relationship(foreign_keys=[acknowledged_by])
    resolver: Mapped[Clinician | None] = relationship(foreign_keys=[resolved_by])
    findings: Mapped[list[FindingRecord]] = relationship(
        back_populates="alert", order_by="FindingRecord.id"
    )
    events: Mapped[list[AlertEvent]] = relationship(
        back_populates="alert", order_by="AlertEvent.id"
    )


class FindingRecord(Model):
    """What a rule found, with the facts it rested on. `cause` makes it unique per rule and source."""

    __tablename__ = "finding"
    __table_args__ = (UniqueConstraint("rule_id", "cause"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    alert_id: Mapped[int | None] = mapped_column(ForeignKey("alert.id"), index=True)
    """None for routine (T3) findings, which alert nobody."""
    episode_id: Mapped[int] = mapped_column(ForeignKey("episode.id"), index=True)
    rule_id: Mapped[str]
    rules_hash: Mapped[str]
    tier: Mapped[str]
    reason: Mapped[str]
    cause: Mapped[str]
    """`check_in:<id>`, `message:<id>` or `silence:<episode>:<instant>`"""
    facts: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    """Question, answer and instant of each fact; words of a patient are not among them."""
    marks: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """`level` and `setting`: what changed the rule; `snooze`: expected by a clinician, no alert."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    alert: Mapped[Alert | None] = relationship(back_populates="findings")


class AlertEvent(Model):
    """The alert's history, append-only.

    `kind`: opened, finding_added, raised, paged, nobody_to_page, acknowledged, acknowledged_partly,
    acknowledgement_expired, escalated, answer_corrected, photo_asked, resolved, repeated, rated.
    """

    __tablename__ = "alert_event"
    id: Mapped[int] = mapped_column(primary_key=True)
    alert_id: Mapped[int] = mapped_column(ForeignKey("alert.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    kind: Mapped[str]
    clinician_id: Mapped[int | None] = mapped_column(ForeignKey("clinician.id"))
    detail: Mapped[str] = mapped_column(default="")
    alert: Mapped[Alert] = relationship(back_populates="events")
    clinician: Mapped[Clinician | None] = relationship()


class AlertAcknowledgement(Model):
    """One person took the alert. Where everybody must acknowledge, the alert waits for all of them."""

    __tablename__ = "alert_acknowledgement"
    __table_args__ = (UniqueConstraint("alert_id", "clinician_id", "clock_started_at"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    alert_id: Mapped[int] = mapped_column(ForeignKey("alert.id"), index=True)
    clinician_id: Mapped[int] = mapped_column(ForeignKey("clinician.id"))
    clock_started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """Of the ladder it answers: an acknowledgement of an earlier one no longer counts."""
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    clinician: Mapped[Clinician] = relationship()


class Page(Model):
    """One attempt to reach one person about one alert."""

    __tablename__ = "page"
    __table_args__ = (UniqueConstraint("alert_id", "clinician_id", "round"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    alert_id: Mapped[int] = mapped_column(ForeignKey("alert.id"))
    clinician_id: Mapped[int] = mapped_column(ForeignKey("clinician.id"))
    round: Mapped[int]
    """Counts the pages of the alert: 1 for the first time anybody was told."""
    step: Mapped[int]
    outbox_id: Mapped[int | None] = mapped_column(ForeignKey("outbox_message.id"))
    """The card in Telegram; None when the person has no chat there."""
    fallback_look_after: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    """When to ask whether the card was accepted; another channel is used if not. None: settled."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
