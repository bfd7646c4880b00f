"""Canaries with unmistakable feathers fly through the whole product; none may be seen in a log."""

from __future__ import annotations

import io
import logging
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
import structlog
from sqlalchemy import select

from bot.simulator.server import Application
from rehab import logs
from rehab.models import Clinician, InboxUpdate
from rehab.services import messages
from rehab.web import patients
from tests.support.browser import Browser
from tests.support.cast import MEERA, PatientRole
from tests.support.house import PASSWORD, House, sqlite_url
from tests.support.talk import QUESTIONS, answer, check_in, reminded

TOKEN = "7000000001:AAcanary-token-of-a-bot-0123456789xyz"
ROLE = PatientRole(1001, "Canarywren Zaffre", phone="+91 98765 01234")
WORDS = "canaryfinch told me that my calf is swollen and hot"
POISON = "canarylinnet cannot be handled"
NOTE = "canarysiskin was seen at home"
STAFF_NAME = "Canaryowl Mottle"
FEATHERS = ("canary", "zaffre", "mottle", "98765", "01234")


class Log:
    """Everything the product wrote."""

    def __init__(self, stream: io.StringIO) -> None:
        self._stream = stream

    @property
    def text(self) -> str:
        return self._stream.getvalue()


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> Iterator[Log]:
    """The product's own logging, as a real start sets it up, into memory, and chattier."""
    root, stream = logging.getLogger(), io.StringIO()
    handlers, level = root.handlers[:], root.level
    levels = {name: logging.getLogger(name).level for name in logs.NOISY}
    monkeypatch.setattr(sys, "stderr", stream)
    logs.set_up(logging.DEBUG)
    yield Log(stream)
    structlog.reset_defaults()
    root.handlers[:] = handlers
    root.setLevel(level)
    for name, was in levels.items():
        logging.getLogger(name).setLevel(was)


@pytest.fixture
def paths(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every address the bot asks its Bot API server for."""
    seen: list[str] = []
    respond = Application.__call__

    def noting(self: Application, environ: dict[str, Any], start_response: Any) -> Any:
        seen.append(f"{environ['PATH_INFO']}?{environ.get('QUERY_STRING', '')}")
        return respond(self, environ, start_response)

    monkeypatch.setattr(Application, "__call__", noting)
    return seen


@pytest.fixture
def canary_house(log: Log, paths: list[str], tmp_path: Path) -> Iterator[House]:
    with House(sqlite_url(tmp_path), token=TOKEN) as made:
        with made.session() as session:
            session.scalar(
                select(Clinician).where(Clinician.email == MEERA.email)
            ).name = STAFF_NAME
        made.start_bot()
        yield made


def test_no_name_phone_text_or_token_is_in_any_log_address_or_metric(
    canary_house: House,
    log: Log,
    paths: list[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    house = canary_house
    browser = house.browser()
    invite = _a_whole_story(house, browser)
    _things_go_wrong(house, browser, monkeypatch)

    metrics = browser.get("/metrics").source
    healths = [browser.get(f"/health/{name}").source for name in ("intake", "delivery")]
    house.stop_bot()
    written = log.text
    assert "bot_started" in written, "the log was really kept"
    assert "update_failed" in written, "something really went wrong"
    assert "request_failed" in written or "Exception" in written
    secrets = (*FEATHERS, invite.lower(), PASSWORD)
    for place, text in {
        "log": written,
        "metrics": metrics,
        "health": " ".join(healths),
        "addresses of the dashboard": unquote(" ".join(browser.visited)),
        "addresses of the Bot API": unquote(" ".join(paths)).replace(f"/bot{TOKEN}/", "/"),
        "errors of updates": " ".join(one.error or "" for one in house.rows(select(InboxUpdate))),
    }.items():
        found = [feather for feather in secrets if feather in text.lower()]
        assert not found, (place, found, _around(text, found[0]))
    assert TOKEN not in written

    # Nor does the database show them to whoever copies its file.
    stored = b"".join(file.read_bytes() for file in tmp_path.glob("house.sqlite3*"))
    for private in (ROLE.name, ROLE.phone, WORDS, POISON):
        assert private.encode() not in stored, private


def _a_whole_story(house: House, browser: Browser) -> str:
    form = {
        "name": ROLE.name, "birth_year": "1974", "protocol": "hip-resurfacing/standard",
        "side": "left", "surgery_on": "2026-11-14", "language": "en",
        "timezone": ROLE.zone, "phone": ROLE.phone, "clinician": str(house.staff_id(MEERA)),
    }  # fmt: skip
    page = browser.post("/patients/new", "/patients/new", **form)
    token = re.search(r"\?start=([\w-]+)", page.source)
    assert token
    patient = house.sim.user(ROLE.chat_id, "Canarywren", "Zaffre", phone=ROLE.phone)
    patient.start(token[1])
    patient.expect("in which year")
    patient.send_text("1974")
    patient.tap(patient.expect("please read this"), "✅ I understand and want to start")
    patient.tap(patient.expect("At what time each day"), "09:00")
    patient.tap(patient.expect("test message"), "👍 I can see it")
    patient.expect("Perfect")
    house.at("2026-11-23 09:00")
    reminded(patient)
    answer(patient, "3")
    patient.expect(QUESTIONS["medicine"])
    check_in(patient, first="medicine")
    patient.send_text(WORDS)
    patient.expect("blood clot")
    patient.send_contact()
    patient.send_photo(b"\xff\xd8 canary", caption="canarysparrow on the picture")
    card = house.meera.expect("🟠 SAME DAY")
    # Of all names only the colleague's who was told: the others must know whom to ask.
    assert f"Told: {STAFF_NAME}" in card.text
    said = card.text.replace(STAFF_NAME, "").lower()
    assert not any(feather in said for feather in FEATHERS), card.text
    house.meera.tap(card, "✋ I'm on it")
    house.meera.expect(f"{STAFF_NAME} is on it")
    patient_id = 1
    browser.get(f"/patients/{patient_id}")
    browser.get("/?q=" + "nobody")
    page = browser.post(
        f"/patients/{patient_id}/alerts/1/resolve", f"/patients/{patient_id}",
        outcome="seen", note=NOTE,
    )  # fmt: skip
    assert page.status == 200
    browser.post(f"/patients/{patient_id}/messages/seen", f"/patients/{patient_id}")
    return token[1]


def _things_go_wrong(house: House, browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    patient = house.sim.person(ROLE.chat_id)
    screen = messages.triage.screen

    def choke(text: str, *more: Any, **named: Any) -> Any:
        if text == POISON:
            raise RuntimeError(f"cannot screen {text!r} of {ROLE.name}, {ROLE.phone}")
        return screen(text, *more, **named)

    monkeypatch.setattr(messages.triage, "screen", choke)
    patient.send_text(POISON)
    house.until(lambda: house.count(InboxUpdate, InboxUpdate.attempts > 0))
    house.sim.push_raw('{"update_id": 5, "message": {"text": "canarythrush')
    for status in (400, 500, 502, 429):
        house.sim.faults.add(
            "status", "sendMessage", status=status, retry_after=1 if status == 429 else None,
            description=f"can't parse canarycrow {ROLE.name} {TOKEN}",
        )  # fmt: skip
    house.sim.faults.add("status", "getUpdates", status=500, description=f"{TOKEN} canaryjay")
    house.sim.faults.add("malformed", "sendMessage", body="canaryrook is no JSON")
    for _ in range(3):
        patient.send_text("thank you canarydove")
    house.sim.wait_until(lambda: len(patient.messages) > 5)

    def explode(*_args: Any, **_more: Any) -> Any:
        raise RuntimeError(f"the page of {ROLE.name} broke: {WORDS} {TOKEN}")

    with monkeypatch.context() as broken:
        broken.setattr(patients, "pain_history", explode)
        house.app.config["PROPAGATE_EXCEPTIONS"] = False
        page = browser.get("/patients/1")
        assert page.status == 500
        assert ROLE.name not in page.text
    house.later(seconds=5)


def _around(text: str, feather: str) -> str:
    at = text.lower().find(feather)
    return text[max(0, at - 200) : at + 100]
