"""Takes the README's pictures from a running, fresh demo: `make run`, then `python docs/pictures.py`.

It walks the main story in a real browser, so it is also the quickest way to see that it works.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from playwright.sync_api import Locator, Page, sync_playwright

HERE = Path(__file__).resolve().parent
IMAGES = HERE / "images"
TOKEN = (HERE.parent / "instance" / "newcomer-token").read_text(encoding="utf-8")
SIMULATOR = f"http://127.0.0.1:{os.environ.get('SIMULATOR_PORT', '8081')}"
DASHBOARD = f"http://127.0.0.1:{os.environ.get('WEB_PORT', '8000')}"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
TOO_LONG_MS = 30_000
CARD = "deep vein thrombosis is likely"
"""Of Asha's alert."""


def tap(page: Page, words: str, *, exact: bool = False) -> None:
    button = page.locator("main").get_by_role("button", name=words, exact=exact).last
    button.click(timeout=TOO_LONG_MS)


def message(page: Page, words: str) -> Locator:
    return page.locator("main li.message").filter(has_text=words).last


def tap_on(page: Page, card: str, words: str) -> None:
    """A button of one message: other cards may have come after it."""
    message(page, card).get_by_role("button", name=words).click(timeout=TOO_LONG_MS)


def scroll_to(page: Page, words: str, block: str) -> None:
    message(page, words).evaluate(f"one => one.scrollIntoView({{block: '{block}'}})")


def seen(page: Page, words: str) -> None:
    page.locator("main").get_by_text(words).last.wait_for(timeout=TOO_LONG_MS)


def picture(page: Page, name: str) -> None:
    page.wait_for_timeout(700)  # for the eye: bubbles slide in
    page.screenshot(path=IMAGES / f"{name}.png")


def chat(page: Page) -> None:
    page.goto(f"{SIMULATOR}/?patient=710000000&staff=700000001&start={TOKEN}")
    page.locator(".start").first.click(timeout=TOO_LONG_MS)
    seen(page, "in which year were you born")
    box = page.get_by_placeholder("Message").first
    box.fill("1979")
    box.press("Enter")
    seen(page, "Do you understand this")
    picture(page, "consent")
    tap(page, "I understand")
    tap(page, "09:00", exact=True)
    tap(page, "I can see it")
    seen(page, "Perfect, everything works")
    page.get_by_role("button", name="Tomorrow 09:00").click()
    seen(page, "somebody helping")
    picture(page, "morning")
    tap(page, "It is me")
    seen(page, "worst pain")
    for answer in ("4", "Paracetamol", "Dry", "Below 38"):
        tap(page, answer, exact=answer == "4")
    tap(page, "Calf or thigh")
    seen(page, "blood clot")
    seen(page, CARD)
    tap(page, "Someone today")
    message(page, CARD).get_by_text("patient says").wait_for(timeout=TOO_LONG_MS)
    scroll_to(page, CARD, "end")
    picture(page, "alert")
    tap_on(page, CARD, "I'm on it")
    message(page, CARD).get_by_text("is on it since").wait_for(timeout=TOO_LONG_MS)
    tap_on(page, CARD, "Resolve")
    tap_on(page, CARD, "Advised")
    message(page, CARD).get_by_text("Resolved by").wait_for(timeout=TOO_LONG_MS)
    tap(page, "The same")
    tap(page, "All of them")
    seen(page, "You can change answers")
    scroll_to(page, CARD, "end")
    picture(page, "resolved")
    exercise(page)


def exercise(page: Page) -> None:
    """One exercise of the guided session, picture and all."""
    box = page.get_by_placeholder("Message").first
    box.fill("/today")
    box.press("Enter")
    seen(page, "Heel slides")
    tap(page, "One by one")
    seen(page, "how is your pain right now")
    tap(page, "3", exact=True)
    seen(page, "Exercise 1 of")
    tap(page, "Done")
    seen(page, "Exercise 2 of")
    page.wait_for_timeout(1500)  # for the eye: the picture loads
    scroll_to(page, "Exercise 2 of", "start")
    picture(page, "exercise")


def dashboard(page: Page) -> None:
    page.goto(DASHBOARD)
    page.locator("input[name=email]").fill("meera@demo.example")
    page.locator("input[type=password]").fill("demo-clinic-2026")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="Worklist").wait_for(timeout=TOO_LONG_MS)
    picture(page, "worklist")
    page.get_by_role("link", name="Asha").first.click()
    page.get_by_role("heading", name="Timeline").wait_for(timeout=TOO_LONG_MS)
    picture(page, "patient")
    page.get_by_role("heading", name="Timeline").evaluate("one => one.scrollIntoView()")
    picture(page, "timeline")
    page.goto(f"{DASHBOARD}/")
    page.get_by_role("link", name="Zoya").first.click()
    page.get_by_role("heading", name="Timeline").wait_for(timeout=TOO_LONG_MS)
    page.goto(f"{page.url}/plan")
    page.get_by_role("heading", name="Stage P1").wait_for(timeout=TOO_LONG_MS)
    picture(page, "plan")


def main() -> None:
    IMAGES.mkdir(exist_ok=True)
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        chat(page)
        dashboard(page)
        browser.close()


if __name__ == "__main__":
    sys.exit(main())
