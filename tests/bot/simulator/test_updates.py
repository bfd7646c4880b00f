"""How updates wait, are confirmed, expire, and are pushed."""

from __future__ import annotations

import asyncio
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from telegram import InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import BadRequest, Conflict, TelegramError

from .conftest import ASHA, client_of
from .wire import post

BUTTON = InlineKeyboardMarkup([[InlineKeyboardButton("Yes", callback_data="y")]])


def texts(updates):
    return [update.message.text for update in updates]


def test_an_update_comes_again_until_it_is_confirmed(sim, asha, bot, run):
    for word in ("one", "two", "three"):
        asha.send_text(word)
    first = run(bot.get_updates())
    assert texts(first) == texts(run(bot.get_updates())) == ["one", "two", "three"]
    ids = [update.update_id for update in first]
    assert ids == [ids[0], ids[0] + 1, ids[0] + 2]

    assert texts(run(bot.get_updates(offset=ids[1]))) == ["two", "three"]
    assert texts(run(bot.get_updates())) == ["two", "three"]
    assert run(bot.get_updates(offset=ids[2] + 1)) == ()
    assert sim.pending_updates == []


def test_limit_and_negative_offset(asha, bot, run):
    for number in range(5):
        asha.send_text(str(number))
    assert texts(run(bot.get_updates(limit=2))) == ["0", "1"]
    assert texts(run(bot.get_updates(offset=-2))) == ["3", "4"]
    assert texts(run(bot.get_updates())) == ["3", "4"]


def test_a_waiting_poll_wakes_at_once(sim, asha, bot, run):
    async def wait_and_write():
        poll = asyncio.create_task(bot.get_updates(timeout=30))
        await asyncio.to_thread(sim.wait_until, lambda: sim.calls.get("getUpdates"))
        asha.send_text("here")
        return await asyncio.wait_for(poll, 1)

    assert texts(run(wait_and_write())) == ["here"]


def test_the_older_of_two_pollers_meets_a_conflict(sim, asha, bot, run):
    async def two_pollers():
        older = asyncio.create_task(bot.get_updates(timeout=30))
        await asyncio.to_thread(sim.wait_until, lambda: sim.calls.get("getUpdates"))
        async with client_of(sim) as second:
            assert await second.get_updates(timeout=0) == ()
        await older

    with pytest.raises(Conflict, match="terminated by other getUpdates"):
        run(two_pollers())


def test_a_tap_lives_150_seconds_and_a_text_a_day(sim, asha, bot, run):
    run(bot.send_message(ASHA, "?", reply_markup=BUTTON))
    asha.send_text("words")
    asha.tap(asha.last, "Yes")
    sim.move_clock(advance_seconds=149)
    assert len(run(bot.get_updates())) == 2
    sim.move_clock(advance_seconds=2)
    assert texts(run(bot.get_updates())) == ["words"]
    sim.move_clock(advance_seconds=24 * 3600)
    assert run(bot.get_updates()) == ()


def test_a_late_answer_to_a_tap_is_refused(sim, asha, bot, run):
    run(bot.send_message(ASHA, "?", reply_markup=BUTTON))
    tap = asha.tap(None, "y")
    sim.move_clock(advance_seconds=16)
    with pytest.raises(BadRequest, match=r"(?i)query is too old"):
        run(bot.answer_callback_query(tap.id))
    with pytest.raises(BadRequest, match=r"(?i)query ID is invalid"):
        run(bot.answer_callback_query("123"))
    assert not tap.answered


def test_reactions_come_only_to_a_bot_that_asked_for_them(sim, asha, bot, run):
    sent = run(bot.send_message(ASHA, "Well done"))
    asha.react(sent, "👍")
    assert sim.pending_updates == []
    run(bot.get_updates(allowed_updates=["message", "message_reaction"]))
    asha.react(sent, "🔥")
    (update,) = run(bot.get_updates())
    assert update.message_reaction.new_reaction[0].emoji == "🔥"


def fetch(sim):
    return json.loads(post(sim, f"/bot{sim.token}/getUpdates")[1])


def test_malformed_updates_can_be_injected(sim, asha, bot, run):
    sim.push_raw({"update_id": 900, "message": "a string, not an object"})
    sim.push_raw({"message": {"text": "nobody knows my number"}})
    sim.push_raw('{"update_id": 902, "brand_new_kind": {"x": 1}}')
    assert [sorted(body) for body in sim.pending_updates] == [
        ["message", "update_id"],
        ["message"],
        ["brand_new_kind", "update_id"],
    ]
    assert fetch(sim)["result"][0]["message"] == "a string, not an object"
    sim.push_raw("{this is not JSON")
    with pytest.raises(TelegramError, match=r"(?i)invalid server response"):
        run(bot.get_updates(offset=903))
    assert sim.pending_updates == []


def test_message_dates_follow_the_moved_clock(sim, asha, bot, run):
    before = run(bot.send_message(ASHA, "today")).date
    sim.move_clock(preset="tomorrow_0900")
    after = run(bot.send_message(ASHA, "tomorrow")).date
    local = after.astimezone(sim.timezone)
    assert (local.date() - before.astimezone(sim.timezone).date()).days == 1
    assert (local.hour, local.minute) == (9, 0)


class Receiver:
    """A bot's webhook that fails as often as it is told to."""

    def __init__(self, failures: int) -> None:
        receiver = self
        self.failures = failures
        self.seen: list[dict] = []
        self.secrets: set[str | None] = set()
        self.changed = threading.Condition()

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(receiver.take(body, self.headers))
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"

    def take(self, body, headers) -> int:
        with self.changed:
            self.secrets.add(headers["X-Telegram-Bot-Api-Secret-Token"])
            if self.failures > 0:
                self.failures -= 1
                return 503
            self.seen.append(json.loads(body))
            self.changed.notify_all()
            return 200

    def wait_for(self, count: int) -> list[str]:
        with self.changed:
            assert self.changed.wait_for(lambda: len(self.seen) >= count, 5)
            return [update["message"]["text"] for update in self.seen]

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def receiver():
    made = Receiver(failures=2)
    yield made
    made.close()


def test_a_webhook_gets_its_secret_and_every_update_in_order(sim, asha, bot, run, receiver):
    asha.send_text("before")
    run(bot.set_webhook(receiver.url, secret_token="s3cret"))
    asha.send_text("after")
    assert receiver.wait_for(2) == ["before", "after"]
    assert receiver.secrets == {"s3cret"}
    sim.wait_delivered()
    info = run(bot.get_webhook_info())
    assert (info.url, info.pending_update_count) == (receiver.url, 0)
    assert "503" in info.last_error_message
    with pytest.raises(Conflict, match="webhook is active"):
        run(bot.get_updates())
    run(bot.delete_webhook())
    assert run(bot.get_updates()) == ()


def test_one_chats_failing_webhook_does_not_hold_up_another(sim, asha, meera, bot, run, receiver):
    sim.state.settings.webhook_backoff = 60
    receiver.failures = 1
    run(bot.set_webhook(receiver.url))
    asha.send_text("held up")
    sim.wait_until(lambda: sim.state.webhook.last_error_message)
    meera.send_text("through")
    assert receiver.wait_for(1) == ["through"]
