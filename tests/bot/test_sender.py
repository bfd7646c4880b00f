"""The sender against a Bot API server over HTTP: what arrives, in which order, after which trouble."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest

from bot.simulator import Simulator
from rehab.models import MessageClass, OutboxMessage, OutboxState
from rehab.services import leases, outbox
from rehab.services.outbox import Button
from tests.bot.places import Site, session_of

ASHA, OLU = 1001, 1002
ALERT, SAFETY, REPLY, PROMPT, DIGEST = MessageClass
_keys = count()


def say(site: Site, message_class: MessageClass, text: str, chat: int = ASHA, **more: Any) -> int:
    values: dict[str, Any] = {
        "dedupe_key": f"key {next(_keys)}",
        "message_class": message_class,
        "kind": "test",
        "chat_id": chat,
        "text": text,
        "now": datetime.now(UTC),
    }
    with session_of(site.app) as session:
        return outbox.enqueue(session, **(values | more)).id


def row(site: Site, message_id: int) -> OutboxMessage:
    return next(found for found in site.outbox() if found.id == message_id)


def until(ready: Callable[[], object], seconds: float = 8.0) -> None:
    deadline = time.monotonic() + seconds
    while not ready():
        assert time.monotonic() < deadline, "did not happen in time"
        time.sleep(0.02)


def settled(site: Site, seconds: float = 8.0) -> None:
    waiting = (OutboxState.QUEUED, OutboxState.SENDING)
    until(lambda: all(found.state not in waiting for found in site.outbox()), seconds)


def texts(sim: Simulator, chat: int = ASHA) -> list[str]:
    return [call.text for call in sim.sent_to(chat, "sendMessage")]


@pytest.fixture
def asha(site: Site) -> Site:
    site.sim.user(ASHA)
    site.sim.user(OLU, "Olu")
    return site


def test_a_message_arrives_with_its_buttons_plain_and_without_a_preview(asha: Site) -> None:
    buttons = [[Button("Yes", "token:0"), Button("No", "token:1")]]
    message = say(asha, REPLY, "<b>5 < 6</b> _x_ https://example.org", buttons=buttons)
    with asha.bot():
        settled(asha)
    (call,) = asha.sim.sent_to(ASHA, "sendMessage")
    assert call.text == "<b>5 < 6</b> _x_ https://example.org"
    assert "parse_mode" not in call.params
    assert asha.sim.person(ASHA).last.buttons == ["Yes", "No"]
    assert row(asha, message).provider_id == call.result["message_id"]
    assert "is_disabled" in str(call.params["link_preview_options"])


def test_messages_of_one_chat_keep_their_order_and_alerts_overtake_reminders(asha: Site) -> None:
    for number in range(5):
        say(asha, PROMPT, f"reminder {number}")
    for number in range(5):
        say(asha, REPLY, f"reply {number}")
    say(asha, ALERT, "alert")
    with asha.bot():
        settled(asha)
    expected = ["alert", *(f"reply {n}" for n in range(5)), *(f"reminder {n}" for n in range(5))]
    assert texts(asha.sim) == expected


def test_a_quota_is_waited_out_and_order_is_kept(asha: Site) -> None:
    asha.sim.faults.add(
        "status", "sendMessage", chat_id=ASHA, status=429, retry_after=1, times=1,
        description="Too Many Requests: retry after 1",
    )  # fmt: skip
    first = say(asha, REPLY, "first")
    say(asha, REPLY, "second")
    say(asha, REPLY, "to Olu", OLU)
    began = time.monotonic()
    with asha.bot():
        until(lambda: texts(asha.sim, OLU), 3)
        assert not texts(asha.sim), "Olu did not wait for Asha's quota"
        settled(asha)
    assert time.monotonic() - began > 1
    assert texts(asha.sim) == ["first", "second"]
    assert row(asha, first).attempts == 0


@pytest.mark.parametrize(
    ("message_class", "received", "state"),
    [(ALERT, 2, "accepted"), (SAFETY, 2, "accepted"), (REPLY, 1, "unknown"), (PROMPT, 1, "unknown")],
)  # fmt: skip
def test_after_an_unknown_outcome_only_what_must_not_be_lost_is_repeated(
    asha: Site, message_class: MessageClass, received: int, state: str
) -> None:
    asha.sim.faults.add("drop_after", "sendMessage", times=1)
    message = say(asha, message_class, "words")
    with asha.bot():
        settled(asha, 20)
    assert texts(asha.sim) == ["words"] * received
    assert row(asha, message).state == state
    assert row(asha, message).ambiguous == 1


def test_a_server_in_trouble_is_tried_again_for_every_class(asha: Site) -> None:
    asha.sim.faults.add("status", "sendMessage", status=500, times=2)
    message = say(asha, PROMPT, "words")
    with asha.bot():
        settled(asha)
    assert texts(asha.sim) == ["words"]
    assert row(asha, message).attempts == 2


def test_an_answer_that_makes_no_sense_is_unknown_and_not_fatal(asha: Site) -> None:
    asha.sim.faults.add("malformed", "sendMessage", body="<html>hello</html>", times=1)
    strange = say(asha, REPLY, "strange")
    fine = say(asha, REPLY, "fine")
    with asha.bot():
        settled(asha)
    assert (row(asha, strange).state, row(asha, fine).state) == ("unknown", "accepted")


def test_a_success_the_client_cannot_hold_still_counts_as_accepted(asha: Site) -> None:
    body = '{"ok":true,"result":{"message_id":77,"something":"new"}}'
    asha.sim.faults.add("malformed", "sendMessage", body=body, times=1)
    message = say(asha, REPLY, "words")
    with asha.bot():
        settled(asha)
    assert (row(asha, message).state, row(asha, message).provider_id) == ("accepted", 77)


def test_a_permanent_refusal_frees_the_chat(asha: Site) -> None:
    asha.sim.faults.add(
        "status", "sendMessage", status=400, description="Bad Request: too long", times=1
    )
    broken = say(asha, REPLY, "broken")
    say(asha, REPLY, "next")
    with asha.bot():
        settled(asha)
    assert texts(asha.sim) == ["next"]
    assert row(asha, broken).state == "failed"


def test_a_blocked_chat_fails_and_others_go_on(asha: Site) -> None:
    asha.sim.person(ASHA).block_bot()
    lost = say(asha, PROMPT, "to nobody")
    say(asha, PROMPT, "to Olu", OLU)
    with asha.bot():
        settled(asha)
    assert (row(asha, lost).state, row(asha, lost).error) == ("failed", "blocked")
    assert texts(asha.sim, OLU) == ["to Olu"]


def test_an_edit_changes_the_message_and_the_same_edit_again_is_a_success(asha: Site) -> None:
    original = say(asha, REPLY, "before")
    edit = say(asha, REPLY, "after", edits_id=original)
    again = say(asha, REPLY, "after", edits_id=original)
    with asha.bot():
        settled(asha)
    assert [m.text for m in asha.sim.person(ASHA).bot_messages] == ["after"]
    assert row(asha, again).state == "accepted"
    assert row(asha, edit).provider_id == row(asha, original).provider_id


@pytest.mark.parametrize("why", ["never sent", "deleted by its reader"])
def test_what_cannot_be_edited_is_sent_anew(asha: Site, why: str) -> None:
    if why == "never sent":
        asha.sim.faults.add(
            "status", "sendMessage", status=400, description="Bad Request", times=1
        )
    else:
        asha.sim.faults.add(
            "status", "editMessageText", status=400, times=1,
            description="Bad Request: message to edit not found",
        )  # fmt: skip
    original = say(asha, ALERT, "card")
    say(asha, ALERT, "card, acknowledged", edits_id=original)
    with asha.bot():
        settled(asha)
    assert texts(asha.sim)[-1] == "card, acknowledged"


def test_an_edit_with_an_unknown_outcome_is_simply_done_again(asha: Site) -> None:
    asha.sim.faults.add("drop_after", "editMessageText", times=1)
    original = say(asha, REPLY, "before")
    edit = say(asha, REPLY, "after", edits_id=original)
    with asha.bot():
        settled(asha)
    assert row(asha, edit).state == "accepted"
    assert [m.text for m in asha.sim.person(ASHA).bot_messages] == ["after"]


def test_an_older_server_that_refuses_a_wish_still_gets_the_message(asha: Site) -> None:
    asha.sim.faults.add(
        "status", "sendMessage", status=400, times=1,
        description='Bad Request: unknown parameter "link_preview_options"',
    )  # fmt: skip
    say(asha, REPLY, "words")
    with asha.bot():
        settled(asha)
    assert texts(asha.sim) == ["words"]


def test_a_refused_token_keeps_every_message_until_it_is_accepted_again(asha: Site) -> None:
    asha.sim.faults.add("status", "sendMessage", status=401, description="Unauthorized", times=2)
    message = say(asha, REPLY, "words")
    with asha.bot():
        settled(asha)
    assert texts(asha.sim) == ["words"]
    assert row(asha, message).attempts == 0


def test_while_nothing_gets_through_messages_wait_without_counting(asha: Site) -> None:
    message = say(asha, PROMPT, "words")
    with _without_a_server(asha), asha.bot():
        time.sleep(2.0)
        assert row(asha, message).state in (OutboxState.QUEUED, OutboxState.SENDING)
        assert row(asha, message).attempts == 0


def test_two_processes_send_each_message_once(asha: Site) -> None:
    for number in range(10):
        say(asha, REPLY, f"{number}")
    with asha.bot(), asha.bot():
        settled(asha)
    assert texts(asha.sim) == [str(number) for number in range(10)]


def test_what_a_dead_sender_left_behind_is_settled_at_once_by_the_next(asha: Site) -> None:
    alert, reply = say(asha, ALERT, "alert"), say(asha, REPLY, "reply", OLU)
    now = datetime.now(UTC)
    with session_of(asha.app) as session:
        epoch = leases.take(session, name="sender:123", holder="dead", now=now, for_=timedelta())
        assert len(outbox.claim(session, now=now, epoch=epoch or 0, limit=5)) == 2
    with asha.bot():
        until(lambda: row(asha, reply).state == "unknown", 5)
        settled(asha, 20)
    assert row(asha, alert).state == "accepted"
    assert texts(asha.sim) == ["alert"]


def test_a_tap_is_acknowledged_within_two_seconds_with_its_toast(asha: Site) -> None:
    asha.notebook.toast = "Noted"
    say(asha, REPLY, "question", buttons=[[Button("Yes", "token:0")]])
    with asha.bot():
        settled(asha)
        person = asha.sim.person(ASHA)
        tap = person.tap_data(person.last.message_id, "token:0").wait_answered(2)
        assert tap.text == "Noted"
    assert (asha.notebook.events[-1].token, asha.notebook.events[-1].choice) == ("token", 0)


def test_a_tap_whose_handling_fails_is_acknowledged_all_the_same(asha: Site) -> None:
    asha.notebook.fail_on_taps = True
    say(asha, REPLY, "question", buttons=[[Button("Yes", "token:0")]])
    with asha.bot():
        settled(asha)
        person = asha.sim.person(ASHA)
        person.tap_data(person.last.message_id, "token:0").wait_answered(2)
    assert asha.notebook.events == []


@contextmanager
def _without_a_server(site: Site) -> Iterator[None]:
    """Nobody listens where the bot calls."""
    runtime = site.app.extensions["rehab"]
    settings = runtime.settings.model_copy(update={"telegram_api_url": "http://127.0.0.1:9"})
    site.app.extensions["rehab"] = type(runtime)(settings, runtime.context, runtime.clock)
    yield


def test_a_card_goes_into_the_topic_of_a_group_and_a_deleted_topic_does_not_stop_it(
    asha: Site,
) -> None:
    group = asha.sim.group(-100500)
    asha.sim.faults.add(
        "status", "sendMessage", chat_id=-100500, status=400, times=1,
        description="Bad Request: message thread not found",
    )  # fmt: skip
    say(asha, ALERT, "card", -100500, thread_id=7)
    with asha.bot():
        settled(asha)
    (call,) = asha.sim.sent_to(-100500, "sendMessage")
    assert group.last.text == "card"
    assert "message_thread_id" not in call.params
    say(asha, ALERT, "another", -100500, thread_id=7)
    with asha.bot():
        settled(asha)
    assert str(asha.sim.sent_to(-100500, "sendMessage")[-1].params["message_thread_id"]) == "7"


def test_a_card_that_can_wait_arrives_without_a_sound(asha: Site) -> None:
    say(asha, ALERT, "can wait", is_silent=True)
    say(asha, ALERT, "now")
    with asha.bot():
        settled(asha)
    sent = {call.params["text"]: call for call in asha.sim.sent_to(ASHA, "sendMessage")}
    assert str(sent["can wait"].params["disable_notification"]).lower() == "true"
    assert "disable_notification" not in sent["now"].params
