"""Education: which card is due, what was sent, and what the answers show about understanding."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from exercises.schema import EducationCard, TeachBackQuestion
from rehab.clinical import education, timetable
from rehab.clinical.education import Course
from rehab.errors import NotFound
from rehab.models import EducationDelivery, Episode, TeachBackAnswer
from rehab.services import audit, episodes, versions
from rehab.services.context import Context


@dataclass(frozen=True)
class Recorded:
    """What became of an answer; only the first one of a question is kept."""

    is_new: bool
    is_right: bool


@dataclass(frozen=True)
class Mistake:
    """A wrong first answer nobody has marked as seen, in English as the content was sent."""

    delivery_id: int
    episode_id: int
    patient_id: int
    card_title: str
    question: str
    answer: str
    right_answer: str
    at: datetime


def due_card(
    session: Session, context: Context, *, episode: Episode, local_on: date, as_of: date
) -> EducationCard | None:
    """The card for this local date as things stand on the date `as_of`, or None."""
    cards = versions.education_of(session, context, episode)
    if cards is None:
        return None
    sent = frozenset(
        session.scalars(
            select(EducationDelivery.card_id).where(EducationDelivery.episode_id == episode.id)
        )
    )
    course = _course(session, context, episode)
    return education.due(cards.cards, course, local_on=local_on, as_of=as_of, sent=sent)


def deliver(
    session: Session, *, episode: Episode, card: EducationCard, now: datetime
) -> EducationDelivery:
    """Note that a card leaves now, in the version the episode pinned."""
    assert episode.education_hash is not None, "only an episode with cards delivers one"
    delivery = EducationDelivery(
        episode_id=episode.id,
        card_id=card.id,
        education_hash=episode.education_hash,
        sent_at=now,
    )
    session.add(delivery)
    session.flush()
    return delivery


def delivered(session: Session, *, episode_id: int) -> Sequence[EducationDelivery]:
    """The cards that were sent, oldest first."""
    return session.scalars(
        select(EducationDelivery)
        .where(EducationDelivery.episode_id == episode_id)
        .order_by(EducationDelivery.sent_at, EducationDelivery.id)
    ).all()


def delivery_of(
    session: Session, *, delivery_id: int, episode_id: int
) -> EducationDelivery | None:
    """This delivery, if it belongs to this episode."""
    found = session.get(EducationDelivery, delivery_id)
    return found if found is not None and found.episode_id == episode_id else None


def card_of(session: Session, context: Context, *, delivery: EducationDelivery) -> EducationCard:
    """The card as it was sent, whatever has been published since."""
    return versions.education(session, context, delivery.education_hash).card(delivery.card_id)


def open_questions(
    session: Session, context: Context, *, delivery: EducationDelivery
) -> tuple[TeachBackQuestion, ...]:
    """The card's teach-back questions that have no answer yet, in their order."""
    answered = set(
        session.scalars(
            select(TeachBackAnswer.question_id).where(TeachBackAnswer.delivery_id == delivery.id)
        )
    )
    card = card_of(session, context, delivery=delivery)
    return tuple(question for question in card.teach_back if question.id not in answered)


def record_answer(
    session: Session,
    *,
    delivery: EducationDelivery,
    question: TeachBackQuestion,
    value: str,
    now: datetime,
) -> Recorded:
    """Keep the patient's first answer; later ones are only judged."""
    is_right = value == question.right
    known = session.scalar(
        select(TeachBackAnswer.id).where(
            TeachBackAnswer.delivery_id == delivery.id,
            TeachBackAnswer.question_id == question.id,
        )
    )
    if known is None:
        session.add(
            TeachBackAnswer(
                delivery_id=delivery.id,
                question_id=question.id,
                value=value,
                is_right=is_right,
                at=now,
            )
        )
        session.flush()
    return Recorded(known is None, is_right)


def open_mistakes(
    session: Session, context: Context, *, episode_id: int | None = None
) -> list[Mistake]:
    """Wrong first answers nobody has marked as seen, oldest first; of one episode or of all.

    The caller shows only patients its clinician may see.
    """
    query = (
        select(TeachBackAnswer, EducationDelivery, Episode.patient_id)
        .join(EducationDelivery, EducationDelivery.id == TeachBackAnswer.delivery_id)
        .join(Episode, Episode.id == EducationDelivery.episode_id)
        .where(TeachBackAnswer.is_right.is_(False), TeachBackAnswer.seen_at.is_(None))
        .order_by(TeachBackAnswer.at, TeachBackAnswer.id)
    )
    if episode_id is not None:
        query = query.where(EducationDelivery.episode_id == episode_id)
    return [
        _mistake(session, context, answer, delivery, patient_id)
        for answer, delivery, patient_id in session.execute(query)
    ]


def mistakes_count(session: Session, episode_ids: Sequence[int]) -> dict[int, int]:
    """How many wrong answers wait to be seen, per episode that has any; one query."""
    rows = session.execute(
        select(EducationDelivery.episode_id, func.count())
        .join(TeachBackAnswer, TeachBackAnswer.delivery_id == EducationDelivery.id)
        .where(
            EducationDelivery.episode_id.in_(episode_ids),
            TeachBackAnswer.is_right.is_(False),
            TeachBackAnswer.seen_at.is_(None),
        )
        .group_by(EducationDelivery.episode_id)
    )
    return {key: value for key, value in rows}  # noqa: C416 - a Result is no mapping


def mark_seen(session: Session, *, delivery_id: int, clinician_id: int, now: datetime) -> int:
    """A clinician has dealt with the wrong answers of a card. Returns how many; again is 0.

    Raises NotFound for a delivery that does not exist.
    """
    delivery = session.get(EducationDelivery, delivery_id)
    if delivery is None:
        raise NotFound("no such card")
    waiting = session.scalars(
        select(TeachBackAnswer).where(
            TeachBackAnswer.delivery_id == delivery_id,
            TeachBackAnswer.is_right.is_(False),
            TeachBackAnswer.seen_at.is_(None),
        )
    ).all()
    for answer in waiting:
        answer.seen_at, answer.seen_by = now, clinician_id
    if waiting:
        audit.record(
            session,
            actor=f"clinician:{clinician_id}",
            action="teach_back.seen",
            subject=f"education_delivery:{delivery_id}",
            patient_id=episodes.get(session, delivery.episode_id).patient_id,
            now=now,
            detail=delivery.card_id,
        )
    session.flush()
    return len(waiting)


def _course(session: Session, context: Context, episode: Episode) -> Course:
    protocol = versions.protocol_of(session, context, episode)
    home_on = episode.discharged_on or episode.surgery_on + timedelta(days=protocol.stay_days)
    began = episode.started_at or episode.created_at
    return Course(
        variant=episode.variant,
        surgery_on=episode.surgery_on,
        discharged_on=home_on,
        since=timetable.local_date(began, episode.patient.timezone),
        precautions_until=education.precautions_end(protocol, episode.surgery_on, home_on),
    )


def _mistake(
    session: Session,
    context: Context,
    answer: TeachBackAnswer,
    delivery: EducationDelivery,
    patient_id: int,
) -> Mistake:
    card = card_of(session, context, delivery=delivery)
    question = next(found for found in card.teach_back if found.id == answer.question_id)
    labels = {option.value: option.label for option in question.options}
    return Mistake(
        delivery_id=delivery.id,
        episode_id=delivery.episode_id,
        patient_id=patient_id,
        card_title=card.title,
        question=question.text,
        answer=labels[answer.value],
        right_answer=labels[question.right],
        at=answer.at,
    )
