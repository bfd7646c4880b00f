"""Who has left check-ins unanswered, since when and why: blocked, dead chat or simply no answer."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from exercises.schema import Tier
from rehab import texts
from rehab.clinical.redflags import Finding
from rehab.models import (
    Caregiver,
    CareTask,
    ChatState,
    CheckIn,
    Episode,
    EpisodeEvent,
    IncomingMessage,
    MessageClass,
    Observation,
    Patient,
    TaskKind,
    TaskState,
)
from rehab.services import alerts, episodes, outbox
from rehab.services.context import Context

WHY = {
    "unanswered": "The questions arrive and are not answered",
    "blocked": "The patient has blocked the bot: no question arrives",
    "dead": "The chat is gone: no question arrives",
    "no_chat": "There is no chat: no question arrives",
}
STOPPED = "RF24.stopped"


def why(patient: Patient) -> str:
    """unanswered, blocked, dead or no_chat."""
    if patient.chat is None:
        return "no_chat"
    return "unanswered" if patient.chat.state == ChatState.ACTIVE else patient.chat.state


def unanswered_since(session: Session, episode_ids: Collection[int]) -> dict[int, datetime]:
    """When the first check-in went unanswered after the last answer or message, by episode.

    Counted from a question, not from the last word: who is asked once a month and has answered is not
    silent. Taps on exercises and commands are a sign of life and no answer to how somebody is.
    """
    heard = _last_heard(session, episode_ids)
    found: dict[int, datetime] = {}
    rows = session.execute(
        select(CareTask.episode_id, CareTask.due_at)
        .where(
            CareTask.episode_id.in_(episode_ids),
            CareTask.kind == TaskKind.CHECK_IN,
            CareTask.state.in_([TaskState.PROMPTED, TaskState.MISSED]),
        )
        .order_by(CareTask.due_at)
    )
    for episode_id, due_at in rows:
        last = heard.get(episode_id)
        if last is None or due_at > last:
            found.setdefault(episode_id, due_at)
    return found


def in_words(finding: Finding, patient: Patient) -> Finding:
    """The silence finding with what is known about why nothing comes."""
    return replace(finding, reason=f"{finding.reason}. {WHY[why(patient)]}")


def tell_caregivers(
    session: Session, context: Context, *, episode: Episode, since: datetime, now: datetime
) -> int:
    """Ask whoever cares for the patient to look, once per silence. Returns how many were written to."""
    waiting = list(caregivers(session, episode.patient_id))
    for one in waiting:
        assert one.chat_id is not None
        clinic = context.config.clinic
        outbox.enqueue(
            session,
            dedupe_key=f"caregiver_silence:{one.id}:{since.isoformat(timespec='seconds')}",
            message_class=MessageClass.SAFETY_REPLY,
            kind="caregiver_silence",
            chat_id=one.chat_id,
            text=texts.text(
                "silence.caregiver",
                one.language,
                clinic=clinic.name,
                phone=clinic.phone,
                emergency_number=clinic.emergency_number,
            ),
            now=now,
        )
    return len(waiting)


def caregivers(session: Session, patient_id: int) -> list[Caregiver]:
    """Those who may be written to: agreed to by the patient, with a chat that works."""
    return list(
        session.scalars(
            select(Caregiver).where(
                Caregiver.patient_id == patient_id,
                Caregiver.chat_id.is_not(None),
                Caregiver.state == ChatState.ACTIVE,
                Caregiver.consented_at.is_not(None),
                Caregiver.ended_at.is_(None),
            )
        )
    )


def patient_stopped(
    session: Session, context: Context, *, episode: Episode, now: datetime
) -> bool:
    """A stop in the first weeks is told to a person: nobody watches this recovery any more.

    Returns whether an alert came of it.
    """
    day = episodes.day_today(episode, now)
    if not 0 <= day <= context.config.silence.stopped_until_day:
        return False
    finding = Finding(
        rule_id=STOPPED,
        tier=Tier.SOON,
        reason=f"The patient stopped the messages on day {day}: phone them",
        wording="silence",
        stops_loading=False,
        facts=(),
    )
    return bool(
        alerts.raise_findings(
            session,
            context,
            episode=episode,
            findings=[finding],
            cause=f"stopped:{episode.id}:{now.isoformat(timespec='seconds')}",
            now=now,
        )
    )


def _last_heard(session: Session, episode_ids: Collection[int]) -> dict[int, datetime]:
    """The last answer, message, enrolment or resumption of each episode."""
    answers = (
        select(CheckIn.episode_id, func.max(Observation.recorded_at))
        .join(Observation, Observation.check_in_id == CheckIn.id)
        .where(CheckIn.episode_id.in_(episode_ids))
        .group_by(CheckIn.episode_id)
    )
    words = (
        select(Episode.id, func.max(IncomingMessage.received_at))
        .join(IncomingMessage, IncomingMessage.patient_id == Episode.patient_id)
        .where(Episode.id.in_(episode_ids))
        .group_by(Episode.id)
    )
    begun = (
        select(EpisodeEvent.episode_id, func.max(EpisodeEvent.at))
        .where(
            EpisodeEvent.episode_id.in_(episode_ids),
            EpisodeEvent.kind.in_(["enrolled", "resumed"]),
        )
        .group_by(EpisodeEvent.episode_id)
    )
    heard: dict[int, datetime] = {}
    for query in (answers, words, begun):
        for episode_id, at in session.execute(query):
            heard[episode_id] = max(at, heard.get(episode_id, at))
    return heard


def silent_for(
    session: Session, episode_ids: Collection[int], *, now: datetime
) -> dict[int, timedelta]:
    """For how long check-ins of these episodes have been unanswered; the others are not in it."""
    return {one: now - since for one, since in unanswered_since(session, episode_ids).items()}
