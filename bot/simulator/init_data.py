"""Launch data of a Mini App, signed with the bot token as Telegram documents it."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import datetime
from urllib.parse import urlencode

from bot.simulator.model import Json


def signed_init_data(token: str, user: Json, now: datetime) -> str:
    fields = {
        "auth_date": str(int(now.timestamp())),
        "query_id": f"SIM{user['id']}",
        "user": json.dumps({key: value for key, value in user.items() if key != "is_bot"}),
    }
    check = "\n".join(f"{name}={fields[name]}" for name in sorted(fields))
    key = hmac.new(b"WebAppData", token.encode(), hashlib.sha256).digest()
    fields["hash"] = hmac.new(key, check.encode(), hashlib.sha256).hexdigest()
    return urlencode(fields)
