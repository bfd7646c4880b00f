"""`backup`: a consistent copy of the database while everything runs."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import click
from flask.cli import with_appcontext
from sqlalchemy import URL

from rehab.cli.desk import runtime, show, tells_errors
from rehab.db import db
from rehab.errors import WrongState
from rehab.settings import ROOT


@click.command("backup")
@click.option(
    "--to", "folder", type=click.Path(path_type=Path), default=ROOT / "instance" / "backups"
)
@with_appcontext
@tells_errors
def backup(folder: Path) -> None:
    """Write a backup and print its path. Names and texts in it are encrypted with SECRET_KEY."""
    folder.mkdir(parents=True, exist_ok=True)
    stamp = f"{runtime().clock.now():%Y%m%dT%H%M%SZ}"
    url = db.engine.url
    if url.get_backend_name() == "sqlite":
        path = _copy_sqlite(folder / f"rehab-{stamp}.sqlite3")
    else:
        path = _dump_postgresql(folder / f"rehab-{stamp}.dump", url)
    path.chmod(0o600)
    show({"backup": str(path), "bytes": path.stat().st_size})


def _copy_sqlite(path: Path) -> Path:
    # VACUUM INTO copies one consistent state; copying the file of a live database does not.
    connection = db.engine.raw_connection()
    try:
        connection.cursor().execute("VACUUM INTO ?", (str(path),))
    finally:
        connection.close()
    return path


def _dump_postgresql(path: Path, url: URL) -> Path:
    program = shutil.which("pg_dump")
    if program is None:
        raise WrongState(
            "no_pg_dump", "pg_dump was not found; install PostgreSQL's client programs"
        )
    plain = url.set(drivername="postgresql", password=None)
    environment = {"PATH": os.defpath, "PGPASSWORD": url.password or ""}
    command = [program, "--format=custom", f"--file={path}", plain.render_as_string()]
    subprocess.run(command, check=True, env=environment)  # noqa: S603 - a fixed program, our own address
    return path
