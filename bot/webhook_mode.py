"""A webhook that stands in the way of polling: kept when it is our own, removed when it is not."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import httpx

from bot import http
from rehab.logs import get_logger, place_of
from rehab.settings import Settings

log = get_logger(__name__)

MOST_PENDING = 50


class WebhookState(StrEnum):
    """What was found, and what is to be done."""

    OURS = "ours"
    """Updates reach our web process; polling is not wanted."""
    FAILING = "failing"
    """Ours, but updates pile up or the last push failed."""
    REMOVED = "removed"
    UNCLEAR = "unclear"


class Webhook:
    """Best effort throughout: a server may not know these methods."""

    def __init__(self, settings: Settings, client: httpx.AsyncClient) -> None:
        self._root = f"{settings.telegram_api_url}/bot{settings.telegram_token}"
        self._own_site = settings.config.web.public_url.rstrip("/")
        self._client = client

    async def settle(self) -> WebhookState:
        try:
            info = (await self._call("getWebhookInfo")).get("result")
            if not isinstance(info, dict):
                return WebhookState.UNCLEAR
            if self._own_site and str(info.get("url", "")).startswith(self._own_site + "/"):
                is_failing = int(info.get("pending_update_count") or 0) >= MOST_PENDING
                return WebhookState.FAILING if is_failing else WebhookState.OURS
            # Never with drop_pending_updates: what waits there are answers.
            await self._call("deleteWebhook")
        except Exception as error:
            log.warning("webhook_unclear", error=place_of(error))
            return WebhookState.UNCLEAR
        log.warning("foreign_webhook_removed")
        return WebhookState.REMOVED

    async def _call(self, method: str) -> dict[str, Any]:
        response = await self._client.post(f"{self._root}/{method}", timeout=http.READ_SECONDS)
        return http.parsed(response.content)
