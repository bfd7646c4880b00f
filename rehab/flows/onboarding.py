"""Enrolment in the chat: the link, the birth year, the consent, the reminder time, a test message."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from rehab import texts
from rehab.clinical import timetable
from rehab.clinical.words import plain_digits
from rehab.errors import InvalidInput
from rehab.flows import caregiver
from rehab.flows.turn import Turn, clinic_text, expect, menu
from rehab.flows.types import Event, EventKind, Handled
from rehab.models import Conversation, EpisodeEvent, Invite, Patient
from rehab.services import care_tasks, enrolment, episodes, prompts, replies
from rehab.services.context import Context
from rehab.services.outbox import Button
from rehab.services.prompts import Choice
from rehab.services.replies import Reader

CONSENT_VERSION = "2026-11-1"
"""Change it whenever the words of `onboarding.consent` change; what was accepted stays recorded."""
FLOW = "onboarding"
PROMPT = "onboarding"
YEAR = re.compile(r"(?<!\d)(?:19|20)\d{2}(?!\d)")
TIMES = ("07:00", "08:00", "09:00", "10:00", "18:00", "20:00")


@dataclass(frozen=True)
class Visit:
    """Somebody who is not enrolled yet, in one chat, with what is known so far."""

    session: Session
    context: Context
    event: Event
    now: datetime
    language: str

    def text(self, key: str, **values: object) -> str:
        return clinic_text(self.context, key, self.language, **values)

    def say(
        self, kind: str, text: str, *, rows: list[list[Choice]] | None = None, part: str = ""
    ) -> None:
        buttons: list[list[Button]] = []
        if rows:
            _, buttons = prompts.offer(
                self.session,
                chat_id=self.event.chat_id,
                kind=PROMPT,
                subject={},
                rows=rows,
                now=self.now,
            )
        replies.say(
            self.session,
            Reader(self.event.chat_id, self.language),
            kind=kind,
            text=text,
            cause=f"{self.event.source}:{part}",
            now=self.now,
            buttons=buttons,
        )

    def expect(self, step: str, **data: Any) -> None:
        expect(self.session, self.event.chat_id, FLOW, step, data, self.now)


def open_link(session: Session, context: Context, event: Event, now: datetime) -> Handled:
    """Somebody opened an invite link. Asks for the birth year, or refuses kindly."""
    language = context.config.clinic.languages[0]
    visit = Visit(session, context, event, now, language)
    opening = enrolment.open_invite(
        session, context, token=event.text.strip(), chat_id=event.chat_id, now=now
    )
    if opening.invite is None:
        visit.say("invite_refused", visit.text(f"refused.{opening.refusal}"))
        return Handled()
    if opening.invite.caregiver_id is not None:
        return caregiver.welcome(session, context, event, opening.invite, now)
    visit = Visit(session, context, event, now, opening.invite.patient.language)
    _ask_birth_year(visit, opening.invite, key="onboarding.welcome")
    return Handled()


def go_on(
    session: Session,
    context: Context,
    event: Event,
    conversation: Conversation,
    now: datetime,
    value: str = "",
) -> Handled:
    """The next step of somebody who has begun to enrol. `value` is what was tapped, if anything."""
    invite = session.get(Invite, conversation.data["invite"])
    if invite is None or invite.used_at is not None or invite.revoked_at is not None:
        return stranger(session, context, event, now)
    visit = Visit(session, context, event, now, conversation.data["language"])
    if enrolment.is_locked(context, invite):
        # Otherwise the years could be tried one after the other until one fits.
        visit.say("invite_refused", visit.text("refused.locked"))
        return Handled()
    if invite.expires_at <= now:
        visit.say("invite_refused", visit.text("refused.expired"))
        return Handled()
    if value.startswith("language:"):
        return _switch_language(visit, invite, conversation.step, value.partition(":")[2])
    if conversation.step == "birth_year":
        return _birth_year(visit, invite)
    if value == "accept" or _typed_yes(visit):
        return _accept(visit, invite)
    if value == "decline":
        return _decline(visit, invite)
    _show_consent(visit, invite)
    return Handled()


def stranger(session: Session, context: Context, event: Event, now: datetime) -> Handled:
    """Somebody we do not know: how this works, and whom to call when it is urgent."""
    if event.kind in (EventKind.BLOCKED, EventKind.UNBLOCKED, EventKind.OTHER):
        return Handled()
    visit = Visit(session, context, event, now, context.config.clinic.languages[0])
    visit.say("stranger", visit.text("stranger.hello"))
    return Handled()


def ask_time(turn: Turn, key: str = "onboarding.time") -> None:
    """Ask when the daily reminder shall come."""
    flat = [Choice(f"time:{shown}", shown) for shown in TIMES]
    turn.say("ask_time", turn.text(key), rows=[flat[:3], flat[3:]], prompt_kind="time")
    turn.expect("time")


def set_time(turn: Turn, raw: str, *, typed: bool) -> bool:
    """Store the reminder time. False when a typed text is no time at all."""
    try:
        wall = timetable.read_wall_time(raw)
    except InvalidInput:
        if not any(character.isdigit() for character in raw):
            return False
        ask_time(turn, "onboarding.time_unclear")
        return typed
    first_time = not _has_test_message(turn)
    turn.patient.reminder_time = wall
    care_tasks.replan(turn.session, turn.context, episode=turn.episode, now=turn.now)
    care_tasks.plan_ahead(turn.session, turn.context, episode=turn.episode, now=turn.now)
    turn.expect("idle")
    _confirm_time(turn, wall, first_time=first_time)
    return True


def _confirm_time(turn: Turn, wall: time, *, first_time: bool) -> None:
    turn.say("time_set", turn.text("onboarding.time_set", time=f"{wall:%H:%M}"))
    if first_time:
        episodes.log(turn.session, turn.episode, "test_message", actor="system", now=turn.now)
        turn.say(
            "test_message",
            turn.text("onboarding.test_message"),
            rows=[[Choice("seen", turn.text("onboarding.test_seen"))], *menu(turn, "today")],
            prompt_kind="test",
        )


def test_seen(turn: Turn) -> Handled:
    """The patient tapped the test message: reminders will arrive."""
    episodes.log(turn.session, turn.episode, "test_seen", actor="patient", now=turn.now)
    turn.say(
        "test_thanks", turn.text("onboarding.test_thanks"), rows=menu(turn, "today", "warning")
    )
    return Handled()


def _has_test_message(turn: Turn) -> bool:
    return (
        turn.session.scalar(
            select(EpisodeEvent.id).where(
                EpisodeEvent.episode_id == turn.episode.id, EpisodeEvent.kind == "test_message"
            )
        )
        is not None
    )


def _ask_birth_year(visit: Visit, invite: Invite, *, key: str) -> None:
    visit.say("ask_birth_year", visit.text(key), rows=_language_rows(visit))
    visit.expect("birth_year", invite=invite.id, language=visit.language)


def _birth_year(visit: Visit, invite: Invite) -> Handled:
    year = _read_year(visit.event.text)
    if year is None:
        _ask_birth_year(visit, invite, key="onboarding.year_unclear")
        return Handled()
    if enrolment.confirm_birth_year(
        visit.session, visit.context, invite=invite, year=year, now=visit.now
    ):
        _show_consent(visit, invite)
    elif enrolment.is_locked(visit.context, invite):
        visit.say("invite_refused", visit.text("refused.locked"))
    else:
        _ask_birth_year(visit, invite, key="onboarding.year_wrong")
    return Handled()


def _read_year(raw: str) -> int | None:
    found = YEAR.search(plain_digits(raw))
    return int(found.group()) if found else None


def consent_text(visit: Visit) -> str:
    """The consent as it is shown, with this clinic's facts in it."""
    clinic = visit.context.config.clinic
    days = ", ".join(visit.text(f"weekday.{day}") for day in clinic.cover_days)
    return visit.text(
        "onboarding.consent",
        readers=clinic.readers[visit.language],
        days=days,
        start=f"{clinic.cover_from:%H:%M}",
        until=f"{clinic.cover_until:%H:%M}",
        version=CONSENT_VERSION,
    )


def _show_consent(visit: Visit, invite: Invite) -> None:
    rows = [
        [Choice("accept", visit.text("onboarding.accept"))],
        [Choice("decline", visit.text("onboarding.decline"))],
        *_language_rows(visit),
    ]
    visit.say("consent", consent_text(visit), rows=rows)
    visit.expect("consent", invite=invite.id, language=visit.language)


def _accept(visit: Visit, invite: Invite) -> Handled:
    patient = enrolment.accept_consent(
        visit.session,
        invite=invite,
        chat_id=visit.event.chat_id,
        version=CONSENT_VERSION,
        language=visit.language,
        text=consent_text(visit),
        now=visit.now,
    )
    turn = _turn_of(visit, patient)
    if turn is not None:
        turn.say("welcome", turn.text("onboarding.accepted"))
        ask_time(turn)
    return Handled()


def _decline(visit: Visit, invite: Invite) -> Handled:
    episode = episodes.latest(visit.session, patient_id=invite.patient_id)
    if episode is not None:
        episodes.log(visit.session, episode, "consent_declined", actor="patient", now=visit.now)
    visit.say("consent_declined", visit.text("onboarding.declined"))
    return Handled()


def _switch_language(visit: Visit, invite: Invite, step: str, language: str) -> Handled:
    if language not in visit.context.config.clinic.languages:
        return Handled()
    switched = Visit(visit.session, visit.context, visit.event, visit.now, language)
    if step == "consent":
        _show_consent(switched, invite)
    else:
        _ask_birth_year(switched, invite, key="onboarding.welcome")
    return Handled()


def _language_rows(visit: Visit) -> list[list[Choice]]:
    languages = visit.context.config.clinic.languages
    if len(languages) < 2:
        return []
    return [
        [Choice(f"language:{code}", texts.LANGUAGE_NAMES.get(code, code)) for code in languages]
    ]


def _typed_yes(visit: Visit) -> bool:
    typed = visit.event.text.strip().casefold()
    return bool(typed) and typed in {"yes", "ok", "i accept", "accept", "हाँ", "हां", "होय", "haan"}


def _turn_of(visit: Visit, patient: Patient) -> Turn | None:
    episode = episodes.latest(visit.session, patient_id=patient.id)
    if episode is None:
        return None
    return Turn(visit.session, visit.context, patient, episode, visit.event.source, visit.now)
