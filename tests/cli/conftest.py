from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask

from rehab.app import create_app
from rehab.db import db
from rehab.settings import load_settings

SECRET = "a secret for tests, nothing else, 48 characters.."


@dataclass
class Desk:
    """The commands of one application on an empty, migrated database."""

    app: Flask

    def run(self, *arguments: str, stdin: str = "") -> Result:
        result = self.app.test_cli_runner().invoke(args=arguments, input=stdin)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    def ask(self, *arguments: str, stdin: str = "") -> dict[str, Any]:
        """The JSON object a command prints."""
        result = self.run(*arguments, stdin=stdin)
        assert result.exit_code == 0, result.output
        found: dict[str, Any] = json.loads(result.stdout.strip().splitlines()[-1])
        return found

    def complain(self, *arguments: str, stdin: str = "") -> tuple[int, str]:
        """Exit code and last line of a command that fails; never a traceback."""
        result = self.run(*arguments, stdin=stdin)
        assert result.exit_code != 0, result.output
        assert "Traceback" not in result.output
        return result.exit_code, result.output.strip().splitlines()[-1]


def make(folder: Path, token: str = "123:TEST", *, tables: bool = True) -> Desk:
    app = create_app(
        load_settings(
            {
                "DATABASE_URL": f"sqlite:///{folder / 'cli.sqlite3'}",
                "SECRET_KEY": SECRET,
                "TELEGRAM_BOT_TOKEN": token,
            }
        )
    )
    if tables:
        with app.app_context():
            db.create_all()
    return Desk(app)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = make(tmp_path)
    yield made
    with made.app.app_context():
        db.engine.dispose()


@pytest.fixture
def staffed(desk: Desk) -> Desk:
    """Meera works here."""
    desk.ask(
        *("staff", "add", "--email", "meera@clinic.example", "--name", "Meera Joshi"),
        *("--role", "physiotherapist", "--telegram-id", "9001", "--on-call"),
    )
    return desk
