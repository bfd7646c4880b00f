"""Checks inside the rule sets, between them, and with the questions they judge."""

from __future__ import annotations

import string
from collections.abc import Callable, Iterator

from exercises.composition import Composed, compose, extended
from exercises.entries import Entry, Shelves, is_empty, unique
from exercises.errors import Key, Problem, closest_to
from exercises.schema import (
    WITH_OPTIONS,
    Condition,
    Protocol,
    Question,
    Questionnaire,
    Rule,
    RuleSet,
    Tier,
)

PLACEHOLDERS = frozenset({"emergency_number", "clinic_phone"})
WORDING_LIMIT = 600
"""Characters. A patient in trouble reads one phone screen, not two."""


def check_rule_sets(shelves: Shelves) -> Iterator[Problem]:
    """Yield every problem inside the rule sets, between them, and with the questions they judge."""
    composed, problems = compose(shelves.rules, shelves.unread("rules"))
    yield from problems
    questionnaires = {entry.model.id: entry.model for entry in shelves.questionnaires}
    known = {measure.id for entry in shelves.measures for measure in entry.model.measures}
    any_unread = bool(shelves.unread("measures"))

    def is_measure(name: str) -> bool:
        return any_unread or name in known

    for entry in shelves.rules:
        yield from _own_parts(entry)
    needed = extended(shelves.rules) | {entry.model.rules for entry in shelves.protocols}
    may_be_used_unseen = shelves.unread("protocols") | shelves.unread("rules")
    for one in composed:
        users = [p.model for p in shelves.protocols if p.model.rules == one.whole.id]
        if one.whole.id not in needed and not may_be_used_unseen:
            found = "rules no protocol uses and no other rules extend"
            yield one.entry.problem(("id",), found, "a protocol with these rules")
        yield from _whole_set(one, users, questionnaires, is_measure)


def _own_parts(entry: Entry[RuleSet]) -> Iterator[Problem]:
    rules = entry.model
    yield from unique(entry, ("rules",), rules.rules, lambda item: item.id)
    yield from unique(entry, ("bands",), rules.bands, lambda item: item.id)
    yield from unique(entry, ("wordings",), rules.wordings, lambda item: item.id)
    yield from unique(entry, ("word_lists",), rules.word_lists, lambda item: item.id)
    yield from unique(entry, ("word_groups",), rules.word_groups, lambda item: item.id)
    for index, wording in enumerate(rules.wordings):
        yield from _wording(entry, index, wording.text)
    for index, rule in enumerate(rules.rules):
        if is_empty(rule.from_day, rule.to_day):
            found = f"an end on day {rule.to_day}"
            yield entry.problem(("rules", index, "to_day"), found, f"day {rule.from_day} or later")


def _whole_set(
    one: Composed,
    users: list[Protocol],
    questionnaires: dict[str, Questionnaire],
    is_measure: Callable[[str], bool],
) -> Iterator[Problem]:
    """Check the complete set; a rule is told at the place where it is written."""
    for rule in one.whole.rules:
        yield from _rule(one, rule)
        yield from _covers(one, rule)
    yield from _unknown_groups(one)
    for names in dict.fromkeys((p.questionnaire, p.warning_signs) for p in users):
        asked = [questionnaires[name] for name in names if name in questionnaires]
        if len(asked) < len(names):
            continue
        # A photo of the wound can be sent after any operation; no protocol names its questions.
        asked += [found for found in questionnaires.values() if found.kind == "wound-photo"]
        questions = {question.id: question for found in asked for question in found.questions}
        for rule in one.whole.rules:
            yield from _conditions(one, rule, questions, is_measure)
        yield from _every_sign_has_a_rule(one, asked)


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


def _rule(one: Composed, rule: Rule) -> Iterator[Problem]:
    entry, index = one.rules[rule.id]
    key: Key = ("rules", index)
    wordings = {wording.id: wording.text for wording in one.whole.wordings}
    if rule.wording not in wordings:
        kind = "a wording in this file or the sets it extends"
        yield entry.unknown((*key, "wording"), rule.wording, kind, wordings)
    else:
        needed = {Tier.EMERGENCY: "{emergency_number}", Tier.SAME_DAY: "{clinic_phone}"}
        number = needed.get(rule.tier, "")
        if number not in wordings[rule.wording]:
            found = f"the wording {rule.wording!r} without {number} for a {rule.tier} rule"
            yield entry.problem((*key, "wording"), found, "a wording with the number to call")
    for name in rule.any_words:
        if name not in one.word_lists:
            kind = "a word list in this file or the sets it extends"
            yield entry.unknown((*key, "any_words"), name, kind, one.word_lists)


def _unknown_groups(one: Composed) -> Iterator[Problem]:
    for words in one.whole.word_lists:
        entry, index = one.word_lists[words.id]
        for name in sorted(words.groups()):
            expected = "a word group of the sets extended, with words in this language"
            yield entry.problem(("word_lists", index, "words"), f"<{name}>", expected)


def _covers(one: Composed, rule: Rule) -> Iterator[Problem]:
    """What covers another rule must be at least as urgent, or the worse news would be lost."""
    entry, index = one.rules[rule.id]
    tiers = {other.id: other.tier for other in one.whole.rules}
    for position, name in enumerate(rule.covers):
        key: Key = ("rules", index, "covers", position)
        if name not in tiers or name == rule.id:
            yield entry.unknown(key, name, "another rule of this set", tiers)
        elif tiers[name].rank < rule.tier.rank:
            found = f"{name}, which is {tiers[name]}, covered by a {rule.tier} rule"
            yield entry.problem(key, found, "a rule that is not more urgent")


def _places(index: int, rule: Rule) -> Iterator[tuple[Key, Condition]]:
    for position, condition in enumerate(rule.when):
        yield ("rules", index, "when", position), condition
    for number, points in enumerate(rule.score.points if rule.score else ()):
        for position, condition in enumerate(points.when):
            place: Key = ("rules", index, "score", "points", number, "when", position)
            yield place, condition


def _conditions(
    one: Composed, rule: Rule, questions: dict[str, Question], is_measure: Callable[[str], bool]
) -> Iterator[Problem]:
    entry, index = one.rules[rule.id]
    for place, condition in _places(index, rule):
        if condition.band is not None:
            yield from _band(one, entry, place, condition)
        question = questions.get(condition.question)
        if question is None and is_measure(condition.question):
            continue
        if question is None:
            kind = f"a question of a questionnaire that goes with the rules {one.whole.id!r}"
            yield entry.unknown((*place, "question"), condition.question, kind, questions)
            continue
        yield from _condition(entry, place, condition, question)
        first = max(_or(rule.from_day, -10_000), _or(question.from_day, -10_000))
        last = min(_or(rule.to_day, 10_000), _or(question.to_day, 10_000))
        if last < first:
            found = f"{question.id!r}, which is never asked on the days of this rule"
            yield entry.problem((*place, "question"), found, "a question asked on these days")


def _band(
    one: Composed, entry: Entry[RuleSet], key: Key, condition: Condition
) -> Iterator[Problem]:
    field = "above_band" if condition.above_band else "below_band"
    band = one.whole.band(condition.band or "")
    if band is None:
        known = [band.id for band in one.whole.bands]
        kind = "a band in this file or the sets it extends"
        yield entry.unknown((*key, field), condition.band or "", kind, known)
    elif condition.question not in band.questions:
        found = f"the band {band.id!r}, which is not about {condition.question!r}"
        expected = f"one of its questions: {', '.join(band.questions)}"
        yield entry.problem((*key, field), found, expected)


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
        if question.kind in WITH_OPTIONS:
            found = f"a number for {question.id!r}, which has options"
            yield entry.problem((*key, field), found, "is_one_of with its options")
        elif (
            question.kind in ("scale", "number")
            and not question.minimum <= number <= question.maximum
        ):
            expected = f"a number from {question.minimum} to {question.maximum}"
            yield entry.problem((*key, field), f"{number:g}", expected)


def _every_sign_has_a_rule(one: Composed, asked: list[Questionnaire]) -> Iterator[Problem]:
    """A warning sign that no rule answers would be a tap into the void."""
    for questionnaire in asked:
        if questionnaire.kind == "warning-signs":
            for value in one.whole.unheard(questionnaire):
                found = f"no rule for the warning sign {value!r}"
                yield one.entry.problem(("rules",), found, "a rule for every warning sign")
