"""Every key of a TOML text is found on the line it stands on."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exercises.errors import Key
from exercises.places import Places
from tests.exercises.conftest import CONTENT

TEXT = '''# A comment with [brackets] and "quotes".
name = "a # b = c"
long = """
two lines \\
and a \\" quote"""
literal = 'no \\ escape'

[[stages]]
id = "P0"  # why
plan = [
  { exercise = "EX01", dose = { reps = 1 } },  # {x}

  { exercise = "EX02" },
]

[[stages]]
id = "P1"

[[stages.exit]]
text = "x"

[stages.more."odd key"]
a.b = 2024-01-01
'''


@pytest.mark.parametrize(
    ("key", "line"),
    [
        (("name",), 2),
        (("long",), 3),
        (("literal",), 6),
        (("stages", 0), 8),
        (("stages", 0, "id"), 9),
        (("stages", 0, "plan", 0, "dose", "reps"), 11),
        (("stages", 0, "plan", 1, "exercise"), 13),
        (("stages", 1, "id"), 17),
        (("stages", 1, "exit", 0, "text"), 20),
        (("stages", 1, "more", "odd key", "a", "b"), 23),
    ],
)
def test_a_key_is_found(key: Key, line: int) -> None:
    tomllib.loads(TEXT)
    assert Places(TEXT).lines[key] == line


def test_a_key_that_is_not_there_is_looked_for_around_its_place() -> None:
    assert Places(TEXT).line_of(("stages", 1, "name")) == 16
    assert Places(TEXT).line_of(("title",)) is None


def keys_of(value: Any, key: Key = ()) -> set[Key]:
    inner: list[tuple[str | int, Any]] = []
    if isinstance(value, dict):
        inner = list(value.items())
    if isinstance(value, list):
        inner = list(enumerate(value))
    return {key}.union(*(keys_of(item, (*key, name)) for name, item in inner)) - {()}


@pytest.mark.parametrize("path", sorted(CONTENT.glob("*/*.toml")), ids=lambda p: p.stem)
def test_every_key_of_the_shipped_content_has_a_line(path: Any) -> None:
    text = path.read_text(encoding="utf-8")
    assert keys_of(tomllib.loads(text)) <= Places(text).lines.keys()


@given(
    st.dictionaries(
        st.from_regex(r"[a-z]{1,3}", fullmatch=True),
        st.one_of(
            st.integers(),
            st.booleans(),
            st.text(alphabet="ab #='\"[]{}\\,\n", max_size=8),
        ),
        max_size=5,
    )
)
def test_any_values_are_walked_past(values: dict[str, Any]) -> None:
    def written(value: Any) -> str:
        if isinstance(value, bool):
            return str(value).lower()
        if isinstance(value, int):
            return str(value)
        escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        return f'"{escaped}"'

    text = "".join(f"{key} = {written(value)}\n" for key, value in values.items())
    assert tomllib.loads(text) == values
    assert list(Places(text).lines.values()) == list(range(1, len(values) + 1))
