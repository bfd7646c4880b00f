"""Plain HTTP, for what the client of the bot would not do."""

from __future__ import annotations

import http.client
import json
from collections.abc import Mapping
from typing import Any

from bot.simulator import Simulator


def post(
    sim: Simulator,
    path: str,
    body: bytes = b"",
    headers: Mapping[str, str] | None = None,
    verb: str = "POST",
) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", sim.port, timeout=10)
    try:
        connection.request(verb, path, body, dict(headers or {}))
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


def api(sim: Simulator, method: str, **params: Any) -> Any:
    """The result of a Bot API call, without any client library."""
    body = json.dumps(params).encode()
    headers = {"Content-Type": "application/json"}
    _, answer = post(sim, f"/bot{sim.token}/{method}", body, headers)
    return json.loads(answer).get("result")
