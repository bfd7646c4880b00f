"""Whoever is woken at night finds every kind of message and every job in the runbook."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rehab.jobs import JOBS
from rehab.models import MessageClass
from rehab.services.outbox import PRIORITIES
from tests.contracts.source import ROOT, calls, words_in

RUNBOOK = (ROOT / "docs" / "runbook.md").read_text(encoding="utf-8")


def kinds_said() -> Iterator[str]:
    """Every kind of message the code can put into the outbox."""
    for file, name, call in calls("rehab", "bot"):
        if file.startswith("bot/simulator/"):
            continue
        given = {keyword.arg: keyword.value for keyword in call.keywords}
        if name == "enqueue" and "kind" in given:
            yield from words_in(given["kind"])
        elif name == "say" and call.args:
            yield from words_in(given.get("kind", call.args[0]))
        elif name == "_say" and len(call.args) > 1:
            yield from words_in(call.args[1])


def first_cells() -> set[str]:
    """What stands in backticks in the first cell of a table's row."""
    rows = re.findall(r"^\|([^|]*)\|", RUNBOOK, re.MULTILINE)
    return {name for row in rows for name in re.findall(r"`([^`]+)`", row)}


def test_every_kind_of_message_has_a_line() -> None:
    said = {kind for kind in kinds_said() if re.fullmatch(r"[a-z_]+", kind) and kind != "check-in"}
    assert len(said) > 30, "the search for kinds finds nothing any more"
    assert said - first_cells() == set()


def test_every_line_is_about_something_there_is() -> None:
    said, jobs = set(kinds_said()), {job.name for job in JOBS}
    health = {name for name in first_cells() if name.startswith("/")}
    assert first_cells() - said - jobs - health == set()


def test_every_job_has_a_line_that_says_how_often() -> None:
    for job in JOBS:
        row = re.search(rf"^\| `{job.name}` \| ([^|]+) \|", RUNBOOK, re.MULTILINE)
        assert row, job.name
        seconds = {"s": 1, "min": 60, "h": 3600}
        number, unit = row[1].split()
        assert float(number) * seconds[unit] == job.every.total_seconds(), job.name


def test_every_class_of_message_has_a_priority_and_a_line() -> None:
    for message_class in MessageClass:
        row = re.search(rf"^\| {message_class.value} \| (\d) \|", RUNBOOK, re.MULTILINE)
        assert row, message_class
        assert int(row[1]) == PRIORITIES[message_class]
