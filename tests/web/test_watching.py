"""The bot is dead, and the dashboard notices: the banner, the operator's mail, and health."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import time_machine

from rehab.models import Dispatch
from rehab.web import watching
from tests.support.post_office import MailServer, with_channels
from tests.web.build import Clinic


def wire(clinic: Clinic, mail: MailServer) -> None:
    runtime = clinic.app.extensions["rehab"]
    context = with_channels(runtime.context, port=mail.port)
    settings = runtime.settings.model_copy(update={"config": context.config})
    clinic.app.extensions["rehab"] = replace(runtime, context=context, settings=settings)


def asked(clinic: Clinic) -> int:
    """A monitor asks, after this process has not looked for a while."""
    clinic.app.extensions.pop(watching.LOOKED_AT, None)
    return clinic.client().get("/health/watch").status_code


def test_with_a_dead_bot_the_dashboard_tells_the_operator_and_every_page(clinic: Clinic) -> None:
    with MailServer() as mail, time_machine.travel(clinic.clock.moment, tick=False) as machine:
        wire(clinic, mail)
        assert asked(clinic) == 200
        for _ in range(2):
            clinic.clock.moment += timedelta(seconds=61)
            machine.shift(timedelta(seconds=61))
            status = asked(clinic)
        assert status == 503
        (letter,) = [one for one in mail.wait_for() if one["To"] == "ops@clinic.example"]
        assert "in trouble" in letter["Subject"]
        page = clinic.signed_in("meera@clinic.example").get("/on-call").get_data(as_text=True)
        assert "The bot does not run" in page


def test_the_banner_is_not_there_while_all_is_well(clinic: Clinic) -> None:
    assert "banner bad" not in clinic.signed_in("meera@clinic.example").get("/on-call").get_data(
        as_text=True
    )
    assert clinic.read(lambda session: session.query(Dispatch).count()) == 0
