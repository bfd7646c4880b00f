"""The process as a whole: jobs tick, nothing stops the others, and it ends when it is told to."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Event

from rehab.clock import Clock
from rehab.services import heartbeats
from rehab.services.context import Context
from tests.bot.places import Site, session_of


@dataclass(frozen=True)
class Job:
    name: str
    run_once: Callable[[Context, Clock], int]
    every: timedelta = timedelta(seconds=0.1)


def last_beat(site: Site, name: str) -> datetime | None:
    with session_of(site.app) as session:
        return heartbeats.last(session, heartbeats.job(name))


def until(ready: Callable[[], object], seconds: float = 5.0) -> None:
    deadline = time.monotonic() + seconds
    while not ready():
        assert time.monotonic() < deadline, "did not happen in time"
        time.sleep(0.02)


def test_a_job_that_raises_looks_dead_and_stops_no_other(site: Site) -> None:
    def fails(_context: Context, _clock: Clock) -> int:
        raise RuntimeError("the job of this test fails")

    with site.bot([Job("broken", fails), Job("fine", lambda _context, _clock: 0)]):
        until(lambda: last_beat(site, "fine"))
        site.sim.user(1001).send_text("still here")
        until(lambda: site.notebook.events)
    assert last_beat(site, "broken") is None


def test_a_slow_job_is_not_overtaken_by_itself_and_holds_up_no_answer(site: Site) -> None:
    running, most, release = [0], [0], Event()

    def slow(_context: Context, _clock: Clock) -> int:
        running[0] += 1
        most[0] = max(most[0], running[0])
        release.wait(5)
        running[0] -= 1
        return 0

    with site.bot([Job("slow", slow)]):
        until(lambda: running[0])
        site.sim.user(1001).send_text("hello")
        until(lambda: site.notebook.events, 2)
        release.set()
    assert most[0] == 1


def test_the_bot_tells_its_name_and_its_commands(site: Site) -> None:
    def name() -> str | None:
        with session_of(site.app) as session:
            return heartbeats.bot_username(session)

    with site.bot():
        until(lambda: name() == "rehab_demo_bot")
        until(lambda: site.sim.calls.get("setMyCommands", 0) >= 1)


def test_a_server_that_knows_only_the_five_needed_methods_is_enough(site: Site) -> None:
    for method in ("setMyCommands", "getWebhookInfo", "deleteWebhook"):
        site.sim.faults.add(
            "status", method, status=404, description="Not Found: method not found", times=None
        )
    with site.bot():
        site.sim.user(1001).send_text("hello")
        until(lambda: site.notebook.events)


def test_it_stops_within_five_seconds_while_everything_hangs(site: Site) -> None:
    site.sim.faults.add("delay", "getUpdates", seconds=30, times=None)
    with site.bot():
        until(lambda: site.sim.calls or True)
        time.sleep(0.3)
        asked_at = time.monotonic()
    assert time.monotonic() - asked_at < 5


def test_a_stopped_bot_leaves_its_leases_free(site: Site) -> None:
    with site.bot() as first:
        until(lambda: first.poller_lease.epoch)
    with site.bot() as second:
        until(lambda: second.poller_lease.epoch, 1)
