"""Erases raw updates and the texts of old messages by age. Clinical rows are never erased by a timer."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import update

from rehab.clock import Clock
from rehab.db import transaction
from rehab.models import OutboxMessage
from rehab.services import inbox
from rehab.services.context import Context


def run_once(context: Context, clock: Clock) -> int:
    """Erase what is older than the clinic's retention times."""
    now, days = clock.now(), context.config.retention
    with transaction() as session:
        erased = inbox.erase_old(session, before=now - timedelta(days=days.inbox_days))
        result = session.execute(
            update(OutboxMessage)
            .where(
                OutboxMessage.created_at < now - timedelta(days=days.outbox_days),
                OutboxMessage.text.is_not(None),
            )
            .values(text=None)
        )
        return erased + int(getattr(result, "rowcount", 0) or 0)
