"""The drill: a synthetic red flag goes the whole way, wakes nobody, and fails where the chain is broken."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from telegram import Bot

from bot import telegram_in
from rehab.flows import engine
from rehab.jobs import drill as job
from rehab.jobs import planner, silence
from rehab.models import (
    Alert,
    AlertState,
    Drill,
    DrillState,
    Episode,
    InboxUpdate,
    OutboxMessage,
    Page,
    Patient,
)
from rehab.models.people import DRILL_CODE
from rehab.services import drills, inbox
from rehab.services.context import Context
from rehab.services.overview.worklist import Tab, worklist
from tests.support.build import MEERA_CHAT, Clinic

DRILL_CHAT = -100_500


@pytest.fixture
def drilled(either: Clinic) -> Clinic:
    config = either.context.config
    watch = config.watch.model_copy(update={"drill_chat": DRILL_CHAT})
    either.context = Context(config.model_copy(update={"watch": watch}), either.context.content)
    return either


def run(clinic: Clinic, job_: object = job) -> int:
    with clinic.app.app_context():
        return int(job_.run_once(clinic.context, clinic.clock))  # type: ignore[attr-defined]


def the_worker_works(clinic: Clinic) -> int:
    """What the bot's worker does with every update of the inbox."""
    worked = 0
    while True:
        with clinic.session() as session:
            row = inbox.next_row(session, now=clinic.now)
            if row is None:
                return worked
            event = telegram_in.event_of(row, Bot("1:x"))
            assert event is not None
            engine.handle(session, clinic.context, event=event, now=clinic.now)
            inbox.mark_done(row, clinic.now)
            worked += 1


def last(clinic: Clinic) -> Drill:
    found: Drill = clinic.all_of(Drill)[-1]
    return found


def test_a_drill_passes_when_its_card_arrives(drilled: Clinic) -> None:
    assert run(drilled) == 1
    assert the_worker_works(drilled) == 1
    assert run(drilled) == 0, "the card is on its way"
    drilled.clock.forward(seconds=4)
    drilled.deliver()
    assert run(drilled) == 1
    drill = last(drilled)
    assert (drill.state, drill.failed_at_step) == (DrillState.PASSED, None)
    alert = drilled.alert()
    assert (alert.is_drill, alert.state, alert.id) == (True, AlertState.RESOLVED, drill.alert_id)
    assert drill.card_accepted_at is not None
    (end,) = drilled.outbox(kind="drill_end")
    assert "after 4 s" in (end.text or "")


def test_a_drill_wakes_nobody_and_its_patient_hears_the_safety_text(drilled: Clinic) -> None:
    run(drilled)
    the_worker_works(drilled)
    assert {message.chat_id for message in drilled.outbox()} == {DRILL_CHAT}
    kinds = [message.kind for message in drilled.outbox()]
    assert kinds.count("drill_card") == 1
    assert "safety_text" in kinds
    assert drilled.outbox(MEERA_CHAT) == []
    assert drilled.all_of(Page) == []


@pytest.mark.parametrize("step", ["intake", "paging", "delivery"])
def test_a_drill_says_where_it_got_stuck(drilled: Clinic, step: str) -> None:
    run(drilled)
    if step != "intake":
        the_worker_works(drilled)
    if step == "paging":
        with drilled.session() as session:
            session.delete(
                session.scalars(select(OutboxMessage).filter_by(kind="drill_card")).one()
            )
    drilled.clock.forward(minutes=4)
    assert run(drilled) == 0
    drilled.clock.forward(minutes=1)
    assert run(drilled) == 1
    drill = last(drilled)
    assert (drill.state, drill.failed_at_step) == (DrillState.FAILED, step)


def test_the_rules_are_part_of_the_drill(drilled: Clinic) -> None:
    run(drilled)
    with drilled.session() as session:
        session.get_one(InboxUpdate, (drills.BOT, last(drilled).id)).state = "done"
    drilled.clock.forward(minutes=5)
    run(drilled)
    assert last(drilled).failed_at_step == "rules"


def test_a_failed_drill_does_not_hold_up_the_next(drilled: Clinic) -> None:
    run(drilled)
    the_worker_works(drilled)
    drilled.clock.forward(minutes=5)
    run(drilled)
    assert last(drilled).state == DrillState.FAILED
    drilled.clock.forward(minutes=54)
    assert run(drilled) == 0
    drilled.clock.forward(minutes=1)
    assert run(drilled) == 1
    the_worker_works(drilled)
    drilled.deliver()
    run(drilled)
    assert last(drilled).state == DrillState.PASSED
    assert {alert.state for alert in drilled.all_of(Alert)} == {AlertState.RESOLVED}


def test_the_drills_patient_is_listed_nowhere_and_asked_nothing(drilled: Clinic) -> None:
    run(drilled)
    the_worker_works(drilled)
    with drilled.session() as session:
        for tab in Tab:
            rows = worklist(
                session, drilled.context, clinician_id=drilled.meera, now=drilled.now, tab=tab
            ).rows
            assert DRILL_CODE not in {row.code for row in rows}
    before = len(drilled.outbox(DRILL_CHAT))
    drilled.clock.forward(days=3)
    run(drilled, planner)
    run(drilled, silence)
    assert len(drilled.outbox(DRILL_CHAT)) == before
    drilled.one(select(Patient).where(Patient.code == DRILL_CODE, Patient.is_synthetic))
    assert len(drilled.read(select(Episode).join(Patient).where(Patient.code == DRILL_CODE))) == 1


def test_without_a_chat_for_it_there_is_no_drill(clinic: Clinic) -> None:
    assert run(clinic) == 0
    assert clinic.all_of(Drill) == []
