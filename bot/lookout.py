"""The lookout: while many updates wait, it looks ahead for what cannot wait behind thank-yous.

A courtesy only, apart from the intake, which must never be held up: the order of handling is all that
depends on it.
"""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy.orm import Session

from bot.bell import Bell, rest
from bot.bridge import Bridge
from rehab.logs import get_logger, place_of
from rehab.runtime import Runtime
from rehab.services import inbox, urgency_hint

log = get_logger(__name__)

LOOK_SECONDS = 0.5
FEW = 4
"""So few that wait are handled before a look ahead would be worth it."""
AT_ONCE = 10
"""Updates of one look, so that nobody waits long for the database."""


class Lookout:
    """Looks until it is cancelled. It begins at the oldest update that waits."""

    def __init__(self, bridge: Bridge, runtime: Runtime, incoming: Bell) -> None:
        self._bridge = bridge
        self._runtime = runtime
        self._bell = incoming.listener()
        self._place: inbox.Place = (datetime.min.replace(tzinfo=UTC), 0)

    async def run(self) -> None:
        while True:
            self._bell.clear()
            before = self._place
            try:
                self._place = await self._bridge.first_in_app(self._look)
            except Exception as error:
                log.warning("lookout_failed", error=place_of(error))
            if self._place == before:
                await rest(self._bell, LOOK_SECONDS)

    def _look(self, session: Session) -> inbox.Place:
        if inbox.count_waiting(session) <= FEW:
            return self._place
        return urgency_hint.look_ahead(
            session,
            self._runtime.context,
            after=self._place,
            limit=AT_ONCE,
            now=self._runtime.clock.now(),
        )
