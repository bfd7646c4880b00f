"""Plan, library and preferences in a real browser: phone and desk, light and dark, by keyboard."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from werkzeug.serving import make_server

from rehab.models import PlanChange
from tests.web.build import PASSWORD, Clinic

pytest.importorskip("playwright")
axe_module = pytest.importorskip("axe_playwright_python.sync_playwright")
CHROMIUM = shutil.which("chromium")
ARGS = [
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
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine"),
]


@pytest.fixture
def address(clinic: Clinic) -> Iterator[str]:
    clinic.answer(clinic.cast.asha, {"pain": "6"})
    server = make_server("127.0.0.1", 0, clinic.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGS)
        yield found
        found.close()


@pytest.mark.parametrize(("width", "scheme"), [(360, "light"), (1280, "dark")])
def test_the_new_pages_fit_the_screen_and_everybody(
    clinic: Clinic, address: str, browser: Any, width: int, scheme: str
) -> None:
    context = browser.new_context(viewport={"width": width, "height": 844}, color_scheme=scheme)
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    _sign_in(page, address, "rao@clinic.example", clinic)
    plan = f"/patients/{clinic.cast.asha}/plan"
    for path in (
        plan,
        f"{plan}/preview?kind=add&exercise_id=EX35",
        f"{plan}/preview?kind=surgery_date&surgery_on=2026-11-20",
        "/library?procedure=hip-resurfacing",
        "/library/EX05",
        "/protocols",
        "/protocols?id=hip-resurfacing-standard",
        "/preferences?procedure=hip-resurfacing",
    ):
        page.goto(address + path)
        # Everything that is folded away is looked at too.
        page.evaluate(
            "for (const one of document.querySelectorAll('main details')) one.open = true"
        )
        page.wait_for_load_state("load")
        wider = page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert wider <= 0, f"{path} is {wider} px too wide"
        assert _violations(page) == [], path
    assert complaints == []
    context.close()


def test_a_dose_is_changed_without_scripts_by_keyboard(
    clinic: Clinic, address: str, browser: Any
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    _sign_in(page, address, "meera@clinic.example", clinic)
    page.goto(f"{address}/patients/{clinic.cast.asha}/plan")
    page.locator("summary", has_text="Heel slides").focus()
    page.keyboard.press("Enter")
    reps = page.locator("li", has=page.locator("summary", has_text="Heel slides"))
    reps.get_by_label("Repetitions").fill("8")
    page.keyboard.press("Enter")
    page.get_by_text("What the patient will read").wait_for()
    page.get_by_label("Reason").focus()
    page.keyboard.type("Sore after yesterday")
    page.keyboard.press("Enter")
    page.get_by_text("Changed by Meera Joshi").first.wait_for()
    with clinic.change() as session:
        assert session.query(PlanChange).one().dose == {
            "sets": 1, "reps": 8, "hold_seconds": 5, "times_a_day": 3,
        }  # fmt: skip
    context.close()


def test_who_asks_for_less_motion_gets_still_pictures(
    clinic: Clinic, address: str, browser: Any
) -> None:
    context = browser.new_context(reduced_motion="reduce")
    page = context.new_page()
    _sign_in(page, address, "meera@clinic.example", clinic)
    page.goto(f"{address}/library/EX05")
    shown = page.locator("img.moving")
    shown.wait_for()
    assert "strip.svg" in shown.evaluate("one => one.currentSrc")
    context.close()


def _sign_in(page: Any, address: str, email: str, clinic: Clinic) -> None:
    if email.startswith("rao"):
        clinic.join_team(clinic.cast.asha, clinic.cast.rao)
    page.goto(address)
    page.fill("[name=email]", email)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_selector("h1:has-text('Worklist')")


def _violations(page: Any) -> list[str]:
    found = axe_module.Axe().run(page).response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html']}" for one in found]
