"""The staff group: one card per alert in the topic of its tier, kept true like everybody's own card."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from rehab.models import Alert, AuditEvent, MessageClass, OutboxMessage, Prompt
from rehab.services import alert_card, audit, outbox, prompts, ringing
from rehab.services.context import Context

MOVED = "staff_group.moved"


def chat_of(session: Session, context: Context) -> int:
    """The group's chat id as Telegram knows it now; 0 when there is no group.

    A group that becomes a supergroup gets another id. What Telegram told is kept in the audit trail
    until somebody corrects the configuration.
    """
    chat_id, seen = context.config.staff_group.chat_id, set[int]()
    while chat_id and chat_id not in seen:
        seen.add(chat_id)
        told = session.scalar(
            select(AuditEvent.detail)
            .where(AuditEvent.action == MOVED, AuditEvent.subject == f"chat:{chat_id}")
            .order_by(AuditEvent.id.desc())
            .limit(1)
        )
        chat_id = int(told) if told else chat_id
    return chat_id


def moved(session: Session, *, old: int, new: int, now: datetime) -> None:
    """Telegram gave the group another id: cards, their buttons and what waits go there."""
    if old == new:
        return
    audit.record(
        session, actor="system", action=MOVED, subject=f"chat:{old}", now=now, detail=str(new)
    )
    for model in (OutboxMessage, Prompt):
        session.execute(update(model).where(model.chat_id == old).values(chat_id=new))


def post(session: Session, context: Context, alert: Alert, *, text: str, now: datetime) -> bool:
    """Put the alert's card into the group, once per topic. Returns whether it is a new card."""
    chat_id = chat_of(session, context)
    if not chat_id or alert.is_drill:
        return False
    topic = getattr(context.config.staff_group.topics, alert.tier)
    key = f"{_prefix(alert)}{topic}"
    if session.scalar(select(OutboxMessage.id).where(OutboxMessage.dedupe_key == key)):
        return False
    prompt, buttons = prompts.offer(
        session,
        chat_id=chat_id,
        kind="alert",
        subject={"alert": alert.id},
        rows=alert_card.card_choices(alert),
        now=now,
    )
    message = outbox.enqueue(
        session,
        dedupe_key=key,
        message_class=MessageClass.ALERT,
        kind="alert_card",
        chat_id=chat_id,
        thread_id=topic or None,
        text=text,
        buttons=buttons,
        now=now,
        relevance={"unresolved_alert": alert.id},
        is_silent=not ringing.rings(context, alert),
    )
    prompt.outbox_id = message.id
    prompt.subject = {"alert": alert.id, "card": message.id}
    return True


def cards(session: Session, alert: Alert) -> list[OutboxMessage]:
    """The alert's cards in the group."""
    ours = OutboxMessage.dedupe_key.startswith(_prefix(alert), autoescape=True)
    return list(session.scalars(select(OutboxMessage).where(ours)))


def _prefix(alert: Alert) -> str:
    return f"group_card:{alert.id}:"
