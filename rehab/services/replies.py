"""Saying something to a person: a catalog sentence becomes an outbox row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from rehab.models import MessageClass, OutboxMessage, Patient
from rehab.services import outbox
from rehab.services.outbox import Button, Media


@dataclass(frozen=True)
class Reader:
    """Somebody we write to: where, and in which language."""

    chat_id: int
    language: str
    patient_id: int | None = None


def reader_of(patient: Patient) -> Reader:
    """The patient as a reader. The patient must have a chat."""
    assert patient.chat is not None
    return Reader(patient.chat.chat_id, patient.language, patient.id)


def say(
    session: Session,
    reader: Reader,
    *,
    kind: str,
    text: str,
    cause: str,
    now: datetime,
    buttons: Sequence[Sequence[Button]] = (),
    message_class: MessageClass = MessageClass.REPLY,
    edits_id: int | None = None,
    expires_at: datetime | None = None,
    relevance: dict[str, int] | None = None,
    media: Media | None = None,
) -> OutboxMessage:
    """Queue one message. `cause` (an event's source, a task …) and `kind` make it unique.

    With `media` the text is its caption: at most 1024 UTF-16 units, else ValueError.
    """
    return outbox.enqueue(
        session,
        dedupe_key=f"{kind}:{reader.chat_id}:{cause}",
        message_class=message_class,
        kind=kind,
        chat_id=reader.chat_id,
        text=text,
        buttons=buttons,
        media=media,
        now=now,
        edits_id=edits_id,
        expires_at=expires_at,
        relevance=relevance,
        patient_id=reader.patient_id,
    )
