"""What machines ask: health, metrics and the webhook."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from rehab.db import db
from rehab.models import InboxUpdate
from rehab.web.telegram import SECRET_HEADER
from rehab.webhook_secret import webhook_secret
from tests.web.build import SECRET, Clinic
from tests.web.posting import post

UPDATE = '{"update_id": 5, "message": {"chat": {"id": 77}, "text": "hello"}}'
CHECKS = ("/health/intake", "/health/delivery", "/health/escalation")


def test_everything_is_healthy_while_all_parts_beat(clinic: Clinic) -> None:
    client = clinic.client()
    for path in ("/health/live", "/health/ready", *CHECKS):
        response = client.get(path)
        assert response.status_code == 200, (path, response.json)
        assert response.json == {**(response.json or {}), "ok": True}


def test_a_part_that_stopped_is_reported_as_503(clinic: Clinic) -> None:
    clinic.clock.moment += timedelta(minutes=10)
    assert [clinic.client().get(path).status_code for path in CHECKS] == [503, 503, 503]
    assert clinic.client().get("/health/live").status_code == 200


def test_without_tables_the_service_is_not_ready(tmp_path: Path) -> None:
    bare = Clinic(tmp_path)
    with bare.app.app_context():
        db.drop_all()
    assert bare.client().get("/health/ready").status_code == 503
    assert bare.client().get("/health/live").status_code == 200


def test_metrics_tell_how_fast_alerts_are_taken(clinic: Clinic) -> None:
    clinic.answer(clinic.cast.asha, {"legs": "calf"})
    page = f"/patients/{clinic.cast.asha}"
    post(clinic.signed_in("meera@clinic.example"), f"{page}/alerts/1/acknowledge", page=page)
    text = clinic.client().get("/metrics").get_data(as_text=True)
    assert 'rehab_alert_taken_seconds{quantile="0.9",tier="T1"} 3600.0' in text


def test_metrics_count_and_name_nobody(clinic: Clinic) -> None:
    clinic.answer(clinic.cast.asha, {"legs": "calf"})
    text = clinic.client().get("/metrics").get_data(as_text=True)
    assert 'rehab_alerts_unresolved{state="open",tier="T1"} 1.0' in text
    assert 'rehab_heartbeat_age_seconds{component="intake"} 0.0' in text
    assert "rehab_inbox_oldest_seconds 0.0" in text
    assert "rehab_troubles 0.0" in text
    assert "rehab_outages_unseen 0.0" in text
    assert "Asha" not in text
    assert "Meera" not in text


def test_the_webhook_keeps_an_update_once(clinic: Clinic) -> None:
    for _ in range(2):
        response = clinic.client().post(
            "/telegram/webhook", data=UPDATE, headers={SECRET_HEADER: webhook_secret(SECRET)}
        )
        assert response.status_code == 200
    assert clinic.read(lambda s: s.query(InboxUpdate).count()) == 1


@pytest.mark.parametrize("secret", ["", "wrong", "ü"])
def test_the_webhook_answers_nobody_else(clinic: Clinic, secret: str) -> None:
    headers = {SECRET_HEADER: secret}
    response = clinic.client().post("/telegram/webhook", data=UPDATE, headers=headers)
    assert response.status_code == 404
    assert clinic.read(lambda s: s.query(InboxUpdate).count()) == 0


def test_when_the_database_is_down_telegram_is_asked_to_come_again(clinic: Clinic) -> None:
    with clinic.change() as session:
        session.execute(text("DROP TABLE inbox_update"))
    response = clinic.client().post(
        "/telegram/webhook", data=UPDATE, headers={SECRET_HEADER: webhook_secret(SECRET)}
    )
    assert response.status_code == 503
    assert response.headers["Retry-After"] == "5"
