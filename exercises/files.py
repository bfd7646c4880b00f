"""One TOML file becomes one validated model, or problems that say where and what."""

from __future__ import annotations

import json
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from exercises.errors import Key, Problem, closest_to, key_text
from exercises.places import Places

AnyModel = TypeVar("AnyModel", bound=BaseModel)


@dataclass(frozen=True)
class Parsed(Generic[AnyModel]):
    """A valid file and where its keys stand."""

    model: AnyModel
    places: Places


def parse(
    path: Path, file: str, model: type[AnyModel], problems: list[Problem]
) -> Parsed[AnyModel] | None:
    """Read a file; `file` is its name in problems. None when problems were added."""
    try:
        text = path.read_bytes().decode("utf-8").replace("\r\n", "\n")
        data = tomllib.loads(text)
    except UnicodeDecodeError as error:
        problems.append(Problem(file, None, "", f"bytes that are no text ({error})", "UTF-8 text"))
        return None
    except tomllib.TOMLDecodeError as error:
        problems.append(_syntax_problem(file, str(error), text))
        return None
    places = Places(text)
    try:
        # Through JSON, because strict validation of JSON still takes a list for a tuple.
        parsed = model.model_validate_json(json.dumps(data, default=str), strict=True)
    except ValidationError as error:
        problems.extend(_schema_problem(file, places, model, detail) for detail in error.errors())
        return None
    return Parsed(parsed, places)


def _syntax_problem(file: str, message: str, text: str) -> Problem:
    place = re.search(r"\(at line (\d+), column \d+\)", message)
    line = int(place[1]) if place else text.count("\n") + 1
    lines = text.splitlines()
    found = f"`{lines[line - 1].strip()}`" if 0 < line <= len(lines) else "the end of the file"
    reason = message.split(" (at ")[0]
    return Problem(file, line, "", found, f"valid TOML ({reason})")


def _schema_problem(
    file: str, places: Places, model: type[BaseModel], detail: ErrorDetails
) -> Problem:
    key: Key = detail["loc"]
    line = places.line_of(key)
    name = str(key[-1]) if key else ""
    closest = None
    if detail["type"] == "missing":
        found, expected = "nothing", f"the key `{name}`, which must be given"
    elif detail["type"] == "extra_forbidden":
        known = sorted(_model_at(model, key[:-1]).model_fields)
        found = f"the unknown key `{name}`"
        expected = f"one of {', '.join(known)}"
        closest = closest_to(name, known)
    else:
        found = _short(detail["input"])
        expected = detail["msg"].removeprefix("Value error, ").removeprefix("Input should be ")
    return Problem(file, line, key_text(key), found, expected, closest)


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."


def _model_at(model: type[BaseModel], key: Key) -> type[BaseModel]:
    """Return the model that describes this place, as deep as it can be followed."""
    for part in key:
        if isinstance(part, str) and part in model.model_fields:
            model = _model_in(model.model_fields[part].annotation) or model
    return model


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    inner = (_model_in(argument) for argument in get_args(annotation))
    return next((found for found in inner if found), None)
