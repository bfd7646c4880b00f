"""Who answers a check-in: the patient, somebody for them, or neither. Asked now and then, and noted."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from rehab.clinical import timetable
from rehab.models import (
    Caregiver,
    CheckIn,
    Clinician,
    EpisodeEvent,
    FindingRecord,
    IncomingMessage,
)
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


def in_words(session: Session, answered_by: str) -> str:
    """Who answered, in English for staff; empty for the patient."""
    kind, _, number = answered_by.partition(":")
    if kind == CAREGIVER:
        found = session.get(Caregiver, int(number)) if number.isdigit() else None
        return f"the caregiver ({found.relation})" if found else "a helper on the patient's phone"
    if kind == "clinician" and number.isdigit():
        clinician = session.get(Clinician, int(number))
        return f"{clinician.name if clinician else 'staff'} on the phone"
    return ""


def of_finding(session: Session, finding: FindingRecord) -> str:
    """Who gave the newest answer or wrote the words behind a finding, in English; empty: the patient."""
    kind, _, number = finding.cause.partition(":")
    if kind == "message" and number.isdigit():
        message = session.get(IncomingMessage, int(number))
        return in_words(session, message.sent_by) if message else ""
    check_in = (
        session.get(CheckIn, int(number)) if kind == "check_in" and number.isdigit() else None
    )
    asked = {fact.get("question") for fact in finding.facts}
    given = [one for one in check_in.observations if one.question_id in asked] if check_in else []
    # The answer that raised it: what was corrected since then was said by whoever said it.
    before = [one for one in given if one.recorded_at <= finding.created_at]
    newest = max(before, key=lambda one: one.id, default=None)
    return in_words(session, newest.answered_by) if newest else ""


def _last(session: Session, episode_id: int) -> EpisodeEvent | None:
    return session.scalar(
        select(EpisodeEvent)
        .where(EpisodeEvent.episode_id == episode_id, EpisodeEvent.kind == KIND)
        .order_by(EpisodeEvent.id.desc())
        .limit(1)
    )
