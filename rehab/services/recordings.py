"""What patients answered and wrote, step by step as it happened: the tape the time machine plays."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from exercises.schema import RuleSet
from rehab.clinical import timetable
from rehab.clinical.facts import Given
from rehab.clinical.replay import Answered, Happening, Wrote
from rehab.models import CheckIn, Episode, IncomingMessage, Observation, ObservationStatus
from rehab.services import versions
from rehab.services.check_ins import HISTORY_DAYS
from rehab.services.context import Context


@dataclass(frozen=True)
class Recording:
    """One episode: whose, the rules it is judged by now, and what happened, in order."""

    episode_id: int
    patient_code: str
    rules: RuleSet
    happenings: tuple[Happening, ...]


def episodes_since(session: Session, *, since: datetime) -> list[int]:
    """The episodes with an answer or a text since a moment."""
    answered = (
        select(CheckIn.episode_id)
        .join(Observation, Observation.check_in_id == CheckIn.id)
        .where(Observation.recorded_at >= since)
    )
    wrote = (
        select(Episode.id)
        .join(IncomingMessage, IncomingMessage.patient_id == Episode.patient_id)
        .where(IncomingMessage.received_at >= since)
    )
    return sorted({*session.scalars(answered.distinct()), *session.scalars(wrote.distinct())})


def record(
    session: Session, context: Context, *, episode_ids: Sequence[int], since: datetime
) -> list[Recording]:
    """The recordings of these episodes. Answers before `since` are history only."""
    episodes = session.scalars(
        select(Episode)
        .where(Episode.id.in_(episode_ids))
        .options(joinedload(Episode.patient))
        .order_by(Episode.id)
    )
    return [
        Recording(
            episode.id,
            episode.patient.code,
            versions.rules_of(session, context, episode),
            (*_answers(session, episode, since), *_texts(session, episode, since)),
        )
        for episode in episodes
    ]


def _answers(session: Session, episode: Episode, since: datetime) -> Iterator[Answered]:
    rows = session.scalars(
        select(CheckIn)
        .where(
            CheckIn.episode_id == episode.id,
            CheckIn.local_on >= (since - timedelta(days=HISTORY_DAYS + 1)).date(),
        )
        .options(selectinload(CheckIn.observations))
        .order_by(CheckIn.id)
    ).all()
    for number, check_in in enumerate(rows):
        moments = sorted({row.recorded_at for row in _valid(check_in)})
        if not moments or moments[-1] < since:
            continue
        first_on = check_in.local_on - timedelta(days=HISTORY_DAYS)
        earlier = [one for one in rows[:number] if one.local_on >= first_on]
        # Only a late answer or a correction changes the past while a check-in goes on.
        changes = any(row.recorded_at > moments[0] for one in earlier for row in _valid(one))
        history = _history(earlier, moments[0])
        for at in moments:
            if at >= since:
                yield Answered(
                    cause=f"check_in:{check_in.id}",
                    day=timetable.day_number(episode.surgery_on, check_in.local_on),
                    on=check_in.local_on,
                    today=_facts(check_in, at),
                    history=_history(earlier, at) if changes else history,
                )


def _history(earlier: Sequence[CheckIn], at: datetime) -> tuple[Given, ...]:
    return tuple(fact for one in earlier for fact in _facts(one, at))


def _facts(check_in: CheckIn, at: datetime) -> tuple[Given, ...]:
    """The valid answers of a check-in as they stood at a moment."""
    newest: dict[str, Observation] = {}
    for row in sorted(_valid(check_in), key=lambda row: row.revision):
        if row.recorded_at <= at:
            newest[row.question_id] = row
    return tuple(
        Given(
            row.question_id,
            tuple(row.value) if isinstance(row.value, list) else row.value,
            row.effective_at,
            check_in.local_on,
        )
        for row in newest.values()
    )


def _valid(check_in: CheckIn) -> list[Observation]:
    """An amended answer was valid once."""
    wrong = ObservationStatus.ENTERED_IN_ERROR
    return [row for row in check_in.observations if row.status != wrong]


def _texts(session: Session, episode: Episode, since: datetime) -> Iterator[Wrote]:
    patient = episode.patient
    rows = session.scalars(
        select(IncomingMessage)
        .where(IncomingMessage.patient_id == patient.id, IncomingMessage.received_at >= since)
        .order_by(IncomingMessage.id)
    )
    for row in rows:
        if row.text.strip():
            on = timetable.local_date(row.received_at, patient.timezone)
            day = timetable.day_number(episode.surgery_on, on)
            yield Wrote(f"message:{row.id}", day, on, row.text, patient.language)
