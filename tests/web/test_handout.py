"""The hand-out and the picture in the dashboard: for the patient's team, and recorded."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from rehab.models import AuditEvent
from tests.web.build import Clinic

MEERA, VIKRAM, ADMIN = "meera@clinic.example", "vikram@clinic.example", "admin@clinic.example"


def test_the_patients_page_leads_to_a_pdf_and_each_print_is_recorded(clinic: Clinic) -> None:
    address = f"/patients/{clinic.cast.asha}/hand-out.pdf"
    client = clinic.signed_in(MEERA)
    assert address in client.get(f"/patients/{clinic.cast.asha}").get_data(as_text=True)
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer.mimetype == "application/pdf"
    assert answer.data.startswith(b"%PDF")
    assert "exercises-2026-11-22.pdf" in answer.headers["Content-Disposition"]
    assert answer.headers["Cache-Control"] == "no-store"
    with clinic.change() as session:
        printed = session.scalars(
            select(AuditEvent).where(AuditEvent.action == "handout.printed")
        ).all()
        assert [one.patient_id for one in printed] == [clinic.cast.asha]


def test_it_is_in_the_patients_language(clinic: Clinic) -> None:
    nandini = clinic.add_patient("Nandini Sharma", days_ago=5, language="hi")
    answer = clinic.signed_in(MEERA).get(f"/patients/{nandini}/hand-out.pdf")
    assert b"/Lang (hi)" in answer.data


def test_a_patient_who_has_not_enrolled_can_be_given_one(clinic: Clinic) -> None:
    waiting = clinic.add_patient("Nandini Sharma", days_ago=5, enrolled=False)
    answer = clinic.signed_in(MEERA).get(f"/patients/{waiting}/hand-out.pdf")
    assert answer.data.startswith(b"%PDF")


def test_the_picture_is_the_patients_own(clinic: Clinic) -> None:
    clinic.answer(clinic.cast.asha, {"pain": "4"})
    answer = clinic.signed_in(MEERA).get(f"/patients/{clinic.cast.asha}/progress.png")
    assert answer.mimetype == "image/png"
    assert answer.data.startswith(b"\x89PNG")


@pytest.mark.parametrize("paper", ["hand-out.pdf", "progress.png"])
def test_nobody_else_may_have_them(clinic: Clinic, paper: str) -> None:
    address = f"/patients/{clinic.cast.asha}/{paper}"
    assert clinic.signed_in(VIKRAM).get(address).status_code == 404
    assert clinic.signed_in(ADMIN).get(address).status_code == 403
    assert clinic.app.test_client().get(address).status_code == 302
