"""Every day of every patient gets one state, and each morning the states add up to the patients."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest
from sqlalchemy import delete, select

from exercises.schema import Tier
from rehab.clinical.daily_state import STATES
from rehab.jobs import planner, roll_call
from rehab.models import Dispatch, OnCallShift, Outcome, PatientDay, RoleName, RollCall
from rehab.services import alerts, care_tasks, channels, daily_states, episodes
from rehab.services import roll_call as calling
from tests.jobs.test_other_jobs import run
from tests.services.test_transactions import together
from tests.support.build import ASHA_CHAT, MEERA_CHAT, RAO_CHAT, Clinic
from tests.support.post_office import with_channels

ADMIN_CHAT = 9004
NEW_YORK = "America/New_York"


def live(clinic: Clinic, days: int = 1) -> None:
    """So many days pass, hour by hour."""
    for _ in range(days * 24):
        clinic.clock.forward(hours=1)
        run(clinic, planner)
        run(clinic, roll_call)
        clinic.deliver()


def begin(clinic: Clinic, episode_id: int) -> None:
    with clinic.session() as session:
        episode = episodes.get(session, episode_id)
        care_tasks.plan_ahead(session, clinic.context, episode=episode, now=clinic.now)


def states(clinic: Clinic, episode_id: int) -> list[tuple[str, str]]:
    query = select(PatientDay).where(PatientDay.episode_id == episode_id)
    rows = clinic.read(query.order_by(PatientDay.local_on))
    return [(row.state, row.reason) for row in rows]


def block(clinic: Clinic, chat_id: int) -> None:
    with clinic.session() as session:
        channels.chat_lost(
            session, clinic.context, chat_id=chat_id, reason="blocked by the user", now=clinic.now
        )


def test_each_kind_of_day_ends_in_its_state(either: Clinic) -> None:
    """Enrolled on Tuesday after the hour of the question: nothing was asked that day."""
    begin(either, either.asha)
    live(either)
    either.check_in(either.asha)
    live(either)
    live(either)
    either.find(either.asha, Tier.SOON)
    live(either)
    with either.session() as session:
        alerts.resolve(
            session, either.context, alert_id=1, clinician_id=either.meera,
            outcome=Outcome.CALLED, note="", now=either.now,
        )  # fmt: skip
    live(either)
    block(either, ASHA_CHAT)
    live(either)
    assert states(either, either.asha) == [
        ("excused", "nothing_due"),
        ("answered", "check_in"),
        ("overdue", "no_answer"),
        ("escalated", "alert"),
        ("escalated", "alert"),
        ("unreachable", "blocked"),
    ]


def test_a_pause_is_excused_and_after_a_stop_nothing_more_is_written(clinic: Clinic) -> None:
    begin(clinic, clinic.asha)
    live(clinic)
    with clinic.session() as session:
        episodes.pause(
            session, episode_id=clinic.asha, until=None, actor="patient", now=clinic.now
        )
    live(clinic, 2)
    with clinic.session() as session:
        episodes.stop(session, episode_id=clinic.asha, actor="clinician:1", now=clinic.now)
    live(clinic, 3)
    assert states(clinic, clinic.asha) == [
        ("excused", "nothing_due"),
        ("excused", "paused"),
        ("excused", "paused"),
        ("excused", "stopped"),
    ]


def test_after_an_outage_no_day_is_missing_and_none_is_there_twice(either: Clinic) -> None:
    olu = either.add_patient("Olu Ade", chat=2001, timezone=NEW_YORK)
    either.clock.forward(days=5)
    run(either, roll_call)
    assert run(either, roll_call) == 0
    for episode_id in (either.asha, olu):
        assert len(states(either, episode_id)) == 5
    # Midnight in New York comes later than in Mumbai.
    either.clock.at(date(2026, 3, 16), "00:01")
    assert run(either, roll_call) == 1
    assert (len(states(either, either.asha)), len(states(either, olu))) == (6, 5)


def test_a_stop_right_after_midnight_still_has_its_day(clinic: Clinic) -> None:
    clinic.clock.at(date(2026, 3, 11), "00:03")
    with clinic.session() as session:
        episodes.stop(session, episode_id=clinic.asha, actor="patient", now=clinic.now)
    clinic.clock.forward(minutes=2)
    run(clinic, roll_call)
    clinic.clock.forward(days=2)
    run(clinic, roll_call)
    assert [reason for _, reason in states(clinic, clinic.asha)] == ["nothing_due", "stopped"]
    assert run(clinic, roll_call) == 0


@pytest.mark.parametrize("seed", range(4))
def test_whatever_happens_each_day_in_care_has_exactly_one_state(
    clinic: Clinic, seed: int
) -> None:
    """Chance acts of a patient, a clinic and Telegram; days pass, sometimes several unattended."""
    chance = random.Random(seed)
    begin(clinic, clinic.asha)
    asha = clinic.chat(ASHA_CHAT)
    acts = (
        lambda: asha.says("all well"),
        lambda: asha.command("pause"),
        lambda: asha.command("resume"),
        lambda: asha.command("stop"),
        lambda: block(clinic, ASHA_CHAT),
        lambda: clinic.check_in(clinic.asha),
        lambda: clinic.find(clinic.asha, Tier.SOON),
        lambda: None,
    )
    first = clinic.today
    for _ in range(14):
        chance.choice(acts)()
        clinic.clock.forward(hours=chance.choice([3, 11, 24, 50]))
        run(clinic, planner)
        if chance.random() < 0.7:
            run(clinic, roll_call)
    clinic.clock.forward(days=1)
    run(clinic, roll_call)
    rows = clinic.all_of(PatientDay)
    dates = [row.local_on for row in rows]
    assert len(dates) == len(set(dates))
    assert {row.state for row in rows} <= set(STATES)
    with clinic.session() as session:
        episode = episodes.get(session, clinic.asha)
        events = daily_states.history(session, [clinic.asha])[clinic.asha]
        days = [first + timedelta(days=n) for n in range((clinic.today - first).days)]
        in_care = [one for one in days if daily_states.was_in_care(episode, events, one)]
    assert dates == in_care


# --- the morning --------------------------------------------------------------------------------


def morning(clinic: Clinic) -> str:
    """The next 08:30; what the person on call reads."""
    clinic.clock.at(clinic.today + timedelta(days=1), "08:30")
    run(clinic, roll_call)
    return clinic.outbox(MEERA_CHAT, "roll_call")[-1].text or ""


def test_the_morning_proves_that_everybody_is_accounted_for(either: Clinic) -> None:
    olu = either.add_patient("Olu Ade", chat=2001)
    begin(either, olu)
    begin(either, either.asha)
    live(either, 2)
    either.check_in(either.asha)
    told = morning(either)
    assert "2 patients in care = 0 escalated + 1 answered + 0 unreachable" in told
    assert "1 overdue. Everybody is accounted for." in told
    with either.session() as session:
        code = episodes.get(session, olu).patient.code
    assert f"Asked, no answer:\n• {code} · days: 2" in told
    assert "Olu" not in told
    row = either.all_of(RollCall)[-1]
    counted = dict(row.counts)
    assert counted.pop("active") == sum(counted.values()) == 2
    sent = len(either.outbox(MEERA_CHAT, "roll_call"))
    run(either, roll_call)
    assert len(either.outbox(MEERA_CHAT, "roll_call")) == sent


def test_a_patient_without_a_state_is_named_loudly(clinic: Clinic) -> None:
    clinic.clock.at(clinic.today + timedelta(days=1), "01:00")
    run(clinic, roll_call)
    with clinic.session() as session:
        session.execute(delete(PatientDay))
        code = episodes.get(session, clinic.asha).patient.code
        found = calling.call(session, clinic.context, now=clinic.now)
        assert not found.adds_up
        calling.make(session, clinic.context, now=clinic.now)
    told = clinic.outbox(MEERA_CHAT, "roll_call")[-1].text or ""
    assert "THE SUM DIFFERS: 1 patients in care" in told
    assert code in told


def test_long_pauses_and_forgotten_invitations_are_listed(clinic: Clinic) -> None:
    clinic.invite("Nandini Sharma")
    with clinic.session() as session:
        episodes.pause(
            session, episode_id=clinic.asha, until=None, actor="patient", now=clinic.now
        )
    first = morning(clinic)
    assert "Paused without an end:" in first
    assert "Invited, not enrolled" not in first
    clinic.clock.forward(days=3)
    told = morning(clinic)
    assert "· days: 4" in told
    assert "Invited, not enrolled:" in told


def test_who_enrolled_today_is_new_and_not_missing(clinic: Clinic) -> None:
    clinic.clock.at(clinic.today + timedelta(days=1), "08:00")
    clinic.add_patient("Olu Ade", chat=2001)
    clinic.clock.at(clinic.today, "08:30")
    run(clinic, roll_call)
    told = clinic.outbox(MEERA_CHAT, "roll_call")[-1].text or ""
    assert "1 patients in care" in told
    assert "New or back since yesterday: 1" in told


def test_with_nobody_on_call_everybody_gets_it_and_those_who_make_the_rota_are_warned(
    clinic: Clinic,
) -> None:
    clinic.add_staff("Bea Admin", RoleName.ADMINISTRATOR, ADMIN_CHAT)
    with clinic.session() as session:
        for shift in session.scalars(select(OnCallShift)):
            shift.ends_at = clinic.now
    morning(clinic)
    assert clinic.outbox(RAO_CHAT, "roll_call")
    for chat in (ADMIN_CHAT, MEERA_CHAT):
        (warned,) = clinic.outbox(chat, "rota_gap")
        assert "NOBODY ON CALL in the next 7 days: 1 gaps" in (warned.text or "")
    assert clinic.outbox(RAO_CHAT, "rota_gap") == [], "he leads nobody's care"
    clinic.clock.forward(minutes=5)
    run(clinic, roll_call)
    assert len(clinic.outbox(ADMIN_CHAT, "rota_gap")) == 1


def test_who_makes_the_rota_and_has_no_chat_is_warned_by_mail(clinic: Clinic) -> None:
    clinic.context = with_channels(clinic.context)
    boss = clinic.add_staff("Bea Admin", RoleName.ADMINISTRATOR, None)
    with clinic.session() as session:
        for shift in session.scalars(select(OnCallShift)):
            shift.ends_at = clinic.now
    morning(clinic)
    letters = {one.clinician_id: one for one in clinic.all_of(Dispatch)}
    letter = letters[boss]
    assert letter.kind == "rota_gap_mail"
    assert clinic.meera not in letters, "she reads it in the chat"
    assert "NOBODY ON CALL in the next 7 days" in letter.subject
    assert "on-call" in letter.body


@pytest.mark.postgres
def test_two_processes_settle_and_call_once(on_postgresql: Clinic) -> None:
    clinic = on_postgresql
    clinic.clock.at(clinic.today + timedelta(days=1), "08:30")
    together(lambda _: run(clinic, roll_call), 1, 2)
    assert len(clinic.all_of(PatientDay)) == 1
    assert len(clinic.all_of(RollCall)) == 1
    assert len(clinic.outbox(MEERA_CHAT, "roll_call")) == 1


def test_the_staff_chat_shows_it_at_any_time(clinic: Clinic) -> None:
    clinic.clock.at(clinic.today + timedelta(days=1), "03:00")
    run(clinic, roll_call)
    meera = clinic.chat(MEERA_CHAT)
    assert meera.command("rollcall") == ["roll_call"]
    assert "ROLL CALL Tue 10 Mar" in meera.said
    assert "Today so far:" in meera.said
