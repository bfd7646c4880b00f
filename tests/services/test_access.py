"""Who may see a patient: the team, the person on call while an alert waits, nobody else."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from rehab.models import Outcome
from rehab.services import access, alerts, on_call
from rehab.services.context import Context
from tests.web.build import NOW, Clinic


@pytest.fixture
def clinic(tmp_path: Path) -> Clinic:
    built = Clinic(tmp_path)
    built.populate()
    return built


def _may(clinic: Clinic, who: int, context: Context | None = None) -> bool:
    with clinic.change() as session:
        return access.may_see(
            session,
            context or clinic.context,
            clinician_id=who,
            patient_id=clinic.cast.asha,
            now=NOW,
        )


def test_the_team_may_and_the_outsider_and_the_administrator_may_not(clinic: Clinic) -> None:
    assert _may(clinic, clinic.cast.meera)
    assert not _may(clinic, clinic.cast.vikram)
    assert not _may(clinic, clinic.cast.admin)


def test_where_the_clinic_says_so_every_clinician_may_but_no_administrator(clinic: Clinic) -> None:
    here = clinic.context.config
    open_clinic = here.clinic.model_copy(update={"open_to_all_clinicians": True})
    context = replace(clinic.context, config=here.model_copy(update={"clinic": open_clinic}))
    assert _may(clinic, clinic.cast.vikram, context)
    assert not _may(clinic, clinic.cast.admin, context)


def test_the_person_on_call_sees_a_patient_only_while_an_alert_waits(clinic: Clinic) -> None:
    with clinic.change() as session:
        on_call.put_on_call(session, clinician_id=clinic.cast.vikram, now=NOW)
    assert not _may(clinic, clinic.cast.vikram)
    clinic.answer(clinic.cast.asha, {"legs": "calf"})
    assert _may(clinic, clinic.cast.vikram)
    with clinic.change() as session:
        alert = alerts.unresolved(session, 1)
        assert alert is not None
        alerts.resolve(
            session,
            clinic.context,
            alert_id=alert.id,
            clinician_id=clinic.cast.meera,
            outcome=Outcome.CALLED,
            note="",
            now=NOW,
        )
    assert not _may(clinic, clinic.cast.vikram)
