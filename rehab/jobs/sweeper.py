"""Finds what got stuck: sends whose process died keep no chat waiting."""

from __future__ import annotations

from rehab.clock import Clock
from rehab.db import transaction
from rehab.services import outbox
from rehab.services.context import Context


def run_once(context: Context, clock: Clock) -> int:
    """Settle every send whose lease ran out, by the policy of its class."""
    with transaction() as session:
        return outbox.release_expired_leases(session, now=clock.now())
