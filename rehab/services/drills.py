"""Drills: a synthetic red flag goes through the real chain every hour and must come back in time."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from rehab import texts
from rehab.models import (
    Alert,
    AlertState,
    Drill,
    DrillState,
    Episode,
    InboxState,
    InboxUpdate,
    MessageClass,
    OutboxMessage,
    OutboxState,
    Outcome,
)
from rehab.services import alert_history, drill_card, inbox, outbox
from rehab.services.context import Context

BOT = 0
"""The bot id of the drill's updates: no real bot's, so that numbers never meet."""
PATIENCE = timedelta(minutes=5)
SIGN = "chest"
"""What the synthetic patient taps on the list of warning signs: an emergency at any time."""


def is_ours(source: str) -> bool:
    """Whether an event comes from the drill's patient. Its chat may be a group, and is a phone to us."""
    return source.startswith(f"telegram:{BOT}:")


def is_on(context: Context) -> bool:
    """Whether the clinic wants drills."""
    return bool(context.config.watch.drill_minutes and context.config.watch.drill_chat)


def running(session: Session) -> Drill | None:
    """The drill that is under way."""
    return session.scalar(
        select(Drill).where(Drill.state == DrillState.RUNNING).with_for_update().limit(1)
    )


def is_due(session: Session, context: Context, *, now: datetime) -> bool:
    """Whether the next one may start."""
    last = session.scalar(select(Drill.started_at).order_by(Drill.id.desc()).limit(1))
    every = timedelta(minutes=context.config.watch.drill_minutes)
    return last is None or last > now or now - last >= every


def start(session: Session, *, now: datetime) -> Drill:
    """Begin a drill; what the patient does follows with `tap`."""
    drill = Drill(started_at=now, state=DrillState.RUNNING)
    session.add(drill)
    session.flush()
    return drill


def tap(
    session: Session, drill: Drill, *, chat_id: int, token: str, choice: int, now: datetime
) -> None:
    """The patient's tap, as an update of Telegram in the inbox: everything after it is the real chain."""
    chat = {"id": chat_id, "type": "private"}
    update: dict[str, Any] = {
        "update_id": drill.id,
        "callback_query": {
            "id": f"drill-{drill.id}",
            "from": {"id": chat_id, "is_bot": False, "first_name": "Drill"},
            "chat_instance": "drill",
            "message": {"message_id": 1, "date": int(now.timestamp()), "chat": chat},
            "data": f"{token}:{choice}",
        },
    }
    inbox.accept(session, bot_id=BOT, updates=[json.dumps(update)], now=now)


def follow(session: Session, context: Context, drill: Drill, *, now: datetime) -> bool:
    """See how far a running drill has come; end it when its card arrived or its time is over."""
    alert = _alert(session, drill)
    card = drill_card.of(session, alert) if alert is not None else None
    if alert is not None and card is not None and card.state == OutboxState.ACCEPTED:
        drill.alert_id, drill.card_accepted_at = alert.id, card.accepted_at
        drill.acknowledged_at = now
        _close(session, alert, now)
        _end(drill, DrillState.PASSED, now)
        seconds = round((now - drill.started_at).total_seconds())
        _show(
            session, card, texts.text("drill.passed", texts.SOURCE_LANGUAGE, seconds=seconds), now
        )
        return True
    if now - drill.started_at < PATIENCE:
        return False
    drill.failed_at_step = _stuck_at(session, drill, alert, card)
    if alert is not None:
        drill.alert_id = alert.id
        _close(session, alert, now)
    _end(drill, DrillState.FAILED, now)
    return True


def _alert(session: Session, drill: Drill) -> Alert | None:
    return session.scalar(
        select(Alert)
        .join(Episode, Episode.id == Alert.episode_id)
        .where(Alert.is_drill.is_(True), Episode.created_at >= drill.started_at)
        .order_by(Alert.id.desc())
        .limit(1)
    )


def _stuck_at(
    session: Session, drill: Drill, alert: Alert | None, card: OutboxMessage | None
) -> str:
    update = session.get(InboxUpdate, (BOT, drill.id))
    if update is None or update.state != InboxState.DONE:
        return "intake"
    if alert is None:
        return "rules"
    return "paging" if card is None else "delivery"


def _close(session: Session, alert: Alert, now: datetime) -> None:
    """Acknowledged and resolved by the drill itself; no person stands behind it."""
    if alert.state == AlertState.RESOLVED:
        return
    alert_history.append(session, alert, "acknowledged", now=now, detail="drill")
    outcome = Outcome.NOT_RELEVANT
    alert_history.append(session, alert, "resolved", now=now, detail=outcome)
    alert.state, alert.outcome, alert.escalate_after = AlertState.RESOLVED, outcome, None
    alert.acknowledged_at = alert.resolved_at = now
    alert.episode.loading_stopped_at = None


def _end(drill: Drill, state: DrillState, now: datetime) -> None:
    drill.state, drill.ended_at = state, now


def _show(session: Session, card: OutboxMessage, text: str, now: datetime) -> None:
    outbox.enqueue(
        session,
        dedupe_key=f"{card.dedupe_key}:end",
        message_class=MessageClass.DIGEST,
        kind="drill_end",
        chat_id=card.chat_id,
        text=text,
        now=now,
        edits_id=card.id,
    )
