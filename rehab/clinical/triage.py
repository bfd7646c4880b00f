"""Screening of free text for danger words: deterministic, and it only ever raises.

A phrase of a rule's word lists raises the rule unless the text itself unmistakably explains it away
(see `rehab.clinical.context`). Whatever is not understood goes to a person.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache

from exercises.schema import Rule, RuleSet, Tier
from rehab.clinical import lexicon as lex
from rehab.clinical.aside_indic import AsideIndic
from rehab.clinical.context import Context
from rehab.clinical.context_indic import IndicContext
from rehab.clinical.ordinary_words import HARMLESS, HARMLESS_SYMBOLS, MAX_HARMLESS_WORDS
from rehab.clinical.phrases import Finder, Phrase, Span, compile_phrase
from rehab.clinical.reading import Reading, read
from rehab.clinical.redflags import Finding, applies_on, by_urgency, finding_of
from rehab.clinical.spelling import Speller

_Words = tuple[tuple[str, tuple[str, ...]], ...]
"""Language code and phrases, once per language."""


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
    few = len(reading.tokens) <= MAX_HARMLESS_WORDS
    plain = all(token.is_in(HARMLESS) for token in reading.tokens)
    return few and plain and reading.symbols <= HARMLESS_SYMBOLS


@dataclass(frozen=True)
class _Compiled:
    """One word list made ready for matching, and the words that stand in it.

    `by_mark` tells which phrases a word of a text may begin, so that few need a look. `starts` are
    words written without the space between them.
    """

    phrases: tuple[Phrase, ...]
    by_mark: Mapping[str, tuple[int, ...]]
    known: frozenset[str]
    starts: frozenset[str]


@dataclass(frozen=True)
class _Catalogue:
    """The word lists of a rule set by name, and what they know together."""

    lists: tuple[tuple[str, _Compiled], ...]
    speller: Speller
    symptoms: frozenset[str]


@lru_cache(maxsize=256)
def _compiled(words: _Words) -> _Compiled:
    """Return a list made ready; rule sets that have the same list share it."""
    phrases = tuple(
        phrase
        for language, group in words
        for text in group
        for phrase in compile_phrase(text, language)
    )
    by_mark: dict[str, list[int]] = defaultdict(list)
    for number, phrase in enumerate(phrases):
        for mark in set(phrase.first_marks()):
            by_mark[mark].append(number)
    known = frozenset().union(*(phrase.words for phrase in phrases))
    starts = frozenset().union(*(phrase.written_together for phrase in phrases))
    found = {mark: tuple(numbers) for mark, numbers in by_mark.items()}
    return _Compiled(phrases, found, known, starts)


@lru_cache(maxsize=16)
def _catalogue(lists: tuple[tuple[str, _Words], ...]) -> _Catalogue:
    """Return the lists of a rule set made ready for matching."""
    compiled = tuple((name, _compiled(words)) for name, words in lists)
    known = frozenset().union(*(one.known for _, one in compiled))
    starts = frozenset().union(*(one.starts for _, one in compiled))
    grammar = lex.FILLERS | lex.NEGATORS | lex.AFTER_NOT | lex.SELF | lex.MODALS
    grammar |= lex.PAST_WORDS | lex.NOW_WORDS | lex.GONE_WORDS | lex.OK_WORDS | lex.ORDINARY
    return _Catalogue(compiled, Speller(known | starts), (known | lex.SYMPTOMS) - grammar)


class _Net:
    """The phrases of one rule set, cast over one text."""

    def __init__(self, reading: Reading, rules: RuleSet, languages: Sequence[str]) -> None:
        lists = tuple((one.id, tuple(one.words.items())) for one in rules.word_lists)
        catalogue = _catalogue(lists)
        self._languages = languages
        self._context = Context(reading, catalogue.symptoms)
        self._indic = IndicContext(reading, catalogue.symptoms)
        self._aside = AsideIndic(reading, catalogue.symptoms)
        self._finder = Finder(reading, catalogue.speller)
        self._explained: dict[tuple[Span, bool], bool] = {}
        self._candidates = {
            name: _begun(compiled, self._finder.marks) for name, compiled in catalogue.lists
        }

    def words(self, rule: Rule) -> tuple[str, ...]:
        """Return the words of the rule that stand in the text and are not explained away."""
        emergency = rule.tier is Tier.EMERGENCY
        hits = [
            (phrase.language not in self._languages, found)
            for name in rule.any_words
            for phrase in self._candidates[name]
            if (found := self._finder.find(phrase, lambda span: self._counts(span, emergency)))
        ]
        hits.sort(key=lambda hit: hit[0])
        return tuple(dict.fromkeys(found for _, found in hits))

    def _counts(self, span: Span, emergency: bool) -> bool:
        key = (span, emergency)
        if key not in self._explained:
            readers = (self._context, self._indic, self._aside)
            self._explained[key] = any(one.explained(span, emergency=emergency) for one in readers)
        return not self._explained[key]


def _begun(compiled: _Compiled, marks: Set[str]) -> list[Phrase]:
    """Return the phrases of a list that the words of a text, known by their marks, may begin."""
    numbers = {n for mark in compiled.by_mark.keys() & marks for n in compiled.by_mark[mark]}
    return [compiled.phrases[number] for number in sorted(numbers)]
