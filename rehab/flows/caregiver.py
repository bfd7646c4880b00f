"""Somebody answers for a patient from a phone of their own: asked, invited, told what this is, ended."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from rehab.crypto import digest
from rehab.errors import NotFound, WrongState
from rehab.flows import check_in, wound_photo
from rehab.flows.turn import Turn, clinic_text, expect, menu
from rehab.flows.types import Event, EventKind, Handled
from rehab.models import Caregiver, Conversation, Episode, Invite, Prompt
from rehab.services import caregivers, enrolment, episodes, prompts, replies
from rehab.services.caregivers import RELATIONS, called
from rehab.services.context import Context
from rehab.services.outbox import Button
from rehab.services.prompts import Choice
from rehab.services.replies import Reader

FLOW = PROMPT = "caregiver"


# The patient's chat ----------------------------------------------------------------------------


def show(turn: Turn) -> None:
    """/caregiver: who may answer for the patient, with a way to end it, or whom to add."""
    people = caregivers.of_patient(turn.session, turn.patient.id)
    if not people:
        _ask_relation(turn)
        return
    names = [f"• {called(one, turn.language)}" for one in people]
    rows = [
        [
            Choice(
                f"end:{one.id}",
                turn.text("caregiver.end_button", who=called(one, turn.language))[:60],
            )
        ]
        for one in people
    ]
    rows.append([Choice("add", turn.text("caregiver.add_button"))])
    words = turn.text("caregiver.list", names="\n".join(names))
    turn.say("caregiver_list", words, rows=rows, prompt_kind=PROMPT)


def ask_consent(
    session: Session, context: Context, *, caregiver: Caregiver, now: datetime
) -> None:
    """Staff would like somebody to answer: the patient decides. Raises WrongState without a chat."""
    patient = caregiver.patient
    episode = episodes.latest(session, patient_id=patient.id)
    if patient.chat is None or episode is None:
        raise WrongState("no_chat", "The patient has no chat with the bot.")
    turn = Turn(session, context, patient, episode, f"caregiver:{caregiver.id}", now)
    turn.say(
        "caregiver_question",
        turn.text("caregiver.consent_ask", who=called(caregiver, turn.language)),
        rows=[
            [Choice("yes", turn.text("caregiver.yes"))],
            [Choice("no", turn.text("caregiver.no"))],
        ],
        prompt_kind=PROMPT,
        subject={"caregiver": caregiver.id},
    )


def on_tap(turn: Turn, event: Event, prompt: Prompt, value: str) -> Handled:
    """A button of /caregiver, or the answer to whether somebody may answer."""
    if turn.caregiver is not None:
        return Handled(turn.text("tap.already"))
    what, _, detail = value.partition(":")
    try:
        if what == "add":
            _ask_relation(turn)
        elif what == "relation":
            _invite(turn, detail)
        elif what == "end":
            _end_by_patient(turn, _of(turn, int(detail)), "caregiver.ended_for_patient")
        elif what == "yes":
            _agree(turn, _of(turn, prompt.subject["caregiver"]))
        elif what == "no":
            _end_by_patient(turn, _of(turn, prompt.subject["caregiver"]), "caregiver.declined")
    except NotFound:
        return Handled(turn.text("tap.already"))
    return Handled()


def _of(turn: Turn, caregiver_id: int) -> Caregiver:
    return caregivers.one_of(turn.session, patient_id=turn.patient.id, caregiver_id=caregiver_id)


def _ask_relation(turn: Turn) -> None:
    flat = [Choice(f"relation:{one}", turn.text(f"relation.{one}")) for one in RELATIONS]
    rows = [flat[start : start + 2] for start in range(0, len(flat), 2)]
    words = turn.text("caregiver.ask_relation")
    turn.say("caregiver_relation", words, rows=rows, prompt_kind=PROMPT)


def _invite(turn: Turn, relation: str) -> None:
    made, token = caregivers.add(
        turn.session,
        turn.context,
        patient_id=turn.patient.id,
        name="",
        relation=relation,
        language=turn.patient.language,
        actor=f"patient:{turn.patient.id}",
        now=turn.now,
    )
    words = turn.text(
        "caregiver.link",
        who=called(made, turn.language),
        hours=turn.context.config.enrolment.invite_hours,
        link=enrolment.invite_link(turn.session, turn.context, token),
    )
    # Without a patient: a protected message could not be forwarded, and this one is made for it.
    reader = replace(turn.reader, patient_id=None)
    replies.say(
        turn.session, reader, kind="caregiver_link", text=words, cause=turn.cause, now=turn.now
    )


def _agree(turn: Turn, caregiver: Caregiver) -> None:
    if caregiver.consented_at is not None:
        return
    caregivers.agree(turn.session, caregiver, now=turn.now)
    words = turn.text("caregiver.agreed", who=called(caregiver, turn.language))
    turn.say("caregiver_agreed", words)
    if caregiver.chat_id is not None:
        _help(replace(turn, caregiver=caregiver))


def _end_by_patient(turn: Turn, caregiver: Caregiver, key: str) -> None:
    end(
        turn.session,
        turn.context,
        caregiver=caregiver,
        actor=f"patient:{turn.patient.id}",
        cause=turn.cause,
        now=turn.now,
    )
    turn.say("caregiver_ended", turn.text(key, who=called(caregiver, turn.language)))


def end(
    session: Session,
    context: Context,
    *,
    caregiver: Caregiver,
    actor: str,
    cause: str,
    now: datetime,
    key: str = "caregiver.ended",
) -> None:
    """End it, with one last message that says so; the chat is a stranger's from then on."""
    chat_id, agreed = caregiver.chat_id, caregiver.consented_at is not None
    caregivers.end(session, caregiver, actor=actor, now=now)
    if chat_id is not None:
        replies.say(
            session,
            Reader(chat_id, caregiver.language),
            kind="caregiver_ended",
            text=clinic_text(
                context, key if agreed else "caregiver.not_agreed", caregiver.language
            ),
            cause=cause,
            now=now,
        )


# The link --------------------------------------------------------------------------------------


def is_foreign_link(session: Session, event: Event, helper: Caregiver | None) -> bool:
    """Whether a chat that has a role already opened a link to another role."""
    if event.kind != EventKind.COMMAND or event.command != "start" or not event.text.strip():
        return False
    invite = session.scalar(
        select(Invite).where(Invite.token_digest == digest(event.text.strip()))
    )
    if helper is not None:
        return invite is not None and invite.caregiver_id != helper.id
    return invite is not None and invite.caregiver_id is not None


def refuse_link(session: Session, context: Context, event: Event, now: datetime) -> Handled:
    """One chat is one role: the link stays as it is, for the phone it is meant for."""
    language = context.config.clinic.languages[0]
    reader = Reader(event.chat_id, language)
    words = clinic_text(context, "caregiver.other_role", language)
    replies.say(session, reader, kind="invite_refused", text=words, cause=event.source, now=now)
    return Handled()


def welcome(
    session: Session, context: Context, event: Event, invite: Invite, now: datetime
) -> Handled:
    """What this is, what it is not, who reads when. Nothing about the patient, not even a name."""
    caregiver = session.get_one(Caregiver, invite.caregiver_id)
    language = caregiver.language
    clinic = context.config.clinic
    days = ", ".join(clinic_text(context, f"weekday.{day}", language) for day in clinic.cover_days)
    text = clinic_text(
        context,
        "caregiver.welcome",
        language,
        readers=clinic.readers[language],
        days=days,
        start=f"{clinic.cover_from:%H:%M}",
        until=f"{clinic.cover_until:%H:%M}",
    )
    understood = Choice("understood", clinic_text(context, "caregiver.understand", language))
    _, buttons = prompts.offer(
        session, chat_id=event.chat_id, kind=PROMPT, subject={}, rows=[[understood]], now=now
    )
    _say(session, "caregiver_welcome", event, language, text, now, buttons)
    expect(session, event.chat_id, FLOW, "welcome", {"invite": invite.id}, now)
    return Handled()


def go_on(
    session: Session,
    context: Context,
    event: Event,
    conversation: Conversation,
    now: datetime,
    value: str,
) -> Handled:
    """ "I understand" binds the chat; anything else shows again what this is."""
    invite = session.get(Invite, conversation.data["invite"])
    if invite is None or invite.used_at or invite.revoked_at or invite.expires_at <= now:
        language = context.config.clinic.languages[0]
        key = "refused.expired" if invite and not invite.revoked_at else "refused.revoked"
        words = clinic_text(context, key, language)
        _say(session, "invite_refused", event, language, words, now)
        return Handled()
    if value != "understood":
        return welcome(session, context, event, invite, now)
    caregiver = caregivers.join(session, invite=invite, chat_id=event.chat_id, now=now)
    episode = episodes.latest(session, patient_id=caregiver.patient_id)
    expect(session, event.chat_id, "idle", "", {}, now)
    if episode is not None:
        _joined(session, context, caregiver, episode, event, now)
    return Handled()


def _joined(
    session: Session,
    context: Context,
    caregiver: Caregiver,
    episode: Episode,
    event: Event,
    now: datetime,
) -> None:
    turn = Turn(
        session, context, caregiver.patient, episode, event.source, now, caregiver=caregiver
    )
    if caregiver.consented_at is None:
        wait(turn, event)
        return
    _help(turn)
    patient = replace(turn, caregiver=None)
    if patient.patient.chat is not None:
        who = called(caregiver, patient.language)
        patient.say("caregiver_joined", patient.text("caregiver.joined", who=who))


# The caregiver's chat --------------------------------------------------------------------------


def wait(turn: Turn, event: Event) -> Handled:
    """The patient has not agreed yet: nothing is kept and nothing is shown, and that is said."""
    assert turn.caregiver is not None
    if event.kind == EventKind.COMMAND and event.command == "stop":
        return _stop(turn)
    language = turn.caregiver.language
    words = turn.text("caregiver.waiting")
    _say(turn.session, "caregiver_waiting", event, language, words, turn.now)
    return Handled()


def run(turn: Turn, command: str) -> Handled:
    """What a caregiver can ask for; the exercises stay with the patient."""
    steps: dict[str, Callable[[], object]] = {
        "checkin": lambda: _check_in(turn),
        "warning": lambda: check_in.begin_warning_signs(turn),
        "photo": lambda: wound_photo.guide(turn),
        "today": lambda: turn.say(
            "caregiver_help",
            turn.text("caregiver.exercises", name=turn.first_name),
            rows=menu(turn, "warning", "checkin"),
        ),
        "stop": lambda: _stop(turn),
    }
    steps.get(command, lambda: _help(turn))()
    return Handled()


def _check_in(turn: Turn) -> None:
    if turn.episode.state in episodes.ENDED:
        words = turn.text("caregiver.care_over", name=turn.first_name)
        turn.say("stopped", words, rows=menu(turn, "warning"))
    else:
        check_in.begin(turn)


def _help(turn: Turn) -> None:
    words = turn.text("caregiver.help", name=turn.first_name)
    turn.say("caregiver_help", words, rows=menu(turn, "warning", "checkin", "photo"))


def _stop(turn: Turn) -> Handled:
    caregiver = turn.caregiver
    assert caregiver is not None
    agreed = caregiver.consented_at is not None
    end(
        turn.session,
        turn.context,
        caregiver=caregiver,
        actor=f"caregiver:{caregiver.id}",
        cause=turn.cause,
        now=turn.now,
        key="caregiver.stopped",
    )
    patient = replace(turn, caregiver=None)
    if agreed and turn.patient.chat is not None:
        who = called(caregiver, patient.language)
        patient.say("caregiver_ended", patient.text("caregiver.has_stopped", who=who))
    return Handled()


def _say(
    session: Session,
    kind: str,
    event: Event,
    language: str,
    text: str,
    now: datetime,
    buttons: Sequence[Sequence[Button]] = (),
) -> None:
    """To somebody who is nobody's caregiver yet."""
    replies.say(
        session,
        Reader(event.chat_id, language),
        kind=kind,
        text=text,
        cause=event.source,
        now=now,
        buttons=buttons,
    )
