"""The page in a real browser: two phones, a clock, and a bot that answers."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.simulator import Person, Simulator

from .wire import api

playwright = pytest.importorskip("playwright.sync_api")
CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--headless",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="Chromium is not installed"),
]


class SmallBot:
    """Asks how it went, thanks for a tap, and repeats what it is told."""

    def __init__(self, sim: Simulator) -> None:
        self.sim = sim
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self) -> None:
        offset = 0
        while not self.sim.state.closed:
            for update in api(self.sim, "getUpdates", offset=offset, timeout=20) or []:
                offset = update["update_id"] + 1
                self.answer(update)

    def answer(self, update: dict) -> None:
        if query := update.get("callback_query"):
            api(self.sim, "answerCallbackQuery", callback_query_id=query["id"], text="Noted")
            place = {"chat_id": query["from"]["id"], "message_id": query["message"]["message_id"]}
            api(self.sim, "editMessageText", text="Thank you", **place)
        elif message := update.get("message"):
            keys = {"inline_keyboard": [[{"text": "Went well", "callback_data": "w"}]]}
            words = f"You said <b>{message['text']}</b>"
            api(
                self.sim,
                "sendMessage",
                chat_id=message["chat"]["id"],
                text=words,
                parse_mode="HTML",
                reply_markup=keys,
            )


@pytest.fixture
def with_bot(sim: Simulator) -> Iterator[Simulator]:
    small = SmallBot(sim)
    yield sim
    sim.stop()
    small.thread.join(timeout=5)


@pytest.fixture(scope="module")
def browser():
    with playwright.sync_playwright() as p:
        running = p.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield running
        running.close()


@pytest.fixture
def page(browser):
    context = browser.new_context(viewport={"width": 1280, "height": 860}, locale="en-GB")
    opened = context.new_page()
    opened.set_default_timeout(5000)
    problems: list[str] = []
    opened.on("pageerror", lambda error: problems.append(str(error)))
    opened.on("console", lambda said: said.type == "error" and problems.append(said.text))
    opened.on(
        "request",
        lambda asked: "127.0.0.1" not in asked.url and problems.append(asked.url),
    )
    yield opened
    context.close()
    assert problems == []


def test_a_newcomer_types_taps_and_moves_the_clock(with_bot, asha: Person, meera, page):
    page.goto(with_bot.api_url)
    phone = page.get_by_role("region", name="Patient's phone", exact=True)
    phone.get_by_role("button", name="Start", exact=True).click()
    phone.get_by_role("textbox").fill("hello")
    phone.get_by_role("textbox").press("Enter")
    playwright.expect(phone.locator("strong", has_text="hello")).to_be_visible()

    phone.get_by_role("button", name="Went well").last.click()
    playwright.expect(phone.get_by_text("Noted")).to_be_visible()
    thanks = phone.get_by_role("listitem").filter(has_text="Thank you")
    playwright.expect(thanks).to_contain_text("edited")
    assert asha.last.text == "Thank you"

    page.get_by_role("button", name="Tomorrow 09:00").click()
    playwright.expect(page.locator(".now-time")).to_have_text("09:00")
    assert with_bot.clock.now().astimezone(with_bot.timezone).hour == 9


def test_an_invite_link_opens_on_a_phone_that_never_met_the_bot(with_bot, asha: Person, page):
    asha.send_text("I was here before")
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{with_bot.api_url}/?start=INVITE-1")
    page.get_by_role("button", name="Start", exact=True).click()
    answer = page.get_by_role("listitem").filter(has_text="You said /start INVITE-1")
    playwright.expect(answer).to_be_visible()
    playwright.expect(page).not_to_have_url(re.compile("start="))
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert len(asha.messages) == 2


def test_an_alert_on_the_other_phone_can_be_found_from_this_one(sim, asha, meera, page):
    rao = sim.user(2002, "Dr", "Rao", role="staff")
    page.goto(sim.api_url)
    phone = page.get_by_role("region", name="Clinician's phone", exact=True)
    playwright.expect(phone.get_by_role("combobox")).to_have_value(str(meera.chat_id))
    api(sim, "sendMessage", chat_id=rao.chat_id, text="Alert A-7K2")
    phone.get_by_role("button", name="Dr Rao 1 new").click()
    alert = phone.get_by_role("listitem").filter(has_text="Alert A-7K2")
    playwright.expect(alert).to_be_visible()
