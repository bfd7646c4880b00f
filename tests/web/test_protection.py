"""Headers, forms of other sites, hosts that are not ours, and errors that tell nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text

from rehab.web.headers import CONTENT_SECURITY_POLICY
from tests.web.build import Clinic
from tests.web.posting import token_in

MEERA = "meera@clinic.example"


@pytest.mark.parametrize(
    "path",
    ["/", "/sign-in", "/nothing-here", "/health/live", "/metrics", "/alerts", "/patients/999"],
)
def test_every_answer_carries_the_security_headers(clinic: Clinic, path: str) -> None:
    headers = clinic.signed_in(MEERA).get(path).headers
    assert headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cache-Control"] == "no-store"


def test_a_broken_page_tells_nothing_and_keeps_its_headers(
    clinic: Clinic, caplog: pytest.LogCaptureFixture
) -> None:
    client = clinic.signed_in(MEERA)
    with clinic.change() as session:
        session.execute(text("ALTER TABLE patient RENAME COLUMN name TO name_gone"))
    response = client.get("/")
    assert response.status_code == 500
    assert response.headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
    assert "name_gone" not in response.get_data(as_text=True)
    assert "SELECT" not in response.get_data(as_text=True)
    assert "SELECT" not in caplog.text


def test_pages_hold_no_inline_script_or_style(clinic: Clinic) -> None:
    client = clinic.signed_in(MEERA)
    clinic.answer(clinic.cast.asha, {"legs": "calf"})
    for path in ("/", f"/patients/{clinic.cast.asha}", "/alerts", "/patients/new", "/sign-in"):
        page = client.get(path).get_data(as_text=True)
        assert " style=" not in page, path
        assert "<style" not in page, path
        assert "<script>" not in page, path
        assert "onclick" not in page, path


@pytest.mark.parametrize("path", ["/patients/new", "/on-call", "/sign-out"])
def test_a_form_without_its_token_is_refused(clinic: Clinic, path: str) -> None:
    assert clinic.signed_in(MEERA).post(path, data={}).status_code == 400


def test_a_form_sent_by_another_site_is_refused_even_with_a_token(clinic: Clinic) -> None:
    client = clinic.signed_in(MEERA)
    token = token_in(client.get("/on-call").get_data(as_text=True))
    response = client.post(
        "/on-call",
        data={"csrf_token": token, "clinician": clinic.cast.rao},
        headers={"Sec-Fetch-Site": "cross-site"},
    )
    assert response.status_code == 403


def test_a_foreign_host_name_is_refused(tmp_path: Path) -> None:
    clinic = Clinic(tmp_path, web={"trusted_hosts": ["rehab.clinic.example"]})
    client = clinic.client()
    assert client.get("/sign-in", headers={"Host": "evil.example"}).status_code == 400
    assert client.get("/sign-in", headers={"Host": "rehab.clinic.example"}).status_code == 200


def test_over_https_the_cookie_is_bound_to_the_host(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clinic = Clinic(tmp_path, token="123456:abcdefghijklmnopqrstuvwxyz")
    headers = clinic.client().get("/sign-in", base_url="https://rehab.clinic.example").headers
    assert headers["Set-Cookie"].startswith("__Host-rehab=")
    assert "Secure" in headers["Set-Cookie"]
    assert "Strict-Transport-Security" in headers


def test_static_files_may_be_kept_by_the_browser(clinic: Clinic) -> None:
    with clinic.client().get("/static/rehab.css") as response:
        headers = response.headers
    assert "max-age" in headers["Cache-Control"]
    assert "Set-Cookie" not in headers
