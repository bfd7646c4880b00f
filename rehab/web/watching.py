"""When the bot does not look after itself, the dashboard does: a request now and then takes a look,
tells people, and hands over the e-mails that nobody else would send."""

from __future__ import annotations

import threading
import time

from flask import Flask, current_app, request

from rehab import post
from rehab.db import transaction
from rehab.jobs import watch
from rehab.logs import get_logger, place_of
from rehab.post import Letter, NotTaken
from rehab.runtime import Runtime
from rehab.services import dispatches, watch_keeping
from rehab.web.access import now, runtime

log = get_logger("rehab.web.watching")
LOOK_SECONDS = 15.0
"""Between two questions of one process whether anybody has looked."""
MOST_LETTERS = 20
LOOKED_AT = "rehab.watching"


def register(app: Flask) -> None:
    """Ask before a request, at most every few seconds."""
    app.before_request(_look_now_and_then)


def _look_now_and_then() -> None:
    if request.endpoint is None or request.endpoint.endswith("static"):
        return
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    last = app.extensions.get(LOOKED_AT, float("-inf"))
    if time.monotonic() - last < LOOK_SECONDS:
        return
    app.extensions[LOOKED_AT] = time.monotonic()
    try:
        if _nobody_looks():
            watch.look(runtime().context, runtime().clock, in_bot=False)
            _send_in_the_background(app)
    except Exception as error:
        # The page matters more; whatever is wrong here turns health red as well.
        log.error("watch_failed", error=place_of(error))


def _send_in_the_background(app: Flask) -> None:
    with transaction() as session:
        if dispatches.oldest_waiting(session) is None:
            return
    threading.Thread(target=_send_guarded, args=(app,), daemon=True).start()


def _send_guarded(app: Flask) -> None:
    try:
        send_what_waits(app)
    except Exception as error:
        # The rows keep their lease and are tried again.
        log.error("dispatches_not_sent", error=place_of(error))


def _nobody_looks() -> bool:
    moment = now()
    with transaction() as session:
        return watch_keeping.is_stale(session, moment)


def send_what_waits(app: Flask) -> int:
    """Hand over every waiting e-mail and webhook call. Returns how many were taken."""
    found: Runtime = app.extensions["rehab"]
    with app.app_context():
        with transaction() as session:
            letters = dispatches.claim(
                session, found.context, now=found.clock.now(), limit=MOST_LETTERS
            )
        return sum(_send(found, letter) for letter in letters)


def _send(found: Runtime, letter: Letter) -> bool:
    problem: NotTaken | None = None
    try:
        post.hand_over(found.settings, letter, found.clock.now())
    except NotTaken as refused:
        problem = refused
    except Exception as error:
        problem = NotTaken(place_of(error))
    with transaction() as session:
        dispatches.record(session, letter, problem, now=found.clock.now())
    return problem is None
