"""Every hazard stands in the hazard log once, and what is said to control it exists."""

from __future__ import annotations

import ast
import re

import pytest

from tests.contracts.source import ROOT, dotted, tree_of

LOG = (ROOT / "docs" / "safety" / "hazards.md").read_text(encoding="utf-8")
HAZARDS = tuple(f"H{number}" for number in range(1, 17))
PARTS = ("Goes wrong", "Harms", "Severity", "Control", "Tests", "Left open")
SEVERITIES = {"life or limb", "lasting harm", "passing harm"}
NOT_CONTROLLED = "not controlled yet"

UNCONTROLLED: frozenset[str] = frozenset()
"""Hazards that nothing stands against. Names may leave this list; none may ever join it."""


def chapters() -> list[tuple[str, str]]:
    """Every hazard's name and text, in the order of the file."""
    found = re.split(r"^## (H\d+)\. .+$", LOG, flags=re.MULTILINE)
    return list(zip(found[1::2], found[2::2], strict=True))


def parts_of(text: str) -> list[tuple[str, str]]:
    """What a hazard says under each of its headings, in its order, on one line each."""
    found = re.split(r"^- \*\*([^*]+):\*\*", text, flags=re.MULTILINE)
    return [
        (name, " ".join(said.split())) for name, said in zip(found[1::2], found[2::2], strict=True)
    ]


def names_in(text: str, *rooms: str) -> list[str]:
    """What stands in backticks and begins like a place in the project."""
    starts = tuple(f"{room}/" for room in rooms)
    return [name for name in re.findall(r"`([^`]+)`", text) if name.startswith(starts)]


def is_skipped(test: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether its decorators let it pass without running or while failing."""
    marks = (one.func if isinstance(one, ast.Call) else one for one in test.decorator_list)
    return any(dotted(one).rpartition(".")[2] in {"skip", "skipif", "xfail"} for one in marks)


def running_tests(file: str) -> set[str]:
    """The tests of a file that pytest runs: none where there is no such file."""
    path = ROOT / file
    if not path.is_file():
        return set()
    return {
        node.name
        for node in tree_of(path).body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not is_skipped(node)
    }


def exists(test: str) -> bool:
    file, mark, name = test.partition("::")
    in_a_test_file = re.fullmatch(r"tests/(\w+/)*test_\w+\.py", file)
    return (
        bool(mark and in_a_test_file) and name.startswith("test_") and name in running_tests(file)
    )


def test_every_hazard_stands_there_once() -> None:
    assert [name for name, _ in chapters()] == list(HAZARDS)
    headings = [line for line in LOG.splitlines() if line.startswith("## ")]
    assert len(headings) == len(HAZARDS), "a heading of another form is read by nobody"


@pytest.mark.parametrize(("hazard", "text"), chapters(), ids=[name for name, _ in chapters()])
def test_a_hazard_says_whom_it_harms_how_badly_and_what_is_left_open(
    hazard: str, text: str
) -> None:
    parts = parts_of(text)
    assert [name for name, _ in parts] == list(PARTS), hazard
    assert all(said for _, said in parts), hazard
    assert dict(parts)["Severity"].rstrip(".") in SEVERITIES


@pytest.mark.parametrize(("hazard", "text"), chapters(), ids=[name for name, _ in chapters()])
def test_a_hazard_has_a_control_and_a_test_or_says_that_it_has_none(
    hazard: str, text: str
) -> None:
    parts = dict(parts_of(text))
    if parts["Control"] == NOT_CONTROLLED:
        assert parts["Tests"] == "none"
        assert names_in(text, "tests", "rehab", "bot", "exercises") == []
        return
    assert NOT_CONTROLLED not in text, "it is controlled, or it is not"
    assert names_in(parts["Tests"], "tests")
    assert names_in(parts["Control"], "rehab", "bot", "exercises")


def test_every_named_test_exists_and_runs() -> None:
    named = names_in(LOG, "tests")
    assert len(named) > len(HAZARDS), "the search for tests finds nothing any more"
    assert [test for test in named if not exists(test)] == []


def test_every_named_module_exists() -> None:
    named = names_in(LOG, "rehab", "bot", "exercises")
    assert [name for name in named if not (ROOT / name).is_file()] == []


def test_the_list_of_uncontrolled_hazards_only_shrinks() -> None:
    found = {name for name, text in chapters() if NOT_CONTROLLED in text}
    assert found - UNCONTROLLED == set(), "a hazard lost its control"
    assert UNCONTROLLED - found == set(), "it is controlled now: take it off the list"
