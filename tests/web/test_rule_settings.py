"""The pages about rules: what holds for a patient, who set it, who signs it, and who is always told."""

from __future__ import annotations

from typing import Any

from flask.testing import FlaskClient

from rehab.models import AlwaysTell, RuleSetting, Snooze
from tests.web.build import Clinic
from tests.web.posting import post

SETTINGS = "/rules/settings"
WARMER = {"rule_id": "RF04.late", "key": "at_least", "value": "38,5", "reason": "our thermometers"}


def meera(clinic: Clinic) -> FlaskClient:
    return clinic.signed_in("meera@clinic.example")


def rao(clinic: Clinic) -> FlaskClient:
    return clinic.signed_in("rao@clinic.example")


def page_of(clinic: Clinic) -> str:
    return f"/patients/{clinic.cast.asha}/rules"


def said(client: FlaskClient, address: str) -> str:
    return client.get(address).get_data(as_text=True)


def rows(clinic: Clinic, model: Any) -> list[Any]:
    with clinic.change() as session:
        found = list(session.query(model).order_by(model.id))
        session.expunge_all()
    return found


def test_every_rule_stands_there_with_its_limit_and_who_set_it(clinic: Clinic) -> None:
    page = said(meera(clinic), page_of(clinic))
    assert "RF04.late" in page
    assert "Temperature: at least 38 or" in page
    assert "as the protocol says" in page
    assert "hip-resurfacing 1.1.0" in page


def test_a_setting_for_a_patient_counts_at_once_and_can_be_ended(clinic: Clinic) -> None:
    client, page = meera(clinic), page_of(clinic)
    assert post(client, f"{page}/setting", page=page, **WARMER).status_code == 303
    shown = said(client, page)
    assert "Temperature: at least 38.5" in shown
    assert "setting for this patient" in shown
    (row,) = rows(clinic, RuleSetting)
    assert row.change == {"at_least": 38.5}
    assert post(client, f"{page}/setting/{row.id}/end", page=page).status_code == 303
    assert "Temperature: at least 38.5" not in said(client, page)


def test_an_emergency_rule_is_not_offered_and_is_refused(clinic: Clinic) -> None:
    client, page = meera(clinic), page_of(clinic)
    assert '<option value="RF01.breath"' not in said(client, page)
    form = {"rule_id": "RF01.breath", "key": "off", "value": "", "reason": "too loud"}
    refused = post(client, f"{page}/setting", page=page, **form)
    assert refused.status_code == 422
    assert "never changed" in refused.get_data(as_text=True)
    assert rows(clinic, RuleSetting) == []


def test_what_is_missing_in_a_form_is_said(clinic: Clinic) -> None:
    client, page = meera(clinic), page_of(clinic)
    refused = post(client, f"{page}/setting", page=page, **{**WARMER, "value": "warm"})
    assert "Please write a number." in refused.get_data(as_text=True)
    refused = post(client, f"{page}/setting", page=page, **{**WARMER, "reason": ""})
    assert "expected a reason" in refused.get_data(as_text=True)


def test_an_answer_is_expected_until_it_is_ended(clinic: Clinic) -> None:
    client, page = meera(clinic), page_of(clinic)
    form = {
        "rule_id": "RF04.late", "question": "temperature", "expected": "38.4", "days": "3",
        "reason": "seen today",
    }  # fmt: skip
    assert post(client, f"{page}/expected", page=page, **form).status_code == 303
    assert "temperature up to 38.4" in said(client, page)
    (row,) = rows(clinic, Snooze)
    assert post(client, f"{page}/expected/{row.id}/end", page=page).status_code == 303
    assert "up to 38.4" not in said(client, page)


def test_a_setting_of_the_clinic_waits_for_somebody_elses_signature(clinic: Clinic) -> None:
    client = meera(clinic)
    assert post(client, SETTINGS, page=SETTINGS, whose="clinic", **WARMER).status_code == 303
    (row,) = rows(clinic, RuleSetting)
    shown = said(client, SETTINGS)
    assert "waits for a second clinician" in shown
    assert f"{SETTINGS}/{row.id}/sign" not in shown
    assert "at least 38.5" not in said(client, page_of(clinic))
    refused = post(client, f"{SETTINGS}/{row.id}/sign", page=SETTINGS)
    assert refused.status_code == 403
    assert post(rao(clinic), f"{SETTINGS}/{row.id}/sign", page=SETTINGS).status_code == 303
    shown = said(client, SETTINGS)
    assert "in force" in shown
    assert "setting of the clinic" in said(client, page_of(clinic))


def test_what_two_people_put_in_force_two_people_end(clinic: Clinic) -> None:
    client = meera(clinic)
    post(client, SETTINGS, page=SETTINGS, whose="clinic", **WARMER)
    (row,) = rows(clinic, RuleSetting)
    end = f"{SETTINGS}/{row.id}/end"
    post(rao(clinic), f"{SETTINGS}/{row.id}/sign", page=SETTINGS)
    assert post(client, end, page=SETTINGS).status_code == 303
    shown = said(client, SETTINGS)
    assert "in force" in shown
    assert "wants it to end" in shown
    assert end not in shown
    assert post(client, end, page=SETTINGS).status_code == 403
    assert "at least 38.5" in said(client, page_of(clinic))
    assert "Agree: end it" in said(rao(clinic), SETTINGS)
    assert post(rao(clinic), end, page=SETTINGS).status_code == 303
    assert "at least 38.5" not in said(client, page_of(clinic))


def test_one_is_always_told_of_what_one_asked_for_until_one_stops(clinic: Clinic) -> None:
    client = rao(clinic)
    assert post(client, "/rules/always", page=SETTINGS, problem="RF05").status_code == 303
    (row,) = rows(clinic, AlwaysTell)
    assert "No longer tell me of RF05" in said(client, SETTINGS)
    assert "No longer tell me of RF05" not in said(meera(clinic), SETTINGS)
    assert post(client, "/rules/always", page=SETTINGS, stop=str(row.id)).status_code == 303
    assert rows(clinic, AlwaysTell) == []


def test_the_rules_of_a_patient_are_for_their_team(clinic: Clinic) -> None:
    vikram = clinic.signed_in("vikram@clinic.example")
    assert vikram.get(page_of(clinic)).status_code == 404
    refused = post(vikram, f"{page_of(clinic)}/setting", page=SETTINGS, **WARMER)
    assert refused.status_code == 404
    assert rows(clinic, RuleSetting) == []
