"""The rota in the database: who is on call, what may be written down, swaps between two people."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from sqlalchemy import select

from rehab.clinical import timetable
from rehab.errors import InvalidInput, NotAllowed, NotFound, WrongState
from rehab.models import OnCallShift, RotaPattern, ShiftSwap
from rehab.services import on_call, people, rota, swaps
from tests.support.build import MEERA_CHAT, RAO_CHAT, ZONE, Clinic

TUESDAY = date(2026, 3, 10)
ALL_WEEK = range(1, 8)


def at(day: date, wall: str) -> datetime:
    return timetable.due_at(day, time.fromisoformat(wall), ZONE)


def on_call_ids(clinic: Clinic) -> list[int]:
    with clinic.session() as session:
        return [person.id for person in on_call.on_call_now(session, now=clinic.now)]


def weekly(clinic: Clinic, clinician_id: int, from_time: str, until_time: str) -> None:
    with clinic.session() as session:
        for weekday in ALL_WEEK:
            rota.add_pattern(
                session,
                clinic.context,
                clinician_id=clinician_id,
                weekday=weekday,
                from_time=time.fromisoformat(from_time),
                until_time=time.fromisoformat(until_time),
                from_on=TUESDAY - timedelta(days=7),
                actor="cli",
                now=clinic.now,
            )


def day_and_night(clinic: Clinic) -> None:
    """Meera by day, Dr Rao by night; nobody without an end."""
    with clinic.session() as session:
        for shift in session.scalars(select(OnCallShift)):
            shift.ends_at = clinic.now - timedelta(days=3)
            shift.starts_at = clinic.now - timedelta(days=4)
    weekly(clinic, clinic.meera, "08:00", "20:00")
    weekly(clinic, clinic.rao, "20:00", "08:00")


def test_the_weekly_pattern_puts_people_on_call_in_clinic_time(either: Clinic) -> None:
    day_and_night(either)
    either.clock.at(TUESDAY, "10:00")
    assert on_call_ids(either) == [either.meera]
    either.clock.at(TUESDAY, "23:30")
    assert on_call_ids(either)[0] == either.rao


def test_a_pattern_ends_on_a_date_and_the_hours_after_it_are_a_gap(clinic: Clinic) -> None:
    day_and_night(clinic)
    with clinic.session() as session:
        assert rota.gaps_ahead(session, clinic.context, now=clinic.now) == ()
        tuesdays = select(RotaPattern).where(
            RotaPattern.weekday == 2, RotaPattern.clinician_id == clinic.rao
        )
        pattern = session.scalars(tuesdays).one()
        rota.end_pattern(
            session, pattern_id=pattern.id, last_on=TUESDAY - timedelta(days=1), actor="cli",
            now=clinic.now,
        )  # fmt: skip
    with clinic.session() as session:
        (gap,) = rota.gaps_ahead(session, clinic.context, now=clinic.now)
    assert gap.starts_at == at(TUESDAY, "20:00")
    assert gap.ends_at == at(TUESDAY + timedelta(days=1), "08:00")


def test_leave_is_seen_as_a_gap_until_somebody_takes_the_shift(clinic: Clinic) -> None:
    day_and_night(clinic)
    with clinic.session() as session:
        away = rota.add_leave(
            session, clinician_id=clinic.meera, from_on=date(2026, 3, 12),
            until_on=date(2026, 3, 12), reason="training", actor="cli", now=clinic.now,
        ).id  # fmt: skip
    with clinic.session() as session:
        (gap,) = rota.gaps_ahead(session, clinic.context, now=clinic.now)
        rota.add_override(
            session, clinician_id=clinic.vikram, starts_at=gap.starts_at, ends_at=gap.ends_at,
            instead_of_id=clinic.meera, actor="cli", now=clinic.now,
        )  # fmt: skip
    with clinic.session() as session:
        assert rota.gaps_ahead(session, clinic.context, now=clinic.now) == ()
    clinic.clock.at(date(2026, 3, 12), "12:00")
    assert on_call_ids(clinic)[0] == clinic.vikram
    with clinic.session() as session:
        rota.remove_leave(session, leave_id=away, actor="cli", now=clinic.now)


def test_what_makes_no_sense_is_refused(clinic: Clinic) -> None:
    now = clinic.now
    with clinic.session() as session:
        given = {"actor": "cli", "now": now}
        with pytest.raises(InvalidInput, match="administrator"):
            rota.add_leave(
                session, clinician_id=clinic.admin, from_on=TUESDAY, until_on=TUESDAY, reason="",
                **given,
            )  # fmt: skip
        with pytest.raises(InvalidInput, match="first day"):
            rota.add_leave(
                session, clinician_id=clinic.rao, from_on=TUESDAY,
                until_on=TUESDAY - timedelta(days=1), reason="", **given,
            )  # fmt: skip
        with pytest.raises(InvalidInput, match="end after"):
            rota.add_override(
                session, clinician_id=clinic.rao, starts_at=now, ends_at=now, instead_of_id=None,
                **given,
            )  # fmt: skip
        for forget in (
            lambda: rota.end_pattern(session, pattern_id=99, last_on=TUESDAY, **given),
            lambda: rota.remove_leave(session, leave_id=99, **given),
            lambda: rota.remove_holiday(session, on=TUESDAY, **given),
        ):
            with pytest.raises(NotFound):
                forget()


def propose(clinic: Clinic) -> int:
    """Dr Rao asks Meera to take tonight."""
    with clinic.session() as session:
        return swaps.propose(
            session, clinic.context, giver_id=clinic.rao, taker_id=clinic.meera,
            starts_at=at(TUESDAY, "20:00"), ends_at=at(TUESDAY + timedelta(days=1), "08:00"),
            now=clinic.now,
        ).id  # fmt: skip


def decide(clinic: Clinic, swap_id: int, clinician_id: int, *, accept: bool) -> None:
    with clinic.session() as session:
        swaps.decide(
            session, clinic.context, swap_id=swap_id, clinician_id=clinician_id, accept=accept,
            now=clinic.now,
        )  # fmt: skip


def test_a_swap_counts_once_the_other_accepted(either: Clinic) -> None:
    day_and_night(either)
    swap = propose(either)
    (asked,) = either.outbox(MEERA_CHAT, "swap_offer")
    assert "Rao Sunil asks you" in (asked.text or "")
    assert "Tue 10 Mar 20:00 – Wed 11 Mar 08:00" in (asked.text or "")
    with pytest.raises(NotAllowed):
        decide(either, swap, either.vikram, accept=True)
    before = either.now
    either.clock.at(TUESDAY, "22:00")
    assert on_call_ids(either)[0] == either.rao
    either.clock.moment = before
    decide(either, swap, either.meera, accept=True)
    (told,) = either.outbox(RAO_CHAT, "swap_answered")
    assert "Meera Joshi takes your duty" in (told.text or "")
    with pytest.raises(WrongState):
        decide(either, swap, either.meera, accept=False)
    either.clock.at(TUESDAY, "22:00")
    assert on_call_ids(either) == [either.meera]


def test_a_declined_withdrawn_or_late_swap_changes_nothing(clinic: Clinic) -> None:
    day_and_night(clinic)
    decide(clinic, propose(clinic), clinic.meera, accept=False)
    with clinic.session() as session:
        swaps.withdraw(
            session, swap_id=_newest(clinic, propose(clinic)), clinician_id=clinic.rao,
            now=clinic.now,
        )  # fmt: skip
    late = propose(clinic)
    clinic.clock.at(TUESDAY, "20:01")
    with pytest.raises(WrongState, match="has begun"):
        decide(clinic, late, clinic.meera, accept=True)
    assert on_call_ids(clinic)[0] == clinic.rao
    assert [one.state for one in clinic.all_of(ShiftSwap)] == [
        "declined", "withdrawn", "proposed",
    ]  # fmt: skip


def _newest(clinic: Clinic, swap_id: int) -> int:
    return swap_id


def test_one_can_only_give_a_duty_one_has(clinic: Clinic) -> None:
    day_and_night(clinic)
    with clinic.session() as session, pytest.raises(InvalidInput, match="no duty"):
        swaps.propose(
            session, clinic.context, giver_id=clinic.vikram, taker_id=clinic.meera,
            starts_at=at(TUESDAY, "20:00"), ends_at=at(TUESDAY, "23:00"), now=clinic.now,
        )  # fmt: skip


def test_the_shifts_of_somebody_who_left_are_a_gap(clinic: Clinic) -> None:
    day_and_night(clinic)
    with clinic.session() as session:
        rao = rota.may_have_duty(session, clinic.rao)
        assert people.is_clinical(rao)
        rao.active = False
    with clinic.session() as session:
        assert len(rota.gaps_ahead(session, clinic.context, now=clinic.now)) == 7
