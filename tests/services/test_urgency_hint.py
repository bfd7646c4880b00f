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


def test_a_cry_for_help_overtakes_the_thank_yous_of_others(either: Clinic) -> None:
    keep(either, text(1, 11, "Thank you"), text(2, 12, "ok"))
    keep(either, text(3, 13, "I cannot breathe and my chest hurts"), text(4, 14, "fine"))
    assert handled_in_order(either) == [3, 1, 2, 4]


def test_what_its_own_chat_said_before_stays_before_it(either: Clinic) -> None:
    keep(either, text(1, 11, "Thank you"), text(2, 12, "4"))
    keep(either, text(3, 12, "my calf is swollen and hot"))
    assert handled_in_order(either) == [2, 3, 1]


def test_a_tap_on_a_red_answer_is_known_by_its_prompt(clinic: Clinic) -> None:
    chat = clinic.chat(ASHA_CHAT)
    chat.command("warning")
    with clinic.session() as session:
        hint = urgency_hint.looks_urgent(clinic.context)
        prompt = session.scalars(select(Prompt).order_by(Prompt.id.desc())).first()
        assert prompt is not None
        taps = [
            hint(session, {"callback_query": {"data": f"{prompt.token}:{number}"}})
            for number in range(len(prompt.choices) + 1)
        ]
    assert any(taps)
    assert not taps[-1], "a button that was never there"


@pytest.mark.parametrize(
    "odd",
    [
        {"message": "words"}, {"message": {"text": ["a", "list"]}}, {"callback_query": {"data": 5}},
        {"callback_query": {"data": "gone:0"}}, {"callback_query": {"data": "x:99999999999"}},
        {"message": {"text": "\ud800 \x00 " * 500}}, {},
    ],
)  # fmt: skip
def test_odd_content_is_kept_and_is_not_urgent(clinic: Clinic, odd: dict[str, Any]) -> None:
    keep(clinic, {"update_id": 1, **odd})
    with clinic.session() as session:
        assert session.get_one(InboxUpdate, (BOT, 1)).priority == inbox.ORDINARY
