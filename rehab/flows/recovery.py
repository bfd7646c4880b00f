"""After the intake was deaf for a while: what is open is asked once more, and staff get the list."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial

from sqlalchemy.orm import Session

from rehab import texts
from rehab.clinical import timetable
from rehab.flows import check_in
from rehab.flows import session as guided
from rehab.flows.turn import Turn
from rehab.logs import get_logger, place_of
from rehab.models import (
    ChatState,
    CheckIn,
    Conversation,
    Episode,
    EpisodeState,
    MessageClass,
    Outage,
)
from rehab.post import EMAIL
from rehab.services import (
    caregivers,
    channels,
    check_ins,
    dispatches,
    episodes,
    on_call,
    outages,
    outbox,
)
from rehab.services.context import Context

log = get_logger(__name__)

MOST_CODES = 40
CLOCK = "%d %b %H:%M"
LANGUAGE = texts.SOURCE_LANGUAGE


def reask_after_gap(
    session: Session, context: Context, *, gap_id: str, since: datetime, now: datetime
) -> int:
    """Ask again what may have been answered into the void. Returns how many patients were asked.

    Telegram drops a tap after 150 s and a text after 24 h, so what was sent while nobody listened is
    gone for good. Idempotent per gap. A question that left at this very restart is not doubled.
    """
    outage = outages.record(session, began_at=since, now=now)
    asked: set[int] = set()
    for found in outages.open_check_ins(session, began_at=since, now=now):
        _guarded(session, asked, partial(_again, session, context, found, gap_id, now))
    for at in outages.sessions(session, began_at=since, now=now):
        _guarded(session, asked, partial(_session_again, session, context, at, gap_id, now))
    if outage.lost_texts:
        _tell_patients(session, context, outage, gap_id=gap_id, now=now)
    _tell_staff(session, context, outage, now=now)
    return len(asked)


def _guarded(session: Session, asked: set[int], ask: Callable[[], int | None]) -> None:
    """One patient whose question cannot be put must not cost the others theirs."""
    try:
        with session.begin_nested():
            patient_id = ask()
    except Exception as error:
        log.error("reask_failed", error=place_of(error))
        return
    if patient_id is not None:
        asked.add(patient_id)


def _again(
    session: Session, context: Context, found: CheckIn, gap_id: str, now: datetime
) -> int | None:
    """Put the open question of one check-in once more."""
    episode = found.episode
    is_list = found.kind == outages.WARNING_SIGNS
    # A warning sign counts whatever was agreed about reminders.
    waits = episode.state == EpisodeState.ACTIVE or (
        is_list and episode.state != EpisodeState.CLOSED
    )
    question = check_ins.next_question(session, context, found)
    if question is None or not waits:
        return None
    turns = _asked_in(session, context, found, gap_id, now)
    for turn in turns:
        if is_list:
            check_in.ask(turn, found, question, intro=turn.text("recovery.list"))
        else:
            check_in.ask_next(turn, found, intro=turn.text("check_in.after_gap"))
    return episode.patient_id if turns else None


def _asked_in(
    session: Session, context: Context, found: CheckIn, gap_id: str, now: datetime
) -> list[Turn]:
    """The patient's chat, and those of caregivers who stood at a question of this check-in."""
    episode, cause = found.episode, f"gap:{gap_id}"
    turns = [Turn(session, context, episode.patient, episode, cause, now)]
    for helper in caregivers.of_patient(session, episode.patient_id):
        at = session.get(Conversation, helper.chat_id) if helper.chat_id else None
        if helper.state == ChatState.ACTIVE and at and at.data.get("check_in") == found.id:
            cause = f"gap:{gap_id}:caregiver:{helper.id}"
            turns.append(
                Turn(session, context, episode.patient, episode, cause, now, caregiver=helper)
            )
    return turns if _is_reached(episode) else turns[1:]


def _session_again(
    session: Session, context: Context, at: Conversation, gap_id: str, now: datetime
) -> int | None:
    """Ask the pain before or after the exercises once more."""
    chat = channels.patient_chat(session, at.chat_id)
    episode = episodes.latest(session, patient_id=chat.patient_id) if chat else None
    if chat is None or episode is None or not _is_reached(episode):
        return None
    turn = Turn(session, context, chat.patient, episode, f"gap:{gap_id}", now)
    done = guided.ask_again(turn, hint=turn.text("check_in.after_gap"))
    return chat.patient_id if done else None


def _is_reached(episode: Episode) -> bool:
    chat = episode.patient.chat
    return chat is not None and chat.state == ChatState.ACTIVE


def _tell_patients(
    session: Session,
    context: Context,
    outage: Outage,
    *,
    gap_id: str,
    now: datetime,
) -> None:
    """Longer than a day: whatever anybody wrote may be lost, so they are asked to write it again."""
    for one in outage.episodes:
        episode = session.get_one(Episode, one["episode"])
        if episode.state != EpisodeState.ACTIVE or not _is_reached(episode):
            continue
        turn = Turn(
            session,
            context,
            episode.patient,
            episode,
            f"gap:{gap_id}:{episode.id}",
            now,
            message_class=MessageClass.PROMPT,
        )
        zone = episode.patient.timezone
        turn.say(
            "texts_lost",
            turn.text(
                "recovery.texts_lost",
                since=timetable.local_text(outage.began_at, zone, CLOCK),
                until=timetable.local_text(outage.ended_at, zone, CLOCK),
            ),
        )


def _tell_staff(session: Session, context: Context, outage: Outage, *, now: datetime) -> None:
    """Whoever is on call gets the list; with nobody concerned the dashboard alone shows the gap."""
    if not outage.episodes and not outage.lost_texts:
        return
    text = _for_staff(session, context, outage)
    for clinician in on_call.on_call_now(session, now=now):
        key = f"outage:{outage.id}:{clinician.id}"
        if clinician.telegram_id is not None and on_call.has_chat(clinician):
            outbox.enqueue(
                session,
                dedupe_key=key,
                message_class=MessageClass.ALERT,
                kind="staff_outage",
                chat_id=clinician.telegram_id,
                text=text,
                now=now,
            )
        elif dispatches.is_on(context, EMAIL):
            dispatches.enqueue(
                session,
                dedupe_key=key,
                channel=EMAIL,
                kind="outage_mail",
                subject=texts.text("recovery.subject", LANGUAGE),
                body=text,
                now=now,
                clinician_id=clinician.id,
            )


def _for_staff(session: Session, context: Context, outage: Outage) -> str:
    zone = context.config.clinic.timezone
    codes = [
        session.get_one(Episode, one["episode"]).patient.code
        for one in outage.episodes[:MOST_CODES]
    ]
    hidden = len(outage.episodes) - len(codes)
    lines = [
        texts.text(
            "recovery.staff",
            LANGUAGE,
            since=timetable.local_text(outage.began_at, zone, CLOCK),
            until=timetable.local_text(outage.ended_at, zone, CLOCK),
            count=len(outage.episodes),
        ),
        ", ".join(codes) + (f" +{hidden}" if hidden else ""),
    ]
    if outage.lost_texts:
        lines.append(texts.text("recovery.staff_texts", LANGUAGE))
    root = context.config.web.public_url.rstrip("/")
    return "\n".join([*lines, f"{root}/outages/{outage.id}"] if root else lines)
