"""Finding the phrases of a word list in a text."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from rehab.clinical.lexicon import FILLERS, FINE_WORDS, NEGATORS
from rehab.clinical.reading import Reading, read
from rehab.clinical.spelling import Speller, roman_key

Part = tuple[str, ...]

NEAR = 12
"""Parts of one phrase belong together within so many words. Project proposal, not sourced."""
_MAX_FILLERS = 2
_ENGLISH = "en"


@dataclass(frozen=True)
class Span:
    """Where one part of a phrase stands: its first word and the word after its last.

    `has_negation` is that of the whole phrase.
    """

    start: int
    end: int
    has_negation: bool


@dataclass(frozen=True)
class Phrase:
    """One phrase of a word list. Every part must occur; `symbols` are emoji that mean something."""

    text: str
    parts: tuple[Part, ...]
    symbols: frozenset[str]
    language: str
    roman: bool
    """Not English, so Latin letters are compared by sound."""
    beginnings: tuple[tuple[str, ...], ...]
    """Per part the words it may begin with: its first one, or all of them written together."""
    has_negation: bool
    """A negation is part of its meaning ("can't breathe", "urine + not"), so it denies nothing."""


@lru_cache(maxsize=16384)
def compile_phrase(text: str, language: str) -> Phrase:
    """Return the phrase in the form used for matching; "a + b" has two parts."""
    readings = [read(part) for part in text.split("+")]
    parts = tuple(tuple(token.word for token in one.tokens) for one in readings if one.tokens)
    symbols = frozenset().union(*(one.symbols for one in readings))
    negation = any(word in NEGATORS for part in parts for word in part)
    symbols = frozenset() if parts else symbols
    beginnings = tuple(tuple({part[0], "".join(part)}) for part in parts)
    roman = not _is_english(language)
    return Phrase(text, parts, symbols, language, roman, beginnings, negation)


def _is_english(language: str) -> bool:
    return language.split("-")[0].lower() == _ENGLISH


class Finder:
    """Finds phrases in one text; `speller` knows the words of all phrases."""

    def __init__(self, reading: Reading, speller: Speller) -> None:
        self._reading = reading
        self._by_form: dict[str, set[int]] = defaultdict(set)
        self._by_sound: dict[str, set[int]] = defaultdict(set)
        self._by_meaning: dict[str, set[int]] = defaultdict(set)
        self._places: dict[tuple[str, bool], frozenset[int]] = {}
        for index, token in enumerate(reading.tokens):
            for form in token.forms:
                self._by_form[form].add(index)
                self._by_sound[roman_key(form)].add(index)
        for form, places in self._by_form.items():
            for word in speller.meant_by(form):
                self._by_meaning[word] |= places

    def occurs(self, phrase: Phrase, counts: Callable[[Span], bool]) -> bool:
        """Say whether the phrase stands in the text with parts that all `counts` accepts."""
        if not phrase.parts:
            return bool(phrase.symbols & self._reading.symbols)
        if not all(self._begins(words, phrase.roman) for words in phrase.beginnings):
            return False
        places = []
        for part in phrase.parts:
            spans = [span for span in self.spans(part, phrase) if counts(span)]
            if not spans:
                return False
            places.append(spans)
        return self._together(places)

    def _begins(self, words: tuple[str, ...], roman: bool) -> bool:
        """Say whether a part can stand in the text at all; most phrases end here."""
        return any(self._positions(word, roman) for word in words)

    def spans(self, part: Part, phrase: Phrase) -> Iterator[Span]:
        """Give every place where the words of a part follow each other, fillers aside."""
        negation, roman = phrase.has_negation, phrase.roman
        for start in sorted(self._positions(part[0], roman)):
            end = self._follow(part, start, roman)
            if end is not None:
                yield Span(start, end, negation)
        if len(part) > 1:
            for start in sorted(self._positions("".join(part), roman)):
                yield Span(start, start + 1, negation)

    def _follow(self, part: Part, start: int, roman: bool) -> int | None:
        """Return the position after the last word of the part, or None when it breaks off."""
        tokens, at = self._reading.tokens, start + 1
        for word in part[1:]:
            skipped = 0
            while at not in self._positions(word, roman):
                inside = at < len(tokens) and self._reading.breaks_before(at) != "sentence"
                if not inside or skipped == _MAX_FILLERS or not tokens[at].is_in(FILLERS):
                    return None
                at, skipped = at + 1, skipped + 1
            if self._reading.breaks_before(at) == "sentence":
                return None
            at += 1
        return at

    def _positions(self, word: str, roman: bool) -> frozenset[int]:
        key = (word, roman)
        if key not in self._places:
            self._places[key] = frozenset(self._look_up(word, roman))
        return self._places[key]

    def _look_up(self, word: str, roman: bool) -> set[int]:
        found = self._by_form.get(word, set()) | self._by_meaning.get(word, set())
        return found | self._by_sound.get(roman_key(word), set()) if roman else found

    def _together(self, places: list[list[Span]]) -> bool:
        """Say whether one span of each part stand in one sentence, or near each other."""
        sentences = [{self._sentence(span) for span in spans} for spans in places]
        if set.intersection(*sentences):
            return True
        starts = sorted((span.start, n) for n, spans in enumerate(places) for span in spans)
        for index, (first, _) in enumerate(starts):
            near = [pair for pair in islice(starts, index, None) if pair[0] - first < NEAR]
            if len({n for _, n in near}) == len(places) and not self._fine(first, near[-1][0]):
                return True
        return False

    def _fine(self, first: int, last: int) -> bool:
        """Say whether one of the sentences between says that something is well."""
        inside = range(
            self._reading.sentence_of(first)[0], self._reading.sentence_of(last)[-1] + 1
        )
        return any(self._reading.tokens[index].is_in(FINE_WORDS) for index in inside)

    def _sentence(self, span: Span) -> int:
        return self._reading.tokens[span.start].sentence
