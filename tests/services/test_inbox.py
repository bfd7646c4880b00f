"""The inbox: stored once, handed out in order, and nothing in it can stop it."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from rehab.models import InboxState, InboxUpdate
from rehab.services import inbox
from rehab.services.context import Context
from tests.bot.conftest import app as app
from tests.bot.places import session_of

NOW = datetime(2026, 1, 5, 4, 0, tzinfo=UTC)
NO_CONTEXT = cast(Context, None)


def message(update_id: int, chat: int = 1001, text: str = "hello") -> dict[str, Any]:
    return {"update_id": update_id, "message": {"chat": {"id": chat}, "text": text}}


def accept(session: Session, *updates: Any) -> int:
    return inbox.accept(session, bot_id=1, updates=updates, now=NOW)


def next_id(session: Session, now: datetime = NOW) -> int | None:
    row = inbox.next_row(session, now=now)
    return row.update_id if row else None


def finish(session: Session) -> int:
    row = inbox.next_row(session, now=NOW)
    assert row is not None
    inbox.mark_done(row, NOW)
    session.flush()
    return row.update_id


def test_an_update_delivered_three_times_is_stored_once(app: Flask) -> None:
    with session_of(app) as session:
        assert accept(session, message(5), message(5)) == 1
        assert accept(session, message(5), message(6)) == 1
        assert session.query(InboxUpdate).count() == 2


def test_updates_of_one_chat_are_handed_out_in_their_order(app: Flask) -> None:
    with session_of(app) as session:
        accept(session, message(7), message(6), message(5, chat=1002))
        assert [finish(session) for _ in range(3)] == [5, 6, 7]
        assert next_id(session) is None


def test_a_failed_update_holds_back_its_chat_only(app: Flask) -> None:
    with session_of(app) as session:
        accept(session, message(5), message(6), message(7, chat=1002))
        inbox.mark_failed(session, NO_CONTEXT, row_key=(1, 5), error="E", now=NOW)
        assert next_id(session) == 7
        assert next_id(session, NOW + timedelta(seconds=2)) == 5


def test_after_three_failures_an_update_is_dead_and_its_chat_goes_on(app: Flask) -> None:
    with session_of(app) as session:
        accept(session, message(5), message(6))
        for _ in range(3):
            inbox.mark_failed(session, NO_CONTEXT, row_key=(1, 5), error="E", now=NOW)
        row = session.get_one(InboxUpdate, (1, 5))
        assert (row.state, row.attempts) == (InboxState.DEAD, 3)
        assert row.raw is not None
        assert next_id(session) == 6


def test_a_failure_seen_by_two_workers_counts_once(app: Flask) -> None:
    with session_of(app) as session:
        accept(session, message(5))
        for _ in range(4):
            inbox.mark_failed(
                session, NO_CONTEXT, row_key=(1, 5), error="E", now=NOW, seen_attempts=0
            )
        assert session.get_one(InboxUpdate, (1, 5)).attempts == 1


@pytest.mark.parametrize(
    ("raw", "chat"),
    [
        ({"update_id": 1, "message": {"chat": {"id": -5}}}, -5),
        ({"update_id": 1, "edited_message": {"chat": {"id": 7}}}, 7),
        ({"update_id": 1, "callback_query": {"from": {"id": 8}}}, 8),
        ({"update_id": 1, "callback_query": {"message": {"chat": {"id": 9}}}}, 9),
        ({"update_id": 1, "my_chat_member": {"chat": {"id": 10}}}, 10),
        ({"update_id": 1, "message": {"chat": {"id": "7"}}}, 0),
        ({"update_id": 1, "message": "words"}, 0),
        ({"update_id": 1, "message": {"chat": {"id": 10**30}}}, 0),
        ("not json", 0),
        ("[]", 0),
        ("[" * 100_000, 0),
    ],
)
def test_the_chat_is_read_as_far_as_it_can_be(app: Flask, raw: Any, chat: int) -> None:
    with session_of(app) as session:
        assert accept(session, raw) == 1
        assert session.query(InboxUpdate).one().chat_key == chat


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)
_odd = st.text() | st.dictionaries(
    st.sampled_from(["update_id", "message", "callback_query", "from", "chat", "id"]), _json
)


@settings(
    max_examples=60, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(st.lists(_odd, max_size=4))
def test_no_content_can_keep_an_update_from_being_stored(app: Flask, odd: list[Any]) -> None:
    with session_of(app) as session:
        inbox.accept(session, bot_id=1, updates=odd, now=NOW)
        session.flush()
        for row in session.query(InboxUpdate):
            assert row.raw is not None
        session.query(InboxUpdate).delete()


def test_old_texts_are_erased_but_not_what_still_waits(app: Flask) -> None:
    with session_of(app) as session:
        accept(session, message(5), message(6))
        finish(session)
        assert inbox.erase_old(session, before=NOW + timedelta(days=30)) == 1
        assert session.get_one(InboxUpdate, (1, 5)).raw is None
        assert session.get_one(InboxUpdate, (1, 6)).raw is not None


def test_workers_at_the_same_moment_keep_each_chat_in_order(app: Flask) -> None:
    with session_of(app) as session:
        accept(session, *[message(n, chat=1000 + n % 7) for n in range(1, 141)])
    order: list[tuple[int, int]] = []

    def work() -> None:
        misses = 0
        while misses < 3:
            with session_of(app) as session:
                row = inbox.next_row(session, now=NOW)
                if row is None:
                    misses += 1
                    continue
                inbox.mark_done(row, NOW)
                order.append((row.chat_key, row.update_id))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(order) == len(set(order)) == 140
    for chat in range(1000, 1007):
        mine = [update_id for key, update_id in order if key == chat]
        assert mine == sorted(mine)
