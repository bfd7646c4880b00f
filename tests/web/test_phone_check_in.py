"""Answers taken on the phone by staff, and caregivers added and ended on the dashboard."""

from __future__ import annotations

from sqlalchemy import select

from rehab.models import Alert, Caregiver, CareTask, CheckIn, Observation, OutboxMessage
from tests.web.build import FINE, Clinic
from tests.web.posting import post

WANTED = {f"q-{name}": value for name, value in FINE.items()}


def address(clinic: Clinic, page: str = "phone-check-in") -> str:
    return f"/patients/{clinic.cast.asha}/{page}"


def test_a_whole_check_in_on_the_phone_is_recorded_as_said_to_the_clinician(
    clinic: Clinic,
) -> None:
    meera = clinic.signed_in("meera@clinic.example")
    page = meera.get(address(clinic)).get_data(as_text=True)
    assert "worst pain in the last 24 hours" in page
    assert "Read this aloud" not in page
    answered = post(meera, address(clinic), address(clinic), form_id="a", **WANTED)
    assert answered.status_code == 303
    with clinic.change() as session:
        (found,) = session.scalars(
            select(CheckIn).where(CheckIn.local_on == clinic.clock.now().date())
        )
        by = {one.answered_by for one in found.observations}
        assert found.state == "completed"
        (task,) = session.scalars(select(CareTask).where(CareTask.kind == "check_in"))
        assert task.state == "done", "no silence, and the day counts as answered"
        assert (by, found.answered_by) == (
            {f"clinician:{clinic.cast.meera}"},
            f"clinician:{clinic.cast.meera}",
        )
    page = meera.get(address(clinic)).get_data(as_text=True)
    assert "Worst pain: 2" in page
    assert "Meera Joshi on the phone" in meera.get(f"/patients/{clinic.cast.asha}").get_data(
        as_text=True
    )


def test_a_warning_sign_is_read_aloud_before_anything_else(clinic: Clinic) -> None:
    meera = clinic.signed_in("meera@clinic.example")
    for _ in range(2):  # the same form sent twice adds nothing
        post(meera, address(clinic), address(clinic), form_id="b", sign=["chest", "calf"])
    page = meera.get(address(clinic)).get_data(as_text=True)
    assert (
        page.index("Read this aloud now") < page.index("Call 112 now") < page.index("<form class")
    )
    with clinic.change() as session:
        assert session.scalars(select(Alert)).one().tier == "T0"
        assert len(session.scalars(select(Observation)).all()) == 2


def test_an_answer_that_cannot_be_read_sends_everything_back(clinic: Clinic) -> None:
    meera = clinic.signed_in("meera@clinic.example")
    refused = post(
        meera, address(clinic), address(clinic), **{"q-pain": "3", "q-temperature:typed": "hot"}
    )
    assert refused.status_code == 422
    page = refused.get_data(as_text=True)
    assert "Nothing was recorded yet" in page
    assert 'value="hot"' in page
    with clinic.change() as session:
        assert not session.scalars(select(Observation)).all()


def test_an_outsider_sees_no_form(clinic: Clinic) -> None:
    vikram = clinic.signed_in("vikram@clinic.example")
    assert vikram.get(address(clinic)).status_code == 404
    assert vikram.get(address(clinic, "caregivers")).status_code == 404


def test_a_caregiver_is_added_with_a_link_shown_once_and_ended(clinic: Clinic) -> None:
    meera, pages = clinic.signed_in("meera@clinic.example"), address(clinic, "caregivers")
    added = post(meera, pages, pages, name="Leena", relation="daughter", language="en")
    assert added.status_code == 201
    assert "?start=" in added.get_data(as_text=True)
    page = meera.get(pages).get_data(as_text=True)
    assert "?start=" not in page
    assert "The patient has not agreed yet" in page
    with clinic.change() as session:
        (found,) = session.scalars(select(Caregiver))
        assert found.consented_at is None
        asked = session.scalars(
            select(OutboxMessage).where(OutboxMessage.kind == "caregiver_question")
        )
        assert "Leena (daughter)" in (asked.one().text or "")
        number = found.id
    post(meera, f"{pages}/{number}/end", pages)
    assert "Nobody." in meera.get(pages).get_data(as_text=True)
