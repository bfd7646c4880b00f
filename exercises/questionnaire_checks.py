"""Checks inside a questionnaire: ids, days, and what asking a question depends on."""

from __future__ import annotations

from collections.abc import Iterator

from exercises.entries import Entry, is_empty, unique
from exercises.errors import Key, Problem, closest_to
from exercises.schema import WITH_OPTIONS, AskIf, Question, Questionnaire


def check_questionnaire(entry: Entry[Questionnaire]) -> Iterator[Problem]:
    """Yield what is wrong between the questions of one questionnaire."""
    questions = entry.model.questions
    yield from unique(entry, ("questions",), questions, lambda item: item.id)
    for index, question in enumerate(questions):
        key: Key = ("questions", index)
        yield from unique(entry, (*key, "options"), question.options, lambda item: item.value)
        if is_empty(question.from_day, question.to_day):
            found = f"an end on day {question.to_day}"
            yield entry.problem((*key, "to_day"), found, f"day {question.from_day} or later")
        if question.ask_if is not None:
            place: Key = (*key, "ask_if")
            yield from _branch(entry, place, question.ask_if, questions[:index])


def _branch(
    entry: Entry[Questionnaire], key: Key, ask_if: AskIf, earlier: tuple[Question, ...]
) -> Iterator[Problem]:
    """A question may depend only on one that was asked before it, and on answers that one has."""
    known = {question.id: question for question in earlier}
    on = known.get(ask_if.question)
    if on is None:
        kind = "a question further up in this questionnaire"
        yield entry.unknown((*key, "question"), ask_if.question, kind, known)
        return
    values = [option.value for option in on.options]
    for value in ask_if.is_one_of:
        if value not in values:
            kind = f"an option of the question {on.id!r}"
            yield entry.problem((*key, "is_one_of"), repr(value), kind, closest_to(value, values))
    for field, number in (("at_least", ask_if.at_least), ("below", ask_if.below)):
        if number is None:
            continue
        if on.kind in WITH_OPTIONS:
            found = f"a number for {on.id!r}, which has options"
            yield entry.problem((*key, field), found, "is_one_of with its options")
        elif on.kind != "temperature" and not on.minimum <= number <= on.maximum:
            expected = f"a number from {on.minimum} to {on.maximum}"
            yield entry.problem((*key, field), f"{number:g}", expected)
