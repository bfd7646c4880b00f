"""What looks like a warning sign is handled before what merely came earlier."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select

from rehab.models import InboxUpdate, Prompt
from rehab.services import inbox, urgency_hint
from tests.support.build import ASHA_CHAT, Clinic

BOT = 7
BEGINNING = (datetime.min.replace(tzinfo=UTC), 0)


def text(update_id: int, chat: int, words: Any) -> dict[str, Any]:
    return {"update_id": update_id, "message": {"chat": {"id": chat}, "text": words}}


def keep(clinic: Clinic, *updates: dict[str, Any]) -> None:
    with clinic.session() as session:
        inbox.accept(session, bot_id=BOT, updates=updates, now=clinic.now)


def look_ahead(clinic: Clinic, after: inbox.Place = BEGINNING, limit: int = 100) -> inbox.Place:
    with clinic.session() as session:
        return urgency_hint.look_ahead(
            session, clinic.context, after=after, limit=limit, now=clinic.now
        )


def handled_in_order(clinic: Clinic) -> list[int]:
    look_ahead(clinic)
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
    assert look_ahead(either) == (either.now, 1)
    with either.session() as session:
        assert session.get_one(InboxUpdate, (BOT, 1)).priority == inbox.ORDINARY


def test_it_goes_on_where_it_stopped(ward: Clinic) -> None:
    keep(ward, text(1, 11, "Thank you"), text(2, 12, "My chest hurts"))
    keep(ward, text(3, 13, "I cannot breathe"))
    place = look_ahead(ward, limit=1)
    assert place == (ward.now, 1)
    place = look_ahead(ward, place, limit=1)
    with ward.session() as session:
        rows = session.scalars(select(InboxUpdate).order_by(InboxUpdate.update_id))
        assert [row.priority for row in rows] == [inbox.ORDINARY, inbox.URGENT, inbox.ORDINARY]
    assert look_ahead(ward, look_ahead(ward, place)) == (ward.now, 3)


def tap(token: str, number: int) -> dict[str, Any]:
    return {"callback_query": {"from": {"id": ASHA_CHAT}, "data": f"{token}:{number}"}}


def is_urgent(clinic: Clinic, body: dict[str, Any]) -> bool:
    with clinic.session() as session:
        row = InboxUpdate(
            bot_id=BOT,
            update_id=1,
            chat_key=ASHA_CHAT,
            raw=json.dumps(body),
            received_at=clinic.now,
        )
        return urgency_hint.looks_urgent(session, clinic.context, row=row, now=clinic.now)
