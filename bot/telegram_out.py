"""Our words to Telegram's: an outbox row becomes a call of the Bot API."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.orm import Session
from telegram import (
    Bot,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputFile,
    LinkPreviewOptions,
    Message,
)
from telegram.error import TelegramError

from bot.http import Refusal, last_result
from rehab.logs import get_logger, place_of
from rehab.models import OutboxMessage
from rehab.services import media, media_cache
from rehab.services.context import Context
from rehab.services.media import Recipe
from rehab.services.media_cache import MediaFile
from rehab.services.outbox import LONGEST_CAPTION, units

log = get_logger(__name__)


@dataclass(frozen=True)
class Attached:
    """The medium of a claimed row: what it is, what Telegram calls it, and how it is made."""

    kind: str
    """animation, photo or document"""
    key: str
    file_id: str | None
    recipe: Recipe | None
    """None when nobody knows how to make it (any more)."""


@dataclass(frozen=True)
class Sent:
    """What Telegram told about a message it took."""

    message_id: int | None
    file_id: str | None = None


DOCUMENT = "document"


@dataclass(frozen=True)
class Outgoing:
    """A claimed outbox row, read while its transaction was open."""

    id: int
    epoch: int
    chat_id: int
    text: str
    buttons: tuple[tuple[tuple[str, str], ...], ...]
    edits: int | None
    """Telegram's id of the message to change, if it can be changed."""
    protect: bool
    attempts: int
    kind: str
    thread_id: int | None = None
    """The topic of a group."""
    is_silent: bool = False
    attached: Attached | None = None
    edits_caption: bool = False
    """Whether what is edited was sent with a medium."""

    @property
    def markup(self) -> InlineKeyboardMarkup | None:
        if not self.buttons:
            return None
        return InlineKeyboardMarkup(
            [[InlineKeyboardButton(label, callback_data=data) for label, data in row]
             for row in self.buttons]
        )  # fmt: skip


def outgoing(
    session: Session, context: Context, row: OutboxMessage, *, protect: bool, bot_id: int
) -> Outgoing:
    """What is needed to send the row after its transaction is over."""
    edited = session.get(OutboxMessage, row.edits_id) if row.edits_id else None
    return Outgoing(
        id=row.id,
        epoch=row.lease_epoch or 0,
        chat_id=row.chat_id,
        text=row.text or "",
        buttons=tuple(tuple((b["label"], b["data"]) for b in line) for line in row.buttons),
        edits=edited.provider_id if edited is not None else None,
        # A hand-out that cannot be saved cannot be printed.
        protect=protect and row.patient_id is not None and row.media_kind != DOCUMENT,
        attempts=row.attempts,
        kind=row.kind,
        thread_id=row.thread_id,
        is_silent=row.is_silent,
        attached=_attached(session, context, row, bot_id),
        edits_caption=edited is not None and edited.media_key is not None,
    )


def _attached(
    session: Session, context: Context, row: OutboxMessage, bot_id: int
) -> Attached | None:
    if row.media_kind is None or row.media_key is None:
        return None
    file_id = media_cache.file_id_of(session, bot_id=bot_id, media_key=row.media_key)
    recipe = None
    try:
        # A savepoint, so that a picture nobody can make does not take the other messages along.
        with session.begin_nested():
            recipe = media.recipe(session, context, row.media_key)
    except Exception as error:
        log.error("media_unknown", message_id=row.id, error=place_of(error))
    return Attached(row.media_kind, row.media_key, file_id, recipe)


async def send(bot: Bot, message: Outgoing, medium: str | MediaFile | None = None) -> Sent:
    """Send or edit, with the `medium` (Telegram's id of it, or the bytes) when there is one.

    Raises the client's errors.
    """
    last_result.set(None)
    try:
        if message.edits is not None:
            return Sent(await _edit(bot, message, message.edits))
        sent_id = await _send_new(bot, message, medium)
    except TelegramError:
        raise
    except Exception:
        # Taken by the server, but its answer does not fit the client's types.
        result = last_result.get()
        if result is None:
            raise
        told = result.get("message_id") if isinstance(result, dict) else None
        sent_id = told if type(told) is int else message.edits
    return Sent(sent_id, _file_id(message, last_result.get()))


async def _send_new(bot: Bot, message: Outgoing, medium: str | MediaFile | None) -> int | None:
    protect = message.protect or None
    try:
        return await _call(bot, message, medium, no_preview=True, protect_content=protect)
    except Refusal as refusal:
        words = refusal.description.lower()
        if refusal.status == 400 and ("protect_content" in words or "link_preview" in words):
            # An older server: the message matters more than these wishes.
            return await _call(bot, message, medium, no_preview=False)
        if refusal.status == 400 and "thread not found" in words:
            # Somebody deleted the topic: the group still has to see it.
            return await _call(bot, replace(message, thread_id=None), medium, no_preview=True)
        raise


async def _call(
    bot: Bot, message: Outgoing, medium: str | MediaFile | None, *, no_preview: bool, **extras: Any
) -> int:
    to, markup = message.chat_id, message.markup
    if message.thread_id is not None:
        extras["message_thread_id"] = message.thread_id
    if message.is_silent:
        extras["disable_notification"] = True
    if medium is None or message.attached is None:
        if no_preview:
            extras["link_preview_options"] = LinkPreviewOptions(is_disabled=True)
        return (await bot.send_message(to, message.text, reply_markup=markup, **extras)).message_id
    file = medium if isinstance(medium, str) else InputFile(medium.content, filename=medium.name)
    extras |= {"caption": message.text or None, "reply_markup": markup}
    sent: Message
    match message.attached.kind:
        case "animation":
            sent = await bot.send_animation(to, file, **extras)
        case "photo":
            sent = await bot.send_photo(to, file, **extras)
        case _:
            sent = await bot.send_document(to, file, **extras)
    return sent.message_id


def _file_id(message: Outgoing, result: Any) -> str | None:
    """Telegram's id of the medium it took. Only the id of the kind that was asked for: an animation
    that became a mere document cannot be sent as an animation again."""
    if message.attached is None or not isinstance(result, dict):
        return None
    told = result.get(message.attached.kind)
    if isinstance(told, list):
        told = told[-1] if told else None  # a photograph in several sizes, the largest last
    file_id = told.get("file_id") if isinstance(told, dict) else None
    return file_id if isinstance(file_id, str) and file_id else None


async def _edit(bot: Bot, message: Outgoing, message_id: int) -> int:
    edits = [_edit_text, _edit_caption]
    if message.edits_caption:
        edits.reverse()
    try:
        await edits[0](bot, message, message_id)
    except Refusal as refusal:
        # It left as words when its medium could not be had, or the other way round. A poor server that
        # knows no media says 404 to a caption; a refused token says it to both.
        words = refusal.description.lower()
        other_kind = "there is no" in words and "in the message to edit" in words
        unknown = refusal.status == 404 and message.edits_caption
        if not (other_kind or unknown) or units(message.text) > LONGEST_CAPTION:
            raise
        await edits[1](bot, message, message_id)
    return message_id


async def _edit_text(bot: Bot, message: Outgoing, message_id: int) -> None:
    await bot.edit_message_text(
        message.text,
        chat_id=message.chat_id,
        message_id=message_id,
        reply_markup=message.markup,
        link_preview_options=LinkPreviewOptions(is_disabled=True),
    )


async def _edit_caption(bot: Bot, message: Outgoing, message_id: int) -> None:
    await bot.edit_message_caption(
        chat_id=message.chat_id,
        message_id=message_id,
        caption=message.text,
        reply_markup=message.markup,
    )
