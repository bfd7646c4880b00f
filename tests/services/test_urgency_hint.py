"""What looks like a warning sign is handled before what merely came earlier."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from rehab.models import InboxUpdate, Prompt
from rehab.services import inbox, urgency_hint
from tests.support.build import ASHA_CHAT, Clinic

BOT = 7


def text(update_id: int, chat: int, words: Any) -> dict[str, Any]:
    return {"update_id": update_id, "message": {"chat": {"id": chat}, "text": words}}


def keep(clinic: Clinic, *updates: dict[str, Any]) -> None:
    with clinic.session() as session:
        hint = urgency_hint.looks_urgent(clinic.context)
        inbox.accept(session, bot_id=BOT, updates=updates, now=clinic.now, looks_urgent=hint)


def handled_in_order(clinic: Clinic) -> list[int]:
    order = []
    while True:
        with clinic.session() as session:
            row = inbox.next_row(session, now=clinic.now)
            if row is None:
                return order
            order.append(row.update_id)
            inbox.mark_done(row, clinic.now)


@pytest.fixture
def ward(either: Clinic) -> Clinic:
    """Four more patients, ten days after surgery, in the chats 11 to 14."""
    for chat_id in (11, 12, 13, 14):
        either.add_patient(f"Patient {chat_id}", chat=chat_id)
    return either


def test_a_cry_for_help_overtakes_the_thank_yous_of_others(ward: Clinic) -> None:
    keep(ward, text(1, 11, "Thank you"), text(2, 12, "ok"))
    keep(ward, text(3, 13, "I cannot breathe and my chest hurts"), text(4, 14, "fine"))
    assert handled_in_order(ward) == [3, 1, 2, 4]


def test_what_its_own_chat_said_before_stays_before_it(ward: Clinic) -> None:
    keep(ward, text(1, 11, "Thank you"), text(2, 12, "4"))
    keep(ward, text(3, 12, "my calf is swollen and hot"))
    assert handled_in_order(ward) == [2, 3, 1]


def test_a_strangers_words_overtake_nobody(ward: Clinic) -> None:
    keep(ward, text(1, 11, "Thank you"), text(2, 99, "I cannot breathe and my chest hurts"))
    assert handled_in_order(ward) == [1, 2]


def test_a_tap_on_a_red_answer_is_known_by_its_prompt(clinic: Clinic) -> None:
    chat = clinic.chat(ASHA_CHAT)
    chat.command("warning")
    with clinic.session() as session:
        prompt = session.scalars(select(Prompt).order_by(Prompt.id.desc())).first()
        assert prompt is not None
        token, signs = prompt.token, [*prompt.choices, "never there"]
    urgent = [sign for number, sign in enumerate(signs) if is_urgent(clinic, tap(token, number))]
    assert "calf" in urgent
    assert "chest" in urgent
    assert "no-stool" not in urgent
    assert "never there" not in urgent


@pytest.mark.parametrize(
    ("question", "words", "urgent"),
    [("temperature", "39.2", True), ("temperature", "36.8", False), ("legs", "calf", True)],
)
def test_a_typed_answer_is_read_with_its_question(
    clinic: Clinic, question: str, words: str, urgent: bool
) -> None:
    chat = clinic.chat(ASHA_CHAT)
    chat.command("checkin")
    for asked, calm in (
        ("pain", "2"),
        ("medicine", "none"),
        ("wound", "dry"),
        ("temperature", "normal"),
    ):
        if asked == question:
            break
        chat.taps(calm, question=asked)
    assert is_urgent(clinic, text(1, ASHA_CHAT, words)) is urgent


@pytest.mark.parametrize(
    "odd",
    [
        {"message": "words"}, {"message": {"text": ["a", "list"]}}, {"callback_query": {"data": 5}},
        {"callback_query": {"data": "gone:0"}}, {"callback_query": {"data": "x:99999999999"}},
        {"callback_query": {"data": "\x00:0"}}, {"callback_query": {"data": "\ud800:0"}},
        {"message": {"text": "\ud800 \x00 " * 500}}, {},
    ],
)  # fmt: skip
def test_odd_content_is_kept_and_is_not_urgent(either: Clinic, odd: dict[str, Any]) -> None:
    for part in odd.values():
        if isinstance(part, dict):
            part["chat"] = part["from"] = {"id": ASHA_CHAT}
    keep(either, {"update_id": 1, **odd})
    with either.session() as session:
        assert session.get_one(InboxUpdate, (BOT, 1)).priority == inbox.ORDINARY


def tap(token: str, number: int) -> dict[str, Any]:
    return {"callback_query": {"from": {"id": ASHA_CHAT}, "data": f"{token}:{number}"}}


def is_urgent(clinic: Clinic, body: dict[str, Any]) -> bool:
    with clinic.session() as session:
        hint = urgency_hint.looks_urgent(clinic.context)
        return hint(session, ASHA_CHAT, body, clinic.now)
