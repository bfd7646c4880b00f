"""A person with a phone: what a test, a script or the page can do on their behalf."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import uuid4

from bot.simulator.entities import detect
from bot.simulator.files import Upload
from bot.simulator.init_data import signed_init_data
from bot.simulator.media import media_content
from bot.simulator.model import Callback, Chat, ChatMessage, Json, Profile
from bot.simulator.sending import text_content
from bot.simulator.state import State
from bot.simulator.view import DEFAULT_TIMEOUT, ChatView, Group, NotSeen


class ActionRefused(ValueError):
    """Something this phone cannot do now, worded for the person holding it."""


@dataclass
class Tap:
    """What came of pressing a button: a question to the bot, a text sent, or a link to open."""

    _state: State
    callback: Callback | None = None
    sent: ChatMessage | None = None
    url: str = ""

    @property
    def id(self) -> str:
        return self.callback.id if self.callback else ""

    @property
    def answered(self) -> bool:
        return self.callback is None or self.callback.answered

    @property
    def text(self) -> str:
        """The words of the answer, whether shown as a toast or as an alert."""
        return self.callback.text if self.callback else ""

    @property
    def alert_text(self) -> str:
        return self.callback.alert_text if self.callback else ""

    def wait_answered(self, timeout: float = DEFAULT_TIMEOUT) -> Tap:
        if not self._state.wait_for(lambda: self.answered, timeout):
            raise NotSeen(f"the tap was not answered within {timeout} s")
        return self


class Person(ChatView):
    """A synthetic person and their private chat with the bot."""

    def __init__(self, state: State, chat: Chat) -> None:
        super().__init__(state, chat)
        if chat.profile is None:
            raise ActionRefused("A group is not a person.")
        self.profile: Profile = chat.profile

    # -- writing -----------------------------------------------------------------------

    def send_text(self, text: str, *, group: Group | None = None) -> ChatMessage:
        entities = detect(text, [])
        return self._send(text_content(text, entities), group)

    def send_command(self, command: str, argument: str = "") -> ChatMessage:
        """`send_command("start", "TOKEN")` is what a deep link does."""
        return self.send_text(f"/{command.removeprefix('/')} {argument}".strip())

    def start(self, token: str = "") -> ChatMessage:
        return self.send_command("start", token)

    def send_contact(self, phone: str = "") -> ChatMessage:
        contact = {
            "phone_number": phone or self.profile.phone or "+910000000000",
            "first_name": self.profile.first_name,
            "user_id": self.profile.id,
        }
        return self._send({"contact": contact})

    def send_photo(
        self, data: bytes, caption: str = "", filename: str = "photo.jpg"
    ) -> ChatMessage:
        return self._send_file("photo", Upload(filename, data), caption)

    def send_document(
        self, data: bytes, caption: str = "", filename: str = "file.pdf", mime_type: str = ""
    ) -> ChatMessage:
        return self._send_file("document", Upload(filename, data, mime_type), caption)

    def send_voice(self, data: bytes, filename: str = "voice.ogg") -> ChatMessage:
        return self._send_file("voice", Upload(filename, data, "audio/ogg"), "")

    def send_video(
        self, data: bytes, caption: str = "", filename: str = "video.mp4"
    ) -> ChatMessage:
        return self._send_file("video", Upload(filename, data, "video/mp4"), caption)

    def _send_file(self, kind: str, upload: Upload, caption: str) -> ChatMessage:
        content = media_content(self._state.files.add(kind, upload, checked=False))
        return self._send(content | ({"caption": caption} if caption else {}))

    def _send(self, content: Json, group: Group | None = None) -> ChatMessage:
        with self._state.changed:
            self._refuse_if_blocked()
            chat = self._state.chats[group.chat_id] if group else self._chat
            if (chat.reply_keyboard or {}).get("one_time_keyboard"):
                chat.reply_keyboard = None
            message = self._state.add_message(chat, self.profile.user_json(), content)
            self._state.enqueue("message", message.as_json(), chat.id)
            return ChatView(self._state, chat).message(message.message_id)

    def _refuse_if_blocked(self) -> None:
        if self._chat.blocked:
            raise ActionRefused(f"{self.profile.name} has blocked the bot; unblock it first.")

    def edit_text(self, message: ChatMessage, text: str) -> ChatMessage:
        with self._state.changed:
            current = self._chat.messages[message.message_id]
            if current.from_bot:
                raise ActionRefused("Only one's own messages can be edited.")
            current.history.append(current.text)
            current.content = text_content(text, detect(text, []))
            current.edited_at = self._state.now()
            current.revision += 1
            self._state.touch(self._chat)
            self._state.enqueue("edited_message", current.as_json(), self._chat.id)
            return self.message(message.message_id)

    def react(self, message: ChatMessage, emoji: str) -> None:
        """Reaches the bot only if its `allowed_updates` name message_reaction."""
        with self._state.changed:
            current = self._chat.messages[message.message_id]
            old = current.reactions.get("user", [])
            new: list[Json] = [{"type": "emoji", "emoji": emoji}] if emoji else []
            current.reactions["user"] = new
            current.revision += 1
            self._state.touch(self._chat)
            payload = {
                "chat": self._chat.as_json(),
                "message_id": message.message_id,
                "user": self.profile.user_json(),
                "date": int(self._state.now().timestamp()),
                "old_reaction": old,
                "new_reaction": new,
            }
            self._state.enqueue("message_reaction", payload, self._chat.id)

    # -- tapping -----------------------------------------------------------------------

    def tap(self, message: ChatMessage | None, wanted: str) -> Tap:
        """Press the button with this label or callback data.

        The keyboard is the one `message` had when it was read, so an old copy taps an old
        keyboard. Without a message, the newest one on the screen with such a button is meant.
        """
        with self._state.changed:
            message = message or self._newest_with(wanted)
            button = message.button(wanted) if message else None
            if message is not None and button is not None and message.inline_buttons:
                return self._tap_inline(message, button)
            return self._tap_reply_key(button or self._reply_key(wanted), wanted)

    def _newest_with(self, wanted: str) -> ChatMessage | None:
        shown = self._chat.visible()
        return next((m for m in reversed(shown) if m.inline_buttons and m.button(wanted)), None)

    def _reply_key(self, wanted: str) -> Json | None:
        rows = (self._chat.reply_keyboard or {}).get("keyboard", [])
        return next((key for row in rows for key in row if key["text"] == wanted), None)

    def _tap_reply_key(self, key: Json | None, wanted: str) -> Tap:
        if key is None:
            raise ActionRefused(f"There is no button {wanted!r} here.\n{self.transcript()}")
        if key.get("request_contact"):
            return Tap(self._state, sent=self.send_contact())
        if "web_app" in key:
            return Tap(self._state, url=self.web_app_url(key["web_app"]["url"]))
        return Tap(self._state, sent=self.send_text(key["text"]))

    def _tap_inline(self, message: ChatMessage, button: Json) -> Tap:
        if "callback_data" in button:
            return self.tap_data(message.message_id, button["callback_data"], message.chat_id)
        if "web_app" in button:
            return Tap(self._state, url=self.web_app_url(button["web_app"]["url"]))
        return Tap(self._state, url=str(button.get("url", "")))

    def tap_data(self, message_id: int, data: str, chat_id: int | None = None) -> Tap:
        """A callback with any data at all, as a forged or very old button would send."""
        with self._state.changed:
            self._refuse_if_blocked()
            chat = self._state.chats[chat_id or self._chat.id]
            message = chat.messages[message_id]
            callback = Callback(
                str(uuid4().int >> 64), chat.id, message_id, data, self._state.clock.now()
            )
            self._state.remember_callback(callback)
            gone = message.deleted
            payload = {
                "id": callback.id,
                "from": self.profile.user_json(),
                "message": message.inaccessible_json() if gone else message.as_json(),
                "chat_instance": f"-{chat.id}",
                "data": data,
            }
            self._state.enqueue("callback_query", payload, chat.id)
            return Tap(self._state, callback=callback)

    def web_app_url(self, url: str) -> str:
        """The address a Mini App opens at, with launch data signed as Telegram signs it."""
        return f"{url}#{self.launch_fragment()}"

    def launch_fragment(self) -> str:
        return urlencode(
            {
                "tgWebAppData": self.init_data(),
                "tgWebAppVersion": "9.0",
                "tgWebAppPlatform": "web",
            }
        )

    def init_data(self) -> str:
        """`initData` of a Mini App opened by this person now."""
        return signed_init_data(
            self._state.settings.token, self.profile.user_json(), self._state.clock.now()
        )

    # -- blocking ----------------------------------------------------------------------

    @property
    def has_blocked_bot(self) -> bool:
        return self._chat.blocked

    def block_bot(self) -> None:
        self._set_blocked(True)

    def unblock_bot(self) -> None:
        self._set_blocked(False)

    def _set_blocked(self, blocked: bool) -> None:
        with self._state.changed:
            if self._chat.blocked == blocked:
                return
            self._chat.blocked = blocked
            old, new = ("member", "kicked") if blocked else ("kicked", "member")
            payload = {
                "chat": self._chat.as_json(),
                "from": self.profile.user_json(),
                "date": int(self._state.now().timestamp()),
                "old_chat_member": self._membership(old),
                "new_chat_member": self._membership(new),
            }
            self._state.touch(self._chat)
            self._state.enqueue("my_chat_member", payload, self._chat.id)

    def _membership(self, status: str) -> Json:
        membership: Json = {"user": self._state.bot_json(), "status": status}
        return membership | ({"until_date": 0} if status == "kicked" else {})
