"""The product in trouble: each thing that stands still or waits is found, told once, and all clear."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from exercises.schema import Tier
from rehab.jobs import watch as job
from rehab.models import (
    Dispatch,
    Drill,
    DrillState,
    Heartbeat,
    MessageClass,
    OutboxMessage,
    OutboxState,
)
from rehab.post import NotTaken
from rehab.services import dispatches, heartbeats, inbox, outbox, watch, watch_keeping
from tests.support.build import MEERA_CHAT, Clinic
from tests.support.post_office import Address, with_channels

LOOPS = job.loops()
HOOK = "https://pager.example/hook"


def beat_all(clinic: Clinic, *, but: str = "") -> None:
    with clinic.session() as session:
        for component in LOOPS:
            if component != but:
                heartbeats.beat(session, component=component, now=clinic.now)


def look(clinic: Clinic, *, machine: datetime | None = None, in_bot: bool = True) -> bool:
    with clinic.session() as session:
        return watch_keeping.look(
            session,
            clinic.context,
            now=clinic.now,
            machine=machine or clinic.now,
            loops=LOOPS,
            in_bot=in_bot,
        )


def codes(clinic: Clinic) -> set[str]:
    with clinic.session() as session:
        return {one.code for one in watch_keeping.active(session)}


def wrong_now(clinic: Clinic) -> set[str]:
    with clinic.session() as session:
        return {
            one.code
            for one in watch.troubles(session, clinic.context, now=clinic.now, loops=LOOPS)
        }


def minutes_pass(clinic: Clinic, minutes: float, *, but: str = "") -> None:
    """The watch looks every ten seconds, and everything beats except one part."""
    for _ in range(int(minutes * 6)):
        clinic.clock.forward(seconds=10)
        beat_all(clinic, but=but)
        look(clinic)
        with clinic.session() as session:
            for letter in dispatches.claim(session, clinic.context, now=clinic.now, limit=9):
                dispatches.record(session, letter, None, now=clinic.now)


def told(clinic: Clinic) -> list[str]:
    return [row.subject for row in clinic.all_of(Dispatch) if row.clinician_id is None]


@pytest.fixture
def wired(clinic: Clinic) -> Clinic:
    clinic.context = with_channels(clinic.context)
    beat_all(clinic)
    look(clinic)
    return clinic


@pytest.fixture
def switch() -> Iterator[Address]:
    """The dead-man's switch outside."""
    with Address() as made:
        yield made


def test_where_everything_beats_nothing_is_wrong(either: Clinic) -> None:
    beat_all(either)
    assert wrong_now(either) == set()


def test_every_loop_of_the_bot_is_watched() -> None:
    for part in ("intake", "sender", "relay", "worker:0", "worker:3", "job:escalator"):
        assert part in LOOPS


@pytest.mark.parametrize("part", sorted(LOOPS))
def test_one_part_that_stands_still_is_found_and_the_switch_is_not_called(
    clinic: Clinic, switch: Address, part: str
) -> None:
    settings = clinic.context.config.watch.model_copy(update={"ping_url": switch.url})
    clinic.context = with_channels(clinic.context, watch=settings)
    beat_all(clinic)
    clinic.clock.forward(seconds=LOOPS[part].total_seconds())
    beat_all(clinic, but=part)
    assert wrong_now(clinic) == {f"loop_silent:{part}"}
    with clinic.app.app_context():
        job.run_once(clinic.context, clinic.clock)
    assert switch.calls == []


def test_the_switch_is_called_while_all_is_well_and_not_more_often_than_asked(
    clinic: Clinic, switch: Address
) -> None:
    settings = clinic.context.config.watch.model_copy(update={"ping_url": switch.url})
    clinic.context = with_channels(clinic.context, watch=settings)
    for _ in range(7):
        beat_all(clinic)
        with clinic.app.app_context():
            job.run_once(clinic.context, clinic.clock)
        clinic.clock.forward(seconds=10)
    assert [call.method for call in switch.calls] == ["GET", "GET"]


def test_an_alert_that_does_not_leave_stops_the_calls(clinic: Clinic, switch: Address) -> None:
    settings = clinic.context.config.watch.model_copy(update={"ping_url": switch.url})
    clinic.context = with_channels(clinic.context, watch=settings)
    clinic.find(clinic.asha, Tier.SAME_DAY)
    clinic.clock.forward(seconds=31)
    beat_all(clinic)
    assert wrong_now(clinic) == {"alert_undelivered"}
    with clinic.app.app_context():
        job.run_once(clinic.context, clinic.clock)
    assert switch.calls == []


def test_a_bot_that_does_not_run_is_one_trouble(clinic: Clinic) -> None:
    assert wrong_now(clinic) == {"bot_silent"}


def test_a_refused_token_is_told_within_a_minute_by_mail_because_telegram_is_dead(
    wired: Clinic,
) -> None:
    with wired.session() as session:
        heartbeats.report_problem(
            session, component=heartbeats.INTAKE, now=wired.now, problem="token_refused"
        )
    wired.clock.forward(seconds=10)
    look(wired)
    assert codes(wired) == {"token_refused"}
    assert {row.clinician_id for row in wired.all_of(Dispatch)} == {None, wired.meera}
    assert wired.outbox(kind="staff_trouble") == []


def test_a_trouble_is_told_once_then_hourly_and_then_all_clear(wired: Clinic) -> None:
    relay = heartbeats.RELAY
    minutes_pass(wired, 30, but=relay)
    assert len(told(wired)) == 1
    minutes_pass(wired, 35, but=relay)
    assert len(told(wired)) == 2
    minutes_pass(wired, 1.5)
    assert codes(wired) == set()
    assert len(told(wired)) == 2, "it may come back"
    minutes_pass(wired, 1)
    assert [subject.partition(": ")[2] for subject in told(wired)] == [
        "the tracker is in trouble",
        "the tracker is in trouble",
        "the tracker works again",
    ]


def test_whoever_is_on_call_reads_it_in_telegram(wired: Clinic) -> None:
    minutes_pass(wired, 2, but=heartbeats.RELAY)
    (message,) = wired.outbox(MEERA_CHAT, "staff_trouble")
    assert "stands still: relay" in (message.text or "")


def test_the_webhook_carries_codes(wired: Clinic) -> None:
    wired.context = with_channels(wired.context, url=HOOK)
    minutes_pass(wired, 2, but=heartbeats.RELAY)
    (row,) = [row for row in wired.all_of(Dispatch) if row.channel == "webhook"]
    said = json.loads(row.body or "")
    assert (said["event"], said["troubles"][0]["code"]) == ("trouble", "loop_silent:relay")


def test_a_start_and_a_moved_clock_are_given_a_minute(clinic: Clinic) -> None:
    look(clinic)
    assert codes(clinic) == set(), "nothing has had the time to beat yet"
    beat_all(clinic)
    machine = clinic.now + timedelta(seconds=10)
    clinic.clock.forward(hours=5)
    look(clinic, machine=machine)
    assert codes(clinic) == set(), "the demo's time was moved"
    for _ in range(6):
        clinic.clock.forward(seconds=11)
        machine += timedelta(seconds=11)
        look(clinic, machine=machine)
    assert codes(clinic) == {"bot_silent"}


def test_another_process_looks_only_when_the_bot_does_not(wired: Clinic) -> None:
    wired.clock.forward(seconds=59)
    assert not look(wired, in_bot=False)
    assert codes(wired) == set()
    wired.clock.forward(seconds=2)
    look(wired, in_bot=False)
    assert codes(wired) == {"bot_silent"}
    assert len(told(wired)) == 1
    (mail, _) = wired.all_of(Dispatch)
    assert "Restart it" in (mail.body or "")


def test_a_mail_that_was_given_up_is_a_trouble_for_an_hour(wired: Clinic) -> None:
    with wired.session() as session:
        dispatches.enqueue(
            session, dedupe_key="x", channel="email", kind="alert_mail", subject="s", body="b",
            now=wired.now,
        )  # fmt: skip
        (letter,) = dispatches.claim(session, wired.context, now=wired.now, limit=1)
        dispatches.record(session, letter, NotTaken("no", is_final=True), now=wired.now)
    assert wrong_now(wired) == {"dispatch_failed:email"}
    wired.clock.forward(hours=1)
    beat_all(wired)
    assert wrong_now(wired) == set()


def test_what_nobody_handles_and_what_nobody_escalates_is_found(wired: Clinic) -> None:
    wired.find(wired.asha, Tier.EMERGENCY)
    wired.deliver()
    with wired.session() as session:
        inbox.accept(session, bot_id=1, updates=[{"update_id": 1}], now=wired.now)
        for row in session.scalars(select(Dispatch)):
            row.state = "accepted"
    wired.clock.forward(minutes=7)
    beat_all(wired)
    assert wrong_now(wired) == {"inbox_late", "escalation_overdue"}


def test_a_staff_group_that_refuses_cards_is_a_trouble_until_it_takes_one(wired: Clinic) -> None:
    wired.configure("staff_group", chat_id=-77)
    for state, trouble in (
        (OutboxState.FAILED, {"staff_group_refuses"}),
        (OutboxState.ACCEPTED, set()),
    ):
        with wired.session() as session:
            card = outbox.enqueue(
                session, dedupe_key=f"card:{state}", message_class=MessageClass.ALERT,
                kind="alert_card", chat_id=-77, text="A card", now=wired.now,
            )  # fmt: skip
            card.state = state
        assert wrong_now(wired) == trouble


def test_a_failed_drill_is_a_trouble_until_one_passes(wired: Clinic) -> None:
    settings = wired.context.config.watch.model_copy(update={"drill_chat": 5})
    wired.context = with_channels(wired.context, watch=settings)
    with wired.session() as session:
        session.add(
            Drill(
                started_at=wired.now, ended_at=wired.now, state=DrillState.FAILED,
                failed_at_step="delivery",
            )
        )  # fmt: skip
    assert wrong_now(wired) == {"drill_failed"}
    with wired.session() as session:
        session.add(Drill(started_at=wired.now, ended_at=wired.now, state=DrillState.PASSED))
    assert wrong_now(wired) == set()


def test_two_processes_do_not_tell_twice(wired: Clinic) -> None:
    for _ in range(6):
        wired.clock.forward(seconds=11)
        look(wired)
        look(wired)
    assert len(wired.all_of(Dispatch)) == 2, "the operator and whoever is on call"
    assert wired.one(select(Heartbeat).where(Heartbeat.component == "watch"))
    assert wired.read(select(OutboxMessage).where(OutboxMessage.kind == "staff_trouble")) == []
