"""The end of each shift becomes a hand-over, and a hand-over nobody accepts is never forgotten."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from rehab.clock import Clock
from rehab.db import transaction
from rehab.jobs.each import each, ids
from rehab.models import Handover, HandoverState
from rehab.services import handover
from rehab.services.context import Context

AFTER_A_FAILURE = timedelta(minutes=1)


def run_once(context: Context, clock: Clock) -> int:
    """Write down the shifts that ended; offer, remind and tell everybody where it is time."""
    with transaction() as session:
        handover.note_ended_shifts(session, now=clock.now())
    due = select(Handover.id).where(
        Handover.state == HandoverState.OFFERED, Handover.look_after <= clock.now()
    )

    def remind(session: Session, handover_id: int) -> bool:
        return handover.remind(session, context, handover_id=handover_id, now=clock.now())

    def later(session: Session, handover_id: int) -> None:
        session.get_one(Handover, handover_id).look_after = clock.now() + AFTER_A_FAILURE

    return each("handover", ids(due), remind, set_aside=later)
