"""A clinic on a temporary database, for tests of the inner rooms: no network, no pages, a held clock."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.orm import Session

import rehab.models  # noqa: F401 - makes every table known
from exercises.loader import ContentPack, load
from exercises.schema import Tier
from rehab import crypto
from rehab.clinical import timetable
from rehab.clinical.answers import read_answer
from rehab.clinical.redflags import Finding
from rehab.db import db, prepare_sqlite, transaction
from rehab.flows import engine
from rehab.flows.types import Event, EventKind, Handled
from rehab.models import (
    Alert,
    CareTeamMember,
    CheckIn,
    Clinician,
    Episode,
    Invite,
    OutboxMessage,
    OutboxState,
    Patient,
    Prompt,
    RoleName,
)
from rehab.services import alerts, check_ins, enrolment, episodes, on_call, people, versions
from rehab.services.check_ins import Recorded
from rehab.services.context import Context
from rehab.services.enrolment import NewPatient
from rehab.settings import Settings, load_settings

SECRET = "a secret for tests, nothing else, 48 characters.."
ZONE = "Asia/Kolkata"
NOW = datetime(2026, 3, 10, 6, 0, tzinfo=UTC)
"""A Tuesday, 11:30 in Mumbai: the clinic is open."""
NIGHT = datetime(2026, 3, 10, 20, 0, tzinfo=UTC)
"""01:30 of Wednesday in Mumbai: nobody reads answers."""
MEERA_CHAT, RAO_CHAT, VIKRAM_CHAT = 9001, 9002, 9003
ASHA_CHAT = 1001
FINE = {
    "pain": "2",
    "medicine": "simple",
    "wound": "dry",
    "temperature": "normal",
    "legs": "none",
    "walking": "same",
    "metal": "none",
    "walking-aid": "one",
    "new-signs": "none",
    "nerves": "none",
    "knee-bend": "90-100",
    "exercises": "all",
}

NO_SIDE_QUESTIONS = {"ask_how_urgent": False, "ask_who_answers_every_days": 0}
"""A check-in of clinical questions alone: who answers and how soon they need somebody have tests of
their own, and every other test would have to tap them away."""

_ids: dict[str, int] = {}
"""Ids of the people every clinic begins with."""


@cache
def content() -> ContentPack:
    """The real clinical content, read once for all tests."""
    return load()


@dataclass
class HeldClock:
    """A clock that stands still until it is moved."""

    moment: datetime = NOW

    def now(self) -> datetime:
        return self.moment

    def forward(self, **how_far: float) -> datetime:
        self.moment += timedelta(**how_far)
        return self.moment

    def at(self, local_on: date, wall: str, zone: str = ZONE) -> datetime:
        """Move to a wall time in a zone."""
        self.moment = timetable.due_at(local_on, datetime.strptime(wall, "%H:%M").time(), zone)  # noqa: DTZ007
        return self.moment


@dataclass
class Clinic:
    """An application without pages, the clinic's context, and ids of its people."""

    app: Flask
    settings: Settings
    context: Context
    clock: HeldClock = field(default_factory=HeldClock)
    meera: int = 0
    rao: int = 0
    vikram: int = 0
    admin: int = 0
    asha: int = 0
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    @property
    def now(self) -> datetime:
        return self.clock.now()

    @property
    def today(self) -> date:
        """The clinic's local date."""
        return timetable.local_date(self.now, ZONE)

    @contextmanager
    def session(self) -> Iterator[Session]:
        """One transaction."""
        with self.app.app_context(), transaction() as session:
            yield session

    def read(self, query: Any) -> list[Any]:
        """Rows that stay readable after their transaction."""
        with self.session() as session:
            rows = list(session.scalars(query))
            session.expunge_all()
            return rows

    def one(self, query: Any) -> Any:
        (row,) = self.read(query)
        return row

    def all_of(self, model: Any) -> list[Any]:
        """Every row of a table, oldest first."""
        return self.read(select(model).order_by(*model.__table__.primary_key.columns))

    def add_staff(
        self, name: str, role: RoleName = RoleName.PHYSIOTHERAPIST, telegram_id: int | None = None
    ) -> int:
        with self.session() as session:
            return people.add_clinician(
                session,
                email=f"{name.split()[0].lower()}@clinic.example",
                name=name,
                role=role,
                telegram_id=telegram_id,
                password_hash=None,
                now=self.now,
            ).id

    def new_patient(self, name: str = "Asha Patil", *, day: int = 10, **more: Any) -> NewPatient:
        """What staff would type for a patient operated on `day` days ago."""
        given: dict[str, Any] = {
            "name": name,
            "procedure": "hip-resurfacing",
            "variant": "standard",
            "side": "left",
            "surgery_on": self.today - timedelta(days=day),
            "timezone": ZONE,
            "language": "en",
            "birth_year": 1979,
            "phone": "+91 22 5550 0199",
            "clinician_id": self.meera,
            "is_synthetic": True,
        }
        return NewPatient(**(given | more))

    def invite(self, name: str = "Asha Patil", *, day: int = 10, **more: Any) -> tuple[int, str]:
        """A patient who was added but has not opened the link: id and token."""
        with self.session() as session:
            added = enrolment.add_patient(
                session,
                self.context,
                new=self.new_patient(name, day=day, **more),
                actor=f"clinician:{self.meera}",
                now=self.now,
            )
        return added.patient_id, added.token

    def add_patient(
        self, name: str = "Asha Patil", *, chat: int, day: int = 10, **more: Any
    ) -> int:
        """An enrolled patient; returns the episode's id."""
        patient_id, _ = self.invite(name, day=day, **more)
        with self.session() as session:
            invite = session.scalars(select(Invite).where(Invite.patient_id == patient_id)).one()
            patient = enrolment.accept_consent(
                session,
                invite=invite,
                chat_id=chat,
                version="test",
                language=invite.patient.language,
                text="You agree.",
                now=self.now,
            )
            found = episodes.latest(session, patient_id=patient.id)
            assert found is not None
            return found.id

    def join_team(self, episode_id: int, clinician_id: int) -> None:
        with self.session() as session:
            patient_id = episodes.get(session, episode_id).patient_id
            session.add(CareTeamMember(patient_id=patient_id, clinician_id=clinician_id))

    def begin(self, session: Session, episode_id: int) -> CheckIn:
        """Today's check-in."""
        episode = episodes.get(session, episode_id)
        return check_ins.start(
            session,
            self.context,
            episode=episode,
            questionnaire_hash=episode.questionnaire_hash,
            local_on=timetable.local_date(self.now, episode.patient.timezone),
            now=self.now,
        )

    def record(
        self,
        session: Session,
        check_in: CheckIn,
        question_id: str,
        raw: str,
        *,
        source: str | None = None,
    ) -> Recorded:
        asked = versions.questionnaire(session, self.context, check_in.questionnaire_hash)
        return check_ins.record_answer(
            session,
            self.context,
            check_in=check_in,
            question_id=question_id,
            answer=read_answer(asked.question(question_id), raw),
            source=source or f"test:{next(self.numbers)}",
            at=self.now,
            now=self.now,
        )

    def answer(self, episode_id: int, question_id: str, raw: str) -> Recorded:
        """One answer of today's check-in, in a transaction of its own."""
        with self.session() as session:
            return self.record(session, self.begin(session, episode_id), question_id, raw)

    def check_in(self, episode_id: int, answers: Mapping[str, str] | None = None) -> int:
        """Today's whole check-in; what is not given is fine."""
        given = {**FINE, **(answers or {})}
        with self.session() as session:
            check_in = self.begin(session, episode_id)
            while question := check_ins.next_question(session, self.context, check_in):
                self.record(session, check_in, question.id, given[question.id])
            return check_in.id

    def find(self, episode_id: int, *tiers: Tier, cause: str = "", stops: bool = False) -> None:
        """Findings of these tiers, as if rules had found them."""
        with self.session() as session:
            alerts.raise_findings(
                session,
                self.context,
                episode=episodes.get(session, episode_id),
                findings=[finding(tier, stops=stops) for tier in tiers],
                cause=cause or f"test:{next(self.numbers)}",
                now=self.now,
            )

    def alert(self) -> Alert:
        """The only alert there is."""
        found: Alert = self.one(select(Alert))
        return found

    def outbox(self, chat: int | None = None, kind: str = "") -> list[OutboxMessage]:
        query = select(OutboxMessage).order_by(OutboxMessage.id)
        if chat is not None:
            query = query.where(OutboxMessage.chat_id == chat)
        if kind:
            query = query.where(OutboxMessage.kind == kind)
        return self.read(query)

    def deliver(self) -> None:
        """Telegram took everything that waited."""
        with self.session() as session:
            waiting = select(OutboxMessage).where(OutboxMessage.state == OutboxState.QUEUED)
            for message in session.scalars(waiting):
                message.state, message.provider_id = OutboxState.ACCEPTED, message.id
                message.accepted_at = self.now

    def chat(self, chat_id: int, user: int | None = None) -> Chat:
        """A person's private chat, or a group as `user` sees it."""
        return Chat(self, chat_id, user)

    def configure(self, section: str, **changes: Any) -> None:
        """Change settings of a section, dotted when it stands in another: `escalation.T1`."""
        names = section.split(".")
        sections = [self.context.config]
        for name in names:
            sections.append(getattr(sections[-1], name))
        changed = sections.pop().model_copy(update=changes)
        for name in reversed(names):
            changed = sections.pop().model_copy(update={name: changed})
        self.context = replace(self.context, config=changed)


@dataclass
class Chat:
    """One person's phone: what they do goes through the real conversations."""

    clinic: Clinic
    id: int
    user: int | None = None
    """Who taps, in a group."""
    seen: int = 0
    fresh: list[OutboxMessage] = field(default_factory=list)

    def does(self, kind: EventKind, **what: Any) -> Handled:
        """One event; afterwards `new` holds what was said."""
        self.seen = max((message.id for message in self.clinic.outbox()), default=0)
        event = Event(
            source=str(what.pop("source", f"test:{next(self.clinic.numbers)}")),
            kind=kind,
            chat_id=self.id,
            user_id=self.user or self.id,
            at=self.clinic.now,
            **what,
        )
        with self.clinic.session() as session:
            handled = engine.handle(session, self.clinic.context, event=event, now=self.clinic.now)
        self.fresh = [m for m in self.clinic.outbox(self.id) if m.id > self.seen]
        self.clinic.deliver()
        return handled

    def says(self, words: str) -> list[str]:
        """Write a text; returns the kinds of the replies."""
        self.does(EventKind.TEXT, text=words)
        return self.kinds

    def command(self, name: str, argument: str = "") -> list[str]:
        self.does(EventKind.COMMAND, command=name, text=argument)
        return self.kinds

    def taps(self, value: str, *, kind: str = "", question: str = "") -> Handled:
        """Tap the newest button with this meaning."""
        with self.clinic.session() as session:
            shown = session.scalars(
                select(Prompt).where(Prompt.chat_id == self.id).order_by(Prompt.id.desc())
            )
            found = next(
                prompt
                for prompt in shown
                if value in prompt.choices
                and kind in ("", prompt.kind)
                and question in ("", prompt.subject.get("question"))
            )
            token, choice = found.token, found.choices.index(value)
        return self.does(EventKind.TAP, token=token, choice=choice)

    @property
    def kinds(self) -> list[str]:
        """The kinds of what was said in reply to the last thing done."""
        return [message.kind for message in self.fresh]

    @property
    def said(self) -> str:
        """The words of the reply to the last thing done."""
        return "\n---\n".join(message.text or "" for message in self.fresh)

    @property
    def buttons(self) -> list[str]:
        """The labels under the newest message."""
        rows = self.fresh[-1].buttons
        return [button["label"] for row in rows for button in row]


def connect(database_url: str, **overrides: Any) -> Clinic:
    """The application on a database that was made before; the people are those of `populate`."""
    environ = {
        "DATABASE_URL": database_url,
        "SECRET_KEY": SECRET,
        "TELEGRAM_BOT_TOKEN": "123:TEST",
    }
    settings = load_settings(environ, overrides={"check_ins": NO_SIDE_QUESTIONS} | overrides)
    crypto.use_secret(settings.secret_key)
    app = Flask("test")
    app.config["SQLALCHEMY_DATABASE_URI"] = settings.database_url
    db.init_app(app)
    with app.app_context():
        prepare_sqlite(db.engine)
    return Clinic(app, settings, Context(settings.config, content()), **_ids)


def populate(database_url: str) -> None:
    """Make the tables and the people every clinic begins with."""
    clinic = connect(database_url)
    with clinic.app.app_context():
        db.create_all()
    fill(clinic)
    close(clinic)


def fill(clinic: Clinic) -> None:
    """Meera (on call), Dr Rao, Vikram the outsider and an administrator.

    Asha, operated on ten days ago, is Meera's and Dr Rao's patient.
    """
    with clinic.session() as session:
        versions.publish(session, clinic.context.content, now=clinic.now)
    clinic.meera = clinic.add_staff("Meera Joshi", telegram_id=MEERA_CHAT)
    clinic.rao = clinic.add_staff("Rao Sunil", RoleName.SURGEON, RAO_CHAT)
    clinic.vikram = clinic.add_staff("Vikram Outsider", telegram_id=VIKRAM_CHAT)
    clinic.admin = clinic.add_staff("Ada Admin", RoleName.ADMINISTRATOR)
    with clinic.session() as session:
        on_call.put_on_call(session, clinician_id=clinic.meera, now=clinic.now)
    clinic.asha = clinic.add_patient(chat=ASHA_CHAT)
    clinic.join_team(clinic.asha, clinic.rao)
    for name in ("meera", "rao", "vikram", "admin", "asha"):
        _ids[name] = getattr(clinic, name)


def close(clinic: Clinic) -> None:
    with clinic.app.app_context():
        db.engine.dispose()


def finding(tier: Tier, *, stops: bool = False, rule: str = "") -> Finding:
    """What a rule of this tier would find."""
    return Finding(
        rule_id=rule or f"TEST.{tier}",
        tier=tier,
        reason=f"reason of {tier}",
        wording="generic-t1",
        stops_loading=stops,
        facts=(),
    )


def break_table(session: Session, table: str) -> None:
    """From now on the database refuses new rows in this table, as a full or broken disk would."""
    if session.get_bind().dialect.name == "sqlite":
        session.execute(
            text(
                f"CREATE TRIGGER broken_{table} BEFORE INSERT ON {table} "
                "BEGIN SELECT RAISE(ABORT, 'broken on purpose'); END"
            )
        )
        return
    session.execute(
        text(
            "CREATE OR REPLACE FUNCTION broken() RETURNS trigger AS "
            "$$ BEGIN RAISE EXCEPTION 'broken on purpose'; END $$ LANGUAGE plpgsql"
        )
    )
    session.execute(
        text(
            f"CREATE TRIGGER broken_{table} BEFORE INSERT ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION broken()"
        )
    )


def mend_table(session: Session, table: str) -> None:
    on = "" if session.get_bind().dialect.name == "sqlite" else f" ON {table}"
    session.execute(text(f"DROP TRIGGER broken_{table}{on}"))


def patient_of(session: Session, episode_id: int) -> Patient:
    return episodes.get(session, episode_id).patient


def clinician(session: Session, clinician_id: int) -> Clinician:
    return session.get_one(Clinician, clinician_id)


def episode(session: Session, episode_id: int) -> Episode:
    return session.get_one(Episode, episode_id)
