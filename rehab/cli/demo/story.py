"""Lives the demo's days: the real jobs remind, the real conversations answer, staff act on alerts."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from rehab import jobs
from rehab.cli.demo.cast import FIRST_CHAT, Person
from rehab.clinical import timetable
from rehab.db import transaction
from rehab.flows import engine
from rehab.flows.types import Event, EventKind
from rehab.models import (
    Alert,
    AlertState,
    CheckIn,
    CheckInState,
    Episode,
    OutboxMessage,
    OutboxState,
    Outcome,
    Patient,
    Prompt,
)
from rehab.services import alerts, enrolment, episodes, measurements, plans
from rehab.services.context import Context

REMINDER = time(9, 0)
MORNING_IS_OVER = timedelta(hours=9, minutes=30)
NOTE = "Synthetic history"
PRESENT_ONLY = ("watch", "drill")
"""Jobs about the product itself, as it runs now: they have no place in a history."""
DAYS_NORMALLY = {"medicine": "simple", "wound": "dry", "temperature": "normal", "legs": "none",
                 "walking": "better", "exercises": "all", "metal": "none",
                 "knee-bend": "90-100", "nerves": "none", "new-signs": "none",
                 "walking-aid": "one"}  # fmt: skip
NO_MEDICINE_FROM_DAY = 20


@dataclass
class StoryClock:
    """The moment the story has reached."""

    at: datetime

    def now(self) -> datetime:
        return self.at


class Story:
    """One run of the demo, from the earliest enrolment to this morning."""

    def __init__(self, context: Context, *, now: datetime, staff: Mapping[str, int]) -> None:
        self.context = context
        self.real_now = now
        self.staff = staff
        self.zone = context.config.clinic.timezone
        # The story's last day is the last one whose morning is over, so that it is always whole.
        self.today = timetable.local_date(now - MORNING_IS_OVER, self.zone)
        self.clock = StoryClock(now)
        self.people: dict[str, Person] = {}
        self.patient_ids: dict[str, int] = {}
        self.numbers = itertools.count(1)

    def days(self, people: Iterable[Person]) -> list[date]:
        """The local dates to live through, for these people."""
        self.people = {person.key: person for person in people}
        first = min(self._date(person, person.enrolled_on_day) for person in self.people.values())
        return [first + timedelta(days=n) for n in range((self.today - first).days + 1)]

    def live(self, local_on: date) -> None:
        """One day: enrolments, the morning's reminders, everybody's answers, staff at work."""
        self.clock.at = self._at(local_on, time(8, 0))
        for person in self.people.values():
            if self._date(person, person.enrolled_on_day) == local_on:
                self._enrol(person)
        self.clock.at = self._at(local_on, REMINDER) + timedelta(minutes=1)
        self._tick()
        for person in self.people.values():
            if person.key in self.patient_ids:
                self._live_day(person, (local_on - self._date(person, 0)).days)
        self.clock.at = min(self._at(local_on, time(13, 30)), self.real_now)
        self._tick()

    def _enrol(self, person: Person) -> None:
        now = self.clock.at
        with transaction() as session:
            new = person.as_new(self.context, today=self.today, clinician_id=self.staff["meera"])
            added = enrolment.add_patient(session, self.context, new=new, actor="system", now=now)
            self.patient_ids[person.key] = added.patient_id
        self._do(person, EventKind.COMMAND, command="start", text=added.token)
        self._do(person, EventKind.TEXT, text=str(person.birth_year))
        self._tap(person, "accept")
        self._tap(person, "time:09:00")
        self._tap(person, "seen")

    def _live_day(self, person: Person, day: int) -> None:
        acts = [act for since, act in person.acts.items() if since <= day]
        if day in person.stages:
            self._move_stage(person, person.stages[day])
        if day in person.visits:
            self._visit(person, person.visits[day])
        if day in person.acts and person.acts[day] != "silent":
            self._act(person, person.acts[day])
        if acts:
            return
        self._exercise(person, day)
        self._check_in(person, day)
        if day in person.says:
            self._do(person, EventKind.TEXT, text=person.says[day])
        self._staff_acts(person, day)

    def _exercise(self, person: Person, day: int) -> None:
        if _chance(f"{person.key}:{day}:exercise") < person.diligence:
            self._tap(person, "all_done")
        elif _chance(f"{person.key}:{day}:some") < 0.5:
            self._tap(person, "start")
            self._tap(person, "done")
            self._tap(person, "too_painful")

    def _check_in(self, person: Person, day: int) -> None:
        answers = self._answers(person, day)
        if self._is_asked_who(person):
            self._tap(person, "patient")
        while (question := self._open_question(person)) is not None:
            value = answers.get(question, "")
            if question == "temperature" and value[:1].isdigit():
                self._do(person, EventKind.TEXT, text=value)
            elif not self._tap(person, value, question=question):
                raise AssertionError(f"the demo cannot answer {question} with {value!r}")

    def _answers(self, person: Person, day: int) -> dict[str, str]:
        fading = person.pain_at_start * 0.955 ** max(day, 0)
        noise = 1.6 * _chance(f"{person.key}:{day}:pain") - 0.8
        usual = dict(DAYS_NORMALLY)
        usual["pain"] = str(max(0, min(10, round(fading + noise))))
        if day > NO_MEDICINE_FROM_DAY:
            usual["medicine"] = "none"
        if 0 <= day <= 3:
            usual["wound"] = "spots"
        return usual | dict(person.answers.get(day, {}))

    def _staff_acts(self, person: Person, day: int) -> None:
        handling = person.handled.get(day)
        if handling is None:
            return
        self.clock.at += timedelta(minutes=11)
        with transaction() as session:
            alert = self._alert_of(session, person)
            if alert is None:
                return
            who: dict[str, Any] = {"alert_id": alert.id, "clinician_id": self.staff["meera"]}
            if alert.state == AlertState.OPEN:
                alerts.acknowledge(session, self.context, now=self.clock.at, **who)
            if handling != AlertState.ACKNOWLEDGED:
                alerts.resolve(
                    session,
                    self.context,
                    outcome=Outcome(handling),
                    note=NOTE,
                    now=self.clock.at + timedelta(minutes=14),
                    **who,
                )
        self._deliver()

    def _act(self, person: Person, act: str) -> None:
        if act == "block":
            self._do(person, EventKind.BLOCKED)
        elif act == "pause":
            with transaction() as session:
                episodes.pause(
                    session,
                    episode_id=self._episode(session, person).id,
                    until=None,
                    actor="patient",
                    now=self.clock.at,
                )

    def _move_stage(self, person: Person, stage: str) -> None:
        with transaction() as session:
            episode = self._episode(session, person)
            if episode.stage_id != stage:
                plans.change_stage(
                    session,
                    self.context,
                    episode_id=episode.id,
                    to_stage=stage,
                    reason="Exit criteria met at the visit",
                    clinician_id=self.staff["meera"],
                    now=self.clock.at,
                )

    def _visit(self, person: Person, found: Mapping[str, float | bool]) -> None:
        with transaction() as session:
            episode = self._episode(session, person)
            meera = self.staff["meera"]
            for name, value in found.items():
                if isinstance(value, bool):
                    measurements.confirm_criterion(
                        session, self.context, episode_id=episode.id, stage_id=episode.stage_id,
                        criterion_id=name, is_met=value, clinician_id=meera, now=self.clock.at,
                    )  # fmt: skip
                else:
                    today = timetable.local_date(self.clock.at, episode.patient.timezone)
                    measurements.record(
                        session, self.context, episode_id=episode.id, measure=name, value=value,
                        effective_on=today, clinician_id=meera, now=self.clock.at,
                    )  # fmt: skip

    def _do(self, person: Person, kind: EventKind, **what: object) -> None:
        self.clock.at += timedelta(seconds=7)
        chat_id = self._chat(person)
        event = Event(
            source=f"demo:{next(self.numbers)}",
            kind=kind,
            chat_id=chat_id,
            user_id=chat_id,
            at=self.clock.at,
            **what,  # type: ignore[arg-type]
        )
        with transaction() as session:
            engine.handle(session, self.context, event=event, now=self.clock.at)
        self._deliver()

    def _tap(self, person: Person, value: str, *, question: str | None = None) -> bool:
        """Tap the newest button with this meaning. False when there is none."""
        with transaction() as session:
            shown = session.scalars(
                select(Prompt)
                .where(Prompt.chat_id == self._chat(person))
                .order_by(Prompt.id.desc())
                .limit(12)
            )
            for prompt in shown:
                if value in prompt.choices and question in (None, prompt.subject.get("question")):
                    token, choice = prompt.token, prompt.choices.index(value)
                    break
            else:
                return False
        self._do(person, EventKind.TAP, token=token, choice=choice)
        return True

    def _is_asked_who(self, person: Person) -> bool:
        """Whether the open check-in still waits to hear who is there."""
        with transaction() as session:
            newest = session.scalar(
                select(Prompt)
                .where(Prompt.chat_id == self._chat(person), Prompt.kind == "who_answers")
                .order_by(Prompt.id.desc())
                .limit(1)
            )
            found = session.get(CheckIn, newest.subject["check_in"]) if newest else None
            return (
                found is not None and found.state == CheckInState.OPEN and not found.observations
            )

    def _open_question(self, person: Person) -> str | None:
        with transaction() as session:
            episode = self._episode(session, person)
            found = session.scalar(
                select(CheckIn)
                .where(CheckIn.episode_id == episode.id, CheckIn.state == CheckInState.OPEN)
                .order_by(CheckIn.id.desc())
            )
            if found is None:
                return None
            answered = {observation.question_id for observation in found.observations}
            asked = session.scalars(
                select(Prompt).where(Prompt.chat_id == self._chat(person), Prompt.kind == "answer")
            )
            for prompt in asked:
                question = prompt.subject["question"]
                if prompt.subject["check_in"] == found.id and question not in answered:
                    return str(question)
            return None

    def _tick(self) -> None:
        for job in (one for one in jobs.JOBS if one.name not in PRESENT_ONLY):
            if job.name != "retention":
                job.run_once(self.context, self.clock)
        self._deliver()

    def _deliver(self) -> None:
        """Telegram accepted everything that waited; the demo's past was never really sent."""
        with transaction() as session:
            waiting = session.scalars(
                select(OutboxMessage).where(OutboxMessage.state == OutboxState.QUEUED)
            )
            for message in waiting:
                message.state = OutboxState.ACCEPTED
                message.accepted_at = self.clock.at
                message.provider_id = message.id

    def _alert_of(self, session: Session, person: Person) -> Alert | None:
        episode = self._episode(session, person)
        return alerts.unresolved(session, episode.id)

    def _episode(self, session: Session, person: Person) -> Episode:
        found = episodes.latest(session, patient_id=self.patient_ids[person.key])
        assert found is not None
        return found

    def _chat(self, person: Person) -> int:
        return FIRST_CHAT + list(self.people).index(person.key)

    def _date(self, person: Person, day: int) -> date:
        return self.today - timedelta(days=person.day - day)

    def _at(self, local_on: date, wall: time) -> datetime:
        return timetable.due_at(local_on, wall, self.zone)


def people_in_chat(session: Session) -> list[tuple[int, str]]:
    """Chat ids and names of the demo's patients, for the simulator's list."""
    rows = session.scalars(select(Patient).where(Patient.is_synthetic.is_(True)))
    return [(row.chat.chat_id, row.name) for row in rows if row.chat is not None]


def _chance(seed: str) -> float:
    """A number in [0, 1) that is the same on every machine: the demo looks alike everywhere."""
    digest = hashlib.sha256(seed.encode()).digest()
    return int.from_bytes(digest[:4], "big") / 2**32
