"""The operation moves, the patient goes home: what counts days follows, and nobody is asked twice."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from rehab.errors import InvalidInput, NotAllowed
from rehab.models import (
    AuditEvent,
    CareTask,
    Episode,
    PlanChange,
    StageChange,
    TaskKind,
    TaskState,
)
from rehab.services import care_tasks, episodes, plans, surgery_date
from rehab.services.surgery_date import DateMove
from tests.support.build import ASHA_CHAT, NOW, Clinic

MORNING = NOW - timedelta(hours=5)
"""06:30 in Mumbai, before the reminder of 09:00."""


def preview(clinic: Clinic, days: int) -> DateMove:
    """Another operation day, so many days from today."""
    with clinic.session() as session:
        return surgery_date.preview(
            session,
            clinic.context,
            episode=episodes.get(session, clinic.asha),
            surgery_on=clinic.today + timedelta(days=days),
            now=clinic.now,
        )


def move(
    clinic: Clinic, days: int, reason: str = "theatre list changed", by: int | None = None
) -> None:
    with clinic.session() as session:
        surgery_date.apply(
            session,
            clinic.context,
            episode_id=clinic.asha,
            surgery_on=clinic.today + timedelta(days=days),
            reason=reason,
            clinician_id=by or clinic.meera,
            now=clinic.now,
        )


def asha(clinic: Clinic) -> Episode:
    found: Episode = clinic.one(select(Episode).where(Episode.id == clinic.asha))
    return found


def tasks(clinic: Clinic, kind: TaskKind) -> dict[int, str]:
    """State by days from today."""
    return {
        (task.local_on - clinic.today).days: task.state
        for task in clinic.all_of(CareTask)
        if task.kind == kind
    }


def plan_ahead(clinic: Clinic) -> None:
    with clinic.session() as session:
        episode = episodes.get(session, clinic.asha)
        care_tasks.plan_ahead(session, clinic.context, episode=episode, now=clinic.now)


def test_a_preview_shows_every_date_that_moves_and_writes_nothing(clinic: Clinic) -> None:
    found = preview(clinic, 7)
    assert (found.day_before, found.day_after) == (10, -7)
    assert (found.stage_before.id, found.stage_after.id) == ("P1", "P0")
    dates = {shift.what: (shift.old, shift.new) for shift in found.shifts}
    weeks = timedelta(days=17)
    assert dates["Operation"] == (date(2026, 2, 28), date(2026, 2, 28) + weeks)
    assert dates["P2 Load from"] == (date(2026, 3, 15), date(2026, 3, 15) + weeks)
    assert any(what.startswith("Until: ") for what in dates)
    assert any(what.startswith("Milestone: ") for what in dates)
    assert asha(clinic).surgery_on == date(2026, 2, 28)
    assert clinic.all_of(PlanChange) == []


def test_an_operation_that_lies_ahead_again_leads_back_to_the_preparation(clinic: Clinic) -> None:
    move(clinic, 7)
    assert asha(clinic).stage_id == "P0"
    (change,) = clinic.all_of(StageChange)
    assert (change.from_stage, change.to_stage, change.clinician_id) == ("P1", "P0", clinic.meera)


@pytest.mark.parametrize(("days", "stage"), [(-3, "P1"), (-30, "P1"), (0, "P1")])
def test_a_corrected_date_alone_never_moves_a_patient_on(
    clinic: Clinic, days: int, stage: str
) -> None:
    move(clinic, days)
    assert asha(clinic).stage_id == stage


def test_an_operation_brought_forward_ends_the_preparation(clinic: Clinic) -> None:
    clinic.asha = clinic.add_patient("Olu Ade", chat=2001, day=-6)
    move(clinic, -1)
    assert asha(clinic).stage_id == "P1"


def test_reminders_that_did_not_go_out_are_planned_anew(clinic: Clinic) -> None:
    clinic.clock.moment = MORNING
    plan_ahead(clinic)
    assert tasks(clinic, TaskKind.CHECK_IN) == {0: "planned", 1: "planned", 2: "planned"}
    move(clinic, 20)
    check_ins = tasks(clinic, TaskKind.CHECK_IN)
    assert list(check_ins.values()).count("planned") < 3, "once a week before the operation"
    assert set(check_ins.values()) <= {"planned", "cancelled"}
    assert set(tasks(clinic, TaskKind.EXERCISES).values()) == {"planned"}
    assert all(
        task.look_after == task.due_at
        for task in clinic.all_of(CareTask)
        if task.state == TaskState.PLANNED
    )


def test_what_was_asked_today_stays(clinic: Clinic) -> None:
    with clinic.session() as session:
        care_tasks.ensure(
            session,
            episode=episodes.get(session, clinic.asha),
            kind=TaskKind.EXERCISES,
            local_on=clinic.today,
            now=clinic.now,
        )
    move(clinic, 20)
    assert tasks(clinic, TaskKind.EXERCISES)[0] == "prompted"


def test_the_move_is_in_the_history_and_told(clinic: Clinic) -> None:
    move(clinic, 7)
    (row,) = clinic.all_of(PlanChange)
    assert (row.kind, row.clinician_id) == ("surgery_date", clinic.meera)
    assert row.words == "Surgery 28 Feb 2026 to 17 Mar 2026; today is day -7 instead of 10"
    assert row.reason == "theatre list changed"
    assert "plan.surgery_date" in [one.action for one in clinic.all_of(AuditEvent)]
    (message,) = clinic.outbox(ASHA_CHAT, "plan_changed")
    assert "The date of your operation is now 17 March." in (message.text or "")


@pytest.mark.parametrize(
    ("days", "reason", "field"),
    [(-10, "a slip", "surgery_on"), (181, "a slip", "surgery_on"), (-401, "a slip", "surgery_on"),
     (7, " ", "reason")],
)  # fmt: skip
def test_odd_moves_are_refused(clinic: Clinic, days: int, reason: str, field: str) -> None:
    with pytest.raises(InvalidInput) as error:
        move(clinic, days, reason)
    assert field in error.value.fields
    assert asha(clinic).surgery_on == date(2026, 2, 28)


def test_an_administrator_moves_no_operation(clinic: Clinic) -> None:
    with pytest.raises(NotAllowed):
        move(clinic, 7, by=clinic.admin)


def discharge(clinic: Clinic, days_ago: int) -> None:
    with clinic.session() as session:
        surgery_date.record_discharge(
            session,
            clinic.context,
            episode_id=clinic.asha,
            discharged_on=clinic.today - timedelta(days=days_ago),
            clinician_id=clinic.meera,
            now=clinic.now,
        )


def test_going_home_is_recorded_and_counted_from(clinic: Clinic) -> None:
    discharge(clinic, 6)
    assert asha(clinic).discharged_on == clinic.today - timedelta(days=6)
    with clinic.session() as session:
        assert plans.discharge_day(episodes.get(session, clinic.asha)) == 4
    (row,) = clinic.all_of(PlanChange)
    assert row.words == "Went home on 04 Mar 2026"


@pytest.mark.parametrize("days_ago", [-1, 11])
def test_nobody_goes_home_before_the_operation_or_tomorrow(clinic: Clinic, days_ago: int) -> None:
    with pytest.raises(InvalidInput, match="discharged_on"):
        discharge(clinic, days_ago)


def test_a_discharge_before_the_new_date_is_dropped(clinic: Clinic) -> None:
    discharge(clinic, 6)
    move(clinic, 7)
    assert asha(clinic).discharged_on is None
