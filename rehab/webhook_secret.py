"""The secret Telegram repeats with every webhook call, derived so that nobody has to keep another one."""

from __future__ import annotations

import hashlib
import hmac


def webhook_secret(secret_key: str) -> str:
    """64 hex characters: what `setWebhook` is given and what each call must carry."""
    return hmac.new(secret_key.encode(), b"rehab: telegram webhook", hashlib.sha256).hexdigest()
