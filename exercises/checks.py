"""What no single file can know: ids that must exist elsewhere, days that must fit together."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from exercises.entries import Entry, EntryModel, Shelves, is_empty, unique
from exercises.errors import Key, Problem, closest_to
from exercises.rule_checks import check_rule_sets
from exercises.schema import (
    Exercise,
    PlannedExercise,
    Protocol,
    Questionnaire,
    RuleSet,
    Stage,
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
    yield from check_rule_sets(shelves)


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
    yield from _one_default(entries)


def _one_default(entries: list[Entry[Protocol]]) -> Iterator[Problem]:
    defaults: dict[str, list[Entry[Protocol]]] = {}
    for entry in entries:
        defaults.setdefault(entry.model.procedure, []).extend([entry] * entry.model.is_default)
    for entry in entries:
        chosen = defaults[entry.model.procedure]
        if not chosen:
            found = f"no default variant of {entry.model.procedure}"
            yield entry.problem(("variant",), found, "is_default = true in one of its protocols")
            chosen.append(entry)
        elif entry is not chosen[0] and entry.model.is_default:
            found = f"a second default variant of {entry.model.procedure}"
            yield entry.problem(("is_default",), found, f"one; the first is {chosen[0].file}")


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
    yield from unique(entry, ("questions",), questions, lambda item: item.id)
    for index, question in enumerate(questions):
        key: Key = ("questions", index)
        yield from unique(entry, (*key, "options"), question.options, lambda item: item.value)
        if is_empty(question.from_day, question.to_day):
            found = f"an end on day {question.to_day}"
            yield entry.problem((*key, "to_day"), found, f"day {question.from_day} or later")
