"""Looking at a chat the way its owner does: what is on the screen, and what is new."""

from __future__ import annotations

import copy
from collections.abc import Callable

from bot.simulator.model import Chat, ChatMessage
from bot.simulator.state import State

Wanted = str | Callable[[ChatMessage], object]
DEFAULT_TIMEOUT = 5.0


class NotSeen(AssertionError):
    """What a test waited for never appeared; the message holds the whole conversation."""


def matches(wanted: Wanted, message: ChatMessage) -> bool:
    return wanted in message.text if isinstance(wanted, str) else bool(wanted(message))


class ChatView:
    """One chat. Everything handed out is a copy, so it stays as it was when it was read."""

    def __init__(self, state: State, chat: Chat) -> None:
        self._state = state
        self._chat = chat

    @property
    def chat_id(self) -> int:
        return self._chat.id

    @property
    def messages(self) -> list[ChatMessage]:
        """Everything visible, oldest first, with its current text and keyboard."""
        return self._state.snapshot(self._chat.id)

    @property
    def bot_messages(self) -> list[ChatMessage]:
        return [message for message in self.messages if message.from_bot]

    @property
    def last(self) -> ChatMessage:
        """The newest message of the bot."""
        return self.bot_messages[-1]

    @property
    def reply_keyboard(self) -> list[list[str]]:
        """Labels of the keyboard that stands in place of the letters now."""
        keyboard = (self._chat.reply_keyboard or {}).get("keyboard", [])
        return [[str(button["text"]) for button in row] for row in keyboard]

    def message(self, message_id: int) -> ChatMessage:
        """The message as it stands now."""
        with self._state.changed:
            return copy.deepcopy(self._chat.messages[message_id])

    def wait_for(
        self,
        wanted: Wanted,
        timeout: float = DEFAULT_TIMEOUT,
        *,
        after: ChatMessage | None = None,
    ) -> ChatMessage:
        """The newest bot message that matches, waiting until there is one.

        With `after`, only what was sent or edited since that message was read counts.
        """

        def look() -> ChatMessage | None:
            fitting = [m for m in self._shown(after) if matches(wanted, m)]
            return fitting[-1] if fitting else None

        return self._wait(look, wanted, timeout, mark=False)

    def expect(self, wanted: Wanted, timeout: float = DEFAULT_TIMEOUT) -> ChatMessage:
        """The oldest unread bot message that matches; it counts as read from then on."""

        def look() -> ChatMessage | None:
            return next((m for m in self._shown(None) if not m.read and matches(wanted, m)), None)

        return self._wait(look, wanted, timeout, mark=True)

    @property
    def unread(self) -> list[ChatMessage]:
        """Bot messages nobody `expect`ed yet; an edited message is unread again."""
        return [message for message in self.bot_messages if not message.read]

    def mark_read(self) -> None:
        with self._state.changed:
            for message in self._chat.messages.values():
                message.read = True

    def _shown(self, after: ChatMessage | None) -> list[ChatMessage]:
        shown = [message for message in self._chat.visible() if message.from_bot]
        if after is None:
            return shown
        return [
            message
            for message in shown
            if message.message_id > after.message_id
            or (message.message_id == after.message_id and message.revision > after.revision)
        ]

    def _wait(
        self, look: Callable[[], ChatMessage | None], wanted: Wanted, timeout: float, mark: bool
    ) -> ChatMessage:
        with self._state.changed:
            found = self._state.wait_for(look, timeout)
            if found is None:
                raise NotSeen(self._explain(wanted, timeout))
            if mark:
                found.read = True
            return copy.deepcopy(found)

    def _explain(self, wanted: Wanted, timeout: float) -> str:
        what = repr(wanted) if isinstance(wanted, str) else "a message the predicate accepts"
        return f"{self._chat.name} did not see {what} within {timeout} s.\n{self.transcript()}"

    def transcript(self) -> str:
        """The conversation as lines of text."""
        lines = []
        for message in self.messages:
            who = "bot" if message.from_bot else message.sender.get("first_name", "?")
            shown = message.text or f"[{message.kind}]"
            keys = f"  {message.buttons}" if message.buttons else ""
            lines.append(f"  {message.at:%d %b %H:%M} {who}: {shown}{keys}")
        return "\n".join(lines) or "  (no messages)"


class Group(ChatView):
    """A group chat with the bot in it."""
