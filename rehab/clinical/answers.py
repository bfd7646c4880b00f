"""Reading what a person typed or tapped as the answer to one question."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from string import ascii_uppercase

from exercises.schema import Option, Question
from rehab.clinical.words import comparable, fold
from rehab.errors import InvalidInput

COLDEST = Decimal(30)
HOTTEST = Decimal(45)
"""°C on a living person. Project proposal, not sourced: clinic must decide."""
FAHRENHEIT_ABOVE = Decimal(80)
"""A bare number above this can only be degrees Fahrenheit."""

_DIGITS = r"(-?\d{1,9}(?:[.,]\d{1,9})?)"
"""More digits are no answer of a person, and more than a decimal can be divided with."""
_SCALE = re.compile(_DIGITS + r"\s*(?:(?:/|out of)\s*(\d{1,9}))?")
_COMMA = re.compile(r"[,;\n+&]|\band\b|\bor\b|और|आणि")
_NUMBER = re.compile(
    _DIGITS + r"\s*(?:[°º]|degrees?|deg\.?|डिग्रि|अंश|minutes?|mins?\.?|मिनट|मिनिट|"
    r"times?|x|बार|वेळा|cm|centimet(?:re|er)s?|सेमि)?"
)
UNIT_SIGNS = {"degrees": "°", "minutes": " min", "count": "", "cm": " cm"}
_TEMPERATURE = re.compile(
    _DIGITS + r"\s*(?:[°º'*]|degrees?|deg\.?|डिग्रि|अंश)?\s*"
    r"(c|celsius|centigrade|सेल्सियस|से|f|fahrenheit|farenheit|फारेनहाइट|फ)?\.?"
)


@dataclass(frozen=True)
class Answer:
    """One answer: `value` is an option value, several of them, or a number (°C for a temperature)."""

    value: str | float | list[str]
    label: str


def read_answer(
    question: Question, raw: str, *, labels: Mapping[str, str] | None = None
) -> Answer:
    """Return the answer meant by `raw`, a typed text or the option value that was tapped.

    `labels` maps an option value to its label in the patient's language; it is accepted as typed
    text too and is the label of the answer. So is the letter of an option where a picture shows
    them. Several answers are parted by commas. Raises InvalidInput(answer=code) with the codes
    `not_a_number`, `out_of_range` and `not_an_option`.
    """
    if question.kind == "scale":
        return _read_scale(question, raw)
    if question.kind == "several":
        return _read_several(question, raw, labels or {})
    chosen = _find_option(question, raw, labels or {})
    if chosen is not None:
        return Answer(chosen.value, _shown(chosen, labels or {}))
    if question.kind == "temperature":
        return _read_temperature(raw)
    if question.kind == "number":
        return _read_number(question, raw)
    raise InvalidInput(answer="not_an_option")


def ticked(
    question: Question, chosen: Sequence[str], value: str, *, labels: Mapping[str, str]
) -> Answer:
    """Return the answer after `value` was tapped once more: added, taken away, or standing alone."""
    option = next(one for one in question.options if one.value == value)
    alone = {one.value for one in question.options if one.excludes_others}
    if option.excludes_others:
        return _several(question, {value}, labels)
    return _several(question, ({*chosen} - alone) ^ {value}, labels)


def letter_of(question: Question, value: str) -> str:
    """The letter under which a picture shows this option; "" without a picture."""
    if not question.picture:
        return ""
    values = [option.value for option in question.options]
    return ascii_uppercase[values.index(value)] if value in values else ""


def _read_several(question: Question, raw: str, labels: Mapping[str, str]) -> Answer:
    whole = _find_option(question, raw, labels)
    parts = [raw] if whole is not None else [part for part in _COMMA.split(raw) if part.strip()]
    found = [_find_option(question, part, labels) for part in parts]
    chosen = {option.value for option in found if option is not None}
    alone = {option.value for option in question.options if option.excludes_others}
    # "None of these" together with one of these says two things: a tap has to tell which.
    if not found or None in found or (chosen & alone and len(chosen) > 1):
        raise InvalidInput(answer="not_an_option")
    return _several(question, chosen, labels)


def _several(question: Question, chosen: Collection[str], labels: Mapping[str, str]) -> Answer:
    options = [option for option in question.options if option.value in chosen]
    shown = ", ".join(_shown(option, labels) for option in options)
    return Answer([option.value for option in options], shown or "–")


def _shown(option: Option, labels: Mapping[str, str]) -> str:
    return labels.get(option.value, option.label)


def _find_option(question: Question, raw: str, labels: Mapping[str, str]) -> Option | None:
    typed = {comparable(raw), fold(raw).strip()} - {""}
    named = [
        option
        for option in question.options
        if typed & _names(option, _shown(option, labels), fold(letter_of(question, option.value)))
    ]
    # An emoji that two options share says nothing.
    return named[0] if len(named) == 1 else None


def _names(option: Option, shown: str, letter: str) -> set[str]:
    """Return everything an option may be called by: its value, labels, emoji, letter, or what stands
    on its button, the letter before the words."""
    words = {comparable(name) for name in (option.value, option.label, shown)}
    lettered = {letter} | {f"{letter} {name}" for name in words} if letter else set()
    return words | lettered | {fold(option.emoji).strip()}


def _read_scale(question: Question, raw: str) -> Answer:
    match = _SCALE.fullmatch(_figures(raw))
    if not match:
        raise InvalidInput(answer="not_a_number")
    number, outside = _decimal(match[1]), match[2]
    if number % 1 or (outside and int(outside) != question.maximum):
        raise InvalidInput(answer="not_a_number")
    if not question.minimum <= number <= question.maximum:
        raise InvalidInput(answer="out_of_range")
    return Answer(float(number), str(int(number)))


def _read_number(question: Question, raw: str) -> Answer:
    match = _NUMBER.fullmatch(_figures(raw))
    if not match:
        raise InvalidInput(answer="not_a_number")
    number = _decimal(match[1])
    if number % 1 and question.unit != "cm":
        raise InvalidInput(answer="not_a_number")
    if not question.minimum <= number <= question.maximum:
        raise InvalidInput(answer="out_of_range")
    return Answer(float(number), f"{number.normalize():f}{UNIT_SIGNS[question.unit]}")


def _read_temperature(raw: str) -> Answer:
    match = _TEMPERATURE.fullmatch(_figures(raw))
    if not match:
        raise InvalidInput(answer="not_a_number")
    celsius = _celsius(_decimal(match[1]), match[2] or "")
    if not COLDEST <= celsius <= HOTTEST:
        raise InvalidInput(answer="out_of_range")
    return Answer(float(celsius), f"{celsius.normalize():f} °C")


def _celsius(number: Decimal, unit: str) -> Decimal:
    if unit.startswith(("f", "फ")) or (not unit and number > FAHRENHEIT_ABOVE):
        exact = (number - 32) * 5 / 9
        return exact.quantize(Decimal("0.1"), ROUND_HALF_UP)
    return number


def _figures(raw: str) -> str:
    """Return the folded text with the many minus signs and the keycap ten made plain."""
    plain = fold(raw.replace("\N{KEYCAP TEN}", "10"))
    return re.sub(r"[\u2010-\u2015\u2212]", "-", plain).replace("\u2044", "/").strip()


def _decimal(digits: str) -> Decimal:
    return Decimal(digits.replace(",", "."))
