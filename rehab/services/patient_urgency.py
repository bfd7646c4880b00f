"""How soon the patient says they need somebody. It orders lists and brings a page forward; no tier falls."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal, get_args

from sqlalchemy.orm import Session

from exercises.schema import Tier
from rehab.models import Alert, AlertState, CheckIn, Episode
from rehab.services import alert_history, alerts, cover, paging
from rehab.services.context import Context

Urgency = Literal["today", "can_wait", "just_telling"]
URGENCIES: tuple[Urgency, ...] = get_args(Urgency)
JUST_PAGED = timedelta(minutes=10)
"""A page that rang is not sent again for a patient's "today" sooner; its card is brought up to date.
Project proposal, not sourced: clinic must decide."""


def to_ask_about(session: Session, context: Context, check_in: CheckIn) -> Alert | None:
    """The alert the patient should be asked about; None when asking makes no sense (any more)."""
    if not context.config.check_ins.ask_how_urgent:
        return None
    alert = alerts.unresolved(session, check_in.episode_id)
    if alert is None:
        return None
    at = alert.patient_urgency_at
    is_said = alert.patient_urgency == "today" and at is not None and at >= check_in.started_at
    return None if is_said else alert


def record(
    session: Session,
    context: Context,
    *,
    alert_id: int,
    episode: Episode,
    urgency: Urgency,
    now: datetime,
) -> Alert | None:
    """Keep what the patient answered, show it on the cards, and page a T2 alert now when it is today.

    None when the alert is not this episode's or is resolved by now: somebody has dealt with it.
    """
    alert = session.get(Alert, alert_id, with_for_update=True)
    if alert is None or alert.episode_id != episode.id or alert.state == AlertState.RESOLVED:
        return None
    alert.patient_urgency, alert.patient_urgency_at = urgency, now
    alert_history.append(session, alert, "patient_urgency", now=now, detail=urgency)
    if urgency == "today" and _may_be_sooner(session, context, alert, now):
        paging.page_step(session, context, alert, step=max(alert.step, 0), now=now)
    paging.refresh_cards(session, context, alert, now=now)
    return alert


def _may_be_sooner(session: Session, context: Context, alert: Alert, now: datetime) -> bool:
    """T0 and T1 page at any hour already; T2 waits for the reading hours, as it would anyway."""
    was_silent = not getattr(context.config.escalation, alert.tier).rings
    is_waiting = alert.paged_at is None or was_silent or now - alert.paged_at >= JUST_PAGED
    return (
        alert.tier == Tier.SOON
        and alert.state == AlertState.OPEN
        and is_waiting
        and cover.is_open(session, context, now)
    )
