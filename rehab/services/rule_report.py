"""Each rule's record: how often it spoke, what came of it, how fast somebody took it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from exercises.schema import Tier
from rehab.models import Alert, AlertEvent, AlertState, Outcome

FEW_TRUE = 0.3
"""A rule whose alerts are worth an act less often than this is marked for review. Project proposal,
not sourced: clinic must decide."""
FEWEST_CLOSED = 5
"""Fewer closed alerts say nothing about a rule. Project proposal, not sourced: clinic must decide."""
ACTED = frozenset(
    {Outcome.CALLED, Outcome.ADVISED, Outcome.PLAN_CHANGED, Outcome.SEEN, Outcome.EMERGENCY}
)
TAKEN = frozenset({"acknowledged", "acknowledged_partly", "resolved"})
"""Events that mean: a person has it in hand."""


@dataclass(frozen=True)
class Speed:
    """How long people took to take alerts; None while nobody has taken any."""

    taken: int
    waiting: int
    """Alerts that nobody has taken yet."""
    median: timedelta | None
    nine_of_ten: timedelta | None
    """The 90th percentile, by nearest rank."""


@dataclass(frozen=True)
class RuleRecord:
    """One rule over the period. An alert counts for every rule that spoke in it."""

    rule_id: str
    reason: str
    tier: Tier
    findings: int
    alerts: int
    closed: int
    useful: int
    not_useful: int
    ignored: int
    """Alerts that went further because nobody took them in time, or whose taking expired."""
    outcomes: tuple[tuple[str, int], ...]
    """Outcome and count, the commonest first."""
    speed: Speed
    true_share: float | None
    """Useful or acted upon, of the closed ones (positive predictive value); None without any."""

    @property
    def needs_review(self) -> bool:
        """Whether enough were closed to say that too few of them were worth it."""
        return (
            self.true_share is not None
            and self.closed >= FEWEST_CLOSED
            and self.true_share < FEW_TRUE
        )


@dataclass(frozen=True)
class RuleReport:
    """Every rule that spoke, those in need of review first, then by how often; and everything."""

    rules: tuple[RuleRecord, ...]
    alerts: int
    speed_by_tier: tuple[tuple[Tier, Speed], ...]


def report(session: Session, *, now: datetime, days: int) -> RuleReport:
    """The record of the alerts opened in the last so many days; drills are left out."""
    alerts = _alerts(session, now - timedelta(days=days))
    by_rule: dict[str, list[Alert]] = defaultdict(list)
    for alert in alerts:
        for rule_id in dict.fromkeys(found.rule_id for found in alert.findings):
            by_rule[rule_id].append(alert)
    records = [_record(rule_id, found) for rule_id, found in by_rule.items()]
    by_tier = [(tier, [one for one in alerts if one.tier == tier]) for tier in Tier]
    return RuleReport(
        tuple(sorted(records, key=lambda one: (not one.needs_review, -one.alerts, one.rule_id))),
        len(alerts),
        tuple((tier, speed_of(found)) for tier, found in by_tier if found),
    )


def speed(session: Session, *, now: datetime, days: int) -> tuple[tuple[Tier, Speed], ...]:
    """How fast alerts of each tier were taken; for metrics."""
    return report(session, now=now, days=days).speed_by_tier


def speed_of(alerts: Sequence[Alert]) -> Speed:
    """Median and 90th percentile of the time until a person took these alerts."""
    waits = sorted(wait for alert in alerts if (wait := taken_after(alert)) is not None)
    waiting = sum(
        alert.state == AlertState.OPEN and taken_after(alert) is None for alert in alerts
    )
    return Speed(len(waits), waiting, _rank(waits, 0.5), _rank(waits, 0.9))


def taken_after(alert: Alert) -> timedelta | None:
    """From the opening to the first person who took it; None while nobody has."""
    first = next((event.at for event in alert.events if event.kind in TAKEN), None)
    return first - alert.opened_at if first is not None else None


def _alerts(session: Session, since: datetime) -> list[Alert]:
    return list(
        session.scalars(
            select(Alert)
            .where(Alert.opened_at >= since, Alert.is_drill.is_(False))
            .options(selectinload(Alert.findings), selectinload(Alert.events))
            .order_by(Alert.id)
        )
    )


def _record(rule_id: str, alerts: Sequence[Alert]) -> RuleRecord:
    findings = [one for alert in alerts for one in alert.findings if one.rule_id == rule_id]
    closed = [alert for alert in alerts if alert.state == AlertState.RESOLVED]
    true = [alert for alert in closed if alert.was_useful or _was_acted_upon(alert)]
    return RuleRecord(
        rule_id=rule_id,
        reason=findings[-1].reason,
        tier=min((Tier(one.tier) for one in findings), key=lambda tier: tier.rank),
        findings=len(findings),
        alerts=len(alerts),
        closed=len(closed),
        useful=sum(alert.was_useful is True for alert in alerts),
        not_useful=sum(alert.was_useful is False for alert in alerts),
        ignored=sum(_was_ignored(alert.events) for alert in alerts),
        outcomes=tuple(Counter(alert.outcome or "" for alert in closed).most_common()),
        speed=speed_of(alerts),
        true_share=len(true) / len(closed) if closed else None,
    )


def _was_acted_upon(alert: Alert) -> bool:
    """An act counts unless the person who acted said that the alert was not useful."""
    return alert.was_useful is not False and alert.outcome in ACTED


def _was_ignored(events: Sequence[AlertEvent]) -> bool:
    """Nobody took it before the ladder went on, or whoever took it let it expire."""
    if any(event.kind == "acknowledgement_expired" for event in events):
        return True
    steps = set()
    for event in events:
        if event.kind in TAKEN or event.kind == "escalated":
            break
        if event.kind == "paged":
            steps.add(event.detail)
    return len(steps) > 1


def _rank(waits: Sequence[timedelta], share: float) -> timedelta | None:
    return waits[max(ceil(share * len(waits)), 1) - 1] if waits else None
