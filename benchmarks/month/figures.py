"""What came of the month, as numbers."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from rehab.clinical import timetable
from rehab.db import transaction
from rehab.models import (
    Alert,
    Episode,
    EpisodeState,
    FindingRecord,
    OutboxMessage,
    Page,
    PatientDay,
)

Rang = dict[tuple[int, date], int]
"""Cards that rang, by person and day."""


def of_alerts(people: list[int], *, days: int, zone: str) -> dict[str, Any]:
    """What staff went through; `interruptions` are cards that rang for a person."""
    with transaction() as session:
        pages = session.execute(
            select(Page.clinician_id, Page.created_at, OutboxMessage.is_silent).outerjoin(
                OutboxMessage, OutboxMessage.id == Page.outbox_id
            )
        ).all()
        findings = session.execute(
            select(FindingRecord.rule_id, func.count())
            .where(FindingRecord.alert_id.is_not(None))
            .group_by(FindingRecord.rule_id)
        ).all()
        opened: Counter[str] = Counter(session.scalars(select(Alert.tier)))
    rang: Rang = defaultdict(int)
    for clinician_id, at, is_silent in pages:
        if not is_silent:
            rang[clinician_id, timetable.local_date(at, zone)] += 1
    return {
        "alerts": dict(opened),
        "pages": len(pages),
        "pages_that_rang": sum(rang.values()),
        "interruptions_each_day_mean": round(sum(rang.values()) / (len(people) * days), 2),
        "interruptions_each_day_most": max(rang.values(), default=0),
        "interruptions_each_day_95th": _percentile(rang, len(people) * days, 0.95),
        "interruptions_by_person": {
            str(one): round(sum(n for (who, _), n in rang.items() if who == one) / days, 2)
            for one in people
        },
        "findings_by_rule": dict(Counter(dict(map(tuple, findings))).most_common(25)),
    }


def of_days(first: date, last: date) -> dict[str, Any]:
    """How the days of the patients ended, and how many have no state or more than one."""
    with transaction() as session:
        states: Counter[str] = Counter(session.scalars(select(PatientDay.state)))
        return {
            "patient_days": dict(states),
            "patient_days_without_a_state": _without_a_state(session, first, last),
        }


def _without_a_state(session: Session, first: date, last: date) -> int:
    """Active patients times whole days, less the rows there are; more rows count as well."""
    active = set(session.scalars(select(Episode.id).where(Episode.state == EpisodeState.ACTIVE)))
    settled = Counter(
        session.scalars(select(PatientDay.episode_id).where(PatientDay.local_on <= last))
    )
    days = (last - first + timedelta(days=1)).days
    return sum(abs(days - settled[episode_id]) for episode_id in active)


def _percentile(rang: Rang, person_days: int, share: float) -> int:
    every = sorted([*rang.values(), *[0] * (person_days - len(rang))])
    return every[int(share * (len(every) - 1))]
