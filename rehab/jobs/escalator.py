"""Alerts whose moment has come: page the next step, repeat, or expire an acknowledgement."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from rehab.clock import Clock
from rehab.jobs.each import each, ids
from rehab.models import Alert, AlertState
from rehab.services import alerts
from rehab.services.context import Context

AFTER_A_FAILURE = timedelta(seconds=30)


def run_once(context: Context, clock: Clock) -> int:
    """Look at every unresolved alert that is due."""
    now = clock.now()
    due = (
        select(Alert.id)
        .where(Alert.state != AlertState.RESOLVED, Alert.escalate_after <= now)
        .order_by(Alert.tier, Alert.escalate_after)
    )

    def look(session: Session, alert_id: int) -> bool:
        return alerts.look(session, context, alert_id=alert_id, now=clock.now())

    def later(session: Session, alert_id: int) -> None:
        alert = session.get(Alert, alert_id)
        if alert is not None:
            alert.escalate_after = clock.now() + AFTER_A_FAILURE

    return each("escalator", ids(due), look, set_aside=later)
