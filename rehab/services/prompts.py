"""Keyboards that were shown. A prompt never changes meaning: its choices are stored as they were shown."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from rehab.models import Prompt
from rehab.services.outbox import Button

TOKEN_BYTES = 12
"""96 random bits, 16 characters: with the choice it fits Telegram's 64 bytes many times over."""


@dataclass(frozen=True)
class Choice:
    """One button: what it means to us, and what it says."""

    value: str
    label: str


def offer(
    session: Session,
    *,
    chat_id: int,
    kind: str,
    subject: Mapping[str, Any],
    rows: Sequence[Sequence[Choice]],
    now: datetime,
) -> tuple[Prompt, list[list[Button]]]:
    """Store a keyboard and return it with its buttons, row by row."""
    flat = [choice for row in rows for choice in row]
    prompt = Prompt(
        token=secrets.token_urlsafe(TOKEN_BYTES),
        chat_id=chat_id,
        kind=kind,
        subject=dict(subject),
        choices=[choice.value for choice in flat],
        labels=[choice.label for choice in flat],
        created_at=now,
    )
    session.add(prompt)
    session.flush()
    numbers = iter(range(len(flat)))
    return prompt, [
        [Button(choice.label, f"{prompt.token}:{next(numbers)}") for choice in row] for row in rows
    ]


def find(session: Session, *, token: str, chat_id: int) -> Prompt | None:
    """The prompt with this token, if it was shown in this chat."""
    return session.scalar(select(Prompt).where(Prompt.token == token, Prompt.chat_id == chat_id))


def newest(session: Session, *, chat_id: int, kind: str) -> Prompt | None:
    """The last keyboard of this kind that was shown in this chat."""
    return session.scalar(
        select(Prompt)
        .where(Prompt.chat_id == chat_id, Prompt.kind == kind)
        .order_by(Prompt.id.desc())
        .limit(1)
    )


def value_of(prompt: Prompt, choice: int) -> str | None:
    """What the tapped choice means; None for a choice that was never offered."""
    return prompt.choices[choice] if 0 <= choice < len(prompt.choices) else None
