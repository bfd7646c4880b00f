"""Typed words as answers: to the open question, to one that something came between, by an edit."""

from __future__ import annotations

from exercises.schema import Question
from rehab import texts
from rehab.clinical.answers import Answer, read_answer
from rehab.errors import InvalidInput
from rehab.flows import check_in as asking
from rehab.flows import how_urgent
from rehab.flows.questions import labels_of
from rehab.flows.turn import Turn
from rehab.flows.types import Event
from rehab.models import CheckIn, CheckInState, Prompt
from rehab.services import check_ins, edited_answers, prompts, versions


def on_text(turn: Turn, event: Event, check_in_id: int, question_id: str) -> bool:
    """Try to read a typed text as the answer to the open question. False: it is something else."""
    check_in = turn.session.get(CheckIn, check_in_id)
    if check_in is None or not _waits_for(turn, check_in):
        return False
    questionnaire = versions.questionnaire(turn.session, turn.context, check_in.questionnaire_hash)
    question = questionnaire.question(question_id)
    try:
        answer = read_answer(question, event.text, labels=labels_of(turn, question))
    except InvalidInput as problem:
        if how_urgent.on_text(turn, event.text, _how_urgent_prompt(turn)):
            return True
        return _answers_interrupted(turn, event, check_in) or _explain(
            turn, check_in, question, event, problem
        )
    recorded = asking.record(turn, event, check_in, question, answer)
    asking.go_on(turn, check_in, question, recorded)
    return True


def _answers_interrupted(turn: Turn, event: Event, by: CheckIn) -> bool:
    """While a photo or the warning signs are asked about, today's question still stands above."""
    waiting = asking.open_today(turn)
    if waiting is None or waiting.id == by.id:
        return False
    question = check_ins.next_question(turn.session, turn.context, waiting)
    answer = _read(turn, question, event.text) if question is not None else None
    if question is None or answer is None:
        return False
    recorded = asking.record(turn, event, waiting, question, answer)
    asking.go_on(turn, waiting, question, recorded)
    return True


def _read(turn: Turn, question: Question, words: str) -> Answer | None:
    try:
        return read_answer(question, words, labels=labels_of(turn, question))
    except InvalidInput:
        return None


def on_edit(turn: Turn, event: Event) -> bool:
    """An edited message that was a typed answer corrects it. False: it is read like any other text."""
    found = edited_answers.find(
        turn.session, episode=turn.episode, message_id=event.message_id, now=turn.now
    )
    if found is None:
        return False
    check_in, question_id = found
    questionnaire = versions.questionnaire(turn.session, turn.context, check_in.questionnaire_hash)
    question = questionnaire.question(question_id)
    try:
        answer = read_answer(question, event.text, labels=labels_of(turn, question))
    except InvalidInput:
        return False
    recorded = asking.record(turn, event, check_in, question, answer)
    if not recorded.is_new:
        return True
    asking.go_on(turn, check_in, question, recorded)
    if check_in.state == CheckInState.OPEN:
        short = texts.content_text(question.short, turn.language)
        intro = turn.text("check_in.edited", question=short, answer=answer.label)
        asking.ask_next(turn, check_in, intro=intro, known=True)
    return True


def _explain(
    turn: Turn, check_in: CheckIn, question: Question, event: Event, problem: InvalidInput
) -> bool:
    """A number that cannot be: say what is expected. Words are not explained, they are a message."""
    has_digit = any(character.isdigit() for character in event.text)
    if not has_digit or any(character.isalpha() for character in event.text):
        return False
    code = problem.fields.get("answer", "not_an_option")
    key = f"answer.{code}.{question.kind}"
    hint = turn.text(
        key if texts.has_text(key) else "answer.not_an_option",
        minimum=question.minimum,
        maximum=question.maximum,
    )
    asking.ask(turn, check_in, question, intro=hint)
    return True


def _how_urgent_prompt(turn: Turn) -> Prompt | None:
    return prompts.newest(turn.session, chat_id=turn.reader.chat_id, kind=how_urgent.PROMPT)


def _waits_for(turn: Turn, check_in: CheckIn) -> bool:
    return check_in.episode_id == turn.episode.id and check_ins.may_still_change(
        check_in, turn.now
    )
