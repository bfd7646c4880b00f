"""After the intake was deaf for a while: the open questions of that time are asked once more."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from rehab.flows import check_in
from rehab.flows.turn import Turn
from rehab.models import ChatState, CheckIn, EpisodeState
from rehab.services import check_ins
from rehab.services.context import Context

ASKED_BEFORE = timedelta(hours=24)
TAP_LIVES = timedelta(seconds=150)
"""So long Telegram keeps a tap. What was asked later than that cannot have lost its answer yet."""


def reask_after_gap(
    session: Session, context: Context, *, gap_id: str, since: datetime, now: datetime
) -> int:
    """Ask again what may have been answered into the void. Returns how many patients were asked.

    Telegram drops a tap after 150 s, so an answer given while nobody listened is gone for good.
    Idempotent per gap and check-in. A reminder that left at this very restart is not doubled.
    """
    asked = 0
    for found in check_ins.waiting_since(session, since=since - ASKED_BEFORE):
        if _asked_at(found) > now - TAP_LIVES:
            continue
        episode = found.episode
        chat = episode.patient.chat
        question = check_ins.next_question(session, context, found)
        active = episode.state == EpisodeState.ACTIVE and chat and chat.state == ChatState.ACTIVE
        if question is None or not active:
            continue
        turn = Turn(session, context, episode.patient, episode, f"gap:{gap_id}", now)
        check_in.ask_next(turn, found, intro=turn.text("check_in.after_gap"))
        asked += 1
    return asked


def _asked_at(found: CheckIn) -> datetime:
    """When the open question was asked: with the check-in, or right after the last answer."""
    return max([found.started_at, *(given.recorded_at for given in found.observations)])
