"""A clinic on SQLite for each test, or on each database where transactions, locks or SQL matter.

The tables and the people are made once; each test gets a copy.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bot.databases import copy_of, postgresql_url
from tests.support.build import Clinic, close, connect, populate


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "clinic.sqlite3"
    populate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgresql_template() -> Iterator[str]:
    with postgresql_url() as url:
        populate(url)
        yield url


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    path = tmp_path / "clinic.sqlite3"
    shutil.copyfile(sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture
def clinic(sqlite_url: str) -> Iterator[Clinic]:
    made = connect(sqlite_url)
    yield made
    close(made)


@pytest.fixture
def on_postgresql(postgresql_template: str) -> Iterator[Clinic]:
    """A clinic on PostgreSQL, where two transactions can be open at once."""
    with copy_of(postgresql_template) as url:
        made = connect(url)
        yield made
        close(made)


@pytest.fixture(params=["clinic", pytest.param("on_postgresql", marks=pytest.mark.postgres)])
def either(request: pytest.FixtureRequest) -> Clinic:
    """A clinic on each database."""
    made: Clinic = request.getfixturevalue(request.param)
    return made
