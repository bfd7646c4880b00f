"""What is wrong with the settings or the content is told in plain lines, whatever was started."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from rehab.settings import ROOT

CHECK = ("-m", "flask", "--app", "rehab", "content", "check")
BOT = ("-m", "bot")


def start(folder: Path, *command: str, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *command],
        cwd=folder,
        env={"PATH": os.defpath, "DATABASE_URL": f"sqlite:///{folder / 'x.sqlite3'}", **environ},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("command", [CHECK, BOT])
def test_a_broken_content_file_is_named_with_line_key_and_what_is_wrong(
    tmp_path: Path, command: tuple[str, ...]
) -> None:
    for room in ("exercises", "rehab", "bot"):
        shutil.copytree(ROOT / room, tmp_path / room)
    shutil.copy(ROOT / "config.toml", tmp_path)
    broken = tmp_path / "exercises" / "library" / "EX03.toml"
    lines = broken.read_text(encoding="utf-8").splitlines()
    number = next(at for at, line in enumerate(lines) if line.startswith("reps = "))
    lines[number] = "reps = 900"
    broken.write_text("\n".join(lines), encoding="utf-8")
    done = start(tmp_path, *command)
    assert done.returncode == 1
    assert f"library/EX03.toml, line {number + 1}, dose.reps: found 900" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("command", [CHECK, BOT])
def test_a_wrong_setting_is_named_with_its_key(tmp_path: Path, command: tuple[str, ...]) -> None:
    text = (ROOT / "config.toml").read_text(encoding="utf-8")
    config = tmp_path / "config.toml"
    config.write_text(text.replace("invite_hours = 72", "invite_days = 3"), encoding="utf-8")
    done = start(tmp_path, *command, REHAB_CONFIG=str(config), PYTHONPATH=str(ROOT))
    assert done.returncode == 1
    assert "enrolment.invite_days" in done.stderr
    assert "enrolment.invite_hours" in done.stderr
    assert "Traceback" not in done.stderr
