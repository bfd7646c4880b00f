"""The page of alerts: clocks, filters, the outcome, and whether it was useful."""

from __future__ import annotations

from datetime import timedelta

from rehab.models import Alert
from tests.web.build import Clinic
from tests.web.posting import post
from tests.web.test_content import MEERA, read


def test_each_alert_has_its_clocks(clinic: Clinic) -> None:
    clinic.answer(clinic.cast.asha, {"legs": "calf"})
    client = clinic.signed_in(MEERA)
    assert "Opened 60 min ago · next people told" in read(client, "/alerts")
    page = f"/patients/{clinic.cast.asha}"
    clinic.clock.moment += timedelta(minutes=6)
    post(client, f"{page}/alerts/1/acknowledge", page=page)
    assert "Opened 66 min ago · taken after 66 min" in read(client, "/alerts")


def test_an_alert_is_resolved_on_the_page_and_rated_afterwards(clinic: Clinic) -> None:
    clinic.answer(clinic.cast.asha, {"legs": "calf"})
    client = clinic.signed_in(MEERA)
    patient = f"/patients/{clinic.cast.asha}"
    assert f'action="{patient}/alerts/1/resolve"' in client.get("/alerts").get_data(as_text=True)
    post(client, f"{patient}/alerts/1/resolve", page="/alerts", outcome="seen", useful="")
    assert "Was this alert useful?" in read(client, "/alerts")
    assert post(client, f"{patient}/alerts/1/rate", page="/alerts", useful="no").status_code == 303
    with clinic.change() as session:
        assert session.get_one(Alert, 1).was_useful is False
    assert "Was this alert useful?" not in read(client, "/alerts")
    assert post(client, f"{patient}/alerts/1/rate", page="/alerts", useful="?").status_code == 422


def test_filters_leave_out_what_was_not_asked_for(clinic: Clinic) -> None:
    clinic.answer(clinic.cast.asha, {"legs": "calf"})
    client = clinic.signed_in(MEERA)
    link = f'href="/patients/{clinic.cast.asha}"'
    for query, shown in (
        ("state=open", True),
        ("state=resolved", False),
        ("tier=T1", True),
        ("tier=T2", False),
        ("q=asha", True),
        ("q=nobody", False),
        ("state=nonsense&tier=T9", True),
    ):
        page = client.get(f"/alerts?{query}").get_data(as_text=True)
        assert (link in page) is shown, query


def test_the_patients_own_urgency_is_shown_and_orders_within_a_tier(clinic: Clinic) -> None:
    second = clinic.add_patient("Leela Rane", days_ago=9)
    clinic.answer(clinic.cast.asha, {"legs": "calf"})
    clinic.answer(second, {"legs": "calf"})
    with clinic.change() as session:
        session.get_one(Alert, 2).patient_urgency = "today"
    told = read(clinic.signed_in(MEERA), "/alerts")
    assert told.index("Leela Rane") < told.index("Asha Patil")
    assert "Patient says: needs someone today" in told
