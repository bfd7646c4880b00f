"""The month itself: a clock that jumps from event to event, real conversations, real jobs, invented people."""

from __future__ import annotations

import heapq
import itertools
import random
import sys
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from benchmarks.month.lives import EMERGENCIES, Life
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
    EpisodeState,
    Handover,
    HandoverState,
    IncomingMessage,
    OutboxMessage,
    OutboxState,
    Outcome,
    Page,
    PatientDay,
    Prompt,
    RoleName,
    RotaPattern,
)
from rehab.services import alerts, enrolment, handover, messages, people
from rehab.services.context import Context
from rehab.services.enrolment import NewPatient

ZONE = "Asia/Kolkata"
FIRST_DAY = date(2026, 11, 23)
PHYSIOTHERAPISTS = 8
"""One for about sixty patients."""
NURSES = 2
SHIFTS = ((time(8), time(20)), (time(20), time(8)))
"""One nurse by day and one by night, every day of the month."""
TICK = timedelta(minutes=15)
MOST_TAPS = 25
STAFF_READ_AT = (11, 14, 17)
"""Clinic time at which physiotherapists read their messages on working days."""
TAKES_A_CARD = timedelta(minutes=4)
SEES_IT_THROUGH = timedelta(minutes=45)
IS_USEFUL = {Tier.EMERGENCY: 0.9, Tier.SAME_DAY: 0.6, Tier.SOON: 0.4}


@dataclass(order=True)
class _Due:
    at: datetime
    number: int
    act: Callable[[], None] = field(compare=False)


class Month:
    """`run` lives it; afterwards `figures` says what staff and patients went through."""

    def __init__(self, context: Context, lives: list[Life], *, days: int, seed: int) -> None:
        self.context = context
        self.days = days
        self.dice = random.Random(seed)
        self.lives = {life.chat_id: life for life in lives}
        self.moment = timetable.due_at(FIRST_DAY, time(6, 0), ZONE)
        self._numbers = itertools.count(1)
        self._queue: list[_Due] = []
        self._taken: set[tuple[int, datetime]] = set()
        self.emergencies = 0
        self.paged_at_once = 0
        self.answers = 0
        self._staff()
        for life in lives:
            self._enrol(life)

    # --- what the jobs need of a clock ----------------------------------------------------

    def now(self) -> datetime:
        return self.moment

    # --- the month ------------------------------------------------------------------------

    def run(self, *, emergencies: int) -> None:
        """Live all days; so many emergencies strike at random moments."""
        start = self.moment
        for number in range(int(timedelta(days=self.days) / TICK)):
            self._later(start + number * TICK, self._tick)
        for _ in range(emergencies):
            moment = start + timedelta(seconds=self.dice.randrange(86_400 * (self.days - 1)))
            self._later(moment, self._strike)
        for day in range(self.days):
            self._plan_day(FIRST_DAY + timedelta(days=day))
        end = start + timedelta(days=self.days)
        while self._queue and self._queue[0].at < end:
            due = heapq.heappop(self._queue)
            self.moment = max(self.moment, due.at)
            due.act()
        self.moment = end
        self._tick()

    def _plan_day(self, on: date) -> None:
        if on.isoweekday() in self.context.config.clinic.cover_days:
            for hour in STAFF_READ_AT:
                self._later(timetable.due_at(on, time(hour), ZONE), self._staff_read)
        for life in self.lives.values():
            if life.answers_today():
                minute = self.dice.choice((5, 20, 50, 90, 150, 260, 420, 600))
                at = timetable.due_at(on, time(9, 0), ZONE) + timedelta(minutes=minute)
                self._later(at, lambda life=life, on=on: self._live(life, on))

    def _live(self, life: Life, on: date) -> None:
        day = (on - self._surgery_on(life)).days
        if what := life.exercises():
            self._tap_value(life, what)
        self._check_in(life, day)
        if words := life.says_something():
            self._does(life, EventKind.TEXT, text=words)
        self._staff_notice()

    def _tick(self) -> None:
        if self.moment.hour == 0 and self.moment.minute < TICK.total_seconds() / 60:
            sys.stderr.write(f"\r{self.moment:%d %b} {self.answers} answers ")
        for job in jobs.JOBS:
            if job.name != "retention":
                job.run_once(self.context, self)
        with transaction() as session:
            # What staff and patients would see: Telegram takes everything at once here.
            session.execute(
                update(OutboxMessage)
                .where(OutboxMessage.state == OutboxState.QUEUED)
                .values(state=OutboxState.ACCEPTED, provider_id=OutboxMessage.id, accepted_at=self.moment)
            )  # fmt: skip
        self._accept_handovers()
        self._staff_notice()

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
        self._staff_notice()

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
            at=self.moment,
            **what,
        )
        with transaction() as session:
            engine.handle(session, self.context, event=event, now=self.moment)
            if before_commit is not None:
                session.flush()
                before_commit(session)

    def _count_page(self, life: Life) -> Callable[[Session], None]:
        before = self._pages(life)

        def look(session: Session) -> None:
            self.emergencies += 1
            self.paged_at_once += _pages_of(session, life.chat_id) > before

        return look

    # --- staff ----------------------------------------------------------------------------

    def _accept_handovers(self) -> None:
        with transaction() as session:
            offered = select(Handover).where(Handover.state == HandoverState.OFFERED)
            for one in session.scalars(offered).all():
                if one.state != HandoverState.OFFERED:
                    continue  # settled by a later one
                handover.accept(
                    session,
                    self.context,
                    handover_id=one.id,
                    clinician_id=one.to_clinician_id,
                    now=self.moment,
                )

    def _staff_notice(self) -> None:
        """Whoever was paged takes the card some minutes later, and sees it through."""
        with transaction() as session:
            waiting = session.execute(
                select(Alert.id, Alert.clock_started_at, Page.clinician_id)
                .join(Page, Page.alert_id == Alert.id)
                .where(Alert.state == AlertState.OPEN, Page.created_at >= Alert.clock_started_at)
                .order_by(Page.id)
            ).all()
        for alert_id, clock, clinician_id in waiting:
            if (alert_id, clock) in self._taken:
                continue
            self._taken.add((alert_id, clock))
            self._later(
                self.moment + TAKES_A_CARD, lambda a=alert_id, c=clinician_id: self._take(a, c)
            )

    def _staff_read(self) -> None:
        """Each physiotherapist reads what their patients wrote."""
        with transaction() as session:
            unread = set(
                session.scalars(
                    select(IncomingMessage.patient_id).where(IncomingMessage.seen_at.is_(None))
                )
            )
            for patient_id in unread:
                messages.mark_seen(
                    session, patient_id=patient_id, clinician_id=self.physios[0], now=self.moment
                )

    def _take(self, alert_id: int, clinician_id: int) -> None:
        with transaction() as session:
            alert = session.get(Alert, alert_id)
            if alert is None or alert.state != AlertState.OPEN:
                return
            alerts.acknowledge(
                session,
                self.context,
                alert_id=alert_id,
                clinician_id=clinician_id,
                now=self.moment,
            )
        end = self.moment + SEES_IT_THROUGH
        self._later(end, lambda: self._see_through(alert_id, clinician_id))

    def _see_through(self, alert_id: int, clinician_id: int) -> None:
        with transaction() as session:
            alert = session.get(Alert, alert_id)
            if alert is None or alert.state == AlertState.RESOLVED:
                return
            useful = self.dice.random() < IS_USEFUL[Tier(alert.tier)]
            outcome = Outcome.CALLED if useful else Outcome.NOT_RELEVANT
            alerts.resolve(
                session, self.context, alert_id=alert_id, clinician_id=clinician_id,
                outcome=outcome, note="", now=self.moment,
            )  # fmt: skip

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
                alerts.resolve(
                    session, self.context, alert_id=open_one.id, clinician_id=self.nurses[0],
                    outcome=Outcome.CALLED, note="", now=self.moment,
                )  # fmt: skip

    def _pages(self, life: Life) -> int:
        with transaction() as session:
            return _pages_of(session, life.chat_id)

    # --- the beginning --------------------------------------------------------------------

    def _staff(self) -> None:
        with transaction() as session:
            self.physios = [
                self._hire(session, f"physio{n}", RoleName.PHYSIOTHERAPIST, 91_000 + n)
                for n in range(PHYSIOTHERAPISTS)
            ]
            self.nurses = [
                self._hire(session, f"nurse{n}", RoleName.NURSE, 95_000 + n) for n in range(NURSES)
            ]
            for nurse, (begins, ends) in zip(self.nurses, SHIFTS, strict=True):
                session.add_all(
                    RotaPattern(
                        clinician_id=nurse,
                        weekday=weekday,
                        from_time=begins,
                        until_time=ends,
                        timezone=ZONE,
                        from_on=FIRST_DAY - timedelta(days=1),
                    )
                    for weekday in range(1, 8)
                )

    def _hire(self, session: Session, name: str, role: RoleName, chat_id: int) -> int:
        return people.add_clinician(
            session, email=f"{name}@bench.example", name=name.title(), role=role,
            telegram_id=chat_id, password_hash=None, now=self.moment,
        ).id  # fmt: skip

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
            clinician_id=self.physios[life.number % PHYSIOTHERAPISTS],
            is_synthetic=True,
        )
        with transaction() as session:
            added = enrolment.add_patient(
                session, self.context, new=new, actor="system", now=self.moment
            )
            opening = enrolment.open_invite(
                session, self.context, token=added.token, chat_id=life.chat_id, now=self.moment
            )
            assert opening.invite is not None
            enrolment.accept_consent(
                session, invite=opening.invite, chat_id=life.chat_id, version="bench",
                language=life.language, text="bench", now=self.moment,
            )  # fmt: skip

    def _surgery_on(self, life: Life) -> date:
        return FIRST_DAY - timedelta(days=life.day_at_start)

    def _day(self, life: Life) -> int:
        return (timetable.local_date(self.moment, ZONE) - self._surgery_on(life)).days

    def _later(self, at: datetime, act: Callable[[], None]) -> None:
        heapq.heappush(self._queue, _Due(at.astimezone(UTC), next(self._numbers), act))

    # --- what came of it ------------------------------------------------------------------

    def figures(self) -> dict[str, Any]:
        """Numbers of the month; `interruptions` are cards that rang for a person."""
        with transaction() as session:
            pages = session.execute(
                select(Page.clinician_id, Page.created_at, OutboxMessage.is_silent).outerjoin(
                    OutboxMessage, OutboxMessage.id == Page.outbox_id
                )
            ).all()
            findings = session.execute(
                select(alerts.FindingRecord.rule_id, func.count())
                .where(alerts.FindingRecord.alert_id.is_not(None))
                .group_by(alerts.FindingRecord.rule_id)
            ).all()
            opened: Counter[str] = Counter(session.scalars(select(Alert.tier)))
            states: Counter[str] = Counter(session.scalars(select(PatientDay.state)))
            without = self._days_without_state(session)
        rang: dict[tuple[int, date], int] = defaultdict(int)
        for clinician_id, at, is_silent in pages:
            if not is_silent:
                rang[clinician_id, timetable.local_date(at, ZONE)] += 1
        everybody = [*self.physios, *self.nurses]
        mean = sum(rang.values()) / (len(everybody) * self.days)
        return {
            "patients": len(self.lives),
            "days": self.days,
            "answers": self.answers,
            "alerts": dict(opened),
            "pages": len(pages),
            "pages_that_rang": sum(rang.values()),
            "interruptions_each_day_mean": round(mean, 2),
            "interruptions_each_day_most": max(rang.values(), default=0),
            "interruptions_each_day_95th": _percentile(rang, everybody, self.days, 0.95),
            "interruptions_by_person": {
                str(one): round(
                    sum(n for (who, _), n in rang.items() if who == one) / self.days, 2
                )
                for one in everybody
            },
            "findings_by_rule": dict(Counter(dict(map(tuple, findings))).most_common(25)),
            "emergencies": self.emergencies,
            "paged_in_the_same_transaction": self.paged_at_once,
            "patient_days": dict(states),
            "patient_days_without_a_state": without,
        }

    def _days_without_state(self, session: Session) -> int:
        """Active patients times whole days, less the rows there are; more rows count as well."""
        last = timetable.local_date(self.moment, ZONE) - timedelta(days=1)
        active = set(
            session.scalars(select(Episode.id).where(Episode.state == EpisodeState.ACTIVE))
        )
        settled = Counter(
            session.scalars(select(PatientDay.episode_id).where(PatientDay.local_on <= last))
        )
        days = (last - FIRST_DAY).days + 1
        return sum(abs(days - settled[episode_id]) for episode_id in active)


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


def _percentile(
    rang: dict[tuple[int, date], int], people_: list[int], days: int, share: float
) -> int:
    every = sorted([*rang.values(), *[0] * (len(people_) * days - len(rang))])
    return every[int(share * (len(every) - 1))]
