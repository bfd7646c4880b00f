"""Which precautions hold on a day for one patient, and which of them an exercise would break."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from exercises.schema import Exercise, Precaution, Protocol
from rehab.clinical.days import within

if TYPE_CHECKING:
    from rehab.clinical.adaptation import Change

LONGEST_DAY = 400
"""Of a patient's own setting. What a clinic wants for longer belongs into the protocol."""


def active(
    protocol: Protocol,
    day: int,
    *,
    discharge_day: int | None = None,
    changes: Sequence[Change] = (),
) -> tuple[Precaution, ...]:
    """Return the precautions in force on this day after surgery, in the protocol's order.

    `discharge_day` is the day after surgery on which the patient went home; without it the
    protocol's typical stay stands in. `changes` are the patient's own, oldest first; those of the
    kind `precaution` set another last day or switch one off, where `settle` lets them.
    """
    return tuple(
        precaution
        for precaution in protocol.precautions
        if (window := days_of(protocol, precaution, day, discharge_day, changes)) is not None
        if within(day, *window)
    )


def days_of(
    protocol: Protocol,
    precaution: Precaution,
    day: int,
    discharge_day: int | None = None,
    changes: Sequence[Change] = (),
) -> tuple[int, int] | None:
    """Return its first and last day after surgery as set on `day`, or None when switched off.

    A precaution counted from the discharge that holds from its first day holds in hospital too:
    only its end moves with the discharge.
    """
    to_day: int | None = precaution.to_day
    for change in changes:
        if change.kind == "precaution" and change.precaution_id == precaution.id:
            to_day = (
                settle(precaution, change.precaution_to_day) if change.runs_on(day) else to_day
            )
    if to_day is None:
        return None
    if precaution.anchor == "surgery":
        return precaution.from_day, to_day
    home = protocol.stay_days if discharge_day is None else discharge_day
    first = precaution.from_day if precaution.from_day <= 0 else precaution.from_day + home
    return first, to_day + home


def settle(precaution: Precaution, to_day: int | None) -> int | None:
    """Return the last day a patient's own setting may lead to; None switches the precaution off.

    Where surgeons do not differ, a setting only ever lengthens. Days count from its anchor.
    """
    if precaution.surgeons_differ:
        return to_day
    return precaution.to_day if to_day is None else max(to_day, precaution.to_day)


def refusal(precaution: Precaution, to_day: int | None) -> str:
    """Return why it cannot end on this day (None: be switched off), or nothing when it can."""
    if settle(precaution, to_day) != to_day:
        return (
            f"{precaution.id}: surgeons do not differ here, so it can only last longer than "
            f"day {precaution.to_day}"
        )
    if to_day is not None and not precaution.from_day <= to_day <= LONGEST_DAY:
        return f"{precaution.id}: expected a last day from {precaution.from_day} to {LONGEST_DAY}"
    return ""


def broken_by(exercise: Exercise, active: Iterable[Precaution]) -> tuple[Precaution, ...]:
    """Return the precautions among these that forbid something the exercise does."""
    return tuple(one for one in active if one.forbids_tags & exercise.tags)
