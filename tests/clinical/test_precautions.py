"""Precautions by their anchor and with a patient's own settings."""

from __future__ import annotations

import pytest

from rehab.clinical import precautions
from rehab.clinical.staging import Change
from tests.clinical.plans import LIBRARY, precaution, protocol

AT_HOME = precaution("no-car", "impact", 14, anchor="discharge")
LATER = precaution("no-bath", "pool", 20, anchor="discharge", from_day=7)


def own(name: str, to_day: int | None, *, from_day: int = 0, last: int | None = None) -> Change:
    return Change("precaution", from_day, last, precaution_id=name, precaution_to_day=to_day, id=1)


def active(day: int, *changes: Change, **more: object) -> list[str]:
    found = precautions.active(protocol(), day, changes=changes, **more)
    return [one.id for one in found]


@pytest.mark.parametrize(
    ("day", "names"),
    [
        (-1, []), (0, ["no-resistance", "no-deep-bending"]),
        (28, ["no-resistance", "no-deep-bending"]), (29, ["no-deep-bending"]), (43, []),
    ],
)  # fmt: skip
def test_both_ends_count(day: int, names: list[str]) -> None:
    assert active(day) == names


def test_a_patients_own_last_day_counts_from_the_day_it_was_set() -> None:
    longer = own("no-resistance", 42, from_day=10)
    assert "no-resistance" in active(40, longer)
    shorter = own("no-resistance", 14, from_day=16)
    assert "no-resistance" in active(15, shorter)
    assert "no-resistance" not in active(16, shorter)


def test_where_surgeons_differ_a_precaution_can_be_switched_off() -> None:
    assert active(5, own("no-resistance", None)) == ["no-deep-bending"]


@pytest.mark.parametrize("to_day", [None, 3])
def test_where_they_do_not_differ_a_setting_never_takes_protection_away(
    to_day: int | None,
) -> None:
    assert "no-deep-bending" in active(42, own("no-deep-bending", to_day))
    assert "no-deep-bending" in active(60, own("no-deep-bending", 60))


def test_the_newest_setting_counts_and_an_ended_one_counts_no_more() -> None:
    off, on_again = own("no-resistance", None, last=9), own("no-resistance", 20, from_day=5)
    assert "no-resistance" not in active(4, off)
    assert "no-resistance" in active(5, off, on_again)
    assert "no-resistance" in active(10, off)


def ends(discharge_day: int | None, *, one: str = "no-car") -> list[int]:
    at_home = protocol(precautions=(AT_HOME, LATER), stay_days=3)
    return [
        day
        for day in range(-5, 60)
        if one in [p.id for p in precautions.active(at_home, day, discharge_day=discharge_day)]
    ]


def test_what_counts_from_the_discharge_ends_with_it_and_holds_in_hospital_too() -> None:
    assert ends(6) == list(range(21))
    assert ends(None) == list(range(18)), "the typical stay stands in"


def test_what_begins_some_days_after_the_discharge_waits_for_them() -> None:
    assert ends(6, one="no-bath") == list(range(13, 27))


def test_an_exercise_breaks_the_precautions_that_forbid_what_it_does() -> None:
    holding = precautions.active(protocol(), 3)
    assert [one.id for one in precautions.broken_by(LIBRARY["EX03"], holding)] == ["no-resistance"]
    assert precautions.broken_by(LIBRARY["EX01"], holding) == ()


@pytest.mark.parametrize(
    ("name", "to_day", "words"),
    [
        ("no-resistance", None, ""), ("no-resistance", 14, ""), ("no-deep-bending", 60, ""),
        ("no-deep-bending", 41, "surgeons do not differ"),
        ("no-deep-bending", None, "surgeons do not differ"),
        ("no-resistance", 401, "expected a last day"), ("no-resistance", -1, "expected"),
    ],
)  # fmt: skip
def test_a_setting_that_is_refused_says_why(name: str, to_day: int | None, words: str) -> None:
    one = next(found for found in protocol().precautions if found.id == name)
    refusal = precautions.refusal(one, to_day)
    assert words in refusal
    assert bool(refusal) == bool(words)
