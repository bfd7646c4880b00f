"""The outbox: what is sent next, what never is, and what an unknown outcome means for each class."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from rehab.models import MessageClass, OutboxMessage, OutboxState
from rehab.services import outbox
from rehab.services.outbox import Button
from tests.bot.conftest import app as app
from tests.bot.places import session_of

NOW = datetime(2026, 1, 5, 4, 0, tzinfo=UTC)
ASHA, OLU = 1001, 1002
ALERT, SAFETY, REPLY, PROMPT, DIGEST = MessageClass
_keys = count()


def say(session: Session, message_class: MessageClass, chat: int = ASHA, **more: Any) -> int:
    values: dict[str, Any] = {
        "dedupe_key": f"key {next(_keys)}",
        "message_class": message_class,
        "kind": "test",
        "chat_id": chat,
        "text": "words",
        "now": NOW,
    }
    return outbox.enqueue(session, **(values | more)).id


def claim(session: Session, now: datetime = NOW, **more: Any) -> list[int]:
    values: dict[str, Any] = {"now": now, "epoch": 1, "limit": 10}
    return [row.id for row in outbox.claim(session, **(values | more))]


def state(session: Session, message_id: int) -> str:
    return session.get_one(OutboxMessage, message_id).state


def test_the_same_key_again_returns_the_row_that_exists(app: Flask) -> None:
    with session_of(app) as session:
        first = say(session, REPLY, dedupe_key="once", text="first")
        assert say(session, REPLY, dedupe_key="once", text="second") == first
        assert session.get_one(OutboxMessage, first).text == "first"


def test_a_message_is_measured_as_telegram_measures_it(app: Flask) -> None:
    with session_of(app) as session:
        say(session, REPLY, text="😀" * 2048)
        with pytest.raises(ValueError, match="4096"):
            say(session, REPLY, text="😀" * 2048 + "a")
        with pytest.raises(ValueError, match="needs a text"):
            say(session, REPLY, text=" ")


def test_a_button_that_telegram_would_refuse_is_refused_at_once(app: Flask) -> None:
    with session_of(app) as session:
        say(session, REPLY, buttons=[[Button("Yes", "x" * 64)]])
        with pytest.raises(ValueError, match="64 bytes"):
            say(session, REPLY, buttons=[[Button("Yes", "é" * 33)]])


def test_half_an_emoji_does_not_stop_a_message(app: Flask) -> None:
    with session_of(app) as session:
        row = session.get_one(OutboxMessage, say(session, REPLY, text="pain \ud83d"))
        assert row.text is not None
        assert row.text.startswith("pain ")
        row.text.encode()


def test_one_message_per_chat_travels_at_a_time_in_order(app: Flask) -> None:
    with session_of(app) as session:
        first, second, other = (
            say(session, REPLY),
            say(session, REPLY),
            say(session, REPLY, OLU),
        )
        assert claim(session) == [first, other]
        assert claim(session) == []
        outbox.record_accepted(session, message_id=first, epoch=1, provider_id=9, now=NOW)
        assert claim(session) == [second]


def test_alerts_overtake_reminders(app: Flask) -> None:
    with session_of(app) as session:
        say(session, DIGEST)
        say(session, PROMPT)
        reply, alert = say(session, REPLY), say(session, ALERT)
        assert claim(session) == [alert]
        outbox.record_accepted(session, message_id=alert, epoch=1, provider_id=9, now=NOW)
        assert claim(session) == [reply]


def test_a_message_for_later_holds_nobody_back(app: Flask) -> None:
    with session_of(app) as session:
        say(session, REPLY, not_before=NOW + timedelta(hours=1))
        now_due = say(session, REPLY)
        assert claim(session) == [now_due]


def test_a_message_that_is_tried_again_keeps_its_place(app: Flask) -> None:
    with session_of(app) as session:
        first, second = say(session, REPLY), say(session, REPLY)
        assert claim(session) == [first]
        outbox.record_retry(
            session,
            message_id=first,
            epoch=1,
            not_before=NOW + timedelta(seconds=30),
            counts_as_attempt=False,
        )
        assert claim(session) == []
        alert = say(session, ALERT)
        assert claim(session) == [alert], "only what is more urgent may pass"
        outbox.record_accepted(session, message_id=alert, epoch=1, provider_id=9, now=NOW)
        assert claim(session, NOW + timedelta(seconds=31)) == [first]
        outbox.record_accepted(session, message_id=first, epoch=1, provider_id=9, now=NOW)
        assert claim(session, NOW + timedelta(seconds=31)) == [second]


def test_paused_chats_wait(app: Flask) -> None:
    with session_of(app) as session:
        say(session, REPLY)
        prompt = say(session, PROMPT, OLU)
        assert claim(session, paused_chats={ASHA}) == [prompt]


def test_reminders_have_a_limit_of_their_own(app: Flask) -> None:
    with session_of(app) as session:
        reply = say(session, REPLY)
        first, second = say(session, PROMPT, OLU), say(session, PROMPT, OLU + 1)
        assert claim(session, unhurried_limit=0) == [reply]
        assert claim(session, unhurried_limit=1) == [first]
        assert claim(session) == [second]


def test_a_message_past_its_time_expires_and_frees_the_next(app: Flask) -> None:
    with session_of(app) as session:
        old = say(session, PROMPT, expires_at=NOW)
        fresh = say(session, PROMPT)
        assert claim(session) == [fresh]
        assert state(session, old) == OutboxState.EXPIRED


@pytest.mark.parametrize(
    "relevance", [{"care_task": 99}, {"open_alert": 99}, {"unresolved_alert": 99}, {"prompt_open": 99}]
)  # fmt: skip
def test_a_message_whose_reason_is_gone_is_cancelled_and_frees_the_next(
    app: Flask, relevance: dict[str, int]
) -> None:
    with session_of(app) as session:
        pointless, next_one = say(session, ALERT, relevance=relevance), say(session, REPLY)
        assert claim(session) == [next_one]
        assert state(session, pointless) == OutboxState.CANCELLED


def test_an_edit_leaves_after_its_message_and_can_never_block_it(app: Flask) -> None:
    with session_of(app) as session:
        original = say(session, REPLY)
        edit = say(session, REPLY, edits_id=original)
        assert claim(session) == [original]
        outbox.record_accepted(session, message_id=original, epoch=1, provider_id=9, now=NOW)
        assert claim(session) == [edit]
        outbox.record_accepted(session, message_id=edit, epoch=1, provider_id=9, now=NOW)
        unsent = say(session, PROMPT)
        urgent_edit = say(session, REPLY, edits_id=unsent)
        assert claim(session) == [urgent_edit]
        outbox.record_accepted(session, message_id=urgent_edit, epoch=1, provider_id=9, now=NOW)
        assert claim(session) == [unsent]


def test_an_edit_of_a_message_nobody_saw_is_dropped(app: Flask) -> None:
    with session_of(app) as session:
        original = say(session, REPLY)
        claim(session)
        outbox.record_unknown(session, message_id=original, epoch=1, now=NOW)
        edit = say(session, REPLY, edits_id=original, relevance={"shown_original": original})
        assert claim(session) == []
        assert state(session, edit) == OutboxState.CANCELLED


@pytest.mark.parametrize(
    ("message_class", "resends"), [(ALERT, 3), (SAFETY, 5), (REPLY, 0), (PROMPT, 0), (DIGEST, 0)]
)
def test_an_unknown_outcome_is_repeated_only_where_a_loss_is_worse_than_a_repeat(
    app: Flask, message_class: MessageClass, resends: int
) -> None:
    with session_of(app) as session:
        message = say(session, message_class)
        now = NOW
        for _ in range(resends):
            assert claim(session, now) == [message]
            outbox.record_unknown(session, message_id=message, epoch=1, now=now)
            assert claim(session, now) == [], "not at once"
            now += timedelta(minutes=2)
        assert claim(session, now) == [message]
        outbox.record_unknown(session, message_id=message, epoch=1, now=now)
        assert state(session, message) == OutboxState.UNKNOWN
        assert claim(session, now + timedelta(days=1)) == []


@pytest.mark.parametrize(
    ("message_class", "expected"),
    [(ALERT, "queued"), (SAFETY, "queued"), (REPLY, "unknown"), (PROMPT, "unknown")],
)
def test_a_dead_senders_message_is_settled_by_its_class(
    app: Flask, message_class: MessageClass, expected: str
) -> None:
    with session_of(app) as session:
        message = say(session, message_class)
        claim(session)
        assert outbox.release_expired_leases(session, now=NOW + timedelta(seconds=59)) == 0
        assert outbox.release_expired_leases(session, now=NOW + timedelta(seconds=60)) == 1
        assert state(session, message) == expected


def test_a_new_sender_settles_what_the_one_before_left_without_waiting(app: Flask) -> None:
    with session_of(app) as session:
        say(session, ALERT)
        claim(session, epoch=1)
        assert outbox.release_expired_leases(session, now=NOW, before_epoch=1) == 0
        assert outbox.release_expired_leases(session, now=NOW, before_epoch=2) == 1


def test_a_deposed_sender_can_record_nothing(app: Flask) -> None:
    with session_of(app) as session:
        message = say(session, ALERT)
        claim(session, epoch=1)
        outbox.release_expired_leases(session, now=NOW, before_epoch=2)
        claim(session, NOW + timedelta(seconds=10), epoch=2)
        mine: dict[str, Any] = {"message_id": message, "epoch": 1}
        assert not outbox.record_accepted(session, **mine, provider_id=9, now=NOW)
        assert not outbox.record_failed(session, **mine, error="x")
        assert not outbox.record_unknown(session, **mine, now=NOW)
        assert not outbox.record_retry(session, **mine, not_before=NOW, counts_as_attempt=True)
        assert state(session, message) == OutboxState.SENDING


def test_a_message_a_server_always_refuses_is_given_up_and_frees_its_chat(app: Flask) -> None:
    with session_of(app) as session:
        broken, next_one = say(session, REPLY), say(session, REPLY)
        for _ in range(outbox.MAX_ATTEMPTS):
            assert claim(session) == [broken]
            outbox.record_retry(
                session, message_id=broken, epoch=1, not_before=NOW, counts_as_attempt=True
            )
        assert state(session, broken) == OutboxState.FAILED
        assert claim(session) == [next_one]


def test_claimers_at_the_same_moment_never_take_the_same_message(app: Flask) -> None:
    chats = 40
    with session_of(app) as session:
        for chat in range(chats):
            say(session, REPLY, 5000 + chat)
    taken: list[int] = []
    lock = threading.Lock()

    def one_sender(epoch: int) -> None:
        for _ in range(12):
            with session_of(app) as session:
                found = claim(session, epoch=epoch, limit=5)
            with lock:
                taken.extend(found)

    threads = [threading.Thread(target=one_sender, args=(n,)) for n in range(1, 5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == len(set(taken)) == chats
