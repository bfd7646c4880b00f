"""What one surgeon wants by default for a procedure; copied into the plan of a new patient."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from exercises.schema import Protocol
from rehab.clinical.precautions import refusal
from rehab.errors import InvalidInput, NotFound
from rehab.models import ChangeKind, Clinician, Episode, PlanChange, RoleName, SurgeonPreference
from rehab.services import audit, plan_words
from rehab.services.context import Context

REASON = "surgeon's preference"


def get(session: Session, *, clinician_id: int, procedure: str) -> SurgeonPreference | None:
    """What this surgeon wants for this procedure, if anything was said."""
    return session.scalar(
        select(SurgeonPreference).where(
            SurgeonPreference.clinician_id == clinician_id,
            SurgeonPreference.procedure == procedure,
        )
    )


def set(
    session: Session,
    context: Context,
    *,
    clinician_id: int,
    procedure: str,
    variant: str | None,
    precautions: Mapping[str, int | None],
    actor_id: int,
    now: datetime,
) -> SurgeonPreference:
    """Keep a surgeon's defaults: a variant, and precaution ids with their last day (None: off).

    A precaution in which surgeons do not differ can only be lengthened. Raises NotFound and
    InvalidInput(clinician, procedure, variant or precautions).
    """
    _check(session, context, clinician_id, procedure, variant, precautions)
    row = get(session, clinician_id=clinician_id, procedure=procedure)
    if row is None:
        row = SurgeonPreference(clinician_id=clinician_id, procedure=procedure)
        session.add(row)
    row.variant, row.precautions = variant, dict(precautions)
    row.updated_at, row.updated_by = now, actor_id
    session.flush()
    audit.record(
        session,
        actor=f"clinician:{actor_id}",
        action="preference.set",
        subject=f"clinician:{clinician_id}",
        now=now,
        detail=procedure,
    )
    return row


def variant_for(
    session: Session, context: Context, *, clinician_id: int, procedure: str
) -> str | None:
    """The variant this surgeon's new patients get when nobody names one; None: the default."""
    found = get(session, clinician_id=clinician_id, procedure=procedure)
    known = {
        one.variant for one in context.content.protocols.values() if one.procedure == procedure
    }
    return found.variant if found and found.variant in known else None


def copy_into(
    session: Session,
    context: Context,
    *,
    episode: Episode,
    protocol: Protocol,
    clinician_id: int,
    now: datetime,
    today: date,
) -> list[PlanChange]:
    """Write the responsible surgeon's preferences into a new episode as changes of its plan.

    What this variant does not know, already says, or does not allow is left out.
    """
    found = get(session, clinician_id=clinician_id, procedure=episode.procedure)
    if found is None:
        return []
    known = {one.id: one for one in protocol.precautions}
    rows = [
        PlanChange(
            episode_id=episode.id,
            kind=ChangeKind.PRECAUTION,
            precaution_id=name,
            precaution_to_day=to_day,
            from_on=min(today, episode.surgery_on),
            overrides=[],
            words="",
            reason=REASON,
            at=now,
            clinician_id=clinician_id,
        )
        for name, to_day in found.precautions.items()
        if name in known and known[name].to_day != to_day and not refusal(known[name], to_day)
    ]
    for row in rows:
        row.words = plan_words.for_staff(row, context.content.exercises, protocol)
    session.add_all(rows)
    session.flush()
    return rows


def _check(
    session: Session,
    context: Context,
    clinician_id: int,
    procedure: str,
    variant: str | None,
    wanted: Mapping[str, int | None],
) -> None:
    clinician = session.get(Clinician, clinician_id)
    if clinician is None:
        raise NotFound("no such clinician")
    if not any(role.name == RoleName.SURGEON for role in clinician.roles):
        raise InvalidInput(clinician="expected a surgeon")
    protocols = [one for one in context.content.protocols.values() if one.procedure == procedure]
    if not protocols:
        raise InvalidInput(procedure="expected a procedure of this clinic")
    variants = sorted(one.variant for one in protocols)
    if variant is not None and variant not in variants:
        raise InvalidInput(variant=f"expected one of {', '.join(variants)}")
    problems = [problem for item in wanted.items() if (problem := _problem(protocols, *item))]
    if problems:
        raise InvalidInput(precautions="; ".join(problems))


def _problem(protocols: list[Protocol], name: str, to_day: int | None) -> str:
    found = [one for protocol in protocols for one in protocol.precautions if one.id == name]
    if not found:
        return f"{name}: no protocol of this procedure has it"
    refusals = [refusal(one, to_day) for one in found]
    # Variants last differently: what one refuses may suit another, and is copied only there.
    return refusals[0] if all(refusals) else ""
