"""The whole product in one process: database, dashboard, bot, jobs, and Telegram next door.

One clock moves them all. Whoever tells a story moves it, waits for what people see, and at the end
nobody has a message that the story did not expect.
"""

from __future__ import annotations

import threading
import time as real_time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from flask import Flask
from flask_security import hash_password
from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from bot.simulator import ChatMessage, OffsetClock, Person, Simulator
from rehab.app import create_app
from rehab.db import db, transaction
from rehab.flows import engine
from rehab.jobs import JOBS
from rehab.models import (
    Alert,
    AlertState,
    CareTask,
    CareTeamMember,
    Clinician,
    Episode,
    InboxState,
    InboxUpdate,
    MediaState,
    OutboxMessage,
    OutboxState,
    Patient,
    StoredMedia,
    TaskState,
)
from rehab.runtime import Runtime
from rehab.services import (
    care_tasks,
    education,
    enrolment,
    episodes,
    heartbeats,
    on_call,
    people,
    versions,
)
from rehab.services.context import Context
from rehab.services.enrolment import NewPatient
from rehab.services.incoming_media import LEASE
from rehab.settings import load_settings
from tests.support.bot_thread import BotThread
from tests.support.browser import Browser
from tests.support.build import NO_SIDE_QUESTIONS
from tests.support.cast import KOLKATA, MEERA, STAFF, START, SURGERY_ON, PatientRole, StaffRole

T = TypeVar("T")
TOKEN = "7000000001:journeys-invented-token-of-a-test-bot"
SECRET = "a secret for journeys, nothing else, 50 characters"
PASSWORD = "correct horse battery"
PATIENCE = 10.0
"""Real seconds in which everything that is under way must have come to rest."""
MOST_TICKS = 12


class House:
    """A clinic with its bot. Use it as a context manager."""

    def __init__(
        self,
        database_url: str,
        *,
        start: datetime = START,
        token: str = TOKEN,
        api_url: str = "",
        overrides: Mapping[str, Any] | None = None,
    ) -> None:
        self.clock = OffsetClock(start)
        self.sim = Simulator(token, clock=self.clock, timezone=KOLKATA).start()
        settings = load_settings(
            {
                "DATABASE_URL": database_url,
                "SECRET_KEY": SECRET,
                "TELEGRAM_BOT_TOKEN": token,
                "TELEGRAM_API_URL": api_url or self.sim.api_url,
            },
            overrides=_merged(
                {
                    "telegram": {"poll_seconds": 1, "seconds_per_chat": 0.0},
                    "clinic": {"open_to_all_clinicians": False},
                    "roll_call": {"send": False},
                    "check_ins": NO_SIDE_QUESTIONS,
                },
                overrides or {},
            ),
        )
        self.app: Flask = create_app(settings)
        runtime: Runtime = self.app.extensions["rehab"]
        # Before anything reads it: the dashboard, the bot and the jobs share this one.
        self.runtime = replace(runtime, clock=self.clock)
        self.app.extensions["rehab"] = self.runtime
        self.context = runtime.context
        engine.get_ready(self.context)
        self._bot: BotThread | None = None
        self._started_at = start
        self._staff: dict[str, int] = {}
        with self.app.app_context():
            db.create_all()
        self._hire()

    def __enter__(self) -> House:
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self.stop_bot()
        finally:
            self.sim.stop()
            with self.app.app_context():
                db.engine.dispose()

    # -- the bot ---------------------------------------------------------------------------

    def start_bot(self) -> BotThread:
        assert self._bot is None, "the bot is already running"
        self._started_at = self.now()
        self._bot = BotThread(self.app).start()
        return self._bot

    def hears(self) -> None:
        """Wait until this life of the bot has finished a poll, and so knows of any silence before."""

        def has_beaten() -> bool:
            with self.session() as session:
                beat = heartbeats.last(session, heartbeats.INTAKE)
                return beat is not None and beat >= self._started_at

        self.until(has_beaten)

    def run_jobs_elsewhere(self) -> None:
        """One round of all jobs in another process than the bot's."""
        with self.app.app_context():
            for job in JOBS:
                job.run_once(self.context, self.clock)

    def stop_bot(self) -> None:
        if self._bot is not None:
            bot, self._bot = self._bot, None
            bot.stop()

    # -- people ----------------------------------------------------------------------------

    def phone(self, role: PatientRole | StaffRole) -> Person:
        """The person's chat with the bot."""
        first, _, last = role.name.partition(" ")
        kind = "staff" if isinstance(role, StaffRole) else "patient"
        return self.sim.user(role.chat_id, first, last, role=kind)  # type: ignore[arg-type]

    @property
    def meera(self) -> Person:
        return self.phone(MEERA)

    def staff_id(self, role: StaffRole) -> int:
        return self._staff[role.email]

    def browser(self, role: StaffRole = MEERA) -> Browser:
        """A browser in which somebody has signed in through the form."""
        made = Browser(self.app)
        made.sign_in(role.email, PASSWORD)
        return made

    def add_patient(
        self,
        role: PatientRole,
        *,
        lead: StaffRole = MEERA,
        surgery_on: date = SURGERY_ON,
        side: str = "left",
        procedure: str = "hip-resurfacing",
        variant: str | None = None,
    ) -> tuple[int, str]:
        """Written down by staff; the id and the token of the invite."""
        with self.session() as session:
            added = enrolment.add_patient(
                session,
                self.context,
                new=NewPatient(
                    name=role.name,
                    procedure=procedure,
                    variant=variant,
                    side=side,
                    surgery_on=surgery_on,
                    timezone=role.zone,
                    language=role.language,
                    birth_year=role.birth_year,
                    phone=role.phone,
                    clinician_id=self.staff_id(lead),
                ),
                actor=f"clinician:{self.staff_id(lead)}",
                now=self.now(),
            )
            return added.patient_id, added.token

    def enrolled(
        self,
        role: PatientRole,
        *,
        reminder: time = time(9, 0),
        knows_the_cards: bool = True,
        **more: Any,
    ) -> Person:
        """A patient who went through enrolment without a word, for stories that begin later.

        Every education card was sent before, except in stories about them.
        """
        phone = self.phone(role)
        patient_id, token = self.add_patient(role, **more)
        now = self.now()
        with self.session() as session:
            opening = enrolment.open_invite(
                session, self.context, token=token, chat_id=role.chat_id, now=now
            )
            assert opening.invite is not None
            patient = enrolment.accept_consent(
                session, invite=opening.invite, chat_id=role.chat_id, version="test",
                language=role.language, text="test", now=now,
            )  # fmt: skip
            patient.reminder_time = reminder
            episode = episodes.latest(session, patient_id=patient_id)
            assert episode is not None
            episodes.log(session, episode, "test_message", actor="system", now=now)
            if knows_the_cards:
                _hand_out_the_cards(session, self.context, episode, now)
            care_tasks.plan_ahead(session, self.context, episode=episode, now=now)
        return phone

    def join_team(self, role: PatientRole, staff: StaffRole) -> None:
        with self.session() as session:
            patient_id = patient_named(session, role).id
            clinician_id = self.staff_id(staff)
            session.add(CareTeamMember(patient_id=patient_id, clinician_id=clinician_id))

    def patient_id(self, role: PatientRole) -> int:
        with self.session() as session:
            return patient_named(session, role).id

    def patient_code(self, role: PatientRole) -> str:
        with self.session() as session:
            return patient_named(session, role).code

    def _hire(self) -> None:
        """Everybody's first day; in a copy of another house they are there already."""
        with self.session() as session:
            for known in session.scalars(select(Clinician)):
                self._staff[known.email] = known.id
            if self._staff:
                for role in STAFF:
                    self.phone(role)
                return
            versions.publish(session, self.context.content, now=self.now())
            for role in STAFF:
                self._staff[role.email] = people.add_clinician(
                    session,
                    email=role.email,
                    name=role.name,
                    role=role.role,
                    telegram_id=role.chat_id,
                    password_hash=_hashed(PASSWORD),
                    now=self.now(),
                ).id
                self.phone(role)
            # Not the moment by the clock: a copy's clock begins again before it.
            since = self._started_at
            on_call.put_on_call(session, clinician_id=self._staff[MEERA.email], now=since)

    # -- rows ------------------------------------------------------------------------------

    @contextmanager
    def session(self) -> Iterator[Session]:
        """One transaction. Never held open around a request of a browser."""
        with self.app.app_context(), transaction() as session:
            yield session

    def rows(self, query: Select[Any]) -> list[Any]:
        """What the query finds, readable after its transaction."""
        with self.session() as session:
            found = list(session.scalars(query))
            for one in found:
                if isinstance(one, db.Model):
                    session.expunge(one)
            return found

    def count(self, model: type[Any], *conditions: Any) -> int:
        with self.session() as session:
            query = select(func.count()).select_from(model).where(*conditions)
            return session.scalar(query) or 0

    # -- time ------------------------------------------------------------------------------

    def now(self) -> datetime:
        return self.clock.now()

    def at(self, wall: str, zone: str = KOLKATA) -> None:
        """Move everybody's clock forward to a wall time such as "2026-11-23 09:00"."""
        self.move_to(datetime.fromisoformat(wall).replace(tzinfo=ZoneInfo(zone)))

    def later(self, **by: float) -> None:
        """Move everybody's clock forward by hours, minutes or seconds."""
        self.settle()
        self._move(self.now() + timedelta(**by))

    def move_to(self, moment: datetime) -> None:
        self.settle()
        self._move(moment)

    def _move(self, moment: datetime) -> None:
        self.sim.move_clock(to=moment.isoformat())
        if self._bot is not None:
            self._tick_until_nothing_is_due()

    def _tick_until_nothing_is_due(self) -> None:
        """As the ticker does by itself, only without waiting for it."""
        assert self._bot is not None
        for _ in range(MOST_TICKS):
            self._bot.tick()
            if not self._something_is_due():
                return
        raise AssertionError("the jobs never came to an end")

    def _something_is_due(self) -> bool:
        now = self.now()
        with self.session() as session:
            tasks = select(CareTask.id).where(
                CareTask.state.in_([TaskState.PLANNED, TaskState.PROMPTED]),
                CareTask.look_after <= now,
            )
            alerts = select(Alert.id).where(
                Alert.state != AlertState.RESOLVED, Alert.escalate_after <= now
            )
            return bool(session.scalar(tasks.limit(1)) or session.scalar(alerts.limit(1)))

    # -- coming to rest ----------------------------------------------------------------------

    def settle(self) -> None:
        """Until every update is handled and every due message has left."""
        if self._bot is not None:
            self.until(self._is_at_rest)

    def until(self, ready: Callable[[], T], seconds: float = PATIENCE) -> T:
        """The first truthy value of `ready`."""
        deadline = real_time.monotonic() + seconds
        pause = threading.Event()
        while not (value := ready()):
            assert real_time.monotonic() < deadline, f"did not happen within {seconds} s"
            pause.wait(0.01)
        return value

    def _is_at_rest(self) -> bool:
        if self.sim.pending_updates:
            return False
        now = self.now()
        with self.session() as session:
            waiting = select(InboxUpdate.update_id).where(
                InboxUpdate.state == InboxState.NEW,
                or_(InboxUpdate.not_before.is_(None), InboxUpdate.not_before <= now),
            )
            leaving = select(OutboxMessage.id).where(
                or_(
                    OutboxMessage.state == OutboxState.SENDING,
                    (OutboxMessage.state == OutboxState.QUEUED)
                    & (OutboxMessage.not_before <= now),
                )
            )
            coming = select(StoredMedia.id).where(
                StoredMedia.state == MediaState.WAITING,
                or_(
                    StoredMedia.look_after <= now,
                    # Being fetched for the first time just now.
                    (StoredMedia.attempts == 1) & (StoredMedia.look_after > now + LEASE / 2),
                ),
            )
            under_way = (waiting.limit(1), coming.limit(1), leaving.limit(1))
            return not any(session.scalar(query) for query in under_way)

    def everybody(self) -> list[Person]:
        """All phones."""
        with self.sim.state.changed:
            ids = [chat.id for chat in self.sim.state.chats.values() if chat.profile]
        return [self.sim.person(chat_id) for chat_id in ids]

    def nothing_unexpected(self) -> None:
        """Nobody has a message that the story did not expect."""
        self.settle()
        for person in self.everybody():
            unread = [message.text for message in person.unread]
            assert not unread, f"{person.profile.name} did not expect {unread}"


def patient_named(session: Session, role: PatientRole) -> Patient:
    """Names are encrypted, so the rows themselves are asked."""
    return next(one for one in session.scalars(select(Patient)) if one.name == role.name)


def episode_of(session: Session, role: PatientRole) -> Episode:
    episode = episodes.latest(session, patient_id=patient_named(session, role).id)
    assert episode is not None
    return episode


def _hand_out_the_cards(
    session: Session, context: Context, episode: Episode, now: datetime
) -> None:
    cards = versions.education_of(session, context, episode)
    for card in cards.cards if cards else ():
        education.deliver(session, episode=episode, card=card, now=now)


def sqlite_url(folder: Path) -> str:
    return f"sqlite:///{folder / 'house.sqlite3'}"


def clinician_of(session: Session, email: str) -> Clinician:
    return people.by_email(session, email)


def order(*messages: ChatMessage) -> bool:
    """Whether the messages arrived in this order."""
    ids = [message.message_id for message in messages]
    return ids == sorted(ids)


def _merged(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    result = dict(base)
    for key, value in over.items():
        both = isinstance(value, Mapping) and isinstance(result.get(key), Mapping)
        result[key] = _merged(result[key], value) if both else value
    return result


@cache
def _hashed(password: str) -> str:
    hashed: str = hash_password(password)
    return hashed
