"""Which questions a check-in asks: by day, by what was answered before, and never too many."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from exercises.schema import MOST_QUESTIONS, AskIf, Question, Questionnaire
from rehab.clinical.days import within

Answers = Mapping[str, Any]
"""Question to value: an option, a list of options, or a number."""


def asked(
    questionnaire: Questionnaire, *, day: int, answers: Answers, recent: Collection[str] = ()
) -> tuple[Question, ...]:
    """Return the questions of a check-in on this day after surgery, in order, as far as is known.

    `answers` are those of this check-in so far; what was answered belongs to it whatever else holds.
    A question whose condition cannot be known yet is not among them. `recent` are the ids of
    questions that were answered too short a time ago to be asked again.
    """
    found = [
        question
        for question in questionnaire.questions
        if question.id in answers
        or (question.id not in recent and is_due(question, day=day, answers=answers))
    ]
    return _no_more_than_enough(found, answers)


def is_due(question: Question, *, day: int, answers: Answers) -> bool:
    """Say whether the question belongs to this day and to what was answered before it."""
    if not within(day, question.from_day, question.to_day):
        return False
    condition = question.ask_if
    if condition is None:
        return True
    return condition.question in answers and holds(condition, answers[condition.question])


def holds(condition: AskIf, value: Any) -> bool:
    """Say whether an answer is one the condition speaks of; of several answers one is enough."""
    if condition.is_one_of:
        given = value if isinstance(value, list | tuple) else (value,)
        return any(one in condition.is_one_of for one in given)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    above = condition.at_least is None or value >= condition.at_least
    return above and (condition.below is None or value < condition.below)


def _no_more_than_enough(found: list[Question], answers: Answers) -> tuple[Question, ...]:
    """The last ones that may give way do, until the check-in is short enough."""
    kept = list(found)
    for question in reversed(found):
        if len(kept) <= MOST_QUESTIONS:
            break
        if question.gives_way and question.id not in answers:
            kept.remove(question)
    return tuple(kept)
