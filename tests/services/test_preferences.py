"""A surgeon's own defaults: kept within what surgeons may differ in, copied at enrolment, seen in the plan."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from rehab.errors import InvalidInput, NotFound
from rehab.models import Episode, PlanChange, SurgeonPreference
from rehab.services import episodes, plans, preferences
from tests.support.build import Clinic


def prefer(clinic: Clinic, precautions: dict[str, int | None], **more: Any) -> None:
    given: dict[str, Any] = {
        "clinician_id": clinic.rao,
        "procedure": "hip-resurfacing",
        "variant": None,
    }
    with clinic.session() as session:
        preferences.set(
            session,
            clinic.context,
            precautions=precautions,
            actor_id=clinic.meera,
            now=clinic.now,
            **(given | more),
        )


def active(clinic: Clinic, episode_id: int, day: int) -> set[str]:
    with clinic.session() as session:
        episode = episodes.get(session, episode_id)
        found = plans.active_precautions(session, clinic.context, episode=episode, day=day)
        return {one.id for one in found}


def test_a_new_patient_of_the_surgeon_gets_the_surgeons_precautions(clinic: Clinic) -> None:
    prefer(clinic, {"no-deep-bending": 21, "no-crossing": None, "no-pool": 28})
    olu = clinic.add_patient("Olu Ade", chat=2001, clinician_id=clinic.rao)
    assert "no-deep-bending" in active(clinic, olu, 21)
    assert "no-deep-bending" not in active(clinic, olu, 22)
    assert "no-crossing" not in active(clinic, olu, 5)
    assert "no-pool" in active(clinic, olu, 28)
    rows = clinic.all_of(PlanChange)
    assert {row.reason for row in rows} == {"surgeon's preference"}
    assert {row.clinician_id for row in rows} == {clinic.rao}
    assert all(row.words.startswith("Precaution ") for row in rows)


def test_patients_of_others_and_earlier_patients_keep_the_protocols(clinic: Clinic) -> None:
    prefer(clinic, {"no-crossing": None})
    olu = clinic.add_patient("Olu Ade", chat=2001)
    assert "no-crossing" in active(clinic, olu, 5)
    assert "no-crossing" in active(clinic, clinic.asha, 5)


def test_the_surgeons_variant_stands_in_when_nobody_names_one(clinic: Clinic) -> None:
    prefer(clinic, {}, variant="slow")
    for variant, expected in ((None, "slow"), ("standard", "standard")):
        name = f"Olu {expected}"
        chat = 2001 if variant is None else 2002
        episode_id = clinic.add_patient(name, chat=chat, clinician_id=clinic.rao, variant=variant)
        found = clinic.one(select(Episode).where(Episode.id == episode_id))
        assert found.variant == expected


def test_what_another_variant_does_not_allow_is_left_out_there(clinic: Clinic) -> None:
    prefer(clinic, {"no-pool": 28})
    olu = clinic.add_patient("Olu Ade", chat=2001, clinician_id=clinic.rao, variant="slow")
    assert "no-pool" in active(clinic, olu, 42), "the slow programme keeps its own longer end"
    assert clinic.all_of(PlanChange) == []


def test_setting_again_replaces_it(clinic: Clinic) -> None:
    prefer(clinic, {"no-crossing": None}, variant="slow")
    prefer(clinic, {"no-deep-bending": 28})
    (row,) = clinic.all_of(SurgeonPreference)
    assert (row.variant, row.precautions) == (None, {"no-deep-bending": 28})
    assert (row.updated_by, row.updated_at) == (clinic.meera, clinic.now)
    with clinic.session() as session:
        found = preferences.get(session, clinician_id=clinic.rao, procedure="hip-resurfacing")
        assert found is not None
        assert found.id == row.id
        assert preferences.get(session, clinician_id=clinic.rao, procedure="total-hip") is None


@pytest.mark.parametrize(
    ("precautions", "more", "field"),
    [
        ({"no-pool": 7}, {}, "precautions"),
        ({"no-pool": None}, {}, "precautions"),
        ({"no-deep-bending": 500}, {}, "precautions"),
        ({"nothing": 5}, {}, "precautions"),
        ({}, {"variant": "fast"}, "variant"),
        ({}, {"procedure": "brain"}, "procedure"),
    ],
)
def test_what_a_surgeon_cannot_want_is_refused(
    clinic: Clinic, precautions: dict[str, int | None], more: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidInput) as error:
        prefer(clinic, precautions, **more)
    assert field in error.value.fields
    assert clinic.all_of(SurgeonPreference) == []


def test_only_surgeons_have_preferences(clinic: Clinic) -> None:
    with pytest.raises(InvalidInput, match="surgeon"):
        prefer(clinic, {}, clinician_id=clinic.vikram)
    with pytest.raises(NotFound):
        prefer(clinic, {}, clinician_id=999)
