"""What one condition of a red-flag rule means, as documented at `exercises.schema.Condition`.

Every function returns the answers that make the condition hold, or None when it does not hold.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from exercises.schema import Condition
from rehab.clinical.facts import Given

Proof = tuple[Given, ...] | None

_MIN_FOR_MEAN = 2
"""Fewer earlier answers than this are no mean (`Condition.rise_over_mean`)."""
_ROUNDING = 1e-9
"""A rise of exactly the threshold must fire although a mean such as 10/3 is not exact."""


def evidence(condition: Condition, today: Sequence[Given], history: Sequence[Given]) -> Proof:
    """Return the answers that make the condition hold, or None."""
    asked = [fact for fact in today if fact.question == condition.question]
    earlier = [fact for fact in history if fact.question == condition.question]
    if condition.after_days_of:
        return _after_days_of(condition, today, earlier)
    for fact in sorted(asked, key=lambda fact: fact.at, reverse=True):
        proof = _fires(condition, fact, [*earlier, *asked])
        if proof is not None:
            return proof
    return None


def _fires(condition: Condition, fact: Given, answers: Sequence[Given]) -> Proof:
    """Return what makes the condition hold because of this answer of today."""
    if condition.rise_over_mean is not None:
        return _rise(condition, fact, answers)
    if not _holds(condition, fact):
        return None
    holding = [answer for answer in answers if _holds(condition, answer)]
    row = _row(condition, fact, holding)
    times = _times(condition, fact, holding)
    return None if row is None or times is None else _unique([*row, *times, fact])


def _holds(condition: Condition, fact: Given) -> bool:
    """Say whether one answer passes the plain test: one of these values, or within bounds."""
    if condition.is_one_of:
        return any(value in condition.is_one_of for value in fact.values)
    number = fact.number
    if number is None or number != number:
        return False
    above = condition.at_least is None or number >= condition.at_least
    return above and (condition.below is None or number < condition.below)


def _row(condition: Condition, fact: Given, holding: Sequence[Given]) -> Proof:
    """It also held on each of the days before; a day without an answer breaks the row."""
    days = [fact.local_on - timedelta(days=back) for back in range(condition.days_in_a_row or 1)]
    on_days = [[answer for answer in holding if answer.local_on == on] for on in days]
    if not all(on_days):
        return None
    return _unique(answer for answers in on_days for answer in answers)


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
