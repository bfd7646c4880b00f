"""Chats, messages and files in the shape the page wants them."""

from __future__ import annotations

from werkzeug.wrappers import Response

from bot.simulator.files import StoredFile
from bot.simulator.model import Callback, Chat, ChatMessage, Json

# Shown in the page as they are; everything else is offered as a download.
SHOWABLE = frozenset(
    {
        "image/png",
        "image/jpeg",
        "image/gif",
        "image/webp",
        "video/mp4",
        "video/webm",
        "audio/ogg",
        "audio/mpeg",
    }
)


def summary_json(chat: Chat) -> Json:
    return {
        "id": chat.id,
        "name": chat.name,
        "role": chat.role,
        "blocked": chat.blocked,
        "version": chat.version,
        "count": len(chat.messages),
    }


def message_json(message: ChatMessage) -> Json:
    reactions = [
        reaction.get("emoji", "")
        for given in message.reactions.values()
        for reaction in given
        if reaction.get("type") == "emoji"
    ]
    return message.as_json() | {
        "from_bot": message.from_bot,
        "kind": message.kind,
        "file_id": message.file_id,
        "revision": message.revision,
        "reactions": reactions,
    }


def answer_json(callback: Callback) -> Json:
    return {
        "id": callback.id,
        "text": callback.text,
        "show_alert": callback.show_alert,
        "url": callback.url,
    }


def file_response(stored: StoredFile) -> Response:
    """A file as the page may show it, or as a download that cannot run anything."""
    shown = stored.mime_type if stored.mime_type in SHOWABLE else ""
    if stored.kind == "photo" and not shown:
        shown = "image/jpeg"
    response = Response(stored.data, mimetype=shown or "application/octet-stream")
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "private, max-age=3600"
    if not shown:
        response.headers.set("Content-Disposition", "attachment", filename=stored.filename)
    return response
