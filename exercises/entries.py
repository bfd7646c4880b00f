"""A parsed content file with its places, and all of them together: what the checks look at."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from exercises.errors import Key, Problem, closest_to, key_text
from exercises.places import Places
from exercises.schema import (
    EducationSet,
    Exercise,
    MeasureSet,
    Protocol,
    Questionnaire,
    RuleSet,
)

Item = TypeVar("Item")
EntryModel = TypeVar(
    "EntryModel", Exercise, Protocol, Questionnaire, RuleSet, MeasureSet, EducationSet
)


@dataclass(frozen=True)
class Entry(Generic[EntryModel]):
    """A parsed content file and where its keys stand."""

    folder: str
    file: str
    places: Places
    model: EntryModel

    def problem(self, key: Key, found: str, expected: str, closest: str | None = None) -> Problem:
        """Make a problem at a key of this file."""
        line = self.places.line_of(key)
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
    measures: list[Entry[MeasureSet]]
    education: list[Entry[EducationSet]]
    unreadable: frozenset[str]
    """E.g. `library/EX05`. Its own problem is told, so nobody need hear that EX05 is unknown."""

    def unread(self, folder: str) -> frozenset[str]:
        """Return the ids of a folder whose files could not be read."""
        start = f"{folder}/"
        return frozenset(
            name.removeprefix(start) for name in self.unreadable if name.startswith(start)
        )


def unique(
    entry: Entry[EntryModel], key: Key, items: Iterable[Item], name: Callable[[Item], str]
) -> Iterator[Problem]:
    field = "value" if key[-1] == "options" else "id"
    seen: set[str] = set()
    for index, item in enumerate(items):
        if name(item) in seen:
            found = f"{name(item)!r} a second time"
            yield entry.problem((*key, index, field), found, "an id used once")
        seen.add(name(item))


def is_empty(from_day: int | None, to_day: int | None) -> bool:
    return from_day is not None and to_day is not None and to_day < from_day
