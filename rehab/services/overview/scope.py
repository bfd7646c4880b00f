"""Which episodes a clinician may see, as a condition for queries. The same rule as `people.may_see`."""

from __future__ import annotations

from sqlalchemy import ColumnElement, select, true

from rehab.models import CareTeamMember, Episode
from rehab.services.context import Context


def episodes_of(context: Context, clinician_id: int) -> ColumnElement[bool]:
    """Episodes of the clinician's patients; all of them when the clinic says so."""
    if context.config.clinic.open_to_all_clinicians:
        return true()
    mine = select(CareTeamMember.patient_id).where(CareTeamMember.clinician_id == clinician_id)
    return Episode.patient_id.in_(mine)
