"""Filling in forms as a browser does: with the token of the page."""

from __future__ import annotations

from typing import Any

from flask.testing import FlaskClient


def sign_in(client: FlaskClient, email: str, password: str, **more: Any) -> Any:
    """Post the sign-in form with its token."""
    token = token_in(client.get("/sign-in").get_data(as_text=True))
    form = {"email": email, "password": password, "csrf_token": token}
    return client.post("/sign-in", data=form, **more)


def post(client: FlaskClient, path: str, page: str = "/", **form: Any) -> Any:
    """Post a form with the token of a page."""
    token = token_in(client.get(page, follow_redirects=True).get_data(as_text=True))
    return client.post(path, data={**form, "csrf_token": token})


def token_in(page: str) -> str:
    """The CSRF token of a page."""
    _, _, rest = page.partition('name="csrf_token"')
    _, _, rest = rest.partition('value="')
    return rest.partition('"')[0]
