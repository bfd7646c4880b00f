"""A house for each story, on SQLite or on both databases, with the doors to the network closed."""

from __future__ import annotations

import ipaddress
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.simulator import Person
from tests.bot.databases import copy_of, postgresql_url
from tests.support.cast import ASHA
from tests.support.house import House, sqlite_url

STORY = pytest.StashKey[bool]()


def pytest_configure(config: pytest.Config) -> None:
    """Flask-Security 5.9 still builds its own forms the way WTForms 3.3 calls old."""
    config.addinivalue_line(
        "filterwarnings", "ignore:Passing SelectField choices as tuples:DeprecationWarning"
    )


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Any:
    report = yield
    if report.when == "call":
        item.stash[STORY] = report.passed
    return report


@pytest.fixture(autouse=True)
def _nobody_leaves_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    connect = socket.socket.connect

    def only_home(self: socket.socket, address: Any) -> None:
        if self.family != socket.AF_UNIX and not _is_home(address[0]):
            raise AssertionError(f"a test wanted to talk to {address[0]}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", only_home)


def _is_home(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@pytest.fixture(scope="session")
def sqlite_house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The rows every story begins with, made once."""
    folder = tmp_path_factory.mktemp("house")
    with House(sqlite_url(folder)):
        pass
    return next(folder.glob("*.sqlite3"))


@pytest.fixture(scope="session")
def postgresql_house() -> Iterator[str]:
    """The same on PostgreSQL."""
    with postgresql_url() as url:
        with House(url):
            pass
        yield url


@pytest.fixture
def house(request: pytest.FixtureRequest, sqlite_house: Path, tmp_path: Path) -> Iterator[House]:
    """A clinic on SQLite with its bot running."""
    shutil.copyfile(sqlite_house, tmp_path / sqlite_house.name)
    yield from _a_house(request, sqlite_url(tmp_path))


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def either_house(request: pytest.FixtureRequest) -> Iterator[House]:
    """The same on each database."""
    if request.param == "sqlite":
        yield request.getfixturevalue("house")
        return
    with copy_of(request.getfixturevalue("postgresql_house")) as url:
        yield from _a_house(request, url)


def _a_house(request: pytest.FixtureRequest, url: str) -> Iterator[House]:
    with House(url) as made:
        made.start_bot()
        yield made
        if request.node.stash.get(STORY, False):
            made.nothing_unexpected()


@pytest.fixture
def asha(house: House) -> Person:
    """Asha, enrolled yesterday; her reminder comes at nine."""
    return house.enrolled(ASHA)
