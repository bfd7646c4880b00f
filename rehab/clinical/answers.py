"""Reading what a person typed or tapped as the answer to one question."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from exercises.schema import Option, Question
from rehab.clinical.words import comparable, fold
from rehab.errors import InvalidInput

COLDEST = Decimal(30)
HOTTEST = Decimal(45)
"""°C on a living person. Project proposal, not sourced: clinic must decide."""
FAHRENHEIT_ABOVE = Decimal(80)
"""A bare number above this can only be degrees Fahrenheit."""

_SCALE = re.compile(r"(-?\d+(?:[.,]\d+)?)\s*(?:(?:/|out of)\s*(\d+))?")
_TEMPERATURE = re.compile(
    r"(-?\d+(?:[.,]\d+)?)\s*(?:[°º'*]|degrees?|deg\.?|डिग्रि|अंश)?\s*"
    r"(c|celsius|centigrade|सेल्सियस|से|f|fahrenheit|farenheit|फारेनहाइट|फ)?\.?"
)


@dataclass(frozen=True)
class Answer:
    """One answer: `value` is an option value, or a number (°C for a temperature)."""

    value: str | float
    label: str


def read_answer(
    question: Question, raw: str, *, labels: Mapping[str, str] | None = None
) -> Answer:
    """Return the answer meant by `raw`, a typed text or the option value that was tapped.

    `labels` maps an option value to its label in the patient's language; it is accepted as typed
    text too and is the label of the answer. Raises InvalidInput(answer=code) with the codes
    `not_a_number`, `out_of_range` and `not_an_option`.
    """
    if question.kind == "scale":
        return _read_scale(question, raw)
    chosen = _find_option(question, raw, labels or {})
    if chosen is not None:
        return chosen
    if question.kind == "temperature":
        return _read_temperature(raw)
    raise InvalidInput(answer="not_an_option")


def _find_option(question: Question, raw: str, labels: Mapping[str, str]) -> Answer | None:
    typed = {comparable(raw), fold(raw).strip()} - {""}
    named = [
        option
        for option in question.options
        if typed & _names(option, labels.get(option.value, option.label))
    ]
    if len(named) != 1:  # an emoji that two options share says nothing
        return None
    option = named[0]
    return Answer(option.value, labels.get(option.value, option.label))


def _names(option: Option, shown: str) -> set[str]:
    """Return everything an option may be called by: its value, its labels, its emoji."""
    words = {comparable(name) for name in (option.value, option.label, shown)}
    return words | {fold(option.emoji).strip()}


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
