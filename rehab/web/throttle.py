"""Slows down guessing: failed sign-ins are audit rows, and too many of them make the next one wait.

Counted per account *and* address, and per address alone, so that nobody can lock a clinician out
from elsewhere. Rows in the database work across processes and survive a restart.
"""

from __future__ import annotations

from datetime import timedelta

from flask import Flask, Response, render_template, request, session
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import func, select

from rehab import crypto
from rehab.db import transaction
from rehab.models import AuditEvent
from rehab.services import audit
from rehab.web.access import now
from rehab.web.security import normalised

GUARDED = {
    "security.login": "email",
    "security.two_factor_token_validation": "",
    "security.mf_recovery": "",
}
"""Endpoints where something secret is guessed, and the field that names the account."""
WINDOW = timedelta(minutes=15)
FAILURES_PER_ACCOUNT = 5
FAILURES_PER_ADDRESS = 50
ACTION = "sign_in.failed"
DIGEST_CHARACTERS = 24


def register(app: Flask) -> None:
    """Watch the guarded endpoints."""
    app.before_request(_refuse_after_failures)
    app.after_request(_count_failure)


def _refuse_after_failures() -> ResponseReturnValue | None:
    if not _is_attempt():
        return None
    account, address = _subjects()
    with transaction() as database:
        counts = {
            subject: database.scalar(
                select(func.count())
                .select_from(AuditEvent)
                .where(
                    AuditEvent.action == ACTION,
                    AuditEvent.at > now() - WINDOW,
                    AuditEvent.subject == subject,
                )
            )
            or 0
            for subject in (account, address)
        }
    if counts[account] < FAILURES_PER_ACCOUNT and counts[address] < FAILURES_PER_ADDRESS:
        return None
    page = render_template(
        "error.html",
        title=_("Too many attempts"),
        text=_("Please wait a quarter of an hour and try again."),
    )
    return page, 429, {"Retry-After": str(int(WINDOW.total_seconds()))}


def _count_failure(response: Response) -> Response:
    if not _is_attempt() or response.status_code == 429:
        return response
    # Success redirects; a refused form is shown again.
    if response.status_code in (301, 302, 303) and "/sign-in" not in response.location:
        return response
    if "tf_user_id" in session and request.endpoint == "security.login":
        return response
    with transaction() as database:
        for subject in _subjects():
            audit.record(database, actor="system", action=ACTION, subject=subject, now=now())
    return response


def _is_attempt() -> bool:
    return request.method == "POST" and request.endpoint in GUARDED


def _subjects() -> tuple[str, str]:
    address = request.remote_addr or "unknown"
    field = GUARDED[request.endpoint or ""]
    account = normalised(request.form.get(field, "")) if field else str(session.get("tf_user_id"))
    return _digest(f"{account}|{address}"), _digest(address)


def _digest(value: str) -> str:
    return f"attempt:{crypto.digest(value)[:DIGEST_CHARACTERS]}"
