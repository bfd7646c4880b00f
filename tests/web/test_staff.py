"""Accounts and duty: adding people, switching them off, handing over."""

from __future__ import annotations

import re

from tests.web.build import PASSWORD, Clinic
from tests.web.posting import post, sign_in

ADMIN, MEERA = "admin@clinic.example", "meera@clinic.example"


def test_an_administrator_adds_somebody_who_can_then_sign_in(clinic: Clinic) -> None:
    admin = clinic.signed_in(ADMIN)
    form = {
        "name": "Nurse Nina",
        "email": "Nina@clinic.example",
        "role": "nurse",
        "password": PASSWORD,
        "telegram_id": "4711",
    }
    assert post(admin, "/staff", page="/staff", **form).status_code == 303
    assert clinic.signed_in("nina@clinic.example").get("/").status_code == 200
    again = post(admin, "/staff", page="/staff", **{**form, "telegram_id": ""})
    assert again.status_code == 422
    assert "already here" in again.get_data(as_text=True)


def test_switching_an_account_off_ends_its_sessions(clinic: Clinic) -> None:
    meera = clinic.signed_in(MEERA)
    admin = clinic.signed_in(ADMIN)
    path = f"/staff/{clinic.cast.meera}/active"
    assert post(admin, path, page="/staff").status_code == 303
    assert meera.get("/").status_code == 302
    post(admin, path, page="/staff")
    assert meera.get("/").status_code == 302, "an old session stays dead"
    assert sign_in(clinic.client(), MEERA, PASSWORD).status_code == 302


def test_one_cannot_switch_oneself_off(clinic: Clinic) -> None:
    admin = clinic.signed_in(ADMIN)
    assert post(admin, f"/staff/{clinic.cast.admin}/active", page="/staff").status_code == 422


def test_a_telegram_account_belongs_to_one_person(clinic: Clinic) -> None:
    admin = clinic.signed_in(ADMIN)
    first = post(admin, f"/staff/{clinic.cast.rao}/telegram", page="/staff", telegram_id="9")
    second = post(admin, f"/staff/{clinic.cast.vikram}/telegram", page="/staff", telegram_id="9")
    assert (first.status_code, second.status_code) == (303, 422)


def test_a_forgotten_password_is_set_anew(clinic: Clinic) -> None:
    admin = clinic.signed_in(ADMIN)
    path = f"/staff/{clinic.cast.meera}/password"
    assert post(admin, path, page="/staff", password="short").status_code == 422
    assert post(admin, path, page="/staff", password="another long one").status_code == 303
    assert sign_in(clinic.client(), MEERA, "another long one").status_code == 302


def test_duty_is_handed_over_by_name(clinic: Clinic) -> None:
    client = clinic.signed_in(MEERA)
    handed = post(client, "/on-call", page="/on-call", clinician=clinic.cast.rao)
    assert handed.status_code == 303
    page = client.get("/").get_data(as_text=True)
    assert re.search(r"On call now:\s*<strong>Dr Rao", page)


def test_an_administrator_begins_at_the_accounts(clinic: Clinic) -> None:
    assert clinic.signed_in(ADMIN).get("/").location == "/staff"
