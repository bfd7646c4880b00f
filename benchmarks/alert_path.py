"""How soon an alert card is on its way while the bot is busy: reminders queued, patients answering.

`python -m benchmarks.alert_path [--seconds 60] [--each-second 50] [--reminders 10000]` prints one JSON
object. Everything is real: the bot is a process of its own, Telegram is the simulator over HTTP with
its own limits. The time of an alert runs from its update's commit in the inbox to the moment Telegram
has accepted the card. The time of a message runs to the end of its handling.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import and_, func, insert, select

from benchmarks.place import FIRST_CHAT, PHYSIO_CHAT, TOKEN, clinic, environment
from bot.simulator import Simulator
from rehab.db import transaction
from rehab.models import (
    Alert,
    Episode,
    InboxState,
    InboxUpdate,
    MessageClass,
    OutboxMessage,
    OutboxState,
    Page,
    PatientChat,
)
from rehab.services.outbox import PRIORITIES

ROOT = Path(__file__).resolve().parent.parent
FIRST_STRANGER = 5_000_000
"""Chats of the reminders that are queued."""
DANGER = "I cannot breathe and my chest hurts"
HARMLESS = ("Thank you", "4", "I walked to the gate today", "2", "ok")
CHATS = 600
QUIET_ALERTS = 10
PATIENCE = 300.0


def measure(*, seconds: int, each_second: int, reminders: int) -> dict[str, float]:
    """Figures of one run; times in seconds."""
    began = datetime.now(UTC)
    with (
        Simulator(TOKEN) as sim,
        tempfile.TemporaryDirectory() as folder,
        (Path(folder) / "bot.log").open("wb") as log,
    ):
        environ = environment(Path(folder)) | {"TELEGRAM_API_URL": sim.api_url}
        patients = CHATS + seconds + QUIET_ALERTS
        with clinic(patients, environ=environ, now=began):
            for number in range(patients):
                sim.user(FIRST_CHAT + number, f"P{number}")
            sim.user(PHYSIO_CHAT, "Meera", role="staff")
            bot = subprocess.Popen(
                [sys.executable, "-m", "bot"],
                cwd=ROOT, env=os.environ | environ, stdout=log, stderr=log,
            )  # fmt: skip
            try:
                sim.wait_until(lambda: sim.calls.get("getUpdates", 0) > 0, PATIENCE)
                _quiet(sim)
                _queue_reminders(sim, reminders)
                left = _storm(sim, seconds, each_second)
                _until(lambda: _alerts() >= QUIET_ALERTS + seconds and not _unsent())
                return _figures() | {"reminders_still_queued_after_the_storm": left}
            finally:
                bot.terminate()
                bot.wait(30)


def _quiet(sim: Simulator) -> None:
    """Some alerts while nothing else happens: what the storm is compared with."""
    for number in range(QUIET_ALERTS):
        sim.user(FIRST_CHAT + CHATS + number).send_text(DANGER)
        _until(lambda n=number: _alerts() > n and not _unsent())


def _storm(sim: Simulator, seconds: int, each_second: int) -> int:
    """So many messages a second, one of them an emergency; returns how many reminders then wait."""
    start = time.monotonic()
    number = 0
    for second in range(seconds):
        for turn in range(each_second):
            due = start + second + turn / each_second
            time.sleep(max(0.0, due - time.monotonic()))
            if turn == each_second // 2:
                sim.user(FIRST_CHAT + CHATS + QUIET_ALERTS + second).send_text(DANGER)
            else:
                words = HARMLESS[number % len(HARMLESS)]
                sim.user(FIRST_CHAT + number % CHATS).send_text(words)
            number += 1
    waiting = select(func.count()).where(
        OutboxMessage.kind == "benchmark_reminder", OutboxMessage.state == OutboxState.QUEUED
    )
    with transaction() as session:
        return session.scalar(waiting) or 0


def _queue_reminders(sim: Simulator, count: int) -> None:
    now = datetime.now(UTC)
    for number in range(count):
        sim.user(FIRST_STRANGER + number, f"S{number}")
    with transaction() as session:
        session.execute(
            insert(OutboxMessage),
            [
                {
                    "dedupe_key": f"benchmark:{number}",
                    "message_class": MessageClass.PROMPT,
                    "priority": PRIORITIES[MessageClass.PROMPT],
                    "kind": "benchmark_reminder",
                    "chat_id": FIRST_STRANGER + number,
                    "text": "Time for your exercises",
                    "buttons": [],
                    "relevance": {},
                    "not_before": now,
                    "expires_at": now + timedelta(hours=2),
                    "state": OutboxState.QUEUED,
                    "attempts": 0,
                    "ambiguous": 0,
                    "created_at": now,
                }
                for number in range(count)
            ],
        )


def _alerts() -> int:
    with transaction() as session:
        return session.scalar(select(func.count()).select_from(Alert)) or 0


def _unsent() -> int:
    with transaction() as session:
        new = session.scalar(
            select(func.count())
            .select_from(InboxUpdate)
            .where(InboxUpdate.state == InboxState.NEW)
        )
        cards = session.scalar(
            select(func.count())
            .select_from(OutboxMessage)
            .where(OutboxMessage.kind == "alert_card", OutboxMessage.accepted_at.is_(None))
        )
    return (new or 0) + (cards or 0)


def _until(ready) -> None:
    deadline = time.monotonic() + PATIENCE
    while not ready():
        if time.monotonic() > deadline:
            raise SystemExit("the bot never came to rest")
        time.sleep(0.1)


def _figures() -> dict[str, float]:
    """Every alert's seconds, by the update of its patient that raised it."""
    with transaction() as session:
        heard = dict(
            session.execute(
                select(InboxUpdate.chat_key, func.min(InboxUpdate.received_at)).group_by(
                    InboxUpdate.chat_key
                )
            ).all()
        )
        cards = session.execute(
            select(PatientChat.chat_id, OutboxMessage.accepted_at)
            .join(Episode, Episode.patient_id == PatientChat.patient_id)
            .join(Alert, Alert.episode_id == Episode.id)
            .join(Page, and_(Page.alert_id == Alert.id, Page.round == 1))
            .join(OutboxMessage, OutboxMessage.id == Page.outbox_id)
            .order_by(Alert.id)
        ).all()
        updates = session.execute(select(InboxUpdate.received_at, InboxUpdate.done_at)).all()
    took = [(accepted - heard[chat]).total_seconds() for chat, accepted in cards]
    handled = sorted((done - received).total_seconds() for received, done in updates)
    quiet, busy = sorted(took[:QUIET_ALERTS]), sorted(took[QUIET_ALERTS:])
    return {
        "alerts": len(busy),
        "median": round(busy[len(busy) // 2], 3),
        "p99": round(busy[int(0.99 * (len(busy) - 1))], 3),
        "longest": round(busy[-1], 3),
        "quiet_median": round(quiet[len(quiet) // 2], 3),
        "messages": len(handled),
        "messages_handled_median": round(handled[len(handled) // 2], 3),
        "messages_handled_longest": round(handled[-1], 3),
    }


def main() -> None:
    """Measure once and print."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--seconds", type=int, default=60)
    reader.add_argument("--each-second", type=int, default=50)
    reader.add_argument("--reminders", type=int, default=10_000)
    asked = reader.parse_args()
    found = measure(
        seconds=asked.seconds, each_second=asked.each_second, reminders=asked.reminders
    )
    print(json.dumps(found))


if __name__ == "__main__":
    main()
