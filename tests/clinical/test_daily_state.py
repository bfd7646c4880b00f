"""Each day of an active patient ends in exactly one of five states."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehab.clinical.daily_state import STATES, Day, Event, in_care, state_of

START = datetime(2026, 3, 9, 18, 30, tzinfo=UTC)
DAY = Day(START, START + timedelta(days=1), False, False, is_due=True, was_asked=True)
KINDS = (
    "enrolled", "paused", "resumed", "stopped", "closed", "chat_blocked", "chat_dead",
    "chat_back", "test_message",
)  # fmt: skip
ENROLLED = Event(START - timedelta(days=5), "enrolled")


def at(hours: float, kind: str) -> Event:
    return Event(START + timedelta(hours=hours), kind)


@pytest.mark.parametrize(
    ("events", "facts", "expected"),
    [
        ([], {}, ("overdue", "no_answer")),
        ([], {"was_asked": False}, ("overdue", "not_asked")),
        ([], {"is_due": False}, ("excused", "nothing_due")),
        ([], {"has_answered": True}, ("answered", "check_in")),
        ([], {"has_answered": True, "is_escalated": True}, ("escalated", "alert")),
        ([at(-9, "chat_blocked")], {}, ("unreachable", "blocked")),
        ([at(9, "chat_dead")], {"is_due": False}, ("unreachable", "dead")),
        ([at(9, "chat_blocked"), at(10, "chat_back")], {}, ("overdue", "no_answer")),
        ([at(9, "chat_blocked")], {"has_answered": True}, ("answered", "check_in")),
        ([at(9, "paused")], {}, ("excused", "paused")),
        ([at(-30, "paused"), at(3, "resumed")], {}, ("overdue", "no_answer")),
        ([at(-30, "paused"), at(3, "chat_blocked")], {}, ("unreachable", "blocked")),
        ([at(3, "stopped")], {}, ("excused", "stopped")),
        ([at(25, "paused")], {}, ("overdue", "no_answer")),
    ],
)
def test_the_first_state_that_holds_decides(
    events: list[Event], facts: dict[str, bool], expected: tuple[str, str]
) -> None:
    assert state_of([ENROLLED, *events], replace(DAY, **facts)) == expected


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ([], False),
        ([at(23, "enrolled")], True),
        ([at(25, "enrolled")], False),
        ([ENROLLED, at(-1, "stopped")], False),
        ([ENROLLED, at(1, "stopped")], True),
        ([ENROLLED, at(-9, "stopped"), at(2, "resumed")], True),
        ([ENROLLED, at(-9, "paused")], True),
    ],
)
def test_who_is_in_care_on_a_day(events: list[Event], expected: bool) -> None:
    assert in_care(events, DAY) is expected


histories = st.lists(st.builds(at, st.integers(-96, 96), st.sampled_from(KINDS)), max_size=12)
days = st.builds(
    lambda offset, *facts: Day(
        START + timedelta(days=offset), START + timedelta(days=offset + 1), *facts
    ),
    st.integers(-3, 3),
    st.booleans(),
    st.booleans(),
    st.booleans(),
    st.booleans(),
)


@given(events=histories, day=days)
def test_any_history_leads_to_exactly_one_state(events: list[Event], day: Day) -> None:
    state, reason = state_of(events, day)
    assert state in STATES
    assert reason
    assert state_of(list(reversed(events)), day)[0] in STATES


@given(events=histories, day=days)
def test_an_unanswered_day_is_never_called_answered_and_a_blocked_chat_never_excused(
    events: list[Event], day: Day
) -> None:
    state, _ = state_of([*events, Event(day.ends_at - timedelta(seconds=1), "chat_blocked")], day)
    assert (state == "answered") <= day.has_answered
    if not (day.is_escalated or day.has_answered):
        assert state == "unreachable"
