"""Exit criteria: decided by a measure that exists, by values it can have, on days it is asked."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from exercises.entries import Entry
from exercises.errors import Key, Problem, closest_to
from exercises.schema import (
    WITH_OPTIONS,
    Criterion,
    Measure,
    Protocol,
    Question,
    Questionnaire,
    Stage,
)


def check_criteria(
    entry: Entry[Protocol],
    measures: Mapping[str, Measure],
    questionnaires: Mapping[str, Questionnaire],
) -> Iterator[Problem]:
    """Yield what is wrong with the exit criteria of every stage."""
    questionnaire = questionnaires.get(entry.model.questionnaire)
    for index, stage in enumerate(entry.model.stages):
        for position, criterion in enumerate(stage.exit_criteria):
            key: Key = ("stages", index, "exit_criteria", position)
            if criterion.measure is None:
                continue
            measure = measures.get(criterion.measure)
            if measure is None:
                yield entry.unknown((*key, "measure"), criterion.measure, "a measure", measures)
                continue
            yield from _numbers(entry, key, criterion, measure)
            if questionnaire is not None:
                yield from _asked(entry, key, stage, criterion, measure, questionnaire)


def _numbers(
    entry: Entry[Protocol], key: Key, criterion: Criterion, measure: Measure
) -> Iterator[Problem]:
    for field in ("at_least", "at_most"):
        number = getattr(criterion, field)
        if number is not None and not measure.minimum <= number <= measure.maximum:
            expected = f"a number from {measure.minimum:g} to {measure.maximum:g} ({measure.id})"
            yield entry.problem((*key, field), f"{number:g}", expected)
    low, high = criterion.at_least, criterion.at_most
    if low is not None and high is not None and low > high:
        found = f"at least {low:g} and at most {high:g}"
        yield entry.problem((*key, "at_least"), found, "an at_least not above at_most")


def _asked(
    entry: Entry[Protocol],
    key: Key,
    stage: Stage,
    criterion: Criterion,
    measure: Measure,
    questionnaire: Questionnaire,
) -> Iterator[Problem]:
    asked = {question.id: question for question in questionnaire.questions}
    question = asked.get(measure.question or "")
    if question is None:
        if criterion.is_one_of:
            found = f"options for {measure.id!r}, which no question of {questionnaire.id} asks"
            yield entry.problem((*key, "is_one_of"), found, "at_least or at_most")
        elif not measure.clinician_enters:
            kind = f"a measure that {questionnaire.id} asks or a clinician enters"
            yield entry.problem((*key, "measure"), repr(measure.id), kind)
        return
    yield from _fits(entry, key, criterion, question)
    if not measure.clinician_enters and not _is_asked_late(stage, measure, question):
        found = f"{measure.id!r}, not asked in the last {measure.fresh_days} days of {stage.id}"
        expected = "a measure that is asked then, or no measure, so that a clinician confirms it"
        yield entry.problem((*key, "measure"), found, expected)


def _is_asked_late(stage: Stage, measure: Measure, question: Question) -> bool:
    """Say whether answers are still fresh when the stage ends and its criteria are looked at."""
    starts = question.from_day is None or question.from_day <= stage.to_day
    ends = question.to_day is None or question.to_day > stage.to_day - measure.fresh_days
    return starts and ends


def _fits(
    entry: Entry[Protocol], key: Key, criterion: Criterion, question: Question
) -> Iterator[Problem]:
    values: Collection[str] = [option.value for option in question.options]
    has_number = criterion.at_least is not None or criterion.at_most is not None
    if question.kind in WITH_OPTIONS and has_number:
        field = "at_least" if criterion.at_least is not None else "at_most"
        found = f"a number for {question.id!r}, which has options"
        yield entry.problem((*key, field), found, "is_one_of with its options")
    if question.kind == "several":
        found = f"{question.id!r}, which takes several answers at once"
        yield entry.problem((*key, "measure"), found, "a question with one answer")
        return
    if question.kind == "scale" and criterion.is_one_of:
        found = f"options for {question.id!r}, which is a number"
        yield entry.problem((*key, "is_one_of"), found, "at_least or at_most")
        return
    for value in criterion.is_one_of:
        if value not in values:
            kind = f"an option of the question {question.id!r}"
            closest = closest_to(value, values)
            yield entry.problem((*key, "is_one_of"), repr(value), kind, closest)
