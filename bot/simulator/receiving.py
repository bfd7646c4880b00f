"""How the bot gets its updates: long polling, or a webhook it sets."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from bot.simulator.errors import bad_request, conflict
from bot.simulator.model import Json, Webhook
from bot.simulator.params import Params
from bot.simulator.registry import method
from bot.simulator.state import State
from bot.simulator.updates import MAX_BATCH, QueuedUpdate

MAX_POLL_SECONDS = 50
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")


class RawResult(str):
    """JSON text to be sent as it is, even where it is broken on purpose."""


@method("getUpdates", quiet=True)
def get_updates(state: State, params: Params) -> RawResult:
    offset = params.integer("offset", 0)
    limit = min(max(params.integer("limit", MAX_BATCH), 1), MAX_BATCH)
    timeout = min(max(params.integer("timeout", 0), 0), MAX_POLL_SECONDS)
    with state.changed:
        if state.webhook.url:
            raise conflict(
                "can't use getUpdates method while webhook is active; "
                "use deleteWebhook to delete the webhook first"
            )
        _remember_allowed(state, params)
        mine = _become_the_only_poller(state)
        _confirm(state, offset)
        batch = _wait_for_batch(state, mine, limit, timeout)
    return RawResult("[" + ",".join(update.wire for update in batch) + "]")


def _become_the_only_poller(state: State) -> int:
    """The newest call wins; an older one that still waits wakes up to a conflict."""
    state.poll_generation += 1
    state.changed.notify_all()
    return state.poll_generation


def _confirm(state: State, offset: int) -> None:
    if offset > 0:
        state.updates.confirm_below(offset)
    elif offset < 0:
        state.updates.keep_last(-offset)


def _wait_for_batch(state: State, mine: int, limit: int, timeout: int) -> list[QueuedUpdate]:
    def something() -> list[QueuedUpdate]:
        if state.poll_generation != mine:
            raise conflict(
                "terminated by other getUpdates request; "
                "make sure that only one bot instance is running"
            )
        return state.updates.batch(limit)

    return state.wait_for(something, timeout)


def _remember_allowed(state: State, params: Params) -> None:
    allowed = params.structure("allowed_updates")
    if isinstance(allowed, list):
        state.updates.allow(allowed)


@method("setWebhook")
def set_webhook(state: State, params: Params) -> bool:
    url = params.text("url", "") or ""
    if not url:
        return _forget_webhook(state, params)
    _check_webhook_url(url)
    secret = params.text("secret_token", "") or ""
    if secret and not _SECRET.fullmatch(secret):
        raise bad_request("secret token contains unallowed characters")
    _remember_allowed(state, params)
    if params.boolean("drop_pending_updates"):
        state.updates.clear()
    state.webhook = Webhook(
        url=url,
        secret_token=secret,
        max_connections=params.integer("max_connections", 40),
        has_certificate="certificate" in params.files,
    )
    state.poll_generation += 1  # a waiting poller ends with a conflict
    return True


def _check_webhook_url(url: str) -> None:
    parts = urlsplit(url)
    host = parts.hostname or ""
    # Real Telegram wants HTTPS and a public name; here the bot sits next door.
    near = host == "localhost" or host.startswith("127.") or (host and "." not in host)
    if parts.scheme != "https" and not (parts.scheme == "http" and near):
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")


@method("deleteWebhook")
def delete_webhook(state: State, params: Params) -> bool:
    return _forget_webhook(state, params)


def _forget_webhook(state: State, params: Params) -> bool:
    state.webhook = Webhook()
    if params.boolean("drop_pending_updates"):
        state.updates.clear()
    return True


@method("getWebhookInfo", quiet=True)
def get_webhook_info(state: State, params: Params) -> Json:
    with state.changed:
        hook = state.webhook
        info: dict[str, Any] = {
            "url": hook.url,
            "has_custom_certificate": hook.has_certificate,
            "pending_update_count": len(state.updates.pending()),
        }
        if hook.url:
            info["max_connections"] = hook.max_connections
        if hook.last_error_at is not None:
            info["last_error_date"] = int(hook.last_error_at.timestamp())
            info["last_error_message"] = hook.last_error_message
        if state.updates.allowed:
            info["allowed_updates"] = state.updates.allowed
        return info
