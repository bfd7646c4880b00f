"""Reads the project's own source, so that tests can speak about it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = ("exercises", "rehab", "bot")


def python_files(*folders: str) -> list[Path]:
    """Every Python file below these folders of the project."""
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def name_of(path: Path) -> str:
    """The file's name inside the project, with forward slashes."""
    return path.relative_to(ROOT).as_posix()


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def nodes(*folders: str) -> Iterator[tuple[str, ast.AST]]:
    """Every syntax node of every file, with the place it stands at: `rehab/app.py`."""
    for path in python_files(*folders):
        for node in ast.walk(tree_of(path)):
            yield name_of(path), node


def calls(*folders: str) -> Iterator[tuple[str, str, ast.Call]]:
    """Every call: file, the called name's last part, and the call."""
    for file, node in nodes(*folders):
        if isinstance(node, ast.Call):
            yield file, dotted(node.func).rpartition(".")[2], node


def imports(*folders: str) -> Iterator[tuple[str, str]]:
    """Every imported name, whole: `telegram.ext.ConversationHandler`."""
    for file, node in nodes(*folders):
        if isinstance(node, ast.Import):
            yield from ((file, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((file, f"{node.module}.{alias.name}") for alias in node.names)


def dotted(node: ast.AST) -> str:
    """`datetime.now` for the expression that says so; what is computed is left out."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return ""


def words_in(node: ast.AST) -> list[str]:
    """Every text constant inside an expression, both sides of an `if … else` included."""
    return [
        found.value
        for found in ast.walk(node)
        if isinstance(found, ast.Constant) and isinstance(found.value, str)
    ]
