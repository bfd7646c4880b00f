"""Who is speaking, and which conversation it belongs to. Called inside the caller's one transaction."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from rehab import texts
from rehab.clinical import triage
from rehab.flows import (
    caregiver,
    check_in,
    commands,
    education,
    exercise_card,
    exercises,
    how_urgent,
    onboarding,
    safety,
    sent_media,
    typed_answers,
    who_answers,
)
from rehab.flows import session as guided
from rehab.flows import staff as staff_flow
from rehab.flows.check_in_end import CHANGE
from rehab.flows.staff import Desk
from rehab.flows.turn import Turn
from rehab.flows.types import Event, EventKind, Handled
from rehab.models import Caregiver, Conversation, PatientChat, Prompt
from rehab.services import channels, drills, episodes, media, people, prompts, staff_group
from rehab.services.context import Context


def get_ready(context: Context) -> None:
    """Compile the danger words and read the figures now: later the first text would do it inside its
    transaction, and on SQLite everybody else would wait that second for their answer."""
    media.get_ready()
    for name in sorted({one.rules for one in context.content.protocols.values()}):
        triage.screen("", context.content.rules[name], day=0)


def handle(session: Session, context: Context, *, event: Event, now: datetime) -> Handled:
    """Handle one event of one chat. Writes rows; the caller commits."""
    if event.in_group and not drills.is_ours(event.source):
        return _in_group(session, context, event, now)
    clinician = people.by_telegram(session, event.chat_id)
    chat = channels.patient_chat(session, event.chat_id)
    helper = channels.caregiver_chat(session, event.chat_id)
    is_known = bool(clinician or chat or helper)
    if is_known and caregiver.is_foreign_link(session, event, helper):
        return caregiver.refuse_link(session, context, event, now)
    if clinician is not None and not (chat and _is_for_patient(session, event)):
        return staff_flow.handle(Desk(session, context, clinician, event, now))
    if chat is not None:
        return _patient(session, context, chat, event, now)
    if helper is not None:
        return _caregiver(session, context, helper, event, now)
    return _newcomer(session, context, event, now)


def _in_group(session: Session, context: Context, event: Event, now: datetime) -> Handled:
    """The staff group: cards, and the group's own removal. What is talked about there is not ours."""
    if event.kind == EventKind.GROUP_MOVED:
        if event.chat_id == staff_group.chat_of(session, context):
            staff_group.moved(session, old=event.chat_id, new=event.moved_to, now=now)
        return Handled()
    if event.kind != EventKind.TAP:
        return Handled()
    clinician = people.by_telegram(session, event.user_id)
    if clinician is None:
        return Handled(texts.text("card.only_staff", texts.SOURCE_LANGUAGE))
    return staff_flow.handle(Desk(session, context, clinician, event, now))


def _is_for_patient(session: Session, event: Event) -> bool:
    """A clinician who is also a patient: taps tell by their prompt, everything else is staff's."""
    if event.kind != EventKind.TAP:
        return False
    prompt = prompts.find(session, token=event.token, chat_id=event.chat_id)
    return prompt is not None and prompt.kind not in staff_flow.KINDS


def _newcomer(session: Session, context: Context, event: Event, now: datetime) -> Handled:
    if event.kind == EventKind.COMMAND and event.command == "start" and event.text.strip():
        return onboarding.open_link(session, context, event, now)
    conversation = session.get(Conversation, event.chat_id)
    if conversation is None or conversation.flow not in (onboarding.FLOW, caregiver.FLOW):
        return onboarding.stranger(session, context, event, now)
    if event.kind in (EventKind.BLOCKED, EventKind.UNBLOCKED, EventKind.OTHER):
        return Handled()
    value = ""
    if event.kind == EventKind.TAP:
        prompt = prompts.find(session, token=event.token, chat_id=event.chat_id)
        value = (prompts.value_of(prompt, event.choice) if prompt else None) or ""
    if conversation.flow == caregiver.FLOW:
        return caregiver.go_on(session, context, event, conversation, now, value)
    return onboarding.go_on(session, context, event, conversation, now, value)


def _patient(
    session: Session, context: Context, chat: PatientChat, event: Event, now: datetime
) -> Handled:
    if event.kind == EventKind.BLOCKED:
        channels.chat_lost(
            session, context, chat_id=event.chat_id, reason="blocked by the user", now=now
        )
        return Handled()
    channels.heard(session, chat, now=now)
    episode = episodes.latest(session, patient_id=chat.patient_id)
    if episode is None or event.kind in (EventKind.UNBLOCKED, EventKind.OTHER):
        return Handled()
    return _speak(Turn(session, context, chat.patient, episode, event.source, now), event)


def _caregiver(
    session: Session, context: Context, helper: Caregiver, event: Event, now: datetime
) -> Handled:
    if event.kind == EventKind.BLOCKED:
        channels.chat_lost(
            session, context, chat_id=event.chat_id, reason="blocked by the user", now=now
        )
        return Handled()
    channels.caregiver_heard(session, helper, now=now)
    episode = episodes.latest(session, patient_id=helper.patient_id)
    if episode is None or event.kind in (EventKind.UNBLOCKED, EventKind.OTHER):
        return Handled()
    turn = Turn(session, context, helper.patient, episode, event.source, now, caregiver=helper)
    return caregiver.wait(turn, event) if helper.consented_at is None else _speak(turn, event)


def _speak(turn: Turn, event: Event) -> Handled:
    """Something was said by the patient, or for the patient by a caregiver."""
    if event.kind == EventKind.TAP:
        return _tap(turn, event)
    if event.kind == EventKind.COMMAND:
        return _command(turn, event)
    if event.kind == EventKind.TEXT and _answers_something(turn, event):
        return Handled()
    if event.kind == EventKind.EDITED_TEXT and typed_answers.on_edit(turn, event):
        return Handled()
    if event.kind == EventKind.MEDIA:
        sent_media.receive(turn, event)
    else:
        safety.free_text(turn, event)
    return Handled()


def _command(turn: Turn, event: Event) -> Handled:
    if event.command == "start" and event.text.strip() and turn.caregiver is None:
        turn.say("already_enrolled", turn.text("onboarding.already_enrolled"))
        return Handled()
    return commands.run(turn, event.command, event.text)


def _answers_something(turn: Turn, event: Event) -> bool:
    """Whether a typed text is the answer to what was asked last."""
    conversation = turn.session.get(Conversation, event.chat_id)
    if conversation is None:
        return False
    if conversation.flow == "check_in":
        return typed_answers.on_text(turn, event, conversation.data["check_in"], conversation.step)
    if conversation.flow == who_answers.FLOW:
        return check_in.on_who_text(turn, event, conversation.data["check_in"])
    if conversation.flow == guided.FLOW:
        return guided.on_text(turn, event, conversation)
    if conversation.flow == "time":
        return onboarding.set_time(turn, event.text, typed=True)
    return False


def _tap(turn: Turn, event: Event) -> Handled:
    prompt = prompts.find(turn.session, token=event.token, chat_id=event.chat_id)
    value = prompts.value_of(prompt, event.choice) if prompt else None
    if prompt is None or value is None:
        return Handled(turn.text("tap.unknown"))
    return _by_kind(turn, event, prompt, value)


def _by_kind(turn: Turn, event: Event, prompt: Prompt, value: str) -> Handled:
    handle_tap = TAPS.get(prompt.kind)
    if handle_tap is None:
        return commands.run(turn, value)
    return handle_tap(turn, event, prompt, value)


def _on_change(turn: Turn, event: Event, prompt: Prompt, value: str) -> Handled:
    if value == "change":
        return check_in.offer_change(turn, prompt.subject["check_in"])
    return commands.run(turn, value)


def _on_time(turn: Turn, event: Event, prompt: Prompt, value: str) -> Handled:
    onboarding.set_time(turn, value.partition(":")[2], typed=False)
    return Handled()


def _on_test(turn: Turn, event: Event, prompt: Prompt, value: str) -> Handled:
    return onboarding.test_seen(turn) if value == "seen" else commands.run(turn, value)


Tap = Callable[[Turn, Event, Prompt, str], Handled]
TAPS: dict[str, Tap] = {
    check_in.ANSWER: check_in.on_tap,
    CHANGE: _on_change,
    who_answers.PROMPT: check_in.on_who_tap,
    how_urgent.PROMPT: how_urgent.on_tap,
    "change_pick": lambda turn, event, prompt, value: check_in.ask_again(
        turn, prompt.subject["check_in"], value
    ),
    exercises.LIST: lambda turn, event, prompt, value: exercises.on_list_tap(
        turn, prompt.subject["care_task"], value
    ),
    exercise_card.ONE: lambda turn, event, prompt, value: guided.on_exercise_tap(
        turn, prompt, value, prompt.labels[event.choice]
    ),
    guided.EASIER: lambda turn, event, prompt, value: guided.on_easier_tap(
        turn, prompt.subject["record"], value
    ),
    guided.PAIN: lambda turn, event, prompt, value: guided.on_pain_tap(turn, prompt, value),
    education.QUESTION: education.on_answer,
    education.LIST: lambda turn, event, prompt, value: education.on_list_tap(turn, value),
    "pause": lambda turn, event, prompt, value: commands.on_pause_tap(turn, value),
    "time": _on_time,
    "test": _on_test,
    caregiver.PROMPT: caregiver.on_tap,
    onboarding.PROMPT: lambda turn, event, prompt, value: Handled(
        turn.text("onboarding.already_enrolled")[:200]
    ),
}
"""What a tap means, by the kind of its prompt. Every other kind is a menu of commands."""
