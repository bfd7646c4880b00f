"""Signing in: who gets in, who does not, and what the answer gives away."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pyotp
import pytest
import time_machine

from rehab.models import Clinician
from rehab.web.throttle import FAILURES_PER_ACCOUNT
from tests.web.build import PASSWORD, Clinic
from tests.web.posting import post, sign_in, token_in

MEERA = "meera@clinic.example"


def test_the_right_password_opens_the_worklist(clinic: Clinic) -> None:
    client = clinic.signed_in(MEERA)
    assert client.get("/").status_code == 200


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(clinic: Clinic) -> None:
    wrong = sign_in(clinic.client(), MEERA, "not the password").get_data(as_text=True)
    unknown = sign_in(clinic.client(), "nobody@clinic.example", "x").get_data(as_text=True)
    assert _error(wrong) == _error(unknown) != ""


def test_a_deactivated_account_is_refused_and_its_session_ends(clinic: Clinic) -> None:
    client = clinic.signed_in(MEERA)
    with clinic.change() as session:
        session.get_one(Clinician, clinic.cast.meera).active = False
    assert client.get("/").status_code == 302
    assert sign_in(clinic.client(), MEERA, PASSWORD).status_code == 200


def test_after_signing_in_one_lands_where_one_wanted_to_go(clinic: Clinic) -> None:
    client = clinic.client()
    first = client.get(f"/patients/{clinic.cast.asha}")
    assert first.location == f"/sign-in?next=/patients/{clinic.cast.asha}"
    token = token_in(client.get(first.location).get_data(as_text=True))
    form = {"email": MEERA, "password": PASSWORD, "csrf_token": token}
    assert client.post(first.location, data=form).location == f"/patients/{clinic.cast.asha}"


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example", "/\\evil.example"]
)
def test_a_foreign_next_address_is_not_followed(clinic: Clinic, elsewhere: str) -> None:
    client = clinic.client()
    token = token_in(client.get("/sign-in").get_data(as_text=True))
    form = {"email": MEERA, "password": PASSWORD, "csrf_token": token}
    response = client.post("/sign-in", query_string={"next": elsewhere}, data=form)
    assert not (response.location or "/").startswith(("http", "//", "/\\"))


def test_after_too_many_failures_even_the_right_password_waits(clinic: Clinic) -> None:
    client = clinic.client()
    for _ in range(FAILURES_PER_ACCOUNT):
        sign_in(client, MEERA, "guess")
    refused = sign_in(client, MEERA, PASSWORD)
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0


def test_guessing_from_one_address_does_not_lock_the_clinician_out_elsewhere(
    clinic: Clinic,
) -> None:
    attacker = clinic.client()
    for _ in range(FAILURES_PER_ACCOUNT):
        sign_in(attacker, MEERA, "guess", environ_base={"REMOTE_ADDR": "203.0.113.9"})
    at_home = sign_in(
        clinic.client(), MEERA, PASSWORD, environ_base={"REMOTE_ADDR": "198.51.100.7"}
    )
    assert at_home.status_code == 302


def test_a_second_factor_can_be_set_up_and_is_asked_for(clinic: Clinic) -> None:
    client = clinic.signed_in(MEERA)
    page = post(client, "/account/second-factor", setup="authenticator").get_data(as_text=True)
    secret = page.partition('<p class="secret">')[2].partition("<")[0].replace("-", "")
    target = page.partition('class="text-start" action="')[2].partition('"')[0]
    form = {"code": pyotp.TOTP(secret).now(), "csrf_token": token_in(page)}
    assert client.post(target, data=form).status_code == 302

    other = clinic.client()
    halfway = sign_in(other, MEERA, PASSWORD)
    asked = other.get(halfway.location) if halfway.location else halfway
    assert other.get("/").status_code == 302, "the password alone must not open anything"
    form = {"code": pyotp.TOTP(secret).now(), "csrf_token": token_in(asked.get_data(as_text=True))}
    assert other.post("/sign-in/code", data=form).status_code == 302
    assert other.get("/").status_code == 200


def test_somebody_signed_in_may_post_the_sign_in_form_again(clinic: Clinic) -> None:
    client = clinic.signed_in(MEERA)
    assert post(client, "/sign-in", email=MEERA, password=PASSWORD).status_code in (200, 302)
    assert client.get("/").status_code == 200


def test_a_remember_me_cookie_opens_nothing(clinic: Clinic) -> None:
    client = clinic.client()
    token = token_in(client.get("/sign-in").get_data(as_text=True))
    form = {"email": MEERA, "password": PASSWORD, "remember": "y", "csrf_token": token}
    client.post("/sign-in", data=form)
    client.delete_cookie(clinic.app.config["SESSION_COOKIE_NAME"])
    assert client.get("/").status_code == 302


@pytest.mark.parametrize(("minutes", "status"), [(20, 200), (31, 302)])
def test_an_idle_session_ends_after_half_an_hour(
    clinic: Clinic, minutes: int, status: int
) -> None:
    with time_machine.travel(datetime(2026, 11, 22, 10, tzinfo=UTC), tick=False) as clock:
        client = clinic.signed_in(MEERA)
        clock.shift(timedelta(minutes=minutes))
        assert client.get("/").status_code == status


def test_a_busy_session_ends_after_a_working_day(clinic: Clinic) -> None:
    with time_machine.travel(datetime(2026, 11, 22, 7, tzinfo=UTC), tick=False) as clock:
        client = clinic.signed_in(MEERA)
        statuses = []
        for _ in range(37):
            clock.shift(timedelta(minutes=20))
            statuses.append(client.get("/").status_code)
    assert statuses == [200] * 36 + [302]


def test_signing_out_needs_a_form_and_ends_the_session(clinic: Clinic) -> None:
    client = clinic.signed_in(MEERA)
    assert client.get("/sign-out").status_code in (404, 405)
    assert post(client, "/sign-out").status_code == 302
    assert client.get("/").status_code == 302


def test_the_session_cookie_is_closed_to_scripts_and_other_sites(clinic: Clinic) -> None:
    cookie = clinic.client().get("/sign-in").headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def _error(page: str) -> str:
    return page.partition('role="alert">')[2].partition("<")[0]
