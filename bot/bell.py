"""A bell inside one process: says that there may be work, so that nobody waits for the next look."""

from __future__ import annotations

import asyncio


class Bell:
    """A courtesy only. Every listener looks by itself now and then; the database is the truth."""

    def __init__(self) -> None:
        self._listeners: list[asyncio.Event] = []

    def listener(self) -> asyncio.Event:
        """An event of one's own, so that one listener's clearing hides nothing from another."""
        event = asyncio.Event()
        self._listeners.append(event)
        return event

    def ring(self) -> None:
        for event in self._listeners:
            event.set()


async def rest(event: asyncio.Event, seconds: float) -> None:
    """Wait for the event, at most so long."""
    # Not `wait_for`: in Python 3.11 it forgets a cancellation that meets the event.
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return
