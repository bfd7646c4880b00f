"""Screening of free text for danger words. It only ever raises, it never clears."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from exercises.schema import Rule, RuleSet, Tier
from rehab.clinical.redflags import Finding, applies_on, by_urgency, finding_of
from rehab.clinical.words import comparable


@dataclass(frozen=True)
class Screening:
    """What a text says: the most urgent tier, the findings, and whether it was understood."""

    tier: Tier | None
    findings: tuple[Finding, ...]
    understood: bool


def screen(text: str, rules: RuleSet, *, day: int, languages: Sequence[str] = ()) -> Screening:
    """Return the findings of a free text, the most urgent first."""
    plain = f" {comparable(text)} "
    found = [
        finding_of(rule, words=words)
        for rule in rules.rules
        if rule.any_words and applies_on(rule, day)
        if (words := _words(plain, rule, rules))
    ]
    findings = by_urgency(found)
    return Screening(findings[0].tier if findings else None, findings, bool(findings))


def _words(plain: str, rule: Rule, rules: RuleSet) -> tuple[str, ...]:
    lists = [words for words in rules.word_lists if words.id in rule.any_words]
    phrases = (phrase for words in lists for group in words.words.values() for phrase in group)
    return tuple(
        phrase
        for phrase in phrases
        if all(f" {comparable(part)} " in plain for part in phrase.split("+"))
    )
