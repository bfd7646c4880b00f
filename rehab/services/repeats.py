"""A finding that comes again soon after its alert was resolved: noted quietly, unless it is worse."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from exercises.schema import Tier
from rehab.clinical.redflags import is_more_urgent
from rehab.models import Alert, AlertEvent, AlertState, Episode, FindingRecord
from rehab.services import alert_history

QUIET_FOR = {Tier.SAME_DAY: timedelta(hours=2), Tier.SOON: timedelta(hours=12)}
"""After the alert was resolved. An emergency is never quiet. Project proposal, not sourced: clinic
must decide."""
REPEATED = "repeated"
"""The resolved alert's history when the same finding came again; `detail` is the rule."""


def note(
    session: Session, *, episode: Episode, findings: Sequence[FindingRecord], now: datetime
) -> list[FindingRecord]:
    """Join repeats to the alert that was resolved about the same; return what is left to alert about.

    Quiet is only what is the same rule, no more urgent and no worse in any answer. With anything
    else beside it everything rings, so that the card tells the whole story.
    """
    before = _resolved_of_late(session, episode, now)
    known = {found.rule_id: found for found in before.findings} if before is not None else {}
    if before is None or not all(_is_repeat(found, known, before, now) for found in findings):
        return list(findings)
    for found in findings:
        found.alert = before
        alert_history.append(session, before, REPEATED, now=now, detail=found.rule_id)
    session.flush()
    return []


def noted(
    session: Session, episode_ids: Sequence[int], *, now: datetime
) -> dict[int, tuple[str, ...]]:
    """The reasons that were noted quietly in the last twelve hours, per episode."""
    rows = session.execute(
        select(Alert.episode_id, FindingRecord.reason)
        .join(AlertEvent, AlertEvent.alert_id == Alert.id)
        .join(
            FindingRecord,
            (FindingRecord.alert_id == Alert.id) & (FindingRecord.rule_id == AlertEvent.detail),
        )
        .where(
            Alert.episode_id.in_(episode_ids),
            AlertEvent.kind == REPEATED,
            AlertEvent.at > now - max(QUIET_FOR.values()),
        )
        .order_by(AlertEvent.id)
    )
    found: dict[int, tuple[str, ...]] = {}
    for episode_id, reason in rows:
        found[episode_id] = tuple(dict.fromkeys((*found.get(episode_id, ()), reason)))
    return found


def _resolved_of_late(session: Session, episode: Episode, now: datetime) -> Alert | None:
    return session.scalar(
        select(Alert)
        .where(
            Alert.episode_id == episode.id,
            Alert.state == AlertState.RESOLVED,
            Alert.resolved_at > now - max(QUIET_FOR.values()),
        )
        .order_by(Alert.resolved_at.desc(), Alert.id.desc())
        .limit(1)
    )


def _is_repeat(
    found: FindingRecord, known: Mapping[str, FindingRecord], before: Alert, now: datetime
) -> bool:
    tier, earlier = Tier(found.tier), known.get(found.rule_id)
    if earlier is None or tier not in QUIET_FOR or before.resolved_at is None:
        return False
    if now - before.resolved_at > QUIET_FOR[tier] or is_more_urgent(tier, Tier(earlier.tier)):
        return False
    return not _is_worse(found.facts, earlier.facts)


def _is_worse(new: Sequence[Mapping[str, Any]], old: Sequence[Mapping[str, Any]]) -> bool:
    """Whether any answer is higher than before, or simply another one: only sameness is quiet."""
    return any(not _was_said(fact, old) for fact in new)


def _was_said(fact: Mapping[str, Any], old: Sequence[Mapping[str, Any]]) -> bool:
    if "word" in fact:
        return any(fact["word"] == one.get("word") for one in old)
    given = [one.get("value") for one in old if one.get("question") == fact.get("question")]
    value = fact.get("value")
    if isinstance(value, int | float) and not isinstance(value, bool):
        return any(isinstance(one, int | float) and value <= one for one in given)
    return value in given
