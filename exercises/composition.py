"""Rule sets that build on each other, made into complete ones: the order of the laws is here."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from exercises.entries import Entry
from exercises.errors import Problem, closest_to
from exercises.schema import Band, Rule, RuleSet, WordGroup, Wording, WordList

Part = TypeVar("Part", Rule, Wording, WordList, WordGroup, Band)
Place = tuple[Entry[RuleSet], int]
"""The file a part stands in and its index there."""


@dataclass(frozen=True)
class Composed:
    """A rule set with everything it inherits, and where each of its parts is written."""

    entry: Entry[RuleSet]
    whole: RuleSet
    rules: Mapping[str, Place]
    wordings: Mapping[str, Place]
    word_lists: Mapping[str, Place]


@dataclass
class _Shelf:
    """The parts of a set while it is put together: id to place, inherited ones first."""

    rules: dict[str, Place] = field(default_factory=dict)
    wordings: dict[str, Place] = field(default_factory=dict)
    word_lists: dict[str, Place] = field(default_factory=dict)
    word_groups: dict[str, Place] = field(default_factory=dict)
    bands: dict[str, Place] = field(default_factory=dict)


def compose(
    entries: Iterable[Entry[RuleSet]], unread: Collection[str] = ()
) -> tuple[list[Composed], list[Problem]]:
    """Return the complete sets, and every problem in how the sets name each other.

    A set that cannot be completed (it goes round in a circle, or extends a set that is unknown or
    stands in `unread`, the files nobody could read) is left out of the first list.
    """
    known = {entry.model.id: entry for entry in entries}
    problems = list(_wrong_names(known, unread))
    whole = [_compose(entry, known) for entry in known.values() if _is_sound(entry, known)]
    problems += [problem for one in whole for problem in _left_out_for_nothing(one, known)]
    return whole, problems


def extended(entries: Iterable[Entry[RuleSet]]) -> frozenset[str]:
    """Return the ids of the sets that another set builds on."""
    return frozenset(name for entry in entries for name in entry.model.extends)


def _wrong_names(
    known: Mapping[str, Entry[RuleSet]], unread: Collection[str]
) -> Iterator[Problem]:
    for entry in known.values():
        for index, name in enumerate(entry.model.extends):
            if name not in known and name not in unread:
                yield entry.unknown(("extends", index), name, "a rule set", known)
        if entry.model.id in _below(entry, known):
            found = f"{entry.model.id} extends itself, going round a circle"
            yield entry.problem(("extends",), found, "sets that build on others, from the base up")


def _below(entry: Entry[RuleSet], known: Mapping[str, Entry[RuleSet]]) -> set[str]:
    """Return the ids of all sets this one builds on, directly or not."""
    seen: set[str] = set()
    waiting = list(entry.model.extends)
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting.extend(known[name].model.extends if name in known else ())
    return seen


def _is_sound(entry: Entry[RuleSet], known: Mapping[str, Entry[RuleSet]]) -> bool:
    below = _below(entry, known)
    circle = any(name in _below(known[name], known) for name in below if name in known)
    return below <= known.keys() and entry.model.id not in below and not circle


def _compose(entry: Entry[RuleSet], known: Mapping[str, Entry[RuleSet]]) -> Composed:
    shelf = _shelf(entry, known)
    # In the order of the red-flag families, so that which file a rule stands in changes nothing in
    # the order people see. Inside a family the base comes first.
    rules = dict(sorted(shelf.rules.items(), key=lambda item: item[0].partition(".")[0]))
    _drop_orphans(shelf, [known[name] for name in entry.model.extends], known)
    groups = {name: one.model.word_groups[i] for name, (one, i) in shelf.word_groups.items()}
    lists = (one.model.word_lists[i] for one, i in shelf.word_lists.values())
    whole = entry.model.model_copy(
        update={
            "extends": (),
            "leaves_out": (),
            "rules": tuple(place.model.rules[index] for place, index in rules.values()),
            "wordings": tuple(one.model.wordings[i] for one, i in shelf.wordings.values()),
            "word_lists": tuple(one.with_groups(groups) for one in lists),
            "word_groups": (),
            "bands": tuple(one.model.bands[i] for one, i in shelf.bands.values()),
        }
    )
    return Composed(entry, whole, rules, shelf.wordings, shelf.word_lists)


def _shelf(entry: Entry[RuleSet], known: Mapping[str, Entry[RuleSet]]) -> _Shelf:
    shelf = _Shelf()
    for name in entry.model.extends:
        base = _shelf(known[name], known)
        shelf.rules.update(base.rules)
        shelf.wordings.update(base.wordings)
        shelf.word_lists.update(base.word_lists)
        shelf.word_groups.update(base.word_groups)
        shelf.bands.update(base.bands)
    for name in entry.model.leaves_out:
        shelf.rules.pop(name, None)
    shelf.rules.update(_own(entry, entry.model.rules))
    shelf.wordings.update(_own(entry, entry.model.wordings))
    shelf.word_lists.update(_own(entry, entry.model.word_lists))
    shelf.word_groups.update(_own(entry, entry.model.word_groups))
    shelf.bands.update(_own(entry, entry.model.bands))
    return shelf


def _drop_orphans(
    shelf: _Shelf, bases: Iterable[Entry[RuleSet]], known: Mapping[str, Entry[RuleSet]]
) -> None:
    """Leave out the texts and words of which only rules that were replaced or left out spoke."""
    gone = [
        _rule_at(place)
        for base in bases
        for name, place in _shelf(base, known).rules.items()
        if shelf.rules.get(name) != place
    ]
    here = [_rule_at(place) for place in shelf.rules.values()]
    for wording in {rule.wording for rule in gone} - {rule.wording for rule in here}:
        shelf.wordings.pop(wording, None)
    spoken = {name for rule in here for name in rule.any_words}
    for words in {name for rule in gone for name in rule.any_words} - spoken:
        shelf.word_lists.pop(words, None)


def _rule_at(place: Place) -> Rule:
    entry, index = place
    return entry.model.rules[index]


def _own(entry: Entry[RuleSet], parts: tuple[Part, ...]) -> dict[str, Place]:
    return {part.id: (entry, index) for index, part in enumerate(parts)}


def _left_out_for_nothing(one: Composed, known: Mapping[str, Entry[RuleSet]]) -> Iterator[Problem]:
    entry = one.entry
    inherited = {rule for name in entry.model.extends for rule in _shelf(known[name], known).rules}
    for index, name in enumerate(entry.model.leaves_out):
        if name not in inherited:
            found, expected = repr(name), "the id of a rule of the sets this one extends"
            yield entry.problem(
                ("leaves_out", index), found, expected, closest_to(name, inherited)
            )
