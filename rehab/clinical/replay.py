"""The time machine: what a set of rules would have raised, answer by answer, as it happened then."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from exercises.schema import RuleSet, Tier
from rehab.clinical import triage
from rehab.clinical.facts import Given
from rehab.clinical.redflags import Finding, find_red_flags


@dataclass(frozen=True)
class Answered:
    """A check-in as it stood right after one answer, with the earlier ones as they stood then."""

    cause: str
    day: int
    """Day after surgery."""
    on: date
    """The patient's local date."""
    today: tuple[Given, ...]
    history: tuple[Given, ...]


@dataclass(frozen=True)
class Wrote:
    """A text a patient wrote."""

    cause: str
    day: int
    on: date
    text: str
    language: str


Happening = Answered | Wrote


@dataclass(frozen=True)
class Raised:
    """A rule that would have fired for the first time about its cause."""

    cause: str
    rule_id: str
    tier: Tier
    reason: str
    on: date


def raised(happenings: Iterable[Happening], rules: RuleSet) -> tuple[Raised, ...]:
    """Return what the rules raise, in the order given; each rule once per cause, as when it is live."""
    found: dict[tuple[str, str], Raised] = {}
    for one in happenings:
        for finding in _judge(one, rules):
            key = (one.cause, finding.rule_id)
            if key not in found:
                found[key] = Raised(
                    one.cause, finding.rule_id, finding.tier, finding.reason, one.on
                )
    return tuple(found.values())


def _judge(one: Happening, rules: RuleSet) -> tuple[Finding, ...]:
    if isinstance(one, Answered):
        return find_red_flags(rules, day=one.day, today=one.today, history=one.history)
    return triage.screen(one.text, rules, day=one.day, languages=(one.language,)).findings
