"""Enrolment at the desk: the form, the link that is shown once, and the sheet."""

from __future__ import annotations

import re
import tomllib

import pytest
from flask.testing import FlaskClient

from rehab.models import InviteRefusal, Patient
from rehab.web.enrol import SHEETS
from tests.web.build import NOW, Clinic
from tests.web.posting import post

MEERA = "meera@clinic.example"
FORM = {
    "name": "Nandini Kale",
    "birth_year": "1968",
    "protocol": "hip-resurfacing/standard",
    "side": "right",
    "surgery_on": "2026-11-20",
    "language": "hi",
    "timezone": "Asia/Kolkata",
    "phone": "",
}


def _enrol(clinic: Clinic, client: FlaskClient, **changes: str):  # type: ignore[no-untyped-def]
    form = {**FORM, "clinician": str(clinic.cast.meera), **changes}
    return post(client, "/patients/new", page="/patients/new", **form)


def _token(page: str) -> str:
    found = re.search(r"\?start=([\w-]+)", page)
    assert found
    return found[1]


def test_a_new_patient_gets_a_link_a_code_and_a_sheet_in_their_language(clinic: Clinic) -> None:
    response = _enrol(clinic, clinic.signed_in(MEERA))
    page = response.get_data(as_text=True)
    assert response.status_code == 201
    assert "https://t.me/" in page
    assert 'src="data:image/svg+xml' in page
    assert 'lang="hi"' in page
    assert "आपकी रिकवरी" in page
    assert "112" in page
    assert "+91 22 5550 0100" in page


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": ""}, "This field is required"),
        ({"name": " "}, "Expected the patient"),
        ({"birth_year": "1800"}, "Expected a year such as 1979"),
        ({"birth_year": "abc"}, "Not a valid integer"),
        ({"surgery_on": "2020-01-01"}, "within the last 400"),
        ({"timezone": "Mars/Base"}, "IANA time zone"),
        ({"side": "upper"}, "Not a valid choice"),
        ({"protocol": "nose/standard"}, "Not a valid choice"),
    ],
)
def test_what_does_not_fit_is_said_next_to_its_field(
    clinic: Clinic, changes: dict[str, str], words: str
) -> None:
    response = _enrol(clinic, clinic.signed_in(MEERA), **changes)
    page = response.get_data(as_text=True)
    assert response.status_code == 422
    assert words in page
    assert 'value="Asia/Kolkata"' in page or "timezone" in changes
    assert clinic.read(lambda s: s.query(Patient).count()) == 1


def test_the_link_is_shown_once_and_is_in_no_address_log_or_cookie(
    clinic: Clinic, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    client = clinic.signed_in(MEERA)
    response = _enrol(clinic, client)
    token = _token(response.get_data(as_text=True))
    again = client.get("/patients/2/invite")
    assert token not in again.get_data(as_text=True)
    assert "cannot be shown again" in again.get_data(as_text=True)
    assert response.location is None
    assert token not in response.request.url
    assert token not in str(response.headers)
    output = capsys.readouterr()
    assert token not in caplog.text + output.out + output.err


def test_a_new_link_ends_the_earlier_one(clinic: Clinic) -> None:
    client = clinic.signed_in(MEERA)
    first = _token(_enrol(clinic, client).get_data(as_text=True))
    page = post(client, "/patients/2/invite", page="/patients/2/invite").get_data(as_text=True)
    assert _token(page) != first
    assert "Invite withdrawn" in client.get("/patients/2").get_data(as_text=True)


def test_the_demo_offers_the_simulator(clinic: Clinic) -> None:
    page = _enrol(clinic, clinic.signed_in(MEERA)).get_data(as_text=True)
    assert "http://127.0.0.1:8081/?start=" in page


def test_refused_invites_are_shown(clinic: Clinic) -> None:
    with clinic.change() as session:
        session.add(InviteRefusal(at=NOW, reason="wrong_birth_year", patient_id=clinic.cast.asha))
    page = clinic.signed_in(MEERA).get("/patients/refusals").get_data(as_text=True)
    assert "wrong birth year" in page
    assert "Asha Patil" in page


def test_the_sheet_exists_in_every_language_of_the_clinic(clinic: Clinic) -> None:
    sheets = tomllib.loads(SHEETS.read_text(encoding="utf-8"))
    for language in clinic.context.config.clinic.languages:
        assert set(sheets[language]) == set(sheets["en"]), language
        for key, text in sheets["en"].items():
            assert _holes(sheets[language][key]) == _holes(text), (language, key)


def _holes(text: str) -> set[str]:
    return set(re.findall(r"{(\w+)}", text))
