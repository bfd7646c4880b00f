"""Silence is a symptom: who has not answered for too long is asked by another way, then becomes an alert.

Beside it: an open-ended pause is asked about, and the patient hears again who watches and who does not.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from rehab.clinical import redflags
from rehab.clock import Clock
from rehab.flows import watching
from rehab.jobs.each import each, ids
from rehab.models import Episode, EpisodeState
from rehab.services import alerts, episodes, silence, versions
from rehab.services.context import Context

LOOK_AGAIN = timedelta(hours=6)
A_MOMENT = timedelta(minutes=1)


def run_once(context: Context, clock: Clock) -> int:
    """Look at every active patient, and at every pause without an end, whose moment has come."""
    now = clock.now()
    due = select(Episode.id).where(
        or_(
            and_(Episode.state == EpisodeState.ACTIVE, Episode.silence_look_after <= now),
            and_(
                Episode.state == EpisodeState.PAUSED,
                Episode.paused_until.is_(None),
                or_(Episode.silence_look_after.is_(None), Episode.silence_look_after <= now),
            ),
        )
    )

    def look(session: Session, episode_id: int) -> bool:
        return _look(session, context, episodes.get(session, episode_id), clock.now())

    def later(session: Session, episode_id: int) -> None:
        episodes.get(session, episode_id).silence_look_after = clock.now() + LOOK_AGAIN

    return each("silence", ids(due), look, set_aside=later)


def _look(session: Session, context: Context, episode: Episode, now: datetime) -> bool:
    if episode.state == EpisodeState.PAUSED:
        episode.silence_look_after = watching.next_daytime(context, episode, now + LOOK_AGAIN)
        return watching.ask_still_paused(session, context, episode=episode, now=now)
    since = silence.unanswered_since(session, [episode.id]).get(episode.id)
    episode.silence_look_after = _next_look(session, context, episode, since, now)
    told = watching.repeat_notice(session, context, episode=episode, silent_since=since, now=now)
    if since is None:
        return told
    others = _second_channel(session, context, episode, since, now)
    return _alert(session, context, episode, since, now) or others or told


def _second_channel(
    session: Session, context: Context, episode: Episode, since: datetime, now: datetime
) -> bool:
    settings = context.config.silence
    if episodes.day_today(episode, now) > settings.caregiver_until_day:
        return False
    if now - since < timedelta(hours=settings.caregiver_hours):
        return False
    return silence.tell_caregivers(session, context, episode=episode, since=since, now=now) > 0


def _alert(
    session: Session, context: Context, episode: Episode, since: datetime, now: datetime
) -> bool:
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
        findings=[silence.in_words(finding, episode.patient)],
        cause=f"silence:{episode.id}:{since.isoformat(timespec='seconds')}",
        now=now,
    )
    return bool(new)


def _next_look(
    session: Session, context: Context, episode: Episode, since: datetime | None, now: datetime
) -> datetime:
    """At the next hour at which something may be due, and at least every few hours."""
    if since is None:
        return now + LOOK_AGAIN
    rules = versions.rules_of(session, context, episode).rules
    hours = [rule.silence_hours for rule in rules if rule.silence_hours is not None]
    steps = [timedelta(hours=one) for one in (*hours, context.config.silence.caregiver_hours)]
    coming = [since + step for step in steps if since + step > now]
    return min([now + LOOK_AGAIN, *coming])
