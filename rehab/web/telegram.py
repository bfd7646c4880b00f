"""The webhook: another way into the same inbox. It answers only after the update is committed."""

from __future__ import annotations

import hmac

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from rehab.db import transaction
from rehab.errors import NotFound
from rehab.logs import get_logger, place_of
from rehab.services import inbox
from rehab.web.access import Policy, allow, now, runtime
from rehab.webhook_secret import webhook_secret

blueprint = Blueprint("telegram", __name__)
RETRY_SECONDS = "5"
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the header's name

log = get_logger("rehab.web.telegram")


@blueprint.post("/telegram/webhook")
@allow(Policy.OWN_CHECK)
def webhook() -> ResponseReturnValue:
    """Keep one raw update. Telegram repeats it until it gets a 200."""
    settings = runtime().settings
    expected = webhook_secret(settings.secret_key)
    given = request.headers.get(SECRET_HEADER, "")
    if not hmac.compare_digest(given.encode(), expected.encode()):
        raise NotFound("no such address without the secret")
    raw = request.get_data().decode("utf-8", "replace")
    bot_id = int(settings.telegram_token.partition(":")[0])
    try:
        with transaction() as session:
            inbox.accept(session, bot_id=bot_id, updates=[raw], now=now())
    except SQLAlchemyError as error:
        log.error("webhook_not_stored", exception_place=place_of(error))
        return {"ok": False}, 503, {"Retry-After": RETRY_SECONDS}
    return {"ok": True}
