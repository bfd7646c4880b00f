"""The ladder climbs on time, repeats its last step and never ends by itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exercises.schema import Tier
from rehab.clinical.escalation import (
    Due,
    Ladder,
    Step,
    ack_expires_at,
    due_page,
    first_look,
    next_look,
    skip_empty,
)

OPENED = datetime(2026, 3, 10, 3, 30, tzinfo=UTC)
LADDER = Ladder(
    Tier.EMERGENCY,
    (
        Step(timedelta(), "on_call"),
        Step(timedelta(minutes=10), "care_team"),
        Step(timedelta(minutes=20), "everyone"),
    ),
    repeat_every=timedelta(minutes=15),
    ack_lasts=timedelta(hours=1),
)


def after(minutes: float) -> datetime:
    return OPENED + timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("minutes", "last_step", "paged", "due"),
    [
        (0, -1, None, Due(0, False)),
        (-0.1, -1, None, None),
        (9.9, 0, 0, None),
        (10, 0, 0, Due(1, False)),
        (19.9, 1, 10, None),
        (20, 1, 10, Due(2, False)),
        (34.9, 2, 20, None),
        (35, 2, 20, Due(2, True)),
        (1000, 2, 990, None),
        (1005, 2, 990, Due(2, True)),
        (30, 0, 0, Due(1, False)),
        (16, 1, 0, Due(1, True)),
        (21, 2, None, Due(2, True)),
        (90, 7, 20, Due(2, True)),
    ],
)
def test_a_page_is_due(
    minutes: float, last_step: int, paged: float | None, due: Due | None
) -> None:
    found = due_page(
        LADDER,
        opened_at=OPENED,
        now=after(minutes),
        last_step=last_step,
        last_paged_at=None if paged is None else after(paged),
    )
    assert found == due


@given(st.integers(-1, 4), st.one_of(st.none(), st.integers(0, 10_000)), st.integers(0, 20_000))
def test_an_open_alert_always_has_a_next_look_and_then_a_page(
    last_step: int, paged: int | None, minutes: int
) -> None:
    at = None if paged is None else after(paged)
    look = next_look(LADDER, opened_at=OPENED, last_step=last_step, last_paged_at=at)
    now = after(minutes)
    due = due_page(LADDER, opened_at=OPENED, now=now, last_step=last_step, last_paged_at=at)
    assert (due is not None) is (now >= look)


def test_walking_the_ladder_pages_on_the_minute() -> None:
    pages, last_step, paged, now = [], -1, None, first_look(LADDER, OPENED)
    while now <= after(60):
        due = due_page(LADDER, opened_at=OPENED, now=now, last_step=last_step, last_paged_at=paged)
        assert due is not None
        pages.append(((now - OPENED) // timedelta(minutes=1), due.step))
        last_step, paged = due.step, now
        now = next_look(LADDER, opened_at=OPENED, last_step=last_step, last_paged_at=paged)
    assert pages == [(0, 0), (10, 1), (20, 2), (35, 2), (50, 2)]


def test_an_acknowledgement_expires() -> None:
    assert ack_expires_at(LADDER, OPENED) == after(60)


@pytest.mark.parametrize(
    ("step", "present", "reached"),
    [
        (0, {"on_call"}, 0), (0, {"everyone"}, 2), (1, {"on_call", "care_team"}, 1),
        (1, {"on_call"}, None), (0, set(), None), (3, {"everyone"}, None), (-1, {"on_call"}, 0),
    ],
)  # fmt: skip
def test_an_empty_step_is_skipped(step: int, present: set[str], reached: int | None) -> None:
    assert skip_empty(LADDER, step, present.__contains__) == reached


def test_a_broken_ladder_is_refused() -> None:
    hour, step = timedelta(hours=1), Step(timedelta(), "on_call")
    late = Step(hour, "everyone")
    for steps, repeat, lasts in (
        ((), hour, hour),
        ((late, step), hour, hour),
        ((step,), timedelta(), hour),
        ((step,), hour, timedelta()),
    ):
        with pytest.raises(ValueError, match=r"ladder|repeat_every"):
            Ladder(Tier.SOON, steps, repeat, lasts)
    with pytest.raises(ValueError, match="step"):
        Step(timedelta(), "nobody")
    with pytest.raises(ValueError, match="step"):
        Step(-hour, "on_call")


def test_naive_moments_are_refused() -> None:
    with pytest.raises(ValueError, match="naive"):
        first_look(LADDER, OPENED.replace(tzinfo=None))
