"""Plays a draft of rules on the last weeks. Asked for by a person, not by a tick."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from exercises import packs
from rehab.db import transaction
from rehab.services import drafts, recordings, rule_replay
from rehab.services.context import Context

LONGEST_DAYS = 366
AT_ONCE = 10
"""Episodes that are read in one transaction; the judging happens outside of it."""


def replay(
    context: Context, *, draft_ids: Sequence[int], days: int, now: datetime
) -> dict[str, Any]:
    """What `rule_replay.report` tells about these drafts and the last `days` days.

    Opens transactions of its own. Raises NotFound, InvalidInput(draft) while they have problems.
    """
    since = now - timedelta(days=min(max(days, 1), LONGEST_DAYS))
    with transaction() as session:
        changes = drafts.changes(session, [drafts.get(session, one) for one in draft_ids])
    packs.read(changes)  # takes a second, and is remembered
    with transaction() as session:
        found = [drafts.get(session, one) for one in draft_ids]
        candidates = rule_replay.candidates_of(session, found)
        ids = recordings.episodes_since(session, since=since)
    parts = []
    for start in range(0, len(ids), AT_ONCE):
        some = ids[start : start + AT_ONCE]
        with transaction() as session:
            recorded = recordings.record(session, context, episode_ids=some, since=since)
            closed = rule_replay.closed_alerts(session, episode_ids=some, since=since)
        parts.append(rule_replay.play(recorded, closed, candidates))
    return rule_replay.report(parts, days=(now - since).days, until=now)
