"""The content pages in a real browser: on a phone, for everybody, and by keyboard without scripts."""

from __future__ import annotations

from typing import Any

import pytest

from rehab.services import drafts
from tests.web.build import NOW, Clinic
from tests.web.test_browser import _sign_in, _violations, address, browser, pytestmark

__all__ = ["address", "browser", "pytestmark"]

PIECE = "/content/piece?name=library/EX18"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_content_pages_fit_a_phone_and_everybody(
    clinic: Clinic, address: str, browser: Any, scheme: str
) -> None:
    with clinic.change() as session:
        for text in (None, "id = 7\n"):
            drafts.begin(
                session, clinic.context, kind="library", content_id="EX18", reason="agreed",
                author_id=clinic.cast.rao, now=NOW, toml=text,
            )  # fmt: skip
    context = browser.new_context(viewport={"width": 390, "height": 800}, color_scheme=scheme)
    page = context.new_page()
    _sign_in(page, address)
    for path in (
        "/content",
        PIECE,
        "/content/draft?number=1",
        "/content/draft?number=2",
        f"/content/patients/{clinic.cast.asha}",
    ):
        page.goto(address + path)
        page.wait_for_load_state("networkidle")
        wider = page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert wider <= 0, f"{path} is {wider} px too wide"
        assert _violations(page) == [], path
    context.close()


def test_a_draft_is_begun_and_checked_without_scripts_by_keyboard(
    clinic: Clinic, address: str, browser: Any
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    _sign_in(page, address)
    page.goto(address + PIECE)
    page.focus("[name=reason]")
    page.keyboard.type("agreed in the team")
    page.keyboard.press("Enter")
    page.wait_for_selector("h1:has-text('Draft 1')")
    page.focus("[name=toml]")
    page.keyboard.press("Control+A")
    page.keyboard.type('id = "EX18"')
    page.get_by_role("button", name="Save and check").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("text=the key `dose`, which must be given")
    context.close()
