"""One thread-safe store: everything the simulator remembers, behind one condition."""

from __future__ import annotations

import copy
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from bot.simulator.clock import SimClock
from bot.simulator.errors import bad_request
from bot.simulator.faults import Faults
from bot.simulator.files import FileStore
from bot.simulator.model import (
    Callback,
    Chat,
    ChatMessage,
    Json,
    Profile,
    SentCall,
    Webhook,
    at_second,
)
from bot.simulator.numbering import run_number
from bot.simulator.pace import Pace
from bot.simulator.updates import UpdateQueue

T = TypeVar("T")

# A run of many hours must not fill the memory.
REMEMBERED_CALLS = 50_000
REMEMBERED_CALLBACKS = 5_000


@dataclass
class Settings:
    token: str
    bot_username: str
    bot_name: str
    auto_create_chats: bool = False
    callback_answer_seconds: float = 15.0
    webhook_backoff: float = 1.0


@dataclass
class State:
    """Every change happens under `changed` and ends in `touch`, which wakes all waiters."""

    settings: Settings
    clock: SimClock
    pace: Pace
    changed: threading.Condition = field(
        default_factory=lambda: threading.Condition(threading.RLock())
    )
    chats: dict[int, Chat] = field(default_factory=dict)
    callbacks: dict[str, Callback] = field(default_factory=dict)
    sent: deque[SentCall] = field(default_factory=lambda: deque(maxlen=REMEMBERED_CALLS))
    files: FileStore = field(default_factory=FileStore)
    faults: Faults = field(default_factory=Faults)
    commands: dict[str, list[Json]] = field(default_factory=dict)
    bot_texts: Json = field(default_factory=dict)
    webhook: Webhook = field(default_factory=Webhook)
    version: int = 0
    closed: bool = False
    poll_generation: int = 0
    calls: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        # A bot remembers the numbers it has seen, so a new run must not repeat an old one's.
        self.first_number = run_number()
        # An open page compares versions, also across a restart of the simulator.
        self.version = self.first_number
        self.updates = UpdateQueue(self.clock.now, self.first_number)

    # -- waiting -----------------------------------------------------------------------

    def touch(self, chat: Chat | None = None) -> None:
        self.version += 1
        if chat is not None:
            chat.version = self.version
        self.changed.notify_all()

    def wait_for(self, ready: Callable[[], T], timeout: float) -> T:
        """The first truthy value of `ready`, or its last value when `timeout` real seconds end."""
        deadline = time.perf_counter() + timeout
        with self.changed:
            while True:
                value = ready()
                left = deadline - time.perf_counter()
                if value or left <= 0 or self.closed:
                    return value
                self.changed.wait(left)

    def pause(self, seconds: float) -> None:
        """Real time passes, unless the simulator stops meanwhile."""
        self.wait_for(lambda: self.closed, seconds)

    # -- the bot and its chats ---------------------------------------------------------

    @property
    def bot_id(self) -> int:
        head = self.settings.token.partition(":")[0]
        return int(head) if head.isdigit() else 1

    def bot_json(self) -> Json:
        return {
            "id": self.bot_id,
            "is_bot": True,
            "first_name": self.settings.bot_name,
            "username": self.settings.bot_username,
        }

    def add_person(self, profile: Profile) -> Chat:
        with self.changed:
            chat = self.chats.get(profile.id)
            if chat is None:
                chat = Chat(profile.id, profile.role, profile)
                self.chats[profile.id] = chat
                self.touch(chat)
            return chat

    def add_group(self, chat_id: int, title: str) -> Chat:
        with self.changed:
            chat = self.chats.setdefault(chat_id, Chat(chat_id, "group", title=title))
            self.touch(chat)
            return chat

    def chat(self, chat_id: int) -> Chat:
        """The chat with this id; a stranger may be let in by a setting."""
        chat = self.chats.get(chat_id)
        if chat is None and self.settings.auto_create_chats and chat_id > 0:
            chat = self.add_person(Profile(chat_id, f"Person {chat_id}"))
        if chat is None:
            raise bad_request("chat not found")
        return chat

    def chat_called(self, username: str) -> Chat:
        for chat in self.chats.values():
            if chat.profile and chat.profile.username.lower() == username.lower():
                return chat
        raise bad_request("chat not found")

    # -- messages ----------------------------------------------------------------------

    def now(self) -> datetime:
        return at_second(self.clock.now())

    def add_message(self, chat: Chat, sender: Json, content: Json) -> ChatMessage:
        chat.last_message_id = max(chat.last_message_id, self.first_number) + 1
        message = ChatMessage(
            chat_id=chat.id,
            message_id=chat.last_message_id,
            at=self.now(),
            from_bot=bool(sender.get("is_bot")),
            sender=sender,
            chat_json=chat.as_json(),
            content=content,
        )
        chat.messages[message.message_id] = message
        self.touch(chat)
        return message

    def snapshot(self, chat_id: int) -> list[ChatMessage]:
        with self.changed:
            return copy.deepcopy(self.chats[chat_id].visible())

    def enqueue(self, kind: str, payload: Json, subject: int) -> int | None:
        """An update for the bot; whoever waits for one wakes at once."""
        update_id = self.updates.add(kind, payload, subject, self.clock.now())
        self.touch()
        return update_id

    # -- taps and calls ----------------------------------------------------------------

    def remember_callback(self, callback: Callback) -> None:
        self.callbacks[callback.id] = callback
        if len(self.callbacks) > REMEMBERED_CALLBACKS:
            del self.callbacks[next(iter(self.callbacks))]

    def count_call(self, method: str) -> None:
        with self.changed:
            self.calls[method] = self.calls.get(method, 0) + 1

    def close(self) -> None:
        with self.changed:
            self.closed = True
            self.touch()
