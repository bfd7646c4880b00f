"""The alert's history, append-only: everything that happened to it, when, and through whom."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from rehab.models import Alert, AlertEvent


def append(
    session: Session,
    alert: Alert,
    kind: str,
    *,
    now: datetime,
    clinician_id: int | None = None,
    detail: str = "",
) -> None:
    """Add one event to the alert's history; `kind` as listed in AlertEvent."""
    session.add(
        AlertEvent(alert=alert, at=now, kind=kind, clinician_id=clinician_id, detail=detail)
    )
