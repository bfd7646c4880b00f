"""The frame of a protocol: ids used once, days in order, stages end to end, what it refers to."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from exercises.entries import Entry, Shelves, unique
from exercises.errors import Key, Problem, closest_to
from exercises.schema import Protocol, Stage


def check_frame(entry: Entry[Protocol], known_tags: Collection[str]) -> Iterator[Problem]:
    """Yield what is wrong with the stages, precautions and milestones themselves."""
    protocol = entry.model
    yield from unique(entry, ("stages",), protocol.stages, lambda item: item.id)
    yield from unique(entry, ("precautions",), protocol.precautions, lambda item: item.id)
    yield from unique(entry, ("milestones",), protocol.milestones, lambda item: item.id)
    for index, precaution in enumerate(protocol.precautions):
        key: Key = ("precautions", index)
        yield from _ordered(entry, key, precaution.from_day, precaution.to_day)
        for tag in sorted(precaution.forbids_tags.difference(known_tags)):
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
        yield from _low_risk(entry, index)
        yield from unique(entry, (*key, "exit_criteria"), stage.exit_criteria, lambda c: c.id)
    yield from _stay(entry)


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


def _low_risk(entry: Entry[Protocol], index: int) -> Iterator[Problem]:
    """A stage that may open by itself needs criteria before it, or nothing would hold it back."""
    stage = entry.model.stages[index]
    before = entry.model.stages[index - 1] if index else None
    if stage.low_risk and not (before and before.exit_criteria):
        found = f"a low-risk stage with no exit criteria before {stage.id}"
        expected = "exit_criteria in the stage before, or no low_risk"
        yield entry.problem(("stages", index, "low_risk"), found, expected)


def _stay(entry: Entry[Protocol]) -> Iterator[Problem]:
    """Days counted from the discharge need to know when that is before anybody records it."""
    if "stay_days" in entry.model.model_fields_set:
        return
    for field in ("precautions", "milestones"):
        for index, item in enumerate(getattr(entry.model, field)):
            if item.anchor == "discharge":
                found = "days counted from the discharge, and no `stay_days`"
                expected = "`stay_days` in the protocol: the typical nights in hospital"
                yield entry.problem((field, index, "anchor"), found, expected)


def check_names(entry: Entry[Protocol], shelves: Shelves) -> Iterator[Problem]:
    """Yield every file the protocol names that is not there, or that is about something else."""
    protocol = entry.model
    wanted = (
        ("questionnaire", protocol.questionnaire, "check-in"),
        ("warning_signs", protocol.warning_signs, "warning-signs"),
    )
    for field, name, kind in wanted:
        fitting = [q.model.id for q in shelves.questionnaires if q.model.kind == kind]
        if name not in fitting and name not in shelves.unread("questionnaires"):
            yield entry.unknown((field,), name, f"a questionnaire of the kind {kind!r}", fitting)
    rules = [entry.model.id for entry in shelves.rules]
    if protocol.rules not in rules and protocol.rules not in shelves.unread("rules"):
        yield entry.unknown(("rules",), protocol.rules, "a rule set", rules)
    yield from _education(entry, shelves)


def _education(entry: Entry[Protocol], shelves: Shelves) -> Iterator[Problem]:
    protocol = entry.model
    sets = {one.model.id: one.model for one in shelves.education}
    wanted = protocol.education
    if wanted is None or wanted in shelves.unread("education"):
        return
    if wanted not in sets:
        yield entry.unknown(("education",), wanted, "a set of education cards", sets)
    elif sets[wanted].procedure != protocol.procedure:
        found = f"{wanted!r}, the education cards of {sets[wanted].procedure}"
        yield entry.problem(("education",), found, f"the cards of {protocol.procedure}")
