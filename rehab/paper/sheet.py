"""What a hand-out says: words in the patient's language, ready to be laid out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

Frame = Literal["emergency", "same_day", "care", "plain"]


@dataclass(frozen=True)
class Tick:
    """One day of an exercise: a box to tick, or none when it is not planned that day."""

    weekday: str
    day: str
    is_planned: bool


@dataclass(frozen=True)
class Exercise:
    """One exercise with one dose."""

    name: str
    dose: str
    instruction: str
    stop_signs: str
    caution: str
    ticks: tuple[Tick, ...]
    picture: str = ""
    """Names the picture among those handed to `draw`; empty when there is none."""


@dataclass(frozen=True)
class Box:
    """A framed heading with what belongs under it."""

    frame: Frame
    heading: str
    text: str = ""
    items: tuple[str, ...] = ()


@dataclass(frozen=True)
class Sheet:
    """One patient's hand-out. It carries the pseudonymous code and no name."""

    language: str
    printed_on: date
    """The patient's local date; also the creation date of the file."""
    title: str
    facts: tuple[str, ...]
    """Under the title, one line each."""
    chat_link: str
    chat_words: str
    """Under the square that opens `chat_link`."""
    before: tuple[Box, ...]
    """What to read before exercising."""
    exercises_heading: str
    ticks_heading: str
    exercises: tuple[Exercise, ...]
    warnings: tuple[Box, ...]
    """The warning signs, on a page of their own at the end."""
    footer: str
    """Versions of the content and the day of printing."""
    notes: tuple[str, ...]
    """What waits for somebody's check; on every page."""
    page: str
    """`{page}` and `{pages}` are filled in."""
