"""Health: does the intake hear, does the delivery deliver, does the escalation look?"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from rehab.models import (
    Alert,
    AlertState,
    Heartbeat,
    InboxState,
    InboxUpdate,
    MessageClass,
    OutboxMessage,
    OutboxState,
)
from rehab.services import heartbeats

LONGEST_SILENCE = timedelta(seconds=60)
"""A tap lives 150 s at Telegram, so a deaf minute is already an incident."""
LONGEST_WAIT_IN = timedelta(seconds=60)
LONGEST_WAIT_URGENT = timedelta(seconds=30)
LONGEST_WAIT_ANY = timedelta(seconds=120)
LONGEST_OVERDUE = timedelta(seconds=60)
URGENT = (MessageClass.ALERT, MessageClass.SAFETY_REPLY)
ESCALATOR = heartbeats.job("escalator")


@dataclass(frozen=True)
class Check:
    """One question about health; `detail` holds ids, counts and seconds only."""

    ok: bool
    detail: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class HealthReport:
    intake: Check
    delivery: Check
    escalation: Check

    @property
    def ok(self) -> bool:
        return self.intake.ok and self.delivery.ok and self.escalation.ok


def report(session: Session, *, now: datetime) -> HealthReport:
    """How the three chains do at this instant. Each costs a few indexed look-ups."""
    return HealthReport(
        intake=_intake(session, now),
        delivery=_delivery(session, now),
        escalation=_escalation(session, now),
    )


def _intake(session: Session, now: datetime) -> Check:
    is_beating, detail = _beat(session, heartbeats.INTAKE, now)
    oldest = session.scalar(
        select(func.min(InboxUpdate.received_at)).where(InboxUpdate.state == InboxState.NEW)
    )
    dead = session.scalar(
        select(func.count())
        .select_from(InboxUpdate)
        .where(InboxUpdate.state == InboxState.DEAD, InboxUpdate.raw.is_not(None))
    )
    waiting = _age(oldest, now)
    return Check(
        # A refused token or a second poller is told at once, not after a silent minute.
        ok=is_beating
        and heartbeats.PROBLEM not in detail
        and waiting < LONGEST_WAIT_IN.total_seconds(),
        detail={**detail, "oldest_new_seconds": waiting, "unreadable": dead},
    )


def _delivery(session: Session, now: datetime) -> Check:
    is_beating, detail = _beat(session, heartbeats.SENDER, now)
    # An alert or a safety text that waits for its next try is late, whatever it waits for.
    urgent = _age(oldest_urgent(session, now), now)
    any_class = _age(_oldest_due(session, now), now)
    return Check(
        ok=is_beating
        and heartbeats.PROBLEM not in detail
        and urgent < LONGEST_WAIT_URGENT.total_seconds()
        and any_class < LONGEST_WAIT_ANY.total_seconds(),
        detail={
            **detail,
            "oldest_urgent_seconds": urgent,
            "oldest_due_seconds": any_class,
        },
    )


def _escalation(session: Session, now: datetime) -> Check:
    is_beating, detail = _beat(session, ESCALATOR, now)
    overdue = session.scalar(
        select(func.count())
        .select_from(Alert)
        .where(Alert.state == AlertState.OPEN, Alert.escalate_after < now - LONGEST_OVERDUE)
    )
    return Check(ok=is_beating and not overdue, detail={**detail, "overdue_alerts": overdue})


def oldest_urgent(session: Session, now: datetime) -> datetime | None:
    """Since when the longest waiting alert or safety text has not left; None when none waits."""
    return session.scalar(
        select(func.min(OutboxMessage.created_at)).where(
            OutboxMessage.state == OutboxState.QUEUED,
            or_(OutboxMessage.expires_at.is_(None), OutboxMessage.expires_at > now),
            OutboxMessage.message_class.in_(URGENT),
        )
    )


def _oldest_due(session: Session, now: datetime) -> datetime | None:
    # Counted from the moment it became due: waiting for a quota or a retry is not lateness.
    return session.scalar(
        select(func.min(OutboxMessage.not_before)).where(
            OutboxMessage.state == OutboxState.QUEUED,
            OutboxMessage.not_before <= now,
            or_(OutboxMessage.expires_at.is_(None), OutboxMessage.expires_at > now),
        )
    )


def _beat(session: Session, component: str, now: datetime) -> tuple[bool, dict[str, Any]]:
    heartbeat = session.get(Heartbeat, component)
    if heartbeat is None:
        return False, {"last_beat_seconds": None}
    age = now - heartbeat.at
    # A beat from the future is a clock set back: not proof of health, not a fault by itself.
    is_fresh = age < LONGEST_SILENCE
    return is_fresh, {**heartbeat.detail, "last_beat_seconds": round(age.total_seconds(), 1)}


def _age(instant: datetime | None, now: datetime) -> float:
    return 0.0 if instant is None else round((now - instant).total_seconds(), 1)
