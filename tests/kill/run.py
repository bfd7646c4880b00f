"""One run: people act all the time, the bot dies at random moments, and nothing may be lost."""

from __future__ import annotations

import random
import statistics
import threading
import time
from pathlib import Path

from sqlalchemy import func, select

from bot.simulator import Simulator
from rehab.db import db
from rehab.models import InboxState, InboxUpdate, OutboxMessage, OutboxState
from tests.kill import verdict
from tests.kill.bot_process import BotUnderFire
from tests.kill.clinic import ON_CALL_CHAT, TOKEN, Clinic, open_clinic
from tests.kill.crowd import Crowd
from tests.kill.verdict import Figures

MOST_PATIENTS = 40
UPDATES_PER_PATIENT = 20
"""Enough that most of them reach the questions about warning signs."""
LONGEST_LIFE = 3.0
"""Seconds from the first poll to the kill, at most; every third process dies while starting."""
LONGEST_START = 4.0
TYPICAL_LIFE = 5.0
"""Seconds from start to kill, over which a life's updates are spread."""
SETTLE_SECONDS = 180.0


def run(*, database_url: str, updates: int, kills: int, log: Path, seed: int = 1) -> Figures:
    """Kill the bot `kills` times during `updates` updates and judge what is left."""
    chance = random.Random(seed)
    patients = min(MOST_PATIENTS, updates // UPDATES_PER_PATIENT)
    with Simulator(TOKEN) as sim:
        clinic = open_clinic(database_url, sim.api_url, patients)
        crowd = Crowd(sim, clinic, chance)
        sim.user(ON_CALL_CHAT, "Meera", role="staff")
        bot = BotUnderFire(clinic, sim, log)
        began = time.monotonic()
        bot.start()
        sim.wait_until(lambda: all(sim.sent_to(chat) for chat in clinic.chats), 120)
        with Feeder(crowd, updates, kills) as feeder:
            for number in range(kills):
                _live(bot, chance, number)
                bot.kill()
                feeder.lives += 1
                bot.start()
            bot.wait_until_it_polls()
            feeder.finish()
        settled = _wait_until_settled(clinic, sim)
        stop_seconds = bot.stop()
        figures = verdict.judge(clinic, sim, crowd)
        with clinic.app.app_context():
            db.engine.dispose()
    recovery = sorted(bot.recovery_seconds)
    return {
        "kills": kills,
        "seconds": round(time.monotonic() - began, 1),
        "settled_seconds": round(settled, 1),
        "start_to_poll_median_seconds": round(statistics.median(recovery), 2),
        "start_to_poll_longest_seconds": round(recovery[-1], 2),
        "stop_seconds": round(stop_seconds, 2),
        **figures,
    }


class Feeder:
    """Lets people act all the time, whether the bot lives or not, spread over its lives."""

    def __init__(self, crowd: Crowd, updates: int, kills: int) -> None:
        self._crowd = crowd
        self._updates = updates
        self._kills = kills
        self._longest_pause = 2 * TYPICAL_LIFE * (kills + 1) / updates
        self._chance = random.Random(7)
        self._stop = threading.Event()
        self._error: list[BaseException] = []
        self._thread = threading.Thread(target=self._run, name="people")
        self.lives = 0

    def __enter__(self) -> Feeder:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def finish(self) -> None:
        """Let them do what is left."""
        self.lives = self._kills
        self._thread.join()
        if self._error:
            raise self._error[0]

    def _run(self) -> None:
        try:
            while not self._stop.is_set() and self._crowd.total < self._updates:
                allowed = self._updates * (self.lives + 1) // (self._kills + 1)
                if self._crowd.total < allowed:
                    self._crowd.act()
                time.sleep(self._chance.uniform(0.0, self._longest_pause))
        except BaseException as error:
            self._error.append(error)


def _live(bot: BotUnderFire, chance: random.Random, number: int) -> None:
    """One life of the bot."""
    if number % 3 == 2:
        # It dies while starting: leases of the one before, half a look at the schema.
        time.sleep(chance.uniform(0.0, LONGEST_START))
        return
    bot.wait_until_it_polls()
    time.sleep(chance.uniform(0.0, LONGEST_LIFE))


def _wait_until_settled(clinic: Clinic, sim: Simulator) -> float:
    """Until every update is handled and every due message has left."""
    began = time.monotonic()
    while time.monotonic() - began < SETTLE_SECONDS:
        if not sim.pending_updates and _is_quiet(clinic):
            break
        time.sleep(0.25)
    return time.monotonic() - began


def _is_quiet(clinic: Clinic) -> bool:
    now = clinic.runtime.clock.now()
    with clinic.session() as session:
        waiting = session.scalar(
            select(func.count()).select_from(InboxUpdate).where(
                InboxUpdate.state == InboxState.NEW
            )
        )  # fmt: skip
        unsent = session.scalar(
            select(func.count()).select_from(OutboxMessage).where(
                (OutboxMessage.state == OutboxState.SENDING)
                | (OutboxMessage.state == OutboxState.QUEUED)
                & (
                    (OutboxMessage.not_before <= now) | OutboxMessage.lease_epoch.is_not(None)
                )
            )
        )  # fmt: skip
    return not waiting and not unsent
