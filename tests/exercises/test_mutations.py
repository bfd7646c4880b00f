"""Hundreds of seeded mistakes in the real content: each is refused at its file and key.

One load reads all files, so each round breaks many files at once, one mistake a file, and every
mistake must be told for its own file. A change that is no mistake is accepted.
"""

from __future__ import annotations

import copy
import json
import random
import shutil
import tomllib
from pathlib import Path
from typing import Any

import pytest

from exercises.errors import ContentError, Problem
from exercises.loader import FOLDERS, load
from tests.exercises.conftest import CONTENT
from tests.exercises.mistakes import ANYWHERE, EXERCISE, PROGRAMME, Data, Mistake

ROUNDS = 16


def toml(data: Data) -> str:
    """Write the data as TOML: JSON's strings and arrays are TOML's, only objects differ."""
    return "".join(f"{key} = {_value(value)}\n" for key, value in data.items())


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(k)} = {_value(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_value(item) for item in value) + "]"
    return json.dumps(value, ensure_ascii=False)


@pytest.fixture(scope="module")
def originals() -> dict[str, Data]:
    paths = [path for folder in FOLDERS for path in sorted((CONTENT / folder).glob("*.toml"))]
    return {
        f"{path.parent.name}/{path.name}": tomllib.loads(path.read_text(encoding="utf-8"))
        for path in paths
    }


@pytest.fixture
def copied(tmp_path: Path, originals: dict[str, Data]) -> Path:
    for folder in FOLDERS:
        shutil.copytree(CONTENT / folder, tmp_path / folder)
    return tmp_path


def break_all(
    root: Path,
    originals: dict[str, Data],
    folders: tuple[str, ...],
    mistakes: list[Mistake],
    round_number: int,
) -> dict[str, tuple[str, str]]:
    """Break every file of these folders, each in its own way.

    Returns the mistake and the key to be named, by file.
    """
    broken = {}
    for place, (file, data) in enumerate(sorted(originals.items())):
        if file.split("/")[0] not in folders:
            continue
        chance = random.Random(f"{file} {round_number}")
        # Every file goes through the whole list, each from its own start.
        for turn in range(len(mistakes)):
            wrong = copy.deepcopy(data)
            mistake = mistakes[(place + round_number + turn) % len(mistakes)]
            key = mistake(wrong, chance)
            if key is not None:
                broken[file] = (mistake.__name__, key)
                (root / file).write_text(toml(wrong), encoding="utf-8")
                break
    return broken


def refused(root: Path) -> tuple[Problem, ...]:
    with pytest.raises(ContentError) as caught:
        load(root)
    assert str(caught.value).startswith("The clinical content has")
    return caught.value.problems


def untold(broken: dict[str, tuple[str, str]], problems: tuple[Problem, ...]) -> list[object]:
    """The mistakes that no problem names with its file, a line and the start of its key.

    A key that is missing from the top of a file stands on no line.
    """
    told = [(p.file, p.key) for p in problems if p.line or p.found == "nothing"]
    return [
        (file, name, key)
        for file, (name, key) in broken.items()
        if not [
            1 for told_file, told_key in told if told_file == file and told_key.startswith(key)
        ]
    ]


def test_the_content_written_anew_is_the_same_content(
    copied: Path, originals: dict[str, Data]
) -> None:
    """Otherwise the mistakes below could be mistakes of the writing."""
    for file, data in originals.items():
        (copied / file).write_text(toml(data), encoding="utf-8")
    assert load(copied).hash == load(CONTENT).hash


@pytest.mark.parametrize("half", [0, 1])
def test_every_mistake_in_a_programme_is_refused_at_its_file_and_key(
    copied: Path, originals: dict[str, Data], half: int
) -> None:
    done = 0
    for round_number in range(half, ROUNDS, 2):
        broken = break_all(copied, originals, ("protocols",), PROGRAMME, round_number)
        assert not untold(broken, refused(copied))
        done += len(broken)
    assert done == ROUNDS // 2 * len([file for file in originals if file.startswith("protocols")])


@pytest.mark.parametrize("round_number", range(3))
def test_every_mistake_in_an_exercise_is_refused_at_its_file_and_key(
    copied: Path, originals: dict[str, Data], round_number: int
) -> None:
    broken = break_all(copied, originals, ("library",), EXERCISE, round_number)
    assert len(broken) >= 58
    assert not untold(broken, refused(copied))


@pytest.mark.parametrize("round_number", range(2))
def test_every_mistake_in_the_other_files_is_refused_at_its_file_and_key(
    copied: Path, originals: dict[str, Data], round_number: int
) -> None:
    folders = tuple(folder for folder in FOLDERS if folder not in ("library", "protocols"))
    broken = break_all(copied, originals, folders, ANYWHERE, round_number)
    problems = refused(copied)
    assert broken
    assert not untold(broken, problems)


def test_what_is_no_mistake_is_accepted(copied: Path, originals: dict[str, Data]) -> None:
    """Other words, another rhythm, a longer rule without exercises to break it, one source more."""
    for file, data in originals.items():
        changed = copy.deepcopy(data)
        changed["sources"].append("One more leaflet, n.d.")
        if file.startswith("protocols"):
            changed["title"] += " (new words)"
            for stage in changed["stages"]:
                stage["aim"] = f"{stage['aim']} Well done."
                stage["check_in_every_days"] = 3
                stage.pop("check_ins_rarer", None)
            changed["milestones"].append({**changed["milestones"][0], "id": "one-more"})
        if file.startswith("library"):
            changed["instruction"] += " Rest when you like."
        (copied / file).write_text(toml(changed), encoding="utf-8")
    assert load(copied).hash != load(CONTENT).hash
