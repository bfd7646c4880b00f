"""The pages in a real browser: on a phone and on a desk, by keyboard, without scripts, for everybody."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from werkzeug.serving import make_server

from tests.support.pictures import opus
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
    clinic.answer(clinic.cast.asha, {"pain": "4"}, days_ago=2)
    clinic.answer(clinic.cast.asha, {"legs": "calf"})
    clinic.write(clinic.cast.asha, "May I have a bath?")
    clinic.send(clinic.cast.asha, content=b"", hours_ago=30)
    clinic.send(clinic.cast.asha, "voice", content=opus())
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


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_main_pages_fit_the_screen_and_everybody(
    clinic: Clinic, address: str, browser: Any, width: int, scheme: str
) -> None:
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    _sign_in(page, address)
    patient = f"/patients/{clinic.cast.asha}"
    for path in (
        "/",
        patient,
        f"{patient}/photos",
        f"{patient}/phone-check-in",
        f"{patient}/caregivers",
        f"{patient}/rules",
        "/rules/settings",
        "/patients/new",
        "/alerts",
        "/rules/report",
        "/on-call",
        "/roll-call",
    ):
        page.goto(address + path)
        page.wait_for_load_state("networkidle")
        wider = page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert wider <= 0, f"{path} is {wider} px too wide"
        assert _violations(page) == [], path
    assert complaints == []
    context.close()


def test_a_patient_is_found_and_an_alert_taken_without_scripts_by_keyboard(
    clinic: Clinic, address: str, browser: Any
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    _sign_in(page, address)
    page.focus("input[type=search]")
    page.keyboard.type("asha")
    page.keyboard.press("Enter")
    page.focus("a.name")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/patients/{clinic.cast.asha}")
    page.get_by_role("button", name="Acknowledge").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Meera Joshi is on it")
    context.close()


def _sign_in(page: Any, address: str) -> None:
    page.goto(address)
    page.fill("[name=email]", "meera@clinic.example")
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_selector("h1:has-text('Worklist')")


def _violations(page: Any) -> list[str]:
    found = axe_module.Axe().run(page).response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html']}" for one in found]
