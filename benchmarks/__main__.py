"""`make bench`: one JSON object a line with name, value, unit, baseline and ratio."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import text

from benchmarks import figures, pictures
from benchmarks.place import NOW, clinic, seconds
from rehab.clinical import triage
from rehab.db import transaction
from rehab.flows import engine
from rehab.flows.types import Event, EventKind
from rehab.jobs import planner
from rehab.runtime import Runtime
from rehab.services import inbox

BATCH = 200
MESSAGE = "I did all my exercises today and walked for twenty minutes, the wound is dry"


class FixedClock:
    def now(self):
        return NOW + timedelta(minutes=1)


def show(name: str, value: float, unit: str, baseline: float) -> None:
    ratio = round(value / baseline, 3) if baseline else None
    line = {"name": name, "value": value, "unit": unit, "baseline": baseline, "ratio": ratio}
    print(
        json.dumps({**line, "value": round(value, 6), "baseline": round(baseline, 6)}), flush=True
    )


def intake(runtime: Runtime) -> None:
    """Storing a batch of updates, against the same batch as bare inserts."""
    numbers = itertools.count(1)

    def accept() -> None:
        updates = [
            {"update_id": next(numbers), "message": {"chat": {"id": 5}, "text": "7"}}
            for _ in range(BATCH)
        ]
        with transaction() as session:
            inbox.accept(session, bot_id=1, updates=updates, now=NOW)

    def bare() -> None:
        with transaction() as session:
            for _ in range(BATCH):
                session.execute(
                    text("INSERT INTO heartbeat VALUES (:name, :at, '{}')"),
                    {"name": f"bench{next(numbers)}", "at": str(NOW)},
                )

    show("intake_batch_of_200", seconds(accept), "s", seconds(bare))


def one_turn(runtime: Runtime) -> None:
    """A command handled whole, against the smallest durable transaction."""
    numbers = itertools.count(1)

    def turn() -> None:
        event = Event(
            source=f"bench:{next(numbers)}",
            kind=EventKind.COMMAND,
            chat_id=1_000_000,
            user_id=1_000_000,
            at=NOW,
            command="help",
        )
        with transaction() as session:
            engine.handle(session, runtime.context, event=event, now=NOW)

    def commit() -> None:
        with transaction() as session:
            session.execute(
                text("INSERT INTO heartbeat VALUES (:name, :at, '{}')"),
                {"name": f"turn{next(numbers)}", "at": str(NOW)},
            )

    show("one_turn", seconds(turn, times=20), "s", seconds(commit, times=20))


def screening(runtime: Runtime) -> None:
    """Screening one free text, against looking for every phrase letter by letter."""
    rules = runtime.context.content.rules["hip-resurfacing"]
    phrases = [
        phrase
        for words in rules.word_lists
        for listed in words.words.values()
        for phrase in listed
    ]
    triage.screen(MESSAGE, rules, day=9)  # builds its tables once

    def naive() -> bool:
        return any(phrase in MESSAGE for phrase in phrases)

    value = seconds(lambda: triage.screen(MESSAGE, rules, day=9), times=20)
    show("triage_of_one_message", value, "s", seconds(naive, times=20))


def idle_tick() -> None:
    """A planner tick with nothing due must cost the same for 400 patients as for 10."""
    show("idle_planner_tick_400_patients", _tick(400), "s", _tick(10))


def picture() -> None:
    """A picture Telegram already has must cost less than its first upload."""
    by_id, by_upload = pictures.by_id_and_by_upload()
    show("picture_telegram_already_has", by_id, "s", by_upload)


def drawing() -> None:
    """All exercise figures drawn anew, against as many empty animations."""
    drawn, blank = figures.all_drawn_and_blank()
    show("all_exercise_figures_on_two_cores", drawn, "s", blank)


def _tick(patients: int) -> float:
    with clinic(patients) as (_, runtime):
        planner.run_once(runtime.context, FixedClock())
        return seconds(lambda: planner.run_once(runtime.context, FixedClock()))


def benchmarks() -> Iterator[None]:
    with clinic(1) as (_, runtime):
        yield intake(runtime)
        yield one_turn(runtime)
        yield screening(runtime)
    yield idle_tick()
    yield picture()
    yield drawing()


if __name__ == "__main__":
    for _ in benchmarks():
        pass
