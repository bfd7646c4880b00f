"""The pain rule at work: each guided session is judged once, with its next morning, and moves the dose."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from rehab import texts
from rehab.clinical import dose_rule, expected, timetable
from rehab.clinical.dose_rule import Judged, SessionDay, Verdict
from rehab.clinical.facts import Given
from rehab.models import (
    CareTask,
    ChangeKind,
    CheckIn,
    CheckInState,
    Episode,
    Observation,
    ObservationStatus,
    PlanChange,
    StageChange,
    TaskKind,
)
from rehab.services import alerts, audit, plan_words, plans, safer_today, versions
from rehab.services.context import Context

DAY = timedelta(days=1)
MOVING = {"walking": "Walking next day", "arm": "Arm next day"}
"""The questions of the check-ins about moving, with their names on the card."""
LOOK_BACK = timedelta(days=14)
"""Older sessions are history: what they say about the dose has been overtaken."""


def look(session: Session, context: Context, *, episode: Episode, now: datetime) -> None:
    """Judge the guided sessions nobody judged yet, oldest first, and move the dose level.

    Call it after a session's last pain, after a completed check-in, and daily. A session that was
    too much counts at once; anything else waits for the next morning. While loading is stopped or
    an alert is unresolved the level may fall but not rise.
    """
    today = timetable.local_date(now, episode.patient.timezone)
    oldest = max(episode.dose_level_on or date.min, today - LOOK_BACK)
    for task in _sessions(session, episode, since=oldest + DAY, until=today):
        day = _session_day(session, task)
        judged = dose_rule.judge(day)
        is_final = judged is not None and judged.verdict is Verdict.DOWN
        if not is_final and not _morning_is_known(session, task, day, today):
            return
        episode.dose_level_on = task.local_on
        if judged is not None:
            _move(session, context, episode=episode, task=task, judged=judged, now=now)


def _move(
    session: Session,
    context: Context,
    *,
    episode: Episode,
    task: CareTask,
    judged: Judged,
    now: datetime,
) -> None:
    level = dose_rule.next_level(
        episode.dose_level,
        _history(session, episode, until=task.local_on),
        since=_level_since(session, episode),
        most=_most_steps(session, context, episode),
    )
    before = episode.dose_level
    if level > before and (
        episode.loading_stopped_at is not None or alerts.unresolved(session, episode.id)
    ):
        return
    if level != before:
        _change(session, context, episode=episode, level=level, judged=judged, now=now)
    if judged.verdict is Verdict.DOWN and _is_told(session, context, episode, task):
        alerts.raise_findings(
            session,
            context,
            episode=episode,
            findings=[dose_rule.finding(judged, _facts(session, task))],
            cause=f"exercises:{task.id}",
            now=now,
        )


def _change(
    session: Session,
    context: Context,
    *,
    episode: Episode,
    level: int,
    judged: Judged,
    now: datetime,
) -> None:
    before, episode.dose_level = episode.dose_level, level
    from_on = plans.takes_effect_on(session, episode=episode, now=now)
    if level < before:
        from_on = timetable.local_date(now, episode.patient.timezone)
    row = PlanChange(
        episode_id=episode.id,
        kind=ChangeKind.LEVEL,
        from_on=from_on,
        overrides=[],
        words=f"Dose level {before} to {level} by the pain rule: {', '.join(judged.reasons)}",
        reason=f"session of {judged.on:%d %b %Y}",
        at=now,
    )
    session.add(row)
    session.flush()
    if level < before:
        safer_today.take_off(session, context, episode=episode, now=now)
    audit.record(
        session,
        actor="system",
        action="plan.level",
        subject=f"episode:{episode.id}",
        patient_id=episode.patient_id,
        now=now,
        detail=str(level),
    )
    key = "plan.level_up" if level > before else "plan.level_down"
    plan_words.tell(
        session,
        context,
        episode=episode,
        lines=[texts.text(key, episode.patient.language)],
        from_on=from_on,
        cause=f"change:{row.id}",
        now=now,
    )


def _sessions(
    session: Session, episode: Episode, *, since: date, until: date
) -> Sequence[CareTask]:
    """The days on which a guided session was done and pain was told."""
    return session.scalars(
        select(CareTask)
        .where(
            CareTask.episode_id == episode.id,
            CareTask.kind == TaskKind.EXERCISES,
            CareTask.local_on >= since,
            CareTask.local_on <= until,
            or_(CareTask.pain_before.is_not(None), CareTask.pain_after.is_not(None)),
        )
        .order_by(CareTask.local_on)
    ).all()


def _is_told(session: Session, context: Context, episode: Episode, task: CareTask) -> bool:
    rules = versions.rules_of(session, context, episode)
    band = expected.pain_band(rules, timetable.day_number(episode.surgery_on, task.local_on))
    since = task.local_on - dose_rule.WEEK
    earlier = _sessions(session, episode, since=since, until=task.local_on - DAY)
    return dose_rule.is_told(
        _session_day(session, task),
        line=band.upper if band else None,
        earlier=[_session_day(session, one) for one in earlier],
    )


def _history(session: Session, episode: Episode, *, until: date) -> list[Judged]:
    since = until - dose_rule.WEEK + DAY
    days = [
        _session_day(session, task)
        for task in _sessions(session, episode, since=since, until=until)
    ]
    return [judged for day in days if (judged := dose_rule.judge(day)) is not None]


def _session_day(session: Session, task: CareTask) -> SessionDay:
    answers = _next_answers(session, task)
    pain = answers.get("pain")
    following = _session_on(session, task, task.local_on + DAY)
    return SessionDay(
        on=task.local_on,
        pain_before=task.pain_before,
        pain_after=task.pain_after,
        # Without a check-in that morning, the pain before the next session says as much.
        pain_next=pain if isinstance(pain, int | float) else following,
        moving_next=next((str(answers[one]) for one in MOVING if one in answers), None),
    )


def _next_answers(session: Session, task: CareTask) -> dict[str, object]:
    rows = session.scalars(
        select(Observation)
        .join(CheckIn, CheckIn.id == Observation.check_in_id)
        .where(
            CheckIn.episode_id == task.episode_id,
            CheckIn.kind == "check-in",
            CheckIn.local_on == task.local_on + DAY,
            Observation.status == ObservationStatus.FINAL,
        )
        .order_by(Observation.check_in_id, Observation.revision)
    )
    return {row.question_id: row.value for row in rows}


def _session_on(session: Session, task: CareTask, local_on: date) -> int | None:
    return session.scalar(
        select(CareTask.pain_before).where(
            CareTask.episode_id == task.episode_id,
            CareTask.kind == TaskKind.EXERCISES,
            CareTask.local_on == local_on,
        )
    )


def _morning_is_known(session: Session, task: CareTask, day: SessionDay, today: date) -> bool:
    """Whether waiting longer would tell nothing more about the next morning."""
    if today > task.local_on + DAY:
        return True
    if today == task.local_on:
        return False
    completed = select(CheckIn.id).where(
        CheckIn.episode_id == task.episode_id,
        CheckIn.kind == "check-in",
        CheckIn.local_on == task.local_on + DAY,
        CheckIn.state == CheckInState.COMPLETED,
    )
    return session.scalar(completed.limit(1)) is not None


def _level_since(session: Session, episode: Episode) -> date:
    """The local date from which the patient is at the present level of the present stage."""
    zone = episode.patient.timezone
    moved = session.scalar(
        select(func.max(StageChange.at)).where(StageChange.episode_id == episode.id)
    )
    levelled = session.scalar(
        select(func.max(PlanChange.from_on)).where(
            PlanChange.episode_id == episode.id, PlanChange.kind == ChangeKind.LEVEL
        )
    )
    dates = [timetable.local_date(moved, zone)] if moved else []
    return max([*dates, *([levelled] if levelled else [])], default=date.min)


def _most_steps(session: Session, context: Context, episode: Episode) -> int:
    stage = versions.protocol_of(session, context, episode).stage(episode.stage_id)
    return max((len(planned.steps) for planned in stage.exercises), default=0)


def _facts(session: Session, task: CareTask) -> tuple[Given, ...]:
    """What was told around the session, in words of its own: no questionnaire asked it."""
    at = task.done_at or task.prompted_at or task.due_at
    told: list[Given] = []
    for question, value in (
        ("Pain before exercises", task.pain_before),
        ("Pain after exercises", task.pain_after),
    ):
        if value is not None:
            told.append(Given(question, value, at, task.local_on))
    answers = _next_answers(session, task)
    for asked, name in (("pain", "Worst pain next day"), *MOVING.items()):
        answer = answers.get(asked)
        if isinstance(answer, str | int | float):
            told.append(Given(name, answer, at + DAY, task.local_on + DAY))
    return tuple(told)
