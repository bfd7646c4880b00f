"""How one question looks in the chat: its text, its buttons, its picture, and its marked answer."""

from __future__ import annotations

from exercises.schema import Option, Question
from rehab import texts
from rehab.clinical.answers import UNIT_SIGNS, letter_of
from rehab.flows.turn import Turn
from rehab.models import CheckIn, Observation
from rehab.services import check_ins, media
from rehab.services.outbox import Media
from rehab.services.prompts import Choice

DONE = ":done"
"""The button that ends a question with several answers. A colon: no option can have this value."""
TICKED, NOT_TICKED = "☑", "☐"
SCALE_ROW = 6
"""0-5 and 6-10: two rows of numbers fit a small phone."""
QUICK_ROW = 4
LONGEST_CAPTION = 1024
"""UTF-16 units under a picture; a longer question leaves without it."""


def question_text(turn: Turn, check_in: CheckIn, question: Question, *, intro: str = "") -> str:
    """The question as it is shown: where we are, the question, and what the ends of a scale mean."""
    asked = check_ins.asked_questions(turn.session, turn.context, check_in)
    ids = [found.id for found in asked]
    lines = [intro, ""] if intro else []
    if len(asked) > 1 and question.id in ids:
        place = 1 + ids.index(question.id)
        lines.append(turn.text("check_in.place", n=place, total=len(asked)))
    lines.append(texts.content_text(question.text, turn.language))
    if question.kind == "scale" and question.low_label:
        low = texts.content_text(question.low_label, turn.language)
        high = texts.content_text(question.high_label, turn.language)
        lines.append(f"{question.minimum} = {low} · {question.maximum} = {high}")
    if question.kind == "several":
        lines.append(turn.text("check_in.several"))
    return "\n".join(lines)


def rows_for(turn: Turn, check_in: CheckIn, question: Question) -> list[list[Choice]]:
    """The buttons of a question: numbers side by side, options one a row, ticked ones marked."""
    if question.kind == "scale":
        numbers = [Choice(str(n), str(n)) for n in range(question.minimum, question.maximum + 1)]
        return _in_rows(numbers, SCALE_ROW)
    if question.kind == "several":
        return _rows_to_tick(turn, check_in, question)
    sign = UNIT_SIGNS.get(question.unit, "")
    quick = [Choice(str(number), f"{number}{sign}") for number in question.quick]
    options = [[Choice(one.value, _button(turn, question, one))] for one in question.options]
    return _in_rows(quick, QUICK_ROW) + options


def labels_of(turn: Turn, question: Question) -> dict[str, str]:
    """Option values to their labels in the patient's language, as answers are kept."""
    return {option.value: _label(turn, option) for option in question.options}


def picture_of(check_in: CheckIn, question: Question, text: str) -> Media | None:
    """The drawing of the options, when the question has one and its text fits under it."""
    if not question.picture or len(text.encode("utf-16-le")) // 2 > LONGEST_CAPTION:
        return None
    return media.of_question(check_in.questionnaire_hash, question)


def chosen(found: Observation | None) -> list[str]:
    """The options ticked so far."""
    return list(found.value) if found is not None and isinstance(found.value, list) else []


def _rows_to_tick(turn: Turn, check_in: CheckIn, question: Question) -> list[list[Choice]]:
    ticked = chosen(check_ins.answer_to(check_in, question.id))
    rows = [
        [Choice(one.value, f"{TICKED if one.value in ticked else NOT_TICKED} {button}")]
        for one in question.options
        for button in (_button(turn, question, one),)
    ]
    return [*rows, [Choice(DONE, turn.text("check_in.several_done"))]]


def _button(turn: Turn, question: Question, option: Option) -> str:
    letter = letter_of(question, option.value)
    label = _label(turn, option)
    return f"{letter} {label}" if letter else label


def _label(turn: Turn, option: Option) -> str:
    label = texts.content_text(option.label, turn.language)
    return f"{option.emoji} {label}" if option.emoji else label


def _in_rows(choices: list[Choice], width: int) -> list[list[Choice]]:
    return [choices[i : i + width] for i in range(0, len(choices), width)]
