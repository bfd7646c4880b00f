"""The audit trail: who did or saw what. Ids only, never words."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from rehab.models import AuditEvent


def record(
    session: Session,
    *,
    actor: str,
    action: str,
    subject: str,
    now: datetime,
    patient_id: int | None = None,
    detail: str = "",
) -> None:
    """Write one audit row. `actor` is patient:<id>, clinician:<id>, cli or system."""
    session.add(
        AuditEvent(
            at=now,
            actor=actor,
            action=action,
            subject=subject,
            patient_id=patient_id,
            detail=detail,
        )
    )
