"""Who is on call, and whom a step of the escalation ladder reaches."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from rehab.clinical import rota as pure
from rehab.errors import InvalidInput
from rehab.models import CareTeamMember, Clinician, OnCallShift
from rehab.services import audit, handover, people, rota

A_MOMENT = timedelta(minutes=1)


def on_call_now(session: Session, *, now: datetime) -> list[Clinician]:
    """Who has the duty at this moment, the newest first, then whoever has not been relieved yet.

    Until the next person accepts the hand-over, the one before stays on call too.
    """
    found = rota.stretches(session, since=now - handover.UNRECORDED, until=now + A_MOMENT)
    ids = [*pure.on_duty(found, now), *handover.keepers(session, found, now=now)]
    people_here = {one.id: one for one in rota.on_staff(session)}
    return [people_here[one] for one in dict.fromkeys(ids) if one in people_here]


def put_on_call(
    session: Session,
    *,
    clinician_id: int,
    now: datetime,
    until: datetime | None = None,
    actor: str = "cli",
) -> OnCallShift:
    """Put one person on call from now on. Open-ended shifts of others end now.

    Put on by a colleague, the person still has to accept; until then the others stay on call too.
    """
    rota.may_have_duty(session, clinician_id)
    if until is not None and until <= now:
        raise InvalidInput(until="expected a moment in the future")
    handover.note_ended_shifts(session, now=now)
    is_asked = actor.startswith("clinician:") and actor != f"clinician:{clinician_id}"
    before = [one for one in _end_open_shifts(session, now) if one != clinician_id]
    shift = OnCallShift(clinician_id=clinician_id, starts_at=now, ends_at=until)
    session.add(shift)
    session.flush()
    for giver_id in before:
        handover.begin(session, giver_id=giver_id, taker_id=clinician_id, at=now, now=now)
    if not is_asked:
        handover.settle(session, until=now, now=now)
    audit.record(
        session,
        actor=actor,
        action="on_call.started",
        subject=f"clinician:{clinician_id}",
        now=now,
    )
    return shift


def _end_open_shifts(session: Session, now: datetime) -> list[int]:
    """End the shifts without an end; returns whose they were."""
    ended = []
    for shift in session.scalars(select(OnCallShift).where(OnCallShift.ends_at.is_(None))):
        shift.ends_at = now
        if shift.starts_at < now and shift.clinician.active:
            ended.append(shift.clinician_id)
    return list(dict.fromkeys(ended))


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
