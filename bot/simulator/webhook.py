"""Pushing updates to the bot's webhook: one queue per chat, retried until it is taken."""

from __future__ import annotations

import http.client
import json
import logging
import ssl
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

from bot.simulator.errors import ApiError
from bot.simulator.methods import call
from bot.simulator.model import Webhook
from bot.simulator.params import Params
from bot.simulator.state import State
from bot.simulator.updates import QueuedUpdate

logger = logging.getLogger(__name__)

MAX_BACKOFF = 60.0
MAX_RETRY_AFTER = 3600.0
TIMEOUT = 30.0


@dataclass
class _Lane:
    """One chat's turn: busy now, or waiting after a failure."""

    busy: bool = False
    failures: int = 0
    not_before: float = 0.0


@dataclass(frozen=True)
class _Answer:
    ok: bool
    problem: str = ""
    retry_after: float | None = None
    body: bytes = b""


class WebhookPusher:
    def __init__(self, state: State) -> None:
        self._state = state
        self._lanes: dict[int, _Lane] = {}
        self._thread = threading.Thread(target=self._run, name="sim-webhook", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def join(self) -> None:
        self._thread.join(timeout=2)

    def _run(self) -> None:
        with self._state.changed:
            while not self._state.closed:
                for update in self._ready():
                    self._lanes[update.subject].busy = True
                    arguments = (update, self._state.webhook)
                    threading.Thread(target=self._push, args=arguments, daemon=True).start()
                self._state.changed.wait(self._until_next_turn())

    def _ready(self) -> list[QueuedUpdate]:
        """The oldest update of every chat whose turn it is."""
        if not self._state.webhook.url:
            return []
        first: dict[int, QueuedUpdate] = {}
        for update in self._state.updates.pending():
            first.setdefault(update.subject, update)
        room = self._state.webhook.max_connections - sum(
            lane.busy for lane in self._lanes.values()
        )
        now = time.perf_counter()
        due = [u for u in first.values() if self._is_due(u.subject, now)]
        return due[: max(room, 0)]

    def _is_due(self, subject: int, now: float) -> bool:
        lane = self._lanes.setdefault(subject, _Lane())
        return not lane.busy and lane.not_before <= now

    def _until_next_turn(self) -> float | None:
        now = time.perf_counter()
        waits = [
            lane.not_before - now
            for lane in self._lanes.values()
            if not lane.busy and lane.not_before > now
        ]
        return min(waits, default=None)

    def _push(self, update: QueuedUpdate, hook: Webhook) -> None:
        answer = _post(hook, update.wire)
        with self._state.changed:
            lane = self._lanes[update.subject]
            lane.busy = False
            if answer.ok:
                lane.failures, lane.not_before = 0, 0.0
                self._state.updates.remove(update)
            else:
                self._back_off(lane, answer)
            self._state.touch()
        if answer.ok:
            self._call_back(answer.body)

    def _back_off(self, lane: _Lane, answer: _Answer) -> None:
        lane.failures += 1
        wait = min(self._state.settings.webhook_backoff * 2 ** (lane.failures - 1), MAX_BACKOFF)
        if answer.retry_after is not None:
            wait = min(answer.retry_after, MAX_RETRY_AFTER)
        lane.not_before = time.perf_counter() + wait
        self._state.webhook.last_error_at = self._state.clock.now()
        self._state.webhook.last_error_message = answer.problem

    def _call_back(self, body: bytes) -> None:
        """A bot may answer an update with a method in the body; it never learns the result."""
        with suppress(ValueError, AttributeError):
            wanted = json.loads(body)
            if name := wanted.pop("method", None):
                with suppress(ApiError):
                    call(self._state, str(name), Params(wanted, {}))


def _post(hook: Webhook, wire: str) -> _Answer:
    parts = urlsplit(hook.url)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    headers = {"Content-Type": "application/json"}
    if hook.secret_token:
        headers["X-Telegram-Bot-Api-Secret-Token"] = hook.secret_token
    connection = _connection(parts.scheme, parts.hostname or "", parts.port)
    try:
        connection.request("POST", path, wire.encode(), headers)
        response = connection.getresponse()
        body = response.read()
    except (OSError, http.client.HTTPException) as error:
        return _Answer(False, f"Connection failed: {type(error).__name__}")
    finally:
        connection.close()
    if 200 <= response.status < 300:
        return _Answer(True, body=body)
    problem = f"Wrong response from the webhook: {response.status} {response.reason}"
    return _Answer(False, problem, _seconds(response.getheader("Retry-After")))


def _connection(scheme: str, host: str, port: int | None) -> http.client.HTTPConnection:
    if scheme == "https":
        context = ssl.create_default_context()
        return http.client.HTTPSConnection(host, port, timeout=TIMEOUT, context=context)
    return http.client.HTTPConnection(host, port, timeout=TIMEOUT)


def _seconds(header: str | None) -> float | None:
    return float(header) if header and header.isdigit() else None
