"""Holds a lease for as long as this process lives: one poller and one sender per bot."""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta

from bot import holder
from bot.bridge import Bridge
from rehab.clock import SystemClock
from rehab.logs import get_logger, place_of
from rehab.services import leases

log = get_logger(__name__)

LEASE = timedelta(seconds=10)
RENEW_SECONDS = 2.0
RETRY_SECONDS = 0.5


class Leadership:
    """`epoch` is this process's fencing number while it leads, else None."""

    def __init__(self, bridge: Bridge, name: str) -> None:
        self.name = name
        self._bridge = bridge
        self._me = holder.my_name()
        # The machine's clock: moving the demo's time must not depose anybody.
        self._clock = SystemClock()
        self._epoch: int | None = None
        self._good_until = 0.0
        self._away_until = 0.0

    @property
    def epoch(self) -> int | None:
        # Without an answer from the database the lease may have gone to somebody else.
        return self._epoch if time.monotonic() < self._good_until else None

    async def keep(self) -> None:
        """Take the lease, renew it, take it again when it was lost. Runs until cancelled."""
        while True:
            try:
                await self._round()
            except Exception as error:
                log.warning("lease_not_renewed", component=self.name, error=place_of(error))
            await asyncio.sleep(RENEW_SECONDS if self.epoch else RETRY_SECONDS)

    async def _round(self) -> None:
        asked_at = time.monotonic()
        if asked_at < self._away_until:
            return
        if self._epoch is not None and await self._renew():
            self._good_until = asked_at + LEASE.total_seconds()
            return
        self._epoch = await self._take()
        if self._epoch is not None:
            self._good_until = asked_at + LEASE.total_seconds()
            log.info("lease_taken", component=self.name, version=self._epoch)

    async def _renew(self) -> bool:
        epoch = self._epoch
        assert epoch is not None
        return await self._bridge.in_app(
            lambda session: leases.renew(
                session, name=self.name, holder=self._me, epoch=epoch, now=self._clock.now(),
                for_=LEASE,
            )
        )  # fmt: skip

    async def _take(self) -> int | None:
        return await self._bridge.in_app(
            lambda session: leases.take(
                session, name=self.name, holder=self._me, now=self._clock.now(), for_=LEASE,
                is_gone=holder.is_gone,
            )
        )  # fmt: skip

    async def step_down(self, for_seconds: float = 0.0) -> None:
        """Let somebody else lead, and do not ask again for a while."""
        epoch, self._epoch = self._epoch, None
        self._good_until = 0.0
        self._away_until = time.monotonic() + for_seconds
        if epoch is None:
            return
        await self._bridge.in_app(
            lambda session: leases.give_back(
                session, name=self.name, holder=self._me, epoch=epoch, now=self._clock.now()
            )
        )
