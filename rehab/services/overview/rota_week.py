"""A week of the rota as the page draws it: each clinic date with its stretches, gaps included."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from rehab.clinical import timetable
from rehab.models import (
    ClinicHoliday,
    Clinician,
    ClinicianLeave,
    Handover,
    HandoverState,
    RotaPattern,
    ShiftSwap,
    SwapState,
)
from rehab.services import handover, rota, swaps
from rehab.services.context import Context

WIDTH = 1000
"""Of a day's bar, in its own units."""
COLOURS = 6
MOST_SWAPS = 20


@dataclass(frozen=True)
class Bar:
    """A stretch within one date. An empty name: nobody has it."""

    name: str
    starts_at: datetime
    ends_at: datetime
    x: int
    width: int
    colour: int


@dataclass(frozen=True)
class DayOfRota:
    """One clinic date."""

    on: date
    holiday: str
    is_today: bool
    bars: tuple[Bar, ...]


@dataclass(frozen=True)
class SwapView:
    """A swap that is asked or was answered lately."""

    id: int
    giver: str
    taker: str
    giver_id: int
    taker_id: int
    when: str
    state: str


@dataclass(frozen=True)
class HandoverView:
    """A hand-over nobody has accepted yet."""

    id: int
    giver: str
    taker: str
    taker_id: int
    at: datetime
    alerts: tuple[str, ...]


@dataclass(frozen=True)
class ShiftOfMine:
    """A stretch the reader may give away."""

    starts_at: datetime
    ends_at: datetime
    when: str


def week(
    session: Session, context: Context, *, first: date, now: datetime
) -> tuple[DayOfRota, ...]:
    """Seven dates from `first` on."""
    holidays = {row.on: row.name for row in session.scalars(select(ClinicHoliday))}
    today = rota.local_day(context, now)
    return tuple(
        DayOfRota(
            on=on,
            holiday=holidays.get(on, ""),
            is_today=on == today,
            bars=tuple(_bars(session, context, on)),
        )
        for on in (first + timedelta(days=n) for n in range(7))
    )


def patterns(session: Session, context: Context, *, now: datetime) -> tuple[RotaPattern, ...]:
    """The weekly shifts that still count."""
    today = rota.local_day(context, now)
    return tuple(
        one
        for one in rota.patterns(session)
        if (one.until_on is None or one.until_on >= today) and one.clinician
    )


def leave(session: Session, context: Context, *, now: datetime) -> tuple[ClinicianLeave, ...]:
    """Present and coming leave, with the person."""
    today = rota.local_day(context, now)
    rows = session.scalars(
        select(ClinicianLeave)
        .join(Clinician)
        .where(ClinicianLeave.until_on >= today)
        .order_by(ClinicianLeave.from_on)
    )
    return tuple(one for one in rows if one.clinician)


def holidays(session: Session, context: Context, *, now: datetime) -> tuple[ClinicHoliday, ...]:
    """Coming dates on which staff do not read."""
    today = rota.local_day(context, now)
    query = select(ClinicHoliday).where(ClinicHoliday.on >= today).order_by(ClinicHoliday.on)
    return tuple(session.scalars(query))


def asked_swaps(session: Session, context: Context, *, now: datetime) -> tuple[SwapView, ...]:
    """Swaps of stretches that are not over, the undecided first."""
    rows = session.scalars(
        select(ShiftSwap)
        .where(ShiftSwap.ends_at > now, ShiftSwap.state != SwapState.WITHDRAWN)
        .order_by(ShiftSwap.state != SwapState.PROPOSED, ShiftSwap.starts_at)
        .limit(MOST_SWAPS)
    )
    return tuple(
        SwapView(
            id=row.id,
            giver=row.giver.name,
            taker=row.taker.name,
            giver_id=row.giver_id,
            taker_id=row.taker_id,
            when=swaps.when(context, row.starts_at, row.ends_at),
            state=row.state,
        )
        for row in rows
    )


def waiting_handovers(session: Session) -> tuple[HandoverView, ...]:
    """Hand-overs nobody has accepted, with what is open."""
    rows = session.scalars(
        select(Handover)
        .where(Handover.state == HandoverState.OFFERED)
        .order_by(Handover.at.desc())
    ).all()
    alerts = tuple(handover.alert_lines(session)) if rows else ()
    return tuple(
        HandoverView(row.id, row.giver.name, row.taker.name, row.to_clinician_id, row.at, alerts)
        for row in rows
    )


def my_shifts(
    session: Session, context: Context, *, clinician_id: int, now: datetime
) -> tuple[ShiftOfMine, ...]:
    """The coming stretches of two weeks a person may give away."""
    until = now + timedelta(days=14)
    return tuple(
        ShiftOfMine(one.starts_at, one.ends_at, swaps.when(context, one.starts_at, one.ends_at))
        for one in rota.duties(session, since=now, until=until)
        if one.clinician_id == clinician_id and one.starts_at > now
    )


def _bars(session: Session, context: Context, on: date) -> Iterable[Bar]:
    zone = context.config.clinic.timezone
    start = timetable.due_at(on, datetime.min.time(), zone)
    end = timetable.due_at(on + timedelta(days=1), datetime.min.time(), zone)
    found = [
        (one.starts_at, one.ends_at, one.name, one.clinician_id % COLOURS)
        for one in rota.duties(session, since=start, until=end)
    ]
    found += [
        (gap.starts_at, gap.ends_at, "", 0) for gap in rota.gaps(session, since=start, until=end)
    ]
    for starts_at, ends_at, name, colour in sorted(found):
        x = round((starts_at - start) / (end - start) * WIDTH)
        width = max(1, round((ends_at - starts_at) / (end - start) * WIDTH))
        yield Bar(name, starts_at, ends_at, x, width, colour)
