"""A running simulator, its first person, and the unmodified client of the bot."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest
from telegram import Bot
from telegram.request import HTTPXRequest

from bot.simulator import OffsetClock, Person, Simulator

ASHA = 1001
MEERA = 2001


@pytest.fixture
def clock() -> OffsetClock:
    return OffsetClock()


@pytest.fixture
def sim(clock: OffsetClock) -> Iterator[Simulator]:
    with Simulator(clock=clock, webhook_backoff=0.02) as running:
        yield running


@pytest.fixture
def asha(sim: Simulator) -> Person:
    return sim.user(ASHA, "Asha", "Verma", phone="+919800000001")


@pytest.fixture
def meera(sim: Simulator) -> Person:
    return sim.user(MEERA, "Meera", role="staff", username="meera_physio")


@pytest.fixture
def run() -> Iterator[Callable[[Awaitable[Any]], Any]]:
    """Run a coroutine to its end; all of a test's calls share one event loop."""
    with asyncio.Runner() as runner:

        def run_one(work: Awaitable[Any]) -> Any:
            async def wrapped() -> Any:
                return await work

            return runner.run(wrapped())

        yield run_one


def client_of(sim: Simulator, token: str = "") -> Bot:
    return Bot(
        token or sim.token,
        base_url=f"{sim.api_url}/bot",
        base_file_url=f"{sim.api_url}/file/bot",
        request=HTTPXRequest(read_timeout=5),
    )


@pytest.fixture
def bot(sim: Simulator, run: Callable[[Awaitable[Any]], Any]) -> Iterator[Bot]:
    client = client_of(sim)
    run(client.initialize())
    yield client
    run(client.shutdown())
