"""Plays a draft of rules on the last weeks. Asked for by a person, not by a tick."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from exercises import packs
from exercises.schema import RuleSet
from rehab.db import transaction
from rehab.services import drafts, recordings, rule_replay
from rehab.services.context import Context
from rehab.services.rule_replay import Part

LONGEST_DAYS = 366


@dataclass(frozen=True)
class Run:
    """A replay that goes patient by patient, because a year of a clinic takes minutes."""

    context: Context
    candidates: Mapping[str, RuleSet]
    episode_ids: Sequence[int]
    texts: Mapping[int, str]
    """The hash of each draft's text as it is played; an edit meanwhile is not part of it."""
    since: datetime
    until: datetime
    parts: list[Part] = field(default_factory=list)

    def steps(self) -> Iterator[tuple[int, int]]:
        """Play one patient after the other; yields (done, all), from none done on.

        Opens a transaction for each, and judges outside of it.
        """
        yield 0, len(self.episode_ids)
        for done, one in enumerate(self.episode_ids, start=1):
            with transaction() as session:
                recorded = recordings.record(
                    session, self.context, episode_ids=[one], since=self.since
                )
                closed = rule_replay.closed_alerts(session, episode_ids=[one], since=self.since)
            self.parts.append(rule_replay.play(recorded, closed, self.candidates))
            yield done, len(self.episode_ids)

    def report(self) -> dict[str, Any]:
        """What `rule_replay.report` tells about the patients that were played."""
        return rule_replay.report(
            self.parts, days=(self.until - self.since).days, until=self.until
        )


def begin(context: Context, *, draft_ids: Sequence[int], days: int, now: datetime) -> Run:
    """Get the replay of these drafts on the last `days` days ready.

    Opens transactions of its own. Raises NotFound, InvalidInput(draft) while they have problems.
    """
    since = now - timedelta(days=min(max(days, 1), LONGEST_DAYS))
    with transaction() as session:
        changes = drafts.changes(session, [drafts.get(session, one) for one in draft_ids])
    packs.read(changes)  # takes a second, and is remembered
    with transaction() as session:
        found = [drafts.get(session, one) for one in draft_ids]
        return Run(
            context,
            rule_replay.candidates_of(session, found),
            recordings.episodes_since(session, since=since),
            {one.id: drafts.text_hash(one) for one in found},
            since,
            now,
        )


def replay(
    context: Context, *, draft_ids: Sequence[int], days: int, now: datetime
) -> dict[str, Any]:
    """The report of a whole replay at once. Raises as `begin`."""
    run = begin(context, draft_ids=draft_ids, days=days, now=now)
    for _ in run.steps():
        pass
    return run.report()
