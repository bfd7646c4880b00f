"""Numbers for monitoring: counts and ages, never names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from rehab.models import (
    Alert,
    AlertState,
    Dispatch,
    Heartbeat,
    InboxState,
    InboxUpdate,
    Outage,
    OutboxMessage,
    OutboxState,
)
from rehab.services import watch_keeping


@dataclass(frozen=True)
class Numbers:
    """How much waits, and for how long."""

    inbox: Mapping[str, int]
    """Updates by state: new and dead."""
    inbox_oldest_seconds: float
    outbox: Mapping[tuple[str, str], int]
    """Messages by state and class."""
    outbox_oldest_due_seconds: float
    alerts: Mapping[tuple[str, str], int]
    """Unresolved alerts by tier and state."""
    alert_oldest_open_seconds: float
    heartbeats: Mapping[str, float]
    """Seconds since each component last proved that it works."""
    dispatches: Mapping[tuple[str, str], int]
    """E-mails and webhook calls by channel and state."""
    troubles: int
    """What the last look of the watch found."""
    outages_unseen: int
    """Times in which the bot did not hear, with a list no clinician has gone through."""


def numbers(session: Session, *, now: datetime) -> Numbers:
    """The numbers of this instant, one grouped query each."""
    waiting = session.execute(
        select(InboxUpdate.state, func.count(), func.min(InboxUpdate.received_at))
        .where(InboxUpdate.state != InboxState.DONE)
        .group_by(InboxUpdate.state)
    ).all()
    alerts = session.execute(
        select(Alert.tier, Alert.state, func.count(), func.min(Alert.opened_at))
        .where(Alert.state != AlertState.RESOLVED, Alert.is_drill.is_(False))
        .group_by(Alert.tier, Alert.state)
    ).all()
    outbox = session.execute(
        select(OutboxMessage.state, OutboxMessage.message_class, func.count()).group_by(
            OutboxMessage.state, OutboxMessage.message_class
        )
    ).all()
    due = session.scalar(
        select(func.min(OutboxMessage.not_before)).where(
            OutboxMessage.state == OutboxState.QUEUED, OutboxMessage.not_before <= now
        )
    )
    beats = session.execute(select(Heartbeat.component, Heartbeat.at)).all()
    sent = session.execute(
        select(Dispatch.channel, Dispatch.state, func.count()).group_by(
            Dispatch.channel, Dispatch.state
        )
    ).all()
    return Numbers(
        dispatches={(channel, state): count for channel, state, count in sent},
        troubles=len(watch_keeping.active(session)),
        outages_unseen=session.scalar(
            select(func.count()).select_from(Outage).where(Outage.seen_at.is_(None))
        )
        or 0,
        inbox={state: count for state, count, _ in waiting},
        inbox_oldest_seconds=_oldest(
            [oldest for state, _, oldest in waiting if state == InboxState.NEW], now
        ),
        outbox={(state, kind): count for state, kind, count in outbox},
        outbox_oldest_due_seconds=_oldest([due] if due else [], now),
        alerts={(tier, state): count for tier, state, count, _ in alerts},
        alert_oldest_open_seconds=_oldest(
            [oldest for _, state, _, oldest in alerts if state == AlertState.OPEN], now
        ),
        heartbeats={component: (now - at).total_seconds() for component, at in beats},
    )


def _oldest(instants: list[datetime], now: datetime) -> float:
    return max(((now - instant).total_seconds() for instant in instants), default=0.0)
