"""Folding of typed text, so that two spellings of one word become equal.

Folding keeps letters, digits and the signs of Devanagari. It drops case, accents, emoji variation
marks, the nukta and the difference between the signs for a nasal vowel, because people type them
in every mixture. Long and short i and u are one letter for the same reason.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_ACCENTS = re.compile(r"[\u0300-\u036f]")
_INVISIBLE = re.compile(r"[\u200b-\u200f\u2060\ufe0e\ufe0f\ufeff\u00ad\U0001f3fb-\U0001f3ff]")
_APOSTROPHES = str.maketrans(dict.fromkeys("\u2018\u2019\u02bc\u00b4`\uff07", "'"))
_KEYCAP = re.compile(r"\u20e3")
_NUKTA = "\u093c"
_HALF_NASAL = re.compile(r"[\u0919\u091e\u0923\u0928\u092e]\u094d(?=[\u0915-\u0939])")
_DEVANAGARI = str.maketrans(
    {
        "\u0901": "\u0902",  # chandrabindu is written as anusvara
        "\u0940": "\u093f",  # long i sign
        "\u0942": "\u0941",  # long u sign
        "\u0908": "\u0907",  # long I
        "\u090a": "\u0909",  # long U
        "\u0937": "\u0936",  # the two sh
    }
)


@lru_cache(maxsize=4096)
def fold(text: str) -> str:
    """Return the text in the one spelling used for comparing; punctuation and emoji stay."""
    plain = _INVISIBLE.sub("", text.translate(_APOSTROPHES))
    plain = unicodedata.normalize("NFKD", plain).casefold()
    plain = _KEYCAP.sub("", _ACCENTS.sub("", plain)).replace(_NUKTA, "")
    plain = _HALF_NASAL.sub("\u0902", unicodedata.normalize("NFC", plain))
    return plain_digits(plain.translate(_DEVANAGARI))


def plain_digits(text: str) -> str:
    """Replace the decimal digits of every script by 0-9."""
    return "".join(_digit(character) for character in text)


def _digit(character: str) -> str:
    value = unicodedata.decimal(character, None)
    return character if value is None else str(value)


def is_word_character(character: str) -> bool:
    """Say whether the character belongs to a word: a letter, a digit or a sign on a letter."""
    return unicodedata.category(character)[0] in "LNM"


def is_symbol(character: str) -> bool:
    """Say whether the character is an emoji or another pictorial symbol."""
    return unicodedata.category(character) == "So"


def comparable(text: str) -> str:
    """Return the folded words of a text, one space apart, without punctuation and emoji."""
    spaced = (c if is_word_character(c) else " " for c in fold(text).replace("'", ""))
    return " ".join("".join(spaced).split())
