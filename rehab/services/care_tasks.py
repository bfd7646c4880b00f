"""Care tasks: planning them ahead as rows, and recording what the patient did with them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import takewhile
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from exercises.schema import Dose
from rehab import texts
from rehab.clinical import staging, timetable
from rehab.clinical.staging import Change, PlanItem
from rehab.models import (
    CareTask,
    Episode,
    EpisodeState,
    ExerciseRecord,
    ExerciseState,
    TaskKind,
    TaskState,
)
from rehab.services import education, plans, progress, versions
from rehab.services.context import Context

PLAN_AHEAD = timedelta(days=2)
"""Reminders exist as rows this far ahead, so that a restart has nothing to remember."""
MOST_DAYS_IN_A_ROW = 100


def plan_ahead(session: Session, context: Context, *, episode: Episode, now: datetime) -> int:
    """Make the rows of the coming days that do not exist yet. Returns how many were made."""
    today = timetable.local_date(now, episode.patient.timezone)
    until = today + PLAN_AHEAD
    first = (
        max(today, episode.planned_until + timedelta(days=1)) if episode.planned_until else today
    )
    made = 0
    for offset in range((until - first).days + 1):
        made += _plan_day(session, context, episode, first + timedelta(days=offset), now)
    episode.planned_until = max(until, episode.planned_until or until)
    session.flush()
    return made


def replan(session: Session, context: Context, *, episode: Episode, now: datetime) -> None:
    """Move the reminders that have not gone out to the patient's present time and zone."""
    planned = session.scalars(
        select(CareTask).where(
            CareTask.episode_id == episode.id,
            CareTask.state == TaskState.PLANNED,
            CareTask.due_at > now,
        )
    )
    for task in planned:
        task.due_at = task.look_after = _due_at(context, episode, task.local_on, task.kind)
    episode.planned_until = None


def of_day(
    session: Session, *, episode_id: int, kind: TaskKind, local_on: date
) -> CareTask | None:
    """The one task of this kind on this date."""
    return session.scalar(
        select(CareTask).where(
            CareTask.episode_id == episode_id,
            CareTask.kind == kind,
            CareTask.local_on == local_on,
        )
    )


def ensure(
    session: Session,
    *,
    episode: Episode,
    kind: TaskKind,
    local_on: date,
    now: datetime,
) -> CareTask:
    """The task of this date, made now if the plan had none (the patient asked first)."""
    task = of_day(session, episode_id=episode.id, kind=kind, local_on=local_on)
    if task is None:
        task = CareTask(
            episode=episode, kind=kind, local_on=local_on, due_at=now, state=TaskState.PLANNED
        )
        session.add(task)
    if task.state in (TaskState.PLANNED, TaskState.EXCUSED, TaskState.CANCELLED):
        task.state, task.prompted_at, task.look_after = (
            TaskState.PROMPTED,
            now,
            end_of(episode, task),
        )
    session.flush()
    return task


def end_of(episode: Episode, task: CareTask) -> datetime:
    """When a task can no longer be done: the patient's next midnight."""
    return timetable.due_at(
        task.local_on + timedelta(days=1), datetime.min.time(), episode.patient.timezone
    )


def list_exercises(
    session: Session, context: Context, *, task: CareTask, day: int
) -> list[ExerciseRecord]:
    """The day's exercises as records; made once, so that a plan change does not rewrite the day."""
    if not task.exercises:
        items = plans.on_day(session, context, episode=task.episode, day=day)
        for position, item in enumerate(items, start=1):
            task.exercises.append(_asked(item, position))
        session.flush()
    return task.exercises


def make_safer(session: Session, context: Context, *, task: CareTask, day: int) -> None:
    """Take off today's list what the plan no longer allows, and lower doses it has lowered.

    What has an answer stays as it was asked, and nothing is ever added or raised.
    """
    allowed = {
        item.exercise_id: item
        for item in plans.on_day(session, context, episode=task.episode, day=day)
    }
    for record in list(task.exercises):
        item = allowed.get(record.exercise_id)
        if record.state != ExerciseState.ASKED:
            continue
        if item is None:
            task.exercises.remove(record)
            session.delete(record)
        elif _is_less(item, record):
            record.dose, record.dose_fields = _dose_columns(item)
    session.flush()


def record_exercise(record: ExerciseRecord, *, state: ExerciseState, now: datetime) -> bool:
    """What the patient said about one exercise; the last word counts. Returns whether it changed."""
    changed = record.state != state
    record.state, record.recorded_at = state, now
    _finish_if_all_answered(record.task, now)
    return changed


def record_all_done(task: CareTask, *, now: datetime) -> None:
    """Every exercise that has no answer yet was done."""
    for record in task.exercises:
        if record.state == ExerciseState.ASKED:
            record.state, record.recorded_at = ExerciseState.DONE, now
    _finish_if_all_answered(task, now)


def record_pain(task: CareTask, *, when: Literal["before", "after"], pain: int) -> bool:
    """Pain 0-10 before or after a session; the last word counts. Returns whether it changed."""
    known = task.pain_before if when == "before" else task.pain_after
    if when == "before":
        task.pain_before = pain
    else:
        task.pain_after = pain
    return known != pain


def easier_instead(
    session: Session, context: Context, *, record: ExerciseRecord, day: int
) -> PlanItem | None:
    """What today's plan, one step down, has in the place of this exercise; None when nothing.

    The plan's own rules decide, so it never breaks a precaution, a stop of loading or a change by
    a clinician. Nothing that stands on today's list already is offered.
    """
    episode = record.task.episode
    exercise = versions.library_of(session, context, episode).get(record.exercise_id)
    if exercise is None or exercise.easier is None:
        return None
    if exercise.easier in {one.exercise_id for one in record.task.exercises}:
        return None
    step_down = Change(kind="step_down", from_day=day, to_day=day)
    changes = [*plans.changes_of(session, episode), step_down]
    items = plans.on_day(session, context, episode=episode, day=day, changes=changes)
    return next((item for item in items if item.exercise_id == exercise.easier), None)


def add_after(session: Session, *, record: ExerciseRecord, item: PlanItem) -> ExerciseRecord:
    """Put one more exercise on the day's list, right after this one."""
    task = record.task
    place = task.exercises.index(record) + 1
    for later in task.exercises[place:]:
        later.position += 1
    added = _asked(item, record.position + 1)
    task.exercises.insert(place, added)
    session.flush()
    return added


def days_in_a_row(session: Session, *, task: CareTask) -> int:
    """How many exercise days up to this one had at least one exercise done.

    A day without any exercise to do neither counts nor ends the row. At most MOST_DAYS_IN_A_ROW.
    """
    found = session.scalars(
        select(CareTask)
        .where(
            CareTask.episode_id == task.episode_id,
            CareTask.kind == TaskKind.EXERCISES,
            CareTask.local_on <= task.local_on,
        )
        .order_by(CareTask.local_on.desc())
        .options(selectinload(CareTask.exercises))
        .limit(MOST_DAYS_IN_A_ROW)
    )
    days = (one for one in found if one.exercises)
    return sum(1 for _ in takewhile(_has_something_done, days))


def next_exercise(task: CareTask) -> ExerciseRecord | None:
    """The first exercise without an answer."""
    return next((found for found in task.exercises if found.state == ExerciseState.ASKED), None)


def dose_text(item: PlanItem, language: str) -> str:
    """A dose in words, e.g. "2 sets · 10 times · hold 5 s · 3 times a day"."""
    return _dose_words(item.dose, language)


def dose_of(record: ExerciseRecord) -> Dose | None:
    """The dose as it was asked that day; None for one from before its numbers were kept."""
    return Dose(**record.dose_fields) if record.dose_fields else None


def asked_dose_text(record: ExerciseRecord, language: str) -> str:
    """The dose as it was asked that day, in words of this language.

    One from before its numbers were kept is there in English only.
    """
    dose = dose_of(record)
    return _dose_words(dose, language) if dose else record.dose


def _dose_words(dose: Dose, language: str) -> str:
    return " · ".join(texts.text(key, language, n=value) for key, value in plans.dose_parts(dose))


def _asked(item: PlanItem, position: int) -> ExerciseRecord:
    dose, fields = _dose_columns(item)
    return ExerciseRecord(
        position=position,
        exercise_id=item.exercise_id,
        dose=dose,
        dose_fields=fields,
        state=ExerciseState.ASKED,
    )


def _dose_columns(item: PlanItem) -> tuple[str, dict[str, int]]:
    return dose_text(item, "en"), item.dose.model_dump(exclude_none=True)


def _is_less(item: PlanItem, record: ExerciseRecord) -> bool:
    asked = record.dose_fields or {}
    _, fields = _dose_columns(item)
    return fields.keys() == asked.keys() and all(fields[name] <= asked[name] for name in fields)


def _has_something_done(task: CareTask) -> bool:
    return any(record.state == ExerciseState.DONE for record in task.exercises)


def _plan_day(
    session: Session, context: Context, episode: Episode, local_on: date, now: datetime
) -> int:
    day = timetable.day_number(episode.surgery_on, local_on)
    kinds = [TaskKind.EXERCISES]
    if _wants_check_in(session, context, episode, day):
        kinds.append(TaskKind.CHECK_IN)
    today = timetable.local_date(now, episode.patient.timezone)
    if education.due_card(session, context, episode=episode, local_on=local_on, as_of=today):
        kinds.append(TaskKind.EDUCATION)
    if progress.is_day(day):
        kinds.append(TaskKind.PROGRESS)
    due = {kind: _due_at(context, episode, local_on, kind) for kind in kinds}
    return sum(
        _plan_task(session, episode, kind, local_on, due[kind])
        for kind in kinds
        if due[kind] > now
    )


def plan_next_card(session: Session, context: Context, *, episode: Episode, now: datetime) -> None:
    """Make room for a card that waits, at the next hour for cards: one did not leave, or two met."""
    on = timetable.local_date(now, episode.patient.timezone)
    if _due_at(context, episode, on, TaskKind.EDUCATION) <= now:
        on += timedelta(days=1)
    if education.due_card(session, context, episode=episode, local_on=on, as_of=on):
        due = _due_at(context, episode, on, TaskKind.EDUCATION)
        _plan_task(session, episode, TaskKind.EDUCATION, on, due)


def _plan_task(
    session: Session, episode: Episode, kind: TaskKind, local_on: date, due: datetime
) -> int:
    task = of_day(session, episode_id=episode.id, kind=kind, local_on=local_on)
    if task is not None:
        if task.state == TaskState.EXCUSED and episode.state == EpisodeState.ACTIVE:
            task.state, task.due_at, task.look_after = TaskState.PLANNED, due, due
        return 0
    session.add(
        CareTask(
            episode=episode,
            kind=kind,
            local_on=local_on,
            due_at=due,
            look_after=due,
            state=TaskState.PLANNED,
        )
    )
    return 1


def _wants_check_in(session: Session, context: Context, episode: Episode, day: int) -> bool:
    stage = plans.stage_then(session, context, episode=episode, day=day)
    last = session.scalar(
        select(CareTask.local_on)
        .where(
            CareTask.episode_id == episode.id,
            CareTask.kind == TaskKind.CHECK_IN,
            CareTask.local_on < episode.surgery_on + timedelta(days=day),
        )
        .order_by(CareTask.local_on.desc())
        .limit(1)
    )
    last_day = timetable.day_number(episode.surgery_on, last) if last else None
    return staging.check_in_due(stage, day, last_day)


def _due_at(context: Context, episode: Episode, local_on: date, kind: str) -> datetime:
    patient = episode.patient
    fixed = {
        TaskKind.EDUCATION: context.config.education.at,
        TaskKind.PROGRESS: context.config.progress.at,
    }
    wall = fixed.get(TaskKind(kind), patient.reminder_time)
    return timetable.due_at(local_on, wall, patient.timezone) + timetable.spread(
        f"patient:{patient.id}", context.config.reminders.spread_minutes
    )


def _finish_if_all_answered(task: CareTask, now: datetime) -> None:
    if task.exercises and next_exercise(task) is None and task.state != TaskState.DONE:
        task.state, task.done_at, task.look_after = TaskState.DONE, now, None
