"""Check-ins: starting and resuming them, recording answers, judging each answer as it is recorded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from rehab.clinical import branching, redflags
from rehab.clinical.answers import Answer
from rehab.clinical.redflags import Finding, Given
from rehab.models import (
    CareTask,
    CheckIn,
    CheckInState,
    Episode,
    FindingRecord,
    Observation,
    ObservationStatus,
    TaskState,
)
from rehab.services import alerts, answering, progression, snoozes, versions
from rehab.services.asked import (
    answer_to,
    asked_questions,
    current,
    day_of,
    next_question,
    questions_for,
)
from rehab.services.context import Context

__all__ = [
    "Recorded",
    "answer_to",
    "asked_questions",
    "current",
    "day_of",
    "facts_of",
    "finish",
    "given",
    "latest",
    "may_still_change",
    "next_question",
    "open_check_in",
    "questions_for",
    "record_answer",
    "start",
    "waiting_since",
]

HISTORY_DAYS = 21
"""How far back the rules may look; the longest window in any rule is 14 days."""


@dataclass(frozen=True)
class Recorded:
    """What recording an answer brought."""

    is_new: bool
    """False when the same answer was already there (a double tap) or the event was seen before."""
    is_correction: bool
    is_late: bool
    new_findings: tuple[Finding, ...]
    completed: bool
    """True when this answer completed the check-in."""
    is_partial: bool = False
    """True while the patient may tick more answers of this question."""


NOTHING = Recorded(False, False, False, (), False)


def start(
    session: Session,
    context: Context,
    *,
    episode: Episode,
    questionnaire_hash: str,
    local_on: date,
    now: datetime,
    task: CareTask | None = None,
) -> CheckIn:
    """Begin a check-in for a local date, or return the one of that date. Older open ones are left behind."""
    asked = versions.questionnaire(session, context, questionnaire_hash)
    existing = latest(session, episode_id=episode.id, kind=asked.kind)
    if existing is not None and existing.state == CheckInState.OPEN:
        if existing.local_on == local_on and asked.kind == "check-in":
            existing.care_task_id = existing.care_task_id or (task.id if task else None)
            return existing
        existing.state = CheckInState.ABANDONED
    check_in = CheckIn(
        episode=episode,
        care_task_id=task.id if task else None,
        questionnaire_id=asked.id,
        questionnaire_hash=questionnaire_hash,
        kind=asked.kind,
        local_on=local_on,
        state=CheckInState.OPEN,
        started_at=now,
        answered_by=answering.last_known(session, episode.id),
    )
    session.add(check_in)
    session.flush()
    return check_in


def latest(session: Session, *, episode_id: int, kind: str = "check-in") -> CheckIn | None:
    """The episode's most recent check-in of this kind."""
    return session.scalar(
        select(CheckIn)
        .where(CheckIn.episode_id == episode_id, CheckIn.kind == kind)
        .order_by(CheckIn.id.desc())
        .limit(1)
    )


def open_check_in(session: Session, *, episode_id: int) -> CheckIn | None:
    """The episode's daily check-in that still waits for an answer, if any."""
    found = latest(session, episode_id=episode_id)
    return found if found is not None and found.state == CheckInState.OPEN else None


def may_still_change(check_in: CheckIn, now: datetime) -> bool:
    """Whether an answer of this check-in is a correction (and not a late answer)."""
    if check_in.state == CheckInState.OPEN:
        return True
    return check_in.editable_until is not None and now <= check_in.editable_until


def record_answer(
    session: Session,
    context: Context,
    *,
    check_in: CheckIn,
    question_id: str,
    answer: Answer,
    source: str,
    at: datetime,
    now: datetime,
    answered_by: str | None = None,
    is_partial: bool = False,
) -> Recorded:
    """Store an answer and judge it, in the caller's one transaction.

    A second answer to the same question is a correction while the check-in may still change, and a
    late answer afterwards; both are judged. The same answer again, or the same source, adds nothing.
    A partial answer (more may be ticked) is judged too and leaves the question open until `finish`.
    Without `answered_by` it comes from whoever answers this check-in.
    """
    previous = answer_to(check_in, question_id)
    if _is_known(session, source):
        return NOTHING
    if previous is not None and previous.value == answer.value:
        open_still = previous.status == ObservationStatus.PRELIMINARY and not is_partial
        return (
            finish(session, context, check_in=check_in, question_id=question_id, now=now)
            if open_still
            else NOTHING
        )
    is_late = not may_still_change(check_in, now)
    is_correction = previous is not None and previous.status == ObservationStatus.FINAL
    is_partial = is_partial and check_in.state == CheckInState.OPEN and not is_correction
    stored = _store(
        session,
        check_in,
        previous=previous,
        question_id=question_id,
        answer=answer,
        source=source,
        at=at,
        now=now,
        answered_by=answered_by or check_in.answered_by,
        is_late=is_late,
    )
    if is_partial:
        stored.status = ObservationStatus.PRELIMINARY
    if not is_late:
        _retire(session, context, check_in, answered=question_id, now=now)
    if previous is not None and _takes_back(previous.value, answer.value):
        alerts.answer_corrected(
            session, context, episode=check_in.episode, question=question_id, now=now
        )
    findings = _judge(session, context, check_in=check_in, at=at, now=now)
    completed = not is_late and _complete_if_done(session, context, check_in, now)
    _follow(session, context, check_in, now)
    return Recorded(
        is_new=True,
        is_correction=is_correction and not is_late,
        is_late=is_late,
        new_findings=findings,
        completed=completed,
        is_partial=is_partial,
    )


def finish(
    session: Session, context: Context, *, check_in: CheckIn, question_id: str, now: datetime
) -> Recorded:
    """The patient has ticked all that fits: the question is answered. Nothing new is judged by it."""
    found = answer_to(check_in, question_id)
    if found is None or not found.value or found.status != ObservationStatus.PRELIMINARY:
        return NOTHING
    found.status = ObservationStatus.FINAL
    completed = _complete_if_done(session, context, check_in, now)
    _follow(session, context, check_in, now)
    is_late = not may_still_change(check_in, now)
    return Recorded(True, False, is_late, (), completed)


def facts_of(
    session: Session, *, episode: Episode, before: CheckIn, days: int = HISTORY_DAYS
) -> list[Given]:
    """The answers of earlier check-ins, oldest first, latest revision of each."""
    since = before.local_on - timedelta(days=days)
    rows = session.scalars(
        select(CheckIn)
        .where(
            CheckIn.episode_id == episode.id,
            CheckIn.id < before.id,
            CheckIn.local_on >= since,
        )
        .order_by(CheckIn.id)
    )
    return [fact for row in rows for fact in given(row)]


def given(check_in: CheckIn) -> list[Given]:
    """A check-in's valid answers as facts for the rules."""
    return [
        Given(
            question=observation.question_id,
            value=_as_fact(observation.value),
            at=observation.effective_at,
            local_on=check_in.local_on,
        )
        for observation in current(check_in)
    ]


def waiting_since(session: Session, *, since: datetime) -> list[CheckIn]:
    """Check-ins with an open question that were begun after a moment."""
    return list(
        session.scalars(
            select(CheckIn).where(
                CheckIn.state == CheckInState.OPEN,
                CheckIn.kind == "check-in",
                CheckIn.started_at >= since,
            )
        )
    )


def _as_fact(value: Any) -> str | float | tuple[str, ...]:
    return tuple(value) if isinstance(value, list) else value


def _takes_back(before: object, after: object) -> bool:
    """Whether something that was said is not said any more; ticking one more takes nothing back."""
    return not (isinstance(before, list) and isinstance(after, list) and {*before} <= {*after})


def _retire(
    session: Session, context: Context, check_in: CheckIn, *, answered: str, now: datetime
) -> None:
    """Set aside the answers to questions that the changed answers do not lead to any more.

    What was answered just now stays, whatever it depended on: a danger sign must be heard.
    """
    questionnaire = versions.questionnaire(session, context, check_in.questionnaire_hash)
    for question in questionnaire.questions:
        found = answer_to(check_in, question.id)
        if found is None or question.ask_if is None or question.id == answered:
            continue
        answers = {one.question_id: one.value for one in current(check_in)}
        if not branching.is_due(question, day=day_of(check_in), answers=answers):
            found.status = ObservationStatus.NO_LONGER_DUE
            alerts.answer_corrected(
                session,
                context,
                episode=check_in.episode,
                question=question.id,
                now=now,
            )
    session.flush()


def _is_known(session: Session, source: str) -> bool:
    return session.scalar(select(Observation.id).where(Observation.source == source)) is not None


def _store(
    session: Session,
    check_in: CheckIn,
    *,
    previous: Observation | None,
    question_id: str,
    answer: Answer,
    source: str,
    at: datetime,
    now: datetime,
    answered_by: str,
    is_late: bool,
) -> Observation:
    if previous is not None and not is_late:
        previous.status = ObservationStatus.AMENDED
    revisions = [one.revision for one in check_in.observations if one.question_id == question_id]
    stored = Observation(
        question_id=question_id,
        revision=max(revisions, default=0) + 1,
        value=answer.value,
        label=answer.label,
        status=ObservationStatus.FINAL,
        effective_at=at,
        recorded_at=now,
        answered_by=answered_by,
        is_late=is_late,
        source=source,
    )
    check_in.observations.append(stored)
    session.flush()
    return stored


def _judge(
    session: Session, context: Context, *, check_in: CheckIn, at: datetime, now: datetime
) -> tuple[Finding, ...]:
    episode = check_in.episode
    found = redflags.find_red_flags(
        versions.rules_of(session, context, episode),
        day=day_of(check_in),
        today=given(check_in),
        history=facts_of(session, episode=episode, before=check_in),
    )
    new = alerts.raise_findings(
        session,
        context,
        episode=episode,
        findings=found,
        cause=f"check_in:{check_in.id}",
        now=now,
    )
    return _only_new(found, new)


def _only_new(found: Sequence[Finding], new: Sequence[FindingRecord]) -> tuple[Finding, ...]:
    # What a clinician expects is noted: it promises the patient no answer.
    new_ids = {record.rule_id for record in new if not snoozes.is_expected(record)}
    return tuple(finding for finding in found if finding.rule_id in new_ids)


def _follow(session: Session, context: Context, check_in: CheckIn, now: datetime) -> None:
    """A correction and a late answer may undo a criterion as a new one may meet it."""
    if check_in.state == CheckInState.COMPLETED and check_in.kind == "check-in":
        progression.follow(session, context, episode=check_in.episode, now=now)


def _complete_if_done(
    session: Session, context: Context, check_in: CheckIn, now: datetime
) -> bool:
    if check_in.state != CheckInState.OPEN or next_question(session, context, check_in):
        return False
    check_in.state = CheckInState.COMPLETED
    check_in.completed_at = now
    check_in.editable_until = now + timedelta(minutes=context.config.check_ins.correction_minutes)
    if check_in.care_task_id is not None:
        task = session.get(CareTask, check_in.care_task_id)
        if task is not None:
            task.state, task.done_at, task.look_after = TaskState.DONE, now, None
    return True
