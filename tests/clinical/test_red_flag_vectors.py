"""Every red-flag rule below, at and above its threshold, for every operation and in every language.

`vectors/red_flags.tsv` has a line for each: operations (a letter each), days after surgery, the
answers of the check-in, earlier answers with their days (-0 is earlier today), a free text, hours
of silence, and exactly the rules that must be told.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path

import pytest

from exercises.loader import load
from exercises.schema import Option, Question, RuleSet
from rehab import texts
from rehab.clinical.answers import read_answer
from rehab.clinical.facts import Given
from rehab.clinical.redflags import find_red_flags, silence_finding
from rehab.clinical.triage import screen

PACK = load()
OPERATIONS = {
    "R": "hip-resurfacing", "H": "total-hip", "A": "hip-arthroscopy", "K": "total-knee",
    "C": "acl-reconstruction", "S": "rotator-cuff-repair", "L": "lumbar-discectomy",
}  # fmt: skip
TODAY = date(2026, 6, 1)
NOON = datetime.combine(TODAY, time(12), UTC)
LANGUAGES = ("en", "hi", "mr")
DIGITS = str.maketrans("0123456789", "०१२३४५६७८९")


@dataclass(frozen=True)
class Vector:
    """One line for one operation on one day."""

    procedure: str
    day: int
    answers: str
    earlier: str
    text: str
    silent_hours: str
    fires: frozenset[str]

    def __str__(self) -> str:
        said = self.answers or self.text or f"silent {self.silent_hours} h"
        return f"{self.procedure} day {self.day}: {said} after {self.earlier or 'nothing'}"


def vectors() -> Iterator[Vector]:
    path = Path(__file__).parent / "vectors" / "red_flags.tsv"
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            for letter in row["operations"]:
                for day in row["days"].split(","):
                    yield Vector(
                        OPERATIONS[letter], int(day), row["answers"], row["earlier"],
                        row["text"], row["silent_hours"], frozenset(row["fires"].split()),
                    )  # fmt: skip


VECTORS = tuple(vectors())


def rules_of(procedure: str) -> RuleSet:
    return PACK.rules[PACK.protocol_for(procedure).rules]


@cache
def questions(procedure: str) -> dict[str, Question]:
    protocol = PACK.protocol_for(procedure)
    asked = [protocol.questionnaire, protocol.warning_signs, "wound-photo"]
    return {one.id: one for name in asked for one in PACK.questionnaires[name].questions}


def typed(question: Question, value: str, language: str) -> str:
    """What a patient would type for this value: the option's label, or the number in their figures."""
    chosen: Option | None = next((one for one in question.options if one.value == value), None)
    if chosen is not None:
        return texts.content_text(chosen.label, language)
    return value if language == "en" else value.translate(DIGITS)


def given(vector: Vector, item: str, back: str | None, language: str) -> Given:
    name, _, value = item.strip().partition("=")
    question = questions(vector.procedure).get(name)
    meant: str | float | tuple[str, ...] = float(value) if question is None else ""
    if question is not None:
        labels = {one.value: texts.content_text(one.label, language) for one in question.options}
        read = read_answer(question, typed(question, value, language), labels=labels).value
        meant = tuple(read) if isinstance(read, list) else read
    days = -int(back) if back else 0
    at = NOON - timedelta(days=days, hours=3 if back == "-0" else 0)
    return Given(name, meant, at, TODAY - timedelta(days=days))


def told(vector: Vector, language: str = "en") -> frozenset[str]:
    """The rules that are told for a vector."""
    rules = rules_of(vector.procedure)
    if vector.text:
        found = screen(vector.text, rules, day=vector.day).findings
        return frozenset(one.rule_id for one in found)
    if vector.silent_hours:
        silent = timedelta(hours=int(vector.silent_hours))
        one_found = silence_finding(rules, day=vector.day, silent_for=silent)
        return frozenset({one_found.rule_id} if one_found else ())
    today = [given(vector, item, None, language) for item in vector.answers.split(";")]
    history = [
        given(vector, item.split()[1], item.split()[0], language)
        for item in vector.earlier.split(";")
        if item.strip()
    ]
    history.sort(key=lambda fact: fact.at)
    return frozenset(
        one.rule_id for one in find_red_flags(rules, day=vector.day, today=today, history=history)
    )


@pytest.mark.parametrize("procedure", OPERATIONS.values())
def test_every_answer_raises_exactly_what_it_means(procedure: str) -> None:
    mine = [vector for vector in VECTORS if vector.procedure == procedure]
    wrong = [
        f"{vector}: told {sorted(told(vector))}, expected {sorted(vector.fires)}"
        for vector in mine
        if not vector.text and told(vector) != vector.fires
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("procedure", OPERATIONS.values())
def test_every_danger_in_words_raises_its_rule(procedure: str) -> None:
    # Words may raise more than the one rule: the lists overlap on purpose.
    mine = [vector for vector in VECTORS if vector.procedure == procedure and vector.text]
    wrong = [
        f"{vector}: told {sorted(told(vector))}, expected {sorted(vector.fires)}"
        for vector in mine
        if not vector.fires <= told(vector)
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_answer_means_the_same_in_every_language(language: str) -> None:
    # What an answer means depends on its question, not on the operation: one of each will do.
    one_each = {(vector.answers, vector.earlier): vector for vector in VECTORS if vector.answers}
    wrong = [
        f"{vector}: told {sorted(told(vector, language))}"
        for vector in one_each.values()
        if told(vector, language) != vector.fires
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("language", ["hi", "mr"])
def test_what_a_rule_tells_the_patient_exists_in_every_language(language: str) -> None:
    for rules in PACK.rules.values():
        for rule in rules.rules:
            english = rules.wording(rule.wording).text
            assert texts.content_text(english, language) != english, f"{rules.id} {rule.id}"


@pytest.mark.parametrize("procedure", OPERATIONS.values())
def test_every_rule_is_fired_by_a_vector_and_kept_silent_by_another(procedure: str) -> None:
    rules = rules_of(procedure)
    fired: set[str] = set()
    asked: dict[str, set[str]] = defaultdict(set)
    for vector in VECTORS:
        if vector.procedure != procedure:
            continue
        fired |= vector.fires
        kinds = {item.strip().partition("=")[0] for item in vector.answers.split(";") if item}
        kinds |= {"silence"} if vector.silent_hours else set()
        for rule in rules.rules:
            about = {condition.question for condition in rule.conditions}
            about |= {"silence"} if rule.silence_hours else set()
            if about & kinds and rule.id not in vector.fires:
                asked[rule.id].add(str(vector))
    # Rules that only hear words are fired and kept silent by the messages in tests/triage.
    every = {rule.id for rule in rules.rules if rule.conditions or rule.silence_hours}
    assert every - fired == set()
    assert every - set(asked) == set()
