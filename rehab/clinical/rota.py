"""Who has the duty when: weekly patterns, leave, swaps and overrides become stretches of time.

Instants are aware UTC; wall times belong to the pattern's own zone. A shift ends exactly where the next
one begins, on the nights when the clocks change too, so a full rota has no gap on any date.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from rehab.clinical import timetable


@dataclass(frozen=True)
class Pattern:
    """A weekly shift of one person, from one wall time until another; the next day's if not later."""

    person: int
    weekday: int
    """1 = Monday … 7 = Sunday"""
    from_time: time
    until_time: time
    from_on: date
    until_on: date | None
    """Last date on which a shift begins."""
    zone: str


@dataclass(frozen=True)
class Leave:
    """Dates on which no shift of the person's patterns begins."""

    person: int
    from_on: date
    until_on: date


@dataclass(frozen=True)
class Stretch:
    """One person's unbroken duty, [starts_at, ends_at)."""

    person: int
    starts_at: datetime
    ends_at: datetime

    def covers(self, moment: datetime) -> bool:
        """Whether the moment lies in it."""
        return self.starts_at <= moment < self.ends_at


@dataclass(frozen=True)
class Override:
    """A person takes a stretch by name, in place of another person or beside whoever has the duty."""

    person: int
    starts_at: datetime
    ends_at: datetime | None
    """None: until somebody else is put on."""
    instead_of: int | None = None


@dataclass(frozen=True)
class Swap:
    """A stretch that one person gave and another accepted."""

    giver: int
    taker: int
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class Gap:
    """A stretch in which nobody has the duty."""

    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class Rota:
    """Everything that decides who has the duty. `swaps` in the order in which they were accepted."""

    patterns: Sequence[Pattern] = ()
    leave: Sequence[Leave] = ()
    overrides: Sequence[Override] = ()
    swaps: Sequence[Swap] = ()


def duty(rota: Rota, *, since: datetime, until: datetime) -> tuple[Stretch, ...]:
    """Return the stretches of duty within [since, until), by beginning; a person's own never touch.

    Who takes a stretch by override or swap has it even when the other had no shift then: two people
    on call are a nuisance, none is a danger.
    """
    found = [shift for pattern in rota.patterns for shift in _shifts(pattern, rota, since, until)]
    for override in rota.overrides:
        taken = Stretch(override.person, override.starts_at, override.ends_at or until)
        found = [*_without(found, override.instead_of, taken), taken]
    for swap in rota.swaps:
        taken = Stretch(swap.taker, swap.starts_at, swap.ends_at)
        found = [*_without(found, swap.giver, taken), taken]
    return tuple(sorted(_merged(_clipped(found, since, until)), key=_place))


def gaps(stretches: Iterable[Stretch], *, since: datetime, until: datetime) -> tuple[Gap, ...]:
    """Return the stretches of [since, until) that nobody covers."""
    found, covered_until = [], since
    for one in sorted(stretches, key=_place):
        if one.starts_at > covered_until:
            found.append(Gap(covered_until, min(one.starts_at, until)))
        covered_until = max(covered_until, one.ends_at)
    if covered_until < until:
        found.append(Gap(covered_until, until))
    return tuple(found)


def on_duty(stretches: Iterable[Stretch], moment: datetime) -> tuple[int, ...]:
    """Return who has the duty at a moment, whoever began last first."""
    now = sorted((one for one in stretches if one.covers(moment)), key=_place, reverse=True)
    return tuple(one.person for one in now)


def successor(stretches: Sequence[Stretch], ended: Stretch) -> int | None:
    """Return who has the duty when a stretch ends, the newest of several; None: nobody has it."""
    return next(iter(on_duty(stretches, ended.ends_at)), None)


def _shifts(pattern: Pattern, rota: Rota, since: datetime, until: datetime) -> Iterator[Stretch]:
    day = timetable.local_date(since, pattern.zone) - timedelta(days=2)
    last = timetable.local_date(until, pattern.zone)
    away = [one for one in rota.leave if one.person == pattern.person]
    while day <= last:
        if _begins_on(pattern, day) and not any(
            one.from_on <= day <= one.until_on for one in away
        ):
            starts_at = timetable.due_at(day, pattern.from_time, pattern.zone)
            ends_on = day + timedelta(days=pattern.until_time <= pattern.from_time)
            yield Stretch(
                pattern.person,
                starts_at,
                timetable.due_at(ends_on, pattern.until_time, pattern.zone),
            )
        day += timedelta(days=1)


def _begins_on(pattern: Pattern, day: date) -> bool:
    return (
        day.isoweekday() == pattern.weekday
        and pattern.from_on <= day
        and (pattern.until_on is None or day <= pattern.until_on)
    )


def _without(
    stretches: Iterable[Stretch], person: int | None, taken: Stretch
) -> Iterator[Stretch]:
    """Cut a stretch of time out of one person's duty."""
    for one in stretches:
        if one.person != person:
            yield one
            continue
        yield replace(one, ends_at=min(one.ends_at, taken.starts_at))
        yield replace(one, starts_at=max(one.starts_at, taken.ends_at))


def _clipped(stretches: Iterable[Stretch], since: datetime, until: datetime) -> Iterator[Stretch]:
    for one in stretches:
        inside = replace(one, starts_at=max(one.starts_at, since), ends_at=min(one.ends_at, until))
        if inside.starts_at < inside.ends_at and one.starts_at < one.ends_at:
            yield inside


def _merged(stretches: Iterable[Stretch]) -> Iterator[Stretch]:
    """Join what overlaps or touches of the same person."""
    current: Stretch | None = None
    for one in sorted(stretches, key=lambda one: (one.person, one.starts_at)):
        touches = current is not None and one.starts_at <= current.ends_at
        if current is not None and touches and current.person == one.person:
            current = replace(current, ends_at=max(current.ends_at, one.ends_at))
            continue
        if current is not None:
            yield current
        current = one
    if current is not None:
        yield current


def _place(stretch: Stretch) -> tuple[datetime, int]:
    return stretch.starts_at, stretch.person
