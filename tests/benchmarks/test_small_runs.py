"""Small runs of the ladder and of the month; the whole ones are `python -m benchmarks.ladder` and
`python -m benchmarks.month`."""

from __future__ import annotations

from benchmarks.ladder import MAIL, climb
from benchmarks.month.clinic import Month
from benchmarks.month.lives import everybody
from benchmarks.place import clinic

ALERTS = 12


def test_every_step_comes_in_time_also_by_mail_and_nothing_closes_itself() -> None:
    with clinic(ALERTS, overrides={"email": MAIL}) as (_, runtime):
        found = climb(runtime, count=ALERTS, minutes=95)
    assert found["alerts"] == found["open_at_the_end"] == ALERTS
    assert found["steps"] == 3 * ALERTS
    assert found["last_step_reached"] == ALERTS
    assert found["closed_by_nobody"] == 0
    assert 0 <= found["step_earliest_seconds"] <= found["step_latest_seconds"] <= 5
    assert found["pages"] > 3 * ALERTS, "the last step is repeated"
    assert found["mails"] > 0
    assert found["mail_latest_seconds"] <= 60


def test_in_some_days_of_a_clinic_nobody_is_lost_and_every_emergency_is_paged_at_once() -> None:
    with clinic(0) as (_, runtime):
        lives = everybody(12, 3, runtime.context.content)
        month = Month(runtime.context, lives, days=2, seed=3)
        month.run(emergencies=3)
        found = month.figures()
    assert found["emergencies"] == found["paged_in_the_same_transaction"] == 3
    assert found["patient_days_without_a_state"] == 0
    assert sum(found["patient_days"].values()) > 0
