"""Fetches what patients sent: from Telegram's host alone, so many bytes and no more, into our own store."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import httpx
from telegram import Bot
from telegram.error import TelegramError

from bot.bell import Bell, rest
from bot.bridge import Bridge
from bot.http import Refusal
from rehab.logs import get_logger, place_of
from rehab.pictures import NotKept
from rehab.runtime import Runtime
from rehab.services import incoming_media
from rehab.services.incoming_media import Fetch

log = get_logger(__name__)

LOOK_SECONDS = 2.0
FETCH_SECONDS = 100.0
"""All in all, for one file; below the lease of a claim."""
STEP_SECONDS = 20.0
"""Longest silence of the line."""


class Unfetchable(Exception):
    """No later try would bring the file. `problem` is too_large or gone."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


class MediaIn:
    """Takes one file at a time. Any number may run, in any number of processes."""

    def __init__(self, bridge: Bridge, runtime: Runtime, bot: Bot, *, outgoing: Bell) -> None:
        self._bridge = bridge
        self._runtime = runtime
        self._bot = bot
        # A worker rings it after each update: there may be a new file too.
        self._bell = outgoing.listener()
        self._ring_sender: Callable[[], None] = outgoing.ring
        self._threads = ThreadPoolExecutor(1, thread_name_prefix="pictures")

    async def run(self) -> None:
        """Until it is cancelled."""
        try:
            while True:
                self._bell.clear()
                if not await self._round():
                    await rest(self._bell, LOOK_SECONDS)
        finally:
            self._threads.shutdown(wait=False, cancel_futures=True)

    async def _round(self) -> bool:
        try:
            claimed = await self._bridge.in_app(
                lambda session: incoming_media.claim(session, now=self._runtime.clock.now())
            )
            for fetch in claimed:
                await self._bring(fetch)
        except Exception as error:
            # The database is away, or this file's lease brings it back later.
            log.error("media_round_failed", error=place_of(error))
            await asyncio.sleep(LOOK_SECONDS)
            return False
        if claimed:
            self._ring_sender()
        return bool(claimed)

    async def _bring(self, fetch: Fetch) -> None:
        context, clock = self._runtime.context, self._runtime.clock
        photos = context.config.photos
        try:
            async with asyncio.timeout(FETCH_SECONDS):
                content = await download(
                    self._bot, fetch.file_id, incoming_media.largest_bytes(photos)
                )
            prepared = await asyncio.get_running_loop().run_in_executor(
                self._threads, incoming_media.prepare, fetch.wanted, content, photos
            )
        except NotKept as refusal:
            await self._settle(incoming_media.refuse, fetch, refusal.problem)
        except Unfetchable as refusal:
            is_gone = refusal.problem == "gone"
            settle = incoming_media.lose if is_gone else incoming_media.refuse
            await self._settle(settle, fetch, refusal.problem)
        except Exception as error:
            log.warning("media_not_fetched", message_id=fetch.media_id, error=place_of(error))
            await self._bridge.in_app(
                lambda session: incoming_media.try_later(
                    session, context, media_id=fetch.media_id, now=clock.now()
                )
            )
        else:
            await self._bridge.in_app(
                lambda session: incoming_media.store(
                    session, context, media_id=fetch.media_id, prepared=prepared, now=clock.now()
                )
            )

    async def _settle(self, settle: Callable[..., bool], fetch: Fetch, problem: str) -> None:
        log.warning("media_not_kept", message_id=fetch.media_id, reason=problem)
        await self._bridge.in_app(
            lambda session: settle(
                session,
                self._runtime.context,
                media_id=fetch.media_id,
                problem=problem,
                now=self._runtime.clock.now(),
            )
        )


async def download(bot: Bot, file_id: str, largest: int) -> bytes:
    """The file's bytes. Raises Unfetchable, and anything else for what may work later.

    The address holds the bot's token: it is never logged, and no redirect is followed.
    """
    url = await _address(bot, file_id)
    content = bytearray()
    async with (
        httpx.AsyncClient(timeout=STEP_SECONDS, follow_redirects=False) as client,
        client.stream("GET", url) as answer,
    ):
        if answer.status_code in (404, 410):
            raise Unfetchable("gone")
        if answer.status_code != 200:
            raise TelegramError("no file")
        async for piece in answer.aiter_raw():
            content += piece
            if len(content) > largest:
                raise Unfetchable("too_large")
    return bytes(content)


async def _address(bot: Bot, file_id: str) -> str:
    try:
        file = await bot.get_file(file_id)
    except Refusal as refusal:
        words = refusal.description.lower()
        if "too big" in words:
            raise Unfetchable("too_large") from None
        if refusal.status == 400 and "temporarily" not in words:
            raise Unfetchable("gone") from None
        raise
    path = file.file_path or ""
    if not path.startswith(f"{bot.base_file_url}/"):
        # A path on another machine's disk, or another host: neither is ours to read.
        raise Unfetchable("gone")
    return path
