"""What must have been recorded: each chat's updates replayed, in order, by a small model."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from exercises.schema import Question
from rehab.clinical.answers import read_answer
from rehab.errors import InvalidInput
from rehab.models import InboxState, InboxUpdate, Prompt
from rehab.services import check_ins
from tests.kill.clinic import DAYS_AFTER_SURGERY, Clinic, begun_answers


@dataclass
class Expected:
    """Per source: the answer (question, value), or that the words were kept for a person."""

    answers: dict[str, tuple[str, Any]] = field(default_factory=dict)
    kept: set[str] = field(default_factory=set)
    order: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))
    """Per chat, the sources in the order of their updates."""


@dataclass
class Chat:
    """One patient's check-in as the model sees it."""

    questions: tuple[Question, ...]
    values: dict[str, Any] = field(default_factory=dict)
    waiting_for: str | None = field(init=False)

    def __post_init__(self) -> None:
        self.waiting_for = self.next_question()

    def next_question(self) -> str | None:
        return next((q.id for q in self.questions if q.id not in self.values), None)

    def question(self, question_id: str) -> Question:
        return next(q for q in self.questions if q.id == question_id)

    def answer(self, question_id: str, value: Any, *, typed: bool) -> bool:
        """Whether this is recorded: the same answer again is not."""
        is_new = question_id not in self.values or self.values[question_id] != value
        is_first = question_id not in self.values
        self.values[question_id] = value
        if (is_new and is_first) or (typed and not is_new) or self.next_question() is None:
            self.waiting_for = self.next_question()
        return is_new


def replay(clinic: Clinic, session: Session) -> Expected:
    """Read the inbox in update order and predict every row it must have caused."""
    expected = Expected()
    tokens = {p.token: p for p in session.query(Prompt).filter(Prompt.kind == "answer")}
    asked = check_ins.questions_for(clinic.questionnaire, DAYS_AFTER_SURGERY)
    chats = {chat: Chat(asked, dict(begun_answers(chat))) for chat in clinic.chats}
    rows = session.query(InboxUpdate).filter(InboxUpdate.state == InboxState.DONE)
    for row in rows.order_by(InboxUpdate.update_id):
        source = f"telegram:{row.bot_id}:{row.update_id}"
        body = json.loads(row.raw or "{}")
        if row.chat_key in chats:
            expected.order[row.chat_key].append(source)
            _predict(chats[row.chat_key], source, body, tokens, expected)
    return expected


def _predict(
    chat: Chat, source: str, body: dict[str, Any], tokens: dict[str, Prompt], expected: Expected
) -> None:
    if "callback_query" in body:
        token, _, choice = body["callback_query"].get("data", "").rpartition(":")
        if token in tokens:
            prompt = tokens[token]
            question = chat.question(prompt.subject["question"])
            value = read_answer(question, prompt.choices[int(choice)]).value
            if chat.answer(question.id, value, typed=False):
                expected.answers[source] = (question.id, value)
    elif "edited_message" in body or ("message" in body and "photo" in body["message"]):
        expected.kept.add(source)
    elif "message" in body:
        _predict_text(chat, source, str(body["message"].get("text", "")), expected)


def _predict_text(chat: Chat, source: str, text: str, expected: Expected) -> None:
    if text.startswith("/"):
        if text == "/checkin" and chat.next_question() is not None:
            chat.waiting_for = chat.next_question()
        return
    if chat.waiting_for is None:
        expected.kept.add(source)
        return
    question = chat.question(chat.waiting_for)
    labels = {o.value: f"{o.emoji} {o.label}" if o.emoji else o.label for o in question.options}
    try:
        value = read_answer(question, text, labels=labels).value
    except InvalidInput:
        has_digit = any(character.isdigit() for character in text)
        if not has_digit or any(character.isalpha() for character in text):
            expected.kept.add(source)  # otherwise it is explained and asked again
        return
    if chat.answer(question.id, value, typed=True):
        expected.answers[source] = (question.id, value)
