"""The HTTP client under python-telegram-bot: every refusal keeps its number and its parameters."""

from __future__ import annotations

import json
from contextvars import ContextVar
from typing import Any

from telegram.error import TelegramError
from telegram.request import BaseRequest, HTTPXRequest, RequestData

CONNECT_SECONDS = 5.0
WRITE_SECONDS = 10.0
READ_SECONDS = 20.0
POOL_SECONDS = 5.0
POOL_SIZE = 32

last_result: ContextVar[Any] = ContextVar("last_result", default=None)
"""The `result` of the last call of this task, for answers the client's types cannot hold."""


class Refusal(TelegramError):
    """The server answered, and the answer is no."""

    def __init__(self, status: int, description: str, parameters: dict[str, Any]) -> None:
        super().__init__(description)
        self.status = status
        self.description = description
        self.parameters = parameters

    @property
    def retry_after(self) -> float | None:
        return _number(self.parameters.get("retry_after"))

    @property
    def migrate_to_chat_id(self) -> int | None:
        moved = _number(self.parameters.get("migrate_to_chat_id"))
        return None if moved is None else int(moved)


class OddAnswer(TelegramError):
    """A success by its number, but not an answer of a Bot API server."""


class PlainRequest(HTTPXRequest):
    """Raises `Refusal` itself: the client's own classes drop the status and mix temporary with
    permanent troubles (`BadRequest` and `TimedOut` are both a `NetworkError` there)."""

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = BaseRequest.DEFAULT_NONE,
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        last_result.set(None)
        status, payload = await super().do_request(
            url, method, request_data, read_timeout, write_timeout, connect_timeout, pool_timeout
        )
        body = parsed(payload)
        if 200 <= status < 300 and body.get("ok") is True and "result" in body:
            last_result.set(body["result"])
            return status, payload
        if 200 <= status < 300 and body.get("ok") is not False:
            raise OddAnswer("no Bot API answer")
        raise refusal(status, body)


def refusal(status: int, body: dict[str, Any]) -> Refusal:
    """The refusal a server expressed, by its HTTP status or by the code in its answer."""
    if status < 400:
        status = int(_number(body.get("error_code")) or 500)
    parameters = body.get("parameters")
    return Refusal(
        status,
        str(body.get("description") or ""),
        parameters if isinstance(parameters, dict) else {},
    )


def sending_request() -> PlainRequest:
    """The pool for everything the bot says."""
    return PlainRequest(
        connection_pool_size=POOL_SIZE,
        connect_timeout=CONNECT_SECONDS,
        write_timeout=WRITE_SECONDS,
        media_write_timeout=WRITE_SECONDS,
        read_timeout=READ_SECONDS,
        pool_timeout=POOL_SECONDS,
    )


def parsed(payload: bytes) -> dict[str, Any]:
    """The answer's object, or an empty one for anything else."""
    try:
        body = json.loads(payload)
    except (ValueError, RecursionError):
        return {}
    return body if isinstance(body, dict) else {}


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value
