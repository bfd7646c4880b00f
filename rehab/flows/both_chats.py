"""One patient, several chats: what was said in one of them shows in the others."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from exercises.schema import Question
from rehab.clinical.answers import Answer
from rehab.flows.questions import labels_of, question_text, rows_for
from rehab.flows.turn import Turn, menu
from rehab.models import ChatState, CheckIn
from rehab.services import caregivers, prompts, silence


def mark_in_others(
    turn: Turn, check_in: CheckIn, question: Question, answer: Answer, *, prompt_kind: str
) -> None:
    """Where the same question is still the last one shown, it says who has answered it."""
    subject = {"check_in": check_in.id, "question": question.id}
    for other in _others(turn):
        shown = prompts.newest(other.session, chat_id=other.reader.chat_id, kind=prompt_kind)
        if shown is None or shown.subject != subject or shown.outbox_id is None:
            continue
        said = f"✓ {_label(other, question, answer)} · {_who(turn, other)}"
        other.say(
            "check_in_answered",
            f"{question_text(other, check_in, question)}\n{said}",
            part=f"other:{check_in.id}:{question.id}",
            rows=rows_for(other, check_in, question),
            prompt_kind=prompt_kind,
            subject=subject,
            edits_id=shown.outbox_id,
            relevance={"shown_original": shown.outbox_id},
        )


def tell_patient(turn: Turn) -> None:
    """A caregiver's phone shows what to do now: the patient's own phone says so in short."""
    chat = turn.patient.chat
    if turn.caregiver is None or chat is None or chat.state != ChatState.ACTIVE:
        return
    patient = replace(turn, caregiver=None)
    who = caregivers.called(turn.caregiver, patient.language)
    patient.say(
        "caregiver_reported",
        patient.text("caregiver.reported", who=who),
        rows=menu(patient, "warning"),
    )


def _others(turn: Turn) -> list[Turn]:
    chat = turn.patient.chat
    reached = chat is not None and chat.state == ChatState.ACTIVE
    own = [replace(turn, caregiver=None)] if turn.caregiver and reached else []
    speaking = turn.caregiver.id if turn.caregiver else None
    return own + [
        replace(turn, caregiver=one)
        for one in silence.caregivers(turn.session, turn.patient.id)
        if one.id != speaking
    ]


def _who(turn: Turn, other: Turn) -> str:
    if turn.caregiver is None:
        return other.text("caregiver.answered_by", who=turn.first_name)
    who = caregivers.called(turn.caregiver, other.language)
    return other.text("caregiver.answered_by", who=who)


def _label(other: Turn, question: Question, answer: Answer) -> str:
    labels = labels_of(other, question)
    values: list[Any] = answer.value if isinstance(answer.value, list) else [answer.value]
    found = [labels[str(value)] for value in values if str(value) in labels]
    return ", ".join(found) if found else answer.label
