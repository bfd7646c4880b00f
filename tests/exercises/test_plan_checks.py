"""A plan, a dose, a criterion or a reference that cannot be right is refused at its place."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from exercises.errors import Problem
from exercises.loader import load
from tests.exercises.conftest import Change

HIP = "protocols/total-hip-posterior.toml"
RESURFACING = "protocols/hip-resurfacing-standard.toml"
Problems = Callable[[], tuple[Problem, ...]]

WALK = '  { exercise = "EX51", dose = { minutes = 30, days_a_week = 5 } },\n'
EXTRA = "".join(f'  {{ exercise = "{name}" }},\n' for name in ("EX02", "EX03", "EX04", "EX44"))

# name: (file, old text, new text, a text on the line that must be named, found, expected)
MISTAKES = {
    "a criterion on an unknown measure": (
        HIP,
        'measure = "walk-minutes"',
        'measure = "walk-minute"',
        'measure = "walk-minute"',
        "'walk-minute'",
        "the id of a measure",
    ),
    "a criterion outside what can be measured": (
        HIP,
        "at_most = 4",
        "at_most = 40",
        "at_most = 40",
        "40",
        "a number from 0 to 10 (pain-rest)",
    ),
    "a criterion that nothing can meet": (
        HIP,
        "at_most = 4",
        "at_most = 4\nat_least = 5",
        "at_least = 5",
        "at least 5 and at most 4",
        "an at_least not above at_most",
    ),
    "a criterion on an option nobody can choose": (
        HIP,
        'is_one_of = ["dry"]',
        'is_one_of = ["drie"]',
        'is_one_of = ["drie"]',
        "'drie'",
        "an option of the question 'wound'",
    ),
    "options for a number": (
        HIP,
        "at_most = 4",
        'is_one_of = ["few"]',
        'is_one_of = ["few"]',
        "options for 'pain', which is a number",
        "at_least or at_most",
    ),
    "a number for options": (
        HIP,
        'is_one_of = ["dry"]',
        "at_least = 1",
        "at_least = 1",
        "a number for 'wound', which has options",
        "is_one_of with its options",
    ),
    "options for what no question asks": (
        HIP,
        "at_least = 30",
        'is_one_of = ["long"]',
        'is_one_of = ["long"]',
        "options for 'walk-minutes', which no question of check-in-hip asks",
        "at_least or at_most",
    ),
    "a question that has stopped by the end of the stage": (
        HIP,
        'measure = "walk-minutes"\nat_least = 30',
        'measure = "wound"\nis_one_of = ["dry"]',
        'measure = "wound"',
        "'wound', not asked in the last 7 days of P3",
        "a clinician confirms it",
    ),
    "a planned dose out of the limits": (
        HIP,
        'exercise = "EX27", dose = { sets = 2, reps = 8 }',
        'exercise = "EX27", dose = { sets = 2, reps = 13 }',
        "reps = 13",
        "13 reps",
        "5 to 12, the dose_limits of EX27",
    ),
    "a dose in a unit the exercise does not have": (
        HIP,
        'exercise = "EX27", dose = { sets = 2, reps = 8 }',
        'exercise = "EX27", dose = { minutes = 5 }',
        "minutes = 5",
        "5 minutes",
        "no `minutes`",
    ),
    "a step out of the limits": (
        HIP,
        "steps = [{ sets = 2, reps = 10 }]",
        "steps = [{ sets = 2, reps = 14 }]",
        "reps = 14",
        "14 reps",
        "5 to 12",
    ),
    "a dose of the library out of its own limits": (
        "library/EX51.toml",
        "minutes = 10",
        "minutes = 45",
        "minutes = 45",
        "45 minutes",
        "to 30, the dose_limits of EX51",
    ),
    "a step that is easier": (
        HIP,
        "steps = [{ sets = 2, reps = 10 }]",
        "steps = [{ sets = 3, reps = 7 }]",
        "reps = 7",
        "a step easier than the dose before it: 7 reps after 8",
        "nothing made easier",
    ),
    "a step that changes nothing": (
        HIP,
        "steps = [{ sets = 2, reps = 10 }]",
        "steps = [{ sets = 2, reps = 8 }]",
        "reps = 8 }]",
        "a step like the dose before it",
        "a step that is harder",
    ),
    "a step with a longer rest": (
        HIP,
        '"EX03", dose = { sets = 1, reps = 10, hold_seconds = 5, times_a_day = 2 } }',
        '"EX03", dose = { reps = 10, rest_seconds = 30 }, '
        "steps = [{ reps = 12, rest_seconds = 60 }] }",
        "rest_seconds = 60",
        "a step easier than the dose before it: 60 rest_seconds after 30",
        "nothing made easier",
    ),
    "a group with days of the week": (
        HIP,
        '{ exercise = "EX50", dose = { minutes = 30 }',
        '{ exercise = "EX50", dose = { minutes = 30, days_a_week = 3 }',
        "days_a_week = 3 }, group",
        "the group 'b' together with days_a_week",
        "leave days_a_week out",
    ),
    "a group with the library's days of the week": (
        HIP,
        '{ exercise = "EX50", dose = { minutes = 30 }',
        '{ exercise = "EX50"',
        '{ exercise = "EX50", group',
        "the group 'b' together with days_a_week",
        "leave days_a_week out",
    ),
    "a daily plan of what the library gives on some days": (
        HIP,
        WALK,
        WALK + '  { exercise = "EX40" },\n',
        '{ exercise = "EX40" }',
        "3 days a week of the library, but planned every day",
        "a dose here",
    ),
    "more than eight exercises on some days": (
        HIP,
        WALK,
        WALK + EXTRA,
        "exercises = [",
        "10 exercises in P4 on day 85",
        "at most 8 a day",
    ),
    "more than eight exercises only after a step": (
        HIP,
        WALK,
        WALK + EXTRA + '  { exercise = "EX22", dose = { reps = 10, days_a_week = 2 }, '
        "steps = [{ reps = 10, days_a_week = 7 }] },\n",
        "exercises = [",
        "11 exercises in P4 on day 85",
        "at most 8 a day",
    ),
    "a precaution that may last longer from the discharge": (
        RESURFACING,
        'id = "no-resistance"\n',
        'id = "no-resistance"\nanchor = "discharge"\n',
        '"EX52", from_day = 29',
        "EX52 (Stationary bike with resistance) with the tag resisted",
        "'no-resistance' holds (days 0 to 58, the discharge included)",
    ),
    "days from the discharge without a typical stay": (
        HIP,
        "stay_days = 3",
        "",
        'anchor = "discharge"',
        "days counted from the discharge, and no `stay_days`",
        "the typical nights in hospital",
    ),
    "unknown education cards": (
        HIP,
        'education = "total-hip"',
        'education = "total-hipp"',
        'education = "total-hipp"',
        "'total-hipp'",
        "a set of education cards",
    ),
    "the education cards of another operation": (
        HIP,
        'education = "total-hip"',
        'education = "total-knee"',
        'education = "total-knee"',
        "'total-knee', the education cards of total-knee",
        "the cards of total-hip",
    ),
    "a low-risk stage that nothing holds back": (
        HIP,
        'entry = "calendar"\n',
        'entry = "calendar"\nlow_risk = true\n',
        "low_risk = true",
        "a low-risk stage with no exit criteria before P0",
        "exit_criteria in the stage before",
    ),
    "a measure twice": (
        "measures/rehab.toml",
        'id = "walk-km"',
        'id = "walk-metres"',
        'id = "walk-metres"',
        "'walk-metres' a second time",
        "used once",
    ),
    "an education card for a variant there is not": (
        "education/total-hip.toml",
        'topic = "operation"\n',
        'topic = "operation"\nvariants = ["sideways"]\n',
        'variants = ["sideways"]',
        "'sideways'",
        "a variant of total-hip",
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=MISTAKES.keys())
def test_a_mistake_is_refused_at_its_place(
    mistake: tuple[str, str, str, str, str, str],
    content: Path,
    change: Change,
    problems: Problems,
) -> None:
    file, old, new, on_line, found, expected = mistake
    change(file, old, new)
    hits = [p for p in problems() if found in p.found and expected in p.expected]
    assert hits, f"no such problem among: {problems()}"
    lines = (content / file).read_text(encoding="utf-8").splitlines()
    assert any(p.file == file and p.line and on_line in lines[p.line - 1] for p in hits), hits


def test_a_day_with_nothing_to_do_is_refused(content: Path, problems: Problems) -> None:
    path = content / HIP
    text = path.read_text(encoding="utf-8")
    head, _, tail = text.partition('id = "P4"')
    start = tail.index("exercises = [")
    end = tail.index("\n]\n", start)
    only = 'exercises = [\n  { exercise = "EX42", dose = { reps = 3, days_a_week = 3 } },'
    path.write_text(head + 'id = "P4"' + tail[:start] + only + tail[end:], encoding="utf-8")
    [problem] = problems()
    assert (problem.file, problem.key) == (HIP, "stages[4].exercises")
    assert problem.found == "no exercise in P4 on day 86"


def test_a_rule_counted_from_the_discharge_is_fine_where_it_forbids_nothing_planned(
    content: Path, change: Change
) -> None:
    change(RESURFACING, 'id = "no-pool"\n', 'id = "no-pool"\nanchor = "discharge"\n')
    [pool] = [
        one
        for one in load(content).protocols["hip-resurfacing-standard"].precautions
        if one.id == "no-pool"
    ]
    assert pool.anchor == "discharge"


def test_broken_measures_are_told_once_and_not_again_by_every_criterion(
    change: Change, problems: Problems
) -> None:
    change("measures/rehab.toml", "fresh_days = 7", "fresh_days = 0")
    assert {problem.file for problem in problems()} == {"measures/rehab.toml"}


def test_broken_education_is_told_once_and_not_again_by_its_protocols(
    change: Change, problems: Problems
) -> None:
    change("education/total-hip.toml", "[sign_off]", "[sign-off]")
    assert {problem.file for problem in problems()} == {"education/total-hip.toml"}


def test_a_default_variant_that_cannot_be_read_is_not_missed_a_second_time(
    change: Change, problems: Problems
) -> None:
    change(HIP, "is_default = true", "is_default = treu")
    assert {problem.file for problem in problems()} == {HIP}
