"""Who wants to be told of a problem in their own patients, whoever is on call."""

from __future__ import annotations

import re
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from rehab.errors import InvalidInput, NotFound
from rehab.models import Alert, AlwaysTell, CareTeamMember, Clinician, FindingRecord, Page
from rehab.services import audit

_PROBLEM = re.compile(r"RF\d{2}(\.[a-z0-9-]+)?")


def ask(session: Session, *, clinician_id: int, problem: str, now: datetime) -> AlwaysTell:
    """A clinician wants to hear of a problem (`RF05`) or one rule (`RF05.pus`). Once is enough."""
    problem = problem.strip()
    if not _PROBLEM.fullmatch(problem):
        raise InvalidInput(problem="expected a problem such as RF05 or a rule such as RF05.pus")
    kept = session.scalar(
        select(AlwaysTell).where(
            AlwaysTell.clinician_id == clinician_id, AlwaysTell.problem == problem
        )
    )
    if kept is not None:
        return kept
    row = AlwaysTell(clinician_id=clinician_id, problem=problem, made_at=now)
    session.add(row)
    session.flush()
    _audit(session, row, "always_tell.asked", now)
    return row


def stop(session: Session, *, row_id: int, clinician_id: int, now: datetime) -> None:
    """A clinician no longer wants it. Raises NotFound for somebody else's."""
    row = session.get(AlwaysTell, row_id)
    if row is None or row.clinician_id != clinician_id:
        raise NotFound("no such wish of yours")
    _audit(session, row, "always_tell.stopped", now)
    session.delete(row)
    session.flush()


def of(session: Session, clinician_id: int) -> list[AlwaysTell]:
    """What a clinician asked to be told of."""
    return list(
        session.scalars(
            select(AlwaysTell)
            .where(AlwaysTell.clinician_id == clinician_id)
            .order_by(AlwaysTell.problem)
        )
    )


def listeners(session: Session, alert: Alert) -> list[Clinician]:
    """Who asked for a problem of this alert, is of the patient's team, and was not paged about it."""
    rules = set(
        session.scalars(select(FindingRecord.rule_id).where(FindingRecord.alert_id == alert.id))
    )
    problems = rules | {rule.partition(".")[0] for rule in rules}
    paged = select(Page.clinician_id).where(Page.alert_id == alert.id)
    found = session.scalars(
        select(Clinician)
        .join(AlwaysTell, AlwaysTell.clinician_id == Clinician.id)
        .join(CareTeamMember, CareTeamMember.clinician_id == Clinician.id)
        .where(
            AlwaysTell.problem.in_(problems),
            CareTeamMember.patient_id == alert.episode.patient_id,
            Clinician.active.is_(True),
            Clinician.id.not_in(paged),
        )
        .order_by(Clinician.id)
    )
    return list(dict.fromkeys(found))


def _audit(session: Session, row: AlwaysTell, action: str, now: datetime) -> None:
    audit.record(
        session,
        actor=f"clinician:{row.clinician_id}",
        action=action,
        subject=f"always_tell:{row.id}",
        detail=row.problem,
        now=now,
    )
