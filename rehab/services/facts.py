"""What is known about one recovery, as facts for the exit criteria: answers and measurements."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from exercises.schema import MeasureSet
from rehab.clinical import timetable
from rehab.clinical.progression import Fact
from rehab.models import CheckIn, Episode, Measurement, Observation, ObservationStatus
from rehab.services.context import Context

MEASURES = "rehab"
"""The set of measures every protocol's criteria speak about."""


def measures(context: Context) -> MeasureSet:
    """The measures there are now."""
    return context.content.measures[MEASURES]


def of(session: Session, context: Context, *, episode: Episode, now: datetime) -> tuple[Fact, ...]:
    """Every valid fact up to the patient's today, in the order recorded: answers, then measurements.

    An answer is a fact of each measure that names its question.
    """
    today = timetable.local_date(now, episode.patient.timezone)
    found = [*_answers(session, context, episode), *_measured(session, episode)]
    return tuple(fact for fact in found if fact.on <= today)


def _answers(session: Session, context: Context, episode: Episode) -> list[Fact]:
    by_question: dict[str, list[str]] = {}
    for measure in measures(context).measures:
        if measure.question is not None:
            by_question.setdefault(measure.question, []).append(measure.id)
    return [
        Fact(
            name,
            row.value,
            timetable.day_number(episode.surgery_on, check_in.local_on),
            check_in.local_on,
            f"check_in:{check_in.id}",
        )
        for check_in, row in _valid(session, episode)
        for name in by_question.get(row.question_id, ())
    ]


def _valid(session: Session, episode: Episode) -> list[tuple[CheckIn, Observation]]:
    """The latest revision of each answer; an answer that was changed is no fact any more."""
    rows = session.execute(
        select(CheckIn, Observation)
        .join(Observation, Observation.check_in_id == CheckIn.id)
        .where(
            CheckIn.episode_id == episode.id,
            CheckIn.kind == "check-in",
            Observation.status == ObservationStatus.FINAL,
        )
        .order_by(CheckIn.local_on, CheckIn.id, Observation.revision)
    )
    newest = {(check_in.id, row.question_id): (check_in, row) for check_in, row in rows}
    return list(newest.values())


def _measured(session: Session, episode: Episode) -> list[Fact]:
    rows = session.scalars(
        select(Measurement)
        .where(Measurement.episode_id == episode.id, Measurement.status == "final")
        .order_by(Measurement.id)
    )
    return [
        Fact(
            row.measure,
            row.value,
            timetable.day_number(episode.surgery_on, row.effective_on),
            row.effective_on,
            f"clinician:{row.recorded_by}",
        )
        for row in rows
    ]
