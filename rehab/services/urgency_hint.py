"""Whether a raw update looks like a warning sign, so that it need not wait behind thank-yous.

Only the order of handling depends on it: what is not recognised here is judged all the same, in turn.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from rehab.clinical import triage
from rehab.clinical.answers import read_answer
from rehab.clinical.redflags import RED, Given, find_red_flags
from rehab.errors import InvalidInput
from rehab.logs import get_logger, place_of
from rehab.models import CheckIn, Conversation, Episode, InboxUpdate
from rehab.services import channels, check_ins, episodes, inbox, prompts, versions
from rehab.services.context import Context
from rehab.services.inbox import Place

log = get_logger(__name__)

LONGEST_TEXT = 400
"""Characters that are looked at: a page of words is no cry for help, and costs time here."""
BUTTON = re.compile(r"([A-Za-z0-9_-]+):([0-9]{1,3})")
"""Nothing else is looked up: there are texts a database cannot take."""


def look_ahead(
    session: Session, context: Context, *, after: Place, limit: int, now: datetime
) -> Place:
    """Glance at the next updates that wait; what looks like a warning sign is handled first.

    Returns the place of the last one. It never raises for odd content.
    """
    for row in inbox.waiting(session, after=after, limit=limit):
        if looks_urgent(session, context, row=row, now=now):
            inbox.bring_forward(session, row)
        after = (row.received_at, row.update_id)
    return after


def looks_urgent(session: Session, context: Context, *, row: InboxUpdate, now: datetime) -> bool:
    """Whether an update of a patient or caregiver looks like a warning sign at first glance."""
    if row.chat_key == inbox.UNKNOWN_CHAT:
        return False
    try:
        return _Glance(session, context, row.chat_key, now).at(inbox.body_of(row))
    except SQLAlchemyError:
        raise
    except Exception as error:
        log.warning("urgency_not_seen", update_id=row.update_id, exception_place=place_of(error))
        return False


class _Glance:
    """One look at one update, with the rules of its patient."""

    def __init__(self, session: Session, context: Context, chat_id: int, now: datetime) -> None:
        self._session = session
        self._context = context
        self._chat_id = chat_id
        self._now = now

    def at(self, body: Mapping[str, Any]) -> bool:
        words, tap = _words(body), _tap(body)
        episode = self._episode() if words or tap else None
        if episode is None:
            return False
        answer = self._tapped(*tap) if tap else self._typed(words)
        if answer is not None and self._is_red(episode, *answer):
            return True
        return bool(words) and self._says(episode, words)

    def _episode(self) -> Episode | None:
        chat = channels.patient_chat(self._session, self._chat_id)
        person = chat or channels.caregiver_chat(self._session, self._chat_id)
        return episodes.latest(self._session, patient_id=person.patient_id) if person else None

    def _tapped(self, token: str, number: int) -> tuple[int, str, str] | None:
        prompt = prompts.find(self._session, token=token, chat_id=self._chat_id)
        value = prompts.value_of(prompt, number) if prompt else None
        if prompt is None or value is None or "question" not in prompt.subject:
            return None
        return prompt.subject["check_in"], prompt.subject["question"], value

    def _typed(self, words: str) -> tuple[int, str, str] | None:
        waiting = self._session.get(Conversation, self._chat_id)
        if waiting is None or "check_in" not in waiting.data:
            return None
        return waiting.data["check_in"], waiting.step, words

    def _is_red(self, episode: Episode, check_in_id: int, question_id: str, raw: str) -> bool:
        """Whether this answer alone makes a same-day or emergency rule fire."""
        check_in = self._session.get(CheckIn, check_in_id)
        if check_in is None or check_in.episode_id != episode.id:
            return False
        asked = versions.questionnaire(self._session, self._context, check_in.questionnaire_hash)
        try:
            read = read_answer(asked.question(question_id), raw).value
        except InvalidInput:
            return False
        value = tuple(read) if isinstance(read, list) else read
        today = Given(question_id, value, self._now, check_in.local_on)
        rules = versions.rules_of(self._session, self._context, episode)
        day = check_ins.day_of(check_in)
        found = find_red_flags(rules, day=day, today=[today], history=[])
        return any(finding.tier in RED for finding in found)

    def _says(self, episode: Episode, words: str) -> bool:
        rules = versions.rules_of(self._session, self._context, episode)
        day = episodes.day_today(episode, self._now)
        return triage.screen(words[:LONGEST_TEXT], rules, day=day).tier in RED


def _words(body: Mapping[str, Any]) -> str:
    message = body.get("message") or body.get("edited_message")
    words = (message.get("text") or message.get("caption")) if isinstance(message, dict) else ""
    return words if isinstance(words, str) else ""


def _tap(body: Mapping[str, Any]) -> tuple[str, int] | None:
    """The token of the keyboard and the number of its button."""
    tap = body.get("callback_query")
    data = tap.get("data") if isinstance(tap, dict) else None
    found = BUTTON.fullmatch(data) if isinstance(data, str) else None
    return (found[1], int(found[2])) if found else None
