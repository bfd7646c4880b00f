"""Finding the phrases of a word list in a text."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice, pairwise, product

from rehab.clinical.devanagari import is_devanagari
from rehab.clinical.lexicon import FILLERS, FINE_WORDS, NEGATORS
from rehab.clinical.lexicon_told import MEASURES
from rehab.clinical.reading import Reading, read
from rehab.clinical.spelling import (
    HEARD_AS,
    Speller,
    crosses_scripts,
    roman_key,
    with_first_a,
)

Words = tuple[str, ...]
"""The words of one alternative; a word ending in a star stands for all that begin like it."""

NEAR = 12
"""Parts of one phrase belong together within so many words. Project proposal, not sourced."""
CLOSE = 6
"""Parts joined by ~ stand within so many words of each other. Project proposal, not sourced."""
_MAX_FILLERS = 2
_SHORTEST_STEM = 1
_ENGLISH = "en"
_JOINS = re.compile(r"[+~]")
_RANGE = re.compile(r"(\d+)(?:\.(\d))?\.\.(\d+)(?:\.(\d))?")
"""Numbers from the first to the last: 8..10, 100.4..110; 38.0..38.9 only with their tenths."""


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
    """One phrase of a word list. Every part must occur, in one of its alternatives.

    `symbols` are emoji that mean something when nothing else is written.
    """

    parts: tuple[tuple[Words, ...], ...]
    symbols: frozenset[str]
    language: str
    roman: bool
    """Not English, so Latin letters are compared by sound."""
    joined_by: str
    has_negation: bool
    """A negation is part of its meaning ("can't breathe", "urine + not"), so it denies nothing."""

    @property
    def words(self) -> frozenset[str]:
        """Return the whole words that stand in it."""
        said = (word for part in self.parts for words in part for word in words)
        return frozenset(word for word in said if not word.endswith("*"))

    @property
    def written_together(self) -> frozenset[str]:
        """Return what its alternatives look like without the space between their words."""
        return frozenset("".join(words) for part in self.parts for words in part if _joins(words))

    def first_marks(self) -> Iterator[str]:
        """Give the marks of which a text needs one to hold the phrase at all."""
        yield from self.symbols
        for words in self.parts[0] if self.parts else ():
            yield from marks(words[0], roman=self.roman)
            if _joins(words):
                yield from marks("".join(words), roman=self.roman)


def compile_phrase(text: str, language: str) -> tuple[Phrase, ...]:
    """Return a phrase in the form used for matching; "a + b | c" has two parts.

    Alternatives with a negation make a phrase of their own, because it is not a denial there.
    """
    parts = [part for piece in _JOINS.split(text) if (part := _part(piece))]
    symbols = frozenset() if parts else read(text).symbols
    joined_by = "~" if "~" in text else "+"
    roman = not _is_english(language)
    return tuple(
        Phrase(tuple(kinds), symbols, language, roman, joined_by, any(map(_negates, kinds)))
        for kinds in product(*parts)
    )


@lru_cache(maxsize=8192)
def _part(text: str) -> tuple[tuple[Words, ...], ...]:
    """Return the alternatives of a part, those without a negation and those with one.

    One object for one text: a group that many phrases name is looked for once.
    """
    found = [_words(one) for written in text.split("|") for one in _numbered(written)]
    return _by_negation([words for words in found if words])


def _numbered(alternative: str) -> Iterator[str]:
    """Give an alternative once for each number of its range; 39 also stands for 39.4."""
    found = _RANGE.search(alternative)
    if not found:
        yield alternative
        return
    if found[4]:
        ends = int(found[1] + found[2]), int(found[3] + found[4])
        for tenths in range(ends[0], ends[1] + 1):
            yield alternative.replace(found[0], f"{tenths // 10}.{tenths % 10}")
        return
    first, tenth, last = int(found[1]), int(found[2] or 0), int(found[3])
    opening = [f"{first}.{one}" for one in range(tenth, 10)] if tenth else [str(first)]
    for number in [*opening, *map(str, range(first + 1, last + 1))]:
        yield alternative.replace(found[0], number)


@lru_cache(maxsize=65536)
def _words(alternative: str) -> Words:
    found: list[str] = []
    for word in alternative.split():
        tokens = [token.word for token in read(word).tokens]
        if tokens and word.endswith("*"):
            tokens[-1] += "*"
        found += tokens
    return tuple(found)


def _by_negation(part: list[Words]) -> tuple[tuple[Words, ...], ...]:
    plain = tuple(words for words in part if not _says_no(words))
    kinds = (plain, tuple(words for words in part if _says_no(words)))
    return tuple(kind for kind in kinds if kind)


def _negates(part: tuple[Words, ...]) -> bool:
    return _says_no(part[0])


def _says_no(words: Words) -> bool:
    return any(word.removesuffix("*") in NEGATORS for word in words)


def _joins(words: Words) -> bool:
    """Say whether people may write it as one word: "score" is no typing error of "score8"."""
    return len(words) > 1 and not any(word.endswith("*") or word[0].isdigit() for word in words)


def _is_english(language: str) -> bool:
    return language.split("-")[0].lower() == _ENGLISH


@lru_cache(maxsize=65536)
def marks(word: str, *, roman: bool) -> tuple[str, ...]:
    """Return what a word of a text may be known by: how it is written, or how it sounds."""
    stem = word.removesuffix("*")
    written, sound = ("*", "^") if word.endswith("*") else ("=", "~")
    key = roman_key(stem)
    heard = roman and (not is_devanagari(stem) or crosses_scripts(key))
    return (written + stem, sound + key) if heard else (written + stem,)


class Finder:
    """Finds phrases in one text; `speller` knows the words of all phrases."""

    def __init__(self, reading: Reading, speller: Speller) -> None:
        self._reading = reading
        self._places: dict[str, set[int]] = defaultdict(set)
        self._spans_of: dict[tuple[int, bool, bool], list[tuple[Span, Words]]] = {}
        for index, token in enumerate(reading.tokens):
            for form in token.forms:
                for mark in _marks_of(form):
                    self._places[mark].add(index)
                for meant in speller.meant_by(form):
                    self._places["=" + meant].add(index)
        self.marks = self._places.keys() | reading.symbols
        """What the words of the text are known by."""

    def find(self, phrase: Phrase, counts: Callable[[Span], bool]) -> str | None:
        """Return the words of the phrase that stand in the text, in places all `counts` accepts."""
        if not phrase.parts:
            alone = frozenset() if self._reading.tokens else self._reading.symbols
            return " ".join(sorted(phrase.symbols & alone)) or None
        places: list[list[Span]] = []
        named: list[str] = []
        for part in phrase.parts:
            found = [(span, words) for span, words in self._known(part, phrase) if counts(span)]
            if not found:
                return None
            places.append([span for span, _ in found])
            named.append(" ".join(found[0][1]).replace("*", ""))
        joined = self._close if phrase.joined_by == "~" else self._together
        return f" {phrase.joined_by} ".join(named) if joined(places) else None

    def _known(self, part: tuple[Words, ...], phrase: Phrase) -> list[tuple[Span, Words]]:
        key = (id(part), phrase.roman, phrase.has_negation)
        if key not in self._spans_of:
            self._spans_of[key] = list(self._spans(part, phrase))
        return self._spans_of[key]

    def _spans(self, part: tuple[Words, ...], phrase: Phrase) -> Iterator[tuple[Span, Words]]:
        """Give every place where the words of an alternative follow each other, fillers aside."""
        negation, roman = phrase.has_negation, phrase.roman
        for words in part:
            for start in sorted(self._positions(words[0], roman)):
                end = self._follow(words, start, roman)
                if end is not None:
                    yield Span(start, end, negation), words
            for start in sorted(self._positions("".join(words), roman)) if _joins(words) else ():
                yield Span(start, start + 1, negation), words

    def _follow(self, words: Words, start: int, roman: bool) -> int | None:
        """Return the position after the last word, or None when the words break off."""
        tokens, at = self._reading.tokens, start + 1
        for word in words[1:]:
            skipped, places = 0, self._positions(word, roman)
            while at not in places:
                inside = at < len(tokens) and self._reading.breaks_before(at) != "sentence"
                if not inside or skipped == _MAX_FILLERS or not tokens[at].is_in(FILLERS):
                    return None
                at, skipped = at + 1, skipped + 1
            if self._reading.breaks_before(at) == "sentence":
                return None
            at += 1
        return at

    def _positions(self, word: str, roman: bool) -> set[int]:
        found: set[int] = set()
        for mark in marks(word, roman=roman):
            found |= self._places.get(mark, set())
        return found

    def _close(self, places: list[list[Span]]) -> bool:
        """Say whether one span of each part stand close together in one sentence."""
        return any(self._are_close(spans) for spans in product(*places))

    def _are_close(self, spans: tuple[Span, ...]) -> bool:
        ordered = sorted(spans, key=lambda span: span.start)
        apart = all(left.end <= right.start for left, right in pairwise(ordered))
        close = ordered[-1].start - ordered[0].end < CLOSE and self._measure(
            ordered[0], ordered[-1]
        )
        return apart and close and self._sentence(ordered[0]) == self._sentence(ordered[-1])

    def _measure(self, first: Span, last: Span) -> bool:
        """Say whether a number is that of the measure: in "bp 130 and pulse 76" 76 is no bp."""
        tokens = self._reading.tokens
        if tokens[last.start].word.isdigit() and tokens[first.start].is_in(MEASURES):
            return not any(token.is_in(MEASURES) for token in tokens[first.end : last.start])
        if tokens[first.start].word.isdigit() and tokens[last.start].is_in(MEASURES):
            named = tokens[max(first.start - 3, 0) : first.start]
            return not any(token.is_in(MEASURES) for token in named)
        return True

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


@lru_cache(maxsize=8192)
def _marks_of(form: str) -> tuple[str, ...]:
    """Return everything a spelling in a text is known by."""
    key = roman_key(form)
    found = ["=" + form, *("*" + form[:n] for n in range(_SHORTEST_STEM, len(form) + 1))]
    found += ["=" + no for no in HEARD_AS.get(form, ())]
    if (whole := with_first_a(key)) != key and form.isascii():
        found += ["~" + whole, *("^" + whole[:n] for n in range(1, len(whole) + 1))]
    if crosses_scripts(key) or not is_devanagari(form):
        shortest = len(key) if is_devanagari(form) and not crosses_scripts(key) else 0
        found += ["~" + key, *("^" + key[:n] for n in range(max(shortest, 1), len(key) + 1))]
    return tuple(found)
