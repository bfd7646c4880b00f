from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from flask import Flask

from tests.bot.databases import postgresql_url
from tests.bot.places import Site, a_site, close, make_app


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with a_site(tmp_path) as made:
        yield made


@pytest.fixture(
    params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)],
)
def app(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """An application on each database."""
    with ExitStack() as stack:
        if request.param == "postgresql":
            url = stack.enter_context(postgresql_url())
        else:
            url = f"sqlite:///{tmp_path / 'app.sqlite3'}"
        made = make_app(url)
        stack.callback(close, made)
        yield made
