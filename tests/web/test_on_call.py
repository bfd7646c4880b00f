"""The rota on the page: the week with its gaps, who may write what, swaps and hand-overs."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from rehab.models import ClinicHoliday, Handover, OnCallShift, RotaPattern, ShiftSwap
from rehab.services import daily_states, handover, on_call, rota
from tests.web.build import Clinic
from tests.web.posting import post

MEERA, RAO, ADMIN = "meera@clinic.example", "rao@clinic.example", "admin@clinic.example"
SUNDAY = date(2026, 11, 22)
ON_CALL = "/on-call"


def page(client: FlaskClient, path: str = ON_CALL) -> str:
    return " ".join(client.get(path).get_data(as_text=True).split())


def send(client: FlaskClient, path: str, **form: Any) -> int:
    return int(post(client, f"{ON_CALL}/{path}", page=ON_CALL, **form).status_code)


def nobody_without_an_end(clinic: Clinic) -> None:
    with clinic.change() as session:
        for shift in session.scalars(select(OnCallShift)):
            shift.starts_at -= timedelta(days=9)
            shift.ends_at = clinic.clock.now() - timedelta(days=8)


def pattern(clinic: Clinic, admin: FlaskClient, clinician: int, begin: str, end: str) -> None:
    for weekday in range(1, 8):
        status = send(
            admin, "pattern", clinician=clinician, weekday=weekday, from_time=begin,
            until_time=end, from_on="2026-11-01",
        )  # fmt: skip
        assert status == 303


def test_an_administrator_makes_the_pattern_and_the_gaps_are_loud(clinic: Clinic) -> None:
    nobody_without_an_end(clinic)
    admin = clinic.signed_in(ADMIN)
    pattern(clinic, admin, clinic.cast.meera, "08:00", "20:00")
    shown = page(admin)
    assert "Nobody is on call in the coming days:" in shown
    assert 'class="gap"' in shown
    assert "▲ Nobody" in shown
    assert "Nobody is on call in the coming days:" in page(clinic.signed_in(MEERA), "/")
    pattern(clinic, admin, clinic.cast.rao, "20:00", "08:00")
    shown = page(admin)
    assert "Nobody is on call in the coming days:" not in shown
    assert "Sunday" in shown
    assert 'Meera Joshi <span class="faint">08:00–20:00</span>' in shown
    assert 'Dr Rao <span class="faint">20:00–00:00</span>' in shown
    assert "Monday" in page(admin, f"{ON_CALL}?week=2026-11-30")
    with clinic.change() as session:
        first = session.scalars(select(RotaPattern)).first()
        assert first is not None
        number = first.id
    assert send(admin, f"pattern/{number}/end") == 303
    assert "until 22" in page(admin)


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("pattern", {"clinician": 1, "weekday": 1, "from_time": "08:00", "until_time": "20:00"}),
        ("holidays", {"on": "2026-12-25", "name": "Christmas"}),
        ("leave", {"clinician": 2, "from_on": "2026-12-01", "until_on": "2026-12-02"}),
    ],
)
def test_a_clinician_does_not_write_for_others(
    clinic: Clinic, path: str, form: dict[str, Any]
) -> None:
    assert send(clinic.signed_in(MEERA), path, **form) == 403


def test_leave_overrides_and_holidays(clinic: Clinic) -> None:
    meera, admin = clinic.signed_in(MEERA), clinic.signed_in(ADMIN)
    own = {"clinician": clinic.cast.meera}
    assert send(meera, "leave", **own, from_on="2026-12-01", until_on="2026-12-03") == 303
    assert "1 Dec 2026 – 3 Dec 2026" in page(meera)
    assert send(meera, "leave", **own, from_on="2026-12-03", until_on="2026-12-01") == 422
    assert send(meera, "leave/1/remove") == 303
    taken = {"starts_at": "2026-11-23T10:00", "ends_at": "2026-11-23T14:00"}
    assert send(meera, "override", **own, instead_of=0, **taken) == 303
    assert send(meera, "override", clinician=clinic.cast.rao, instead_of=0, **taken) == 403
    with clinic.change() as session:
        shift = session.scalars(select(OnCallShift).order_by(OnCallShift.id.desc())).first()
        assert shift is not None
        assert shift.starts_at.isoformat() == "2026-11-23T04:30:00+00:00"
    assert send(admin, "holidays", on="2026-12-25", name="Christmas") == 303
    assert "Christmas" in page(meera)
    assert send(admin, "holidays/remove", on="2026-12-25") == 303
    with clinic.change() as session:
        assert session.scalars(select(ClinicHoliday)).all() == []


def test_a_swap_is_asked_and_accepted_on_the_page(clinic: Clinic) -> None:
    nobody_without_an_end(clinic)
    pattern(clinic, clinic.signed_in(ADMIN), clinic.cast.meera, "08:00", "20:00")
    meera, rao = clinic.signed_in(MEERA), clinic.signed_in(RAO)
    shift = "2026-11-23T02:30:00+00:00|2026-11-23T14:30:00+00:00"
    assert send(meera, "swaps", shift=shift, taker=clinic.cast.rao) == 303
    assert "Meera Joshi → Dr Rao · Mon 23 Nov 08:00 – 20:00 · asked" in page(rao)
    assert send(meera, "swaps/1/accept") == 403
    assert send(rao, "swaps/1/accept") == 303
    assert "· accepted" in page(meera)
    assert send(rao, "swaps/1/decline") == 409
    with clinic.change() as session:
        assert session.get_one(ShiftSwap, 1).state == "accepted"
        tomorrow = clinic.clock.now() + timedelta(days=1)
        assert [one.name for one in on_call.on_call_now(session, now=tomorrow)] == ["Dr Rao"]


def test_a_hand_over_is_accepted_on_the_page(clinic: Clinic) -> None:
    clinic.clock.moment += timedelta(hours=1)
    meera, rao = clinic.signed_in(MEERA), clinic.signed_in(RAO)
    assert post(meera, ON_CALL, page=ON_CALL, clinician=clinic.cast.rao).status_code == 303
    shown = page(rao)
    assert "Hand-over not accepted yet" in shown
    assert "Accept the hand-over" in shown
    assert "Accept the hand-over" not in page(meera)
    assert send(rao, "handovers/1/accept") == 303
    assert "Hand-over not accepted yet" not in page(meera)
    with clinic.change() as session:
        assert session.get_one(Handover, 1).state == "accepted"
        handover.settle(session, until=clinic.clock.now(), now=clinic.clock.now())


def test_the_roll_call_page_adds_up_and_has_a_picture(clinic: Clinic) -> None:
    with clinic.change() as session:
        for episode_id in daily_states.unsettled(session, now=clinic.clock.now()):
            daily_states.settle(session, episode_id=episode_id, now=clinic.clock.now())
    meera = clinic.signed_in(MEERA)
    shown = page(meera, "/roll-call")
    assert "Everybody is accounted for" in shown
    assert "1 patients in care" in shown
    assert "Asha" not in shown
    picture = meera.get("/roll-call/days.svg")
    assert picture.mimetype == "image/svg+xml"
    assert "How patients' days ended" in picture.get_data(as_text=True)
    assert clinic.signed_in(ADMIN).get("/roll-call").status_code == 403


def test_the_roll_call_page_names_whom_nobody_knows_about(clinic: Clinic) -> None:
    shown = page(clinic.signed_in(MEERA), "/roll-call")
    assert "The sum differs: nobody knows about somebody" in shown
    assert "no state: look now" in shown


def test_gaps_of_the_rota_are_those_of_the_coming_days(clinic: Clinic) -> None:
    with clinic.change() as session:
        assert rota.gaps_ahead(session, clinic.context, now=clinic.clock.now()) == ()
