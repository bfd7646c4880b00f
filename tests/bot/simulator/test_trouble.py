"""Errors, limits and scripted faults, as the client of the bot experiences them."""

from __future__ import annotations

import asyncio
import json

import pytest
from telegram.error import InvalidToken, NetworkError, RetryAfter, TelegramError, TimedOut

from bot.simulator import Pace, Simulator

from .conftest import ASHA, client_of
from .wire import post

# The client's own announcement that retry_after will become a timedelta.
pytestmark = pytest.mark.filterwarnings("ignore:Deprecated since version v22.2")


def test_a_wrong_token_is_refused(sim, run):
    async def hello():
        async with client_of(sim, "999:WRONG"):
            pass

    with pytest.raises(InvalidToken):
        run(hello())


def test_an_unknown_method_is_told_apart(sim):
    status, body = post(sim, f"/bot{sim.token}/sendTelepathy")
    assert (status, json.loads(body)["description"]) == (404, "Not Found: method not found")


@pytest.mark.parametrize("verb", ["GET", "POST", "PUT", "DELETE", "PATCH"])
@pytest.mark.parametrize("kind", ["application/json", "multipart/form-data; boundary=x", ""])
def test_garbage_never_breaks_the_server(sim, verb, kind):
    for path in (f"/bot{sim.token}/sendMessage", "/sim/send", "/sim/nothing", "/%00", "//bot"):
        status, _ = post(sim, path, b"\x00\xff{[", {"Content-Type": kind}, verb)
        assert 400 <= status < 500
    assert post(sim, f"/bot{sim.token}/getMe")[0] == 200


def test_parameters_may_come_in_the_query(sim, asha):
    status, _ = post(sim, f"/bot{sim.token}/sendmessage?chat_id={ASHA}&text=hi", verb="GET")
    assert (status, asha.last.text) == (200, "hi")


def test_a_scripted_429_says_how_long_to_wait(sim, asha, bot, run):
    sim.faults.add(
        "status", "sendMessage", status=429, description="Too Many Requests", retry_after=7
    )
    with pytest.raises(RetryAfter) as refusal:
        run(bot.send_message(ASHA, "x"))
    assert refusal.value._retry_after.total_seconds() == 7
    run(bot.send_message(ASHA, "x"))
    assert len(asha.messages) == 1


def test_the_flood_limit_counts_each_private_chat(run):
    now = [0.0]
    pace = Pace(private_burst=3, now=lambda: now[0])
    with Simulator(pace=pace) as sim:
        sim.user(ASHA)
        sim.user(ASHA + 1)

        async def story():
            async with client_of(sim) as bot:
                for _ in range(3):
                    await bot.send_message(ASHA, "x")
                with pytest.raises(RetryAfter):
                    await bot.send_message(ASHA, "x")
                await bot.send_message(ASHA + 1, "x")
                now[0] += 1
                await bot.send_message(ASHA, "x")

        run(story())


def test_a_group_takes_twenty_messages_a_minute(run):
    now = [0.0]
    with Simulator(pace=Pace(now=lambda: now[0])) as sim:
        team = sim.group(-100500, "On call")

        async def story():
            async with client_of(sim) as bot:
                for _ in range(20):
                    await bot.send_message(team.chat_id, "x")
                with pytest.raises(RetryAfter):
                    await bot.send_message(team.chat_id, "x")

        run(story())
        assert len(team.messages) == 20


def test_a_call_dropped_before_handling_leaves_nothing(sim, asha, bot, run):
    sim.faults.add("drop_before", "sendMessage")
    with pytest.raises(NetworkError):
        run(bot.send_message(ASHA, "never sent"))
    assert asha.messages == []


def test_a_call_dropped_after_handling_was_accepted_all_the_same(sim, asha, bot, run):
    sim.faults.add("drop_after", "sendMessage", chat_id=ASHA)
    with pytest.raises(NetworkError):
        run(bot.send_message(ASHA, "sent, not confirmed"))
    assert asha.last.text == "sent, not confirmed"


def test_a_delay_beyond_the_clients_patience_is_a_timeout(sim, asha, bot, run):
    sim.faults.add("delay", "sendMessage", seconds=30)
    with pytest.raises(TimedOut):
        run(bot.send_message(ASHA, "slow", read_timeout=0.05))


def test_an_answer_that_is_not_json_is_an_error(sim, asha, bot, run):
    sim.faults.add("malformed", "sendMessage")
    with pytest.raises(TelegramError, match=r"(?i)invalid server response"):
        run(bot.send_message(ASHA, "x"))
    assert asha.last.text == "x"


def test_a_fault_can_wait_for_the_nth_call_or_for_luck(sim, asha, bot, run):
    sim.faults.add("status", "sendMessage", nth=2, status=502, description="Bad Gateway")
    sim.faults.add("status", "sendMessage", times=None, probability=0.0)
    run(bot.send_message(ASHA, "1"))
    with pytest.raises(NetworkError, match="Bad Gateway"):
        run(bot.send_message(ASHA, "2"))
    run(bot.send_message(ASHA, "3"))
    assert [message.text for message in asha.messages] == ["1", "3"]


def test_stopping_ends_a_waiting_poll_at_once(run):
    sim = Simulator().start()

    async def poll_and_stop():
        async with client_of(sim) as bot:
            poll = asyncio.create_task(bot.get_updates(timeout=50))
            await asyncio.to_thread(sim.wait_until, lambda: sim.calls.get("getUpdates"))
            await asyncio.to_thread(sim.stop)
            return await asyncio.wait_for(poll, 2)

    assert run(poll_and_stop()) == ()
