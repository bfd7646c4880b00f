"""The card of a drill's alert: it goes to the drill's chat and wakes nobody."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from rehab import texts
from rehab.models import Alert, MessageClass, OutboxMessage
from rehab.services import alert_card, alert_history, outbox
from rehab.services.context import Context

UNTIL_OVER = timedelta(days=1)
"""The drill ends its alert by itself long before; the ladder must not begin meanwhile."""


def page(session: Session, context: Context, alert: Alert, *, now: datetime) -> None:
    """Tell the drill's chat, as people would be told: in the transaction of the answer."""
    code = {"code": alert.code}
    alert.escalate_after, alert.paged_at = now + UNTIL_OVER, now
    if not context.config.watch.drill_chat or of(session, alert) is not None:
        return
    session.flush()
    lines = [
        texts.text("drill.card", texts.SOURCE_LANGUAGE, **code),
        alert_card.reasons_in_words(alert.findings),
    ]
    outbox.enqueue(
        session,
        dedupe_key=f"drill:{alert.id}",
        message_class=MessageClass.ALERT,
        kind="drill_card",
        chat_id=context.config.watch.drill_chat,
        text="\n".join(lines),
        now=now,
        relevance={"open_alert": alert.id},
    )
    alert_history.append(session, alert, "paged", now=now, detail="drill")


def of(session: Session, alert: Alert) -> OutboxMessage | None:
    """The card of a drill's alert."""
    return session.scalar(
        select(OutboxMessage).where(OutboxMessage.dedupe_key == f"drill:{alert.id}")
    )
