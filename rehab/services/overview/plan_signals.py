"""What the plan itself says about a patient: ready for a stage, too painful, a dose level down."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import get_args

from sqlalchemy import select
from sqlalchemy.orm import Session

from rehab.clinical import dose_rule
from rehab.clinical.worklist import Level, Rank, Reason
from rehab.models import CareTask, FindingRecord
from rehab.models.care_task import ExerciseRecord, ExerciseState
from rehab.services import progression, repeats
from rehab.services.context import Context

RECENT = timedelta(days=3)
"""How long a painful exercise and a lowered dose stay in the list. Project proposal, not sourced:
clinic must decide."""
AMBER = get_args(Level).index("amber")


def plan_signals(
    session: Session, context: Context, episode_ids: Sequence[int], *, now: datetime
) -> Mapping[int, tuple[Reason, ...]]:
    """Reasons per episode that has any, with a fixed number of queries.

    Codes: stage_ready(stage), too_painful(names), dose_down(date), repeated(reason).
    """
    found: dict[int, list[Reason]] = defaultdict(list)
    wanted = set(episode_ids)
    for proposal in progression.pending(session, now=now):
        if proposal.episode_id in wanted:
            found[proposal.episode_id].append(Reason("stage_ready", {"stage": proposal.to_stage}))
    for episode_id, names in _too_painful(session, context, episode_ids, now).items():
        found[episode_id].append(Reason("too_painful", {"names": ", ".join(names)}))
    for episode_id, at in _dose_down(session, episode_ids, now).items():
        found[episode_id].append(Reason("dose_down", {"date": f"{at:%d %b}"}))
    for episode_id, again in repeats.noted(session, episode_ids, now=now).items():
        found[episode_id].append(Reason("repeated", {"reason": "; ".join(again)}))
    return {key: tuple(reasons) for key, reasons in found.items()}


def joined(placed: Rank, more: Sequence[Reason]) -> Rank:
    """A place in the worklist with these reasons too; each of them makes it amber at least."""
    if not more:
        return placed
    if placed.level in ("red", "amber"):
        shown = [one for one in placed.reasons if not _is_said_better(one, more)]
        return Rank(placed.level, placed.order, (*shown, *more))
    return Rank("amber", (AMBER, *placed.order[1:]), (*more, *placed.reasons))


def _is_said_better(reason: Reason, more: Sequence[Reason]) -> bool:
    return reason.code == "stage_review" and any(one.code == "stage_ready" for one in more)


def _too_painful(
    session: Session, context: Context, episode_ids: Sequence[int], now: datetime
) -> dict[int, list[str]]:
    rows = session.execute(
        select(CareTask.episode_id, ExerciseRecord.exercise_id)
        .join(CareTask, CareTask.id == ExerciseRecord.care_task_id)
        .where(
            CareTask.episode_id.in_(episode_ids),
            CareTask.local_on > (now - RECENT).date(),
            ExerciseRecord.state == ExerciseState.TOO_PAINFUL,
        )
        .order_by(CareTask.local_on.desc(), ExerciseRecord.position)
    )
    library = context.content.exercises
    found: dict[int, list[str]] = defaultdict(list)
    for episode_id, exercise_id in rows:
        name = library[exercise_id].name if exercise_id in library else exercise_id
        if name not in found[episode_id]:
            found[episode_id].append(name)
    return found


def _dose_down(session: Session, episode_ids: Sequence[int], now: datetime) -> dict[int, datetime]:
    rows = session.execute(
        select(FindingRecord.episode_id, FindingRecord.created_at)
        .where(
            FindingRecord.episode_id.in_(episode_ids),
            FindingRecord.rule_id == dose_rule.RULE_ID,
            FindingRecord.created_at > now - RECENT,
        )
        .order_by(FindingRecord.created_at)
    )
    return {key: at for key, at in rows}  # noqa: C416 - a Result is no mapping
