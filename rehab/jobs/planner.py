"""Care tasks: made ahead as rows, prompted when due, asked again twice at most, then called missed."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from rehab.clinical import timetable
from rehab.clock import Clock
from rehab.flows import check_in, education, exercises, progress
from rehab.flows.turn import Turn
from rehab.jobs.each import each, ids
from rehab.models import (
    CareTask,
    ChatState,
    CheckIn,
    CheckInState,
    Episode,
    EpisodeState,
    MessageClass,
    TaskKind,
    TaskState,
)
from rehab.services import care_tasks, check_ins, episodes, plans
from rehab.services.context import Context

AFTER_A_FAILURE = timedelta(minutes=10)
EARTH_IS_AHEAD = timedelta(hours=14)
"""The easternmost zone: a date is over nowhere before it is over everywhere else minus this."""


def run_once(context: Context, clock: Clock) -> int:
    """End pauses, make tasks ahead, act on every task whose moment has come."""
    return _end_pauses(clock) + _plan(context, clock) + _due(context, clock)


def _end_pauses(clock: Clock) -> int:
    now = clock.now()
    over = select(Episode.id).where(
        Episode.state == EpisodeState.PAUSED,
        Episode.paused_until <= (now + EARTH_IS_AHEAD).date(),
    )

    def resume(session: Session, episode_id: int) -> bool:
        episode = episodes.get(session, episode_id)
        today = timetable.local_date(now, episode.patient.timezone)
        if episode.paused_until is None or episode.paused_until > today:
            return False
        episodes.resume(session, episode_id=episode_id, actor="system", now=now)
        return True

    return each("planner", ids(over), resume, set_aside=_nothing)


def _plan(context: Context, clock: Clock) -> int:
    now = clock.now()
    horizon = (now + EARTH_IS_AHEAD).date() + care_tasks.PLAN_AHEAD - timedelta(days=1)
    short = select(Episode.id).where(
        Episode.state == EpisodeState.ACTIVE,
        or_(Episode.planned_until.is_(None), Episode.planned_until < horizon),
    )

    def plan(session: Session, episode_id: int) -> bool:
        episode = episodes.get(session, episode_id)
        made = care_tasks.plan_ahead(session, context, episode=episode, now=now)
        return made > 0

    def skip(session: Session, episode_id: int) -> None:
        until = clock.now().date() + care_tasks.PLAN_AHEAD
        episodes.get(session, episode_id).planned_until = until

    return each("planner", ids(short), plan, set_aside=skip)


def _due(context: Context, clock: Clock) -> int:
    now = clock.now()
    due = (
        select(CareTask.id)
        .where(
            CareTask.state.in_([TaskState.PLANNED, TaskState.PROMPTED]),
            CareTask.look_after <= now,
        )
        .order_by(CareTask.look_after, CareTask.id)
    )

    def act(session: Session, task_id: int) -> bool:
        return _act(session, context, task_id, clock.now())

    def later(session: Session, task_id: int) -> None:
        task = session.get(CareTask, task_id)
        if task is not None:
            task.look_after = clock.now() + AFTER_A_FAILURE

    return each("planner", ids(due), act, set_aside=later)


def _act(session: Session, context: Context, task_id: int, now: datetime) -> bool:
    task = session.get(CareTask, task_id, with_for_update=True)
    if task is None or task.look_after is None or task.look_after > now:
        return False
    if task.state not in (TaskState.PLANNED, TaskState.PROMPTED):
        return False
    acted = _act_on(session, context, task, now)
    if acted and task.kind == TaskKind.EDUCATION and task.episode.state == EpisodeState.ACTIVE:
        care_tasks.plan_next_card(session, context, episode=task.episode, now=now)
    return acted


def _act_on(session: Session, context: Context, task: CareTask, now: datetime) -> bool:
    episode = task.episode
    chat = episode.patient.chat
    if episode.state != EpisodeState.ACTIVE:
        return _close(task, TaskState.EXCUSED)
    if now >= care_tasks.end_of(episode, task) or _is_stale(context, task, now):
        return _miss(session, task)
    if chat is None or chat.state != ChatState.ACTIVE:
        return _close(task, TaskState.MISSED)
    quiet = context.config.reminders
    can_wait = _is_follow_up(task) or task.kind in (TaskKind.EDUCATION, TaskKind.PROGRESS)
    if can_wait and timetable.in_quiet_hours(
        now, episode.patient.timezone, quiet.quiet_from, quiet.quiet_until
    ):
        task.look_after = care_tasks.end_of(episode, task)
        return False
    return _remind(session, context, task, now)


def _remind(session: Session, context: Context, task: CareTask, now: datetime) -> bool:
    episode = task.episode
    day = episodes.day_today(episode, now)
    plans.follow_calendar(session, context, episode=episode, day=day, now=now)
    is_nudge = task.state == TaskState.PROMPTED
    turn = Turn(
        session,
        context,
        episode.patient,
        episode,
        cause=f"task:{task.id}:{task.nudges}:{'nudge' if is_nudge else 'prompt'}",
        now=now,
        message_class=MessageClass.PROMPT,
        expires_at=now + timedelta(hours=context.config.reminders.expires_after_hours),
    )
    if task.kind == TaskKind.EDUCATION:
        education.send_due(turn, task)
        return True
    if task.kind == TaskKind.PROGRESS:
        progress.send_due(turn, task)
        return True
    if task.kind == TaskKind.EXERCISES:
        if is_nudge:
            return _close(task, TaskState.MISSED)
        exercises.show_today(turn, later=task.nudges > 0)
        return True
    if is_nudge:
        task.nudges += 1
    check_in.begin(turn, nudge=is_nudge)
    _look_for_answer(context, task, now)
    return True


def _look_for_answer(context: Context, task: CareTask, now: datetime) -> None:
    hours = context.config.reminders.nudge_after_hours
    end = care_tasks.end_of(task.episode, task)
    prompted = task.prompted_at or now
    if task.nudges < len(hours) and task.state == TaskState.PROMPTED:
        task.look_after = min(end, prompted + timedelta(hours=hours[task.nudges]))
    elif task.state == TaskState.PROMPTED:
        task.look_after = end


def _is_stale(context: Context, task: CareTask, now: datetime) -> bool:
    """A reminder that could not leave for so long is noise by now."""
    hours = context.config.reminders.expires_after_hours
    return task.state == TaskState.PLANNED and now - task.due_at > timedelta(hours=hours)


def _is_follow_up(task: CareTask) -> bool:
    return task.state == TaskState.PROMPTED


def _miss(session: Session, task: CareTask) -> bool:
    """The day is over without an answer. What was answered of a check-in stays and was judged."""
    if task.kind == TaskKind.EXERCISES and any(
        record.recorded_at is not None for record in task.exercises
    ):
        return _close(task, TaskState.DONE)
    open_one = check_ins.open_check_in(session, episode_id=task.episode_id)
    if task.kind == TaskKind.CHECK_IN and open_one is not None:
        _abandon(open_one, task)
    return _close(task, TaskState.MISSED)


def _abandon(found: CheckIn, task: CareTask) -> None:
    if found.care_task_id == task.id:
        found.state = CheckInState.ABANDONED


def _close(task: CareTask, state: TaskState) -> bool:
    task.state, task.look_after = state, None
    return True


def _nothing(session: Session, item_id: int) -> None:
    """Nothing to set aside: the next tick looks again."""
