"""The people who work at the clinic of the month: who rings, who takes a card, who sees it through."""

from __future__ import annotations

import random
from datetime import date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from benchmarks.month.diary import Diary
from exercises.schema import Tier
from rehab.db import transaction
from rehab.models import (
    Alert,
    AlertState,
    Handover,
    HandoverState,
    IncomingMessage,
    Outcome,
    Page,
    RoleName,
    RotaPattern,
)
from rehab.services import alerts, handover, messages, people
from rehab.services.context import Context

PHYSIOTHERAPISTS = 8
"""One for about sixty patients."""
NURSES = 2
SHIFTS = ((time(8), time(20)), (time(20), time(8)))
"""One nurse by day and one by night, every day of the month."""
READ_AT = (11, 14, 17)
"""Clinic time at which physiotherapists read their messages on working days."""
TAKES_A_CARD = timedelta(minutes=4)
SEES_IT_THROUGH = timedelta(minutes=45)
IS_USEFUL = {Tier.EMERGENCY: 0.9, Tier.SAME_DAY: 0.6, Tier.SOON: 0.4}


class Staff:
    """Physiotherapists for all patients, a nurse by day and one by night."""

    def __init__(
        self, context: Context, diary: Diary, dice: random.Random, *, zone: str, since: date
    ) -> None:
        self._context = context
        self._diary = diary
        self._dice = dice
        self._taken: set[tuple[int, datetime]] = set()
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
                        timezone=zone,
                        from_on=since - timedelta(days=1),
                    )
                    for weekday in range(1, 8)
                )

    @property
    def everybody(self) -> list[int]:
        return [*self.physios, *self.nurses]

    def accept_handovers(self) -> None:
        """Whoever is handed the duty accepts it."""
        with transaction() as session:
            offered = select(Handover).where(Handover.state == HandoverState.OFFERED)
            for one in session.scalars(offered).all():
                if one.state != HandoverState.OFFERED:
                    continue  # settled by a later one
                handover.accept(
                    session,
                    self._context,
                    handover_id=one.id,
                    clinician_id=one.to_clinician_id,
                    now=self._diary.now(),
                )

    def notice(self) -> None:
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
            self._diary.later(
                self._diary.now() + TAKES_A_CARD,
                lambda a=alert_id, c=clinician_id: self._take(a, c),
            )

    def read(self) -> None:
        """Each physiotherapist reads what their patients wrote."""
        with transaction() as session:
            unread = set(
                session.scalars(
                    select(IncomingMessage.patient_id).where(IncomingMessage.seen_at.is_(None))
                )
            )
            for patient_id in unread:
                messages.mark_seen(
                    session,
                    patient_id=patient_id,
                    clinician_id=self.physios[0],
                    now=self._diary.now(),
                )

    def resolve(self, session: Session, alert: Alert, clinician_id: int, outcome: Outcome) -> None:
        alerts.resolve(
            session,
            self._context,
            alert_id=alert.id,
            clinician_id=clinician_id,
            outcome=outcome,
            note="",
            now=self._diary.now(),
        )

    def _take(self, alert_id: int, clinician_id: int) -> None:
        with transaction() as session:
            alert = session.get(Alert, alert_id)
            if alert is None or alert.state != AlertState.OPEN:
                return
            alerts.acknowledge(
                session,
                self._context,
                alert_id=alert_id,
                clinician_id=clinician_id,
                now=self._diary.now(),
            )
        end = self._diary.now() + SEES_IT_THROUGH
        self._diary.later(end, lambda: self._see_through(alert_id, clinician_id))

    def _see_through(self, alert_id: int, clinician_id: int) -> None:
        with transaction() as session:
            alert = session.get(Alert, alert_id)
            if alert is None or alert.state == AlertState.RESOLVED:
                return
            useful = self._dice.random() < IS_USEFUL[Tier(alert.tier)]
            outcome = Outcome.CALLED if useful else Outcome.NOT_RELEVANT
            self.resolve(session, alert, clinician_id, outcome)

    def _hire(self, session: Session, name: str, role: RoleName, chat_id: int) -> int:
        return people.add_clinician(
            session,
            email=f"{name}@bench.example",
            name=name.title(),
            role=role,
            telegram_id=chat_id,
            password_hash=None,
            now=self._diary.now(),
        ).id
