"""Says hello to Telegram: learns the bot's own name and leaves the list of commands. Best effort."""

from __future__ import annotations

import asyncio

from telegram import Bot, BotCommand
from telegram.error import TelegramError

from bot.bridge import Bridge
from rehab.logs import get_logger, place_of
from rehab.runtime import Runtime
from rehab.services import heartbeats
from rehab.texts import has_text, text

log = get_logger(__name__)

RETRY_SECONDS = 15.0
COMMANDS = {
    "today": "What there is to do today",
    "checkin": "Start the check-in",
    "learn": "Read the cards about your operation again",
    "paper": "Print my exercises",
    "progress": "My progress picture",
    "photo": "Send a photo of the wound",
    "watching": "Is anybody reading now?",
    "caregiver": "Let somebody answer for you",
    "help": "What this bot can do, and whom to call",
    "stop": "Stop all messages",
    "pause": "Pause reminders",
    "resume": "Go on with reminders",
}
"""In menu order, with the words for a catalog that does not have them."""


async def introduce(bot: Bot, bridge: Bridge, runtime: Runtime) -> None:
    """Until it worked once. Nothing else waits for it."""
    while True:
        try:
            me = await bot.get_me()
            await bridge.in_app(
                heartbeats.beat,
                component=heartbeats.BOT,
                now=runtime.clock.now(),
                detail={"username": me.username or ""},
            )
            break
        except Exception as error:
            log.warning("bot_not_introduced", error=place_of(error))
        await asyncio.sleep(RETRY_SECONDS)
    for number, language in enumerate(runtime.settings.config.clinic.languages):
        await _offer_commands(bot, language, is_default=number == 0)


async def _offer_commands(bot: Bot, language: str, *, is_default: bool) -> None:
    commands = [BotCommand(name, _words(name, language)) for name in COMMANDS]
    try:
        await bot.set_my_commands(commands, language_code=None if is_default else language)
    except TelegramError as error:
        log.info("commands_not_set", error=place_of(error))
    except Exception as error:
        log.info("commands_answer_odd", error=place_of(error))


def _words(command: str, language: str) -> str:
    key = f"command.{command}"
    return text(key, language) if has_text(key) else COMMANDS[command]
