"""The synthetic patient of the drill: always nine days after surgery, on the newest content, asked
nothing and listed nowhere. The drill's chat is its phone."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from rehab.clinical import timetable
from rehab.models import ChatState, Episode, EpisodeState, Patient, PatientChat
from rehab.models.people import DRILL_CODE
from rehab.services import plans, versions
from rehab.services.context import Context

PROCEDURE = "hip-resurfacing"
DAY = timedelta(days=9)
BIRTH_YEAR = 1980


def find(session: Session) -> Patient | None:
    """The drill's patient, if it was made."""
    return session.scalar(select(Patient).where(Patient.code == DRILL_CODE))


def ensure(session: Session, context: Context, *, now: datetime) -> Patient:
    """The drill's patient, with the chat the clinic names now."""
    patient = find(session) or _made(session, context, now)
    chat_id = context.config.watch.drill_chat
    if patient.chat is None:
        session.add(
            PatientChat(
                patient=patient, chat_id=chat_id, linked_at=now, state_since=now, last_heard_at=now
            )
        )
    else:
        patient.chat.chat_id, patient.chat.state = chat_id, ChatState.ACTIVE
    session.flush()
    return patient


def new_episode(session: Session, context: Context, *, patient: Patient, now: datetime) -> Episode:
    """Each drill is an operation of its own: a stuck one cannot hold up the next, and the rules that
    judge it are today's. It is stopped from the start, so that no job ever asks it anything."""
    context = versions.current_context(session, context)
    versions.publish(session, context.content, now=now)
    protocol = context.content.protocol_for(PROCEDURE, None)
    hashes = context.content.hashes
    today = timetable.local_date(now, patient.timezone)
    surgery_on = today - DAY
    episode = Episode(
        patient=patient,
        procedure=PROCEDURE,
        variant=protocol.variant,
        side="left",
        surgery_on=surgery_on,
        protocol_id=protocol.id,
        protocol_hash=hashes[f"protocols/{protocol.id}"],
        exercises_hash=versions.library_hash(context.content),
        questionnaire_hash=hashes[f"questionnaires/{protocol.questionnaire}"],
        rules_hash=hashes[f"rules/{protocol.rules}"],
        education_hash=None,
        state=EpisodeState.STOPPED,
        stage_id=plans.first_stage(protocol, surgery_on, today),
        created_at=now,
        started_at=now,
    )
    session.add(episode)
    session.flush()
    return episode


def _made(session: Session, context: Context, now: datetime) -> Patient:
    clinic = context.config.clinic
    patient = Patient(
        code=DRILL_CODE,
        name="Drill (synthetic)",
        birth_year=BIRTH_YEAR,
        language=clinic.languages[0],
        timezone=clinic.timezone,
        reminder_time=context.config.reminders.default_time,
        is_synthetic=True,
        created_at=now,
    )
    session.add(patient)
    session.flush()
    return patient
