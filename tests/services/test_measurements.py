"""Measurements and confirmations: in range, dated, corrected by a new row, and looked at once."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from rehab.errors import InvalidInput, NotAllowed, NotFound, WrongState
from rehab.models import AuditEvent, CheckIn, Measurement
from rehab.services import episodes, facts, measurements
from tests.support.build import Clinic


def measure(clinic: Clinic, name: str, value: Any, on: date | None = None, **more: Any) -> int:
    with clinic.session() as session:
        return measurements.record(
            session,
            clinic.context,
            episode_id=clinic.asha,
            measure=name,
            value=value,
            effective_on=on or clinic.today,
            clinician_id=more.get("by", clinic.meera),
            now=clinic.now,
        ).id


def correct(clinic: Clinic, row_id: int, value: Any) -> Measurement | None:
    with clinic.session() as session:
        row = measurements.correct(
            session,
            clinic.context,
            measurement_id=row_id,
            value=value,
            clinician_id=clinic.rao,
            now=clinic.now,
        )
        session.expunge_all()
        return row


def known(clinic: Clinic, name: str) -> list[Any]:
    with clinic.session() as session:
        episode = episodes.get(session, clinic.asha)
        found = facts.of(session, clinic.context, episode=episode, now=clinic.now)
        return [fact.value for fact in found if fact.measure == name]


def test_a_measurement_is_a_fact_with_its_day_and_its_clinician(clinic: Clinic) -> None:
    yesterday = clinic.today - timedelta(days=1)
    measure(clinic, "hip-flexion-degrees", 85, yesterday)
    with clinic.session() as session:
        episode = episodes.get(session, clinic.asha)
        (fact,) = facts.of(session, clinic.context, episode=episode, now=clinic.now)
    assert (fact.value, fact.day, fact.on) == (85, 9, yesterday)
    assert fact.source == f"clinician:{clinic.meera}"
    assert [e.detail for e in clinic.all_of(AuditEvent) if e.action == "measurement.recorded"] == [
        "hip-flexion-degrees"
    ]


@pytest.mark.parametrize(
    ("name", "value", "field", "words"),
    [
        ("nothing", 1, "measure", "one of the measures"),
        ("wound", "dry", "measure", "check-in"),
        ("hip-flexion-degrees", 151, "value", "0 to 150 degrees"),
        ("hip-flexion-degrees", -1, "value", "found -1"),
        ("hip-flexion-degrees", True, "value", "number"),
        ("hip-flexion-degrees", "90", "value", "number"),
        ("hip-flexion-degrees", float("nan"), "value", "0 to 150"),
    ],
)
def test_what_cannot_be_is_refused_in_kind_words(
    clinic: Clinic, name: str, value: Any, field: str, words: str
) -> None:
    with pytest.raises(InvalidInput) as error:
        measure(clinic, name, value)
    assert words in error.value.fields[field]
    assert clinic.all_of(Measurement) == []


@pytest.mark.parametrize("days", [1, -800])
def test_a_day_to_come_or_long_ago_is_refused(clinic: Clinic, days: int) -> None:
    with pytest.raises(InvalidInput, match="effective_on"):
        measure(clinic, "hip-flexion-degrees", 90, clinic.today + timedelta(days=days))


def test_an_administrator_measures_nobody(clinic: Clinic) -> None:
    with pytest.raises(NotAllowed):
        measure(clinic, "hip-flexion-degrees", 90, by=clinic.admin)


def test_a_correction_is_a_new_row_and_the_old_one_stays(clinic: Clinic) -> None:
    first = measure(clinic, "hip-flexion-degrees", 185 - 100)
    row = correct(clinic, first, 95)
    assert row is not None
    assert [(one.value, one.status) for one in clinic.all_of(Measurement)] == [
        (85, "amended"),
        (95, "final"),
    ]
    assert row.replaces_id == first
    assert known(clinic, "hip-flexion-degrees") == [95]
    with pytest.raises(WrongState):
        correct(clinic, first, 90)


def test_a_measurement_of_somebody_else_is_taken_back_as_an_error(clinic: Clinic) -> None:
    row_id = measure(clinic, "hip-flexion-degrees", 95)
    assert correct(clinic, row_id, None) is None
    assert [one.status for one in clinic.all_of(Measurement)] == ["entered-in-error"]
    assert known(clinic, "hip-flexion-degrees") == []
    with pytest.raises(NotFound):
        correct(clinic, 99, 1)


def confirm(clinic: Clinic, stage: str, criterion: str, *, is_met: bool = True) -> None:
    with clinic.session() as session:
        measurements.confirm_criterion(
            session,
            clinic.context,
            episode_id=clinic.asha,
            stage_id=stage,
            criterion_id=criterion,
            is_met=is_met,
            clinician_id=clinic.meera,
            now=clinic.now,
        )


def test_a_clinician_confirms_a_criterion_and_may_say_otherwise_later(clinic: Clinic) -> None:
    confirm(clinic, "P1", "safe-transfers")
    confirm(clinic, "P1", "safe-transfers", is_met=False)
    assert known(clinic, "criterion:P1:safe-transfers") == [True, False]


@pytest.mark.parametrize(
    ("stage", "criterion"), [("P1", "flexion"), ("P1", "nothing"), ("P9", "safe-transfers")]
)
def test_only_a_criterion_without_a_measure_is_confirmed(
    clinic: Clinic, stage: str, criterion: str
) -> None:
    with pytest.raises(InvalidInput, match="criterion"):
        confirm(clinic, stage, criterion)


def test_only_the_valid_answer_of_a_check_in_is_a_fact(clinic: Clinic) -> None:
    check_in_id = clinic.check_in(clinic.asha, {"pain": "5"})
    with clinic.session() as session:
        clinic.record(session, session.get_one(CheckIn, check_in_id), "pain", "3")
    assert known(clinic, "pain-rest") == known(clinic, "pain-walking") == [3]
    assert known(clinic, "wound") == ["dry"]
