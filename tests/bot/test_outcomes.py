"""The error map: what each answer of Telegram, and each silence, means for a message."""

from __future__ import annotations

import httpx
import pytest
from telegram.error import NetworkError, TelegramError, TimedOut

from bot import outcomes
from bot.http import OddAnswer, Refusal
from bot.outcomes import Ending


def refused(status: int, words: str = "", **parameters: object) -> Refusal:
    return Refusal(status, words, dict(parameters))


def caused(error: NetworkError, cause: Exception) -> NetworkError:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "ending", "reason"),
    [
        (refused(429, "Too Many Requests: retry after 7", retry_after=7), "wait", "http_429"),
        (refused(429, "Too Many Requests"), "wait", "http_429"),
        (refused(403, "Forbidden: bot was blocked by the user"), "chat_dead", "blocked"),
        (refused(403, "Forbidden: user is deactivated"), "chat_dead", "deactivated"),
        (
            refused(403, "Forbidden: bot can't initiate conversation with a user"),
            "chat_dead",
            "forbidden",
        ),
        (refused(400, "Bad Request: chat not found"), "chat_dead", "chat_not_found"),
        (
            refused(400, "Bad Request: group chat was upgraded", migrate_to_chat_id=-1009),
            "migrated",
            "http_400",
        ),
        (refused(400, "Bad Request: message is not modified: …"), "accepted", "not_modified"),
        (refused(400, "Bad Request: message to edit not found"), "message_gone", "message_gone"),
        (refused(400, "Bad Request: message can't be edited"), "message_gone", "message_gone"),
        (refused(400, "Bad Request: message is too long"), "permanent", "http_400"),
        (refused(400, "Bad Request: BUTTON_DATA_INVALID"), "permanent", "http_400"),
        (refused(401, "Unauthorized"), "token_refused", "http_401"),
        (refused(404, "Not Found"), "token_refused", "http_404"),
        (refused(413, "Request Entity Too Large"), "permanent", "http_413"),
        (refused(500, "Internal Server Error: restart"), "refused", "http_500"),
        (refused(502, "Bad Gateway"), "unknown", "http_502"),
        (refused(503), "refused", "http_503"),
        (refused(504, "Gateway Timeout"), "unknown", "http_504"),
        (OddAnswer("a page of a hotel's network"), "unknown", "odd_answer"),
        (caused(TimedOut(), httpx.ConnectTimeout("")), "not_sent", "ConnectTimeout"),
        (caused(TimedOut(), httpx.PoolTimeout("")), "not_sent", "PoolTimeout"),
        (caused(NetworkError("x"), httpx.ConnectError("")), "not_sent", "ConnectError"),
        (caused(TimedOut(), httpx.ReadTimeout("")), "unknown", "ReadTimeout"),
        (caused(TimedOut(), httpx.WriteTimeout("")), "unknown", "WriteTimeout"),
        (caused(NetworkError("x"), httpx.ReadError("")), "unknown", "ReadError"),
        (
            caused(NetworkError("x"), httpx.RemoteProtocolError("")),
            "unknown",
            "RemoteProtocolError",
        ),
        (caused(NetworkError("x"), UnicodeError()), "permanent", "UnicodeError"),
        (TelegramError("x"), "permanent", "client_error"),
        (ValueError("x"), "permanent", "ValueError"),
    ],
)
def test_each_error_has_one_meaning(error: Exception, ending: str, reason: str) -> None:
    outcome = outcomes.of_error(error)
    assert (outcome.ending, outcome.reason) == (Ending(ending), reason)


def test_telegrams_wait_is_obeyed_to_the_second() -> None:
    assert outcomes.of_error(refused(429, retry_after=37)).seconds == 37
    assert outcomes.of_error(refused(429)).seconds == outcomes.DEFAULT_RETRY_AFTER


def test_a_moved_group_tells_its_new_number() -> None:
    assert outcomes.of_error(refused(400, migrate_to_chat_id=-1009)).new_chat_id == -1009


def test_no_reason_carries_the_words_of_an_error() -> None:
    words = "Bad Request: Asha's secret"
    assert "Asha" not in outcomes.of_error(refused(400, words)).reason
