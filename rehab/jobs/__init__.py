"""What a tick does. This table is the whole schedule of the product; there is no job per patient."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from rehab.clock import Clock
from rehab.jobs import (
    drill,
    escalator,
    fallback,
    handover,
    planner,
    retention,
    roll_call,
    silence,
    sweeper,
    unread,
    watch,
)
from rehab.services.context import Context


@dataclass(frozen=True)
class Job:
    """One job: `run_once` opens a transaction per item and returns how many items it handled."""

    name: str
    run_once: Callable[[Context, Clock], int]
    every: timedelta


JOBS: tuple[Job, ...] = (
    Job("escalator", escalator.run_once, timedelta(seconds=2)),
    Job("fallback", fallback.run_once, timedelta(seconds=2)),
    Job("planner", planner.run_once, timedelta(seconds=5)),
    Job("silence", silence.run_once, timedelta(seconds=60)),
    Job("unread", unread.run_once, timedelta(seconds=60)),
    Job("handover", handover.run_once, timedelta(seconds=15)),
    Job("roll_call", roll_call.run_once, timedelta(seconds=60)),
    Job("sweeper", sweeper.run_once, timedelta(seconds=10)),
    Job("retention", retention.run_once, timedelta(hours=6)),
    Job("drill", drill.run_once, timedelta(seconds=5)),
    Job("watch", watch.run_once, timedelta(seconds=10)),
)
