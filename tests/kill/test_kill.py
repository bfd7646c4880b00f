"""A short run of the kill test; the long one is `python -m tests.kill`."""

from __future__ import annotations

import json
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.bot.databases import postgresql_url
from tests.kill.run import run
from tests.kill.verdict import failures


@pytest.mark.slow
@pytest.mark.timeout(420)
@pytest.mark.parametrize(
    "database", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]
)
def test_killing_the_bot_loses_nothing_and_records_nothing_twice(
    database: str, tmp_path: Path
) -> None:
    with ExitStack() as stack:
        url = f"sqlite:///{tmp_path / 'kill.sqlite3'}"
        if database == "postgresql":
            url = stack.enter_context(postgresql_url())
        figures = run(database_url=url, updates=150, kills=4, log=tmp_path / "bot.log")
    assert not failures(figures), json.dumps(figures, indent=1)
    assert figures["updates"] == 150
    assert figures["answers_expected"] > 30
    assert figures["red_flags"] > 0
    assert figures["alerts"] > 0
