"""After each patient's midnight the day gets its state; each morning the roll call proves it."""

from __future__ import annotations

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from rehab.clock import Clock
from rehab.db import transaction
from rehab.jobs.each import each
from rehab.logs import get_logger
from rehab.services import daily_states, roll_call
from rehab.services.context import Context

log = get_logger("jobs")


def run_once(context: Context, clock: Clock) -> int:
    """Settle the days that are over, then make the roll call when its hour has come."""
    return _settle(clock) + _call(context, clock)


def _settle(clock: Clock) -> int:
    with transaction() as session:
        waiting = daily_states.unsettled(session, now=clock.now())

    def settle(session: Session, episode_id: int) -> bool:
        return daily_states.settle(session, episode_id=episode_id, now=clock.now()) > 0

    return each("roll_call", waiting, settle, set_aside=_nothing)


def _call(context: Context, clock: Clock) -> int:
    if not roll_call.is_time(context, clock.now()):
        return 0
    try:
        with transaction() as session:
            return int(roll_call.make(session, context, now=clock.now()) is not None)
    except IntegrityError:
        # Another process called it in the same moment.
        log.info("roll_call_made_elsewhere")
        return 0


def _nothing(session: Session, item_id: int) -> None:
    """A day that cannot be settled is tried again, and the roll call says loudly that it is missing."""
