"""What no single file can know: ids that must exist elsewhere, days that must fit together."""

from __future__ import annotations

import string
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from exercises.errors import Key, Problem, closest_to, key_text
from exercises.places import line_of
from exercises.schema import (
    Condition,
    Exercise,
    PlannedExercise,
    Protocol,
    Question,
    Questionnaire,
    Rule,
    RuleSet,
    Stage,
    Tier,
)

KNOWN_TAGS = frozenset(
    {
        "impact",  # running, jumping, contact
        "loading",  # strength or body weight on the hip: stops on suspicion of fracture or clot
        "hip-flexion-over-90",
        "hip-internal-rotation",  # the leg turned inwards past straight ahead
        "crossing-midline",
        "pivot",  # twisting on the planted leg
        "resisted",  # bands, weights, machines
        "pool",
        "end-range",  # a gentle stretch at the end of the movement
        "forced-end-range",
        "long-walk",
    }
)
"""Tags a precaution may forbid even when no exercise carries them yet."""

PLACEHOLDERS = frozenset({"emergency_number", "clinic_phone"})
WORDING_LIMIT = 600
"""Characters. A patient in trouble reads one phone screen, not two."""

EntryModel = TypeVar("EntryModel", Exercise, Protocol, Questionnaire, RuleSet)
Item = TypeVar("Item")


@dataclass(frozen=True)
class Entry(Generic[EntryModel]):
    """A parsed content file and where its keys stand."""

    folder: str
    file: str
    lines: dict[Key, int]
    model: EntryModel

    def problem(self, key: Key, found: str, expected: str, closest: str | None = None) -> Problem:
        """Make a problem at a key of this file."""
        line = line_of(self.lines, key)
        return Problem(self.file, line, key_text(key), found, expected, closest)

    def unknown(self, key: Key, value: str, kind: str, known: Iterable[str]) -> Problem:
        """Make a problem about an id that does not exist."""
        return self.problem(key, repr(value), f"the id of {kind}", closest_to(value, known))


@dataclass(frozen=True)
class Shelves:
    """Everything that could be parsed, file by file, and the names of the files that could not."""

    exercises: list[Entry[Exercise]]
    protocols: list[Entry[Protocol]]
    questionnaires: list[Entry[Questionnaire]]
    rules: list[Entry[RuleSet]]
    unreadable: frozenset[str]
    """E.g. `library/EX05`. Its own problem is told, so nobody need hear that EX05 is unknown."""

    def unread(self, folder: str) -> frozenset[str]:
        """Return the ids of a folder whose files could not be read."""
        start = f"{folder}/"
        return frozenset(
            name.removeprefix(start) for name in self.unreadable if name.startswith(start)
        )


def cross_check(shelves: Shelves) -> Iterator[Problem]:
    """Yield every problem between the files and inside them that the schema cannot see."""
    exercises = {entry.model.id: entry.model for entry in shelves.exercises}
    questionnaires = {entry.model.id: entry.model for entry in shelves.questionnaires}
    rules = {entry.model.id: entry.model for entry in shelves.rules}
    yield from _file_names(shelves.exercises)
    yield from _file_names(shelves.protocols)
    yield from _file_names(shelves.questionnaires)
    yield from _file_names(shelves.rules)
    unread = shelves.unread("library")
    yield from _regressions(shelves.exercises, exercises.keys() | unread)
    yield from _one_protocol_per_variant(shelves.protocols)
    for protocol in shelves.protocols:
        yield from _protocol(protocol, exercises, unread)
        yield from _names(protocol, questionnaires, rules, shelves)
    for questionnaire in shelves.questionnaires:
        yield from _questionnaire(questionnaire)
    for rule_set in shelves.rules:
        users = [p.model for p in shelves.protocols if p.model.rules == rule_set.model.id]
        if not users and not shelves.unread("protocols"):
            found = "rules no protocol uses"
            yield rule_set.problem(("id",), found, "a protocol with these rules")
        yield from _rule_set(rule_set, users, questionnaires)


def _file_names(entries: list[Entry[EntryModel]]) -> Iterator[Problem]:
    first: dict[str, str] = {}
    for entry in entries:
        name = entry.file.rsplit("/", 1)[-1].removesuffix(".toml")
        content_id = entry.model.id
        if name != content_id:
            expected = f"the name of the file, {name!r}"
            yield entry.problem(("id",), f"the id {content_id!r}", expected)
        if content_id in first:
            found = f"the id {content_id!r} a second time"
            yield entry.problem(("id",), found, f"an id not used in {first[content_id]}")
        first.setdefault(content_id, entry.file)


def _unique(
    entry: Entry[EntryModel], key: Key, items: Iterable[Item], name: Callable[[Item], str]
) -> Iterator[Problem]:
    field = "value" if key[-1] == "options" else "id"
    seen: set[str] = set()
    for index, item in enumerate(items):
        if name(item) in seen:
            found = f"{name(item)!r} a second time"
            yield entry.problem((*key, index, field), found, "an id used once")
        seen.add(name(item))


def _regressions(entries: list[Entry[Exercise]], known: Collection[str]) -> Iterator[Problem]:
    easier: dict[str, set[str]] = {}
    for entry in entries:
        exercise = entry.model
        for field, other in (("easier", exercise.easier), ("harder", exercise.harder)):
            if other is not None and other not in known:
                yield entry.unknown((field,), other, "an exercise in the library", known)
        if exercise.easier:
            easier.setdefault(exercise.id, set()).add(exercise.easier)
        if exercise.harder:
            easier.setdefault(exercise.harder, set()).add(exercise.id)
    for entry in entries:
        if _reaches(easier, entry.model.id, entry.model.id):
            field = "easier" if entry.model.easier else "harder"
            found = f"{entry.model.id} is easier than itself, going round a circle"
            yield entry.problem((field,), found, "a line of exercises from easy to hard")


def _reaches(edges: dict[str, set[str]], start: str, goal: str) -> bool:
    seen: set[str] = set()
    waiting = list(edges.get(start, ()))
    while waiting:
        here = waiting.pop()
        if here == goal:
            return True
        if here not in seen:
            seen.add(here)
            waiting.extend(edges.get(here, ()))
    return False


def _one_protocol_per_variant(entries: list[Entry[Protocol]]) -> Iterator[Problem]:
    first: dict[tuple[str, str], str] = {}
    for entry in entries:
        what = (entry.model.procedure, entry.model.variant)
        if what in first:
            found = f"a second protocol for {what[0]} ({what[1]})"
            yield entry.problem(("variant",), found, f"one only; the first is {first[what]}")
        first.setdefault(what, entry.file)


def _protocol(
    entry: Entry[Protocol], exercises: dict[str, Exercise], unread: frozenset[str]
) -> Iterator[Problem]:
    protocol = entry.model
    yield from _unique(entry, ("stages",), protocol.stages, lambda item: item.id)
    yield from _unique(entry, ("precautions",), protocol.precautions, lambda item: item.id)
    yield from _unique(entry, ("milestones",), protocol.milestones, lambda item: item.id)
    known_tags = KNOWN_TAGS.union(*(exercise.tags for exercise in exercises.values()))
    for index, precaution in enumerate(protocol.precautions):
        key: Key = ("precautions", index)
        yield from _ordered(entry, key, precaution.from_day, precaution.to_day)
        for tag in sorted(precaution.forbids_tags - known_tags):
            kind = "a tag that an exercise carries or that is known"
            yield entry.problem(
                (*key, "forbids_tags"), repr(tag), kind, closest_to(tag, known_tags)
            )
    for index, milestone in enumerate(protocol.milestones):
        yield from _ordered(entry, ("milestones", index), milestone.from_day, milestone.to_day)
    for index, stage in enumerate(protocol.stages):
        key = ("stages", index)
        yield from _ordered(entry, key, stage.from_day, stage.to_day)
        if index:
            yield from _follows(entry, index, protocol.stages[index - 1], stage)
        criteria: Key = (*key, "exit_criteria")
        yield from _unique(entry, criteria, stage.exit_criteria, lambda item: item.id)
        yield from _plan(entry, index, exercises, unread)


def _ordered(entry: Entry[Protocol], key: Key, from_day: int, to_day: int) -> Iterator[Problem]:
    if to_day < from_day:
        found = f"an end on day {to_day}"
        yield entry.problem((*key, "to_day"), found, f"day {from_day} or later")


def _follows(entry: Entry[Protocol], index: int, before: Stage, stage: Stage) -> Iterator[Problem]:
    if stage.from_day == before.to_day + 1:
        return
    wrong = "an overlap" if stage.from_day <= before.to_day else "a gap"
    yield entry.problem(
        ("stages", index, "from_day"),
        f"{wrong}: {stage.id} starts on day {stage.from_day}, "
        f"{before.id} ends on day {before.to_day}",
        f"day {before.to_day + 1}",
    )


def _plan(
    entry: Entry[Protocol],
    stage_index: int,
    exercises: dict[str, Exercise],
    unread: frozenset[str],
) -> Iterator[Problem]:
    stage = entry.model.stages[stage_index]
    windows: dict[str, list[tuple[int, int]]] = {}
    for index, planned in enumerate(stage.exercises):
        key: Key = ("stages", stage_index, "exercises", index)
        first, last = planned_days(stage, planned)
        if first < stage.from_day or last > stage.to_day or first > last:
            found = f"days {first} to {last}"
            expected = f"days inside {stage.id} ({stage.from_day} to {stage.to_day})"
            yield entry.problem(key, found, expected)
        for other_first, other_last in windows.get(planned.exercise, []):
            if first <= other_last and other_first <= last:
                found = f"{planned.exercise} planned twice on the same days"
                yield entry.problem(key, found, "windows of days that do not overlap")
        windows.setdefault(planned.exercise, []).append((first, last))
        exercise = exercises.get(planned.exercise)
        if exercise is None:
            if planned.exercise not in unread:
                kind = "an exercise in the library"
                yield entry.unknown((*key, "exercise"), planned.exercise, kind, exercises)
            continue
        for precaution in entry.model.precautions:
            tags = sorted(precaution.forbids_tags & exercise.tags)
            if tags and first <= precaution.to_day and precaution.from_day <= last:
                yield entry.problem(
                    key,
                    f"{exercise.id} ({exercise.name}) with the tag {', '.join(tags)} "
                    f"on days {first} to {last}",
                    f"none of it while the precaution {precaution.id!r} holds "
                    f"(days {precaution.from_day} to {precaution.to_day})",
                )


def planned_days(stage: Stage, planned: PlannedExercise) -> tuple[int, int]:
    """Return the first and the last day an exercise is planned on inside its stage."""
    first = stage.from_day if planned.from_day is None else planned.from_day
    last = stage.to_day if planned.to_day is None else planned.to_day
    return first, last


def _names(
    entry: Entry[Protocol],
    questionnaires: dict[str, Questionnaire],
    rules: dict[str, RuleSet],
    shelves: Shelves,
) -> Iterator[Problem]:
    protocol = entry.model
    wanted = (
        ("questionnaire", protocol.questionnaire, "check-in"),
        ("warning_signs", protocol.warning_signs, "warning-signs"),
    )
    for field, name, kind in wanted:
        fitting = [q.id for q in questionnaires.values() if q.kind == kind]
        if name not in fitting and name not in shelves.unread("questionnaires"):
            yield entry.unknown((field,), name, f"a questionnaire of the kind {kind!r}", fitting)
    if protocol.rules not in rules and protocol.rules not in shelves.unread("rules"):
        yield entry.unknown(("rules",), protocol.rules, "a rule set", rules)


def _questionnaire(entry: Entry[Questionnaire]) -> Iterator[Problem]:
    questions = entry.model.questions
    yield from _unique(entry, ("questions",), questions, lambda item: item.id)
    for index, question in enumerate(questions):
        key: Key = ("questions", index)
        yield from _unique(entry, (*key, "options"), question.options, lambda item: item.value)
        if _empty(question.from_day, question.to_day):
            found = f"an end on day {question.to_day}"
            yield entry.problem((*key, "to_day"), found, f"day {question.from_day} or later")


def _empty(from_day: int | None, to_day: int | None) -> bool:
    return from_day is not None and to_day is not None and to_day < from_day


def _rule_set(
    entry: Entry[RuleSet], users: list[Protocol], questionnaires: dict[str, Questionnaire]
) -> Iterator[Problem]:
    rules = entry.model
    yield from _unique(entry, ("rules",), rules.rules, lambda item: item.id)
    yield from _unique(entry, ("wordings",), rules.wordings, lambda item: item.id)
    yield from _unique(entry, ("word_lists",), rules.word_lists, lambda item: item.id)
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
    if _empty(rule.from_day, rule.to_day):
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
