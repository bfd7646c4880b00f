"""When two spellings are the same word: typing errors, and Hindi or Marathi in Latin letters."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache

from rehab.clinical.devanagari import in_latin, is_devanagari
from rehab.clinical.lexicon import ROMAN_WORDS
from rehab.clinical.ordinary_words import NOT_TYPING_ERRORS
from rehab.clinical.words import fold

ONE_EDIT_FROM = 6
TWO_EDITS_FROM = 10
"""Letters a word needs before one or two typing errors are forgiven. Project proposal, not sourced:
shorter words are too close to each other (fell, feel; pain, rain)."""

_LONGEST = 24
"""Typing errors are not looked for in longer words; a text of one endless word costs nothing."""

REMEMBERED_WORDS = 20_000
"""What was found out of typed words is kept for so many; most words of a day are the same."""

_SOUNDS = (
    (re.compile(r"ee|ii"), "i"),
    (re.compile(r"oo|uu"), "u"),
    (re.compile(r"chh"), "ch"),
    (re.compile(r"ph"), "f"),
    (re.compile(r"w"), "v"),
    (re.compile(r"z"), "j"),
    (re.compile(r"q"), "k"),
    (re.compile(r"ae|ai|ei"), "e"),
    (re.compile(r"(.)\1+"), r"\1"),
)


HEARD_AS = {fold(no): tuple(map(fold, ("नहीं", "नाही"))) for no in ("नि", "नइ", "नै", "नय", "नाय")}
"""A short dialect "no" completes a danger phrase. It denies nothing: in Marathi नि is "and"."""

_SQUEEZED = re.compile(r"(?!kn)((?:[bcdgjkpt]h|[bcdfgjkmnprtv]))(?=[^aeiouyhrlv\d]\w*[aeiou])")
"""Two consonants that begin no word of Hindi or Marathi: the a between them was not typed."""
_FIRST_VOWEL = re.compile(r"[^aeiou]*[aeiou]+")
_VOWELS = re.compile(r"[aeiouy]")
_SHORTEST_BARE = 3
"""Consonants a word needs to be known without its vowels. Project proposal, not sourced."""
_INNER_A = re.compile(r"(?<=[^aeiou])a(?=[^aeiou])")
_SHORTEST_CROSSING = 4
"""Letters a sound needs before a word is known in the other script: shorter ones are too alike."""


@lru_cache(maxsize=65536)
def roman_key(word: str) -> str:
    """Return one spelling for the many spellings of a Hindi or Marathi word, in either script."""
    if word in ROMAN_WORDS:
        return ROMAN_WORDS[word]
    if word[:1].isdigit():
        return word
    word = in_latin(word) if is_devanagari(word) else word
    for sound, letter in _SOUNDS:
        word = sound.sub(letter, word)
    return _unstressed(word)


def with_first_a(key: str) -> str:
    """Return a sound with the a that is often left out behind the first letter: zmin, pnja."""
    return _SQUEEZED.sub(r"\1a", key, count=1) if _SQUEEZED.match(key) else key


def crosses_scripts(key: str) -> bool:
    """Say whether a word is long enough to be known again in the other script."""
    return len(key) >= _SHORTEST_CROSSING


def _unstressed(word: str) -> str:
    """Leave out each a between consonants after the first vowel: jakham, jakhm."""
    first = _FIRST_VOWEL.match(word)
    return word[: first.end()] + _INNER_A.sub("", word[first.end() :]) if first else word


def allowed_edits(word: str) -> int:
    """Return how many typing errors a danger word forgives."""
    if len(word) >= TWO_EDITS_FROM:
        return 2
    return 1 if len(word) >= ONE_EDIT_FROM else 0


class Speller:
    """Knows the danger words and finds those that a typed word may have been meant as."""

    def __init__(self, words: Iterable[str]) -> None:
        self.words = frozenset(words)
        self._by_slip: dict[str, set[str]] = defaultdict(set)
        self._by_length: dict[int, list[tuple[int, str]]] = defaultdict(list)
        self._by_consonants: dict[str, set[str]] = defaultdict(set)
        for word in self.words:
            if word.isascii() and word.isalpha() and not _VOWELS.match(word):
                self._by_consonants[_VOWELS.sub("", word)].add(word)
            for slip in _slips(word):
                self._by_slip[slip].add(word)
            if allowed_edits(word):
                self._by_length[len(word)].append((_letters(word), word))
        self._remembered = lru_cache(maxsize=REMEMBERED_WORDS)(self._meant_by)

    def meant_by(self, typed: str) -> frozenset[str]:
        """Return the danger words this one is a typing error of.

        Two danger words of one length are two words, not errors of each other: smelling, swelling.
        """
        return self._remembered(typed)

    def _meant_by(self, typed: str) -> frozenset[str]:
        if typed in self._by_slip and typed not in self.words and typed not in NOT_TYPING_ERRORS:
            return frozenset(self._by_slip[typed])
        if len(typed) >= _SHORTEST_BARE and typed not in self.words and _is_bare(typed):
            return frozenset(self._by_consonants.get(typed, ()))
        if not ONE_EDIT_FROM - 1 <= len(typed) <= _LONGEST:
            return frozenset()
        known = typed in self.words
        return frozenset(
            word
            for length in range(len(typed) - 2, len(typed) + 3)
            if not (known and length == len(typed))
            for word in self._alike(typed, length)
            if is_misspelt(typed, word)
        )

    def _alike(self, typed: str, length: int) -> list[str]:
        """Return the danger words of a length with nearly the letters of the typed word."""
        letters, edits = _letters(typed), 2 if length >= TWO_EDITS_FROM else 1
        if abs(len(typed) - length) > edits:
            return []
        return [
            word
            for others, word in self._by_length.get(length, ())
            if (letters ^ others).bit_count() <= 2 * edits
        ]


def _is_bare(word: str) -> bool:
    """Say whether a word is typed without its vowels, as in text messages: sns, bkhr, pshb."""
    plain = word.isascii() and word.isalpha() and word not in NOT_TYPING_ERRORS
    return plain and not _VOWELS.search(word)


def _slips(word: str) -> set[str]:
    """Return the slips forgiven in a short Latin word: pian, claf, fevr.

    Two inner letters swapped, or in five letters an inner vowel left out; first and last stay.
    """
    if len(word) not in (4, 5) or not (word.isascii() and word.isalpha()):
        return set()
    inner = range(1, len(word) - 1)
    swaps = {word[:at] + word[at + 1] + word[at] + word[at + 2 :] for at in inner[:-1]}
    vowels = [at for at in inner if len(word) == 5 and word[at] in "aeiou"]
    return (swaps | {word[:at] + word[at + 1 :] for at in vowels}) - {word}


@lru_cache(maxsize=65536)
def _letters(word: str) -> int:
    """Return which letters stand in a word, a bit each. One typing error changes two at most."""
    found = 0
    for letter in word:
        found |= 1 << (ord(letter) & 127)
    return found


def is_misspelt(typed: str, meant: str) -> bool:
    """Say whether `typed` is `meant` with no more typing errors than a word of its length may have.

    A missing, extra or wrong letter and two letters swapped are one error each.
    """
    allowed = allowed_edits(meant)
    if not allowed or abs(len(typed) - len(meant)) > allowed or typed in NOT_TYPING_ERRORS:
        return False
    return _edits(typed, meant) <= allowed


def _edits(left: str, right: str) -> int:
    """Return the Damerau-Levenshtein distance (optimal string alignment)."""
    older: list[int] = []
    previous = list(range(len(right) + 1))
    for i, letter in enumerate(left, start=1):
        current = [i]
        for j, other in enumerate(right, start=1):
            best = min(previous[j] + 1, current[-1] + 1, previous[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == right[j - 2] and left[i - 2] == other:
                best = min(best, older[j - 2] + 1)
            current.append(best)
        older, previous = previous, current
    return previous[-1]
