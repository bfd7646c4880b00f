"""The rota from the command line."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tests.cli.conftest import Desk


def test_a_weekly_shift_leave_and_a_holiday_are_written_down_and_shown(staffed: Desk) -> None:
    rota = ("staff", "rota")
    meera = ("--email", "meera@clinic.example")
    for weekday in range(1, 8):
        added = staffed.ask(
            *rota, "add", *meera, "--weekday", str(weekday), "--from", "8:00", "--until", "20:00"
        )
        assert added["pattern_id"] == weekday
    soon = f"{datetime.now(UTC) + timedelta(days=3):%Y-%m-%d}"
    assert staffed.ask(*rota, "leave", *meera, "--from-on", soon, "--until-on", soon)["leave_id"]
    assert staffed.ask(*rota, "holiday", "--on", soon, "--name", "Holi") == {"holiday": soon}
    shown = staffed.ask(*rota, "show")
    assert shown["duty"][0]["name"] == "Meera Joshi"
    assert shown["gaps"] == [], "she is on call without an end beside her pattern"


def test_an_odd_weekday_is_refused_by_name(staffed: Desk) -> None:
    code, line = staffed.complain(
        *("staff", "rota", "add", "--email", "meera@clinic.example", "--weekday", "9"),
        *("--from", "08:00", "--until", "20:00"),
    )
    assert code == 2
    assert "--weekday" in line
