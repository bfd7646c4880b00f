"""Where a patient stands in a staged protocol and which exercises are theirs today."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from exercises.schema import MOST_EXERCISES, Exercise, Milestone, Precaution, Protocol, Stage
from rehab.clinical import precautions
from rehab.clinical.adaptation import Change, PlanItem, adapted
from rehab.clinical.days import within

__all__ = [
    "SUSPENDED_TAGS",
    "Change",
    "PlanItem",
    "active_precautions",
    "check_in_due",
    "entry_due",
    "in_order",
    "milestone_for",
    "milestones",
    "next_stage",
    "plan_for",
    "stage_on",
]

SUSPENDED_TAGS = frozenset({"loading", "impact"})
"""What an alert that stops loading takes out of the plan.

After hip resurfacing a fracture of the femoral neck may announce itself by pain and a limp for
weeks (Shimmin and Back 2005, doi:10.1302/0301-620X.87B4.15498), so strength and impact work stop.
"""


def stage_on(protocol: Protocol, day: int) -> Stage:
    """Return the stage of the calendar: the first before its start, the last after its end."""
    started = [stage for stage in in_order(protocol) if stage.from_day <= day]
    return started[-1] if started else in_order(protocol)[0]


def next_stage(protocol: Protocol, stage_id: str) -> Stage | None:
    """Return the stage after this one, or None after the last. Raises KeyError."""
    stages = in_order(protocol)
    after = stages.index(protocol.stage(stage_id)) + 1
    return stages[after] if after < len(stages) else None


def entry_due(protocol: Protocol, stage_id: str, day: int) -> Stage | None:
    """Return the next stage once its first day has come, or None. Raises KeyError.

    Its `entry` says what follows: the calendar opens it, or a clinician is asked for a review.
    """
    coming = next_stage(protocol, stage_id)
    return coming if coming is not None and coming.from_day <= day else None


def plan_for(
    protocol: Protocol,
    library: Mapping[str, Exercise],
    *,
    stage_id: str,
    day: int,
    changes: Sequence[Change] = (),
    level: int = 0,
    discharge_day: int | None = None,
    loading_suspended: bool = False,
    paused: bool = False,
    most: int = MOST_EXERCISES,
) -> tuple[PlanItem, ...]:
    """Return the exercises of the day in the stage's order; none while the plan is paused.

    `changes` are the patient's own, oldest first, in days after surgery. `level` is where the pain
    rule stands: 1 and up take that step of an exercise's `steps` (the last one past their end), -1
    makes every exercise easier. `loading_suspended` leaves out loading and impact exercises whatever
    a change overrides. Additions never lead past `most` exercises. Raises KeyError for a stage or a
    planned exercise that the content does not know.
    """
    if paused:
        return ()
    return adapted(
        protocol.stage(stage_id),
        library,
        day=day,
        changes=changes,
        level=level,
        active=precautions.active(protocol, day, discharge_day=discharge_day, changes=changes),
        suspended_tags=SUSPENDED_TAGS if loading_suspended else frozenset(),
        most=most,
    )


def active_precautions(protocol: Protocol, day: int) -> tuple[Precaution, ...]:
    """Return the protocol's own precautions of this day, before a patient's own settings."""
    return precautions.active(protocol, day)


def check_in_due(stage: Stage, day: int, last_check_in_day: int | None) -> bool:
    """Say whether the stage's rhythm asks for a check-in on this day."""
    if last_check_in_day is None:
        return True
    return day - last_check_in_day >= stage.check_in_interval(day)


def milestones(protocol: Protocol, discharge_day: int | None = None) -> tuple[Milestone, ...]:
    """Return the milestones by their first day, all counted from surgery.

    `discharge_day` is the day the patient went home; without it the typical stay stands in.
    """
    home = protocol.stay_days if discharge_day is None else discharge_day
    counted = (
        one.model_copy(update={"from_day": one.from_day + home, "to_day": one.to_day + home})
        if one.anchor == "discharge"
        else one
        for one in protocol.milestones
    )
    return tuple(sorted(counted, key=lambda one: one.from_day))


def milestone_for(
    protocol: Protocol, day: int, discharge_day: int | None = None
) -> Milestone | None:
    """Return the milestone to look forward to: of those open the one that ends first, or the next."""
    known = milestones(protocol, discharge_day)
    current = [one for one in known if within(day, one.from_day, one.to_day)]
    coming = [one for one in known if one.from_day > day]
    return min(current, key=lambda one: one.to_day) if current else next(iter(coming), None)


def in_order(protocol: Protocol) -> list[Stage]:
    """Return the stages from the first to the last."""
    return sorted(protocol.stages, key=lambda stage: stage.from_day)
