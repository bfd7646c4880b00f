"""Leases: one holder at a time, and a deposed one is told apart."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta

from flask import Flask
from sqlalchemy.orm import Session

from bot import holder
from rehab.services import leases
from tests.bot.conftest import app as app
from tests.bot.places import session_of

NOW = datetime(2026, 1, 5, 4, 0, tzinfo=UTC)
TEN = timedelta(seconds=10)


def take(session: Session, who: str, now: datetime = NOW) -> int | None:
    return leases.take(session, name="poller:1", holder=who, now=now, for_=TEN)


def test_one_holder_at_a_time_and_each_new_one_gets_a_higher_number(app: Flask) -> None:
    with session_of(app) as session:
        assert take(session, "a") == 1
        assert take(session, "b") is None
        assert take(session, "b", NOW + TEN) == 2


def test_a_deposed_holder_cannot_renew(app: Flask) -> None:
    with session_of(app) as session:
        take(session, "a")
        take(session, "b", NOW + TEN)
        mine = {"name": "poller:1", "holder": "a", "epoch": 1, "for_": TEN}
        assert not leases.renew(session, **mine, now=NOW + TEN)  # type: ignore[arg-type]


def test_a_late_holder_keeps_its_lease_when_nobody_took_it(app: Flask) -> None:
    with session_of(app) as session:
        take(session, "a")
        late = NOW + timedelta(hours=1)
        assert leases.renew(session, name="poller:1", holder="a", epoch=1, now=late, for_=TEN)
        assert take(session, "b", late) is None


def test_a_lease_given_back_is_free_at_once(app: Flask) -> None:
    with session_of(app) as session:
        take(session, "a")
        assert leases.give_back(session, name="poller:1", holder="a", epoch=1, now=NOW)
        assert take(session, "b") == 2


def test_a_holder_whose_process_ended_on_this_machine_need_not_be_waited_for(app: Flask) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    dead = holder.my_name().replace(f"/{os.getpid()}/", f"/{ended.pid}/")
    elsewhere = dead.replace(dead[:4], "ffff", 1)
    assert holder.is_gone(dead)
    assert not holder.is_gone(holder.my_name())
    assert not holder.is_gone(elsewhere)
    assert not holder.is_gone("")
    with session_of(app) as session:
        take(session, dead)
        taken = leases.take(
            session, name="poller:1", holder="b", now=NOW, for_=TEN, is_gone=holder.is_gone
        )
        assert taken == 2


def test_many_at_once_get_one_lease(app: Flask) -> None:
    won: list[int] = []

    def one(name: str) -> None:
        with session_of(app) as session:
            epoch = take(session, name)
        if epoch is not None:
            won.append(epoch)

    threads = [threading.Thread(target=one, args=(f"holder {n}",)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert won == [1]
