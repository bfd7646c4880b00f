"""Builders for the dashboard's tests: an application on a temporary database, and a small cast."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from flask_security import hash_password
from sqlalchemy.orm import Session

from exercises.schema import Question
from rehab.app import create_app
from rehab.clinical.answers import read_answer
from rehab.db import db, transaction
from rehab.models import (
    CareTask,
    CareTeamMember,
    Episode,
    ExerciseRecord,
    ExerciseState,
    Invite,
    RoleName,
    TaskKind,
    TaskState,
)
from rehab.runtime import Runtime
from rehab.services import (
    check_ins,
    enrolment,
    episodes,
    heartbeats,
    incoming_media,
    messages,
    on_call,
    people,
    versions,
)
from rehab.services.enrolment import NewPatient
from rehab.services.health import ESCALATOR
from rehab.services.incoming_media import Prepared
from rehab.settings import load_settings
from tests.support.pictures import jpeg
from tests.web.posting import sign_in

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
SECRET = "a secret for tests that is long enough"
PASSWORD = "correct horse battery"
PHOTO = Prepared(jpeg(320, 240), "image/jpeg", 320, 240)
"""As a photo is kept."""
FINE = {
    "pain": "2",
    "medicine": "simple",
    "wound": "dry",
    "temperature": "normal",
    "legs": "none",
    "walking": "same",
    "exercises": "all",
    "walking-aid": "none",
}


@dataclass
class HeldClock:
    """A clock that stands still until it is moved."""

    moment: datetime = NOW

    def now(self) -> datetime:
        return self.moment


@dataclass
class Cast:
    """Ids of the people in a test's clinic."""

    meera: int = 0
    rao: int = 0
    vikram: int = 0
    admin: int = 0
    asha: int = 0
    asha_token: str = ""


class Clinic:
    """An application with an empty database, and ways to fill it through the real services."""

    def __init__(
        self, folder: Path, *, token: str = "", like: Clinic | None = None, **overrides: Any
    ) -> None:
        """With `like`, it begins with that one's rows."""
        self._file = folder / "web.sqlite3"
        if like is not None:
            shutil.copyfile(like._file, self._file)
        settings = load_settings(
            {
                "DATABASE_URL": f"sqlite:///{self._file}",
                "SECRET_KEY": SECRET,
                "TELEGRAM_BOT_TOKEN": token,
            },
            overrides={"clinic": {"open_to_all_clinicians": False}, **overrides},
        )
        self.app: Flask = create_app(settings)
        self.clock = HeldClock()
        runtime: Runtime = self.app.extensions["rehab"]
        self.runtime = replace(runtime, clock=self.clock)
        self.app.extensions["rehab"] = self.runtime
        self.context = runtime.context
        self.cast = replace(like.cast) if like else Cast()
        self._source = like._source if like else 0
        if like is None:
            with self.app.app_context():
                db.create_all()

    def close(self) -> None:
        """Everything is in the file now, and nobody holds it open."""
        with self.app.app_context():
            db.engine.dispose()

    def change(self) -> AbstractContextManager[Session]:
        """A transaction inside an app context of its own."""
        return _Change(self.app)

    def populate(self) -> Cast:
        """Meera and Dr Rao, an outsider, an administrator, and Asha in her second week."""
        with self.change() as session:
            versions.publish(session, self.context.content, now=NOW)
        self.cast.meera = self.add_staff("meera@clinic.example", "Meera Joshi")
        self.cast.rao = self.add_staff("rao@clinic.example", "Dr Rao", RoleName.SURGEON)
        self.cast.vikram = self.add_staff("vikram@clinic.example", "Vikram Outsider")
        self.cast.admin = self.add_staff(
            "admin@clinic.example", "Ada Admin", RoleName.ADMINISTRATOR
        )
        self.cast.asha = self.add_patient("Asha Patil", days_ago=9)
        with self.change() as session:
            on_call.put_on_call(session, clinician_id=self.cast.meera, now=NOW)
        self.beat()
        return self.cast

    def add_staff(self, email: str, name: str, role: RoleName = RoleName.PHYSIOTHERAPIST) -> int:
        with self.change() as session:
            hashed = _hashed(PASSWORD)
            added = people.add_clinician(
                session,
                email=email,
                name=name,
                role=role,
                telegram_id=None,
                password_hash=hashed,
                now=NOW,
            )
            return added.id

    def add_patient(
        self,
        name: str,
        *,
        days_ago: int,
        owner: int | None = None,
        enrolled: bool = True,
        **more: Any,
    ) -> int:
        """A patient operated on so many days ago; enrolled on that day unless told otherwise."""
        then = self.clock.now() - timedelta(days=max(days_ago, 0))
        with self.change() as session:
            new = NewPatient(
                name=name,
                procedure="hip-resurfacing",
                variant="standard",
                side=more.pop("side", "left"),
                surgery_on=self.clock.now().date() - timedelta(days=days_ago),
                timezone=more.pop("timezone", "Asia/Kolkata"),
                language=more.pop("language", "en"),
                birth_year=more.pop("birth_year", 1974),
                phone="+91 22 5550 0199",
                clinician_id=owner or self.cast.meera,
                is_synthetic=True,
            )
            added = enrolment.add_patient(
                session, self.context, new=new, actor=f"clinician:{new.clinician_id}", now=then
            )
            if enrolled:
                self._enrol(session, added.patient_id, then)
            return added.patient_id

    def _enrol(self, session: Session, patient_id: int, then: datetime) -> None:
        invite = session.query(Invite).filter_by(patient_id=patient_id).one()
        enrolment.accept_consent(
            session,
            invite=invite,
            chat_id=700_000 + patient_id,
            version="1.0",
            language=invite.patient.language,
            text="You agree.",
            now=then,
        )

    def join_team(self, patient_id: int, clinician_id: int) -> None:
        with self.change() as session:
            session.add(CareTeamMember(patient_id=patient_id, clinician_id=clinician_id))

    def answer(
        self, patient_id: int, answers: Mapping[str, str] | None = None, *, days_ago: int = 0
    ) -> None:
        """One daily check-in, all questions answered; what is not given is fine."""
        then = self.clock.now() - timedelta(days=days_ago, hours=1)
        given = {**FINE, **(answers or {})}
        with self.change() as session:
            episode = _episode(session, patient_id)
            check_in = check_ins.start(
                session,
                self.context,
                episode=episode,
                questionnaire_hash=episode.questionnaire_hash,
                local_on=_local_on(then),
                now=then,
            )
            while question := check_ins.next_question(session, self.context, check_in):
                self._record(session, check_in, question, given[question.id], then)
            if episode.patient.chat:
                episode.patient.chat.last_heard_at = max(then, episode.patient.chat.last_heard_at)

    def correct(self, patient_id: int, question_id: str, raw: str) -> None:
        """A second answer to a question of the latest check-in, an hour ago."""
        then = self.clock.now() - timedelta(minutes=50)
        with self.change() as session:
            check_in = check_ins.latest(session, episode_id=_episode(session, patient_id).id)
            assert check_in is not None
            asked = versions.questionnaire(session, self.context, check_in.questionnaire_hash)
            self._record(session, check_in, asked.question(question_id), raw, then)

    def _record(
        self, session: Session, check_in: Any, question: Question, raw: str, then: datetime
    ) -> None:
        self._source += 1
        check_ins.record_answer(
            session,
            self.context,
            check_in=check_in,
            question_id=question.id,
            answer=read_answer(question, raw),
            source=f"test:{self._source}",
            at=then,
            now=then,
        )

    def exercise(self, patient_id: int, *, days_ago: int, done: int, asked: int = 4) -> None:
        """One day's exercises, so many of them done."""
        then = self.clock.now() - timedelta(days=days_ago, hours=2)
        with self.change() as session:
            task = CareTask(
                episode=_episode(session, patient_id),
                kind=TaskKind.EXERCISES,
                local_on=_local_on(then),
                due_at=then,
                prompted_at=then,
                state=TaskState.DONE if done == asked else TaskState.MISSED,
                done_at=then if done == asked else None,
            )
            for number in range(asked):
                state = ExerciseState.DONE if number < done else ExerciseState.TOO_PAINFUL
                record = ExerciseRecord(
                    position=number + 1,
                    exercise_id=f"EX0{number + 1}",
                    dose="10 times · 3 times a day",
                    state=state,
                    recorded_at=then,
                )
                task.exercises.append(record)
            session.add(task)

    def send(
        self,
        patient_id: int,
        kind: str = "photo",
        *,
        hours_ago: float = 1,
        caption: str = "",
        content: bytes | None = None,
        **more: Any,
    ) -> int:
        """A photo or a voice message of the patient, fetched and kept; the medium's id."""
        self._source += 1
        then = self.clock.now() - timedelta(hours=hours_ago)
        with self.change() as session:
            kept = messages.keep(
                session,
                self.context,
                patient=_episode(session, patient_id).patient,
                kind=kind,
                text=caption,
                source=f"test:{self._source}",
                now=then,
                file_id="FILE",
            )
            sent = incoming_media.Sent(kind, "FILE", **more)
            medium = incoming_media.note(
                session, self.context, message=kept.message, sent=sent, now=then
            )
            if content is not None:
                is_sound = kind == "voice"
                prepared = Prepared(content, "audio/ogg") if is_sound else PHOTO
                incoming_media.store(
                    session, self.context, media_id=medium.id, prepared=prepared, now=then
                )
            return medium.id

    def write(self, patient_id: int, text: str, *, hours_ago: float = 1) -> None:
        """A free text of the patient."""
        self._source += 1
        then = self.clock.now() - timedelta(hours=hours_ago)
        with self.change() as session:
            messages.keep(
                session,
                self.context,
                patient=_episode(session, patient_id).patient,
                kind="text",
                text=text,
                source=f"test:{self._source}",
                now=then,
            )

    def pause(self, patient_id: int) -> None:
        with self.change() as session:
            episode_id = _episode(session, patient_id).id
            episodes.pause(
                session, episode_id=episode_id, until=None, actor="patient", now=self.clock.now()
            )

    def beat(self) -> None:
        """All components work."""
        with self.change() as session:
            for component in (heartbeats.INTAKE, heartbeats.SENDER, ESCALATOR):
                heartbeats.beat(session, component=component, now=self.clock.now())

    def read(self, ask: Callable[[Session], Any]) -> Any:
        with self.change() as session:
            return ask(session)

    def client(self) -> FlaskClient:
        return self.app.test_client()

    def signed_in(self, email: str) -> FlaskClient:
        """A browser in which somebody has signed in."""
        client = self.client()
        response = sign_in(client, email, PASSWORD)
        assert response.status_code == 302, response.get_data(as_text=True)
        return client


class _Change:
    def __init__(self, app: Flask) -> None:
        self._context = app.app_context()
        self._transaction = transaction()

    def __enter__(self) -> Session:
        self._context.push()
        return self._transaction.__enter__()

    def __exit__(self, *error: Any) -> None:
        try:
            self._transaction.__exit__(*error)
        finally:
            self._context.pop()


@cache
def _hashed(password: str) -> str:
    hashed: str = hash_password(password)
    return hashed


def _episode(session: Session, patient_id: int) -> Episode:
    episode = episodes.latest(session, patient_id=patient_id)
    assert episode is not None
    return episode


def _local_on(moment: datetime) -> date:
    return (moment + timedelta(hours=5, minutes=30)).date()
