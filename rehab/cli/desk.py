"""What every command needs: the runtime, and errors that end in one clear line and an exit code."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

import click
from flask import current_app
from sqlalchemy.exc import OperationalError, ProgrammingError

from exercises.errors import ContentError
from rehab.errors import InvalidInput, RehabError
from rehab.runtime import Runtime

P = ParamSpec("P")
R = TypeVar("R")


def runtime() -> Runtime:
    """The running application's settings, context and clock."""
    found: Runtime = current_app.extensions["rehab"]
    return found


def show(data: Any) -> None:
    """Print one JSON object on one line."""
    click.echo(json.dumps(data, ensure_ascii=False, default=str))


def tells_errors(command: Callable[P, R]) -> Callable[P, R]:
    """Turn our own errors into a readable line and exit code 2 or 1, without a traceback."""

    @functools.wraps(command)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except InvalidInput as error:
            lines = (f"--{name.replace('_', '-')}: {why}" for name, why in error.fields.items())
            raise click.UsageError("\n".join(lines)) from None
        except (RehabError, ContentError) as error:
            raise click.ClickException(str(error)) from None
        except (OperationalError, ProgrammingError) as error:
            raise click.ClickException(
                "the database is not ready; run `flask --app rehab db upgrade` first "
                f"({type(error.orig).__name__})"
            ) from None

    return wrapped
