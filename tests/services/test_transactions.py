"""One event, one transaction: a warning answer and everything it causes exist together or not at all."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError, IntegrityError
from sqlalchemy.orm import Session

from exercises.schema import Tier
from rehab.db import db
from rehab.models import (
    Alert,
    AlertEvent,
    AlertState,
    AuditEvent,
    CheckIn,
    FindingRecord,
    Observation,
    ObservationStatus,
    OutboxMessage,
    Page,
    Prompt,
)
from rehab.services import alerts, audit, check_ins, episodes
from tests.support.build import (
    ASHA_CHAT,
    MEERA_CHAT,
    Clinic,
    break_table,
    finding,
    mend_table,
)

CAUSED = (CheckIn, Observation, FindingRecord, Alert, AlertEvent, Page, Prompt, OutboxMessage)


@contextmanager
def failing(clinic: Clinic) -> Iterator[Session]:
    """A transaction that is interrupted at its very end."""
    with pytest.raises(KeyboardInterrupt), clinic.session() as session:  # noqa: PT012
        yield session
        raise KeyboardInterrupt


def counts(clinic: Clinic) -> dict[str, int]:
    return {model.__tablename__: len(clinic.all_of(model)) for model in CAUSED}


def test_a_transaction_commits_at_its_end(either: Clinic) -> None:
    with either.session() as session:
        audit.record(session, actor="cli", action="test", subject="x:1", now=either.now)
    assert [row.action for row in either.all_of(AuditEvent)].count("test") == 1


def test_a_transaction_rolls_back_on_any_error(either: Clinic) -> None:
    before = len(either.all_of(AuditEvent))
    with failing(either) as session:
        audit.record(session, actor="cli", action="test", subject="x:1", now=either.now)
        session.flush()
    assert len(either.all_of(AuditEvent)) == before


def test_a_savepoint_that_was_released_does_not_survive_a_rollback(either: Clinic) -> None:
    before = len(either.all_of(AuditEvent))
    with failing(either) as session, session.begin_nested():
        audit.record(session, actor="cli", action="test", subject="x:1", now=either.now)
    assert len(either.all_of(AuditEvent)) == before


def test_a_warning_answer_commits_with_its_finding_alert_page_and_card(either: Clinic) -> None:
    recorded = either.answer(either.asha, "legs", "calf")
    assert [found.rule_id for found in recorded.new_findings] == ["RF02.calf"]
    alert = either.alert()
    assert (alert.tier, alert.state, alert.step) == ("T1", AlertState.OPEN, 0)
    (found,) = either.all_of(FindingRecord)
    assert (found.alert_id, found.rule_id) == (alert.id, "RF02.calf")
    (page,) = either.all_of(Page)
    (card,) = either.outbox(MEERA_CHAT)
    assert (page.clinician_id, page.outbox_id) == (either.meera, card.id)
    assert [event.kind for event in either.all_of(AlertEvent)] == ["opened", "paged"]


@pytest.mark.parametrize("table", ["finding", "alert", "alert_event", "page", "outbox_message"])
def test_when_any_step_fails_nothing_is_left_of_the_answer(either: Clinic, table: str) -> None:
    before = counts(either)
    with either.session() as session:
        break_table(session, table)
    with pytest.raises(DatabaseError, match="broken on purpose"):
        either.answer(either.asha, "legs", "calf")
    assert counts(either) == before
    with either.session() as session:
        mend_table(session, table)
    either.answer(either.asha, "legs", "calf")
    assert len(either.all_of(Alert)) == len(either.all_of(Page)) == 1


def test_a_failure_after_the_last_step_leaves_nothing_either(either: Clinic) -> None:
    before = counts(either)
    with failing(either) as session:
        check_in = either.begin(session, either.asha)
        assert either.record(session, check_in, "legs", "breath").new_findings
    assert counts(either) == before


def test_the_same_event_twice_has_one_effect(either: Clinic) -> None:
    for number in range(2):
        with either.session() as session:
            check_in = either.begin(session, either.asha)
            recorded = either.record(session, check_in, "legs", "calf", source="telegram:1:77")
            assert recorded.is_new is (number == 0)
            assert bool(recorded.new_findings) is (number == 0)
    assert len(either.all_of(Observation)) == len(either.all_of(FindingRecord)) == 1
    assert len(either.outbox(MEERA_CHAT)) == 1


def test_the_same_answer_tapped_twice_is_recorded_once(either: Clinic) -> None:
    assert either.answer(either.asha, "pain", "4").is_new
    assert not either.answer(either.asha, "pain", "4").is_new
    assert len(either.all_of(Observation)) == 1


def test_a_rule_speaks_once_about_one_check_in(either: Clinic) -> None:
    either.answer(either.asha, "legs", "calf")
    assert either.answer(either.asha, "medicine", "none").new_findings == ()
    assert len(either.all_of(FindingRecord)) == 1


def test_the_database_itself_refuses_a_second_open_alert(either: Clinic) -> None:
    either.find(either.asha, Tier.SAME_DAY)
    with pytest.raises(IntegrityError), either.session() as session:
        session.add(
            Alert(
                code="OTHER",
                episode=episodes.get(session, either.asha),
                tier="T0",
                state=AlertState.OPEN,
                opened_at=either.now,
                clock_started_at=either.now,
            )
        )


def test_two_processes_that_alarm_at_once_open_one_alert(either: Clinic) -> None:
    """Each tries again when the other was faster, as the worker does."""
    start = threading.Barrier(2)
    lost: list[str] = []

    def alarm(tier: Tier) -> None:
        start.wait(10)
        for _attempt in range(3):
            try:
                either.find(either.asha, tier, cause=f"message:{tier}")
                return
            except IntegrityError as error:
                lost.append(type(error).__name__)
        raise AssertionError("lost the race three times")

    together(alarm, Tier.EMERGENCY, Tier.SAME_DAY)
    alert = either.alert()
    assert alert.tier == Tier.EMERGENCY
    assert len(either.all_of(FindingRecord)) == 2
    assert all(found.alert_id == alert.id for found in either.all_of(FindingRecord))
    assert len(lost) <= 1


@pytest.mark.postgres
def test_the_slower_of_two_open_transactions_is_rolled_back_whole(on_postgresql: Clinic) -> None:
    either = on_postgresql
    outcome: list[BaseException | None] = []

    def second() -> None:
        try:
            either.find(either.asha, Tier.SAME_DAY, cause="message:2")
            outcome.append(None)
        except IntegrityError as error:
            outcome.append(error)

    with either.session() as session:
        alerts.raise_findings(
            session,
            either.context,
            episode=episodes.get(session, either.asha),
            findings=[finding(Tier.EMERGENCY)],
            cause="message:1",
            now=either.now,
        )
        thread = threading.Thread(target=second)
        thread.start()
        wait_until_somebody_waits(either)
    thread.join(20)
    assert isinstance(outcome[0], IntegrityError)
    assert [found.cause for found in either.all_of(FindingRecord)] == ["message:1"]
    assert len(either.outbox(MEERA_CHAT)) == 1


def test_a_correction_keeps_the_earlier_answer_as_it_was(either: Clinic) -> None:
    either.answer(either.asha, "pain", "8")
    recorded = either.answer(either.asha, "pain", "3")
    assert recorded.is_correction
    first, second = either.all_of(Observation)
    assert (first.value, first.status, first.revision) == (8, ObservationStatus.AMENDED, 1)
    assert (second.value, second.status, second.revision) == (3, ObservationStatus.FINAL, 2)


def test_an_answer_taken_back_does_not_take_its_alert_back(either: Clinic) -> None:
    either.answer(either.asha, "legs", "breath")
    either.deliver()
    either.answer(either.asha, "legs", "none")
    assert either.alert().state == AlertState.OPEN
    assert "answer_corrected" in [event.kind for event in either.all_of(AlertEvent)]
    with either.session() as session:
        check_in = session.get_one(CheckIn, 1)
        assert [found.value for found in check_ins.current(check_in)] == ["none"]


def test_what_a_person_wrote_is_not_readable_in_the_database(either: Clinic) -> None:
    chat = either.chat(ASHA_CHAT)
    chat.says("My dog is called Bruno")
    with either.session() as session:
        names = session.execute(text("SELECT name FROM patient")).scalars().all()
        texts = session.execute(text("SELECT text FROM incoming_message")).scalars().all()
        labels = session.execute(text("SELECT text FROM outbox_message")).scalars().all()
    raw = b"".join(bytes(value) for value in [*names, *texts, *labels])
    assert b"Asha" not in raw
    assert b"Bruno" not in raw


def together(act: Any, *values: Any) -> None:
    """Run the act once per value, all at the same time; raises what any of them raised."""
    errors: list[BaseException] = []

    def guarded(value: Any) -> None:
        try:
            act(value)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=guarded, args=(value,)) for value in values]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    if errors:
        raise errors[0]


def wait_until_somebody_waits(clinic: Clinic) -> None:
    """Until another transaction of this database waits for a lock."""
    waiting = text(
        "SELECT count(*) FROM pg_stat_activity "
        "WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    pause = threading.Event()
    for _ in range(1000):
        with clinic.app.app_context(), db.engine.connect() as connection:
            if connection.execute(waiting).scalar():
                return
        pause.wait(0.01)
    raise AssertionError("nobody waited for a lock")
