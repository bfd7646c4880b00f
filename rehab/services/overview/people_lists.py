"""Lists of people and of refused invites, for forms and small pages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from rehab.models import Clinician, Episode, InviteRefusal, OnCallShift, Patient
from rehab.services import people
from rehab.services.access import visible_episodes
from rehab.services.context import Context

REFUSALS_FOR = timedelta(days=30)
MOST_SHIFTS = 20


@dataclass(frozen=True)
class Member:
    """A member of staff."""

    id: int
    name: str
    email: str
    roles: tuple[str, ...]
    is_active: bool
    is_clinical: bool
    telegram_id: int | None
    telegram_lost_at: datetime | None
    has_second_factor: bool


@dataclass(frozen=True)
class Refusal:
    """A refused attempt to use an invite link."""

    at: datetime
    reason: str
    patient_id: int | None
    patient_name: str


@dataclass(frozen=True)
class Shift:
    """Somebody's time on call."""

    person: str
    starts_at: datetime
    ends_at: datetime | None


def staff(session: Session) -> tuple[Member, ...]:
    """Everybody who has an account, active ones first."""
    rows = session.scalars(select(Clinician).order_by(Clinician.active.desc(), Clinician.name))
    return tuple(_member(row) for row in rows)


def clinical_staff(session: Session) -> tuple[Member, ...]:
    """Active people who treat patients."""
    return tuple(one for one in staff(session) if one.is_active and one.is_clinical)


def refusals(
    session: Session, context: Context, *, clinician_id: int, now: datetime
) -> tuple[Refusal, ...]:
    """Refused invites of the last 30 days: of one's own patients, and links nobody knows."""
    mine = select(Episode.patient_id).where(
        visible_episodes(session, context, clinician_id=clinician_id, now=now)
    )
    rows = session.execute(
        select(InviteRefusal, Patient)
        .outerjoin(Patient, Patient.id == InviteRefusal.patient_id)
        .where(
            InviteRefusal.at > now - REFUSALS_FOR,
            or_(InviteRefusal.patient_id.is_(None), InviteRefusal.patient_id.in_(mine)),
        )
        .order_by(InviteRefusal.id.desc())
    )
    return tuple(
        Refusal(row.at, row.reason, row.patient_id, patient.name if patient else "")
        for row, patient in rows
    )


def shifts(session: Session) -> tuple[Shift, ...]:
    """The latest shifts, newest first."""
    rows = session.execute(
        select(OnCallShift, Clinician.name)
        .join(Clinician, Clinician.id == OnCallShift.clinician_id)
        .order_by(OnCallShift.starts_at.desc(), OnCallShift.id.desc())
        .limit(MOST_SHIFTS)
    )
    return tuple(Shift(name, row.starts_at, row.ends_at) for row, name in rows)


def _member(row: Clinician) -> Member:
    return Member(
        id=row.id,
        name=row.name,
        email=row.email,
        roles=tuple(role.name for role in row.roles),
        is_active=row.active,
        is_clinical=people.is_clinical(row),
        telegram_id=row.telegram_id,
        telegram_lost_at=row.telegram_lost_at,
        has_second_factor=bool(row.tf_primary_method),
    )


def names_of(session: Session, ids: Iterable[int | None]) -> dict[int, str]:
    """The names of these members of staff by id."""
    wanted = {one for one in ids if one is not None}
    rows = session.execute(select(Clinician.id, Clinician.name).where(Clinician.id.in_(wanted)))
    return {key: name for key, name in rows}  # noqa: C416 - a Result is no mapping
