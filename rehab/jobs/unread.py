"""Nothing a patient sends may lie unread: a message or a photo nobody looked at becomes an alert."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from exercises.schema import Rule, RuleSet
from rehab.clinical import redflags
from rehab.clock import Clock
from rehab.jobs.each import each, ids
from rehab.models import Episode, EpisodeState, IncomingMessage, MediaState, StoredMedia
from rehab.services import alerts, episodes, versions
from rehab.services.context import Context

AFTER_A_FAILURE = timedelta(minutes=10)
Unread = Literal["message", "photo"]


def run_once(context: Context, clock: Clock) -> int:
    """Raise what has waited too long, once each; the page and the worklist keep showing it."""
    return _messages(context, clock) + _photos(context, clock)


def _messages(context: Context, clock: Clock) -> int:
    due = (
        select(IncomingMessage.id)
        .where(IncomingMessage.look_after <= clock.now())
        .order_by(IncomingMessage.look_after)
    )

    def look(session: Session, message_id: int) -> bool:
        message = session.get_one(IncomingMessage, message_id, with_for_update=True)
        if message.look_after is None or message.look_after > clock.now():
            return False
        message.look_after = None
        is_unread = message.seen_at is None
        return is_unread and _raise(
            session, context, "message", message.patient_id, f"unread:{message.id}", clock
        )

    def later(session: Session, message_id: int) -> None:
        message = session.get_one(IncomingMessage, message_id)
        message.look_after = clock.now() + AFTER_A_FAILURE

    return each("unread", ids(due), look, set_aside=later)


def _photos(context: Context, clock: Clock) -> int:
    due = (
        select(StoredMedia.id)
        .where(StoredMedia.state == MediaState.STORED, StoredMedia.look_after <= clock.now())
        .order_by(StoredMedia.look_after)
    )

    def look(session: Session, media_id: int) -> bool:
        medium = session.get_one(StoredMedia, media_id, with_for_update=True)
        if medium.look_after is None or medium.look_after > clock.now():
            return False
        medium.look_after = None
        waits = medium.reviewed_at is None
        return waits and _raise(
            session, context, "photo", medium.patient_id, f"unreviewed:{medium.id}", clock
        )

    def later(session: Session, media_id: int) -> None:
        medium = session.get_one(StoredMedia, media_id)
        medium.look_after = clock.now() + AFTER_A_FAILURE

    return each("unread", ids(due), look, set_aside=later)


def _raise(
    session: Session, context: Context, what: Unread, patient_id: int, cause: str, clock: Clock
) -> bool:
    episode = episodes.latest(session, patient_id=patient_id)
    if episode is None or episode.state == EpisodeState.CLOSED:
        return False
    rule = _rule(session, context, episode, what)
    if rule is None:
        return False
    new = alerts.raise_findings(
        session,
        context,
        episode=episode,
        findings=[redflags.finding_of(rule)],
        cause=cause,
        now=clock.now(),
    )
    return bool(new)


def _rule(session: Session, context: Context, episode: Episode, what: Unread) -> Rule | None:
    """The rule the episode is pinned to; of this release when its rules are older than the rule."""
    pinned = versions.rules_of(session, context, episode)
    return _named(pinned, what) or next(
        (found for rules in context.content.rules.values() if (found := _named(rules, what))), None
    )


def _named(rules: RuleSet, what: Unread) -> Rule | None:
    return next((rule for rule in rules.rules if rule.unread == what), None)
