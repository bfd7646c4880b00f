"""Reads the clinical content: validated, cross-checked, hashed, or refused with every problem named."""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from exercises.checks import cross_check
from exercises.composition import compose
from exercises.entries import Entry, Shelves
from exercises.errors import ContentError, Key, Problem, closest_to, key_text
from exercises.places import line_of, lines_of
from exercises.schema import (
    Content,
    EducationSet,
    Exercise,
    MeasureSet,
    Protocol,
    Questionnaire,
    RuleSet,
)

ContentModel = TypeVar(
    "ContentModel", Exercise, Protocol, Questionnaire, RuleSet, MeasureSet, EducationSet
)


FOLDERS = ("library", "protocols", "questionnaires", "rules", "measures", "education")


@dataclass(frozen=True)
class ContentPack:
    """All clinical content of one moment. Read-only; `hash` changes when any of it changes."""

    exercises: Mapping[str, Exercise]
    protocols: Mapping[str, Protocol]
    questionnaires: Mapping[str, Questionnaire]
    rules: Mapping[str, RuleSet]
    measures: Mapping[str, MeasureSet]
    education: Mapping[str, EducationSet]
    hashes: Mapping[str, str]
    """`protocols/hip-resurfacing-standard` to the SHA-256 of that piece in canonical JSON."""
    hash: str

    def protocol_for(self, procedure: str, variant: str | None = None) -> Protocol:
        """Return the protocol of a procedure; its default variant when none is named.

        Raises KeyError that names what there is.
        """
        for protocol in self.protocols.values():
            wanted = protocol.is_default if variant is None else protocol.variant == variant
            if protocol.procedure == procedure and wanted:
                return protocol
        known = ", ".join(f"{p.procedure} ({p.variant})" for p in self.protocols.values())
        raise KeyError(f"no protocol for {procedure} ({variant or 'default'}); there is: {known}")

    def patient_texts(self) -> frozenset[str]:
        """Return every English text a patient can see, for the translation catalogues."""
        return frozenset(text for text in self._patient_texts() if text)

    def _patient_texts(self) -> Iterator[str]:
        for exercise in self.exercises.values():
            yield from (exercise.name, exercise.instruction, exercise.stop_signs)
            yield from (exercise.target, exercise.caution, *exercise.equipment)
        for protocol in self.protocols.values():
            yield protocol.title
            yield from (precaution.text for precaution in protocol.precautions)
            yield from (milestone.text for milestone in protocol.milestones)
            for stage in protocol.stages:
                yield from (stage.name, stage.weight_bearing, stage.aim)
                yield from (criterion.text for criterion in stage.exit_criteria)
        for questionnaire in self.questionnaires.values():
            yield questionnaire.title
            for question in questionnaire.questions:
                yield from (question.text, question.short)
                yield from (question.low_label, question.high_label)
                yield from (option.label for option in question.options)
        for rules in self.rules.values():
            yield from (wording.text for wording in rules.wordings)
        for education in self.education.values():
            for card in education.cards:
                yield from (card.title, card.text)
                for asked in card.teach_back:
                    yield from (asked.text, asked.explain)
                    yield from (option.label for option in asked.options)


def load(root: Path | None = None) -> ContentPack:
    """Read all content below `root` (default: the content of this package).

    Raises ContentError with every problem found when anything at all is wrong.
    """
    root = root or Path(__file__).parent
    problems: list[Problem] = []
    exercises = _read_shelf(root, "library", Exercise, problems)
    protocols = _read_shelf(root, "protocols", Protocol, problems)
    questionnaires = _read_shelf(root, "questionnaires", Questionnaire, problems)
    rules = _read_shelf(root, "rules", RuleSet, problems)
    measures = _read_shelf(root, "measures", MeasureSet, problems)
    education = _read_shelf(root, "education", EducationSet, problems)
    unreadable = frozenset(problem.file.removesuffix(".toml") for problem in problems)
    shelves = Shelves(exercises, protocols, questionnaires, rules, measures, education, unreadable)
    problems.extend(dict.fromkeys(cross_check(shelves)))
    if problems:
        raise ContentError(sorted(problems, key=lambda p: (p.file, p.line or 0, p.key)))
    rules = _complete(rules)
    hashes = {
        f"{entry.folder}/{entry.model.id}": _hash(entry.model)
        for entries in (exercises, protocols, questionnaires, rules, measures, education)
        for entry in entries
    }
    return ContentPack(
        exercises=_by_id(exercises),
        protocols=_by_id(protocols),
        questionnaires=_by_id(questionnaires),
        rules=_by_id(rules),
        measures=_by_id(measures),
        education=_by_id(education),
        hashes=MappingProxyType(hashes),
        hash=hashlib.sha256(_canonical_json(hashes)).hexdigest(),
    )


def _complete(entries: list[Entry[RuleSet]]) -> list[Entry[RuleSet]]:
    composed, _ = compose(entries)
    return [replace(one.entry, model=one.whole) for one in composed]


def _by_id(entries: list[Entry[ContentModel]]) -> Mapping[str, ContentModel]:
    return MappingProxyType({entry.model.id: entry.model for entry in entries})


def _hash(model: Content) -> str:
    # Without defaults, so that a new optional key leaves every published version what it was.
    return hashlib.sha256(_canonical_json(model.model_dump(exclude_defaults=True))).hexdigest()


def _canonical_json(value: object) -> bytes:
    """Write a value always the same way: sorted keys, and sets in order."""
    text = json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=sorted
    )
    return text.encode()


def _read_shelf(
    root: Path, folder: str, model: type[ContentModel], problems: list[Problem]
) -> list[Entry[ContentModel]]:
    paths = sorted((root / folder).glob("*.toml"))
    if not paths:
        problems.append(Problem(folder, None, "", "no content file", "at least one .toml file"))
    entries = []
    for path in paths:
        entry = _read(path, folder, model, problems)
        if entry is not None:
            entries.append(entry)
    return entries


def _read(
    path: Path, folder: str, model: type[ContentModel], problems: list[Problem]
) -> Entry[ContentModel] | None:
    file = f"{folder}/{path.name}"
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
        # Through JSON, because strict validation of JSON still takes a list for a tuple.
        parsed = model.model_validate_json(json.dumps(data, default=str), strict=True)
    except ValidationError as error:
        problems.extend(schema_problem(file, lines, model, detail) for detail in error.errors())
        return None
    return Entry(folder, file, lines, parsed)


def syntax_problem(file: str, message: str, text: str) -> Problem:
    """Say where a file stops being TOML, from the parser's message."""
    place = re.search(r"\(at line (\d+), column \d+\)", message)
    line = int(place[1]) if place else text.count("\n") + 1
    lines = text.splitlines()
    found = f"`{lines[line - 1].strip()}`" if 0 < line <= len(lines) else "the end of the file"
    reason = message.split(" (at ")[0]
    return Problem(file, line, "", found, f"valid TOML ({reason})")


def schema_problem(
    file: str, lines: dict[Key, int], model: type[BaseModel], detail: ErrorDetails
) -> Problem:
    """Say what one key of a file holds and what its schema expects there."""
    key: Key = detail["loc"]
    line = line_of(lines, key)
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
