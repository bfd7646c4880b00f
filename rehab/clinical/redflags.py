"""Red-flag rules: from the answers of a check-in to findings a person must act on.

A rule fires when every one of its conditions holds on its day. What each condition means is
written at `exercises.schema.Condition`; thresholds and their sources live in the rule files.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from exercises.schema import Rule, RuleSet, Score, Tier
from rehab.clinical.conditions import Setting, evidence
from rehab.clinical.days import within
from rehab.clinical.facts import Given

__all__ = [
    "Finding",
    "Given",
    "applies_on",
    "by_urgency",
    "find_red_flags",
    "finding_of",
    "folded",
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
    on = max((fact.local_on for fact in today), default=date.min)
    setting = Setting(day, on, {band.id: band for band in rules.bands})
    found = [
        finding_of(rule, facts=facts)
        for rule in rules.rules
        if rule.conditions and applies_on(rule, day)
        if (facts := _evidence(rule, today, history, setting)) is not None
    ]
    return folded(rules, by_urgency(found))


def folded(rules: RuleSet, findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Return the findings without those another one covers. A graver one is never covered."""
    told = {finding.rule_id: finding for finding in findings}
    covered = {
        name
        for rule in rules.rules
        if rule.id in told
        for name in rule.covers
        if name in told and not is_more_urgent(told[name].tier, told[rule.id].tier)
    }
    return tuple(finding for finding in findings if finding.rule_id not in covered)


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
    rule: Rule, today: Sequence[Given], history: Sequence[Given], setting: Setting
) -> tuple[Given, ...] | None:
    """Return the answers that make the rule fire, oldest first, or None."""
    proofs = [evidence(condition, today, history, setting) for condition in rule.when]
    if rule.score is not None:
        proofs.append(_score(rule.score, today, history, setting))
    facts: list[Given] = []
    for proof in proofs:
        if proof is None:
            return None
        facts.extend(fact for fact in proof if fact not in facts)
    looks_back = rule.score is not None or any(one.within_hours for one in rule.conditions)
    if looks_back and not any(fact in today for fact in facts):
        return None  # Nothing new was said: what was told before was judged before.
    return tuple(sorted(facts, key=lambda fact: fact.at))


def _score(
    score: Score, today: Sequence[Given], history: Sequence[Given], setting: Setting
) -> tuple[Given, ...] | None:
    """Return the answers behind the points when there are enough of them, or None."""
    reached = 0
    facts: list[Given] = []
    for one in score.points:
        proofs = [evidence(condition, today, history, setting) for condition in one.when]
        if within(setting.day, one.from_day, one.to_day) and None not in proofs:
            reached += one.worth
            facts.extend(fact for proof in proofs for fact in proof or ())
    return tuple(facts) if reached >= score.at_least else None
