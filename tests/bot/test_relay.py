"""The relay against a real mail server and a real address: what arrives, after which trouble."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from rehab import post
from rehab.models import Dispatch, DispatchState
from rehab.post import EMAIL, WEBHOOK, NotTaken
from rehab.services import dispatches
from tests.bot.places import Site, session_of
from tests.support.post_office import SECRET, Address, MailServer, email_to, with_channels

NOW = datetime(2026, 1, 5, 4, 0, tzinfo=UTC)


@pytest.fixture
def mail() -> Iterator[MailServer]:
    with MailServer() as server:
        yield server


@pytest.fixture
def address() -> Iterator[Address]:
    with Address() as made:
        yield made


def wire(site: Site, mail: MailServer, address: Address) -> None:
    runtime = site.app.extensions["rehab"]
    context = with_channels(runtime.context, port=mail.port, url=address.url)
    settings = runtime.settings.model_copy(
        update={"config": context.config, "outgoing_webhook_secret": SECRET}
    )
    site.app.extensions["rehab"] = replace(runtime, context=context, settings=settings)


def put(site: Site, channel: str, key: str, body: str = "words") -> None:
    with session_of(site.app) as session:
        dispatches.enqueue(
            session,
            dedupe_key=key,
            channel=channel,
            kind="alert_mail",
            subject="Alert K7F3Q",
            body=body,
            now=datetime.now(UTC),
        )


def states(site: Site) -> list[str]:
    with session_of(site.app) as session:
        return [row.state for row in session.query(Dispatch).order_by(Dispatch.id)]


def until_all(site: Site, state: str) -> None:
    pause = threading.Event()
    for _ in range(1000):
        if set(states(site)) == {state}:
            return
        pause.wait(0.01)
    raise AssertionError(states(site))


def test_a_mail_and_a_signed_call_arrive(site: Site, mail: MailServer, address: Address) -> None:
    wire(site, mail, address)
    put(site, EMAIL, "mail", "An alert waits – bitte öffnen")
    put(site, WEBHOOK, "hook", json.dumps({"alert": "K7F3Q", "delivery": "d1"}))
    with site.bot():
        (letter,) = mail.wait_for()
        (call,) = address.wait_for()
        until_all(site, DispatchState.ACCEPTED)
    assert (letter["To"], letter["From"]) == ("ops@clinic.example", "bot@clinic.example")
    assert letter["Subject"] == "Alert K7F3Q"
    assert letter.get_content().strip() == "An alert waits – bitte öffnen"  # type: ignore[attr-defined]
    headers = {name.lower(): value for name, value in call.headers.items()}
    signed = f"{headers['x-rehab-timestamp']}.{call.body}".encode()
    expected = hmac.new(SECRET.encode(), signed, hashlib.sha256).hexdigest()
    assert headers["x-rehab-signature"] == f"sha256={expected}"
    assert json.loads(call.body)["delivery"] == "d1"


def test_a_refused_call_is_made_again_and_the_mail_does_not_wait_for_it(
    site: Site, mail: MailServer, address: Address
) -> None:
    wire(site, mail, address)
    address.status = 503
    put(site, WEBHOOK, "hook", "{}")
    put(site, EMAIL, "mail")
    with site.bot():
        address.wait_for()
        mail.wait_for()
        address.status = 204
        address.wait_for(2)
        until_all(site, DispatchState.ACCEPTED)
    assert [call.body for call in address.calls] == ["{}", "{}"]


def test_a_mail_server_that_is_away_is_asked_again(mail: MailServer) -> None:
    mail.refuses = "451 later"
    with pytest.raises(NotTaken) as problem:
        post.send_email(email_to(mail.port), "", to="m@c.example", subject="s", body="b", now=NOW)
    assert not problem.value.is_final
    nobody_there = email_to(1)
    with pytest.raises(NotTaken) as problem:
        post.send_email(nobody_there, "", to="m@c.example", subject="s", body="b", now=NOW)
    assert not problem.value.is_final


def test_an_address_the_server_will_never_know_is_given_up(mail: MailServer) -> None:
    mail.refuses = "550 no such user"
    with pytest.raises(NotTaken) as problem:
        post.send_email(email_to(mail.port), "", to="m@c.example", subject="s", body="b", now=NOW)
    assert problem.value.is_final


def test_nothing_can_add_a_header_of_its_own(mail: MailServer) -> None:
    with pytest.raises(NotTaken) as problem:
        post.send_email(
            email_to(mail.port), "", to="m@c.example", subject="s\r\nBcc: t@e.org", body="b",
            now=NOW,
        )  # fmt: skip
    assert problem.value.is_final
    assert mail.mails == []
