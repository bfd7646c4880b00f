"""Who answers a check-in: the patient, somebody for them, or neither. Asked now and then, and noted."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from rehab.clinical import timetable
from rehab.models import CheckIn, EpisodeEvent
from rehab.services.context import Context

KIND = "who_answers"
PATIENT, CAREGIVER, NEITHER = "patient", "caregiver", "neither"


def is_due(session: Session, context: Context, check_in: CheckIn) -> bool:
    """Whether to ask who is there before anything clinical is shown.

    Due at the first check-in, so many days after the last time, and after somebody else answered;
    never in the middle of a check-in.
    """
    every = context.config.check_ins.ask_who_answers_every_days
    if every == 0 or check_in.observations or check_in.kind != "check-in":
        return False
    last = _last(session, check_in.episode_id)
    if last is None or last.detail == NEITHER:
        return True
    said_on = timetable.local_date(last.at, check_in.episode.patient.timezone)
    return said_on + timedelta(days=every) <= check_in.local_on


def last_known(session: Session, episode_id: int) -> str:
    """Who answered when somebody last said so: patient or caregiver."""
    last = _last(session, episode_id)
    return CAREGIVER if last is not None and last.detail == CAREGIVER else PATIENT


def said(session: Session, check_in: CheckIn, *, who: str, now: datetime) -> None:
    """Note who is there: patient, caregiver or neither."""
    session.add(
        EpisodeEvent(
            episode_id=check_in.episode_id, at=now, kind=KIND, actor="patient", detail=who
        )
    )
    if who != NEITHER:
        check_in.answered_by = who
    session.flush()


def _last(session: Session, episode_id: int) -> EpisodeEvent | None:
    return session.scalar(
        select(EpisodeEvent)
        .where(EpisodeEvent.episode_id == episode_id, EpisodeEvent.kind == KIND)
        .order_by(EpisodeEvent.id.desc())
        .limit(1)
    )
