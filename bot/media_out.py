"""Sends a message with its medium: by the id Telegram knows, else uploaded, else as words alone."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from telegram import Bot

from bot import outcomes, telegram_out
from bot.outcomes import Ending, Outcome
from bot.telegram_out import Attached, Outgoing
from rehab.logs import get_logger, place_of
from rehab.services.media_cache import MediaFile

log = get_logger(__name__)

THREADS = 2
MAKE_SECONDS = 10.0
"""Nothing else leaves for this chat meanwhile, a safety text neither. What takes longer goes on
being made for the next time, and this message leaves as words."""
OTHERS_SECONDS = 10.0
"""How long a message waits for another one that uploads the same medium."""
MOST_KNOWN = 1000


@dataclass(frozen=True)
class Delivery:
    """How a send with a medium ended, and what it taught about ids of files."""

    outcome: Outcome
    refused_file_id: str | None = None


class MediaOut:
    """One per sender. An exercise without a picture is better than none: whatever is wrong with
    the medium alone, the words still leave."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="media")
        self._known: dict[str, str] = {}
        self._under_way: dict[str, asyncio.Event] = {}

    async def send(self, message: Outgoing, attached: Attached) -> Delivery:
        """Send a message with its medium. Never raises an error of the client."""
        refused = None
        file_id = self._known.get(attached.key, attached.file_id)
        if file_id is None:
            file_id = await self._of_another(attached.key)
        if file_id is not None:
            outcome = await self._try(message, file_id)
            if outcome.ending != Ending.PERMANENT:
                return Delivery(await self._unless_words_will_do(message, outcome))
            log.warning("file_id_refused", message_id=message.id, reason=outcome.reason)
            refused = file_id
            self._known.pop(attached.key, None)
        return Delivery(await self._upload(message, attached), refused)

    def close(self) -> None:
        """Drop what has not begun."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _of_another(self, key: str) -> str | None:
        """The id that a message on its way just now will bring, if it does so soon."""
        if (under_way := self._under_way.get(key)) is None:
            return None
        try:
            async with asyncio.timeout(OTHERS_SECONDS):
                await under_way.wait()
        except TimeoutError:
            return None
        return self._known.get(key)

    async def _upload(self, message: Outgoing, attached: Attached) -> Outcome:
        done = self._under_way[attached.key] = asyncio.Event()
        try:
            file = await self._made(message, attached)
            if file is None:
                return await self._as_words(message)
            outcome = await self._try(message, file)
            if outcome.ending == Ending.ACCEPTED and outcome.file_id is not None:
                self._learn(attached.key, outcome.file_id)
        finally:
            done.set()
            if self._under_way.get(attached.key) is done:
                del self._under_way[attached.key]
        return await self._unless_words_will_do(message, outcome)

    async def _made(self, message: Outgoing, attached: Attached) -> MediaFile | None:
        if attached.recipe is None:
            return None
        making = asyncio.get_running_loop().run_in_executor(self._threads, attached.recipe.make)
        try:
            return await asyncio.wait_for(making, MAKE_SECONDS)
        except Exception as error:
            log.error("media_not_made", message_id=message.id, error=place_of(error))
            return None

    async def _try(self, message: Outgoing, medium: str | MediaFile) -> Outcome:
        try:
            sent = await telegram_out.send(self._bot, message, medium)
            return Outcome(Ending.ACCEPTED, message_id=sent.message_id, file_id=sent.file_id)
        except Exception as error:
            return outcomes.of_error(error)

    async def _unless_words_will_do(self, message: Outgoing, outcome: Outcome) -> Outcome:
        """A server that takes no media, or not this one, may still take the words."""
        is_about_the_medium = (
            outcome.ending == Ending.PERMANENT
            # The address of a method that the server does not know.
            or (outcome.ending == Ending.TOKEN_REFUSED and outcome.reason == "http_404")
            or (outcome.ending == Ending.REFUSED and message.attempts > 0)
        )
        if not is_about_the_medium:
            return outcome
        log.warning("media_refused", message_id=message.id, reason=outcome.reason)
        return await self._as_words(message)

    async def _as_words(self, message: Outgoing) -> Outcome:
        if not message.text.strip():
            return Outcome(Ending.PERMANENT, reason="media_not_sent")
        try:
            sent = await telegram_out.send(self._bot, replace(message, attached=None))
            return Outcome(Ending.ACCEPTED, message_id=sent.message_id)
        except Exception as error:
            return outcomes.of_error(error)

    def _learn(self, key: str, file_id: str) -> None:
        if len(self._known) >= MOST_KNOWN:
            self._known.clear()  # the table still has them
        self._known[key] = file_id
