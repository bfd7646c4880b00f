"""The post: how an e-mail and a signed webhook leave. No database; whoever calls keeps the account.

Every function returns when the other side has taken the message, and raises NotTaken otherwise.
"""

from __future__ import annotations

import hashlib
import hmac
import smtplib
import ssl
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid

import httpx

from rehab.settings import Email, Settings

EMAIL, WEBHOOK = "email", "webhook"
SMTP_SECONDS = 10.0
"""For each step of the talk with the mail server."""
WEBHOOK_SECONDS = 10.0
TIMESTAMP, SIGNATURE = "X-Rehab-Timestamp", "X-Rehab-Signature"
FINAL_REPLY = 500
"""From this reply code on a mail server means never; below it (4xx) it means not now."""


@dataclass(frozen=True)
class Letter:
    """One message on its way out, free of the database session."""

    id: int
    channel: str
    """email or webhook"""
    kind: str
    to: str
    """The address of an e-mail; empty for the webhook."""
    subject: str
    body: str
    attempt: int
    """Counts from 1. Only who holds the newest attempt may record how it went."""


class NotTaken(Exception):
    """It did not leave, or nobody knows whether it did. `is_final`: trying again would not help."""

    def __init__(self, reason: str, *, is_final: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.is_final = is_final


def hand_over(settings: Settings, letter: Letter, now: datetime) -> None:
    """Send one letter by its channel."""
    config = settings.config
    if letter.channel == EMAIL:
        send_email(
            config.email,
            settings.smtp_password,
            to=letter.to,
            subject=letter.subject,
            body=letter.body,
            now=now,
        )
    else:
        secret = settings.outgoing_webhook_secret
        send_webhook(config.webhook.url, secret, body=letter.body, now=now)


def send_email(
    email: Email, password: str, *, to: str, subject: str, body: str, now: datetime
) -> None:
    """Hand one plain-text mail to the clinic's mail server."""
    message = _message(email, to=to, subject=subject, body=body, now=now)
    try:
        with _connection(email) as server:
            if email.user:
                server.login(email.user, password)
            server.send_message(message)
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _ in error.recipients.values()]
        final = bool(codes) and min(codes) >= FINAL_REPLY
        raise NotTaken("recipient refused", is_final=final) from None
    except smtplib.SMTPResponseException as error:
        # A wrong password is mended by people while we go on trying.
        raise NotTaken(f"smtp {error.smtp_code}") from None
    except (smtplib.SMTPException, OSError) as error:
        raise NotTaken(type(error).__name__) from None


def send_webhook(url: str, secret: str, *, body: str, now: datetime) -> None:
    """POST one signed JSON text to the clinic's address; any 2xx answer means taken."""
    timestamp = str(int(now.timestamp()))
    headers = {
        "Content-Type": "application/json",
        TIMESTAMP: timestamp,
        SIGNATURE: signature(secret, timestamp, body),
    }
    try:
        response = httpx.post(url, content=body.encode(), headers=headers, timeout=WEBHOOK_SECONDS)
    except httpx.HTTPError as error:
        raise NotTaken(type(error).__name__) from None
    if not response.is_success:
        raise NotTaken(f"http {response.status_code}")


def ping(url: str) -> bool:
    """Tell the dead-man's switch that all is well. False when it did not hear."""
    try:
        return httpx.get(url, timeout=WEBHOOK_SECONDS).is_success
    except httpx.HTTPError:
        return False


def signature(secret: str, timestamp: str, body: str) -> str:
    """What the receiver computes too: HMAC-SHA256 over `timestamp.body`."""
    digest = hmac.new(secret.encode(), f"{timestamp}.{body}".encode(), hashlib.sha256)
    return f"sha256={digest.hexdigest()}"


def _message(email: Email, *, to: str, subject: str, body: str, now: datetime) -> EmailMessage:
    message = EmailMessage()
    try:
        # EmailMessage refuses line breaks in headers, so nothing can add a header of its own.
        message["From"], message["To"], message["Subject"] = email.sender, to, subject
    except ValueError:
        raise NotTaken("address or subject refused", is_final=True) from None
    message["Date"] = format_datetime(now)
    message["Message-ID"] = make_msgid(domain=email.sender.rpartition("@")[2])
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(body)
    return message


def _connection(email: Email) -> smtplib.SMTP:
    if email.security == "tls":
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(email.host, email.port, timeout=SMTP_SECONDS, context=context)
    server = smtplib.SMTP(email.host, email.port, timeout=SMTP_SECONDS)
    if email.security == "starttls":
        try:
            server.starttls(context=ssl.create_default_context())
        except BaseException:
            server.close()
            raise
    return server
