"""Telegram's own limits on what a bot may send, refused in Telegram's own words."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from bot.simulator.entities import Entity, format_text
from bot.simulator.errors import bad_request

MAX_TEXT = 4096
MAX_CAPTION = 1024
MAX_CALLBACK_DATA_BYTES = 64
MAX_BUTTONS = 100
MAX_ANSWER_TEXT = 200
MAX_PHOTO_BYTES = 10 * 1024 * 1024
MAX_UPLOAD_BYTES = 50 * 1024 * 1024
MAX_DOWNLOAD_BYTES = 20 * 1024 * 1024

_ACTIONS = (
    "callback_data",
    "url",
    "web_app",
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "copy_text",
    "pay",
)
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}


def checked_text(
    text: str | None, parse_mode: str | None, given: object
) -> tuple[str, list[Entity]]:
    plain, entities = format_text(text or "", parse_mode, given)
    if not plain:
        raise bad_request("message text is empty")
    if len(plain) > MAX_TEXT:
        raise bad_request("message is too long")
    return plain, entities


def checked_caption(
    caption: str | None, parse_mode: str | None, given: object
) -> tuple[str, list[Entity]]:
    plain, entities = format_text(caption or "", parse_mode, given)
    if len(plain) > MAX_CAPTION:
        raise bad_request("message caption is too long")
    return plain, entities


def checked_markup(markup: Any) -> dict[str, Any] | None:
    """A reply markup as it is stored, or None; anything malformed is refused."""
    if not markup:
        return None
    if not isinstance(markup, dict):
        raise bad_request("object expected as reply markup")
    if "inline_keyboard" in markup:
        return _checked_inline(markup)
    if "keyboard" in markup:
        return _checked_reply_keyboard(markup)
    return markup


def _rows(keyboard: Any, field: str) -> list[list[Any]]:
    if not isinstance(keyboard, list) or not all(isinstance(row, list) for row in keyboard):
        raise bad_request(f'field "{field}" must be an Array of Arrays')
    if sum(len(row) for row in keyboard) > MAX_BUTTONS:
        raise bad_request("reply markup is too long")
    return keyboard


def _checked_inline(markup: dict[str, Any]) -> dict[str, Any] | None:
    rows = [row for row in _rows(markup["inline_keyboard"], "inline_keyboard") if row]
    for row in rows:
        for button in row:
            _check_inline_button(button)
    return {**markup, "inline_keyboard": rows} if rows else None


def _check_inline_button(button: Any) -> None:
    problem = "can't parse inline keyboard button: "
    if not isinstance(button, dict):
        raise bad_request(problem + "InlineKeyboardButton must be an Object")
    if not str(button.get("text") or "").strip():
        raise bad_request(problem + 'field "text" must be a non-empty String')
    if not any(action in button for action in _ACTIONS):
        raise bad_request(problem + "Text buttons are unallowed in the inline keyboard")
    if "callback_data" in button:
        _check_callback_data(button["callback_data"])
    if "url" in button:
        check_url(str(button["url"]), {"http", "https", "tg"}, "URL")
    if "web_app" in button:
        web_app = button["web_app"]
        url = web_app.get("url", "") if isinstance(web_app, dict) else ""
        check_url(str(url), {"https"}, "Web App URL")


def _check_callback_data(data: Any) -> None:
    if not 1 <= len(str(data).encode()) <= MAX_CALLBACK_DATA_BYTES:
        raise bad_request("BUTTON_DATA_INVALID")


def check_url(url: str, schemes: set[str], what: str) -> None:
    """Real Telegram wants public addresses; a demo lives on loopback, so that is let through."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        raise bad_request(f"inline keyboard button {what} '{url}' is invalid") from None
    if host in _LOOPBACK and parts.scheme in {"http", "https"}:
        return
    if parts.scheme not in schemes:
        reason = "Only HTTPS links are allowed" if schemes == {"https"} else "Wrong HTTP URL"
        raise bad_request(f"inline keyboard button {what} '{url}' is invalid: {reason}")
    if not host:
        raise bad_request(f"inline keyboard button {what} '{url}' is invalid: URL host is empty")


def _checked_reply_keyboard(markup: dict[str, Any]) -> dict[str, Any]:
    rows: list[list[dict[str, Any]]] = []
    for row in _rows(markup["keyboard"], "keyboard"):
        # A bare string is Telegram's short form of a text button.
        rows.append([{"text": button} if isinstance(button, str) else button for button in row])
    for button in (button for row in rows for button in row):
        if not isinstance(button, dict) or not str(button.get("text") or "").strip():
            raise bad_request('can\'t parse keyboard button: field "text" must be non-empty')
    return {**markup, "keyboard": rows}
