"""Red-flag rules: from the answers of a check-in to findings a person must act on.

A rule fires when every one of its conditions holds on its day. What each condition means is
written at `exercises.schema.Condition`; thresholds and their sources live in the rule files.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from exercises.schema import Rule, RuleSet, Tier
from rehab.clinical.conditions import evidence
from rehab.clinical.days import within
from rehab.clinical.facts import Given

__all__ = [
    "Finding",
    "Given",
    "applies_on",
    "by_urgency",
    "find_red_flags",
    "finding_of",
    "is_more_urgent",
    "most_urgent",
    "silence_finding",
]


RED = frozenset({Tier.EMERGENCY, Tier.SAME_DAY})
"""Whoever should see a person today does no loading exercises until a clinician has cleared it."""


@dataclass(frozen=True)
class Finding:
    """A rule that fired, with the answers (`facts`) or the phrases (`words`) that made it fire."""

    rule_id: str
    tier: Tier
    reason: str
    wording: str
    stops_loading: bool
    facts: tuple[Given, ...]
    words: tuple[str, ...] = ()


def find_red_flags(
    rules: RuleSet, *, day: int, today: Sequence[Given], history: Sequence[Given]
) -> tuple[Finding, ...]:
    """Return the findings of this check-in, the most urgent first, then in the rules' order.

    `today` holds the answers of this check-in so far (it may be half done), `history` the earlier
    ones, both in their latest revision. `day` is the day after surgery. Never raises on a value.
    """
    found = [
        finding_of(rule, facts=facts)
        for rule in rules.rules
        if rule.when and applies_on(rule, day)
        if (facts := _evidence(rule, today, history)) is not None
    ]
    return by_urgency(found)


def silence_finding(rules: RuleSet, *, day: int, silent_for: timedelta) -> Finding | None:
    """Return the most urgent finding about a patient unheard for so long, or None."""
    found = [
        finding_of(rule)
        for rule in rules.rules
        if rule.silence_hours is not None and applies_on(rule, day)
        if silent_for >= timedelta(hours=rule.silence_hours)
    ]
    return most_urgent(found)


def most_urgent(findings: Iterable[Finding]) -> Finding | None:
    """Return the most urgent finding, the first one among equals, or None."""
    return min(findings, key=lambda finding: finding.tier.rank, default=None)


def is_more_urgent(a: Tier, b: Tier | None) -> bool:
    """Say whether tier `a` needs a person sooner than `b`; anything is sooner than None."""
    return b is None or a.rank < b.rank


def by_urgency(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return the findings with the most urgent first, otherwise in the order given."""
    return tuple(sorted(findings, key=lambda finding: finding.tier.rank))


def applies_on(rule: Rule, day: int) -> bool:
    """Say whether the rule is in force on this day after surgery."""
    return within(day, rule.from_day, rule.to_day)


def finding_of(
    rule: Rule, *, facts: tuple[Given, ...] = (), words: tuple[str, ...] = ()
) -> Finding:
    """Return the finding this rule makes of its evidence."""
    stops = rule.stops_loading or rule.tier in RED
    return Finding(rule.id, rule.tier, rule.reason, rule.wording, stops, facts, words)


def _evidence(
    rule: Rule, today: Sequence[Given], history: Sequence[Given]
) -> tuple[Given, ...] | None:
    """Return the answers that make every condition hold, oldest first, or None."""
    facts: list[Given] = []
    for condition in rule.when:
        proof = evidence(condition, today, history)
        if proof is None:
            return None
        facts.extend(fact for fact in proof if fact not in facts)
    return tuple(sorted(facts, key=lambda fact: fact.at))
