"""Sending a picture that Telegram already has, against uploading it."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Callable

from telegram import Bot

from bot import http
from bot.media_out import MediaOut
from bot.outcomes import Ending
from bot.simulator import Simulator
from bot.telegram_out import Attached, Outgoing
from rehab.services.media import TimerRecipe

CHAT = 1001
TIMES = 10
RECIPE = TimerRecipe(5, 2, 10)


def by_id_and_by_upload() -> tuple[float, float]:
    """Seconds for one send by Telegram's own id, and for one upload; the file is made already."""
    with Simulator() as simulator:
        simulator.user(CHAT)
        return asyncio.run(_measure(simulator))


async def _measure(simulator: Simulator) -> tuple[float, float]:
    request = http.sending_request()
    bot = Bot("123:TEST", base_url=f"{simulator.api_url}/bot", request=request)
    await request.initialize()
    out = MediaOut(bot)
    numbers = itertools.count()
    try:
        RECIPE.make()
        uploading = await _fastest(
            out, lambda: Attached("animation", f"{next(numbers)}", None, RECIPE)
        )
        known = Attached("animation", "known", None, RECIPE)
        await _fastest(out, lambda: known)
        return await _fastest(out, lambda: known), uploading
    finally:
        out.close()
        await request.shutdown()


async def _fastest(out: MediaOut, attached: Callable[[], Attached]) -> float:
    best = float("inf")
    for _ in range(TIMES):
        what = attached()
        message = Outgoing(1, 1, CHAT, "words", (), None, False, 0, "bench", what)
        began = time.perf_counter()
        delivery = await out.send(message, what)
        best = min(best, time.perf_counter() - began)
        assert delivery.outcome.ending == Ending.ACCEPTED
    return best
