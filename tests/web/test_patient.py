"""One patient's page: the story it tells, and what a clinician does there."""

from __future__ import annotations

import re

import pytest

from rehab.models import Alert, Episode
from rehab.services import episodes
from tests.web.build import Clinic
from tests.web.posting import post

MEERA = "meera@clinic.example"


@pytest.fixture
def page(clinic: Clinic) -> str:
    return f"/patients/{clinic.cast.asha}"


def _open(clinic: Clinic, page: str) -> str:
    return clinic.signed_in(MEERA).get(page).get_data(as_text=True)


def test_the_page_tells_who_the_patient_is_and_where_they_stand(clinic: Clinic, page: str) -> None:
    shown = _open(clinic, page)
    for expected in (
        "Asha Patil", "about 52", "hip resurfacing, left", "Protect", "reachable", "English",
        "Weight-bearing", "Do not bend your hip", "Ankle pumps", "Meera Joshi",
    ):  # fmt: skip
        assert expected in shown, expected


def test_the_timeline_holds_answers_their_correction_messages_and_enrolment(
    clinic: Clinic, page: str
) -> None:
    clinic.answer(clinic.cast.asha, {"pain": "3"})
    clinic.correct(clinic.cast.asha, "pain", "4")
    clinic.write(clinic.cast.asha, "May I have a bath?")
    clinic.exercise(clinic.cast.asha, days_ago=1, done=3)
    shown = _open(clinic, page)
    for expected in (
        "Worst pain: 3", "corrected later", "Correction of", "Worst pain: 4", "May I have a bath?",
        "3 of 4 done", "too painful", "Enrolled", "Consent 1.0 accepted", "Invite used",
    ):  # fmt: skip
        assert expected in shown, expected


def test_words_of_a_patient_cannot_become_markup(clinic: Clinic, page: str) -> None:
    clinic.write(clinic.cast.asha, "<script>alert(1)</script>")
    assert "<script>alert(1)" not in _open(clinic, page)


def test_an_alert_is_acknowledged_and_resolved_with_an_outcome(clinic: Clinic, page: str) -> None:
    clinic.answer(clinic.cast.asha, {"legs": "calf"})
    client = clinic.signed_in(MEERA)
    assert "Nobody has acknowledged it yet." in client.get(page).get_data(as_text=True)

    assert post(client, f"{page}/alerts/1/acknowledge", page=page).status_code == 303
    assert "Meera Joshi is on it" in client.get(page).get_data(as_text=True)
    assert post(client, f"{page}/alerts/1/acknowledge", page=page).status_code == 409

    without = post(client, f"{page}/alerts/1/resolve", page=page, note="Phoned")
    assert without.status_code == 422
    form = {"outcome": "called", "note": "Phoned, will come at four"}
    assert post(client, f"{page}/alerts/1/resolve", page=page, **form).status_code == 303
    shown = client.get(page).get_data(as_text=True)
    assert "Resolved by Meera Joshi" in shown
    assert "Phoned, will come at four" in shown
    assert 'id="alert"' not in shown
    assert "Called the patient" in client.get("/alerts").get_data(as_text=True)


def test_an_alert_can_be_escalated_from_the_page(clinic: Clinic, page: str) -> None:
    clinic.answer(clinic.cast.asha, {"legs": "calf"})
    client = clinic.signed_in(MEERA)
    assert post(client, f"{page}/alerts/1/escalate", page=page).status_code == 303
    with clinic.change() as session:
        kinds = [one.kind for one in session.get_one(Alert, 1).events]
    assert "escalated" in kinds


def test_a_stage_change_needs_a_reason(clinic: Clinic, page: str) -> None:
    client = clinic.signed_in(MEERA)
    assert f'href="{page}/plan#stage"' in client.get(page).get_data(as_text=True)
    form = {"kind": "advance", "to_stage": "P2"}
    refused = post(client, f"{page}/plan/apply", page=page, **form, reason=" ")
    assert refused.status_code == 422
    form["reason"] = "Walks without a limp"
    assert post(client, f"{page}/plan/apply", page=page, **form).status_code == 303
    shown = client.get(page).get_data(as_text=True)
    assert "Meera Joshi moved the stage from Protect to Load" in shown
    assert "Walks without a limp" in shown


def test_reminders_are_paused_and_resumed(clinic: Clinic, page: str) -> None:
    client = clinic.signed_in(MEERA)
    assert post(client, f"{page}/pause", page=page, until="2020-01-01").status_code == 422
    assert post(client, f"{page}/pause", page=page, until="2026-12-01").status_code == 303
    assert "until 1 Dec 2026" in client.get(page).get_data(as_text=True)
    assert post(client, f"{page}/resume", page=page).status_code == 303
    assert clinic.read(lambda s: _episode(s, clinic.cast.asha).state) == "active"


def test_messages_are_marked_as_seen_by_name(clinic: Clinic, page: str) -> None:
    clinic.write(clinic.cast.asha, "Thank you")
    client = clinic.signed_in(MEERA)
    assert "1 unread" in client.get(page).get_data(as_text=True)
    assert post(client, f"{page}/messages/seen", page=page).status_code == 303
    assert "seen by Meera Joshi" in client.get(page).get_data(as_text=True)


def test_the_chart_is_an_image_with_words_and_a_table_beside_it(clinic: Clinic, page: str) -> None:
    clinic.answer(clinic.cast.asha, {"pain": "5"}, days_ago=2)
    clinic.answer(clinic.cast.asha, {"pain": "2"})
    client = clinic.signed_in(MEERA)
    svg = client.get(f"{page}/pain.svg")
    assert svg.mimetype == "image/svg+xml"
    assert "<title>Worst pain a day</title>" in svg.get_data(as_text=True)
    table = client.get(page).get_data(as_text=True)
    assert re.search(r'<th scope="row">8</th><td><span class="faint">no answer', table)


def test_a_due_stage_review_is_said(clinic: Clinic) -> None:
    patient = clinic.add_patient("Ready Person", days_ago=20)
    with clinic.change() as session:
        _episode(session, patient).stage_id = "P1"
    assert "Stage review due" in _open(clinic, f"/patients/{patient}")


def _episode(session: object, patient_id: int) -> Episode:
    found = episodes.latest(session, patient_id=patient_id)  # type: ignore[arg-type]
    assert found is not None
    return found
