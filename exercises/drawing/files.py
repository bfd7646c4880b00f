"""Reads the figure files: every one valid, or refused with every problem named."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import get_args

from exercises.drawing.checks import faults
from exercises.drawing.figure import Figure, PropKind
from exercises.errors import ContentError, Problem, closest_to, key_text
from exercises.files import parse

_FOLDER = "figures"


def load_figures(root: Path | None = None) -> Mapping[str, Figure]:
    """Read `figures/*.toml` below `root` (default: the content of this package), by exercise id.

    Raises ContentError with every problem found when anything at all is wrong.
    """
    root = root or Path(__file__).parent.parent
    problems: list[Problem] = []
    figures = {}
    for path in sorted((root / _FOLDER).glob("*.toml")):
        figure = _read(path, problems)
        if figure is not None:
            figures[figure.id] = figure
    if problems:
        raise ContentError(problems)
    return MappingProxyType(figures)


def _read(path: Path, problems: list[Problem]) -> Figure | None:
    file = f"{_FOLDER}/{path.name}"
    found: list[Problem] = []
    read = parse(path, file, Figure, found)
    problems.extend(_with_closest_kind(problem) for problem in found)
    if read is None:
        return None
    figure, places = read.model, read.places
    if figure.id != path.stem:
        line = places.line_of(("id",))
        problems.append(Problem(file, line, "id", repr(figure.id), f"{path.stem!r}, as the file"))
    problems.extend(
        Problem(file, places.line_of(key), key_text(key), what, expected)
        for key, what, expected in faults(figure)
    )
    return figure


def _with_closest_kind(problem: Problem) -> Problem:
    if not problem.key.endswith(".kind"):
        return problem
    return replace(problem, closest=closest_to(problem.found.strip("'"), get_args(PropKind)))
