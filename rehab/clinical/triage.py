"""Screening of free text for danger words: deterministic, and it only ever raises.

A phrase of a rule's word lists raises the rule unless the text itself unmistakably explains it away
(see `rehab.clinical.context`). Whatever is not understood goes to a person.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from exercises.schema import Rule, RuleSet, Tier
from rehab.clinical import lexicon as lex
from rehab.clinical.context import Context
from rehab.clinical.phrases import Finder, Phrase, Span, compile_phrase
from rehab.clinical.reading import Reading, read
from rehab.clinical.redflags import Finding, applies_on, by_urgency, finding_of
from rehab.clinical.spelling import Speller

_Words = tuple[tuple[str, tuple[str, ...]], ...]
"""Language code and phrases, once per language."""
_Lists = tuple[tuple[str, _Words], ...]


@dataclass(frozen=True)
class Screening:
    """What a text says: the most urgent tier, the findings, and whether it was understood."""

    tier: Tier | None
    findings: tuple[Finding, ...]
    understood: bool


def screen(text: str, rules: RuleSet, *, day: int, languages: Sequence[str] = ()) -> Screening:
    """Return the findings of a free text, the most urgent first.

    Phrases of all languages count; `languages` only says whose phrases are named first in
    `Finding.words`. `understood` is False when nothing was found and the text is more than a
    greeting or a thank-you: then a person must read it.
    """
    reading = read(text)
    net = _Net(reading, rules, languages)
    found = [
        finding_of(rule, words=words)
        for rule in rules.rules
        if rule.any_words and applies_on(rule, day) and (words := net.words(rule))
    ]
    findings = by_urgency(found)
    tier = findings[0].tier if findings else None
    return Screening(tier, findings, bool(findings) or is_harmless(reading))


def is_harmless(reading: Reading) -> bool:
    """Say whether a text is nothing but a short greeting, thanks or "done"."""
    if not reading.tokens and not reading.symbols:
        return False
    few = len(reading.tokens) <= lex.MAX_HARMLESS_WORDS
    plain = all(token.is_in(lex.HARMLESS) for token in reading.tokens)
    return few and plain and reading.symbols <= lex.HARMLESS_SYMBOLS


@dataclass(frozen=True)
class _Catalogue:
    """The phrases of all word lists by list id, and the words that stand in them."""

    phrases: dict[str, tuple[Phrase, ...]]
    speller: Speller
    symptoms: frozenset[str]


@lru_cache(maxsize=8)
def _catalogue(lists: _Lists) -> _Catalogue:
    """Return the lists made ready for matching; the same lists are made ready once."""
    phrases = {
        name: tuple(compile_phrase(one, language) for language, group in words for one in group)
        for name, words in lists
    }
    every = [phrase for group in phrases.values() for phrase in group]
    known = frozenset(word for phrase in every for part in phrase.parts for word in part)
    starts = {word for phrase in every for words in phrase.beginnings for word in words}
    grammar = lex.FILLERS | lex.NEGATORS | lex.AFTER_NOT | lex.SELF | lex.MODALS
    grammar |= lex.PAST_WORDS | lex.NOW_WORDS | lex.GONE_WORDS | lex.OK_WORDS | lex.ORDINARY
    return _Catalogue(phrases, Speller(known | starts), (known | lex.SYMPTOMS) - grammar)


class _Net:
    """The phrases of one rule set, cast over one text."""

    def __init__(self, reading: Reading, rules: RuleSet, languages: Sequence[str]) -> None:
        lists = tuple((one.id, tuple(one.words.items())) for one in rules.word_lists)
        catalogue = _catalogue(lists)
        self._phrases = catalogue.phrases
        self._languages = languages
        self._context = Context(reading, catalogue.symptoms)
        self._finder = Finder(reading, catalogue.speller)
        self._explained: dict[tuple[Span, bool], bool] = {}

    def words(self, rule: Rule) -> tuple[str, ...]:
        """Return the phrases of the rule that stand in the text and are not explained away."""
        emergency = rule.tier is Tier.EMERGENCY
        hits = [
            phrase
            for name in rule.any_words
            for phrase in self._phrases.get(name, ())
            if self._finder.occurs(phrase, lambda span: self._counts(span, emergency))
        ]
        hits.sort(key=lambda phrase: phrase.language not in self._languages)
        return tuple(dict.fromkeys(phrase.text for phrase in hits))

    def _counts(self, span: Span, emergency: bool) -> bool:
        key = (span, emergency)
        if key not in self._explained:
            self._explained[key] = self._context.explained(span, emergency=emergency)
        return not self._explained[key]
