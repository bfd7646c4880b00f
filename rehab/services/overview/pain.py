"""What the pain chart shows: a point per local day, the expected band and the stages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from rehab.charts import BandSpan, DayPoint, StageSpan
from rehab.clinical import expected, timetable
from rehab.models import (
    CareTask,
    CheckIn,
    Episode,
    Observation,
    ObservationStatus,
    TaskKind,
    TaskState,
)
from rehab.services import versions
from rehab.services.context import Context
from rehab.services.overview.patient import latest_episode
from rehab.services.overview.signals import exercises_done, pain_by_day

MEDICINE = "medicine"


@dataclass(frozen=True)
class PainHistory:
    """Ready for `charts.pain_chart` and for the table below it."""

    points: tuple[DayPoint, ...]
    band: tuple[BandSpan, ...]
    stages: tuple[StageSpan, ...]


def pain_history(
    session: Session, context: Context, *, patient_id: int, now: datetime
) -> PainHistory:
    """The patient's recovery so far. Raises NotFound."""
    episode = latest_episode(session, patient_id)
    pain = pain_by_day(session, [episode.id], since=date.min).get(episode.id, {})
    medicine = _medicine(session, episode.id)
    done = _exercises(session, episode.id)
    today = timetable.local_date(now, episode.patient.timezone)
    first = min([*pain, *medicine, *done], default=today)
    days = [first + timedelta(days=n) for n in range((today - first).days + 1)]
    return PainHistory(
        points=tuple(
            DayPoint(
                day=timetable.day_number(episode.surgery_on, one),
                pain=pain.get(one),
                medicine=medicine.get(one),
                exercises_done=done.get(one),
            )
            for one in days
        ),
        band=tuple(
            BandSpan(from_day, to_day, band.median, band.upper)
            for from_day, to_day, band in expected.pain_bands(
                versions.rules_of(session, context, episode)
            )
        ),
        stages=tuple(_stages(session, context, episode)),
    )


def _stages(session: Session, context: Context, episode: Episode) -> Iterable[StageSpan]:
    protocol = versions.protocol_of(session, context, episode)
    return (StageSpan(one.from_day, one.to_day, one.name) for one in protocol.stages)


def _medicine(session: Session, episode_id: int) -> dict[date, str]:
    rows = session.execute(
        select(CheckIn.local_on, Observation.value)
        .join(Observation, Observation.check_in_id == CheckIn.id)
        .where(
            CheckIn.episode_id == episode_id,
            Observation.question_id == MEDICINE,
            Observation.status == ObservationStatus.FINAL,
        )
        .order_by(CheckIn.id, Observation.revision)
    )
    return {local_on: str(value) for local_on, value in rows}


def _exercises(session: Session, episode_id: int) -> dict[date, float]:
    rows = session.scalars(
        select(CareTask)
        .where(
            CareTask.episode_id == episode_id,
            CareTask.kind == TaskKind.EXERCISES,
            CareTask.state.in_([TaskState.DONE, TaskState.MISSED]),
        )
        .options(selectinload(CareTask.exercises))
    )
    shares = {row.local_on: exercises_done(row) for row in rows}
    return {local_on: done / asked for local_on, (done, asked) in shares.items()}
