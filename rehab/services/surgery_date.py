"""When the operation moves, or the patient goes home: everything that counts days follows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from exercises.schema import Protocol, Stage
from rehab import texts
from rehab.clinical import precautions, staging, timetable
from rehab.errors import InvalidInput
from rehab.models import (
    CareTask,
    ChangeKind,
    Episode,
    EpisodeState,
    PlanChange,
    TaskKind,
    TaskState,
)
from rehab.services import (
    audit,
    care_tasks,
    plan_words,
    plans,
    progression,
    stage_decisions,
    versions,
)
from rehab.services.context import Context

EARLIEST = timedelta(days=-400)
LATEST = timedelta(days=180)
"""From today, as at enrolment."""
COMING = timedelta(days=14)
"""Check-ins are shown so far ahead."""


@dataclass(frozen=True)
class Shift:
    """One date that moves. `what` is English, for staff; None means there is no such date."""

    what: str
    old: date | None
    new: date | None


@dataclass(frozen=True)
class DateMove:
    """What another day of surgery would shift."""

    surgery_on: date
    day_before: int
    day_after: int
    """Today as a day after surgery, now and then."""
    stage_before: Stage
    stage_after: Stage
    shifts: tuple[Shift, ...]
    problems: dict[str, str]


def preview(
    session: Session, context: Context, *, episode: Episode, surgery_on: date, now: datetime
) -> DateMove:
    """Show what shifts: stages, precautions, milestones and the next check-ins. Writes nothing."""
    protocol = versions.protocol_of(session, context, episode)
    today = timetable.local_date(now, episode.patient.timezone)
    before = timetable.day_number(episode.surgery_on, today)
    after = timetable.day_number(surgery_on, today)
    here = protocol.stage(episode.stage_id)
    there = _stage_after(protocol, here, after)
    return DateMove(
        surgery_on=surgery_on,
        day_before=before,
        day_after=after,
        stage_before=here,
        stage_after=there,
        shifts=(
            *_shifts(session, protocol, episode, surgery_on),
            *_check_ins(session, episode, there, surgery_on, today),
        ),
        problems=_problems(episode, surgery_on, today),
    )


def apply(
    session: Session,
    context: Context,
    *,
    episode_id: int,
    surgery_on: date,
    reason: str,
    clinician_id: int,
    now: datetime,
) -> PlanChange:
    """Move the operation: reminders that did not go out are planned anew, the patient is told.

    The stage changes only by the calendar: back to the preparation when the operation lies ahead
    again, out of it when the day has come. A recorded discharge before the new date is dropped.
    Raises NotFound, NotAllowed and InvalidInput(surgery_on or reason).
    """
    episode = stage_decisions.episode_for(session, episode_id, clinician_id)
    move = preview(session, context, episode=episode, surgery_on=surgery_on, now=now)
    if move.problems:
        raise InvalidInput(**move.problems)
    _check_reason(reason)
    row = _history(
        session,
        episode,
        ChangeKind.SURGERY_DATE,
        words=f"Surgery {episode.surgery_on:%d %b %Y} to {surgery_on:%d %b %Y}; "
        f"today is day {move.day_after} instead of {move.day_before}",
        reason=reason.strip(),
        clinician_id=clinician_id,
        now=now,
    )
    episode.surgery_on = surgery_on
    if episode.discharged_on is not None and episode.discharged_on < surgery_on:
        episode.discharged_on = None
    if move.stage_after.id != episode.stage_id:
        plans.move(
            session,
            episode,
            move.stage_after.id,
            now=now,
            clinician_id=clinician_id,
            reason="surgery date moved",
        )
    _plan_anew(session, context, episode, now)
    progression.look(session, context, episode=episode, now=now)
    language = episode.patient.language
    moved = texts.text(
        "plan.surgery_moved", language, date=plan_words.day_text(surgery_on, language)
    )
    plan_words.tell(
        session,
        context,
        episode=episode,
        lines=[moved],
        from_on=None,
        cause=f"change:{row.id}",
        now=now,
    )
    return row


def record_discharge(
    session: Session,
    context: Context,
    *,
    episode_id: int,
    discharged_on: date,
    clinician_id: int,
    now: datetime,
) -> PlanChange:
    """Record the day the patient went home; precautions counted from it follow.

    Raises NotFound, NotAllowed and InvalidInput(discharged_on).
    """
    episode = stage_decisions.episode_for(session, episode_id, clinician_id)
    today = timetable.local_date(now, episode.patient.timezone)
    if not episode.surgery_on <= discharged_on <= today:
        raise InvalidInput(discharged_on="expected a day from the operation to today")
    before = episode.discharged_on
    episode.discharged_on = discharged_on
    return _history(
        session,
        episode,
        ChangeKind.DISCHARGE,
        words=f"Went home on {discharged_on:%d %b %Y}"
        + (f", recorded before as {before:%d %b %Y}" if before else ""),
        reason="",
        clinician_id=clinician_id,
        now=now,
    )


def _stage_after(protocol: Protocol, here: Stage, day: int) -> Stage:
    """The stage by the calendar alone: before the operation its preparation, else where one was."""
    calendar = staging.stage_on(protocol, day)
    if day < 0:
        return calendar if calendar.to_day < 0 else here
    stage = here
    coming = staging.entry_due(protocol, stage.id, day)
    while coming is not None and coming.entry == "calendar":
        stage = coming
        coming = staging.entry_due(protocol, stage.id, day)
    return stage


def _problems(episode: Episode, surgery_on: date, today: date) -> dict[str, str]:
    if surgery_on == episode.surgery_on:
        return {"surgery_on": "this is the date already"}
    if not EARLIEST <= surgery_on - today <= LATEST:
        return {"surgery_on": "expected a day within the last 400 or the next 180 days"}
    return {}


def _check_reason(reason: str) -> None:
    if len(reason.strip()) < plans.SHORTEST_REASON:
        raise InvalidInput(reason="please give the reason in a few words")


def _shifts(
    session: Session, protocol: Protocol, episode: Episode, surgery_on: date
) -> Iterator[Shift]:
    def both(what: str, day: int) -> Shift:
        on = timedelta(days=day)
        return Shift(what, episode.surgery_on + on, surgery_on + on)

    yield both("Operation", 0)
    for stage in staging.in_order(protocol):
        yield both(f"{stage.id} {stage.name} from", stage.from_day)
    home = plans.discharge_day(episode)
    changes = plans.changes_of(session, episode)
    for precaution in protocol.precautions:
        # A discharge that is recorded is a date of its own and does not move.
        window = precautions.days_of(protocol, precaution, 0, home, changes)
        if window is None:
            continue
        ends = both(f"Until: {precaution.text}", window[1])
        is_fixed = precaution.anchor == "discharge" and _keeps_discharge(episode, surgery_on)
        yield Shift(ends.what, ends.old, ends.old) if is_fixed else ends
    for milestone in staging.milestones(protocol, home):
        yield both(f"Milestone: {milestone.text}", milestone.from_day)


def _keeps_discharge(episode: Episode, surgery_on: date) -> bool:
    return episode.discharged_on is not None and episode.discharged_on >= surgery_on


def _check_ins(
    session: Session, episode: Episode, stage: Stage, surgery_on: date, today: date
) -> Iterator[Shift]:
    """The check-ins already planned, beside those the new date will bring."""
    planned = session.scalars(
        select(CareTask.local_on)
        .where(
            CareTask.episode_id == episode.id,
            CareTask.kind == TaskKind.CHECK_IN,
            CareTask.state == TaskState.PLANNED,
            CareTask.local_on >= today,
        )
        .order_by(CareTask.local_on)
    ).all()
    coming = [
        on
        for ahead in range(COMING.days)
        if (on := today + timedelta(days=ahead))
        if ahead % stage.check_in_interval((on - surgery_on).days) == 0 or on == surgery_on
    ]
    for number in range(max(len(planned), min(len(coming), 2))):
        old = planned[number] if number < len(planned) else None
        new = coming[number] if number < len(coming) else None
        yield Shift(f"Check-in {number + 1}", old, new)


def _plan_anew(session: Session, context: Context, episode: Episode, now: datetime) -> None:
    """Cancel the reminders that did not go out and plan those of the new days."""
    waiting = session.scalars(
        select(CareTask).where(
            CareTask.episode_id == episode.id,
            CareTask.state == TaskState.PLANNED,
            CareTask.prompted_at.is_(None),
        )
    ).all()
    for task in waiting:
        # Planning ahead takes an excused task up again where the new days want one.
        task.state, task.look_after = TaskState.EXCUSED, None
    episode.planned_until = None
    session.flush()
    if episode.state == EpisodeState.ACTIVE:
        care_tasks.plan_ahead(session, context, episode=episode, now=now)
    for task in waiting:
        if task.state == TaskState.EXCUSED:
            task.state = TaskState.CANCELLED
    session.flush()


def _history(
    session: Session,
    episode: Episode,
    kind: ChangeKind,
    *,
    words: str,
    reason: str,
    clinician_id: int,
    now: datetime,
) -> PlanChange:
    row = PlanChange(
        episode_id=episode.id,
        kind=kind,
        from_on=timetable.local_date(now, episode.patient.timezone),
        overrides=[],
        words=words,
        reason=reason,
        at=now,
        clinician_id=clinician_id,
    )
    session.add(row)
    session.flush()
    audit.record(
        session,
        actor=f"clinician:{clinician_id}",
        action=f"plan.{kind}",
        subject=f"episode:{episode.id}",
        patient_id=episode.patient_id,
        now=now,
    )
    return row
