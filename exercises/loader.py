"""Reads the clinical content: validated, cross-checked, hashed, or refused with every problem named."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

from exercises.checks import cross_check
from exercises.composition import compose
from exercises.entries import Entry, Shelves
from exercises.errors import ContentError, Problem
from exercises.files import parse
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

    Raises ContentError with every problem found when anything at all is wrong. The package's own
    content is read once per process: a release never changes under a running one.
    """
    return _read_all(root) if root else _of_this_release()


@cache
def _of_this_release() -> ContentPack:
    return _read_all(Path(__file__).parent)


def _read_all(root: Path) -> ContentPack:
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
    read = parse(path, file, model, problems)
    return Entry(folder, file, read.places, read.model) if read else None
