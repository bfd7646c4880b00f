"""The escalator, silence, retention and the sweeper; and the table that lists them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, text

from exercises.schema import Tier
from rehab.jobs import JOBS, escalator, planner, retention, silence, sweeper
from rehab.models import (
    Alert,
    AlertEvent,
    AlertState,
    CareTask,
    CheckIn,
    FindingRecord,
    InboxUpdate,
    IncomingMessage,
    MessageClass,
    Observation,
    OutboxMessage,
    OutboxState,
    Page,
)
from rehab.services import episodes, inbox, outbox
from tests.services.test_transactions import together
from tests.support.build import ASHA_CHAT, MEERA_CHAT, NIGHT, Clinic


def run(clinic: Clinic, job: object) -> int:
    with clinic.app.app_context():
        return int(job.run_once(clinic.context, clinic.clock))  # type: ignore[attr-defined]


def test_the_table_names_every_job_once_and_all_run_on_an_empty_day(clinic: Clinic) -> None:
    names = [job.name for job in JOBS]
    assert len(set(names)) == len(names) >= 5
    for job in JOBS:
        assert job.every > timedelta()
        assert run(clinic, job) >= 0


# --- escalator ----------------------------------------------------------------------------------


def test_the_escalator_pages_what_is_due_and_only_once(either: Clinic) -> None:
    either.find(either.asha, Tier.EMERGENCY)
    assert run(either, escalator) == 0
    either.clock.forward(minutes=5)
    assert run(either, escalator) == 1
    assert run(either, escalator) == 0
    assert len(either.all_of(Page)) == 3


@pytest.mark.postgres
def test_two_escalators_page_each_step_once(on_postgresql: Clinic) -> None:
    clinic = on_postgresql
    clinic.find(clinic.asha, Tier.EMERGENCY)
    clinic.clock.forward(minutes=5)
    together(lambda _: run(clinic, escalator), 1, 2, 3)
    assert [page.round for page in clinic.all_of(Page)] == [1, 2, 2]


def test_an_alert_that_cannot_be_read_does_not_stop_the_others(clinic: Clinic) -> None:
    """Its note does not decrypt: it can neither be paged nor set aside."""
    olu = clinic.add_patient("Olu Ade", chat=2001)
    clinic.find(clinic.asha, Tier.EMERGENCY)
    clinic.find(olu, Tier.EMERGENCY)
    with clinic.session() as session:
        session.execute(text("UPDATE alert SET outcome_note = X'00' WHERE id = 1"))
    clinic.clock.forward(minutes=5)
    assert run(clinic, escalator) == 1
    assert {page.alert_id for page in clinic.all_of(Page) if page.round == 2} == {2}


def test_an_alert_of_an_unknown_tier_is_set_aside_and_comes_back(clinic: Clinic) -> None:
    olu = clinic.add_patient("Olu Ade", chat=2001)
    for episode_id in (clinic.asha, olu):
        clinic.find(episode_id, Tier.EMERGENCY)
    with clinic.session() as session:
        session.get_one(Alert, 1).tier = "T9"
    clinic.clock.forward(minutes=5)
    assert run(clinic, escalator) == 1
    first = clinic.one(select(Alert).where(Alert.id == 1))
    assert first.escalate_after == clinic.now + timedelta(seconds=30)
    assert first.state == AlertState.OPEN


def test_after_an_outage_the_steps_come_one_by_one_without_loss(clinic: Clinic) -> None:
    clinic.find(clinic.asha, Tier.EMERGENCY)
    clinic.clock.forward(hours=3)
    rounds = 0
    while run(clinic, escalator):
        rounds += 1
        assert rounds < 10
    assert clinic.alert().step == 2
    assert {page.clinician_id for page in clinic.all_of(Page)} == {1, 2, 3}


# --- silence ------------------------------------------------------------------------------------


def unanswered(clinic: Clinic, hours: float) -> None:
    """Asha was asked so many hours ago and has said nothing since."""
    with clinic.session() as session:
        session.add(
            CareTask(
                episode=episodes.get(session, clinic.asha),
                kind="check_in",
                local_on=clinic.today,
                due_at=clinic.now + timedelta(minutes=1),
                state="prompted",
            )
        )
    clinic.clock.forward(hours=hours)


def test_two_days_without_an_answer_become_an_alert(clinic: Clinic) -> None:
    unanswered(clinic, 48)
    assert run(clinic, silence) == 0
    clinic.clock.forward(hours=7)
    assert run(clinic, silence) == 1
    (found,) = clinic.all_of(FindingRecord)
    assert (found.rule_id, found.tier) == ("RF24.first-two-weeks", "T2")
    clinic.clock.forward(hours=7)
    assert run(clinic, silence) == 0
    assert len(clinic.all_of(FindingRecord)) == 1


def test_who_was_not_asked_is_not_silent(clinic: Clinic) -> None:
    clinic.clock.forward(days=5)
    assert run(clinic, silence) == 0
    assert clinic.all_of(Alert) == []


def test_any_sign_of_life_ends_the_silence(clinic: Clinic) -> None:
    unanswered(clinic, 40)
    clinic.chat(ASHA_CHAT).says("all well, just busy")
    clinic.clock.forward(hours=30)
    assert run(clinic, silence) == 0


def test_a_paused_patient_is_not_silent(clinic: Clinic) -> None:
    unanswered(clinic, 1)
    with clinic.session() as session:
        episodes.pause(
            session, episode_id=clinic.asha, until=None, actor="patient", now=clinic.now
        )
    clinic.clock.forward(days=9)
    run(clinic, silence)
    assert clinic.all_of(Alert) == []


def test_the_planner_and_silence_together_notice_who_never_answers(clinic: Clinic) -> None:
    clinic.clock.forward(hours=-5)
    for _ in range(4 * 24):
        clinic.clock.forward(hours=1)
        run(clinic, planner)
        run(clinic, silence)
        clinic.deliver()
    assert [found.rule_id.partition(".")[0] for found in clinic.all_of(FindingRecord)] == ["RF24"]


# --- retention ----------------------------------------------------------------------------------


def test_raw_updates_and_old_texts_are_erased_and_no_clinical_row_is(either: Clinic) -> None:
    either.chat(ASHA_CHAT).says("a private sentence")
    either.check_in(either.asha, {"legs": "calf"})
    with either.session() as session:
        inbox.accept(session, bot_id=1, updates=[{"update_id": 1, "message": {}}], now=either.now)
        session.scalars(select(InboxUpdate)).one().state = "done"
        inbox.accept(session, bot_id=1, updates=[{"update_id": 2, "message": {}}], now=either.now)
    either.deliver()
    clinical = (Observation, CheckIn, FindingRecord, Alert, AlertEvent, IncomingMessage, CareTask)
    before = {model: len(either.all_of(model)) for model in clinical}
    sent = len(either.outbox())
    either.clock.forward(days=30)
    assert run(either, retention) == 0
    either.clock.forward(seconds=1)
    assert run(either, retention) == 1
    raws = {row.update_id: row.raw for row in either.all_of(InboxUpdate)}
    assert raws[1] is None
    assert raws[2] is not None, "what nobody has handled is never erased"
    either.clock.forward(days=60)
    assert run(either, retention) == sent
    assert {message.text for message in either.outbox()} == {None}
    assert run(either, retention) == 0
    assert {model: len(either.all_of(model)) for model in clinical} == before
    assert either.one(select(IncomingMessage)).text == "a private sentence"
    assert all(found.label for found in either.all_of(Observation))


# --- sweeper ------------------------------------------------------------------------------------


def test_a_send_whose_process_died_is_settled(clinic: Clinic) -> None:
    with clinic.session() as session:
        outbox.enqueue(
            session,
            dedupe_key="x",
            message_class=MessageClass.ALERT,
            kind="alert_card",
            chat_id=MEERA_CHAT,
            text="a card",
            now=clinic.now,
        )
        (claimed,) = outbox.claim(session, now=clinic.now, epoch=1, limit=1)
        assert claimed.state == OutboxState.SENDING
    assert run(clinic, sweeper) == 0
    clinic.clock.forward(seconds=61)
    assert run(clinic, sweeper) == 1
    assert clinic.one(select(OutboxMessage)).state == OutboxState.QUEUED


def test_at_night_only_what_is_urgent_is_written_to_staff(clinic: Clinic) -> None:
    clinic.clock.moment = NIGHT
    clinic.find(clinic.asha, Tier.SOON)
    run(clinic, escalator)
    assert clinic.outbox(MEERA_CHAT) == []
