"""What a check-in asks follows from the day, from earlier answers, and from how much is enough."""

from __future__ import annotations

from typing import Any

import pytest

from exercises.schema import AskIf, Option, Question, Questionnaire
from rehab.clinical.branching import asked, holds

YES_NO = (Option(value="yes", label="Yes"), Option(value="no", label="No"))


def question(name: str, **more: Any) -> Question:
    given = {"kind": "scale"} | more
    return Question(id=name, text=name, short=name, **given)


def ids(
    *questions: Question, day: int = 10, recent: set[str] | None = None, **answers: Any
) -> list[str]:
    made = Questionnaire(
        id="q", kind="check-in", title="Q", version="1.0.0", sources=("A test",), questions=questions
    )  # fmt: skip
    return [one.id for one in asked(made, day=day, answers=answers, recent=recent or set())]


FELL = question("fell", kind="yes_no", options=YES_NO)
HOW = question("how", ask_if=AskIf(question="fell", is_one_of=("yes",)))
WHERE = question("where", ask_if=AskIf(question="how", at_least=5))


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({}, ["fell"]),
        ({"fell": "no"}, ["fell"]),
        ({"fell": "yes"}, ["fell", "how"]),
        ({"fell": "yes", "how": 4}, ["fell", "how"]),
        ({"fell": "yes", "how": 5}, ["fell", "how", "where"]),
        ({"fell": "no", "how": 5}, ["fell", "how", "where"]),
    ],
)
def test_a_question_follows_from_an_answer(answers: dict[str, Any], expected: list[str]) -> None:
    assert ids(FELL, HOW, WHERE, **answers) == expected


@pytest.mark.parametrize(
    ("test", "value", "expected"),
    [
        ({"is_one_of": ("a", "b")}, "a", True), ({"is_one_of": ("a",)}, ["c", "a"], True),
        ({"is_one_of": ("a",)}, ["c"], False), ({"at_least": 38}, 38, True),
        ({"below": 36}, 35.9, True), ({"at_least": 36, "below": 38}, 38, False),
        ({"at_least": 38}, "39-up", False),
    ],
)  # fmt: skip
def test_a_condition_looks_at_options_and_numbers(
    test: dict[str, Any], value: Any, expected: bool
) -> None:
    assert holds(AskIf(question="x", **test), value) is expected


def test_what_was_answered_lately_is_not_asked_again() -> None:
    weekly = question("bend", every_days=7)
    assert ids(FELL, weekly, recent={"bend"}) == ["fell"]
    assert ids(FELL, weekly) == ["fell", "bend"]


def test_the_last_question_that_may_give_way_does_when_there_are_more_than_seven() -> None:
    plain = [question(f"q{number}") for number in range(6)]
    first, last = question("first", gives_way=True), question("last", gives_way=True)
    assert ids(*plain, first, last) == [*(one.id for one in plain), "first"]
    assert "last" in ids(*plain, first, last, last=3), "what was answered stays"
