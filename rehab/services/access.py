"""Who may see whom: the care team, whoever is on call while an alert waits, or all where the clinic says so."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, select, true
from sqlalchemy.orm import Session

from rehab.models import Alert, AlertState, CareTeamMember, Clinician, Episode, Patient
from rehab.models.people import DRILL_CODE
from rehab.services import on_call, people
from rehab.services.context import Context


def visible_episodes(
    session: Session, context: Context, *, clinician_id: int, now: datetime
) -> ColumnElement[bool]:
    """The episodes a clinician may see, as a condition for queries."""
    is_a_person = Episode.patient_id.not_in(select(Patient.id).where(Patient.code == DRILL_CODE))
    return and_(is_a_person, _of_mine(session, context, clinician_id, now))


def _of_mine(
    session: Session, context: Context, clinician_id: int, now: datetime
) -> ColumnElement[bool]:
    if context.config.clinic.open_to_all_clinicians:
        return true()
    mine = select(CareTeamMember.patient_id).where(CareTeamMember.clinician_id == clinician_id)
    of_my_team = Episode.patient_id.in_(mine)
    if clinician_id not in {person.id for person in on_call.on_call_now(session, now=now)}:
        return of_my_team
    waiting = select(Alert.episode_id).where(Alert.state != AlertState.RESOLVED)
    return or_(of_my_team, Episode.id.in_(waiting))


def may_see(
    session: Session, context: Context, *, clinician_id: int, patient_id: int, now: datetime
) -> bool:
    """Whether a clinician may see a patient. An administrator never may."""
    clinician = session.get(Clinician, clinician_id)
    if clinician is None or not clinician.active or not people.is_clinical(clinician):
        return False
    found = session.scalar(
        select(Episode.id).where(
            Episode.patient_id == patient_id,
            visible_episodes(session, context, clinician_id=clinician_id, now=now),
        )
    )
    return found is not None
