"""Sending: where a message may go, and what it leaves on the other phone."""

from __future__ import annotations

import time
from typing import Any

from bot.simulator.errors import bad_request, forbidden
from bot.simulator.limits import checked_markup, checked_text
from bot.simulator.model import Chat, ChatMessage, Json
from bot.simulator.params import Params
from bot.simulator.registry import method
from bot.simulator.state import State

ACTION_SECONDS = 5.0  # how long a phone shows "typing"


def target_chat(state: State, params: Params) -> Chat:
    """The chat a message may be sent to now, or the reason why not."""
    given = params.values.get("chat_id")
    if given in (None, ""):
        raise bad_request("chat_id is empty")
    number = params.chat_id()
    name = str(given).removeprefix("@")
    chat = state.chat_called(name) if number is None else state.chat(number)
    if chat.blocked:
        what = "bot was kicked from the supergroup chat" if chat.is_group else None
        raise forbidden(what or "bot was blocked by the user")
    return chat


def open_chat(state: State, params: Params) -> Chat:
    """A chat for one more message: it exists, lets the bot in, and the pace allows it."""
    chat = target_chat(state, params)
    state.pace.admit(chat.id)
    return chat


def deliver(state: State, chat: Chat, params: Params, content: Json) -> ChatMessage:
    """Put a message of the bot into the chat, with its markup and its reply."""
    markup = checked_markup(params.structure("reply_markup"))
    content |= _reply(chat, params)
    if params.boolean("protect_content"):
        content["has_protected_content"] = True
    message = state.add_message(chat, state.bot_json(), content)
    message.reply_markup = markup
    _apply_reply_keyboard(chat, markup)
    chat.action = ""
    return message


def _reply(chat: Chat, params: Params) -> Json:
    wanted = params.structure("reply_parameters") or {}
    message_id = wanted.get("message_id") if isinstance(wanted, dict) else None
    message_id = message_id or params.integer("reply_to_message_id", 0)
    if not message_id:
        return {}
    original = chat.messages.get(int(message_id))
    if original is None or original.deleted:
        lenient = isinstance(wanted, dict) and wanted.get("allow_sending_without_reply")
        if lenient or params.boolean("allow_sending_without_reply"):
            return {}
        raise bad_request("message to be replied not found")
    quoted = original.as_json()
    quoted.pop("reply_to_message", None)  # Telegram never nests replies
    return {"reply_to_message": quoted}


def _apply_reply_keyboard(chat: Chat, markup: Json | None) -> None:
    if markup and "keyboard" in markup:
        chat.reply_keyboard = markup
    elif markup and markup.get("remove_keyboard"):
        chat.reply_keyboard = None


def text_content(text: str, entities: list[Json]) -> Json:
    return {"text": text, "entities": entities} if entities else {"text": text}


@method("sendMessage")
def send_message(state: State, params: Params) -> Json:
    chat = open_chat(state, params)
    text, entities = checked_text(
        params.text("text"), params.text("parse_mode"), params.structure("entities")
    )
    return deliver(state, chat, params, text_content(text, entities)).as_json()


@method("sendContact")
def send_contact(state: State, params: Params) -> Json:
    chat = open_chat(state, params)
    contact = {
        "phone_number": params.text("phone_number", ""),
        "first_name": params.text("first_name", ""),
    }
    return deliver(state, chat, params, {"contact": contact}).as_json()


@method("copyMessage", "forwardMessage")
def copy_message(state: State, params: Params) -> Json:
    chat = open_chat(state, params)
    source = state.chat(params.integer("from_chat_id", 0))
    original = source.messages.get(params.integer("message_id", 0))
    if original is None or original.deleted:
        raise bad_request("message to copy not found")
    content = {key: value for key, value in original.content.items() if key != "reply_to_message"}
    return deliver(state, chat, params, content).as_json()


@method("sendChatAction")
def send_chat_action(state: State, params: Params) -> bool:
    chat = target_chat(state, params)
    chat.action = params.text("action", "typing") or "typing"
    chat.action_until = time.perf_counter() + ACTION_SECONDS
    state.touch(chat)
    return True


@method("getChat", quiet=True)
def get_chat(state: State, params: Params) -> Json:
    with state.changed:
        chat: Any = state.chat(params.chat_id() or 0)
        return {
            **chat.as_json(),
            "accent_color_id": 0,
            "max_reaction_count": 11,
            "accepted_gift_types": {
                "unlimited_gifts": False,
                "limited_gifts": False,
                "unique_gifts": False,
                "premium_subscription": False,
                "gifts_from_channels": False,
            },
        }
