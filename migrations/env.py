"""Runs migrations inside the application's own engine, with its types written as plain SQL types."""

from contextlib import contextmanager

from alembic import context
from flask import current_app

from rehab.db import EncryptedText, UtcDateTime

config = context.config


def render_item(kind, item, _autogen_context):
    """A migration must not change meaning when our column types do."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, EncryptedText):
        return "sa.LargeBinary()"
    return False


def no_empty_revision(_context, _revision, directives):
    """Do not write a migration when nothing changed."""
    if config.cmd_opts and getattr(config.cmd_opts, "autogenerate", False):
        if directives[0].upgrade_ops.is_empty():
            directives[:] = []


@contextmanager
def references_may_wait(connection):
    """SQLite changes a table by copying it, and the original must go while others refer to it."""
    if connection.dialect.name != "sqlite":
        yield
        return
    raw = connection.connection.dbapi_connection
    raw.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
        broken = raw.execute("PRAGMA foreign_key_check").fetchall()
        if broken:
            raise SystemExit(f"rows refer to what is not there: {broken[:5]}")
    finally:
        raw.execute("PRAGMA foreign_keys=ON")


def run():
    database = current_app.extensions["migrate"].db
    options = dict(current_app.extensions["migrate"].configure_args)
    options.setdefault("process_revision_directives", no_empty_revision)
    with database.engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=database.metadata,
            render_item=render_item,
            **options,
        )
        with references_may_wait(connection), context.begin_transaction():
            context.run_migrations()


if context.is_offline_mode():
    raise SystemExit("offline migrations are not used here; run them against the database")
run()
