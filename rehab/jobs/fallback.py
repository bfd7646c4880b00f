"""Cards that Telegram has not accepted in time: the page goes out by e-mail and webhook instead."""

from __future__ import annotations

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from rehab.clock import Clock
from rehab.jobs.each import each, ids
from rehab.models import OutboxMessage, OutboxState, Page
from rehab.services import alert_mail
from rehab.services.context import Context


def run_once(context: Context, clock: Clock) -> int:
    """Look at every page whose time is over, or whose card was refused already."""
    now = clock.now()
    due = (
        select(Page.id)
        .outerjoin(OutboxMessage, OutboxMessage.id == Page.outbox_id)
        .where(
            Page.fallback_look_after.is_not(None),
            or_(Page.fallback_look_after <= now, OutboxMessage.state == OutboxState.FAILED),
        )
        .order_by(Page.id)
    )

    def fall_back(session: Session, page_id: int) -> bool:
        return alert_mail.fall_back(session, context, page_id=page_id, now=clock.now())

    def give_up(session: Session, page_id: int) -> None:
        # The ladder pages again; one broken row must not be tried for ever.
        session.get_one(Page, page_id).fallback_look_after = None

    return each("fallback", ids(due), fall_back, set_aside=give_up)
