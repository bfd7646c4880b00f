"""What became of a send: the error map, most specific first."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import httpx
from telegram.error import NetworkError, TelegramError

from bot.http import OddAnswer, Refusal

DEFAULT_RETRY_AFTER = 5.0
NEVER_LEFT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
)
DEAD_CHAT_WORDS = {
    "chat not found": "chat_not_found",
    "user not found": "chat_not_found",
    "peer_id_invalid": "chat_not_found",
    "user is deactivated": "deactivated",
    "group chat was deleted": "chat_not_found",
}
GONE_MESSAGE_WORDS = (
    "message to edit not found",
    "message can't be edited",
    "message_id_invalid",
    "message identifier is not specified",
    "there is no text in the message to edit",
    "there is no caption in the message to edit",
)


class Ending(StrEnum):
    """How a send ended."""

    ACCEPTED = "accepted"
    WAIT = "wait"
    """A quota: wait as long as Telegram says."""
    NOT_SENT = "not_sent"
    """It never reached the server."""
    REFUSED = "refused"
    """The server was in trouble and did not take it."""
    TOKEN_REFUSED = "token_refused"  # noqa: S105 - the name of an outcome
    UNKNOWN = "unknown"
    """It may or may not have been taken."""
    CHAT_DEAD = "chat_dead"
    MIGRATED = "migrated"
    """A group became a supergroup."""
    MESSAGE_GONE = "message_gone"
    """What should be edited is not there any more."""
    PERMANENT = "permanent"


@dataclass(frozen=True)
class Outcome:
    """How a send ended, with what the next step needs to know."""

    ending: Ending
    message_id: int | None = None
    seconds: float = 0.0
    new_chat_id: int | None = None
    reason: str = ""
    file_id: str | None = None
    """Telegram's id of the medium it took."""


def of_error(error: Exception) -> Outcome:
    """Read an exception of the client."""
    if isinstance(error, Refusal):
        return _of_refusal(error)
    if isinstance(error, OddAnswer):
        return Outcome(Ending.UNKNOWN, reason="odd_answer")
    if isinstance(error, NetworkError):
        return _of_transport(error)
    # Neither an answer nor the network: our own request could not be built.
    reason = "client_error" if isinstance(error, TelegramError) else type(error).__name__
    return Outcome(Ending.PERMANENT, reason=reason)


def _of_refusal(refusal: Refusal) -> Outcome:
    words = refusal.description.lower()
    reason = f"http_{refusal.status}"
    if refusal.retry_after is not None or refusal.status == 429:
        return Outcome(
            Ending.WAIT, seconds=refusal.retry_after or DEFAULT_RETRY_AFTER, reason=reason
        )
    if refusal.migrate_to_chat_id is not None:
        return Outcome(Ending.MIGRATED, new_chat_id=refusal.migrate_to_chat_id, reason=reason)
    for dead, why in DEAD_CHAT_WORDS.items():
        if dead in words:
            return Outcome(Ending.CHAT_DEAD, reason=why)
    if refusal.status == 403:
        return Outcome(Ending.CHAT_DEAD, reason="blocked" if "blocked" in words else "forbidden")
    if refusal.status in (401, 404):
        return Outcome(Ending.TOKEN_REFUSED, reason=reason)
    if refusal.status == 409:
        return Outcome(Ending.REFUSED, reason=reason)
    if refusal.status == 400 and "message is not modified" in words:
        return Outcome(Ending.ACCEPTED, reason="not_modified")
    if refusal.status == 400 and any(gone in words for gone in GONE_MESSAGE_WORDS):
        return Outcome(Ending.MESSAGE_GONE, reason="message_gone")
    if refusal.status in (502, 504):
        # A proxy speaks for a server that may have done the work.
        return Outcome(Ending.UNKNOWN, reason=reason)
    if refusal.status >= 500:
        return Outcome(Ending.REFUSED, reason=reason)
    return Outcome(Ending.PERMANENT, reason=reason)


def _of_transport(error: NetworkError) -> Outcome:
    # The client calls a connection that never came about and an answer that never came both
    # "timed out"; only the cause tells whether anything left this machine.
    cause = error.__cause__
    reason = type(cause or error).__name__
    if isinstance(cause, NEVER_LEFT):
        return Outcome(Ending.NOT_SENT, reason=reason)
    if cause is not None and not isinstance(cause, httpx.HTTPError | OSError):
        return Outcome(Ending.PERMANENT, reason=reason)
    return Outcome(Ending.UNKNOWN, reason=reason)
