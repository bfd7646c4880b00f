"""The page's endpoints, spoken to without a browser."""

from __future__ import annotations

import hashlib
import hmac
import json
from urllib.parse import parse_qsl

import pytest

from bot.simulator import Simulator

from .conftest import ASHA
from .test_messages import picture
from .wire import post


def act(sim, path, headers=None, **body):
    status, answer = post(sim, f"/sim/{path}", json.dumps(body).encode(), headers)
    return status, json.loads(answer)


def look(sim, path):
    status, answer = post(sim, f"/sim/{path}", verb="GET")
    assert status == 200
    return json.loads(answer)


def test_a_phone_shows_what_was_said_and_sends_what_is_typed(sim, asha, bot, run):
    assert act(sim, "send", chat_id=ASHA, text="hello")[0] == 200
    run(bot.send_message(ASHA, "Namaste"))
    state = look(sim, f"state?chat_id={ASHA}")
    assert [m["text"] for m in state["messages"]] == ["hello", "Namaste"]
    assert [m["from_bot"] for m in state["messages"]] == [False, True]
    assert look(sim, "chats")["chats"][0]["name"] == "Asha Verma"


def test_events_tell_which_chats_changed(sim, asha, meera):
    since = look(sim, "chats")["version"]
    meera.send_text("x")
    assert look(sim, f"events?since={since}")["chats"] == [meera.chat_id]
    assert set(look(sim, "events?since=9999999999")["chats"]) == {asha.chat_id, meera.chat_id}


def test_a_new_phone_is_an_empty_chat_of_somebody_new(sim, asha):
    status, answer = act(sim, "chats", role="patient")
    assert status == 200
    assert sim.person(answer["chat_id"]).messages == []


def test_the_clock_moves_forward_only(sim):
    before = sim.clock.now()
    assert act(sim, "clock", advance_seconds=3600)[0] == 200
    assert (sim.clock.now() - before).total_seconds() >= 3600
    status, answer = act(sim, "clock", to="2001-01-01T09:00")
    assert status == 409
    assert "only moves forward" in answer["error"]
    assert act(sim, "clock", preset="yesterday")[0] == 409
    assert act(sim, "clock")[0] == 409


def test_another_site_may_not_act(sim, asha):
    for headers in (
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Host": "evil.example"},
    ):
        status, _ = act(sim, "send", headers, chat_id=ASHA, text="forged")
        assert status == 403
    assert asha.messages == []
    own = {"Sec-Fetch-Site": "same-origin", "Origin": sim.api_url}
    assert act(sim, "send", own, chat_id=ASHA, text="mine")[0] == 200


def test_faults_can_be_scripted_over_http(sim, asha):
    rule = {"kind": "status", "method": "sendMessage", "status": 502, "times": 2}
    assert act(sim, "faults", **rule) == (200, {"rules": 1})
    assert act(sim, "faults", kind="nonsense")[0] == 400
    assert post(sim, f"/bot{sim.token}/sendMessage?chat_id={ASHA}&text=x")[0] == 502
    assert act(sim, "faults", clear=True) == (200, {"rules": 0})


def test_blocking_is_a_toggle(sim, asha):
    assert act(sim, "block", chat_id=ASHA) == (200, {"blocked": True})
    assert act(sim, "send", chat_id=ASHA, text="x")[0] == 409
    assert act(sim, "block", chat_id=ASHA, blocked=False) == (200, {"blocked": False})


@pytest.mark.parametrize("name", ["../server.py", "..%2Fserver.py", "nothing.html", ".hidden"])
def test_only_the_pages_own_files_are_served(sim, name):
    assert post(sim, f"/page/{name}", verb="GET")[0] == 404


def test_a_mini_app_opens_with_launch_data_the_token_can_verify(sim, asha):
    fields = dict(parse_qsl(asha.init_data()))
    given = fields.pop("hash")
    check = "\n".join(f"{name}={fields[name]}" for name in sorted(fields))
    key = hmac.new(b"WebAppData", sim.token.encode(), hashlib.sha256).digest()
    assert hmac.new(key, check.encode(), hashlib.sha256).hexdigest() == given
    assert json.loads(fields["user"])["id"] == ASHA


def test_a_restart_with_a_memory_keeps_chats_files_and_numbers_apart(tmp_path):
    with Simulator(memory=tmp_path) as first:
        asha = first.user(ASHA, "Asha")
        asha.send_text("before the restart")
        photo = asha.send_photo(picture(), caption="my knee")
        asha.block_bot()
        seen = {update["update_id"] for update in first.pending_updates}

    with Simulator(memory=tmp_path) as second:
        again = second.person(ASHA)
        assert [m.text for m in again.messages] == ["before the restart", "my knee"]
        assert again.has_blocked_bot
        again.unblock_bot()
        assert again.send_text("after").message_id > photo.message_id
        assert seen.isdisjoint(update["update_id"] for update in second.pending_updates)
        assert post(second, f"/sim/files/{photo.file_id}", verb="GET") == (200, picture())
