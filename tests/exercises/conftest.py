"""The shipped content, and a copy of it that a test may break."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

import exercises
from exercises.errors import ContentError, Problem
from exercises.loader import FOLDERS, ContentPack, load

CONTENT = Path(exercises.__file__).parent


@pytest.fixture(scope="session")
def pack() -> ContentPack:
    return load()


@pytest.fixture
def content(tmp_path: Path) -> Path:
    """A copy of the content folder."""
    for folder in FOLDERS:
        shutil.copytree(CONTENT / folder, tmp_path / folder)
    return tmp_path


Change = Callable[[str, str, str], None]


@pytest.fixture
def change(content: Path) -> Change:
    """Replace the first occurrence of a text in a file of the copy."""

    def replace(file: str, old: str, new: str) -> None:
        path = content / file
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{file} has no {old!r}"
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    return replace


@pytest.fixture
def problems(content: Path) -> Callable[[], tuple[Problem, ...]]:
    """Load the copy, which must be refused, and return what is wrong with it."""

    def refused() -> tuple[Problem, ...]:
        with pytest.raises(ContentError) as caught:
            load(content)
        return caught.value.problems

    return refused
