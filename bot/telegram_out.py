"""Our words to Telegram's: an outbox row becomes a call of the Bot API."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions
from telegram.error import TelegramError

from bot.http import Refusal, last_result
from rehab.models import OutboxMessage


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

    @property
    def markup(self) -> InlineKeyboardMarkup | None:
        if not self.buttons:
            return None
        return InlineKeyboardMarkup(
            [[InlineKeyboardButton(label, callback_data=data) for label, data in row]
             for row in self.buttons]
        )  # fmt: skip


def outgoing(session: Session, row: OutboxMessage, *, protect: bool) -> Outgoing:
    """What is needed to send the row after its transaction is over."""
    edited = session.get(OutboxMessage, row.edits_id) if row.edits_id else None
    return Outgoing(
        id=row.id,
        epoch=row.lease_epoch or 0,
        chat_id=row.chat_id,
        text=row.text or "",
        buttons=tuple(tuple((b["label"], b["data"]) for b in line) for line in row.buttons),
        edits=edited.provider_id if edited is not None else None,
        protect=protect and row.patient_id is not None,
        attempts=row.attempts,
        kind=row.kind,
    )


async def send(bot: Bot, message: Outgoing) -> int | None:
    """Send or edit; Telegram's message id if it told one. Raises the client's errors."""
    last_result.set(None)
    try:
        if message.edits is not None:
            return await _edit(bot, message, message.edits)
        return await _send_new(bot, message)
    except TelegramError:
        raise
    except Exception:
        # Taken by the server, but its answer does not fit the client's types.
        result = last_result.get()
        if result is None:
            raise
        told = result.get("message_id") if isinstance(result, dict) else None
        return told if type(told) is int else message.edits


async def _send_new(bot: Bot, message: Outgoing) -> int:
    async def call(**extras: Any) -> int:
        sent = await bot.send_message(
            message.chat_id, message.text, reply_markup=message.markup, **extras
        )
        return sent.message_id

    no_preview = LinkPreviewOptions(is_disabled=True)
    try:
        return await call(link_preview_options=no_preview, protect_content=message.protect or None)
    except Refusal as refusal:
        words = refusal.description.lower()
        if refusal.status == 400 and ("protect_content" in words or "link_preview" in words):
            # An older server: the message matters more than these wishes.
            return await call()
        raise


async def _edit(bot: Bot, message: Outgoing, message_id: int) -> int:
    await bot.edit_message_text(
        message.text,
        chat_id=message.chat_id,
        message_id=message_id,
        reply_markup=message.markup,
        link_preview_options=LinkPreviewOptions(is_disabled=True),
    )
    return message_id
