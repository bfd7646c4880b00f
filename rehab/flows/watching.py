"""Who watches and who does not, told honestly: /watching, the notice that is repeated, and pauses."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from rehab.clinical import timetable
from rehab.flows.turn import Turn, menu
from rehab.models import (
    ChatState,
    Episode,
    EpisodeEvent,
    EpisodeState,
    MessageClass,
)
from rehab.services import cover, episodes
from rehab.services.context import Context
from rehab.services.prompts import Choice

NOTICE = "cover_notice"
PAUSE_ASKED = "pause_asked"
STILL_PAUSED = "still_paused"


def show(turn: Turn) -> None:
    """`/watching`: does anybody read now, when next, and what to do meanwhile."""
    hours = cover.sentence(turn.session, turn.context, turn.language, turn.now)
    is_open = cover.is_open(turn.session, turn.context, turn.now)
    heading = turn.text("watching.now" if is_open else "watching.nobody")
    turn.say(
        "watching",
        "\n\n".join([heading, hours, turn.text("watching.meanwhile")]),
        rows=menu(turn, "warning", "checkin"),
    )


def stay_paused(turn: Turn) -> None:
    """The patient wants the pause to go on; an old button of a pause that is over changes nothing."""
    if turn.episode.state != EpisodeState.PAUSED:
        show(turn)
        return
    episodes.log(turn.session, turn.episode, STILL_PAUSED, actor="patient", now=turn.now)
    turn.say(
        "pause_stays", turn.text("watching.pause_stays"), rows=menu(turn, "resume", "warning")
    )


def ask_still_paused(
    session: Session, context: Context, *, episode: Episode, now: datetime
) -> bool:
    """Ask once a week, by day, whether a pause without an end shall go on."""
    every = timedelta(days=context.config.silence.ask_paused_every_days)
    last = _last(session, episode, "paused", PAUSE_ASKED, STILL_PAUSED)
    if last is None or now - last < every or not _may_write(context, episode, now):
        return False
    turn = _turn(session, context, episode, f"still_paused:{last.isoformat()}", now)
    turn.say(
        "pause_question",
        turn.text("watching.still_paused", days=days_paused(session, episode, now)),
        rows=[
            [Choice("stay_paused", turn.text("watching.stay_button"))],
            *menu(turn, "resume", "warning"),
        ],
    )
    episodes.log(session, episode, PAUSE_ASKED, actor="system", now=now)
    return True


def repeat_notice(
    session: Session,
    context: Context,
    *,
    episode: Episode,
    silent_since: datetime | None,
    now: datetime,
) -> bool:
    """Say again, monthly and after a week of silence, that this is no emergency service."""
    settings = context.config.silence
    last = _last(session, episode, "enrolled", NOTICE)
    if last is None or not _may_write(context, episode, now):
        return False
    a_month = now - last >= timedelta(days=settings.notice_every_days)
    silent_days = timedelta(days=settings.notice_after_silent_days)
    is_silent = (
        silent_since is not None and now - silent_since >= silent_days and last < silent_since
    )
    if not (a_month or is_silent):
        return False
    turn = _turn(session, context, episode, f"notice:{last.isoformat()}", now)
    hours = cover.sentence(session, context, turn.language, now)
    turn.say(
        "cover_notice", f"{turn.text('watching.notice')}\n\n{hours}", rows=menu(turn, "warning")
    )
    episodes.log(session, episode, NOTICE, actor="system", now=now)
    return True


def days_paused(session: Session, episode: Episode, now: datetime) -> int:
    """Whole days since the pause began."""
    began = _last(session, episode, "paused")
    return (now - began).days if began else 0


def next_daytime(context: Context, episode: Episode, moment: datetime) -> datetime:
    """The moment, or the end of the patient's quiet hours when it lies in them."""
    quiet = context.config.reminders
    return timetable.next_allowed(
        moment, episode.patient.timezone, quiet.quiet_from, quiet.quiet_until
    )


def _may_write(context: Context, episode: Episode, now: datetime) -> bool:
    chat = episode.patient.chat
    return (
        chat is not None
        and chat.state == ChatState.ACTIVE
        and next_daytime(context, episode, now) <= now
    )


def _turn(session: Session, context: Context, episode: Episode, cause: str, now: datetime) -> Turn:
    return Turn(
        session,
        context,
        episode.patient,
        episode,
        cause=cause,
        now=now,
        message_class=MessageClass.PROMPT,
    )


def _last(session: Session, episode: Episode, *kinds: str) -> datetime | None:
    return session.scalar(
        select(func.max(EpisodeEvent.at)).where(
            EpisodeEvent.episode_id == episode.id, EpisodeEvent.kind.in_(kinds)
        )
    )
