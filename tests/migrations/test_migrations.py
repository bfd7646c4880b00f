"""Migrations go up and down on both databases with rows in every table, and say what the models say."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import func, inspect, select

from rehab.app import create_app
from rehab.db import db
from rehab.settings import ROOT, load_settings
from tests.bot.databases import postgresql_url
from tests.support import build

SECRET = "a secret for tests, nothing else, 48 characters.."


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def app(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    if request.param == "sqlite":
        yield from application(f"sqlite:///{tmp_path / 'empty.sqlite3'}")
        return
    with postgresql_url() as url:
        yield from application(url)


def application(url: str) -> Iterator[Flask]:
    environ = {"DATABASE_URL": url, "SECRET_KEY": SECRET, "TELEGRAM_BOT_TOKEN": "123:TEST"}
    app = create_app(load_settings(environ))
    yield app
    with app.app_context():
        db.engine.dispose()


def migrate(app: Flask, *command: str) -> None:
    result = app.test_cli_runner().invoke(args=["db", *command])
    assert result.exit_code == 0, (result.output, result.exception)


def tables(app: Flask) -> set[str]:
    with app.app_context():
        return set(inspect(db.engine).get_table_names()) - {"alembic_version"}


def fill(app: Flask) -> None:
    """A clinic's worth of rows, made by the real services."""
    url = app.config["SQLALCHEMY_DATABASE_URI"]
    clinic = build.connect(url)
    build.fill(clinic)
    chat = clinic.chat(build.ASHA_CHAT)
    chat.command("today")
    chat.taps("all_done")
    clinic.check_in(clinic.asha, {"legs": "calf"})
    chat.says("thank you")
    build.close(clinic)


def rows(app: Flask) -> dict[str, int]:
    """How many rows every table holds."""
    with app.app_context(), db.engine.connect() as connection:
        return {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in db.metadata.sorted_tables
        }


def test_an_empty_database_gets_every_table_and_no_other(app: Flask) -> None:
    migrate(app, "upgrade")
    assert tables(app) == set(db.metadata.tables)


def test_the_models_say_nothing_the_migrations_do_not(app: Flask) -> None:
    migrate(app, "upgrade")
    migrate(app, "check")


def test_down_and_up_again_with_rows_in_it(app: Flask) -> None:
    migrate(app, "upgrade")
    fill(app)
    assert len([name for name, found in rows(app).items() if found]) > 15
    migrate(app, "downgrade", "base")
    assert tables(app) == set()
    migrate(app, "upgrade")
    assert tables(app) == set(db.metadata.tables)
    fill(app)


def test_there_is_one_line_of_migrations() -> None:
    script = ScriptDirectory(str(ROOT / "migrations"))
    assert len(script.get_heads()) == len(script.get_bases()) == 1
