"""Facts about many episodes at once, each with one query: pain, adherence, alerts, messages, owners."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from rehab.clinical.adherence import share_done
from rehab.models import (
    Alert,
    AlertState,
    CareTask,
    CareTeamMember,
    CheckIn,
    Clinician,
    IncomingMessage,
    Observation,
    ObservationStatus,
    TaskKind,
    TaskState,
)
from rehab.models.care_task import ExerciseState

PAIN = "pain"
"""The question whose answers are the pain line, in every check-in questionnaire."""
ADHERENCE_DAYS = 7
OVER = (TaskState.DONE, TaskState.MISSED)


def pain_by_day(
    session: Session, episode_ids: Sequence[int], *, since: date
) -> dict[int, dict[date, float]]:
    """Worst pain per episode and local date: the latest valid answer of the day."""
    rows = session.execute(
        select(CheckIn.episode_id, CheckIn.local_on, Observation.value)
        .join(Observation, Observation.check_in_id == CheckIn.id)
        .where(
            CheckIn.episode_id.in_(episode_ids),
            CheckIn.local_on >= since,
            CheckIn.kind == "check-in",
            Observation.question_id == PAIN,
            Observation.status == ObservationStatus.FINAL,
        )
        .order_by(CheckIn.id, Observation.revision)
    )
    found: dict[int, dict[date, float]] = defaultdict(dict)
    for episode_id, local_on, value in rows:
        if isinstance(value, int | float) and not isinstance(value, bool):
            found[episode_id][local_on] = float(value)
    return found


FEWEST_DAYS = 3
"""A share of one or two days says nothing about a habit. Project proposal, not sourced: clinic must decide."""


def adherence(
    session: Session, episode_ids: Sequence[int], *, today: date
) -> dict[int, float | None]:
    """Share of the asked exercises that were done in the last 7 days; open tasks do not count yet."""
    tasks = session.scalars(
        select(CareTask)
        .where(
            CareTask.episode_id.in_(episode_ids),
            CareTask.kind == TaskKind.EXERCISES,
            CareTask.state.in_(OVER),
            CareTask.local_on > today - timedelta(days=ADHERENCE_DAYS),
        )
        .options(selectinload(CareTask.exercises))
    )
    done: dict[int, int] = defaultdict(int)
    asked: dict[int, int] = defaultdict(int)
    days: dict[int, int] = defaultdict(int)
    for task in tasks:
        days[task.episode_id] += 1
        task_done, task_asked = exercises_done(task)
        done[task.episode_id] += task_done
        asked[task.episode_id] += task_asked
    return {key: share_done(done[key], asked[key]) for key in asked if days[key] >= FEWEST_DAYS}


def exercises_done(task: CareTask) -> tuple[int, int]:
    """Exercises done and asked on one day. A day without a list of exercises counts as one."""
    if not task.exercises:
        return int(task.state == TaskState.DONE), 1
    done = sum(record.state == ExerciseState.DONE for record in task.exercises)
    return done, len(task.exercises)


def unresolved_alerts(session: Session, episode_ids: Sequence[int]) -> Mapping[int, Alert]:
    """The one alert per episode that is not resolved, with its findings."""
    rows = session.scalars(
        select(Alert)
        .where(Alert.episode_id.in_(episode_ids), Alert.state != AlertState.RESOLVED)
        .options(selectinload(Alert.findings))
    )
    return {alert.episode_id: alert for alert in rows}


def unread(session: Session, patient_ids: Sequence[int]) -> dict[int, int]:
    """Messages nobody has marked as seen, per patient."""
    rows = session.execute(
        select(IncomingMessage.patient_id, func.count())
        .where(IncomingMessage.patient_id.in_(patient_ids), IncomingMessage.seen_at.is_(None))
        .group_by(IncomingMessage.patient_id)
    )
    return {key: value for key, value in rows}  # noqa: C416 - a Result is no mapping


def owners(session: Session, patient_ids: Sequence[int]) -> dict[int, str]:
    """Name of the leading clinician per patient; of the first one when nobody leads."""
    rows = session.execute(
        select(CareTeamMember.patient_id, Clinician.name)
        .join(Clinician, Clinician.id == CareTeamMember.clinician_id)
        .where(CareTeamMember.patient_id.in_(patient_ids))
        .order_by(CareTeamMember.is_lead, CareTeamMember.id.desc())
    )
    return {key: value for key, value in rows}  # noqa: C416 - a Result is no mapping
