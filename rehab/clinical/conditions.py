"""What one condition of a red-flag rule means, as documented at `exercises.schema.Condition`.

Every function returns the answers that make the condition hold, or None when it does not hold.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from exercises.schema import Band, BandRow, Condition
from rehab.clinical.facts import Given

Proof = tuple[Given, ...] | None

_MIN_FOR_MEAN = 2
"""Fewer earlier answers than this are no mean (`Condition.rise_over_mean`)."""
_ROUNDING = 1e-9
"""A rise of exactly the threshold must fire although a mean such as 10/3 is not exact."""


@dataclass(frozen=True)
class Setting:
    """What a fact is compared with beside its condition: the day it is about, and the bands."""

    day: int
    """The day after surgery of the answers that are judged."""
    on: date
    """Their local date."""
    bands: Mapping[str, Band] = field(default_factory=dict)

    def row(self, fact: Given, band: str) -> BandRow | None:
        """Return the row of a band that is about the day of a fact."""
        found = self.bands.get(band)
        return found.row(self.day + (fact.local_on - self.on).days) if found else None

    def number(self, fact: Given, band: str) -> float | None:
        """Return the number a fact stands for, also when it is an option of the band."""
        found = self.bands.get(band)
        options = found.options if found else {}
        return options.get(fact.value) if isinstance(fact.value, str) else fact.number


def evidence(
    condition: Condition,
    today: Sequence[Given],
    history: Sequence[Given],
    setting: Setting | None = None,
) -> Proof:
    """Return the answers that make the condition hold, or None."""
    asked = [fact for fact in today if fact.question == condition.question]
    earlier = [fact for fact in history if fact.question == condition.question]
    if condition.after_days_of:
        return _after_days_of(condition, today, earlier)
    test = _Test(condition, setting or Setting(0, date.min))
    judged = [*asked, *_recent(condition, today, earlier)]
    for fact in sorted(judged, key=lambda fact: fact.at, reverse=True):
        proof = _fires(test, fact, [*earlier, *asked])
        if proof is not None:
            return proof
    return None


@dataclass(frozen=True)
class _Test:
    """One condition in its setting."""

    condition: Condition
    setting: Setting

    def holds(self, fact: Given) -> bool:
        """Say whether one answer passes the plain test: an option, within bounds, off the band."""
        condition = self.condition
        if condition.band:
            return self._is_off(fact, condition.band)
        among = any(value in condition.is_one_of for value in fact.values)
        return among or _is_within(condition, fact)

    def _is_off(self, fact: Given, band: str) -> bool:
        row, number = self.setting.row(fact, band), self.setting.number(fact, band)
        if row is None or number is None:
            return False
        if self.condition.above_band:
            return row.upper is not None and number > row.upper
        return row.lower is not None and number < row.lower


def _is_within(condition: Condition, fact: Given) -> bool:
    number = fact.number
    if number is None or number != number:
        return False
    if condition.at_least is None and condition.below is None:
        return False
    above = condition.at_least is None or number >= condition.at_least
    return above and (condition.below is None or number < condition.below)


def _recent(
    condition: Condition, today: Sequence[Given], earlier: Sequence[Given]
) -> Sequence[Given]:
    """Return the earlier answers that are young enough to count beside those of today."""
    if condition.within_hours is None or not today:
        return ()
    since = max(fact.at for fact in today) - timedelta(hours=condition.within_hours)
    return [fact for fact in earlier if fact.at >= since]


def _fires(test: _Test, fact: Given, answers: Sequence[Given]) -> Proof:
    """Return what makes the condition hold because of this answer."""
    condition = test.condition
    if condition.rise_over_mean is not None:
        return _rise(condition, fact, answers)
    if not test.holds(fact):
        return None
    holding = [answer for answer in answers if test.holds(answer)]
    rows = (
        _row(condition, fact, holding),
        _answered_row(condition, fact, answers, holding),
        _times(condition, fact, holding),
    )
    if any(row is None for row in rows):
        return None
    return _unique([*(one for row in rows for one in row or ()), fact])


def _row(condition: Condition, fact: Given, holding: Sequence[Given]) -> Proof:
    """It also held on each of the days before; a day without an answer breaks the row."""
    days = [fact.local_on - timedelta(days=back) for back in range(condition.days_in_a_row or 1)]
    on_days = [[answer for answer in holding if answer.local_on == on] for on in days]
    if not all(on_days):
        return None
    return _unique(answer for answers in on_days for answer in answers)


def _answered_row(
    condition: Condition, fact: Given, answers: Sequence[Given], holding: Sequence[Given]
) -> Proof:
    """It also held on the answered days before, so many of them in a row."""
    wanted = condition.check_ins_in_a_row or 1
    answered = sorted({answer.local_on for answer in answers if answer.local_on <= fact.local_on})
    row = [[answer for answer in holding if answer.local_on == on] for on in answered[-wanted:]]
    if len(row) < wanted or not all(row):
        return None
    return _unique(answer for on_day in row for answer in on_day)


def _times(condition: Condition, fact: Given, holding: Sequence[Given]) -> Proof:
    """It held so many times within so many hours up to this answer."""
    if condition.times is None or condition.times_in_hours is None:
        return (fact,)
    since = fact.at - timedelta(hours=condition.times_in_hours)
    recent = {answer.at: answer for answer in holding if since <= answer.at <= fact.at}
    return tuple(recent.values()) if len(recent) >= condition.times else None


def _rise(condition: Condition, fact: Given, answers: Sequence[Given]) -> Proof:
    """The number is so much above the patient's own mean of the previous days."""
    before = _of_previous_days(answers, fact.local_on, condition.mean_of_days or 0)
    numbers = [number for answer in before if (number := answer.number) is not None]
    now, rise = fact.number, condition.rise_over_mean
    if now is None or rise is None or len(numbers) < _MIN_FOR_MEAN:
        return None
    climbed = now - sum(numbers) / len(numbers)
    return _unique([*before, fact]) if climbed >= rise - _ROUNDING else None


def _of_previous_days(answers: Iterable[Given], on: date, days: int) -> list[Given]:
    first = on - timedelta(days=days)
    return [answer for answer in answers if first <= answer.local_on < on]


def _after_days_of(
    condition: Condition, today: Sequence[Given], earlier: Sequence[Given]
) -> Proof:
    """The answers of the last answered days before this check-in were all one of these values."""
    by_day: dict[date, list[Given]] = defaultdict(list)
    on = min((fact.local_on for fact in today), default=date.min)
    for answer in earlier:
        if answer.local_on < on:
            by_day[answer.local_on].append(answer)
    last = sorted(by_day)[-(condition.after_days or 1) :]
    answers = [answer for day in last for answer in by_day[day]]
    enough = len(last) == (condition.after_days or 1)
    calm = all(value in condition.after_days_of for answer in answers for value in answer.values)
    return tuple(answers) if enough and calm else None


def _unique(facts: Iterable[Given]) -> tuple[Given, ...]:
    """Return the facts once each, oldest first."""
    kept: list[Given] = []
    for fact in sorted(facts, key=lambda fact: fact.at):
        if fact not in kept:
            kept.append(fact)
    return tuple(kept)
