"""Checks inside a rule set, and between it and the questions it judges."""

from __future__ import annotations

import string
from collections.abc import Iterator

from exercises.entries import Entry, is_empty, unique
from exercises.errors import Key, Problem, closest_to
from exercises.schema import Condition, Protocol, Question, Questionnaire, Rule, RuleSet, Tier

PLACEHOLDERS = frozenset({"emergency_number", "clinic_phone"})
WORDING_LIMIT = 600
"""Characters. A patient in trouble reads one phone screen, not two."""


def check_rule_set(
    entry: Entry[RuleSet], users: list[Protocol], questionnaires: dict[str, Questionnaire]
) -> Iterator[Problem]:
    rules = entry.model
    yield from unique(entry, ("rules",), rules.rules, lambda item: item.id)
    yield from unique(entry, ("wordings",), rules.wordings, lambda item: item.id)
    yield from unique(entry, ("word_lists",), rules.word_lists, lambda item: item.id)
    for index, wording in enumerate(rules.wordings):
        yield from _wording(entry, index, wording.text)
    names = dict.fromkeys(n for p in users for n in (p.questionnaire, p.warning_signs))
    used = [questionnaires[name] for name in names if name in questionnaires]
    questions = {question.id: question for used_one in used for question in used_one.questions}
    for index, rule in enumerate(rules.rules):
        yield from _rule(entry, index, rule)
        if names and len(used) == len(names):
            yield from _conditions(entry, index, rule, questions)
    yield from _every_sign_has_a_rule(entry, used)


def _wording(entry: Entry[RuleSet], index: int, text: str) -> Iterator[Problem]:
    key: Key = ("wordings", index, "text")
    try:
        fields = {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
    except ValueError as error:
        yield entry.problem(key, f"a stray bracket ({error})", "{emergency_number} in full")
        return
    for name in sorted(fields - PLACEHOLDERS):
        expected = "only {emergency_number} and {clinic_phone}"
        yield entry.problem(key, f"{{{name}}}", expected, closest_to(name, PLACEHOLDERS))
    if len(text) > WORDING_LIMIT:
        yield entry.problem(key, f"{len(text)} characters", f"at most {WORDING_LIMIT}")


def _rule(entry: Entry[RuleSet], index: int, rule: Rule) -> Iterator[Problem]:
    key: Key = ("rules", index)
    wordings = {wording.id: wording.text for wording in entry.model.wordings}
    lists = {word_list.id for word_list in entry.model.word_lists}
    if rule.wording not in wordings:
        yield entry.unknown((*key, "wording"), rule.wording, "a wording in this file", wordings)
    else:
        needed = {Tier.EMERGENCY: "{emergency_number}", Tier.SAME_DAY: "{clinic_phone}"}
        number = needed.get(rule.tier, "")
        if number not in wordings[rule.wording]:
            found = f"the wording {rule.wording!r} without {number} for a {rule.tier} rule"
            yield entry.problem((*key, "wording"), found, "a wording with the number to call")
    for name in rule.any_words:
        if name not in lists:
            yield entry.unknown((*key, "any_words"), name, "a word list in this file", lists)
    if is_empty(rule.from_day, rule.to_day):
        found = f"an end on day {rule.to_day}"
        yield entry.problem((*key, "to_day"), found, f"day {rule.from_day} or later")


def _conditions(
    entry: Entry[RuleSet], index: int, rule: Rule, questions: dict[str, Question]
) -> Iterator[Problem]:
    for position, condition in enumerate(rule.when):
        place: Key = ("rules", index, "when", position)
        question = questions.get(condition.question)
        if question is None:
            kind = "a question of a questionnaire that goes with these rules"
            yield entry.unknown((*place, "question"), condition.question, kind, questions)
            continue
        yield from _condition(entry, place, condition, question)
        first = max(_or(rule.from_day, -10_000), _or(question.from_day, -10_000))
        last = min(_or(rule.to_day, 10_000), _or(question.to_day, 10_000))
        if last < first:
            found = f"{question.id!r}, which is never asked on the days of this rule"
            yield entry.problem((*place, "question"), found, "a question asked on these days")


def _or(value: int | None, otherwise: int) -> int:
    return otherwise if value is None else value


def _condition(
    entry: Entry[RuleSet], key: Key, condition: Condition, question: Question
) -> Iterator[Problem]:
    values = [option.value for option in question.options]
    for field in ("is_one_of", "after_days_of"):
        for value in getattr(condition, field):
            if value not in values:
                kind = f"an option of the question {question.id!r}"
                yield entry.problem((*key, field), repr(value), kind, closest_to(value, values))
    numbers = {"at_least": condition.at_least, "below": condition.below}
    if condition.rise_over_mean is not None:
        numbers["rise_over_mean"] = condition.rise_over_mean
    for field, number in numbers.items():
        if number is None:
            continue
        if question.kind == "choice":
            found = f"a number for {question.id!r}, which has options"
            yield entry.problem((*key, field), found, "is_one_of with its options")
        elif question.kind == "scale" and not question.minimum <= number <= question.maximum:
            expected = f"a number from {question.minimum} to {question.maximum}"
            yield entry.problem((*key, field), f"{number:g}", expected)


def _every_sign_has_a_rule(entry: Entry[RuleSet], used: list[Questionnaire]) -> Iterator[Problem]:
    """A warning sign that no rule answers would be a tap into the void."""
    heard = {
        (condition.question, value)
        for rule in entry.model.rules
        for condition in rule.when
        for value in condition.is_one_of
    }
    for questionnaire in used:
        if questionnaire.kind != "warning-signs":
            continue
        for question in questionnaire.questions:
            for option in question.options:
                if (question.id, option.value) not in heard:
                    found = f"no rule for the warning sign {option.value!r}"
                    yield entry.problem(("rules",), found, "a rule for every warning sign")
