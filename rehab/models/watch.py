"""How the product watches itself and its patients: daily states, roll calls, drills, outages."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from rehab.db import EncryptedText, Model, UtcDateTime
from rehab.models.episode import Episode


class DayState(StrEnum):
    """How a day of an active patient ended. There is no sixth way."""

    ANSWERED = "answered"
    EXCUSED = "excused"
    """Nothing was asked, or a pause was agreed."""
    UNREACHABLE = "unreachable"
    """Blocked, dead or no chat: the question could not be put."""
    OVERDUE = "overdue"
    """Asked, and no answer."""
    ESCALATED = "escalated"
    """Whatever was answered: a person has been told about this patient that day."""


class PatientDay(Model):
    """The one state in which a patient ended a local date, settled after its midnight."""

    __tablename__ = "patient_day"
    __table_args__ = (UniqueConstraint("episode_id", "local_on"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    episode_id: Mapped[int] = mapped_column(ForeignKey("episode.id"))
    local_on: Mapped[date]
    state: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")
    """A stable code: nothing_due, paused, blocked, dead, no_chat, alert …"""
    settled_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    episode: Mapped[Episode] = relationship()


class RollCall(Model):
    """The morning's proof that nobody fell through: counts of the day before, once per date."""

    __tablename__ = "roll_call"
    local_on: Mapped[date] = mapped_column(primary_key=True)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    counts: Mapped[dict[str, int]] = mapped_column(JSON)
    """Patients in each DayState, and `active`: their sum must be the same."""


class DrillState(StrEnum):
    """running → passed or failed."""

    RUNNING = "running"
    PASSED = "passed"
    FAILED = "failed"


class Drill(Model):
    """One test of the whole chain by the synthetic patient: a red flag that must come back."""

    __tablename__ = "drill"
    id: Mapped[int] = mapped_column(primary_key=True)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    state: Mapped[str] = mapped_column(default=DrillState.RUNNING, index=True)
    alert_id: Mapped[int | None] = mapped_column(ForeignKey("alert.id"))
    card_accepted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    acknowledged_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    failed_at_step: Mapped[str | None]
    """How far it came: intake, rules, paging, delivery or acknowledgement."""


class Outage(Model):
    """A stretch in which the bot did not hear. Patients whose words may be lost are listed."""

    __tablename__ = "outage"
    id: Mapped[int] = mapped_column(primary_key=True)
    began_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    lost_texts: Mapped[bool] = mapped_column(default=False)
    """Longer than Telegram keeps texts (24 h)."""
    episodes: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    """{"episode": id, "why": open_question, warning_list, asked_during or active}"""
    seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    seen_by: Mapped[int | None] = mapped_column(ForeignKey("clinician.id"))


class DispatchState(StrEnum):
    """queued → sending → accepted, failed when it was given up, cancelled when it came too late."""

    QUEUED = "queued"
    SENDING = "sending"
    ACCEPTED = "accepted"
    FAILED = "failed"
    CANCELLED = "cancelled"
    """Somebody took the alert before it left."""


class Dispatch(Model):
    """One message by a channel that is not Telegram: e-mail or the clinic's webhook."""

    __tablename__ = "dispatch"
    id: Mapped[int] = mapped_column(primary_key=True)
    dedupe_key: Mapped[str] = mapped_column(unique=True)
    channel: Mapped[str]
    """email or webhook"""
    kind: Mapped[str]
    """What it is, e.g. `alert_mail`, `problem_mail`; each kind has a line in the runbook."""
    clinician_id: Mapped[int | None] = mapped_column(ForeignKey("clinician.id"))
    """Of an e-mail: whose address; None: the operator's."""
    page_id: Mapped[int | None] = mapped_column(ForeignKey("page.id"), index=True)
    alert_id: Mapped[int | None] = mapped_column(ForeignKey("alert.id"), index=True)
    subject: Mapped[str]
    body: Mapped[str | None] = mapped_column(EncryptedText("dispatch.body"))
    """The text of an e-mail, or the JSON of a webhook. Pseudonymous."""
    state: Mapped[str] = mapped_column(default=DispatchState.QUEUED, index=True)
    attempts: Mapped[int] = mapped_column(default=0)
    not_before: Mapped[datetime] = mapped_column(UtcDateTime)
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    accepted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    error: Mapped[str | None]
