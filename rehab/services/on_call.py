"""Who is on call, and whom a step of the escalation ladder reaches."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from rehab.errors import InvalidInput, NotFound
from rehab.models import CareTeamMember, Clinician, OnCallShift
from rehab.services import audit, people


def on_call_now(session: Session, *, now: datetime) -> list[Clinician]:
    """The clinicians whose shift covers this moment."""
    shifts = session.scalars(
        select(OnCallShift)
        .where(
            OnCallShift.starts_at <= now,
            or_(OnCallShift.ends_at.is_(None), OnCallShift.ends_at > now),
        )
        .order_by(OnCallShift.starts_at)
    )
    found = {shift.clinician_id: shift.clinician for shift in shifts if shift.clinician.active}
    return list(found.values())


def put_on_call(
    session: Session,
    *,
    clinician_id: int,
    now: datetime,
    until: datetime | None = None,
    actor: str = "cli",
) -> OnCallShift:
    """Put one person on call from now on. Open-ended shifts of others end now."""
    clinician = session.get(Clinician, clinician_id)
    if clinician is None or not clinician.active:
        raise NotFound("no such clinician")
    if not people.is_clinical(clinician):
        raise InvalidInput(clinician="an administrator cannot be on call")
    if until is not None and until <= now:
        raise InvalidInput(until="expected a moment in the future")
    for shift in session.scalars(select(OnCallShift).where(OnCallShift.ends_at.is_(None))):
        shift.ends_at = now
    shift = OnCallShift(clinician_id=clinician_id, starts_at=now, ends_at=until)
    session.add(shift)
    session.flush()
    audit.record(
        session,
        actor=actor,
        action="on_call.started",
        subject=f"clinician:{clinician_id}",
        now=now,
    )
    return shift


def whom_to_page(
    session: Session, *, step_to: str, patient_id: int, now: datetime, by_mail: bool = False
) -> list[Clinician]:
    """The people a ladder step reaches right now; empty when nobody can be reached.

    `by_mail`: whoever has no chat in Telegram is reached by e-mail.
    """
    if step_to == "on_call":
        candidates = on_call_now(session, now=now)
    elif step_to == "care_team":
        candidates = list(
            session.scalars(
                select(Clinician)
                .join(CareTeamMember, CareTeamMember.clinician_id == Clinician.id)
                .where(CareTeamMember.patient_id == patient_id)
                .order_by(CareTeamMember.is_lead.desc(), Clinician.id)
            )
        )
    else:
        candidates = list(session.scalars(select(Clinician).order_by(Clinician.id)))
    return [person for person in candidates if _can_be_reached(person, by_mail=by_mail)]


def _can_be_reached(clinician: Clinician, *, by_mail: bool) -> bool:
    return clinician.active and people.is_clinical(clinician) and (by_mail or has_chat(clinician))


def has_chat(clinician: Clinician) -> bool:
    """Whether a card in Telegram can reach this person."""
    return clinician.telegram_id is not None and clinician.telegram_lost_at is None
