"""One patient's plan: which stage, which exercises today, and who moved the stage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from exercises.schema import MOST_EXERCISES, Dose, Precaution, Protocol, Stage
from rehab.clinical import precautions, staging, timetable
from rehab.clinical.adaptation import Kind
from rehab.clinical.staging import Change, PlanItem
from rehab.errors import InvalidInput
from rehab.models import (
    CareTask,
    ChangeKind,
    Decision,
    Episode,
    EpisodeState,
    ExerciseRecord,
    PlanChange,
    StageChange,
    TaskKind,
)
from rehab.services import episodes, versions
from rehab.services.context import Context

AT_REST = (EpisodeState.PAUSED, EpisodeState.STOPPED, EpisodeState.CLOSED)
CHANGES: Mapping[str, Kind] = {
    ChangeKind.DOSE: "dose",
    ChangeKind.ADD: "add",
    ChangeKind.REMOVE: "remove",
    ChangeKind.SWAP: "swap",
    ChangeKind.STEP_DOWN: "step_down",
    ChangeKind.PRECAUTION: "precaution",
}
"""The kinds of rows that change what a plan holds; the others are history only."""
SHORTEST_REASON = 3


def today(
    session: Session, context: Context, *, episode: Episode, now: datetime
) -> tuple[PlanItem, ...]:
    """Today's exercises with their doses, in the patient's own zone."""
    return on_day(session, context, episode=episode, day=episodes.day_today(episode, now))


def on_day(
    session: Session,
    context: Context,
    *,
    episode: Episode,
    day: int,
    changes: Sequence[Change] | None = None,
    most: int = MOST_EXERCISES,
    is_paused: bool | None = None,
) -> tuple[PlanItem, ...]:
    """The exercises of one day after surgery; loading ones are left out while they are stopped.

    `changes` replaces the patient's own changes and `is_paused` the episode's state, to see what a
    plan would be.
    """
    return staging.plan_for(
        versions.protocol_of(session, context, episode),
        versions.library_of(session, context, episode),
        stage_id=episode.stage_id,
        day=day,
        changes=changes_of(session, episode) if changes is None else changes,
        level=episode.dose_level,
        discharge_day=discharge_day(episode),
        loading_suspended=episode.loading_stopped_at is not None,
        paused=episode.state in AT_REST if is_paused is None else is_paused,
        most=most,
    )


def changes_of(session: Session, episode: Episode) -> tuple[Change, ...]:
    """The changes of this patient's plan that nobody took back, oldest first, in days."""
    rows = session.scalars(
        select(PlanChange)
        .where(
            PlanChange.episode_id == episode.id,
            PlanChange.kind.in_(list(CHANGES)),
            PlanChange.ended_at.is_(None),
        )
        .order_by(PlanChange.id)
    )
    return tuple(as_change(row, episode.surgery_on) for row in rows)


def as_change(row: PlanChange, surgery_on: date) -> Change:
    """A row as the rules see it."""
    return Change(
        kind=CHANGES[row.kind],
        from_day=timetable.day_number(surgery_on, row.from_on),
        to_day=timetable.day_number(surgery_on, row.to_on) if row.to_on else None,
        id=row.id,
        exercise_id=row.exercise_id,
        new_exercise_id=row.new_exercise_id,
        dose=Dose(**row.dose) if row.dose else None,
        precaution_id=row.precaution_id,
        precaution_to_day=row.precaution_to_day,
        overrides=tuple(row.overrides),
    )


def active_precautions(
    session: Session, context: Context, *, episode: Episode, day: int
) -> tuple[Precaution, ...]:
    """The precautions of this patient on a day after surgery, with the patient's own settings."""
    return precautions.active(
        versions.protocol_of(session, context, episode),
        day,
        discharge_day=discharge_day(episode),
        changes=changes_of(session, episode),
    )


def discharge_day(episode: Episode) -> int | None:
    """The day after surgery on which the patient went home, when it is recorded."""
    home = episode.discharged_on
    return timetable.day_number(episode.surgery_on, home) if home else None


def is_shown(session: Session, *, episode_id: int, local_on: date) -> bool:
    """Whether the patient has already been given this date's list of exercises."""
    found = (
        select(ExerciseRecord.id)
        .join(CareTask, CareTask.id == ExerciseRecord.care_task_id)
        .where(
            CareTask.episode_id == episode_id,
            CareTask.kind == TaskKind.EXERCISES,
            CareTask.local_on == local_on,
        )
    )
    return session.scalar(found.limit(1)) is not None


def takes_effect_on(session: Session, *, episode: Episode, now: datetime) -> date:
    """The local date a change of the plan begins: a list that was shown is not rewritten."""
    today = timetable.local_date(now, episode.patient.timezone)
    shown = is_shown(session, episode_id=episode.id, local_on=today)
    return today + timedelta(days=1) if shown else today


def first_stage(protocol: Protocol, surgery_on: date, local_on: date) -> str:
    """The stage of the calendar on the day of enrolment."""
    return staging.stage_on(protocol, (local_on - surgery_on).days).id


def follow_calendar(
    session: Session, context: Context, *, episode: Episode, day: int, now: datetime
) -> None:
    """Once a day and whenever a plan is shown: open what the calendar may, look at the criteria.

    The calendar opens the next stage where the protocol lets it (surgery ends preparation).
    """
    # Progression builds on plans, so it can only be known here when it is needed.
    from rehab.services import progression

    protocol = versions.protocol_of(session, context, episode)
    coming = staging.entry_due(protocol, episode.stage_id, day)
    while coming is not None and coming.entry == "calendar":
        move(session, episode, coming.id, now=now, clinician_id=None, reason="calendar")
        coming = staging.entry_due(protocol, episode.stage_id, day)
    progression.follow(session, context, episode=episode, now=now)


def stage_then(session: Session, context: Context, *, episode: Episode, day: int) -> Stage:
    """The stage of a day to come: whatever the calendar opens by itself until then is open."""
    protocol = versions.protocol_of(session, context, episode)
    stage = protocol.stage(episode.stage_id)
    coming = staging.entry_due(protocol, stage.id, day)
    while coming is not None and coming.entry == "calendar":
        stage = coming
        coming = staging.entry_due(protocol, stage.id, day)
    return stage


def review_due(session: Session, context: Context, *, episode: Episode, day: int) -> str | None:
    """The stage whose first day has come and that waits for a clinician's decision, if any."""
    protocol = versions.protocol_of(session, context, episode)
    coming = staging.entry_due(protocol, episode.stage_id, day)
    return coming.id if coming is not None and coming.entry == "clinician" else None


def change_stage(
    session: Session,
    context: Context,
    *,
    episode_id: int,
    to_stage: str,
    reason: str,
    clinician_id: int,
    now: datetime,
) -> None:
    """A named clinician moves the patient to another stage, with a reason."""
    from rehab.services import progression  # as in follow_calendar

    episode = episodes.get(session, episode_id)
    stages = [
        stage.id for stage in staging.in_order(versions.protocol_of(session, context, episode))
    ]
    if to_stage not in stages:
        raise InvalidInput(to_stage="expected a stage of this patient's protocol")
    if to_stage == episode.stage_id:
        raise InvalidInput(to_stage="the patient is already in this stage")
    if len(reason.strip()) < SHORTEST_REASON:
        raise InvalidInput(reason="please give the reason in a few words")
    is_back = stages.index(to_stage) < stages.index(episode.stage_id)
    progression.decide(
        session,
        context,
        episode_id=episode_id,
        decision=Decision.STEP_BACK if is_back else Decision.ADVANCE,
        to_stage=to_stage,
        reason=reason,
        clinician_id=clinician_id,
        now=now,
    )


def dose_parts(dose: Dose) -> list[tuple[str, int]]:
    """A dose as text keys with their number, in reading order; words come from the catalog."""
    parts = (
        ("dose.sets", dose.sets if (dose.sets or 1) > 1 else None),
        ("dose.reps", dose.reps if dose.reps != 1 else None),
        ("dose.hold", dose.hold_seconds),
        ("dose.rest", dose.rest_seconds),
        ("dose.minutes", dose.minutes),
        ("dose.times_a_day", dose.times_a_day),
        ("dose.days_a_week", dose.days_a_week),
    )
    return [(key, value) for key, value in parts if value is not None]


def move(
    session: Session,
    episode: Episode,
    to_stage: str,
    *,
    now: datetime,
    clinician_id: int | None,
    reason: str,
) -> None:
    """Write one move to another stage; the pain rule begins anew at the stage's own doses."""
    session.add(
        StageChange(
            episode_id=episode.id,
            from_stage=episode.stage_id,
            to_stage=to_stage,
            at=now,
            clinician_id=clinician_id,
            reason=reason,
        )
    )
    episode.stage_id, episode.dose_level = to_stage, 0
