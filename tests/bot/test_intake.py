"""The intake: nothing that Telegram sends is lost, and nothing it sends stops the intake."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot import wire
from rehab.models import InboxState
from rehab.services import health, heartbeats, inbox
from tests.bot.places import Site, session_of


def test_an_update_is_stored_before_it_is_confirmed(site: Site) -> None:
    asha = site.sim.user(1001)
    with site.bot():
        asha.send_text("hello")
        site.sim.wait_until(lambda: not site.sim.pending_updates)
        # Telegram has just forgotten it, so the row must be there by now.
        assert [json.loads(row.raw or "")["message"]["text"] for row in site.rows()] == ["hello"]


def test_an_update_stored_before_a_crash_and_delivered_again_is_handled_once(site: Site) -> None:
    asha = site.sim.user(1001)
    asha.send_text("before the crash")
    with session_of(site.app) as session:
        # What a poller does before it dies: store, but never move the offset.
        inbox.accept(session, bot_id=123, updates=site.sim.pending_updates, now=datetime.now(UTC))
    with site.bot():
        site.sim.wait_delivered()
        _until(lambda: site.notebook.events, 5)
        asha.send_text("after")
        _handled(site, 2)
    assert site.notebook.texts == ["before the crash", "after"]


def test_a_malformed_update_between_two_good_ones_harms_one_row(site: Site) -> None:
    asha = site.sim.user(1001)
    asha.send_text("first")
    site.sim.push_raw({"update_id": 700_000_500, "message": {"text": {"no": "chat"}}})
    asha.send_text("second")
    with site.bot():
        _handled(site, 3)
    assert site.notebook.texts == ["first", "second"]
    assert [row.state for row in site.rows()] == ["done", "dead", "done"]


def test_text_that_is_no_json_between_two_good_updates_is_kept_and_harms_nobody(
    site: Site,
) -> None:
    asha = site.sim.user(1001)
    asha.send_text("first")
    site.sim.push_raw('{"update_id": 700000500, "message": {"text": "bleeding')
    asha.send_text("second")
    with site.bot():
        _handled(site, 3)
    assert site.notebook.texts == ["first", "second"]
    (dead,) = [row for row in site.rows() if row.state == InboxState.DEAD]
    assert dead.update_id < 0
    assert "bleeding" in (dead.raw or "")


def test_an_unknown_kind_of_update_is_done_without_a_word(site: Site) -> None:
    site.sim.push_raw({"update_id": 700_000_500, "telepathy": {"from": {"id": 1}}})
    with site.bot():
        _handled(site, 1)
    assert [row.state for row in site.rows()] == ["done"]


def test_an_update_whose_handling_fails_is_tried_three_times_and_then_kept_for_a_person(
    site: Site,
) -> None:
    asha, olu = site.sim.user(1001), site.sim.user(1002, "Olu")
    site.notebook.fail_on = "poison"
    asha.send_text("poison")
    asha.send_text("after the poison")
    olu.send_text("someone else")
    with site.bot():
        _handled(site, 3, seconds=10)
    rows = site.rows()
    assert [(row.state, row.attempts) for row in rows] == [("dead", 3), ("done", 0), ("done", 0)]
    # The other chat did not wait; the same chat kept its order.
    assert site.notebook.texts == ["someone else", "after the poison"]
    assert "poison" not in (rows[0].error or "")


def test_a_refused_token_turns_intake_red_and_the_bot_recovers_by_itself(site: Site) -> None:
    site.sim.faults.add("status", "getUpdates", status=401, description="Unauthorized", times=3)
    with site.bot():
        _until(lambda: _problem(site) == "token_refused", 5)
        assert not _intake_ok(site)
        site.sim.user(1001).send_text("still here")
        _handled(site, 1, seconds=20)
        _until(lambda: _intake_ok(site), 2)


def test_a_second_poller_makes_this_one_step_down(site: Site) -> None:
    site.sim.faults.add(
        "status", "getUpdates", status=409, times=1,
        description="Conflict: terminated by other getUpdates request",
    )  # fmt: skip
    with site.bot() as process:
        _until(lambda: _problem(site) == "second_poller", 5)
        _until(lambda: process.poller_lease.epoch is None, 2)


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("status", {"status": 502, "body": "<html>bad gateway</html>"}),
        ("status", {"status": 429, "description": "Too Many Requests", "retry_after": 1}),
        ("malformed", {"body": '{"ok":true'}),
        ("malformed", {"body": "not json at all"}),
        ("malformed", {"body": "[]"}),
        ("drop_before", {}),
        ("drop_after", {}),
    ],
)
def test_trouble_on_the_wire_delays_an_update_but_never_loses_it(
    site: Site, kind: str, options: dict[str, object]
) -> None:
    site.sim.faults.add(kind, "getUpdates", times=2, **options)  # type: ignore[arg-type]
    site.sim.user(1001).send_text("hello")
    with site.bot():
        _handled(site, 1, seconds=15)
    assert site.notebook.texts == ["hello"]


def test_a_webhook_somebody_left_behind_is_removed_without_dropping_answers(site: Site) -> None:
    site.sim.user(1001).send_text("waiting")
    with site.sim.state.changed:
        site.sim.state.webhook.url = "http://127.0.0.1:9/elsewhere"
    with site.bot():
        _handled(site, 1, seconds=15)
    assert site.notebook.texts == ["waiting"]


def test_after_a_long_silence_open_questions_are_asked_again_once(site: Site) -> None:
    with session_of(site.app) as session:
        long_ago = datetime.now(UTC) - timedelta(minutes=10)
        heartbeats.beat(session, component=heartbeats.INTAKE, now=long_ago)
    with site.bot():
        _until(lambda: site.gaps.told, 5)
        _until(lambda: _intake_ok(site), 5)
    assert len(site.gaps.told) == 1


def test_a_short_silence_asks_nothing_again(site: Site) -> None:
    with session_of(site.app) as session:
        a_minute_ago = datetime.now(UTC) - timedelta(seconds=60)
        heartbeats.beat(session, component=heartbeats.INTAKE, now=a_minute_ago)
    with site.bot():
        _until(lambda: _intake_ok(site), 5)
    assert site.gaps.told == []


def test_two_processes_poll_one_at_a_time(site: Site) -> None:
    with site.bot() as one, site.bot() as two:
        site.sim.wait_until(lambda: site.sim.calls.get("getUpdates"), 5)
        assert [one.poller_lease.epoch, two.poller_lease.epoch].count(None) == 1


def test_pending_answers_are_never_dropped_by_our_code(site: Site) -> None:
    words = "drop_pending_updates"
    for file in Path("bot").glob("*.py"):
        lines = [line for line in file.read_text(encoding="utf-8").splitlines() if words in line]
        assert all("# Never with" in line for line in lines), file


def test_the_split_keeps_neighbours_of_a_broken_element() -> None:
    body = b'{"ok":true,"result":[{"update_id":1},{"update_id":2,"x":[},{"update_id":3}, 7]}'
    batch = wire.split(body)
    assert batch.updates == ['{"update_id":1}', '{"update_id":2,"x":[}', '{"update_id":3}', "7"]
    assert batch.highest_id == 3


def test_a_nonsense_update_id_cannot_confirm_everything() -> None:
    body = b'{"ok":true,"result":[{"update_id":5},{"update_id":99999999999999999999}]}'
    assert wire.split(body).highest_id == 5


def _handled(site: Site, count: int, seconds: float = 8.0) -> None:
    def done() -> bool:
        rows = site.rows()
        return len(rows) >= count and all(row.state != InboxState.NEW for row in rows)

    _until(done, seconds)


def _until(ready: Callable[[], object], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not ready():
        assert time.monotonic() < deadline, "did not happen in time"
        time.sleep(0.02)


def _problem(site: Site) -> str | None:
    with session_of(site.app) as session:
        return health.report(session, now=datetime.now(UTC)).intake.detail.get("problem")


def _intake_ok(site: Site) -> bool:
    with session_of(site.app) as session:
        return health.report(session, now=datetime.now(UTC)).intake.ok
