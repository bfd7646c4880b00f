"""A free text as words in sentences and clauses, in the one spelling used for comparing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise, product
from typing import Literal

from rehab.clinical.lexicon import CLAUSE_WORDS
from rehab.clinical.short_forms import BEGINNINGS, EXPANDED
from rehab.clinical.words import fold, is_symbol, is_word_character

Break = Literal["", "comma", "clause", "sentence"]
_STRENGTH: tuple[Break, ...] = ("", "comma", "clause", "sentence")

_BREAKS: dict[str, Break] = {
    **dict.fromkeys(".!?।॥\n\r", "sentence"),
    **dict.fromkeys(";()[]{}|", "clause"),
    **dict.fromkeys(",،、", "comma"),
}
_AS_WORD = {"/": "or", "&": "and", "+": "and"}
_RUN = re.compile(r"(.)\1{2,}")
_NUMBER_POINT = re.compile(r"(?<=\d)[.,](?=\d)")
_POINT_SPOKEN = re.compile(r"(?<=\d\d) ?(?:point|प[ोॉा]ं?इं?ट) ?(?=\d(?!\d))")
"""38 point 5, as a telephone writes what it hears; in both scripts."""
_OUT_OF_TEN = re.compile(r"(?<=\d) ?(?:/|out of|of|on) ?(?:10|ten)\b")
"""9/10 is read as "9 ofx", as word lists write it: the ten of 2/10 is no number of its own."""
_PRESSURE = re.compile(r"(?<=\d\d) ?/ ?\d{2,3}\b(?! ?/)")
"""The lower number of a blood pressure: 130/85 is not 85."""
_OUT_OF = re.compile(r"(?<=\d) ?/ ?(?=\d)")
_UNIT = re.compile(r"(?<=\d)(?=[^\W\d])|(?<=[^\W\d_])(?=\d)")
"""Between a number and its unit: 101F, 38.6c, 3din."""
_EMPHASIS = re.compile(r"([\u0900-\u097f]{3,})(?:\u0939\u093f|\u091a)")
"""A Marathi word with its "even" or "just" behind: पाऊलही, श्वासच. Never नाही or काही, which are short."""
_DECIMAL = re.compile(r"\d+\.\d+")
_POINT = "\ue000"
"""Stands for the point of a number, so that 38.5 does not end a sentence. A private character."""
_MAX_RUNS = 3


@dataclass(frozen=True)
class Token:
    """One word. `forms` are the spellings it may stand for, `before` is the break in front of it."""

    word: str
    forms: frozenset[str]
    sentence: int
    before: Break

    def is_in(self, words: frozenset[str]) -> bool:
        """Say whether the word, in any of its forms, is one of these."""
        return not self.forms.isdisjoint(words)


@dataclass(frozen=True)
class Reading:
    """The words of a text in order, its emoji, and the numbers of the sentences that ask."""

    tokens: tuple[Token, ...]
    symbols: frozenset[str]
    questions: frozenset[int]
    sentences: tuple[range, ...]

    def breaks_before(self, index: int) -> Break:
        """Return the break in front of a word; the ends of the text end a sentence."""
        return self.tokens[index].before if 0 < index < len(self.tokens) else "sentence"

    def sentence_of(self, index: int) -> range:
        """Return the positions of the words in the sentence of this word."""
        return self.sentences[self.tokens[index].sentence]


def read(text: str) -> Reading:
    """Split a text into folded words, with the breaks between them."""
    tokens: list[Token] = []
    questions: set[int] = set()
    sentence = 0
    before: Break = ""
    plain = _OUT_OF_TEN.sub(" ofx", _NUMBER_POINT.sub(_POINT, _POINT_SPOKEN.sub(".", fold(text))))
    plain = _OUT_OF.sub(" ", _PRESSURE.sub("", plain))
    for piece in _pieces(plain):
        if piece in _BREAKS:
            questions |= {sentence} if piece == "?" else set()
            before = max(before, _BREAKS[piece], key=_STRENGTH.index)
            continue
        sentence += before == "sentence" and bool(tokens)
        tokens += _tokens(piece, sentence, before)
        before = ""
    symbols = frozenset(character for character in plain if is_symbol(character))
    return Reading(tuple(tokens), symbols, frozenset(questions), _sentences(tokens))


def _sentences(tokens: list[Token]) -> tuple[range, ...]:
    """Return the positions of the words of each sentence."""
    ends = [at + 1 for at, token in enumerate(tokens[1:]) if token.before == "sentence"]
    return tuple(range(*pair) for pair in pairwise([0, *ends, len(tokens)]))


def _pieces(plain: str) -> Iterator[str]:
    """Give the words and the breaking marks of a folded text, in order."""
    word = ""
    for character in plain.replace("'ll", " will").replace("'", ""):
        if is_word_character(character) or character == _POINT:
            word += character
            continue
        if word:
            yield word
        word = ""
        if character in _BREAKS or character in _AS_WORD:
            yield _AS_WORD.get(character, character)
    if word:
        yield word


def _tokens(word: str, sentence: int, before: Break) -> list[Token]:
    parts = EXPANDED.get(word) or _UNIT.sub(" ", word).replace(_POINT, ".").split()
    # "kaf" is a calf in an English text and phlegm in a Hindi one.
    also = frozenset({word}) if word in EXPANDED and len(parts) == 1 else frozenset[str]()
    found = []
    for part in parts:
        starts_clause = part in CLAUSE_WORDS and before != "sentence"
        found.append(
            Token(part, forms(part) | also, sentence, "clause" if starts_clause else before)
        )
        before = ""
    return found


def forms(word: str) -> frozenset[str]:
    """Return the spellings a word may stand for: feverrr is fever, drippin dripping, 38.9 is 38."""
    if _DECIMAL.fullmatch(word):
        return frozenset({word, word.partition(".")[0]})
    runs = list(_RUN.finditer(word))
    if len(runs) > _MAX_RUNS:
        return frozenset({word, _RUN.sub(r"\1", word), _RUN.sub(r"\1\1", word)})
    spelled = {_shorten(word, runs, counts) for counts in product((1, 2), repeat=len(runs))}
    spelled |= {one + "g" for one in spelled if len(one) >= 6 and one.endswith("in")}
    spelled |= {one[:-1] for one in spelled if len(one) >= 5 and one.endswith("s")}
    emphatic = _EMPHASIS.fullmatch(word)
    spelled |= {
        meant + word[len(typed) :] for typed, meant in BEGINNINGS if word.startswith(typed)
    }
    return frozenset({word, emphatic[1] if emphatic else word} | spelled)


def _shorten(word: str, runs: list[re.Match[str]], counts: tuple[int, ...]) -> str:
    for run, count in reversed(list(zip(runs, counts, strict=True))):
        word = word[: run.start()] + run[1] * count + word[run.end() :]
    return word
