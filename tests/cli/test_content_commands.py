"""Content on the command line: compared in words, carried in a folder, published by two people."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Desk
from tests.services.content_changes import newer

MEERA, RAO = "meera@clinic.example", "rao@clinic.example"


@pytest.fixture
def team(staffed: Desk) -> Desk:
    """Meera and Dr Rao work here, and the release's content is stored."""
    staffed.ask("staff", "add", "--email", RAO, "--name", "Dr Rao", "--role", "surgeon")
    staffed.ask("content", "publish")
    return staffed


@pytest.fixture
def folder(team: Desk, tmp_path: Path) -> Path:
    """The current content in a folder."""
    target = tmp_path / "pack"
    assert team.ask("content", "export", str(target))["files"] > 90
    return target


def lines(desk: Desk, *arguments: str) -> list[dict[str, Any]]:
    result = desk.run(*arguments)
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.strip().splitlines()]


def edit(folder: Path, file: str, old: str, new: str) -> None:
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")


def bring(desk: Desk, folder: Path, author: str = MEERA) -> dict[str, Any]:
    return desk.ask("content", "import", str(folder), "--author", author, "--reason", "agreed")


def test_an_export_is_checked_whole_and_says_the_same(team: Desk, folder: Path) -> None:
    assert "# EX18 Standing leg lift" in (folder / "library/EX18.toml").read_text("utf-8")
    assert team.ask("content", "check", "--folder", str(folder))["ok"] is True
    assert team.ask("content", "check", "--folder", str(folder)) == team.ask("content", "check")
    assert bring(team, folder)["drafts"] == {}
    code, line = team.complain("content", "export", str(folder))
    assert (code, "an empty folder" in line) == (1, True)


def test_from_folder_to_publication(team: Desk, folder: Path) -> None:
    edit(folder, "library/EX18.toml", "sets = 2", "sets = 3")
    code, text = team.complain(
        "content", "import", str(folder), "--author", MEERA, "--reason", "agreed"
    )
    assert code == 1
    assert "library/EX18.toml: found a change after it was sealed" in text
    assert team.ask("content", "seal", str(folder))["changed"] == 1
    assert bring(team, folder)["drafts"] == {"library/EX18": 1}
    shown = lines(team, "content", "drafts")[0]
    assert shown["differences"] == [
        "Dose 2 sets · 10 times · 2× a day → 3 sets · 10 times · 2× a day"
    ]
    assert shown["problems"] == []
    code, line = team.complain("content", "publish", "1", "--second", MEERA)
    assert (code, "You wrote this draft" in line) == (1, True)
    assert team.ask("content", "publish", "1", "--second", RAO)["published"] == ["library/EX18"]
    listed = {one.get("piece"): one for one in lines(team, "content", "versions")}
    exercise = listed["library/EX18"]
    assert (exercise["origin"], exercise["author"], exercise["second_person"]) == (
        "published",
        "Meera Joshi",
        "Dr Rao",
    )
    assert listed["library/EX01"]["origin"] == "release"
    told = lines(team, "content", "diff", "library/EX18")
    assert told[0]["difference"].startswith("Dose 2 sets")
    assert lines(team, "content", "drafts") == [{"open_drafts": 0}]


def test_every_problem_of_a_folder_is_told_and_nothing_is_kept(team: Desk, folder: Path) -> None:
    edit(folder, "library/EX18.toml", "sets = 2", "sets = 9")
    edit(folder, "protocols/total-knee.toml", "[[stages]]", "[[stagse]]")
    edit(folder, "measures/rehab.toml", 'title = "', 'title = "My ')
    team.ask("content", "seal", str(folder))
    result = team.run("content", "import", str(folder), "--author", MEERA, "--reason", "agreed")
    assert result.exit_code == 1
    assert "library/EX18.toml, line" in result.output
    assert "protocols/total-knee.toml, line" in result.output
    assert "measures/rehab.toml: found a change of what comes with a release" in result.output
    assert lines(team, "content", "drafts") == [{"open_drafts": 0}]


def test_an_old_export_takes_nothing_back(team: Desk, folder: Path, tmp_path: Path) -> None:
    edit(folder, "library/EX18.toml", "sets = 2", "sets = 3")
    team.ask("content", "seal", str(folder))
    bring(team, folder)
    team.ask("content", "publish", "1", "--second", RAO)
    edit(folder, "library/EX18.toml", "sets = 3", "sets = 2")
    team.ask("content", "seal", str(folder))
    result = lines(team, "content", "import", str(folder), "--author", MEERA, "--reason", "again")
    assert result[0]["left_alone"] == "library/EX18"
    assert result[-1]["drafts"] == {}


def test_folders_and_hashes_are_compared_in_words(team: Desk, folder: Path) -> None:
    file = "protocols/hip-resurfacing-standard"
    before = {one.get("piece"): one for one in lines(team, "content", "versions")}[file]["hash"]
    edit(folder, f"{file}.toml", 'title = "Hip', 'title = "Our hip')
    sentence = (
        "Title: “Hip resurfacing: standard programme” → “Our hip resurfacing: standard programme”"
    )
    assert lines(team, "content", "diff", before[:10], str(folder)) == [
        {"piece": file, "difference": sentence},
        {"same": False, "differences": 1},
    ]
    assert team.ask("content", "diff", before, before) == {"same": True, "differences": 0}
    assert team.ask("content", "diff", file) == {"same": True, "differences": 0}


def test_rules_are_replayed_and_read_before_they_are_published(team: Desk, folder: Path) -> None:
    rest = ', is_one_of = ["38-up", "39-up"] }'
    edit(folder, "rules/common.toml", f"at_least = 38.0{rest}", f"at_least = 38.5{rest}")
    before, after = newer("rules/common")
    edit(folder, "rules/common.toml", before, after)
    team.ask("content", "seal", str(folder))
    bring(team, folder)
    _, line = team.complain("content", "publish", "1", "--second", RAO)
    assert "replay of draft 1 first" in line
    told = team.ask("rules", "replay", "--draft", "1", "--days", "30", "--by", RAO)
    assert (told["days"], told["missed"], told["new"]) == (30, [], [])
    assert team.ask("content", "publish", "1", "--second", RAO)["ok"] is True


@pytest.mark.parametrize(
    "arguments",
    [
        ("diff", "nowhere", "abcdefabcdef"),
        ("diff", "protocols/nothing"),
        ("publish", "1"),
        ("publish", "--second", RAO),
        ("publish", "77", "--second", RAO),
        ("publish", "1", "--second", "nobody@clinic.example"),
    ],
)
def test_what_does_not_exist_is_refused_in_one_line(
    team: Desk, arguments: tuple[str, ...]
) -> None:
    code, line = team.complain("content", *arguments)
    assert code in (1, 2)
    assert line.startswith("Error:") or "Error" in line
