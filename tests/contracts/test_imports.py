"""The import law. `.importlinter` holds it; here it is run, and kept complete."""

from __future__ import annotations

from configparser import ConfigParser
from pathlib import Path

import pytest
from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

from tests.contracts.source import PRODUCT, ROOT, imports, name_of, python_files


def test_every_import_obeys_the_law(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.syspath_prepend(str(ROOT))
    status = lint_imports(str(ROOT / ".importlinter"), cache_dir=str(tmp_path))
    assert status == EXIT_STATUS_SUCCESS, capsys.readouterr().out


def test_every_room_has_its_place_in_the_law() -> None:
    law = ConfigParser()
    law.read(ROOT / ".importlinter", encoding="utf-8")
    layers = law["importlinter:contract:layers"]["layers"]
    placed = set(layers.replace("|", " ").replace(":", " ").replace("(", " ").split())
    rooms = {
        f"rehab.{path.stem}"
        for path in (ROOT / "rehab").iterdir()
        if path.suffix == ".py" or (path / "__init__.py").exists()
    }
    assert rooms - {"rehab.__init__"} <= placed


def test_clinical_rules_import_the_schema_and_the_errors_and_nothing_else_of_ours() -> None:
    ours = {
        (file, name)
        for file, name in imports("rehab/clinical")
        if name.startswith(PRODUCT)
        and not name.startswith(("exercises.schema.", "rehab.errors.", "rehab.clinical."))
    }
    clinical = {path.stem for path in python_files("rehab/clinical")}
    # `from rehab.clinical import lexicon` reads as rehab.clinical.lexicon; so does `from rehab import x`.
    assert {
        (file, name)
        for file, name in ours
        if not (name.startswith("rehab.clinical") and name.rpartition(".")[2] in clinical)
    } == set()


def test_no_conversation_handler_and_no_persistence_of_the_library() -> None:
    forbidden = [
        (file, name)
        for file, name in imports(*PRODUCT)
        if "ConversationHandler" in name or "Persistence" in name
    ]
    assert forbidden == []


def test_no_file_is_a_drawer_for_anything() -> None:
    drawers = {"utils", "util", "helpers", "helper", "common", "misc", "constants"}
    files = python_files(*PRODUCT, "tests", "benchmarks")
    assert [name_of(path) for path in files if path.stem in drawers] == []
