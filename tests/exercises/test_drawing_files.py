"""A mistake in a figure file is refused with file, line, key and what was expected."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import exercises
from exercises.drawing import load_figures
from exercises.errors import ContentError, Problem

FIGURES = Path(exercises.__file__).parent / "figures"

# (old text, new text, key, part of found, part of expected, closest)
MISTAKES = {
    "a first time that is not 0": (
        "at = 0.0",
        "at = 0.5",
        "poses[0].at",
        "0.5",
        "0, because",
        None,
    ),
    "a time that goes backwards": ("at = 2.5", "at = 0.0", "poses[1].at", "0", "after 0", None),
    "an unknown joint": ("knee = 4", "kne = 4", "poses[0].other_leg.kne", "`kne`", "hip", "knee"),
    "an angle no knee has": (
        "knee = 4",
        "knee = 200",
        "poses[0].other_leg.knee",
        "200",
        "the knee from -5 to 150 degrees",
        None,
    ),
    "an unknown prop": ('"pillow"', '"pilow"', "props[1].kind", "'pilow'", "'pillow'", "pillow"),
    "a prop without its place": (
        "at = [-92, 45]\n",
        "",
        "props[0]",
        "a bed",
        "the key `at`",
        None,
    ),
    "a key this prop does not take": (
        "width = 34",
        "speed = 34",
        "props[1].speed",
        "`speed`",
        "for a pillow only",
        None,
    ),
    "a foot out of reach": (
        "heel = [36, 45.5]",
        "heel = [136, 45.5]",
        "poses[1].operated_leg.heel",
        "out of reach",
        "81",
        None,
    ),
    "both ways at once": (
        "heel = [36, 45.5]",
        "toe = [36, 45.5]",
        "poses[0].operated_leg",
        "heel and toe",
        "one of the two",
        None,
    ),
    "a loop that ends before its poses": (
        "seconds = 6.0",
        "seconds = 3.0",
        "seconds",
        "3",
        "at least 3.5",
        None,
    ),
    "an arrow outside the loop": (
        "show = [3.6, 6.0]",
        "show = [3.6, 9.0]",
        "arrows[1].show",
        "9.0",
        "up to 6 seconds",
        None,
    ),
    "another exercise's id": ('id = "EX05"', 'id = "EX06"', "id", "'EX06'", "'EX05'", None),
    "broken TOML": ("[[poses]]\nat = 2.5", "[[poses]\nat = 2.5", "", "[[poses]", "TOML", None),
}


def problems_after(folder: Path, old: str, new: str) -> tuple[Problem, ...]:
    (folder / "figures").mkdir()
    shutil.copy(FIGURES / "EX05.toml", folder / "figures")
    file = folder / "figures" / "EX05.toml"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ContentError) as caught:
        load_figures(folder)
    return caught.value.problems


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_named(name: str, tmp_path: Path):
    old, new, key, found, expected, closest = MISTAKES[name]
    problem = problems_after(tmp_path, old, new)[0]
    assert problem.file == "figures/EX05.toml"
    assert problem.line is not None
    assert problem.key == key
    assert found in problem.found
    assert expected in problem.expected
    assert problem.closest == closest


def test_a_figure_without_poses_is_refused(tmp_path: Path):
    (tmp_path / "figures").mkdir()
    file = tmp_path / "figures" / "EX05.toml"
    file.write_text('id = "EX05"\nview = "side"\nseconds = 3\n', encoding="utf-8")
    with pytest.raises(ContentError) as caught:
        load_figures(tmp_path)
    assert [problem.key for problem in caught.value.problems] == ["poses"]


def test_all_problems_are_told_together(tmp_path: Path):
    (tmp_path / "figures").mkdir()
    for name in ("EX05", "EX29"):
        text = (FIGURES / f"{name}.toml").read_text(encoding="utf-8")
        broken = text.replace('view = "side"', 'view = "sideways"')
        (tmp_path / "figures" / f"{name}.toml").write_text(broken, encoding="utf-8")
    with pytest.raises(ContentError) as caught:
        load_figures(tmp_path)
    assert [problem.file for problem in caught.value.problems] == [
        "figures/EX05.toml",
        "figures/EX29.toml",
    ]
