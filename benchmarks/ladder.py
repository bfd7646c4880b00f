"""A thousand alerts up the ladder: is every step on time, and does nothing close by itself?

`python -m benchmarks.ladder [--alerts 1000] [--minutes 100]` prints one JSON object. The clock jumps from
second to second that matters, and the time the work itself takes is added to it, so that a slow machine
shows as lateness. Nobody answers and Telegram takes nothing: every page must leave by e-mail as well.
"""

from __future__ import annotations

import argparse
import itertools
import json
import sys
import time
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from benchmarks.place import NOW, clinic
from exercises.schema import Tier
from rehab.clinical.redflags import Finding
from rehab.db import transaction
from rehab.jobs import escalator, fallback
from rehab.models import Alert, AlertEvent, AlertState, Dispatch, Episode, Page, RoleName
from rehab.runtime import Runtime
from rehab.services import alerts, on_call, paging, people

TICK = timedelta(seconds=2)
OPENED_WITHIN = timedelta(minutes=30)
STAFF = 4
MAIL = {"host": "127.0.0.1", "port": 2525, "security": "none", "user": "",
        "sender": "clinic@bench.example", "operator": ""}  # fmt: skip


class WorkingClock:
    """Moved by hand, and by the seconds the work takes."""

    def __init__(self, at: datetime) -> None:
        self._at = at
        self._since = time.perf_counter()

    def now(self) -> datetime:
        return self._at + timedelta(seconds=time.perf_counter() - self._since)

    def move_to(self, at: datetime) -> None:
        """Forward only: when the work took longer, that time has passed."""
        self._at = max(at, self.now())
        self._since = time.perf_counter()


def climb(runtime: Runtime, *, count: int, minutes: int) -> dict[str, float]:
    """Open `count` alerts within half an hour and let the jobs look after them. Seconds of lateness."""
    context = runtime.context
    _staff(runtime)
    clock = WorkingClock(NOW)
    with transaction() as session:
        episodes = list(session.scalars(select(Episode.id).order_by(Episode.id)))[:count]
    openings = [NOW + OPENED_WITHIN * number / count for number in range(count)]
    waiting = list(zip(openings, episodes, strict=True))
    moment = NOW
    while moment < NOW + timedelta(minutes=minutes):
        while waiting and waiting[0][0] <= moment:
            _open(runtime, waiting.pop(0)[1], clock.now())
        escalator.run_once(context, clock)
        fallback.run_once(context, clock)
        sys.stderr.write(f"\r{moment:%H:%M} ")
        moment = max(_next_tick(waiting), clock.now())
        clock.move_to(moment)
    return _figures(runtime)


def _next_tick(waiting: list[tuple[datetime, int]]) -> datetime:
    """The first tick at which anything is due: the jobs look every two seconds, whatever happens."""
    with transaction() as session:
        due = [
            session.scalar(select(func.min(Alert.escalate_after))),
            session.scalar(select(func.min(Page.fallback_look_after))),
            waiting[0][0] if waiting else None,
        ]
    soonest = min(moment for moment in due if moment is not None)
    ticks = -(-(soonest - NOW) // TICK)
    return NOW + ticks * TICK


def _open(runtime: Runtime, episode_id: int, now: datetime) -> None:
    tier = Tier.EMERGENCY if episode_id % 3 == 0 else Tier.SAME_DAY
    rule = "RF01.breath" if tier is Tier.EMERGENCY else "RF02.calf"
    finding = Finding(rule, tier, "Benchmark", "generic-t1", False, ())
    with transaction() as session:
        alerts.raise_findings(
            session, runtime.context, episode=session.get_one(Episode, episode_id),
            findings=[finding], cause=f"benchmark:{episode_id}", now=now,
        )  # fmt: skip


def _staff(runtime: Runtime) -> None:
    with transaction() as session:
        made = [
            people.add_clinician(
                session, email=f"nurse{n}@bench.example", name=f"Nurse {n}", role=RoleName.NURSE,
                telegram_id=80_000 + n, password_hash=None, now=NOW,
            )
            for n in range(STAFF - 1)
        ]  # fmt: skip
        on_call.put_on_call(session, clinician_id=made[0].id, now=NOW)


def _figures(runtime: Runtime) -> dict[str, float]:
    late: list[float] = []
    repeats: list[float] = []
    with transaction() as session:
        for alert in session.scalars(select(Alert)):
            ladder = paging.ladder_of(runtime.context, alert.tier)
            steps, rounds = _first_pages(session, alert.id), _rounds(session, alert.id)
            late += [
                (steps[number] - alert.opened_at - step.after).total_seconds()
                for number, step in enumerate(ladder.steps)
                if number in steps
            ]
            repeats += [
                (after - before - ladder.repeat_every).total_seconds()
                for before, after in itertools.pairwise(rounds)
            ]
        mails = session.execute(
            select(Page.created_at, Dispatch.created_at).join(Dispatch, Dispatch.page_id == Page.id)
            .where(Dispatch.channel == "email")
        ).all()  # fmt: skip
        pages = session.scalar(select(func.count()).select_from(Page)) or 0
        open_still = session.scalar(
            select(func.count()).select_from(Alert).where(Alert.state == AlertState.OPEN)
        )
        last = sum(
            alert.step == len(paging.ladder_of(runtime.context, alert.tier).steps) - 1
            for alert in session.scalars(select(Alert))
        )
        closed = session.scalar(
            select(func.count()).select_from(AlertEvent).where(AlertEvent.kind == "resolved")
        )
        count = session.scalar(select(func.count()).select_from(Alert)) or 0
    mailed = sorted((mail - page).total_seconds() for page, mail in mails)
    return {
        "alerts": count,
        "pages": pages,
        "steps": len(late),
        "step_latest_seconds": round(max(late), 2),
        "step_earliest_seconds": round(min(late), 2),
        "repeat_latest_seconds": round(max(repeats, default=0.0), 2),
        "mails": len(mailed),
        "mail_latest_seconds": round(mailed[-1], 2) if mailed else float("inf"),
        "open_at_the_end": open_still or 0,
        "last_step_reached": last,
        "closed_by_nobody": closed or 0,
    }


def _first_pages(session: Session, alert_id: int) -> dict[int, datetime]:
    """When each step was reached."""
    rows = session.execute(
        select(Page.step, func.min(Page.created_at))
        .where(Page.alert_id == alert_id)
        .group_by(Page.step)
    ).all()
    return dict(map(tuple, rows))


def _rounds(session: Session, alert_id: int) -> list[datetime]:
    """When anybody was told, in order."""
    rows = session.execute(
        select(Page.round, func.min(Page.created_at))
        .where(Page.alert_id == alert_id)
        .group_by(Page.round)
        .order_by(Page.round)
    ).all()
    return [at for _, at in rows]


def main() -> None:
    """Climb once and print."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--alerts", type=int, default=1000)
    reader.add_argument("--minutes", type=int, default=100)
    asked = reader.parse_args()
    with clinic(asked.alerts, overrides={"email": MAIL}) as (_, runtime):
        found = climb(runtime, count=asked.alerts, minutes=asked.minutes)
    sys.stderr.write("\n")
    print(json.dumps(found))


if __name__ == "__main__":
    main()
