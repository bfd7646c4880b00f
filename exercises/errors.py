"""What is wrong with the content, said so that a physiotherapist can mend it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

Key = tuple[str | int, ...]


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: where it stands, what was found and what was expected."""

    file: str
    """Relative to the content folder, e.g. `protocols/hip-resurfacing-standard.toml`."""
    line: int | None
    key: str
    """The place inside the file, e.g. `stages[2].exercises[0].dose.reps`; may be empty."""
    found: str
    expected: str
    closest: str | None = None
    """The known id or key that looks most like the one found."""

    def __str__(self) -> str:
        place = self.file
        if self.line is not None:
            place += f", line {self.line}"
        if self.key:
            place += f", {self.key}"
        sentence = f"{place}: found {self.found}; expected {self.expected}."
        if self.closest is not None:
            sentence += f" Did you mean {self.closest!r}?"
        return sentence


class ContentError(Exception):
    """The content cannot be used. Holds every problem found, not only the first."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__(self.problems)

    def __str__(self) -> str:
        count = len(self.problems)
        head = f"The clinical content has {count} problem{'' if count == 1 else 's'}:"
        return "\n".join([head, *(f"- {problem}" for problem in self.problems)])


def key_text(key: Key) -> str:
    """Write a key path for a person: `("stages", 2, "dose")` becomes `stages[2].dose`."""
    text = ""
    for part in key:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            text += f".{part}" if text else part
    return text


def closest_to(word: str, known: Iterable[str]) -> str | None:
    """Return the known word most like this one, or None when nothing is near."""
    matches = difflib.get_close_matches(word, sorted(known), n=1, cutoff=0.5)
    return matches[0] if matches else None
