"""What the simulated Telegram knows: people, chats, messages, taps and accepted calls."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

Json = dict[str, Any]
Role = Literal["patient", "staff", "group"]


@dataclass
class Profile:
    """One synthetic person."""

    id: int
    first_name: str
    last_name: str = ""
    username: str = ""
    language_code: str = "en"
    role: Role = "patient"
    phone: str = ""

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    def _names(self) -> Json:
        named = {
            "first_name": self.first_name,
            "last_name": self.last_name,
            "username": self.username,
        }
        return {key: value for key, value in named.items() if value}

    def user_json(self) -> Json:
        return {
            "id": self.id,
            "is_bot": False,
            **self._names(),
            "language_code": self.language_code,
        }

    def chat_json(self) -> Json:
        return {"id": self.id, "type": "private", **self._names()}


@dataclass
class ChatMessage:
    """A message as it stands now. What a caller holds is a copy: it keeps the old keyboard."""

    chat_id: int
    message_id: int
    at: datetime
    from_bot: bool
    sender: Json
    chat_json: Json
    content: Json
    reply_markup: Json | None = None
    edited_at: datetime | None = None
    history: list[str] = field(default_factory=list)
    reactions: dict[str, list[Json]] = field(default_factory=dict)
    deleted: bool = False
    revision: int = 0
    read: bool = False

    @property
    def date(self) -> datetime:
        return self.at

    @property
    def text(self) -> str:
        """The words on the screen: the text, or the caption of a file."""
        return str(self.content.get("text", self.content.get("caption", "")))

    @property
    def edited(self) -> bool:
        return self.edited_at is not None

    @property
    def inline_buttons(self) -> list[list[Json]]:
        rows: list[list[Json]] = (self.reply_markup or {}).get("inline_keyboard", [])
        return rows

    @property
    def reply_buttons(self) -> list[list[Json]]:
        rows: list[list[Json]] = (self.reply_markup or {}).get("keyboard", [])
        return rows

    @property
    def keyboard(self) -> list[list[str]]:
        """Labels of the keyboard this message came with, inline or reply, row by row."""
        rows = self.inline_buttons or self.reply_buttons
        return [[str(button["text"]) for button in row] for row in rows]

    @property
    def buttons(self) -> list[str]:
        return [label for row in self.keyboard for label in row]

    def button(self, wanted: str) -> Json | None:
        """The button with this label or callback data."""
        rows = self.inline_buttons + self.reply_buttons
        flat = [button for row in rows for button in row]
        by_label = [button for button in flat if button["text"] == wanted]
        by_data = [button for button in flat if button.get("callback_data") == wanted]
        return next(iter(by_label + by_data), None)

    @property
    def kind(self) -> str:
        """text, photo, document, animation, video, voice, audio, contact ..."""
        # An animation also carries a document, so it is asked first.
        kinds = ("animation", "photo", "video", "voice", "audio", "document", "contact")
        return next((kind for kind in kinds if kind in self.content), "text")

    @property
    def file_id(self) -> str | None:
        media = self.content.get(self.kind)
        if isinstance(media, list):
            media = media[-1]
        return media.get("file_id") if isinstance(media, dict) else None

    def as_json(self) -> Json:
        """The Message object of the Bot API."""
        body: Json = {
            "message_id": self.message_id,
            "from": self.sender,
            "chat": self.chat_json,
            "date": int(self.at.timestamp()),
            **self.content,
        }
        if self.edited_at is not None:
            body["edit_date"] = int(self.edited_at.timestamp())
        if self.inline_buttons:
            body["reply_markup"] = self.reply_markup
        return copy.deepcopy(body)

    def inaccessible_json(self) -> Json:
        """What a tap on a deleted message carries in place of it."""
        return {"chat": self.chat_json, "message_id": self.message_id, "date": 0}


@dataclass
class Callback:
    """One tap on an inline button, and the bot's answer to it."""

    id: str
    chat_id: int
    message_id: int
    data: str
    at: datetime
    answered: bool = False
    text: str = ""
    show_alert: bool = False
    url: str = ""

    @property
    def alert_text(self) -> str:
        return self.text if self.show_alert else ""


@dataclass
class Chat:
    """A private chat (id of its person) or a group (negative id)."""

    id: int
    role: Role
    profile: Profile | None = None
    title: str = ""
    messages: dict[int, ChatMessage] = field(default_factory=dict)
    last_message_id: int = 0
    blocked: bool = False
    reply_keyboard: Json | None = None
    action: str = ""
    action_until: float = 0.0
    version: int = 0

    @property
    def name(self) -> str:
        return self.profile.name if self.profile else self.title

    @property
    def is_group(self) -> bool:
        return self.profile is None

    def as_json(self) -> Json:
        if self.profile:
            return self.profile.chat_json()
        return {"id": self.id, "type": "supergroup", "title": self.title}

    def visible(self) -> list[ChatMessage]:
        return [message for message in self.messages.values() if not message.deleted]


@dataclass(frozen=True)
class SentCall:
    """One Bot API call the simulator accepted."""

    method: str
    params: Json
    at: datetime
    result: Any
    chat_id: int | None = None
    uploaded: bool = False

    @property
    def text(self) -> str:
        return str(self.params.get("text", self.params.get("caption", "")))


@dataclass
class Webhook:
    """Where updates are pushed, and how that has gone."""

    url: str = ""
    secret_token: str = ""
    max_connections: int = 40
    has_certificate: bool = False
    last_error_at: datetime | None = None
    last_error_message: str = ""


def at_second(moment: datetime) -> datetime:
    """Telegram's dates have no fraction of a second."""
    return moment.astimezone(UTC).replace(microsecond=0)
