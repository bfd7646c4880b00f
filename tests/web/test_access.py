"""Who may open what: every route has a policy, and the policy holds."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from rehab.models import AuditEvent
from rehab.services import drafts
from rehab.web.access import Policy, policy_of
from tests.web.build import Clinic

EMAILS = {
    "team": "meera@clinic.example",
    "outsider": "vikram@clinic.example",
    "administrator": "admin@clinic.example",
}
EXPECTED = {
    Policy.STAFF: {"anonymous": 302, "team": 200, "outsider": 200, "administrator": 200},
    Policy.CLINICIAN: {"anonymous": 302, "team": 200, "outsider": 200, "administrator": 403},
    Policy.ADMINISTRATOR: {"anonymous": 302, "team": 403, "outsider": 403, "administrator": 200},
    Policy.PATIENT_TEAM: {"anonymous": 302, "team": 200, "outsider": 404, "administrator": 403},
}


def _address(clinic: Clinic, rule: Rule, media_id: int = 0) -> str:
    values = {
        "media_id": media_id,
        "patient_id": clinic.cast.asha,
        "clinician_id": clinic.cast.vikram,
        "alert_id": 1,
        "outage_id": 1,
        "draft_id": 1,
        "caregiver_id": 1,
        "setting_id": 1,
        "snooze_id": 1,
        "exercise_id": "EX05",
    }
    _, path = rule.build({name: values[name] for name in rule.arguments}) or ("", "")
    return path


def _begin_draft(clinic: Clinic) -> None:
    with clinic.change() as session:
        drafts.begin(
            session,
            clinic.context,
            kind="rules",
            content_id="common",
            reason="To be looked at",
            author_id=clinic.cast.meera,
            now=clinic.clock.now(),
        )


def _ours(clinic: Clinic) -> list[Rule]:
    return [
        rule
        for rule in clinic.app.url_map.iter_rules()
        if policy_of(clinic.app, rule.endpoint) in EXPECTED
    ]


def test_every_route_declares_an_access_policy(clinic: Clinic) -> None:
    rules = clinic.app.url_map.iter_rules()
    forgotten = {rule.endpoint for rule in rules if policy_of(clinic.app, rule.endpoint) is None}
    assert not forgotten


@pytest.mark.parametrize("who", ["anonymous", "team", "outsider", "administrator"])
def test_each_page_opens_for_those_it_is_for_and_nobody_else(clinic: Clinic, who: str) -> None:
    photo = clinic.send(clinic.cast.asha, content=b"")
    _begin_draft(clinic)
    client = clinic.signed_in(EMAILS[who]) if who in EMAILS else clinic.client()
    for rule in _ours(clinic):
        if "GET" not in (rule.methods or set()):
            continue
        policy = policy_of(clinic.app, rule.endpoint)
        assert policy is not None
        expected = EXPECTED[policy][who]
        status = client.get(_address(clinic, rule, photo)).status_code
        moved = expected == 200 and status == 302  # a page that only sends one elsewhere
        assert status == expected or moved, (rule.rule, who, status)


@pytest.mark.parametrize("who", ["anonymous", "outsider", "administrator"])
def test_nobody_acts_on_a_patient_who_is_not_theirs(clinic: Clinic, who: str) -> None:
    clinic.app.config["WTF_CSRF_ENABLED"] = False  # the policy alone must hold
    client = clinic.client()
    if who in EMAILS:
        clinic.app.config["WTF_CSRF_ENABLED"] = True
        client = clinic.signed_in(EMAILS[who])
        clinic.app.config["WTF_CSRF_ENABLED"] = False
    for rule in _ours(clinic):
        policy = policy_of(clinic.app, rule.endpoint)
        if policy is Policy.PATIENT_TEAM and "POST" in (rule.methods or set()):
            status = client.post(_address(clinic, rule)).status_code
            assert status == EXPECTED[policy][who], (rule.rule, who, status)


def test_an_alert_of_another_patient_cannot_be_reached_through_ones_own(clinic: Clinic) -> None:
    from tests.web.posting import post

    own = clinic.add_patient("Own Patient", days_ago=5, owner=clinic.cast.vikram)
    clinic.answer(clinic.cast.asha, {"legs": "calf"})
    vikram = clinic.signed_in(EMAILS["outsider"])
    refused = post(vikram, f"/patients/{own}/alerts/1/acknowledge", page=f"/patients/{own}")
    assert refused.status_code == 404


def test_the_outsider_finds_no_trace_of_the_patient_in_any_list(clinic: Clinic) -> None:
    clinic.answer(clinic.cast.asha, {"legs": "calf"})
    vikram = clinic.signed_in(EMAILS["outsider"])
    for path in ("/", "/alerts", "/patients/refusals", "/on-call"):
        assert "Asha" not in vikram.get(path).get_data(as_text=True), path


def test_every_look_at_a_patient_is_recorded(clinic: Clinic) -> None:
    _open(clinic.signed_in(EMAILS["team"]), clinic.cast.asha)
    with clinic.change() as session:
        seen = session.query(AuditEvent).filter_by(action="patient.viewed").one()
        assert (seen.actor, seen.patient_id) == (
            f"clinician:{clinic.cast.meera}",
            clinic.cast.asha,
        )


def _open(client: FlaskClient, patient_id: int) -> str:
    return client.get(f"/patients/{patient_id}").get_data(as_text=True)
