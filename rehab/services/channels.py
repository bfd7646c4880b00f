"""Whether a chat still reaches its person: heard from, blocked, dead, back again."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from rehab.models import (
    Alert,
    AlertState,
    Caregiver,
    CareTask,
    ChatState,
    Clinician,
    Episode,
    EpisodeEvent,
    EpisodeState,
    Page,
    PatientChat,
    TaskState,
)
from rehab.services import audit, paging
from rehab.services.context import Context

FIRST_SILENCE_LOOK = timedelta(hours=24)
"""No silence rule is shorter; looking earlier would be work for nothing."""


def patient_chat(session: Session, chat_id: int) -> PatientChat | None:
    """The patient's side of a chat, if the chat belongs to one."""
    return session.scalar(select(PatientChat).where(PatientChat.chat_id == chat_id))


def caregiver_chat(session: Session, chat_id: int) -> Caregiver | None:
    """Who answers for a patient from this chat, until somebody ended it."""
    return session.scalar(
        select(Caregiver).where(Caregiver.chat_id == chat_id, Caregiver.ended_at.is_(None))
    )


def caregiver_heard(session: Session, caregiver: Caregiver, *, now: datetime) -> None:
    """Something came from a caregiver: the chat works."""
    caregiver.last_heard_at = now
    if caregiver.state != ChatState.ACTIVE:
        caregiver.state = ChatState.ACTIVE
        _episode_event(session, caregiver.patient_id, "caregiver_back", now)


def heard(session: Session, chat: PatientChat, *, now: datetime) -> None:
    """Something came from the patient: the chat works. Only answers and messages end a silence."""
    chat.last_heard_at = now
    if chat.state != ChatState.ACTIVE:
        chat_back(session, chat, now=now)


def chat_lost(
    session: Session, context: Context, *, chat_id: int, reason: str, now: datetime
) -> None:
    """Telegram says the chat is dead or blocked. Reminders stop, staff see it, alerts go further."""
    chat = patient_chat(session, chat_id)
    if chat is not None and chat.state == ChatState.ACTIVE:
        _patient_lost(session, chat, reason=reason, now=now)
    caregiver = caregiver_chat(session, chat_id)
    if caregiver is not None and caregiver.state == ChatState.ACTIVE:
        caregiver.state = ChatState.BLOCKED if "blocked" in reason else ChatState.DEAD
        _episode_event(session, caregiver.patient_id, "caregiver_lost", now)
    clinician = session.scalar(select(Clinician).where(Clinician.telegram_id == chat_id))
    if clinician is not None and clinician.telegram_lost_at is None:
        _clinician_lost(session, context, clinician, reason=reason, now=now)


def chat_back(session: Session, chat: PatientChat, *, now: datetime) -> None:
    """The patient unblocked the bot or wrote again."""
    chat.state, chat.state_since = ChatState.ACTIVE, now
    _episode_event(session, chat.patient_id, "chat_back", now)


def staff_back(clinician: Clinician) -> None:
    """A clinician wrote to the bot: cards reach them again."""
    clinician.telegram_lost_at = None


def _patient_lost(session: Session, chat: PatientChat, *, reason: str, now: datetime) -> None:
    chat.state = ChatState.BLOCKED if "blocked" in reason else ChatState.DEAD
    chat.state_since = now
    _episode_event(session, chat.patient_id, f"chat_{chat.state}", now)
    open_tasks = (
        select(CareTask)
        .join(Episode)
        .where(
            Episode.patient_id == chat.patient_id,
            CareTask.state.in_([TaskState.PLANNED, TaskState.PROMPTED]),
            CareTask.due_at <= now,
        )
    )
    for task in session.scalars(open_tasks):
        task.state, task.look_after = TaskState.MISSED, None


def _episode_event(session: Session, patient_id: int, kind: str, now: datetime) -> None:
    for episode in session.scalars(
        select(Episode).where(
            Episode.patient_id == patient_id, Episode.state != EpisodeState.CLOSED
        )
    ):
        session.add(EpisodeEvent(episode_id=episode.id, at=now, kind=kind, actor="system"))


def _clinician_lost(
    session: Session, context: Context, clinician: Clinician, *, reason: str, now: datetime
) -> None:
    clinician.telegram_lost_at = now
    audit.record(
        session,
        actor="system",
        action="staff_chat.lost",
        subject=f"clinician:{clinician.id}",
        now=now,
        detail="blocked" if "blocked" in reason else "dead",
    )
    # A card to this person may never have been seen: tell somebody else at once.
    waiting = (
        select(Alert)
        .join(Page, Page.alert_id == Alert.id)
        .where(Page.clinician_id == clinician.id, Alert.state == AlertState.OPEN)
        .distinct()
    )
    for alert in session.scalars(waiting):
        paging.page_step(session, context, alert, step=alert.step, now=now)
