"""Episodes: finding them, and their life from invited to stopped."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from rehab.clinical import timetable
from rehab.errors import InvalidInput, NotFound, WrongState
from rehab.models import CareTask, Episode, EpisodeEvent, EpisodeState, TaskState

LONGEST_PAUSE = timedelta(days=90)
PAUSE_REASONS = ("admission", "travel", "other")
ENDED = frozenset({EpisodeState.STOPPED, EpisodeState.CLOSED})


def latest(session: Session, *, patient_id: int) -> Episode | None:
    """The patient's most recent episode."""
    return session.scalar(
        select(Episode)
        .where(Episode.patient_id == patient_id)
        .order_by(Episode.id.desc())
        .limit(1)
    )


def get(session: Session, episode_id: int) -> Episode:
    """The episode with this id. Raises NotFound."""
    episode = session.get(Episode, episode_id)
    if episode is None:
        raise NotFound("no such episode")
    return episode


def day_today(episode: Episode, now: datetime) -> int:
    """The patient's day after surgery, in the patient's own zone."""
    today = timetable.local_date(now, episode.patient.timezone)
    return timetable.day_number(episode.surgery_on, today)


def pause(
    session: Session,
    *,
    episode_id: int,
    until: date | None,
    actor: str,
    now: datetime,
    reason: str = "",
) -> Episode:
    """Stop reminders until a local date, or until somebody resumes.

    `reason` is one of PAUSE_REASONS or empty; it stands in the episode's history.
    """
    if reason and reason not in PAUSE_REASONS:
        raise InvalidInput(reason=f"expected one of {', '.join(PAUSE_REASONS)}")
    episode = get(session, episode_id)
    if episode.state in ENDED or episode.state == EpisodeState.INVITED:
        raise WrongState("not_active", "Only an active episode can be paused.")
    today = timetable.local_date(now, episode.patient.timezone)
    if until is not None and not today < until <= today + LONGEST_PAUSE:
        raise InvalidInput(until="expected a day within the next 90 days")
    episode.state, episode.paused_until = EpisodeState.PAUSED, until
    _excuse_due(session, episode, now)
    detail = str(until or "open end")
    log(
        session,
        episode,
        "paused",
        actor=actor,
        now=now,
        detail=f"{detail}, {reason}" if reason else detail,
    )
    return episode


def resume(session: Session, *, episode_id: int, actor: str, now: datetime) -> Episode:
    """Go on after a pause or a stop. Silence is counted from now."""
    episode = get(session, episode_id)
    if episode.state == EpisodeState.ACTIVE:
        return episode
    if episode.state not in (EpisodeState.PAUSED, EpisodeState.STOPPED):
        raise WrongState("not_paused", "There is nothing to resume.")
    episode.state, episode.paused_until = EpisodeState.ACTIVE, None
    episode.planned_until = None
    episode.silence_look_after = now + timedelta(hours=24)
    log(session, episode, "resumed", actor=actor, now=now)
    return episode


def stop(session: Session, *, episode_id: int, actor: str, now: datetime) -> Episode:
    """The patient wants no more messages. Nothing is erased; staff see it; it can be undone."""
    episode = get(session, episode_id)
    if episode.state in ENDED:
        return episode
    episode.state, episode.paused_until = EpisodeState.STOPPED, None
    _excuse_due(session, episode, now)
    log(session, episode, "stopped", actor=actor, now=now)
    return episode


def log(
    session: Session, episode: Episode, kind: str, *, actor: str, now: datetime, detail: str = ""
) -> None:
    """Append to the episode's history."""
    session.add(EpisodeEvent(episode_id=episode.id, at=now, kind=kind, actor=actor, detail=detail))


def _excuse_due(session: Session, episode: Episode, now: datetime) -> None:
    session.execute(
        update(CareTask)
        .where(
            CareTask.episode_id == episode.id,
            CareTask.state.in_([TaskState.PLANNED, TaskState.PROMPTED]),
        )
        .values(state=TaskState.EXCUSED, look_after=None)
    )
