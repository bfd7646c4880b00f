"""What no single file can know: ids that must exist elsewhere, days that must fit together."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from exercises.entries import Entry, EntryModel, Shelves, is_empty, unique
from exercises.errors import Key, Problem, closest_to
from exercises.rule_checks import check_rule_set
from exercises.schema import (
    Exercise,
    PlannedExercise,
    Protocol,
    Questionnaire,
    RuleSet,
    Stage,
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
        "full-weight",  # the whole body on the operated leg: stairs foot over foot, one-leg stance
        "resisted-abduction",
        "active-straight-leg-raise",
        "hip-extension-past-neutral",
        "hip-external-rotation",
        "knee-flexion-over-90-loaded",
        "open-chain-knee-extension",
        "hamstring-loading",
        "active-shoulder",  # lifting the operated arm by its own strength
        "resisted-shoulder",
        "passive-shoulder",
        "spine-bending",
        "spine-twisting",
        "heavy-lifting",
    }
)
"""Tags a precaution may forbid even when no exercise carries them yet."""


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
        yield from check_rule_set(rule_set, users, questionnaires)


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


def _protocol(
    entry: Entry[Protocol], exercises: dict[str, Exercise], unread: frozenset[str]
) -> Iterator[Problem]:
    protocol = entry.model
    yield from unique(entry, ("stages",), protocol.stages, lambda item: item.id)
    yield from unique(entry, ("precautions",), protocol.precautions, lambda item: item.id)
    yield from unique(entry, ("milestones",), protocol.milestones, lambda item: item.id)
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
        yield from unique(entry, criteria, stage.exit_criteria, lambda item: item.id)
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
    yield from unique(entry, ("questions",), questions, lambda item: item.id)
    for index, question in enumerate(questions):
        key: Key = ("questions", index)
        yield from unique(entry, (*key, "options"), question.options, lambda item: item.value)
        if is_empty(question.from_day, question.to_day):
            found = f"an end on day {question.to_day}"
            yield entry.problem((*key, "to_day"), found, f"day {question.from_day} or later")
