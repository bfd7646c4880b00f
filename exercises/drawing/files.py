"""Reads the figure files: every one valid, or refused with every problem named."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import get_args

from pydantic import ValidationError

from exercises.drawing.checks import faults
from exercises.drawing.figure import Figure, PropKind
from exercises.errors import ContentError, Problem, closest_to, key_text
from exercises.loader import schema_problem, syntax_problem
from exercises.places import line_of, lines_of

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
    try:
        text = path.read_bytes().decode("utf-8").replace("\r\n", "\n")
        data = tomllib.loads(text)
    except UnicodeDecodeError as error:
        problems.append(Problem(file, None, "", f"bytes that are no text ({error})", "UTF-8 text"))
        return None
    except tomllib.TOMLDecodeError as error:
        problems.append(syntax_problem(file, str(error), text))
        return None
    lines = lines_of(text)
    try:
        figure = Figure.model_validate_json(json.dumps(data, default=str), strict=True)
    except ValidationError as error:
        found = [schema_problem(file, lines, Figure, detail) for detail in error.errors()]
        problems.extend(_with_closest_kind(problem) for problem in found)
        return None
    if figure.id != path.stem:
        line = line_of(lines, ("id",))
        problems.append(Problem(file, line, "id", repr(figure.id), f"{path.stem!r}, as the file"))
    found = [
        Problem(file, line_of(lines, key), key_text(key), what, expected)
        for key, what, expected in faults(figure)
    ]
    problems.extend(found)
    return figure


def _with_closest_kind(problem: Problem) -> Problem:
    if not problem.key.endswith(".kind"):
        return problem
    return replace(problem, closest=closest_to(problem.found.strip("'"), get_args(PropKind)))
