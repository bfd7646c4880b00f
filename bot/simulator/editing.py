"""Changing what was sent: edits, deletions, reactions, and answers to taps."""

from __future__ import annotations

from datetime import timedelta

from bot.simulator.errors import bad_request
from bot.simulator.limits import MAX_ANSWER_TEXT, checked_markup, checked_text
from bot.simulator.media import caption_content, item_content
from bot.simulator.model import ChatMessage, Json
from bot.simulator.params import Params
from bot.simulator.registry import method
from bot.simulator.sending import target_chat, text_content
from bot.simulator.state import State

DELETABLE_FOR = timedelta(hours=48)


def editable_message(state: State, params: Params) -> ChatMessage:
    chat = target_chat(state, params)
    message = chat.messages.get(params.integer("message_id", 0))
    if message is None or message.deleted:
        raise bad_request("message to edit not found")
    if not message.from_bot:
        raise bad_request("message can't be edited")
    return message


def change(state: State, message: ChatMessage, params: Params, content: Json) -> ChatMessage:
    """Replace the content and the inline keyboard; an edit without markup removes the keyboard."""
    markup = checked_markup(params.structure("reply_markup"))
    same_keyboard = (markup or {}).get("inline_keyboard", []) == message.inline_buttons
    kept = {key: message.content[key] for key in ("reply_to_message",) if key in message.content}
    content = kept | content
    if content == message.content and same_keyboard:
        raise bad_request(
            "message is not modified: specified new message content and reply markup are "
            "exactly the same as a current content and reply markup of the message"
        )
    if content != message.content:
        # A changed keyboard alone leaves no "edited" mark on the phone.
        message.history.append(message.text)
        message.edited_at = state.now()
        message.read = False
    message.content = content
    message.reply_markup = markup
    message.revision += 1
    state.touch(state.chats[message.chat_id])
    return message


@method("editMessageText")
def edit_message_text(state: State, params: Params) -> Json:
    message = editable_message(state, params)
    text, entities = checked_text(
        params.text("text"), params.text("parse_mode"), params.structure("entities")
    )
    if message.kind != "text":
        raise bad_request("there is no text in the message to edit")
    return change(state, message, params, text_content(text, entities)).as_json()


@method("editMessageCaption")
def edit_message_caption(state: State, params: Params) -> Json:
    message = editable_message(state, params)
    if message.kind == "text":
        raise bad_request("there is no caption in the message to edit")
    kept = {
        key: value
        for key, value in message.content.items()
        if key not in {"caption", "caption_entities"}
    }
    return change(state, message, params, kept | caption_content(params)).as_json()


@method("editMessageMedia")
def edit_message_media(state: State, params: Params) -> Json:
    message = editable_message(state, params)
    content = item_content(state, params, params.structure("media"))
    return change(state, message, params, content).as_json()


@method("editMessageReplyMarkup")
def edit_message_reply_markup(state: State, params: Params) -> Json:
    message = editable_message(state, params)
    return change(state, message, params, message.content).as_json()


@method("deleteMessage")
def delete_message(state: State, params: Params) -> bool:
    chat = target_chat(state, params)
    message = chat.messages.get(params.integer("message_id", 0))
    if message is None or message.deleted:
        raise bad_request("message to delete not found")
    if state.now() - message.at > DELETABLE_FOR:
        raise bad_request("message can't be deleted for everyone")
    message.deleted = True
    state.touch(chat)
    return True


@method("deleteMessages")
def delete_messages(state: State, params: Params) -> bool:
    chat = target_chat(state, params)
    for message_id in params.structure("message_ids") or []:
        if message_id in chat.messages:
            chat.messages[message_id].deleted = True
    state.touch(chat)
    return True


@method("setMessageReaction")
def set_message_reaction(state: State, params: Params) -> bool:
    chat = target_chat(state, params)
    message = chat.messages.get(params.integer("message_id", 0))
    if message is None or message.deleted:
        raise bad_request("message to react not found")
    message.reactions["bot"] = params.structure("reaction") or []
    message.revision += 1
    state.touch(chat)
    return True


@method("answerCallbackQuery")
def answer_callback_query(state: State, params: Params) -> bool:
    text = params.text("text", "") or ""
    if len(text) > MAX_ANSWER_TEXT:
        raise bad_request("MESSAGE_TOO_LONG")
    callback = state.callbacks.get(params.text("callback_query_id", "") or "")
    patience = timedelta(seconds=state.settings.callback_answer_seconds)
    if callback is None or state.clock.now() - callback.at > patience:
        raise bad_request("query is too old and response timeout expired or query ID is invalid")
    callback.answered = True
    callback.text = text
    callback.show_alert = params.boolean("show_alert")
    callback.url = params.text("url", "") or ""
    state.touch(state.chats[callback.chat_id])
    return True
