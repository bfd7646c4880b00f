"""`python -m bot`: the Telegram process."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time

from flask import Flask
from sqlalchemy import inspect
from sqlalchemy.exc import SQLAlchemyError

from bot.process import BotProcess
from rehab.app import create_app
from rehab.db import db
from rehab.errors import RehabError
from rehab.logs import get_logger, place_of
from rehab.runtime import Runtime

log = get_logger("bot")

SCHEMA_LOOK_SECONDS = 2.0


def main() -> int:
    try:
        app = create_app()
    except RehabError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    wait_for_schema(app)
    asyncio.run(_run(app))
    # A thread may still hang in a dead database; the leases were given back, nothing else counts.
    sys.stderr.flush()
    os._exit(0)


def wait_for_schema(app: Flask) -> None:
    """The release step makes the tables; a bot that was started first waits for it."""
    while True:
        try:
            with app.app_context():
                missing = set(db.metadata.tables) - set(inspect(db.engine).get_table_names())
            if not missing:
                return
            log.warning("waiting_for_schema", reason="run: flask --app rehab db upgrade")
        except SQLAlchemyError as error:
            log.warning("waiting_for_database", error=place_of(error))
        time.sleep(SCHEMA_LOOK_SECONDS)


async def _run(app: Flask) -> None:
    from rehab.flows import engine
    from rehab.flows.recovery import reask_after_gap
    from rehab.jobs import JOBS

    runtime: Runtime = app.extensions["rehab"]
    engine.get_ready(runtime.context)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    await BotProcess(app, handle=engine.handle, reask=reask_after_gap, jobs=JOBS).run(stop)


if __name__ == "__main__":
    sys.exit(main())
