"""Who has taken an alert, and who has not yet where everybody must."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from rehab.models import Alert, AlertAcknowledgement, Clinician, Page
from rehab.services.context import Context


def everyone_must(context: Context, alert: Alert) -> bool:
    """Whether every person who was told has to acknowledge an alert of this tier."""
    return bool(getattr(context.config.escalation, alert.tier).everyone_acknowledges)


def record(session: Session, alert: Alert, *, clinician_id: int, now: datetime) -> bool:
    """Write down that one person took the alert. False when they had taken this ladder already."""
    if clinician_id in {row.clinician_id for row in given(session, alert)}:
        return False
    session.add(
        AlertAcknowledgement(
            alert_id=alert.id,
            clinician_id=clinician_id,
            clock_started_at=alert.clock_started_at,
            at=now,
        )
    )
    session.flush()
    return True


def given(session: Session, alert: Alert) -> list[AlertAcknowledgement]:
    """The acknowledgements of the present ladder, the first one first."""
    return list(
        session.scalars(
            select(AlertAcknowledgement)
            .where(
                AlertAcknowledgement.alert_id == alert.id,
                AlertAcknowledgement.clock_started_at == alert.clock_started_at,
            )
            .order_by(AlertAcknowledgement.id)
        )
    )


def outstanding(session: Session, alert: Alert) -> list[Clinician]:
    """The people the present ladder told who have not taken the alert; whoever cannot be reached any
    more is not waited for."""
    taken = {row.clinician_id for row in given(session, alert)}
    told = select(Page.clinician_id).where(
        Page.alert_id == alert.id, Page.created_at >= alert.clock_started_at
    )
    people = session.scalars(
        select(Clinician)
        .where(
            Clinician.id.in_(told),
            Clinician.active.is_(True),
            Clinician.telegram_lost_at.is_(None),
        )
        .order_by(Clinician.id)
    )
    return [person for person in people if person.id not in taken]
