"""What clinicians measure and confirm: validated, dated, corrected by a new row and never overwritten."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from exercises.schema import Measure
from rehab.clinical import redflags, timetable
from rehab.clinical.facts import Given
from rehab.clinical.progression import confirmation_of
from rehab.errors import InvalidInput, NotFound, WrongState
from rehab.models import Episode, Measurement
from rehab.services import alerts, audit, facts, progression, stage_decisions, versions
from rehab.services.context import Context

FINAL, AMENDED = "final", "amended"
RECENT = timedelta(days=7)
"""An older value is history: the red-flag rules do not judge it. Project proposal, not sourced:
clinic must decide."""
OLDEST = timedelta(days=365)
"""Before surgery. Anything older is a slip of the date."""


def record(
    session: Session,
    context: Context,
    *,
    episode_id: int,
    measure: str,
    value: float | bool,
    effective_on: date,
    clinician_id: int,
    now: datetime,
) -> Measurement:
    """Keep a value in the measure's unit (true/false for yes-no) as of a local date.

    Raises NotFound, NotAllowed and InvalidInput(measure, value or effective_on).
    """
    episode = stage_decisions.episode_for(session, episode_id, clinician_id)
    known = _measure(context, measure)
    kept = _checked(known, value)
    _check_day(episode, effective_on, now)
    row = _add(session, episode, measure, kept, effective_on, clinician_id, now)
    _look(session, context, episode, row, "measurement.recorded", now)
    if timetable.local_date(now, episode.patient.timezone) - effective_on <= RECENT:
        _judge(session, context, episode, row, now)
    return row


def confirm_criterion(
    session: Session,
    context: Context,
    *,
    episode_id: int,
    stage_id: str,
    criterion_id: str,
    is_met: bool,
    clinician_id: int,
    now: datetime,
    effective_on: date | None = None,
) -> Measurement:
    """A clinician says whether a criterion without a measure is met, today unless dated.

    Raises NotFound, NotAllowed and InvalidInput(criterion or effective_on).
    """
    episode = stage_decisions.episode_for(session, episode_id, clinician_id)
    on = effective_on or timetable.local_date(now, episode.patient.timezone)
    protocol = versions.protocol_of(session, context, episode)
    confirmable = {
        (stage.id, one.id)
        for stage in protocol.stages
        for one in stage.exit_criteria
        if one.measure is None
    }
    if (stage_id, criterion_id) not in confirmable:
        raise InvalidInput(criterion="expected a criterion of this plan that a clinician confirms")
    _check_day(episode, on, now)
    name = confirmation_of(stage_id, criterion_id)
    row = _add(session, episode, name, is_met, on, clinician_id, now)
    _look(session, context, episode, row, "criterion.confirmed", now)
    return row


def _judge(
    session: Session, context: Context, episode: Episode, row: Measurement, now: datetime
) -> None:
    """The rules compare a measured value with the expected course, as they do with an answer."""
    fact = Given(row.measure, row.value, now, row.effective_on)
    found = redflags.find_red_flags(
        versions.rules_of(session, context, episode),
        day=timetable.day_number(episode.surgery_on, row.effective_on),
        today=[fact],
        history=[],
    )
    alerts.raise_findings(
        session, context, episode=episode, findings=found, cause=f"measurement:{row.id}", now=now
    )


def correct(
    session: Session,
    context: Context,
    *,
    measurement_id: int,
    value: float | bool | None,
    effective_on: date | None = None,
    clinician_id: int,
    now: datetime,
) -> Measurement | None:
    """Replace a measurement: the old row stays, marked amended; None takes it back as an error.

    Returns the new row, or None when it was taken back. Raises NotFound, WrongState("corrected")
    for a row that is not the valid one any more, and what `record` raises.
    """
    old = session.get(Measurement, measurement_id, with_for_update=True)
    if old is None:
        raise NotFound("no such measurement")
    episode = stage_decisions.episode_for(session, old.episode_id, clinician_id)
    if old.status != FINAL:
        raise WrongState("corrected", "This measurement was corrected already.")
    if value is None:
        old.status, row = "entered-in-error", None
    else:
        kept = _valid_again(context, old, value)
        on = effective_on or old.effective_on
        _check_day(episode, on, now)
        old.status = AMENDED
        row = _add(session, episode, old.measure, kept, on, clinician_id, now)
        row.replaces_id = old.id
    _look(session, context, episode, row or old, "measurement.corrected", now, clinician_id)
    return row


def of_episode(session: Session, *, episode_id: int) -> list[Measurement]:
    """Every measurement and confirmation, newest first, the corrected ones too."""
    return list(
        session.scalars(
            select(Measurement)
            .where(Measurement.episode_id == episode_id)
            .order_by(Measurement.effective_on.desc(), Measurement.id.desc())
        )
    )


def _measure(context: Context, name: str) -> Measure:
    found = facts.measures(context).find(name)
    if found is None:
        raise InvalidInput(measure="expected one of the measures of recovery")
    if not found.clinician_enters or not found.unit:
        raise InvalidInput(measure="this comes from the patient's check-in")
    return found


def _checked(measure: Measure, value: float | bool) -> float | bool:
    if measure.unit == "yes-no":
        if not isinstance(value, bool):
            raise InvalidInput(value="expected yes or no")
        return value
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InvalidInput(value=f"expected a number of {measure.unit}")
    if not measure.minimum <= value <= measure.maximum:
        raise InvalidInput(
            value=f"expected {measure.minimum:g} to {measure.maximum:g} {measure.unit}, "
            f"found {value:g}"
        )
    return value


def _valid_again(context: Context, old: Measurement, value: float | bool) -> float | bool:
    if not old.measure.startswith("criterion:"):
        return _checked(_measure(context, old.measure), value)
    if not isinstance(value, bool):
        raise InvalidInput(value="expected yes or no")
    return value


def _check_day(episode: Episode, on: date, now: datetime) -> None:
    today = timetable.local_date(now, episode.patient.timezone)
    if on > today or episode.surgery_on - on > OLDEST:
        raise InvalidInput(effective_on="expected today or an earlier day")


def _add(
    session: Session,
    episode: Episode,
    measure: str,
    value: float | bool,
    on: date,
    clinician_id: int,
    now: datetime,
) -> Measurement:
    row = Measurement(
        episode_id=episode.id,
        measure=measure,
        value=value,
        effective_on=on,
        recorded_at=now,
        recorded_by=clinician_id,
        status=FINAL,
    )
    session.add(row)
    session.flush()
    return row


def _look(
    session: Session,
    context: Context,
    episode: Episode,
    row: Measurement,
    action: str,
    now: datetime,
    clinician_id: int | None = None,
) -> None:
    """Every new fact may meet the last criterion, or undo one."""
    session.flush()
    audit.record(
        session,
        actor=f"clinician:{clinician_id or row.recorded_by}",
        action=action,
        subject=f"episode:{episode.id}",
        patient_id=episode.patient_id,
        now=now,
        detail=row.measure,
    )
    progression.look(session, context, episode=episode, now=now)
