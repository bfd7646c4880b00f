"""A clinic for the kill test: one physiotherapist on call, many patients with an open check-in."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from flask import Flask
from sqlalchemy.orm import Session

from exercises.schema import Questionnaire
from rehab.app import create_app
from rehab.clinical import timetable
from rehab.clinical.answers import Answer
from rehab.db import db, transaction
from rehab.flows import check_in
from rehab.flows.turn import Turn
from rehab.models import MessageClass, Patient, RoleName
from rehab.runtime import Runtime
from rehab.services import answering, check_ins, enrolment, episodes, on_call, people
from rehab.services.enrolment import NewPatient
from rehab.settings import load_settings

TOKEN = "123:TEST"
ON_CALL_CHAT = 900_001
FIRST_CHAT = 1_001
DAYS_AFTER_SURGERY = 10
SETUP = "setup"


@dataclass
class Clinic:
    """The application on the test's database, and what the bot process must be given."""

    app: Flask
    environ: dict[str, str]
    chats: list[int]

    @property
    def runtime(self) -> Runtime:
        runtime: Runtime = self.app.extensions["rehab"]
        return runtime

    @property
    def questionnaire(self) -> Questionnaire:
        content = self.runtime.context.content
        protocol = content.protocol_for("hip-resurfacing", "standard")
        return content.questionnaires[protocol.questionnaire]

    @contextmanager
    def session(self) -> Iterator[Session]:
        with self.app.app_context(), transaction() as session:
            yield session


def open_clinic(database_url: str, api_url: str, patients: int) -> Clinic:
    """Make the tables and the people, and put everybody's check-in on its way."""
    environ = {
        "DATABASE_URL": database_url,
        "SECRET_KEY": "a secret for the kill test, nothing else, 52 characters",
        "TELEGRAM_BOT_TOKEN": TOKEN,
        "TELEGRAM_API_URL": api_url,
    }
    app = create_app(load_settings(environ))
    clinic = Clinic(app, os.environ | environ, [FIRST_CHAT + n for n in range(patients)])
    with app.app_context():
        db.create_all()
    now = datetime.now(UTC)
    with clinic.session() as session:
        physio = people.add_clinician(
            session,
            email="meera@clinic.example",
            name="Meera",
            role=RoleName.PHYSIOTHERAPIST,
            telegram_id=ON_CALL_CHAT,
            password_hash=None,
            now=now,
        )
        on_call.put_on_call(session, clinician_id=physio.id, now=now)
        for chat_id in clinic.chats:
            _add_patient(clinic, session, physio.id, chat_id, now)
    return clinic


def _add_patient(
    clinic: Clinic, session: Session, clinician_id: int, chat_id: int, now: datetime
) -> None:
    context, zone = clinic.runtime.context, _zone_where_it_is_noon(now)
    today = timetable.local_date(now, zone)
    new = NewPatient(
        name=f"Patient {chat_id}",
        procedure="hip-resurfacing",
        variant="standard",
        side="left",
        surgery_on=today - timedelta(days=DAYS_AFTER_SURGERY),
        timezone=zone,
        language="en",
        birth_year=1970,
        phone=None,
        clinician_id=clinician_id,
        is_synthetic=True,
    )
    added = enrolment.add_patient(session, context, new=new, actor="test", now=now)
    opening = enrolment.open_invite(session, context, token=added.token, chat_id=chat_id, now=now)
    assert opening.invite is not None
    enrolment.confirm_birth_year(session, context, invite=opening.invite, year=1970, now=now)
    patient = enrolment.accept_consent(
        session,
        invite=opening.invite,
        chat_id=chat_id,
        version="test",
        language="en",
        text="test",
        now=now,
    )
    _open_check_in(clinic, session, patient, now)


def _open_check_in(clinic: Clinic, session: Session, patient: Patient, now: datetime) -> None:
    """Ask the first question; two of three patients have answered some already, so that many reach
    the question about warning signs."""
    context, episode = clinic.runtime.context, episodes.latest(session, patient_id=patient.id)
    assert episode is not None
    assert patient.chat is not None
    turn = Turn(session, context, patient, episode, "test", now, MessageClass.PROMPT)
    begun = check_in.begin(turn)
    answering.said(session, begun, who=answering.PATIENT, now=now)
    check_in.begin(replace(turn, cause="test who"))
    for question, value in begun_answers(patient.chat.chat_id).items():
        check_ins.record_answer(
            session,
            context,
            check_in=begun,
            question_id=question,
            answer=Answer(value, str(value)),
            source=f"{SETUP}:{patient.id}:{question}",
            at=now,
            now=now,
        )
        check_in.begin(replace(turn, cause=f"test {question}"))


def begun_answers(chat_id: int) -> dict[str, int | str]:
    """What the patient of this chat had answered before the run."""
    if chat_id % 3 == 0:
        return {}
    return {"pain": 2, "medicine": "none", "wound": "dry", "temperature": "normal"}


def _zone_where_it_is_noon(now: datetime) -> str:
    # So that no midnight falls into the run. The sign of these zones is reversed by POSIX.
    ahead = 12 - now.hour
    return f"Etc/GMT{-ahead:+d}" if ahead else "Etc/GMT"
