"""A clinician's browser: signs in through the form, keeps the protection tokens, reads pages."""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

ADDRESS = "https://clinic.example"


class Page:
    """An answer, as a person reads it."""

    def __init__(self, response: TestResponse) -> None:
        self.status = response.status_code
        self.source = response.get_data(as_text=True)
        self.text = words_of(self.source)

    def __contains__(self, words: str) -> bool:
        return words in self.text

    def section(self, heading: str) -> str:
        """The words from a heading to the next one."""
        _, found, rest = self.source.partition(f">{heading}")
        assert found, f"no heading {heading!r} on this page:\n{self.text}"
        return words_of(re.split(r"<h[12]\b", rest)[0].partition(">")[2])

    @property
    def timeline(self) -> list[str]:
        """The entries of a patient's timeline, newest first, each with its time."""
        part = self.source.partition('<ol class="timeline">')[2].partition("</section>")[0]
        return [words_of(one) for one in re.split(r"<li>(?=<time)", part)[1:]]


class Browser:
    """One person's session. Every request goes over HTTPS, with the checks of production."""

    def __init__(self, app: Flask) -> None:
        self._client: FlaskClient = app.test_client()
        self.visited: list[str] = []

    def get(self, path: str) -> Page:
        """Open a page, following redirects."""
        return Page(self._request("GET", path, follow_redirects=True))

    def post(self, path: str, page: str, **form: Any) -> Page:
        """Send a form with the token of the page it stands on."""
        token = token_in(self.get(page).source)
        data = {**form, "csrf_token": token}
        headers = {"Referer": ADDRESS + page}
        return Page(self._request("POST", path, data=data, headers=headers, follow_redirects=True))

    def sign_in(self, email: str, password: str) -> Page:
        """Through the sign-in form."""
        page = self.post("/sign-in", "/sign-in", email=email, password=password)
        assert page.status == 200, page.text
        assert "Sign out" in page.text, page.text
        return page

    def _request(self, method: str, path: str, **more: Any) -> TestResponse:
        response = self._client.open(path, method=method, base_url=ADDRESS, **more)
        self.visited += [step.request.url for step in (*response.history, response)]
        return response


def words_of(source: str) -> str:
    """The words of a piece of HTML, in one line."""
    reader = _Words()
    reader.feed(source)
    return " ".join("".join(reader.found).split())


def token_in(source: str) -> str:
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', source)
    assert found, "this page has no form"
    return html.unescape(found[1])


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.found.append(" ")
        self._hidden += tag in ("script", "style")

    def handle_endtag(self, tag: str) -> None:
        self.found.append(" ")
        self._hidden -= tag in ("script", "style")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.found.append(data)
