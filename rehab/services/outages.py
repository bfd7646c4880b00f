"""Outages: stretches in which the bot did not hear, with the patients whose words may be lost."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from rehab.clinical import timetable
from rehab.errors import NotFound
from rehab.models import (
    CareTask,
    CheckIn,
    CheckInState,
    Conversation,
    Episode,
    EpisodeState,
    Outage,
    Patient,
    PatientChat,
    TaskState,
)
from rehab.models.people import DRILL_CODE
from rehab.services import audit
from rehab.services.access import visible_episodes
from rehab.services.context import Context

TAP_LIVES = timedelta(seconds=150)
"""So long Telegram keeps a tap. What was asked later than that cannot have lost its answer yet."""
ASKED_BEFORE = timedelta(hours=24)
"""An answer to what was asked so long before the outage may have been given during it."""
TEXT_LIVES = timedelta(hours=24)
"""So long Telegram keeps a text. A longer outage loses texts as well as taps."""
MOST_IN_BANNER = 3
WARNING_SIGNS = "warning-signs"
SESSION = "session"
"""The flow of a conversation in the middle of the exercises."""
WHY = ("open_question", "warning_list", "asked_during", "active")
"""Why a patient is on the list, the gravest first."""


@dataclass(frozen=True)
class Concerned:
    """One patient of the list, as the page shows them."""

    patient_id: int
    name: str
    code: str
    day: int
    why: str
    last_heard_at: datetime | None


@dataclass(frozen=True)
class OutageView:
    """One outage as a clinician sees it."""

    id: int
    began_at: datetime
    ended_at: datetime
    lost_texts: bool
    seen_at: datetime | None
    patients: tuple[Concerned, ...]
    others: int
    """Concerned patients whom this clinician may not see."""


def record(session: Session, *, began_at: datetime, now: datetime) -> Outage:
    """Write down the outage that ends now, once, with everybody whose words may be lost."""
    known = session.scalar(select(Outage).where(Outage.began_at == began_at))
    if known is not None:
        return known
    lost_texts = now - began_at > TEXT_LIVES
    why = _concerned(session, began_at, now, lost_texts=lost_texts)
    outage = Outage(
        began_at=began_at,
        ended_at=now,
        lost_texts=lost_texts,
        episodes=[{"episode": episode, "why": reason} for episode, reason in sorted(why.items())],
    )
    session.add(outage)
    session.flush()
    return outage


def open_check_ins(session: Session, *, began_at: datetime, now: datetime) -> list[CheckIn]:
    """Everything that was asked and may have been answered into the void: the check-in, the list of
    warning signs, the questions about a photo."""
    rows = session.scalars(
        select(CheckIn)
        .join(Episode, Episode.id == CheckIn.episode_id)
        .where(
            CheckIn.state == CheckInState.OPEN,
            CheckIn.started_at >= began_at - ASKED_BEFORE,
            _is_a_person(),
        )
        .order_by(CheckIn.id)
    )
    return [row for row in rows if _asked_at(row) <= now - TAP_LIVES]


def sessions(session: Session, *, began_at: datetime, now: datetime) -> list[Conversation]:
    """Chats in the middle of their exercises, where a tap may have been lost."""
    asked = Conversation.updated_at.between(began_at - ASKED_BEFORE, now - TAP_LIVES)
    return list(session.scalars(select(Conversation).where(Conversation.flow == SESSION, asked)))


@dataclass(frozen=True)
class Unseen:
    """An outage whose list no clinician has gone through, for the banner."""

    id: int
    began_at: datetime
    ended_at: datetime


def unseen(session: Session) -> list[Unseen]:
    """The newest outages nobody has gone through; one small look-up for every page."""
    rows = session.execute(
        select(Outage.id, Outage.began_at, Outage.ended_at)
        .where(Outage.seen_at.is_(None))
        .order_by(Outage.id.desc())
        .limit(MOST_IN_BANNER)
    )
    return [Unseen(row.id, row.began_at, row.ended_at) for row in rows]


def mark_seen(session: Session, *, outage_id: int, clinician_id: int, now: datetime) -> None:
    """A clinician has gone through the list: the banner goes away. Raises NotFound."""
    outage = session.get(Outage, outage_id)
    if outage is None:
        raise NotFound("no such outage")
    if outage.seen_at is None:
        outage.seen_at, outage.seen_by = now, clinician_id
        audit.record(
            session,
            actor=f"clinician:{clinician_id}",
            action="outage.seen",
            subject=f"outage:{outage_id}",
            now=now,
        )


def view(
    session: Session, context: Context, *, outage_id: int, clinician_id: int, now: datetime
) -> OutageView | None:
    """The outage with the patients this clinician may see; None when there is no such one."""
    outage = session.get(Outage, outage_id)
    if outage is None:
        return None
    why = {one["episode"]: one["why"] for one in outage.episodes}
    mine = session.scalars(
        select(Episode).where(
            Episode.id.in_(why),
            visible_episodes(session, context, clinician_id=clinician_id, now=now),
        )
    ).all()
    rows = [_row(episode, why[episode.id], now) for episode in mine]
    return OutageView(
        id=outage.id,
        began_at=outage.began_at,
        ended_at=outage.ended_at,
        lost_texts=outage.lost_texts,
        seen_at=outage.seen_at,
        patients=tuple(sorted(rows, key=lambda row: (WHY.index(row.why), row.name.casefold()))),
        others=len(why) - len(rows),
    )


def _row(episode: Episode, why: str, now: datetime) -> Concerned:
    patient = episode.patient
    today = timetable.local_date(now, patient.timezone)
    return Concerned(
        patient_id=patient.id,
        name=patient.name,
        code=patient.code,
        day=timetable.day_number(episode.surgery_on, today),
        why=why,
        last_heard_at=patient.chat.last_heard_at if patient.chat else None,
    )


def _concerned(
    session: Session, began_at: datetime, now: datetime, *, lost_texts: bool
) -> Mapping[int, str]:
    asked = open_check_ins(session, began_at=began_at, now=now)
    found: dict[int, str] = {}
    for why, episodes in (
        ("open_question", [one.episode_id for one in asked if one.kind != WARNING_SIGNS]),
        ("open_question", _in_a_session(session, began_at, now)),
        ("warning_list", _saw_the_list(session, began_at, now)),
        ("asked_during", _asked_during(session, began_at, now)),
        ("active", _active(session) if lost_texts else []),
    ):
        for episode_id in episodes:
            found.setdefault(episode_id, why)
    return found


def _asked_at(found: CheckIn) -> datetime:
    """When the open question was asked: with the check-in, or right after the last answer."""
    return max([found.started_at, *(given.recorded_at for given in found.observations)])


def _in_a_session(session: Session, began_at: datetime, now: datetime) -> Iterable[int]:
    chats = [row.chat_id for row in sessions(session, began_at=began_at, now=now)]
    return session.scalars(
        select(Episode.id)
        .join(PatientChat, PatientChat.patient_id == Episode.patient_id)
        .where(PatientChat.chat_id.in_(chats), Episode.state == EpisodeState.ACTIVE)
    )


def _saw_the_list(session: Session, began_at: datetime, now: datetime) -> Iterable[int]:
    return session.scalars(
        select(CheckIn.episode_id)
        .join(Episode, Episode.id == CheckIn.episode_id)
        .where(
            CheckIn.kind == WARNING_SIGNS,
            CheckIn.started_at.between(began_at - ASKED_BEFORE, now - TAP_LIVES),
            _is_a_person(),
        )
    )


def _asked_during(session: Session, began_at: datetime, now: datetime) -> Iterable[int]:
    return session.scalars(
        select(CareTask.episode_id)
        .join(Episode, Episode.id == CareTask.episode_id)
        .where(
            CareTask.prompted_at.between(began_at, now - TAP_LIVES),
            CareTask.state.in_([TaskState.PROMPTED, TaskState.MISSED]),
            Episode.state == EpisodeState.ACTIVE,
        )
    )


def _active(session: Session) -> Iterable[int]:
    return session.scalars(
        select(Episode.id)
        .join(PatientChat, PatientChat.patient_id == Episode.patient_id)
        .where(Episode.state == EpisodeState.ACTIVE)
    )


def _is_a_person() -> ColumnElement[bool]:
    return Episode.patient_id.not_in(select(Patient.id).where(Patient.code == DRILL_CODE))
