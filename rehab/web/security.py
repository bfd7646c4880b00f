"""Sign-in: Flask-Security with argon2id passwords and one-time codes as second factor."""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Flask, request, session
from flask_login import user_logged_in
from flask_security import MailUtil, Security, SQLAlchemyUserDatastore, logout_user

from rehab.db import db
from rehab.logs import get_logger
from rehab.models import Clinician, Role
from rehab.runtime import Runtime

SHORTEST_PASSWORD = 12
"""Characters. Project default; length is the only rule, as NIST SP 800-63B advises."""
LONGEST_SESSION = timedelta(hours=12)
"""A working day; after it everybody signs in again, however busy."""
STATIC = re.compile(r"(^|\.)static$")
SIGNED_IN_AT = "signed_in_at"

log = get_logger("rehab.web.security")


class NoMail(MailUtil):
    """This product sends no e-mail; a lost second factor is reset by an administrator."""

    def send_mail(self, template: str, *_args: Any, **_kwargs: Any) -> None:
        log.warning("mail_not_sent", kind=template)


def register(app: Flask) -> None:
    """Add sign-in, sign-out, password change and the second factor."""
    runtime: Runtime = app.extensions["rehab"]
    secure = app.config["SESSION_COOKIE_SECURE"]
    app.config.update(
        SECURITY_PASSWORD_HASH="argon2",  # noqa: S106 - a method
        SECURITY_PASSWORD_SCHEMES=["argon2"],
        # One hash, no salt of ours: changing SECRET_KEY must not lock the clinic out.
        SECURITY_PASSWORD_SINGLE_HASH=True,
        SECURITY_PASSWORD_SALT="unused with a single hash",  # noqa: S106
        SECURITY_PASSWORD_LENGTH_MIN=SHORTEST_PASSWORD,
        SECURITY_RETURN_GENERIC_RESPONSES=True,
        SECURITY_EMAIL_VALIDATOR_ARGS={"check_deliverability": False, "test_environment": True},
        SECURITY_CHANGEABLE=True,
        SECURITY_CHANGE_URL="/account/password",
        SECURITY_SEND_PASSWORD_CHANGE_EMAIL=False,
        SECURITY_LOGIN_URL="/sign-in",
        SECURITY_LOGOUT_URL="/sign-out",
        SECURITY_VERIFY_URL="/sign-in/again",
        SECURITY_TWO_FACTOR=True,
        SECURITY_TWO_FACTOR_ENABLED_METHODS=["authenticator"],
        SECURITY_TWO_FACTOR_RESCUE_EMAIL=False,
        SECURITY_TWO_FACTOR_SETUP_URL="/account/second-factor",
        SECURITY_TWO_FACTOR_TOKEN_VALIDATION_URL="/sign-in/code",  # noqa: S106 - an address
        SECURITY_TWO_FACTOR_RESCUE_URL="/sign-in/lost-phone",
        SECURITY_TWO_FACTOR_SELECT_URL="/sign-in/method",
        SECURITY_MULTI_FACTOR_RECOVERY_CODES=True,
        SECURITY_MULTI_FACTOR_RECOVERY_CODES_N=10,
        SECURITY_MULTI_FACTOR_RECOVERY_CODES_URL="/account/recovery-codes",
        SECURITY_MULTI_FACTOR_RECOVERY_URL="/sign-in/recovery-code",
        SECURITY_TOTP_SECRETS={"1": _derived(app, "one-time codes")},
        SECURITY_TOTP_ISSUER=runtime.settings.config.clinic.name,
        SECURITY_TWO_FACTOR_VALIDITY_COOKIE={
            "httponly": True,
            "secure": secure,
            "samesite": "Strict",
        },
        SECURITY_API_ENABLED_METHODS=["session"],
        SECURITY_LOGOUT_METHODS=["POST"],
        SECURITY_LOGOUT_CSRF=True,
        SECURITY_POST_LOGIN_VIEW="/",
        SECURITY_POST_LOGOUT_VIEW="/sign-in",
        SECURITY_POST_CHANGE_VIEW="/",
        SECURITY_FLASH_MESSAGES=True,
    )
    datastore = SQLAlchemyUserDatastore(db, Clinician, Role)
    Security(app, datastore, mail_util_cls=NoMail)
    user_logged_in.connect(_remember_when, app)
    app.before_request(_end_long_sessions)


def _derived(app: Flask, purpose: str) -> str:
    key = app.config["SECRET_KEY"].encode()
    return hmac.new(key, f"rehab: {purpose}".encode(), hashlib.sha256).hexdigest()


def _remember_when(_app: Flask, **_kwargs: Any) -> None:
    # The machine's clock on purpose: moving the demo's time must not sign anybody out.
    session[SIGNED_IN_AT] = datetime.now(UTC).timestamp()
    session.permanent = True


def _end_long_sessions() -> None:
    if STATIC.search(request.endpoint or "") or SIGNED_IN_AT not in session:
        return
    age = datetime.now(UTC).timestamp() - session[SIGNED_IN_AT]
    if age > LONGEST_SESSION.total_seconds():
        logout_user()


def normalised(email: str) -> str:
    """The form of an e-mail address under which attempts are counted."""
    return unicodedata.normalize("NFKC", email).strip().casefold()
