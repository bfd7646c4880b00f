"""The month itself: real conversations, real jobs, invented patients."""

from __future__ import annotations

import itertools
import random
import sys
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from benchmarks.month import figures
from benchmarks.month.diary import Diary
from benchmarks.month.lives import EMERGENCIES, Life
from benchmarks.month.staff import PHYSIOTHERAPISTS, READ_AT, Staff
from exercises.schema import Tier
from rehab import jobs
from rehab.clinical import timetable
from rehab.db import transaction
from rehab.flows import check_in, engine, how_urgent, who_answers
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
    Page,
    Prompt,
)
from rehab.services import enrolment
from rehab.services.context import Context
from rehab.services.enrolment import NewPatient

ZONE = "Asia/Kolkata"
FIRST_DAY = date(2026, 11, 23)
TICK = timedelta(minutes=15)
MOST_TAPS = 25


class Month:
    """`run` lives it; afterwards `figures` says what staff and patients went through."""

    def __init__(self, context: Context, lives: list[Life], *, days: int, seed: int) -> None:
        self.context = context
        self.days = days
        self.dice = random.Random(seed)
        self.lives = {life.chat_id: life for life in lives}
        self._diary = Diary(timetable.due_at(FIRST_DAY, time(6, 0), ZONE))
        self._numbers = itertools.count(1)
        self.emergencies = 0
        self.paged_at_once = 0
        self.answers = 0
        self._staff = Staff(context, self._diary, self.dice, zone=ZONE, since=FIRST_DAY)
        for life in lives:
            self._enrol(life)

    # --- the month ------------------------------------------------------------------------

    def run(self, *, emergencies: int) -> None:
        """Live all days; so many emergencies strike at random moments."""
        start = self._diary.now()
        for number in range(int(timedelta(days=self.days) / TICK)):
            self._diary.later(start + number * TICK, self._tick)
        for _ in range(emergencies):
            moment = start + timedelta(seconds=self.dice.randrange(86_400 * (self.days - 1)))
            self._diary.later(moment, self._strike)
        for day in range(self.days):
            self._plan_day(FIRST_DAY + timedelta(days=day))
        end = start + timedelta(days=self.days)
        self._diary.live_until(end)
        self._tick()

    def _plan_day(self, on: date) -> None:
        if on.isoweekday() in self.context.config.clinic.cover_days:
            for hour in READ_AT:
                self._diary.later(timetable.due_at(on, time(hour), ZONE), self._staff.read)
        for life in self.lives.values():
            if life.answers_today():
                minute = self.dice.choice((5, 20, 50, 90, 150, 260, 420, 600))
                at = timetable.due_at(on, time(9, 0), ZONE) + timedelta(minutes=minute)
                self._diary.later(at, lambda life=life, on=on: self._live(life, on))

    def _live(self, life: Life, on: date) -> None:
        day = (on - self._surgery_on(life)).days
        if what := life.exercises():
            self._tap_value(life, what)
        self._check_in(life, day)
        if words := life.says_something():
            self._does(life, EventKind.TEXT, text=words)
        self._staff.notice()

    def _tick(self) -> None:
        if self._now.hour == 0 and self._now.minute < TICK.total_seconds() / 60:
            sys.stderr.write(f"\r{self._now:%d %b} {self.answers} answers ")
        for job in jobs.JOBS:
            if job.name != "retention":
                job.run_once(self.context, self._diary)
        with transaction() as session:
            # What staff and patients would see: Telegram takes everything at once here.
            session.execute(
                update(OutboxMessage)
                .where(OutboxMessage.state == OutboxState.QUEUED)
                .values(state=OutboxState.ACCEPTED, provider_id=OutboxMessage.id, accepted_at=self._now)
            )  # fmt: skip
        self._staff.accept_handovers()
        self._staff.notice()

    # --- patients -------------------------------------------------------------------------

    def _check_in(self, life: Life, day: int) -> None:
        for _ in range(MOST_TAPS):
            prompt = self._open_question(life)
            if prompt is None:
                return
            token, values, question = prompt
            value = life.answer(question, values, day) if question else values[0]
            self._does(life, EventKind.TAP, token=token, choice=values.index(value))
            self.answers += 1

    def _open_question(self, life: Life) -> tuple[str, list[str], str] | None:
        """The newest keyboard that waits for an answer of the open check-in."""
        with transaction() as session:
            shown = session.scalars(
                select(Prompt)
                .where(Prompt.chat_id == life.chat_id)
                .order_by(Prompt.id.desc())
                .limit(4)
            ).all()
            for prompt in shown:
                if prompt.kind in (who_answers.PROMPT, how_urgent.PROMPT):
                    return prompt.token, list(prompt.choices), ""
                if prompt.kind == check_in.ANSWER:
                    open_one = session.get(CheckIn, prompt.subject["check_in"])
                    if open_one is None or open_one.state != CheckInState.OPEN:
                        return None
                    return prompt.token, list(prompt.choices), prompt.subject["question"]
        return None

    def _tap_value(self, life: Life, value: str) -> None:
        with transaction() as session:
            shown = session.scalars(
                select(Prompt)
                .where(Prompt.chat_id == life.chat_id)
                .order_by(Prompt.id.desc())
                .limit(6)
            )
            found = next((prompt for prompt in shown if value in prompt.choices), None)
            where = (found.token, found.choices.index(value)) if found else None
        if where is not None:
            self._does(life, EventKind.TAP, token=where[0], choice=where[1])

    def _strike(self) -> None:
        """An emergency: is a page written in the very transaction that hears it?"""
        early = [life for life in self.lives.values() if 0 <= self._day(life) <= 60]
        life = self.dice.choice(early)
        self._resolve_all(life)
        how, what = self.dice.choice(EMERGENCIES)
        if how == "answer" and not self._strikes_in_an_answer(life, what):
            how, what = "text", EMERGENCIES[-1][1]
        if how == "text":
            self._does(life, EventKind.TEXT, text=what, before_commit=self._count_page(life))
        self._staff.notice()

    def _strikes_in_an_answer(self, life: Life, what: str) -> bool:
        """Answer today's questions up to the one that matters; False when it is not asked (any more)."""
        question, _, value = what.partition("=")
        self._does(life, EventKind.COMMAND, command="checkin")
        for _ in range(MOST_TAPS):
            prompt = self._open_question(life)
            if prompt is None:
                return False
            token, values, asked = prompt
            if asked == question and value in values:
                self._does(
                    life, EventKind.TAP, token=token, choice=values.index(value),
                    before_commit=self._count_page(life),
                )  # fmt: skip
                return True
            calm = life.answer(asked, values, self._day(life)) if asked else values[0]
            self._does(life, EventKind.TAP, token=token, choice=values.index(calm))
        return False

    def _does(
        self,
        life: Life,
        kind: EventKind,
        *,
        before_commit: Callable[[Session], None] | None = None,
        **what: Any,
    ) -> None:
        event = Event(
            source=f"month:{next(self._numbers)}",
            kind=kind,
            chat_id=life.chat_id,
            user_id=life.chat_id,
            at=self._now,
            **what,
        )
        with transaction() as session:
            engine.handle(session, self.context, event=event, now=self._now)
            if before_commit is not None:
                session.flush()
                before_commit(session)

    def _count_page(self, life: Life) -> Callable[[Session], None]:
        before = self._pages(life)

        def look(session: Session) -> None:
            self.emergencies += 1
            self.paged_at_once += _pages_of(session, life.chat_id) > before

        return look

    def _resolve_all(self, life: Life) -> None:
        """So that the emergency is a new alert and not one finding more."""
        with transaction() as session:
            open_one = session.scalar(
                select(Alert).join(Episode).where(
                    Episode.patient_id == enrolled_as(session, life.chat_id),
                    Alert.state != AlertState.RESOLVED,
                )
            )  # fmt: skip
            if open_one is not None:
                self._staff.resolve(session, open_one, self._staff.nurses[0], Outcome.CALLED)

    def _pages(self, life: Life) -> int:
        with transaction() as session:
            return _pages_of(session, life.chat_id)

    # --- the beginning --------------------------------------------------------------------

    def _enrol(self, life: Life) -> None:
        new = NewPatient(
            name=f"Patient {life.number}",
            procedure=life.procedure,
            variant=None,
            side="left",
            surgery_on=self._surgery_on(life),
            timezone=ZONE,
            language=life.language,
            birth_year=1970,
            phone=None,
            clinician_id=self._staff.physios[life.number % PHYSIOTHERAPISTS],
            is_synthetic=True,
        )
        with transaction() as session:
            added = enrolment.add_patient(
                session, self.context, new=new, actor="system", now=self._now
            )
            opening = enrolment.open_invite(
                session, self.context, token=added.token, chat_id=life.chat_id, now=self._now
            )
            assert opening.invite is not None
            enrolment.accept_consent(
                session, invite=opening.invite, chat_id=life.chat_id, version="bench",
                language=life.language, text="bench", now=self._now,
            )  # fmt: skip

    def _surgery_on(self, life: Life) -> date:
        return FIRST_DAY - timedelta(days=life.day_at_start)

    def _day(self, life: Life) -> int:
        return (timetable.local_date(self._now, ZONE) - self._surgery_on(life)).days

    # --- what came of it ------------------------------------------------------------------

    def figures(self) -> dict[str, Any]:
        """Numbers of the month."""
        yesterday = timetable.local_date(self._now, ZONE) - timedelta(days=1)
        return {
            "patients": len(self.lives),
            "days": self.days,
            "answers": self.answers,
            **figures.of_alerts(self._staff.everybody, days=self.days, zone=ZONE),
            "emergencies": self.emergencies,
            "paged_in_the_same_transaction": self.paged_at_once,
            **figures.of_days(FIRST_DAY, yesterday),
        }

    @property
    def _now(self) -> datetime:
        return self._diary.now()


def enrolled_as(session: Session, chat_id: int) -> int:
    """The patient of a chat."""
    from rehab.models import PatientChat

    return session.scalars(
        select(PatientChat.patient_id).where(PatientChat.chat_id == chat_id)
    ).one()


def _pages_of(session: Session, chat_id: int) -> int:
    query = (
        select(func.count(Page.id))
        .join(Alert, Alert.id == Page.alert_id)
        .join(Episode, Episode.id == Alert.episode_id)
        .where(Episode.patient_id == enrolled_as(session, chat_id), Alert.tier == Tier.EMERGENCY)
    )
    return session.scalar(query) or 0
