"""One turn of a conversation with a patient: who, what happened, and how to answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from rehab import texts
from rehab.clinical import timetable
from rehab.models import (
    Caregiver,
    Conversation,
    Episode,
    MessageClass,
    OutboxMessage,
    Patient,
    Prompt,
)
from rehab.services import episodes, prompts, replies
from rehab.services.context import Context
from rehab.services.outbox import Button, Media
from rehab.services.prompts import Choice
from rehab.services.replies import Reader


def clinic_text(context: Context, key: str, language: str, **values: object) -> str:
    """A catalog sentence with the clinic's name and numbers always filled in."""
    clinic = context.config.clinic
    facts = {
        "clinic": clinic.name,
        "phone": clinic.phone,
        "emergency_number": clinic.emergency_number,
    }
    return texts.text(key, language, **(facts | values))


@dataclass(frozen=True)
class Turn:
    """Everything a step of a patient's conversation needs.

    `cause` makes the messages of this turn unique: an event's source, or a care task for a prompt.
    """

    session: Session
    context: Context
    patient: Patient
    episode: Episode
    cause: str
    now: datetime
    message_class: MessageClass = MessageClass.REPLY
    expires_at: datetime | None = None
    caregiver: Caregiver | None = None
    """Who speaks for the patient from a phone of their own; None: the patient's own chat."""

    @property
    def language(self) -> str:
        return self.caregiver.language if self.caregiver else self.patient.language

    @property
    def reader(self) -> Reader:
        if self.caregiver is None:
            return replies.reader_of(self.patient)
        assert self.caregiver.chat_id is not None
        return Reader(self.caregiver.chat_id, self.caregiver.language, self.patient.id)

    @property
    def speaker(self) -> str | None:
        """caregiver:<id>; None in the patient's chat, where whoever holds the phone was asked."""
        return f"caregiver:{self.caregiver.id}" if self.caregiver else None

    @property
    def first_name(self) -> str:
        """All of the patient's name that is ever shown in a chat."""
        return self.patient.name.split()[0]

    def about(self, intro: str) -> str:
        """An introduction that tells a caregiver whom the questions are about."""
        if self.caregiver is None:
            return intro
        return f"{self.text('caregiver.about', name=self.first_name)}\n\n{intro}"

    @property
    def today(self) -> date:
        """The patient's local date."""
        return timetable.local_date(self.now, self.patient.timezone)

    @property
    def day(self) -> int:
        """The patient's day after surgery."""
        return episodes.day_today(self.episode, self.now)

    def text(self, key: str, **values: object) -> str:
        """A catalog sentence in the patient's language; clinic facts are always filled in."""
        return clinic_text(self.context, key, self.language, **values)

    def say(
        self,
        kind: str,
        text: str,
        *,
        part: str = "",
        rows: Sequence[Sequence[Choice]] = (),
        prompt_kind: str = "menu",
        subject: Mapping[str, Any] | None = None,
        message_class: MessageClass | None = None,
        edits_id: int | None = None,
        relevance: dict[str, int] | None = None,
        media: Media | None = None,
    ) -> tuple[OutboxMessage, Prompt | None]:
        """Queue one message, with a keyboard when `rows` are given.

        With `media` the text is its caption: at most 1024 UTF-16 units, else ValueError.
        """
        prompt: Prompt | None = None
        buttons: list[list[Button]] = []
        if rows:
            prompt, buttons = prompts.offer(
                self.session,
                chat_id=self.reader.chat_id,
                kind=prompt_kind,
                subject=dict(subject or {}),
                rows=rows,
                now=self.now,
            )
        message = replies.say(
            self.session,
            self.reader,
            kind=kind,
            text=text,
            cause=f"{self.cause}:{part}" if part else self.cause,
            now=self.now,
            buttons=buttons,
            media=media,
            message_class=message_class or self.message_class,
            edits_id=edits_id,
            expires_at=self.expires_at,
            relevance=relevance,
        )
        if prompt is not None:
            prompt.outbox_id = edits_id or message.id
        return message, prompt

    def expect(self, flow: str, step: str = "", **data: Any) -> None:
        """Remember what a typed text would answer."""
        expect(self.session, self.reader.chat_id, flow, step, data, self.now)


def expect(
    session: Session,
    chat_id: int,
    flow: str,
    step: str,
    data: Mapping[str, Any],
    now: datetime,
) -> None:
    """Set where a chat's conversation stands."""
    row = session.get(Conversation, chat_id)
    if row is None:
        row = Conversation(chat_id=chat_id, flow=flow, step=step, data={}, updated_at=now)
        session.add(row)
    row.flow, row.step, row.data, row.updated_at = flow, step, dict(data), now


def menu(turn: Turn, *items: str) -> list[list[Choice]]:
    """A keyboard of menu items, one a row; each leads to the step of the same name."""
    return [[Choice(item, turn.text(f"menu.{item}"))] for item in items]
