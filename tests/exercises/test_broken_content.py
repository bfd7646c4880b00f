"""A mistake in a content file is refused with its place, what was found and what was expected."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from exercises.errors import ContentError, Problem
from exercises.loader import load
from tests.exercises.conftest import Change

STANDARD = "protocols/hip-resurfacing-standard.toml"
RULES = "rules/common.toml"
CHECK_IN = "questionnaires/daily-check-in.toml"
Problems = Callable[[], tuple[Problem, ...]]


def line_with(content: Path, file: str, text: str, nth: int = 1) -> int:
    lines = (content / file).read_text(encoding="utf-8").splitlines()
    return [number for number, line in enumerate(lines, start=1) if text in line][nth - 1]


# (file, old text, new text, a text on the line that must be named, found, expected, closest)
MISTAKES = {
    "a branch from a question that comes later or never": (
        CHECK_IN,
        'short = "Exercises"\n',
        'short = "Exercises"\nask_if = { question = "walkin", is_one_of = ["same"] }\n',
        "ask_if =",
        "'walkin'",
        "a question further up",
        "walking",
    ),
    "a branch from an answer nobody can give": (
        CHECK_IN,
        'short = "Exercises"\n',
        'short = "Exercises"\nask_if = { question = "walking", is_one_of = ["worst"] }\n',
        "ask_if =",
        "'worst'",
        "an option of the question 'walking'",
        "worse",
    ),
    "a branch from a number of a question with options": (
        CHECK_IN,
        'short = "Exercises"\n',
        'short = "Exercises"\nask_if = { question = "walking", at_least = 3 }\n',
        "ask_if =",
        "a number for 'walking'",
        "is_one_of",
        None,
    ),
    "a branch from a number off the scale": (
        CHECK_IN,
        'short = "Exercises"\n',
        'short = "Exercises"\nask_if = { question = "pain", at_least = 11 }\n',
        "ask_if =",
        "11",
        "a number from 0 to 10",
        None,
    ),
    "a branch with two tests": (
        CHECK_IN,
        'short = "Exercises"\n',
        'short = "Exercises"\nask_if = { question = "pain", at_least = 3, is_one_of = ["none"] }\n',
        "ask_if =",
        "",
        "exactly one test",
        None,
    ),
    "an unclosed bracket": (
        "library/EX05.toml",
        "[dose]",
        "[dose",
        "[dose",
        "`[dose`",
        "valid TOML",
        None,
    ),
    "an unknown key": (
        "library/EX05.toml",
        "side =",
        "sied =",
        "sied =",
        "`sied`",
        "one of",
        "side",
    ),
    "a missing key": (
        "library/EX05.toml",
        'target = "Keeps your hip and knee bending"\n',
        "",
        "",
        "nothing",
        "`target`",
        None,
    ),
    "a word for a number": (
        "library/EX05.toml",
        "reps = 10",
        'reps = "ten"',
        'reps = "ten"',
        "'ten'",
        "integer",
        None,
    ),
    "a dose out of range": (
        "library/EX05.toml",
        "reps = 10",
        "reps = 600",
        "reps = 600",
        "600",
        "less than or equal to 60",
        None,
    ),
    "a dose out of range in a plan": (
        STANDARD,
        '"EX18", dose = { sets = 2',
        '"EX18", dose = { sets = 99',
        "sets = 99",
        "99",
        "less than or equal to 10",
        None,
    ),
    "an empty dose": (
        "library/EX05.toml",
        "reps = 10\nhold_seconds = 5\n",
        "",
        "[dose]",
        "{",
        "reps",
        None,
    ),
    "no source": (
        "library/EX22.toml",
        'sources = ["Project proposal, not sourced: clinic must decide"]',
        "sources = []",
        "sources = []",
        "[]",
        "at least 1 item",
        None,
    ),
    "an empty source": (
        "library/EX22.toml",
        '"Project proposal, not sourced: clinic must decide"',
        '" "',
        'sources = [" "]',
        "' '",
        "at least 1 character",
        None,
    ),
    "an id that is not the file name": (
        "library/EX05.toml",
        'id = "EX05"',
        'id = "EX90"',
        'id = "EX90"',
        "'EX90'",
        "'EX05'",
        None,
    ),
    "an unknown easier exercise": (
        "library/EX18.toml",
        'easier = "EX08"',
        'easier = "EX97"',
        'easier = "EX97"',
        "'EX97'",
        "an exercise in the library",
        "EX",
    ),
    "a circle of easier exercises": (
        "library/EX04.toml",
        'harder = "EX26"',
        'easier = "EX27"',
        'easier = "EX27"',
        "EX04 is easier than itself",
        "from easy to hard",
        None,
    ),
    "an unknown exercise in a plan": (
        STANDARD,
        '"EX18"',
        '"EX99"',
        '"EX99"',
        "'EX99'",
        "an exercise in the library",
        "EX",
    ),
    "overlapping stages": (
        STANDARD,
        "from_day = 43",
        "from_day = 40",
        "from_day = 40",
        "an overlap: P3 starts on day 40, P2 ends on day 42",
        "day 43",
        None,
    ),
    "a gap between stages": (
        STANDARD,
        "from_day = 43",
        "from_day = 50",
        "from_day = 50",
        "a gap",
        "day 43",
        None,
    ),
    "a plan outside its stage": (
        STANDARD,
        '"EX11", from_day = 22',
        '"EX11", from_day = 12',
        '"EX11", from_day = 12',
        "days 12 to 42",
        "days inside P2 (15 to 42)",
        None,
    ),
    "an exercise twice on one day": (
        STANDARD,
        '"EX24", from_day = 8',
        '"EX24", from_day = 5',
        '"EX24", from_day = 5',
        "EX24 planned twice",
        "do not overlap",
        None,
    ),
    "an exercise a precaution forbids": (
        STANDARD,
        '"EX39", dose',
        '"EX46", dose',
        '"EX46", dose',
        "EX46 (Walk and jog in turns)",
        "'no-impact' holds (days 0 to 182)",
        None,
    ),
    "a tag nobody knows": (
        STANDARD,
        '["impact"]',
        '["impakt"]',
        '["impakt"]',
        "'impakt'",
        "a tag",
        "impact",
    ),
    "a stage id twice": (
        STANDARD,
        'id = "P2"',
        'id = "P1"',
        'id = "P1"',
        "'P1' a second time",
        "used once",
        None,
    ),
    "an unknown questionnaire": (
        STANDARD,
        '"daily-check-in"',
        '"daily-checkin"',
        '"daily-checkin"',
        "'daily-checkin'",
        "a questionnaire of the kind 'check-in'",
        "daily-check-in",
    ),
    "an unknown rule set": (
        STANDARD,
        'rules = "hip-resurfacing"',
        'rules = "hop"',
        'rules = "hop"',
        "'hop'",
        "a rule set",
        None,
    ),
    "a question id twice": (
        CHECK_IN,
        'id = "medicine"',
        'id = "pain"',
        'id = "pain"',
        "'pain' a second time",
        "used once",
        None,
    ),
    "a rule on an unknown question": (
        RULES,
        'question = "legs"',
        'question = "leg"',
        'question = "leg"',
        "'leg'",
        "a question of a questionnaire",
        "legs",
    ),
    "a rule on an unknown option": (
        RULES,
        '["breath", "both"]',
        '["breathe", "both"]',
        '["breathe"',
        "'breathe'",
        "an option of the question 'legs'",
        "breath",
    ),
    "a rule on a number that cannot be": (
        RULES,
        '{ question = "pain", at_least = 8 }',
        '{ question = "pain", at_least = 80 }',
        "at_least = 80",
        "80",
        "a number from 0 to 10",
        None,
    ),
    "a rule on a question not asked then": (
        RULES,
        "from_day = 6\nto_day = 42",
        "from_day = 60\nto_day = 70",
        'question = "wound", is_one_of = ["wet"]',
        "'wound', which is never asked",
        "asked on these days",
        None,
    ),
    "an unknown wording": (
        RULES,
        'wording = "dvt"',
        'wording = "dwt"',
        'wording = "dwt"',
        "'dwt'",
        "a wording",
        "dvt",
    ),
    "an unknown word list": (
        RULES,
        'any_words = ["dvt"]',
        'any_words = ["dvts"]',
        'any_words = ["dvts"]',
        "'dvts'",
        "a word list",
        "dvt",
    ),
    "a placeholder nobody fills": (
        RULES,
        "{clinic_phone}",
        "{clinic_fone}",
        'text = """',
        "{clinic_fone}",
        "only {emergency_number} and {clinic_phone}",
        "clinic_phone",
    ),
    "a rule id twice": (
        RULES,
        'id = "RF01.sign"',
        'id = "RF01.breath"',
        'id = "RF01.breath"',
        "'RF01.breath' a second time",
        "used once",
        None,
    ),
    "an unknown tier": (
        RULES,
        'tier = "T0"',
        'tier = "T9"',
        'tier = "T9"',
        "'T9'",
        "'T0'",
        None,
    ),
    "a same-day rule without the number of the clinic": (
        RULES,
        'tier = "T0"',
        'tier = "T1"',
        'wording = "pe"',
        "the wording 'pe' without {clinic_phone} for a T1 rule",
        "the number to call",
        None,
    ),
    "half a pair of danger words": (
        RULES,
        '"breathless"',
        '"breath +"',
        '"breath +"',
        "'breath +'",
        "each +",
        None,
    ),
    "a warning sign nobody answers": (
        "questionnaires/warning-signs.toml",
        '{ value = "other"',
        '{ value = "ghost"',
        "",
        "no rule for the warning sign 'ghost'",
        "a rule for every warning sign",
        None,
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=MISTAKES.keys())
def test_a_mistake_is_refused_at_its_place(
    mistake: tuple[str, str, str, str, str, str, str | None],
    content: Path,
    change: Change,
    problems: Problems,
) -> None:
    file, old, new, on_line, found, expected, closest = mistake
    change(file, old, new)
    hits = [p for p in problems() if found in p.found and expected in p.expected]
    assert hits, f"no such problem among: {problems()}"
    if on_line:
        lines = (content / file).read_text(encoding="utf-8").splitlines()
        assert any(p.file == file and p.line and on_line in lines[p.line - 1] for p in hits)
    else:
        assert all(problem.line or problem.key for problem in hits)
    if closest is not None:
        assert (hits[0].closest or "").startswith(closest)


def test_the_key_path_is_named(change: Change, problems: Problems) -> None:
    change(STANDARD, '"EX18"', '"EX99"')
    [problem] = problems()
    assert problem.key == "stages[2].exercises[0].exercise"


def test_all_problems_are_told_at_once(content: Path, change: Change, problems: Problems) -> None:
    change("library/EX05.toml", "[dose]", "[dose")
    change("library/EX22.toml", "side =", "sied =")
    change(STANDARD, "from_day = 43", "from_day = 40")
    change(RULES, 'wording = "dvt"', 'wording = "dwt"')
    files = {problem.file for problem in problems()}
    assert {"library/EX05.toml", "library/EX22.toml", STANDARD, RULES} <= files


def test_the_same_id_in_two_files_is_refused(content: Path, problems: Problems) -> None:
    shutil.copy(content / "library" / "EX05.toml", content / "library" / "EX60.toml")
    founds = [problem.found for problem in problems()]
    assert "the id 'EX05' a second time" in founds


def test_a_second_protocol_for_the_same_variant_is_refused(
    change: Change, problems: Problems
) -> None:
    change("protocols/hip-resurfacing-slow.toml", 'variant = "slow"', 'variant = "standard"')
    assert any("a second protocol" in problem.found for problem in problems())


def test_a_file_that_cannot_be_read_makes_no_further_noise(
    change: Change, problems: Problems
) -> None:
    change("library/EX18.toml", "[dose]", "[dose")
    assert [problem.file for problem in problems()] == ["library/EX18.toml"]
    change(CHECK_IN, 'kind = "scale"', 'kind = "scael"')
    change("protocols/hip-resurfacing-slow.toml", "[sign_off]", "[sign-off]")
    assert {problem.file for problem in problems()} == {
        "library/EX18.toml",
        CHECK_IN,
        "protocols/hip-resurfacing-slow.toml",
    }


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match="no content file"):
        load(tmp_path)


def test_bytes_that_are_no_text_are_refused(content: Path, problems: Problems) -> None:
    (content / "library" / "EX05.toml").write_bytes(b"\xff\xfe")
    assert any("UTF-8" in problem.expected for problem in problems())


def test_a_problem_reads_like_a_sentence(content: Path, change: Change) -> None:
    change("library/EX05.toml", "reps = 10", "reps = 600")
    with pytest.raises(ContentError) as caught:
        load(content)
    line = line_with(content, "library/EX05.toml", "reps = 600")
    assert str(caught.value) == (
        "The clinical content has 1 problem:\n"
        f"- library/EX05.toml, line {line}, dose.reps: found 600; "
        "expected less than or equal to 60."
    )
