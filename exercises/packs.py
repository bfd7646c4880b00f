"""Content as a bundle of texts: laid over the release, and written to and read from a folder.

A piece is named like its file without the ending, e.g. `protocols/hip-resurfacing-standard`. An
exported folder has a `hashes.toml`: `[files]` holds the SHA-256 of each file's bytes, so that a
damaged or unnoticed change is found, and `[versions]` the hash of the version it was written from.
"""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import Any

from exercises.errors import ContentError, Problem
from exercises.loader import FOLDERS, ContentPack, load
from exercises.schema import Content, EducationSet, Exercise, Protocol, Questionnaire, RuleSet

MODELS: Mapping[str, type[Content]] = MappingProxyType(
    {
        "library": Exercise,
        "protocols": Protocol,
        "questionnaires": Questionnaire,
        "rules": RuleSet,
        "education": EducationSet,
    }
)
"""The kinds of content a clinic may change, by folder. Measures and figures come with a release."""
HASHES = "hashes.toml"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")


@dataclass(frozen=True)
class Reading:
    """What came of reading a bundle: the pack, or every problem that kept it from being one."""

    pack: ContentPack | None
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class Incoming:
    """A folder somebody brought: its texts, and the hash of the version each was written from."""

    files: Mapping[str, str]
    versions: Mapping[str, str]


def is_name(name: str) -> bool:
    """Say whether this can be the name of a piece: a known folder and a plain file name."""
    folder, _, content_id = name.partition("/")
    return folder in MODELS and _NAME.fullmatch(content_id) is not None


@cache
def release() -> Mapping[str, str]:
    """Return the texts of the release's own files, by name."""
    return MappingProxyType(texts_of(Path(__file__).parent))


def laid_over(changes: Mapping[str, str]) -> dict[str, str]:
    """Return the release's texts with others in their place or beside them."""
    return {**release(), **changes}


def read(changes: Mapping[str, str]) -> Reading:
    """Read the release with other texts laid over it, with every check of the files themselves.

    Reading takes about a second; the last few bundles are remembered.
    """
    return _read(tuple(sorted(changes.items())))


@lru_cache(maxsize=6)
def _read(changes: tuple[tuple[str, str], ...]) -> Reading:
    with TemporaryDirectory() as folder:
        for name, text in laid_over(dict(changes)).items():
            _put(Path(folder), name, text)
        try:
            return Reading(load(Path(folder)))
        except ContentError as error:
            return Reading(None, error.problems)


def data_of(text: str) -> dict[str, Any] | None:
    """Return what a text says without its comments, or None when it is no TOML."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return None


def file_model(name: str, text: str) -> Content:
    """Return one file as its model: a rule set as it stands in the file, not completed.

    Raises ValueError when it does not fit the schema; the reading names the places.
    """
    model = MODELS[name.partition("/")[0]]
    return model.model_validate_json(json.dumps(data_of(text), default=str))


def write(root: Path, files: Mapping[str, str], versions: Mapping[str, str]) -> None:
    """Write a folder of TOML with its hashes. Raises ContentError when content lies there already."""
    if any((root / folder).exists() for folder in FOLDERS) or (root / HASHES).exists():
        problem = Problem(str(root), None, "", "a folder that holds content", "an empty folder")
        raise ContentError([problem])
    for name, text in files.items():
        _put(root, name, text)
    _put_hashes(root, versions)


def seal(root: Path) -> int:
    """Write the files' hashes anew after a wanted change. Returns how many files had changed.

    Raises ContentError when the hashes cannot be read.
    """
    recorded = _recorded(root) if (root / HASHES).exists() else {}
    before = recorded.get("files", {})
    _put_hashes(root, recorded.get("versions", {}))
    after = _digests(root)
    return sum(before.get(name) != found for name, found in after.items())


def incoming(root: Path) -> Incoming:
    """Read an exported folder; raises ContentError with every file that is not what was sealed."""
    recorded = _recorded(root)
    problems = list(_unsealed(recorded.get("files", {}), _digests(root)))
    if problems:
        raise ContentError(problems)
    return Incoming(texts_of(root), recorded.get("versions", {}))


def _unsealed(sealed: Mapping[str, str], found: Mapping[str, str]) -> Iterator[Problem]:
    wanted = "run `content seal` on the folder if the change is wanted"
    for file in sorted(sealed.keys() | found.keys()):
        if file not in found:
            yield Problem(
                file, None, "", "no such file", f"the file that {HASHES} names; or {wanted}"
            )
        elif file not in sealed:
            yield Problem(file, None, "", f"a file {HASHES} does not know", f"none; or {wanted}")
        elif sealed[file] != found[file]:
            yield Problem(
                file, None, "", "a change after it was sealed", f"the sealed file; or {wanted}"
            )


def _recorded(root: Path) -> dict[str, dict[str, str]]:
    path = root / HASHES
    if not path.exists():
        expected = "the file an export writes, or `content seal` makes"
        raise ContentError([Problem(HASHES, None, "", "no such file", expected)])
    data = data_of(path.read_bytes().decode("utf-8", errors="replace"))
    tables = (data or {}).values()
    if data is None or not all(isinstance(one, dict) for one in tables):
        expected = "the tables [files] and [versions]"
        raise ContentError([Problem(HASHES, None, "", "something else", expected)])
    return data


def texts_of(root: Path) -> dict[str, str]:
    """Return the texts of a folder's files, by name. Raises ContentError for bytes that are no text."""
    texts, problems = {}, []
    for path in _paths(root):
        file = path.relative_to(root).as_posix()
        try:
            text = path.read_bytes().decode("utf-8").replace("\r\n", "\n")
            texts[file.removesuffix(".toml")] = text
        except UnicodeDecodeError as error:
            found = f"bytes that are no text ({error})"
            problems.append(Problem(file, None, "", found, "UTF-8 text"))
    if problems:
        raise ContentError(problems)
    return texts


def _paths(root: Path) -> list[Path]:
    return [path for folder in FOLDERS for path in sorted((root / folder).glob("*.toml"))]


def _digests(root: Path) -> dict[str, str]:
    return {
        path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in _paths(root)
    }


def _put(root: Path, name: str, text: str) -> None:
    path = root / f"{name}.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())


def _put_hashes(root: Path, versions: Mapping[str, str]) -> None:
    lines = [
        "# [files]: SHA-256 of each file as it was exported or sealed. After a change of your own",
        "# run `content seal`. [versions]: the version each piece was written from; leave it alone.",
        "[files]",
        *(f'"{name}" = "{digest}"' for name, digest in sorted(_digests(root).items())),
        "",
        "[versions]",
        *(f'"{name}" = "{digest}"' for name, digest in sorted(versions.items())),
    ]
    (root / HASHES).write_text("\n".join(lines) + "\n", encoding="utf-8")
