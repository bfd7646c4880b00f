"""The shipped content loads, is read-only, and its hashes notice every change."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from exercises.loader import FOLDERS, ContentPack, load
from tests.exercises.conftest import CONTENT, Change

HASH = "from exercises.loader import load; print(load().hash)"


def test_everything_loads(pack: ContentPack) -> None:
    files = [path for folder in FOLDERS for path in (CONTENT / folder).glob("*.toml")]
    assert len(pack.hashes) == len(files)
    assert {key.split("/")[0] for key in pack.hashes} == set(FOLDERS)


def test_a_protocol_is_found_by_procedure_and_variant(pack: ContentPack) -> None:
    assert pack.protocol_for("hip-resurfacing").id == "hip-resurfacing-standard"
    assert pack.protocol_for("hip-resurfacing", "slow").id == "hip-resurfacing-slow"
    with pytest.raises(KeyError, match=r"there is: .*hip-resurfacing \(slow\)"):
        pack.protocol_for("hip-resurfacing", "fast")


def test_a_pack_cannot_be_changed(pack: ContentPack) -> None:
    with pytest.raises(TypeError):
        pack.exercises["EX01"] = pack.exercises["EX02"]  # type: ignore[index]


def test_the_hash_is_the_same_in_every_process(pack: ContentPack) -> None:
    for seed in ("1", "2"):
        shown = subprocess.run(
            [sys.executable, "-c", HASH],
            cwd=CONTENT.parent,
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        )
        assert shown.stdout.strip() == pack.hash


def test_a_changed_dose_changes_the_hash_of_its_exercise_only(
    pack: ContentPack, content: Path, change: Change
) -> None:
    change("library/EX05.toml", "reps = 10", "reps = 11")
    changed = load(content)
    differing = {key for key in pack.hashes if pack.hashes[key] != changed.hashes[key]}
    assert differing == {"library/EX05"}
    assert changed.hash != pack.hash


def test_a_comment_does_not_change_the_hash(
    pack: ContentPack, content: Path, change: Change
) -> None:
    change("library/EX05.toml", "side =", "# A remark.\nside =")
    assert load(content).hash == pack.hash


def test_windows_line_ends_do_not_change_the_hash(pack: ContentPack, content: Path) -> None:
    path = content / "library" / "EX05.toml"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert load(content).hash == pack.hash


def test_patient_texts_hold_what_patients_read_and_nothing_for_staff(pack: ContentPack) -> None:
    texts = pack.patient_texts()
    rules = pack.rules["hip-resurfacing"]
    assert "" not in texts
    assert pack.exercises["EX01"].instruction in texts
    assert pack.questionnaires["daily-check-in"].question("pain").text in texts
    assert rules.wording("pe").text in texts
    assert rules.rule("RF24.later").reason not in texts
