"""Which answer a message was that the patient has edited since."""

from __future__ import annotations

import json
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from rehab.models import CheckIn, Episode, InboxUpdate
from rehab.services import check_ins

LOOKED_THROUGH = 2
"""Check-ins that may still change at one moment: the open one, and the one before it."""


def find(
    session: Session, *, episode: Episode, message_id: int | None, now: datetime
) -> tuple[CheckIn, str] | None:
    """The check-in and question whose present answer was typed in this message.

    None when it was no answer, was replaced by another one, or may not be corrected any more.
    """
    if message_id is None:
        return None
    latest = session.scalars(
        select(CheckIn)
        .where(CheckIn.episode_id == episode.id, CheckIn.kind == "check-in")
        .order_by(CheckIn.id.desc())
        .limit(LOOKED_THROUGH)
    )
    for check_in in latest:
        if not check_ins.may_still_change(check_in, now):
            continue
        for answer in check_ins.current(check_in):
            if _message_of(session, answer.source) == message_id:
                return check_in, answer.question_id
    return None


def _message_of(session: Session, source: str) -> int | None:
    """Telegram's number of the message that was this source; None for a tap, and once it is erased."""
    channel, _, key = source.partition(":")
    bot_id, _, update_id = key.partition(":")
    if channel != "telegram" or not update_id.isdigit():
        return None
    row = session.get(InboxUpdate, (int(bot_id), int(update_id)))
    try:
        message = json.loads(row.raw or "{}").get("message") if row is not None else None
    except (ValueError, AttributeError):
        return None
    found = message.get("message_id") if isinstance(message, dict) else None
    return found if isinstance(found, int) else None
