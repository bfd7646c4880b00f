"""Today's list after a change for safety: nothing is added, but what is out now is taken off."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from rehab.clinical import timetable
from rehab.models import Episode, TaskKind
from rehab.services import care_tasks, episodes
from rehab.services.context import Context


def take_off(session: Session, context: Context, *, episode: Episode, now: datetime) -> None:
    """Bring today's list, if it was shown, down to today's plan where nothing is answered yet."""
    task = care_tasks.of_day(
        session,
        episode_id=episode.id,
        kind=TaskKind.EXERCISES,
        local_on=timetable.local_date(now, episode.patient.timezone),
    )
    if task is not None:
        care_tasks.make_safer(session, context, task=task, day=episodes.day_today(episode, now))
