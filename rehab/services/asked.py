"""What a check-in asks, and which of its answers count."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from exercises.schema import Question, Questionnaire
from rehab.clinical import branching, timetable
from rehab.models import CheckIn, Observation, ObservationStatus
from rehab.services import versions
from rehab.services.context import Context

VALID = frozenset({ObservationStatus.FINAL, ObservationStatus.PRELIMINARY})


def questions_for(questionnaire: Questionnaire, day: int) -> tuple[Question, ...]:
    """The questions every check-in of a day after surgery begins with, in order."""
    return branching.asked(questionnaire, day=day, answers={})


def day_of(check_in: CheckIn) -> int:
    """The day after surgery a check-in is about."""
    return timetable.day_number(check_in.episode.surgery_on, check_in.local_on)


def asked_questions(session: Session, context: Context, check_in: CheckIn) -> tuple[Question, ...]:
    """The questions of this check-in as far as is known by now, from the version it pinned."""
    questionnaire = versions.questionnaire(session, context, check_in.questionnaire_hash)
    return branching.asked(
        questionnaire,
        day=day_of(check_in),
        answers={found.question_id: found.value for found in current(check_in)},
        recent=_recent(session, questionnaire, check_in),
    )


def next_question(session: Session, context: Context, check_in: CheckIn) -> Question | None:
    """The first question without a finished answer; None when all are answered."""
    answered = {
        observation.question_id
        for observation in current(check_in)
        if observation.status == ObservationStatus.FINAL
    }
    for question in asked_questions(session, context, check_in):
        if question.id not in answered:
            return question
    return None


def current(check_in: CheckIn) -> list[Observation]:
    """The valid answers: the latest revision of each question."""
    newest: dict[str, Observation] = {}
    for observation in sorted(check_in.observations, key=lambda found: found.revision):
        if observation.status in VALID:
            newest[observation.question_id] = observation
    return list(newest.values())


def answer_to(check_in: CheckIn, question_id: str) -> Observation | None:
    """The valid answer to one question, if there is any."""
    return next((found for found in current(check_in) if found.question_id == question_id), None)


def _recent(session: Session, questionnaire: Questionnaire, check_in: CheckIn) -> set[str]:
    """The questions answered in an earlier check-in so short ago that they are not due again."""
    spaced = {one.id: one.every_days for one in questionnaire.questions if one.every_days}
    if not spaced:
        return set()
    rows = session.execute(
        select(Observation.question_id, CheckIn.local_on)
        .join(CheckIn, CheckIn.id == Observation.check_in_id)
        .where(
            CheckIn.episode_id == check_in.episode_id,
            CheckIn.id < check_in.id,
            CheckIn.local_on > check_in.local_on - timedelta(days=max(spaced.values())),
            Observation.question_id.in_(spaced),
            Observation.status == ObservationStatus.FINAL,
        )
    )
    return {
        question
        for question, local_on in rows
        if local_on > check_in.local_on - timedelta(days=spaced[question])
    }
