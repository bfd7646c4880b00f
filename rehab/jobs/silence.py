"""Silence is a symptom: who has not been heard from for too long becomes an alert."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from rehab.clinical import redflags
from rehab.clock import Clock
from rehab.jobs.each import each, ids
from rehab.models import CareTask, Episode, EpisodeState, TaskKind, TaskState
from rehab.services import alerts, episodes, versions
from rehab.services.context import Context

LOOK_AGAIN = timedelta(hours=6)


def run_once(context: Context, clock: Clock) -> int:
    """Ask of every active patient who may have gone silent whether a silence rule holds."""
    now = clock.now()
    due = select(Episode.id).where(
        Episode.state == EpisodeState.ACTIVE, Episode.silence_look_after <= now
    )

    def look(session: Session, episode_id: int) -> bool:
        return _look(session, context, episode_id, clock)

    def later(session: Session, episode_id: int) -> None:
        episodes.get(session, episode_id).silence_look_after = clock.now() + LOOK_AGAIN

    return each("silence", ids(due), look, set_aside=later)


def _look(session: Session, context: Context, episode_id: int, clock: Clock) -> bool:
    now = clock.now()
    episode = episodes.get(session, episode_id)
    chat = episode.patient.chat
    episode.silence_look_after = now + LOOK_AGAIN
    if chat is None:
        return False
    since = _unanswered_since(session, episode, chat.last_heard_at)
    if since is None:
        return False
    finding = redflags.silence_finding(
        versions.rules_of(session, context, episode),
        day=episodes.day_today(episode, now),
        silent_for=now - since,
    )
    if finding is None:
        return False
    new = alerts.raise_findings(
        session,
        context,
        episode=episode,
        findings=[finding],
        cause=f"silence:{episode.id}:{since.isoformat(timespec='seconds')}",
        now=now,
    )
    return bool(new)


def _unanswered_since(session: Session, episode: Episode, heard_at: datetime) -> datetime | None:
    """When the first check-in went unanswered after the last sign of life; None when none did.

    Silence is counted from a question, not from the last word: a patient who is asked once a month
    and has answered is not silent.
    """
    return session.scalar(
        select(func.min(CareTask.due_at)).where(
            CareTask.episode_id == episode.id,
            CareTask.kind == TaskKind.CHECK_IN,
            CareTask.state.in_([TaskState.PROMPTED, TaskState.MISSED]),
            CareTask.due_at > heard_at,
        )
    )
