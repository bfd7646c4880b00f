"""Education cards: one a day at most, two quick questions where not knowing is dangerous, /learn."""

from __future__ import annotations

from dataclasses import replace

from exercises.schema import EducationCard, TeachBackQuestion
from rehab import texts
from rehab.clinical.education import MUST_KNOW
from rehab.flows.turn import Turn, menu
from rehab.flows.types import Event, Handled
from rehab.models import CareTask, EducationDelivery, OutboxMessage, Prompt, TaskState
from rehab.services import care_tasks, education
from rehab.services.prompts import Choice

QUESTION = "teach_back"
LIST = "learn"


def send_due(turn: Turn, task: CareTask) -> None:
    """Send the card that is due now and ask its questions; without a card the task is dropped."""
    card = education.due_card(
        turn.session,
        turn.context,
        episode=turn.episode,
        local_on=task.local_on,
        as_of=task.local_on,
    )
    if card is None:
        task.state, task.look_after = TaskState.CANCELLED, None
        return
    if card.topic in MUST_KNOW:
        # It counts as sent from now on and never comes again: late is better than lost.
        turn = replace(turn, expires_at=None)
    delivery = education.deliver(turn.session, episode=turn.episode, card=card, now=turn.now)
    _show_card(turn, card)
    task.prompted_at = turn.now
    if _ask_next(turn, delivery, task.id, is_first=True):
        task.state, task.look_after = TaskState.PROMPTED, care_tasks.end_of(turn.episode, task)
    else:
        task.state, task.done_at, task.look_after = TaskState.DONE, turn.now, None


def on_answer(turn: Turn, event: Event, prompt: Prompt, value: str) -> Handled:
    """A teach-back question was answered: say what is right, kindly either way, and go on."""
    delivery = _delivery(turn, prompt.subject["delivery"])
    if delivery is None:
        return Handled(turn.text("tap.unknown"))
    card = education.card_of(turn.session, turn.context, delivery=delivery)
    question = next(found for found in card.teach_back if found.id == prompt.subject["question"])
    recorded = education.record_answer(
        turn.session, delivery=delivery, question=question, value=value, now=turn.now
    )
    label = prompt.labels[event.choice]
    if recorded.is_new:
        _mark_answered(turn, question, prompt, label)
    _explain(turn, question, is_right=recorded.is_right)
    if recorded.is_new and not _ask_next(turn, delivery, prompt.subject.get("care_task")):
        _finish(turn, card, prompt.subject.get("care_task"))
    return Handled(turn.text("tap.noted", answer=label)[:200])


def show_list(turn: Turn) -> None:
    """Every card that was sent, newest first, each a button."""
    rows = [
        [Choice(str(found.id), _title(turn, found))]
        for found in reversed(education.delivered(turn.session, episode_id=turn.episode.id))
    ]
    if not rows:
        turn.say("learn_none", turn.text("learn.none"), rows=menu(turn, "today", "warning"))
        return
    turn.say("learn_list", turn.text("learn.choose"), rows=rows, prompt_kind=LIST)


def on_list_tap(turn: Turn, value: str) -> Handled:
    """Show one card again, as it was sent, and ask what is still open."""
    delivery = _delivery(turn, int(value))
    if delivery is None:
        return Handled(turn.text("tap.unknown"))
    _show_card(turn, education.card_of(turn.session, turn.context, delivery=delivery))
    _ask_next(turn, delivery, None, is_first=True)
    return Handled()


def _show_card(turn: Turn, card: EducationCard) -> None:
    title = texts.content_text(card.title, turn.language)
    rows = menu(turn, "warning") if card.topic == "warning-signs" else []
    turn.say(
        "education_card",
        f"📖 {title}\n\n{_filled(turn, card.text)}",
        part=card.id,
        rows=rows,
    )


def _ask_next(
    turn: Turn, delivery: EducationDelivery, task_id: int | None, *, is_first: bool = False
) -> bool:
    """Ask the first question that has no answer. False when there is none."""
    waiting = education.open_questions(turn.session, turn.context, delivery=delivery)
    if not waiting:
        return False
    question = waiting[0]
    text = _filled(turn, question.text)
    if is_first:
        text = f"{turn.text('learn.quick_questions')}\n\n{text}"
    turn.say(
        "teach_back_question",
        text,
        part=f"{delivery.id}:{question.id}",
        rows=[
            [Choice(option.value, texts.content_text(option.label, turn.language))]
            for option in question.options
        ],
        prompt_kind=QUESTION,
        subject={"delivery": delivery.id, "question": question.id, "care_task": task_id},
    )
    return True


def _explain(turn: Turn, question: TeachBackQuestion, *, is_right: bool) -> None:
    start = turn.text("learn.right" if is_right else "learn.not_quite")
    turn.say("teach_back_explained", f"{start}\n{_filled(turn, question.explain)}")


def _finish(turn: Turn, card: EducationCard, task_id: int | None) -> None:
    task = turn.session.get(CareTask, task_id) if task_id is not None else None
    if task is not None and task.state in (TaskState.PROMPTED, TaskState.MISSED):
        task.state, task.done_at, task.look_after = TaskState.DONE, turn.now, None
    turn.say(
        "teach_back_done",
        turn.text("learn.done"),
        part=card.id,
        rows=menu(turn, "learn", "warning"),
    )


def _mark_answered(turn: Turn, question: TeachBackQuestion, prompt: Prompt, label: str) -> None:
    """Show the chosen answer on the question itself."""
    original = prompt.outbox_id and turn.session.get(OutboxMessage, prompt.outbox_id)
    if not original:
        return
    turn.say(
        "teach_back_answered",
        f"{_filled(turn, question.text)}\n✓ {label}",
        edits_id=original.id,
        relevance={"shown_original": original.id},
    )


def _delivery(turn: Turn, delivery_id: int) -> EducationDelivery | None:
    return education.delivery_of(turn.session, delivery_id=delivery_id, episode_id=turn.episode.id)


def _title(turn: Turn, delivery: EducationDelivery) -> str:
    card = education.card_of(turn.session, turn.context, delivery=delivery)
    return texts.content_text(card.title, turn.language)


def _filled(turn: Turn, english: str) -> str:
    """Clinician-owned text in the patient's language, with the clinic's numbers in it."""
    clinic = turn.context.config.clinic
    return texts.content_text(english, turn.language).format(
        emergency_number=clinic.emergency_number, clinic_phone=clinic.phone
    )
