"""Takes the README's pictures from a running, fresh demo: `make run`, then `python docs/pictures.py`.

It walks the main story in a real browser, so it is also the quickest way to see that it works.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

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


def tap(page: Page, words: str, *, exact: bool = False) -> None:
    button = page.locator("main").get_by_role("button", name=words, exact=exact).last
    button.click(timeout=TOO_LONG_MS)


def seen(page: Page, words: str) -> None:
    page.locator("main").get_by_text(words).last.wait_for(timeout=TOO_LONG_MS)


def picture(page: Page, name: str) -> None:
    page.wait_for_timeout(700)  # for the eye: bubbles slide in
    page.screenshot(path=IMAGES / f"{name}.png")


def chat(page: Page) -> None:
    page.goto(f"{SIMULATOR}/?patient=710000000&staff=700000001&start={TOKEN}")
    page.locator(".start:visible").first.click(timeout=TOO_LONG_MS)
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
    seen(page, "worst pain")
    picture(page, "morning")
    for answer in ("4", "Paracetamol", "Dry", "Below 38"):
        tap(page, answer, exact=answer == "4")
    tap(page, "Calf or thigh")
    seen(page, "blood clot")
    seen(page, "Nobody has acknowledged")
    picture(page, "alert")
    tap(page, "Acknowledge")
    seen(page, "is on it since")
    tap(page, "Resolve")
    tap(page, "Called the patient")
    seen(page, "Resolved by")
    tap(page, "The same")
    tap(page, "All of them")
    seen(page, "You can change answers")
    picture(page, "resolved")


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
