"""The clinic's rota: weekly patterns, leave, overrides and holidays, and the duty they come to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from rehab.clinical import rota, timetable
from rehab.clinical.rota import Gap, Leave, Override, Pattern, Rota, Stretch, Swap
from rehab.errors import InvalidInput, NotFound
from rehab.models import (
    ClinicHoliday,
    Clinician,
    ClinicianLeave,
    OnCallShift,
    RotaPattern,
    ShiftSwap,
    SwapState,
)
from rehab.services import audit, people
from rehab.services.context import Context

LONGEST_LEAVE = timedelta(days=365)
SHORTEST_GAP = timedelta(minutes=1)
"""Shifts are written to the minute: what is shorter is the moment between two clicks."""


@dataclass(frozen=True)
class Duty:
    """A stretch of duty with the person's name."""

    clinician_id: int
    name: str
    starts_at: datetime
    ends_at: datetime


def stretches(session: Session, *, since: datetime, until: datetime) -> tuple[Stretch, ...]:
    """Who has the duty when in [since, until), of people who still work here."""
    return rota.duty(_rota(session, since, until), since=since, until=until)


def duties(session: Session, *, since: datetime, until: datetime) -> tuple[Duty, ...]:
    """The same with names, by beginning."""
    found = stretches(session, since=since, until=until)
    names = {one.id: one.name for one in on_staff(session)}
    return tuple(Duty(one.person, names[one.person], one.starts_at, one.ends_at) for one in found)


def gaps(session: Session, *, since: datetime, until: datetime) -> tuple[Gap, ...]:
    """When nobody has the duty in [since, until)."""
    return rota.gaps(stretches(session, since=since, until=until), since=since, until=until)


def gaps_ahead(session: Session, context: Context, *, now: datetime) -> tuple[Gap, ...]:
    """The gaps of the coming days the clinic wants to be warned of."""
    until = now + timedelta(days=context.config.rota.warn_of_gaps_days)
    found = gaps(session, since=now, until=until)
    return tuple(one for one in found if one.ends_at - one.starts_at >= SHORTEST_GAP)


def on_staff(session: Session) -> Sequence[Clinician]:
    """Everybody who may have the duty: active people who treat patients, by name."""
    everybody = session.scalars(select(Clinician).order_by(Clinician.name, Clinician.id))
    return [one for one in everybody if one.active and people.is_clinical(one)]


def patterns(session: Session) -> Sequence[RotaPattern]:
    """Every weekly shift, by weekday and hour."""
    query = select(RotaPattern).order_by(
        RotaPattern.weekday, RotaPattern.from_time, RotaPattern.id
    )
    return list(session.scalars(query))


def add_pattern(
    session: Session,
    context: Context,
    *,
    clinician_id: int,
    weekday: int,
    from_time: time,
    until_time: time,
    from_on: date,
    actor: str,
    now: datetime,
) -> RotaPattern:
    """Add a weekly shift in clinic time. Raises InvalidInput and NotFound."""
    may_have_duty(session, clinician_id)
    if not 1 <= weekday <= 7:
        raise InvalidInput(weekday="expected 1 (Monday) to 7 (Sunday)")
    row = RotaPattern(
        clinician_id=clinician_id,
        weekday=weekday,
        from_time=from_time,
        until_time=until_time,
        from_on=from_on,
        timezone=context.config.clinic.timezone,
    )
    session.add(row)
    session.flush()
    _audit(session, "pattern_added", row.id, actor, now)
    return row


def end_pattern(
    session: Session, *, pattern_id: int, last_on: date, actor: str, now: datetime
) -> None:
    """No shift of the pattern begins after this date. Raises NotFound."""
    row = session.get(RotaPattern, pattern_id)
    if row is None:
        raise NotFound("no such weekly shift")
    row.until_on = last_on
    _audit(session, "pattern_ended", pattern_id, actor, now)


def add_leave(
    session: Session,
    *,
    clinician_id: int,
    from_on: date,
    until_on: date,
    reason: str,
    actor: str,
    now: datetime,
) -> ClinicianLeave:
    """Write down dates on which the person takes no shift of the pattern."""
    may_have_duty(session, clinician_id)
    if not from_on <= until_on <= from_on + LONGEST_LEAVE:
        raise InvalidInput(until_on="expected a date from the first day on, at most a year later")
    row = ClinicianLeave(
        clinician_id=clinician_id, from_on=from_on, until_on=until_on, reason=reason.strip()
    )
    session.add(row)
    session.flush()
    _audit(session, "leave_added", row.id, actor, now)
    return row


def remove_leave(session: Session, *, leave_id: int, actor: str, now: datetime) -> None:
    """The leave does not take place. Raises NotFound."""
    row = session.get(ClinicianLeave, leave_id)
    if row is None:
        raise NotFound("no such leave")
    session.delete(row)
    _audit(session, "leave_removed", leave_id, actor, now)


def add_holiday(session: Session, *, on: date, name: str, actor: str, now: datetime) -> None:
    """A date on which staff do not read answers; a name given again replaces the first."""
    if not name.strip():
        raise InvalidInput(name="expected a name")
    session.merge(ClinicHoliday(on=on, name=name.strip()))
    _audit(session, "holiday_added", on.toordinal(), actor, now)


def remove_holiday(session: Session, *, on: date, actor: str, now: datetime) -> None:
    """Staff read on this date after all. Raises NotFound."""
    row = session.get(ClinicHoliday, on)
    if row is None:
        raise NotFound("no such holiday")
    session.delete(row)
    _audit(session, "holiday_removed", on.toordinal(), actor, now)


def add_override(
    session: Session,
    *,
    clinician_id: int,
    starts_at: datetime,
    ends_at: datetime,
    instead_of_id: int | None,
    actor: str,
    now: datetime,
) -> OnCallShift:
    """Somebody takes a stretch of duty, in place of another person or beside whoever has it."""
    may_have_duty(session, clinician_id)
    if ends_at <= starts_at or ends_at <= now:
        raise InvalidInput(ends_at="expected an end after the beginning, in the future")
    if instead_of_id == clinician_id:
        raise InvalidInput(instead_of="expected somebody else")
    row = OnCallShift(
        clinician_id=clinician_id,
        starts_at=starts_at,
        ends_at=ends_at,
        instead_of_id=instead_of_id,
    )
    session.add(row)
    session.flush()
    _audit(session, "override_added", row.id, actor, now)
    return row


def may_have_duty(session: Session, clinician_id: int) -> Clinician:
    """The person, if they may have the duty. Raises NotFound and InvalidInput."""
    clinician = session.get(Clinician, clinician_id)
    if clinician is None or not clinician.active:
        raise NotFound("no such clinician")
    if not people.is_clinical(clinician):
        raise InvalidInput(clinician="an administrator cannot be on call")
    return clinician


def _rota(session: Session, since: datetime, until: datetime) -> Rota:
    here = {one.id for one in on_staff(session)}
    return Rota(
        patterns=[_pattern(row) for row in patterns(session) if row.clinician_id in here],
        leave=[
            Leave(row.clinician_id, row.from_on, row.until_on)
            for row in session.scalars(select(ClinicianLeave))
        ],
        overrides=_overrides(session, here, since, until),
        swaps=_swaps(session, here, since, until),
    )


def _pattern(row: RotaPattern) -> Pattern:
    return Pattern(
        person=row.clinician_id,
        weekday=row.weekday,
        from_time=row.from_time,
        until_time=row.until_time,
        from_on=row.from_on,
        until_on=row.until_on,
        zone=row.timezone,
    )


def _overrides(
    session: Session, here: set[int], since: datetime, until: datetime
) -> list[Override]:
    rows = session.scalars(
        select(OnCallShift)
        .where(
            OnCallShift.starts_at < until,
            or_(OnCallShift.ends_at.is_(None), OnCallShift.ends_at > since),
        )
        .order_by(OnCallShift.starts_at, OnCallShift.id)
    )
    return [
        Override(row.clinician_id, row.starts_at, row.ends_at, row.instead_of_id)
        for row in rows
        if row.clinician_id in here
    ]


def _swaps(session: Session, here: set[int], since: datetime, until: datetime) -> list[Swap]:
    """Accepted ones whose taker is still here: a duty given to somebody who left falls back."""
    rows = session.scalars(
        select(ShiftSwap)
        .where(
            ShiftSwap.state == SwapState.ACCEPTED,
            ShiftSwap.starts_at < until,
            ShiftSwap.ends_at > since,
        )
        .order_by(ShiftSwap.decided_at, ShiftSwap.id)
    )
    return [
        Swap(row.giver_id, row.taker_id, row.starts_at, row.ends_at)
        for row in rows
        if row.taker_id in here
    ]


def local_day(context: Context, now: datetime) -> date:
    """The clinic's date at this moment."""
    return timetable.local_date(now, context.config.clinic.timezone)


def _audit(session: Session, what: str, row_id: int, actor: str, now: datetime) -> None:
    audit.record(session, actor=actor, action=f"rota.{what}", subject=f"rota:{row_id}", now=now)
