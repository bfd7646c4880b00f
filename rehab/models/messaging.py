"""What came in (inbox), what goes out (outbox), what may be tapped (prompts), who holds which lease."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from rehab.db import EncryptedText, Model, UtcDateTime


class InboxState(StrEnum):
    NEW = "new"
    DONE = "done"
    DEAD = "dead"
    """Could not be handled; kept, and a person is asked to look."""


class InboxUpdate(Model):
    """One raw Telegram update, committed before its offset is confirmed."""

    __tablename__ = "inbox_update"
    __table_args__ = (
        Index("ix_inbox_update_state_chat", "state", "chat_key", "update_id"),
        Index("ix_inbox_update_next", "state", "priority", "received_at", "update_id"),
    )
    bot_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    update_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    chat_key: Mapped[int] = mapped_column(BigInteger)
    """The chat it belongs to, for order; 0 when that cannot be read."""
    raw: Mapped[str | None] = mapped_column(EncryptedText("inbox_update.raw"))
    """The update as JSON text; erased after the retention time."""
    priority: Mapped[int] = mapped_column(default=1)
    """0 looks like a warning sign, 1 all else. Only the order of handling depends on it."""
    state: Mapped[str] = mapped_column(default=InboxState.NEW)
    attempts: Mapped[int] = mapped_column(default=0)
    not_before: Mapped[datetime | None] = mapped_column(UtcDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    error: Mapped[str | None]
    """Class and place of the last error, never its text."""


class MessageClass(StrEnum):
    """Decides priority and what happens when the outcome of a send is unknown."""

    ALERT = "alert"
    SAFETY_REPLY = "safety_reply"
    REPLY = "reply"
    PROMPT = "prompt"
    DIGEST = "digest"


class OutboxState(StrEnum):
    """queued → sending → accepted, unknown, failed, expired or cancelled."""

    QUEUED = "queued"
    SENDING = "sending"
    ACCEPTED = "accepted"
    UNKNOWN = "unknown"
    """Telegram may or may not have it; not sent again, and shown honestly."""
    FAILED = "failed"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


class OutboxMessage(Model):
    """One message that shall leave. Written in the transaction of its cause, sent afterwards."""

    __tablename__ = "outbox_message"
    __table_args__ = (
        Index("ix_outbox_message_state_priority", "state", "priority", "id"),
        Index("ix_outbox_message_chat_state", "chat_id", "state"),
        Index("ix_outbox_message_state_expires", "state", "expires_at"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    dedupe_key: Mapped[str] = mapped_column(unique=True)
    message_class: Mapped[str]
    priority: Mapped[int]
    """0 alert and safety reply, 1 reply, 2 prompt, 3 digest."""
    kind: Mapped[str]
    """What it is, e.g. `alert_card`, `check_in_question`; each kind has a line in the runbook."""
    chat_id: Mapped[int] = mapped_column(BigInteger)
    thread_id: Mapped[int | None] = mapped_column(BigInteger)
    """The topic of a group, if the message belongs into one."""
    is_silent: Mapped[bool] = mapped_column(default=False)
    """Arrives without a sound: it can wait until somebody looks."""
    text: Mapped[str | None] = mapped_column(EncryptedText("outbox_message.text"))
    buttons: Mapped[list[list[dict[str, str]]]] = mapped_column(JSON, default=list)
    """Rows of {"label", "data"}; data ≤ 64 bytes."""
    media_kind: Mapped[str | None]
    """animation, photo or document; `text` is then its caption of at most 1024 characters."""
    media_key: Mapped[str | None]
    """What it shows, e.g. `exercise:EX08:left:3f2a`; the bytes are made or read when it is sent."""
    edits_id: Mapped[int | None] = mapped_column(ForeignKey("outbox_message.id"))
    """Replace the text and buttons of this earlier message; sent anew when that cannot be done."""
    relevance: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """What must still hold at send time, e.g. {"care_task": 12} or {"open_alert": 3}."""
    patient_id: Mapped[int | None] = mapped_column(ForeignKey("patient.id"), index=True)
    not_before: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(default=OutboxState.QUEUED)
    attempts: Mapped[int] = mapped_column(default=0)
    ambiguous: Mapped[int] = mapped_column(default=0)
    """How often a send ended without an answer."""
    lease_epoch: Mapped[int | None]
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    provider_id: Mapped[int | None] = mapped_column(BigInteger)
    """Telegram's message id."""
    error: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    accepted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ChannelFile(Model):
    """A medium Telegram already has: the next send takes its file_id and no upload."""

    __tablename__ = "channel_file"
    bot_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    media_key: Mapped[str] = mapped_column(primary_key=True)
    file_id: Mapped[str]
    stored_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Prompt(Model):
    """A keyboard that was shown: its opaque token and what each choice means. Never changes meaning."""

    __tablename__ = "prompt"
    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(unique=True)
    chat_id: Mapped[int] = mapped_column(BigInteger, index=True)
    kind: Mapped[str]
    subject: Mapped[dict[str, Any]] = mapped_column(JSON)
    choices: Mapped[list[str]] = mapped_column(JSON)
    labels: Mapped[list[str]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    outbox_id: Mapped[int | None] = mapped_column(ForeignKey("outbox_message.id"))


class Conversation(Model):
    """Where a chat's conversation stands. One row per chat, changed with the update that moved it."""

    __tablename__ = "conversation"
    chat_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    flow: Mapped[str]
    step: Mapped[str]
    data: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Lease(Model):
    """Who may poll or send for a bot. `epoch` grows with every new holder (fencing)."""

    __tablename__ = "lease"
    name: Mapped[str] = mapped_column(primary_key=True)
    holder: Mapped[str]
    epoch: Mapped[int]
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Heartbeat(Model):
    """When a component last proved that it works."""

    __tablename__ = "heartbeat"
    component: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    detail: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """Small facts such as the bot's username; no names of people."""


class DemoClock(Model):
    """How far the demo's time was moved forward. One row; never used with a real bot token."""

    __tablename__ = "demo_clock"
    id: Mapped[int] = mapped_column(primary_key=True)
    offset_seconds: Mapped[int] = mapped_column(default=0)
