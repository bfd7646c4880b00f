"""How a session went and where the dose goes: on after a good week, again, or down at once."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from exercises.loader import load
from exercises.schema import Tier
from rehab.clinical import dose_rule
from rehab.clinical.dose_rule import Judged, SessionDay, Verdict

ON = date(2026, 3, 10)


def session(after: int | None = 2, next_: float | None = 2, **more: Any) -> SessionDay:
    return SessionDay(
        **({"on": ON, "pain_before": 1, "pain_after": after, "pain_next": next_} | more)
    )


@pytest.mark.parametrize(
    ("after", "next_", "verdict"),
    [
        (0, 0, "on"), (3, 3, "on"), (2, 3, "on"), (4, 2, "repeat"), (5, 3, "repeat"),
        (3, 4, "repeat"), (2, 5, "repeat"), (6, 2, "down"), (2, 6, "down"), (10, None, "down"),
        (4, None, "repeat"), (3, None, None), (None, 2, None),
    ],
)  # fmt: skip
def test_pain_and_the_next_morning_decide(
    after: int | None, next_: float | None, verdict: str | None
) -> None:
    judged = dose_rule.judge(session(after, next_))
    assert (judged and judged.verdict) == verdict


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        ("limp", "down"), ("cannot", "down"), ("swollen", "down"), ("worse", "repeat"),
        ("numb", "repeat"), ("same", "on"), ("better", "on"), (None, "on"),
    ],
)  # fmt: skip
def test_a_limp_or_more_swelling_is_too_much_whatever_the_pain(
    answer: str | None, verdict: str
) -> None:
    judged = dose_rule.judge(session(1, 1, moving_next=answer))
    assert judged is not None
    assert judged.verdict == verdict


def test_the_words_of_the_rule_are_answers_the_check_ins_know() -> None:
    known = {
        option.value
        for questionnaire in load().questionnaires.values()
        for question in questionnaire.questions
        if question.id in ("walking", "arm")
        for option in question.options
    }
    assert {*dose_rule.TOO_MUCH_MOVING, *dose_rule.FINE_MOVING} <= known


def test_a_session_begun_in_strong_pain_and_not_finished_counts_as_too_much() -> None:
    judged = dose_rule.judge(session(None, None, pain_before=7))
    assert judged == Judged(ON, Verdict.DOWN, ("pain 7 before exercises",))


def judged(*verdicts: str, every: int = 1) -> list[Judged]:
    """Verdicts whose newest is of today, so many days apart."""
    first = ON - timedelta(days=(len(verdicts) - 1) * every)
    return [
        Judged(first + timedelta(days=number * every), Verdict(one), ())
        for number, one in enumerate(verdicts)
    ]


def level(now: int, verdicts: list[Judged], *, since: date = date.min, most: int = 3) -> int:
    return dose_rule.next_level(now, verdicts, since=since, most=most)


@pytest.mark.parametrize(("now", "then"), [(3, 2), (0, -1), (-1, -1)])
def test_too_much_leads_one_level_down_at_once_but_never_below_the_lowest(
    now: int, then: int
) -> None:
    assert level(now, judged("on", "on", "down")) == then


def test_seven_good_days_in_a_row_lead_one_level_up() -> None:
    assert level(0, judged(*["on"] * 7)) == 1
    assert level(0, judged(*["on"] * 6)) == 0
    assert level(-1, judged(*["on"] * 7)) == 0


@pytest.mark.parametrize("bad", ["repeat", "down"])
def test_one_bad_day_within_the_week_keeps_the_level(bad: str) -> None:
    assert level(0, judged("on", "on", "on", bad, "on", "on", "on", "on")) == 0


def test_a_session_every_other_day_counts_when_the_week_is_whole() -> None:
    assert level(0, judged("on", "on", "on", "on", every=2)) == 1
    assert level(0, judged("on", "on", "on", every=2)) == 0


def test_one_good_session_after_a_silent_week_is_no_good_week() -> None:
    assert level(0, judged("on")) == 0


def test_the_week_begins_anew_with_every_level() -> None:
    week = judged(*["on"] * 7)
    assert level(1, week, since=ON - timedelta(days=6)) == 2
    assert level(1, week, since=ON - timedelta(days=5)) == 1


def test_the_level_never_passes_the_last_step() -> None:
    assert level(2, judged(*["on"] * 7), most=2) == 2
    assert level(0, judged(*["on"] * 7), most=0) == 0


def test_without_a_verdict_nothing_moves() -> None:
    assert level(1, []) == 1


@pytest.mark.parametrize(
    ("after", "line", "before", "told"),
    [
        (7, 8, [], False), (8, 8, [], False), (9, 8, [], True), (6, 5, [], True),
        (6, 8, [3, 3], True), (6, 8, [4, 3], False), (6, 8, [6], False), (6, None, [], True),
    ],
)  # fmt: skip
def test_staff_are_told_above_the_line_of_the_day_or_when_pain_rises(
    after: int, line: float | None, before: list[int], told: bool
) -> None:
    earlier = [session(pain, pain) for pain in before]
    assert dose_rule.is_told(session(after, None), line=line, earlier=earlier) is told


def test_staff_are_told_of_a_limp_whatever_the_pain() -> None:
    assert dose_rule.is_told(session(2, 2, moving_next="limp"), line=8, earlier=[])


def test_what_a_clinician_reads_says_what_was_too_much() -> None:
    found = dose_rule.judge(session(7, None))
    assert found is not None
    finding = dose_rule.finding(found, ())
    assert (finding.rule_id, finding.tier) == ("RF17.exercise-pain", Tier.SOON)
    assert "pain 7 after exercises" in finding.reason
    assert not finding.stops_loading
