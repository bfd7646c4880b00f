"""Who did or saw what, when, about whom. Ids only."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from rehab.db import Model, UtcDateTime


class AuditEvent(Model):
    """One act or one look. `actor`: patient:<id>, clinician:<id>, cli or system."""

    __tablename__ = "audit_event"
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    actor: Mapped[str]
    action: Mapped[str]
    subject: Mapped[str]
    patient_id: Mapped[int | None] = mapped_column(index=True)
    detail: Mapped[str] = mapped_column(default="")
