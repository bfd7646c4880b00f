"""The watch: looks after everything else, tells people, and calls the dead-man's switch when all is well."""

from __future__ import annotations

from datetime import timedelta

from rehab import post
from rehab.clock import Clock, SystemClock
from rehab.db import transaction
from rehab.logs import get_logger
from rehab.services import watch, watch_keeping
from rehab.services.context import Context

log = get_logger("jobs")


def run_once(context: Context, clock: Clock) -> int:
    """One look of the bot's own. Returns how many troubles there are."""
    return look(context, clock, in_bot=True)


def look(context: Context, clock: Clock, *, in_bot: bool) -> int:
    """One look, from whichever process. The call to the switch comes after the transaction."""
    with transaction() as session:
        must_ping = watch_keeping.look(
            session,
            context,
            now=clock.now(),
            machine=SystemClock().now(),
            loops=loops(),
            in_bot=in_bot,
        )
        found = len(watch_keeping.active(session))
    if must_ping and not post.ping(context.config.watch.ping_url):
        log.warning("ping_not_heard")
    return found


def loops() -> dict[str, timedelta]:
    """Every loop of the bot and how long it may be silent."""
    # The table lists this very job, so it cannot be imported above.
    from rehab.jobs import JOBS

    return watch.limits({job.name: job.every for job in JOBS})
