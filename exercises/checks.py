"""What no single file can know: ids that must exist elsewhere, days that must fit together."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from exercises.criterion_checks import check_criteria
from exercises.dose_checks import check_library_dose
from exercises.education_checks import check_education
from exercises.entries import Entry, EntryModel, Shelves, unique
from exercises.errors import Problem
from exercises.plan_checks import check_plan
from exercises.protocol_checks import check_frame, check_names
from exercises.questionnaire_checks import check_questionnaire
from exercises.rule_checks import check_rule_sets
from exercises.schema import Exercise, Measure, MeasureSet, Protocol
from exercises.tags import KNOWN_TAGS


def cross_check(shelves: Shelves) -> Iterator[Problem]:
    """Yield every problem between the files and inside them that the schema cannot see."""
    yield from _file_names(shelves.exercises)
    yield from _file_names(shelves.protocols)
    yield from _file_names(shelves.questionnaires)
    yield from _file_names(shelves.rules)
    yield from _file_names(shelves.measures)
    yield from _file_names(shelves.education)
    known = {entry.model.id for entry in shelves.exercises} | shelves.unread("library")
    yield from _regressions(shelves.exercises, known)
    for exercise in shelves.exercises:
        yield from check_library_dose(exercise)
    yield from _protocols(shelves)
    for questionnaire in shelves.questionnaires:
        yield from check_questionnaire(questionnaire)
    for measures in shelves.measures:
        yield from unique(measures, ("measures",), measures.model.measures, lambda m: m.id)
    for cards in shelves.education:
        yield from check_education(cards, shelves)
    yield from check_rule_sets(shelves)


def _protocols(shelves: Shelves) -> Iterator[Problem]:
    exercises = {entry.model.id: entry.model for entry in shelves.exercises}
    questionnaires = {entry.model.id: entry.model for entry in shelves.questionnaires}
    tags = KNOWN_TAGS.union(*(exercise.tags for exercise in exercises.values()))
    yield from _one_protocol_per_variant(shelves)
    for protocol in shelves.protocols:
        yield from check_frame(protocol, tags)
        yield from check_plan(protocol, exercises, shelves.unread("library"))
        yield from check_names(protocol, shelves)
        if not shelves.unread("measures"):
            yield from check_criteria(protocol, _measures(shelves.measures), questionnaires)


def _measures(entries: list[Entry[MeasureSet]]) -> dict[str, Measure]:
    return {measure.id: measure for entry in entries for measure in entry.model.measures}


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


def _one_protocol_per_variant(shelves: Shelves) -> Iterator[Problem]:
    first: dict[tuple[str, str], str] = {}
    for entry in shelves.protocols:
        what = (entry.model.procedure, entry.model.variant)
        if what in first:
            found = f"a second protocol for {what[0]} ({what[1]})"
            yield entry.problem(("variant",), found, f"one only; the first is {first[what]}")
        first.setdefault(what, entry.file)
    yield from _one_default(shelves.protocols, any_unread=bool(shelves.unread("protocols")))


def _one_default(entries: list[Entry[Protocol]], *, any_unread: bool) -> Iterator[Problem]:
    defaults: dict[str, list[Entry[Protocol]]] = {}
    for entry in entries:
        defaults.setdefault(entry.model.procedure, []).extend([entry] * entry.model.is_default)
    for entry in entries:
        chosen = defaults[entry.model.procedure]
        if not chosen and not any_unread:
            found = f"no default variant of {entry.model.procedure}"
            yield entry.problem(("variant",), found, "is_default = true in one of its protocols")
            chosen.append(entry)
        elif entry.model.is_default and entry is not chosen[0]:
            found = f"a second default variant of {entry.model.procedure}"
            yield entry.problem(("is_default",), found, f"one; the first is {chosen[0].file}")
