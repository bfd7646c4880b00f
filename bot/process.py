"""The Telegram process as one object: everything it runs, started together and stopped in order."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterable
from contextlib import suppress
from typing import Any

from flask import Flask
from telegram.ext import Application, ApplicationBuilder
from telegram.request import BaseRequest

from bot import http
from bot.bell import Bell
from bot.bridge import Bridge
from bot.introduction import introduce
from bot.leadership import Leadership
from bot.lookout import Lookout
from bot.media_in import MediaIn
from bot.poller import Poller, Reask
from bot.relay import Relay
from bot.sender import Sender
from bot.ticker import Job, Ticker
from bot.worker import WORKERS, Handle, Worker
from rehab.logs import get_logger, place_of
from rehab.runtime import Runtime
from rehab.settings import Settings

log = get_logger(__name__)

DRAIN_SECONDS = 2.5
"""For messages on their way when the process is told to stop; all in all it takes less than 5 s."""
TIDY_SECONDS = 1.0


class BotProcess:
    """Poller, lookout, workers, sender, relay and ticker of one process. Several processes may run."""

    def __init__(
        self, app: Flask, *, handle: Handle, reask: Reask, jobs: Iterable[Job] = ()
    ) -> None:
        self.runtime: Runtime = app.extensions["rehab"]
        settings = self.runtime.settings
        bot_id = bot_id_of(settings)
        self.bridge = Bridge(app)
        self.request = http.sending_request()
        self.application = build_application(settings, self.request)
        bot = self.application.bot
        incoming, outgoing = Bell(), Bell()
        self.poller_lease = Leadership(self.bridge, f"poller:{bot_id}")
        self.sender_lease = Leadership(self.bridge, f"sender:{bot_id}")
        self.poller = Poller(
            self.bridge, self.runtime, self.poller_lease, incoming, bot_id=bot_id, reask=reask
        )
        self.lookout = Lookout(self.bridge, self.runtime, incoming)
        self.workers = [
            Worker(
                self.bridge,
                self.runtime,
                bot,
                handle,
                number=number,
                incoming=incoming,
                outgoing=outgoing,
            )
            for number in range(WORKERS)
        ]
        self.sender = Sender(
            self.bridge, self.runtime, bot, self.sender_lease, outgoing, bot_id=bot_id
        )
        self.relay = Relay(self.bridge, self.runtime, outgoing)
        self.media_in = MediaIn(self.bridge, self.runtime, bot, outgoing=outgoing)
        self.ticker = Ticker(self.application, self.bridge, self.runtime, jobs, outgoing=outgoing)

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop` is set."""
        # The application is not initialised: that would ask Telegram first, and the intake, the
        # alerts' clock and everything else must run whether it answers or not.
        await self.ticker.start()
        tasks = [asyncio.create_task(_unending(part), name=name) for name, part in self._parts()]
        log.info("bot_started", count=len(self.workers))
        await stop.wait()
        await self._stop(tasks)

    def _parts(self) -> list[tuple[str, Coroutine[Any, Any, None]]]:
        parts = [
            ("poller lease", self.poller_lease.keep()),
            ("sender lease", self.sender_lease.keep()),
            ("poller", self.poller.run()),
            ("restating", self.poller.restate()),
            ("lookout", self.lookout.run()),
            ("sender", self.sender.run()),
            ("media", self.media_in.run()),
            ("relay", self.relay.run()),
            ("introduction", introduce(self.application.bot, self.bridge, self.runtime)),
        ]
        parts += [(f"worker {n}", worker.run()) for n, worker in enumerate(self.workers)]
        return parts

    async def _stop(self, tasks: list[asyncio.Task[None]]) -> None:
        log.info("bot_stopping")
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks, timeout=TIDY_SECONDS)
        await self.sender.drain(DRAIN_SECONDS)
        self.relay.close()
        for lease in (self.poller_lease, self.sender_lease):
            with suppress(Exception):
                await asyncio.wait_for(lease.step_down(), TIDY_SECONDS / 2)
        with suppress(Exception):
            await asyncio.wait_for(self.ticker.stop(), TIDY_SECONDS / 2)
        with suppress(Exception):
            await asyncio.wait_for(self.request.shutdown(), TIDY_SECONDS / 2)
        self.bridge.close()
        log.info("bot_stopped")


async def _unending(part: Coroutine[Any, Any, None]) -> None:
    try:
        await part
    except Exception as error:
        # Each part guards itself; should one end all the same, its missing beat turns health red.
        log.critical("part_ended", error=place_of(error))


def build_application(
    settings: Settings, request: BaseRequest
) -> Application[Any, Any, Any, Any, Any, Any]:
    """The client and the ticker's scheduler. The updater stays out: intake is our own."""
    root = settings.telegram_api_url
    return (
        ApplicationBuilder()
        .token(settings.telegram_token)
        .base_url(f"{root}/bot")
        .base_file_url(f"{root}/file/bot")
        .request(request)
        .updater(None)
        .build()
    )


def bot_id_of(settings: Settings) -> int:
    """The number before the colon of the token."""
    head = settings.telegram_token.partition(":")[0]
    return int(head) if head.isdigit() else 1
