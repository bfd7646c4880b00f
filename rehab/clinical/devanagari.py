"""Devanagari words in Latin letters, as people type them: one danger word serves both scripts."""

from __future__ import annotations

import re


def _letters(devanagari: str, latin: str) -> dict[str, str]:
    return dict(zip(devanagari, latin.split(), strict=True))


_VOWELS = _letters("अआइईउऊएऐओऔऑऍऋ", "a a i i u u e ai o au o e ri")
_SIGNS = _letters("ािीुूेैोौॉॅृ", "a i i u u e ai o au o e ri")
_CONSONANTS = _letters(
    "कखगघङचछजझञटठडढणतथदधनपफबभमयरलळवशषसह",
    "k kh g gh n ch ch j jh n t th d dh n t th d dh n p f b bh m y r l l v sh sh s h",
)
_HALANT, _NASALS, _INHERENT = "्", "ंँ", "a"
_DEVANAGARI = re.compile(r"[\u0900-\u097f]")


def is_devanagari(word: str) -> bool:
    """Say whether a word has a letter of Devanagari."""
    return bool(_DEVANAGARI.search(word))


def in_latin(word: str) -> str:
    """Return a word as it is commonly typed in Latin letters; other letters stay as they are.

    The inherent vowel is written behind every consonant without a sign, but not at the end.
    """
    found: list[str] = []
    for letter, following in zip(word, [*word[1:], ""], strict=True):
        if letter in _CONSONANTS:
            bare = following == "" or following in _SIGNS or following == _HALANT
            found += [_CONSONANTS[letter], "" if bare else _INHERENT]
        elif letter in _NASALS:
            found.append("n")
        elif letter != _HALANT:
            found.append(_VOWELS.get(letter) or _SIGNS.get(letter) or letter)
    return "".join(found)
