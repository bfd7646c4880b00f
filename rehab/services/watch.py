"""The product watches itself: what stands still, what is late, what was refused, right now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from rehab import texts
from rehab.models import (
    Alert,
    AlertState,
    Dispatch,
    DispatchState,
    Drill,
    DrillState,
    Heartbeat,
    InboxState,
    InboxUpdate,
    OutboxMessage,
    OutboxState,
)
from rehab.services import dispatches, health, heartbeats, staff_group
from rehab.services.context import Context

BOT_LOOPS = (
    heartbeats.INTAKE,
    heartbeats.SENDER,
    heartbeats.RELAY,
    *(heartbeats.worker(number) for number in range(heartbeats.WORKERS)),
)
"""What runs in the bot besides its jobs."""
BOT_SILENT, LOOP_SILENT = "bot_silent", "loop_silent"
DISPATCH_LATE = timedelta(seconds=120)
FAILURE_COUNTS_FOR = timedelta(hours=1)
NEVER = datetime.fromtimestamp(0, UTC)


@dataclass(frozen=True)
class Trouble:
    """One thing that is not as it should be. `code` is stable; `detail` holds no names of people."""

    code: str
    since: datetime
    detail: Mapping[str, Any] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        """The code without the part it is about."""
        return self.code.partition(":")[0]

    def words(self, language: str) -> str:
        """What is wrong and what to do, in one sentence or two."""
        return texts.text(f"trouble.{self.kind}", language, **self.detail)


def limits(jobs: Mapping[str, timedelta]) -> dict[str, timedelta]:
    """How long each loop may be silent, given the jobs' names and how often each runs."""
    found = dict.fromkeys(BOT_LOOPS, health.LONGEST_SILENCE)
    for name, every in jobs.items():
        found[heartbeats.job(name)] = every + max(health.LONGEST_SILENCE, every / 2)
    return found


def troubles(
    session: Session,
    context: Context,
    *,
    now: datetime,
    loops: Mapping[str, timedelta],
    steady_since: datetime = NEVER,
) -> list[Trouble]:
    """Everything that is wrong at this instant. Each costs an indexed look-up or two.

    Nothing counts as late for the time before `steady_since`: the bot may have just begun, or the
    demo's clock have been moved.
    """
    found = [
        *_silent(session, loops, steady_since, now),
        *_refused(session),
        *_late(session, steady_since, now),
        *_given_up(session, now),
        *_shut_out(session, context),
        *_drill(session, context),
    ]
    return list({one.code: one for one in reversed(found)}.values())[::-1]


def _silent(
    session: Session, loops: Mapping[str, timedelta], steady_since: datetime, now: datetime
) -> list[Trouble]:
    rows = session.execute(
        select(Heartbeat.component, Heartbeat.at).where(Heartbeat.component.in_(loops))
    )
    beats = {component: at for component, at in rows}  # noqa: C416 - a Result is no mapping
    silent = [
        Trouble(f"{LOOP_SILENT}:{name}", last, {"component": name})
        for name, longest in loops.items()
        if now - (last := max(beats.get(name, NEVER), steady_since)) >= longest
    ]
    if {f"{LOOP_SILENT}:{name}" for name in BOT_LOOPS} <= {one.code for one in silent}:
        return [Trouble(BOT_SILENT, max(one.since for one in silent))]
    return silent


def _refused(session: Session) -> Iterator[Trouble]:
    """A revoked token, a second poller: told by the part that met it, until its next good round."""
    for component in (heartbeats.INTAKE, heartbeats.SENDER):
        heartbeat = session.get(Heartbeat, component)
        problem = heartbeat.detail.get(heartbeats.PROBLEM) if heartbeat else None
        if heartbeat is not None and problem:
            known = texts.has_text(f"trouble.{problem}")
            yield Trouble(str(problem) if known else "telegram_refuses", heartbeat.at)


def _late(session: Session, steady_since: datetime, now: datetime) -> Iterator[Trouble]:
    overdue = session.scalar(
        select(func.min(Alert.escalate_after)).where(Alert.state != AlertState.RESOLVED)
    )
    unheard = session.scalar(
        select(func.min(InboxUpdate.received_at)).where(InboxUpdate.state == InboxState.NEW)
    )
    for code, waiting, longest in (
        ("alert_undelivered", health.oldest_urgent(session, now), health.LONGEST_WAIT_URGENT),
        ("escalation_overdue", overdue, health.LONGEST_OVERDUE),
        ("inbox_late", unheard, health.LONGEST_WAIT_IN),
        ("dispatch_late", dispatches.oldest_waiting(session), DISPATCH_LATE),
    ):
        if waiting is not None and now - max(waiting, steady_since) >= longest:
            yield Trouble(code, waiting)


def _given_up(session: Session, now: datetime) -> Iterator[Trouble]:
    failed = session.execute(
        select(Dispatch.channel, func.min(Dispatch.not_before))
        .where(
            Dispatch.state == DispatchState.FAILED,
            Dispatch.not_before > now - FAILURE_COUNTS_FOR,
        )
        .group_by(Dispatch.channel)
    )
    for channel, since in failed:
        yield Trouble(f"dispatch_failed:{channel}", since, {"channel": channel})


def _shut_out(session: Session, context: Context) -> Iterator[Trouble]:
    """The last card for the staff group was refused for good: the bot was removed from it."""
    group = staff_group.chat_of(session, context)
    last = session.scalar(
        select(OutboxMessage)
        .where(
            OutboxMessage.chat_id == group,
            OutboxMessage.state.in_((OutboxState.ACCEPTED, OutboxState.FAILED)),
        )
        .order_by(OutboxMessage.id.desc())
        .limit(1)
    )
    if group and last is not None and last.state == OutboxState.FAILED:
        yield Trouble("staff_group_refuses", last.created_at)


def _drill(session: Session, context: Context) -> Iterator[Trouble]:
    if not (context.config.watch.drill_minutes and context.config.watch.drill_chat):
        return
    last = session.scalar(
        select(Drill).where(Drill.state != DrillState.RUNNING).order_by(Drill.id.desc()).limit(1)
    )
    if last is not None and last.state == DrillState.FAILED:
        yield Trouble(
            "drill_failed", last.ended_at or last.started_at, {"step": last.failed_at_step or "?"}
        )
