"""The demo clinic: histories produced by the real services, at the places a newcomer should find."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from rehab.db import db, transaction
from rehab.models import (
    Alert,
    AlertState,
    CheckIn,
    CheckInState,
    Clinician,
    Episode,
    ExerciseRecord,
    FindingRecord,
    Observation,
    OnCallShift,
    OutboxMessage,
    OutboxState,
    Patient,
    PatientChat,
    StageProposal,
)
from tests.cli.conftest import make


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_the_demo_ends_with_a_believable_clinic(tmp_path: Path) -> None:
    desk = make(tmp_path, token="")
    told = desk.ask("demo")
    assert told["patients"] == 15
    assert told["newcomer_token"]
    with desk.app.app_context():
        with transaction() as session:
            fifteen_patients_all_marked_as_synthetic(session)
            every_state_a_newcomer_should_see(session)
            alerts_that_wait_and_alerts_that_are_resolved(session)
            histories_that_were_lived(session)
            no_red_flag_without_its_alert(session)
            nothing_of_the_past_waits_to_be_sent(session)
            somebody_ready_for_the_next_stage(session)
            staff_who_can_sign_in(session)
        db.engine.dispose()


def count(session: Session, model: type) -> int:
    return len(session.scalars(select(model)).all())


def fifteen_patients_all_marked_as_synthetic(session: Session) -> None:
    patients = session.scalars(select(Patient)).all()
    assert len(patients) == 15
    assert all(found.is_synthetic and "(synthetic)" in found.name for found in patients)
    assert len({found.code for found in patients}) == 15


def every_state_a_newcomer_should_see(session: Session) -> None:
    states = Counter(session.scalars(select(Episode.state)))
    assert states["invited"] == 1
    assert states["paused"] == 1
    assert states["active"] == 13
    assert "blocked" in session.scalars(select(PatientChat.state)).all()
    stages = set(session.scalars(select(Episode.stage_id)))
    assert stages >= {"P0", "P1", "P2", "P3", "P4"}
    assert set(session.scalars(select(Episode.variant))) == {"standard", "bilateral"}
    assert set(session.scalars(select(Patient.language))) == {"en", "hi", "mr"}


def alerts_that_wait_and_alerts_that_are_resolved(session: Session) -> None:
    states = set(session.scalars(select(Alert.state)))
    assert states >= {AlertState.OPEN, AlertState.RESOLVED}
    for alert in session.scalars(select(Alert)):
        assert alert.findings, alert.code
        assert (alert.resolved_at is not None) is (alert.state == AlertState.RESOLVED)


def histories_that_were_lived(session: Session) -> None:
    completed = session.scalars(
        select(CheckIn).where(CheckIn.state == CheckInState.COMPLETED)
    ).all()
    assert len(completed) > 80
    assert count(session, Observation) > 500
    assert count(session, ExerciseRecord) > 500
    assert count(session, FindingRecord) > 3
    assert count(session, OnCallShift) >= 1


def no_red_flag_without_its_alert(session: Session) -> None:
    alarming = session.scalars(select(FindingRecord).where(FindingRecord.tier != "T3")).all()
    assert alarming
    assert all(found.alert_id is not None for found in alarming)


def nothing_of_the_past_waits_to_be_sent(session: Session) -> None:
    assert (
        session.scalars(
            select(OutboxMessage.kind).where(OutboxMessage.state == OutboxState.SENDING)
        ).all()
        == []
    )
    queued = session.scalars(
        select(OutboxMessage.kind).where(OutboxMessage.state == OutboxState.QUEUED)
    ).all()
    assert queued == []


def staff_who_can_sign_in(session: Session) -> None:
    staff = session.scalars(select(Clinician)).all()
    assert len(staff) == 4
    assert all((found.password or "").startswith("$argon2id$") for found in staff)


def somebody_ready_for_the_next_stage(session: Session) -> None:
    (ready,) = session.scalars(select(StageProposal).where(StageProposal.state == "open"))
    assert (ready.from_stage, ready.to_stage) == ("P1", "P2")
