"""What a channel tells a conversation (Event) and what it gets back at once (Handled)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class EventKind(StrEnum):
    """What a person did."""

    TEXT = "text"
    EDITED_TEXT = "edited_text"
    COMMAND = "command"
    TAP = "tap"
    MEDIA = "media"
    BLOCKED = "blocked"
    """The person blocked the bot or the chat died."""
    UNBLOCKED = "unblocked"
    GROUP_MOVED = "group_moved"
    """Telegram gave a group another id."""
    OTHER = "other"
    """Readable, but nothing we act on."""


@dataclass(frozen=True)
class Event:
    """One thing a person did in a private chat, or on a button in the staff group.

    `source` is unique per event (`telegram:<bot_id>:<update_id>`) and makes recording idempotent.
    `at` is when the person did it, as far as the channel knows; aware UTC.
    """

    source: str
    kind: EventKind
    chat_id: int
    user_id: int
    at: datetime
    text: str = ""
    """The text, the caption of a medium, or what follows a command."""
    command: str = ""
    """Lower case, without the slash and without the bot's name."""
    token: str = ""
    """Of a tap: the prompt's token."""
    choice: int = -1
    """Of a tap: which choice of the prompt, from 0."""
    message_id: int | None = None
    """The channel's id of the message that was sent, edited or tapped."""
    media_kind: str = ""
    """photo, voice, video, document or other"""
    file_id: str | None = None
    mime: str = ""
    """Of a medium: its MIME type, as far as the channel says."""
    size: int | None = None
    """Bytes, as far as the channel says."""
    seconds: int | None = None
    album: str = ""
    """The same for all media that were sent together."""
    moved_to: int = 0
    """Of a group that moved: its new chat id."""

    @property
    def in_group(self) -> bool:
        """Telegram numbers groups below zero."""
        return self.chat_id < 0


@dataclass(frozen=True)
class Handled:
    """What the channel should do at once, besides the rows that were written."""

    toast: str = ""
    """A short text to show on the tapped button's chat, at most 200 characters."""
