"""Each day of each patient in care, settled once after its local midnight. A day is never left out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from rehab.clinical import daily_state, timetable
from rehab.clinical.daily_state import Day, Event, State
from rehab.models import (
    Alert,
    CareTask,
    CheckIn,
    Episode,
    EpisodeEvent,
    EpisodeState,
    Patient,
    PatientDay,
    TaskKind,
    TaskState,
)

IN_CARE = (EpisodeState.ACTIVE, EpisodeState.PAUSED)
KINDS = (
    "enrolled", "paused", "resumed", "stopped", "closed", "chat_blocked", "chat_dead", "chat_back",
)  # fmt: skip
LONGEST_CATCH_UP = timedelta(days=60)
"""A stop longer ago than this is not looked for any more."""
NOT_ASKED = (TaskState.CANCELLED, TaskState.EXCUSED)


def unsettled(session: Session, *, now: datetime) -> list[int]:
    """The episodes with a day that is over where they live and has no state yet."""
    zones = session.scalars(select(Patient.timezone).distinct())
    running = [one for zone in zones for one in _running(session, zone, now)]
    return [*running, *_ended(session, now)]


def settle(session: Session, *, episode_id: int, now: datetime) -> int:
    """Give every day that is over its state. Returns how many were settled."""
    episode = session.get(Episode, episode_id, with_for_update=True)
    if episode is None:
        return 0
    events = history(session, [episode_id]).get(episode_id, [])
    made = 0
    for local_on in _open_dates(session, episode, events, now):
        day = day_of(session, episode, local_on)
        if not daily_state.in_care(events, day):
            continue
        state, reason = daily_state.state_of(events, day)
        session.add(
            PatientDay(
                episode_id=episode_id,
                local_on=local_on,
                state=state,
                reason=reason,
                settled_at=now,
            )
        )
        made += 1
    session.flush()
    return made


def so_far(session: Session, episode: Episode, events: Sequence[Event], now: datetime) -> State:
    """The state today would have if it ended now."""
    today = timetable.local_date(now, episode.patient.timezone)
    return daily_state.state_of(events, day_of(session, episode, today))[0]


def was_in_care(episode: Episode, events: Sequence[Event], local_on: date) -> bool:
    """Whether the patient was in care at any moment of the date."""
    start, end = _bounds(episode, local_on)
    return daily_state.in_care(events, Day(start, end, False, False, False, False))


def history(session: Session, episode_ids: Iterable[int]) -> dict[int, list[Event]]:
    """What happened to the episodes as a whole, by episode, oldest first."""
    rows = session.execute(
        select(EpisodeEvent.episode_id, EpisodeEvent.at, EpisodeEvent.kind)
        .where(EpisodeEvent.episode_id.in_(list(episode_ids)), EpisodeEvent.kind.in_(KINDS))
        .order_by(EpisodeEvent.at, EpisodeEvent.id)
    )
    found: dict[int, list[Event]] = {}
    for episode_id, at, kind in rows:
        found.setdefault(episode_id, []).append(Event(at, kind))
    return found


def day_of(session: Session, episode: Episode, local_on: date) -> Day:
    """What is on record about one local date of a patient."""
    start, end = _bounds(episode, local_on)
    task = session.scalar(
        select(CareTask).where(
            CareTask.episode_id == episode.id,
            CareTask.kind == TaskKind.CHECK_IN,
            CareTask.local_on == local_on,
        )
    )
    is_due = task is not None and task.state not in NOT_ASKED
    return Day(
        starts_at=start,
        ends_at=end,
        is_escalated=_was_escalated(session, episode, start, end),
        has_answered=_has_answered(session, episode, local_on),
        is_due=is_due,
        was_asked=is_due and task is not None and task.prompted_at is not None,
    )


def _was_escalated(session: Session, episode: Episode, start: datetime, end: datetime) -> bool:
    """Whether an alert was open, or handled, at any moment of the day."""
    found = session.scalar(
        select(Alert.id).where(
            Alert.episode_id == episode.id,
            Alert.is_drill.is_(False),
            Alert.opened_at < end,
            or_(Alert.resolved_at.is_(None), Alert.resolved_at >= start),
        )
    )
    return found is not None


def _has_answered(session: Session, episode: Episode, local_on: date) -> bool:
    found = session.scalar(
        select(CheckIn.id).where(
            CheckIn.episode_id == episode.id,
            CheckIn.kind == "check-in",
            CheckIn.local_on == local_on,
            CheckIn.completed_at.is_not(None),
        )
    )
    return found is not None


def _open_dates(
    session: Session, episode: Episode, events: Sequence[Event], now: datetime
) -> Iterator[date]:
    """From the day after the last settled one, or the day of enrolment, up to yesterday."""
    if not events:
        return
    zone = episode.patient.timezone
    last = session.scalar(
        select(func.max(PatientDay.local_on)).where(PatientDay.episode_id == episode.id)
    )
    local_on = last + timedelta(days=1) if last else timetable.local_date(events[0].at, zone)
    today = timetable.local_date(now, zone)
    while local_on < today:
        yield local_on
        local_on += timedelta(days=1)


def _bounds(episode: Episode, local_on: date) -> tuple[datetime, datetime]:
    midnight, zone = datetime.min.time(), episode.patient.timezone
    return (
        timetable.due_at(local_on, midnight, zone),
        timetable.due_at(local_on + timedelta(days=1), midnight, zone),
    )


def _running(session: Session, zone: str, now: datetime) -> list[int]:
    yesterday = timetable.local_date(now, zone) - timedelta(days=1)
    settled = select(PatientDay.episode_id).where(PatientDay.local_on >= yesterday)
    begun = timetable.due_at(yesterday + timedelta(days=1), datetime.min.time(), zone)
    return list(
        session.scalars(
            select(Episode.id)
            .join(Patient, Patient.id == Episode.patient_id)
            .where(
                Patient.timezone == zone,
                Episode.state.in_(IN_CARE),
                Episode.started_at < begun,
                Episode.id.not_in(settled),
            )
        )
    )


def _ended(session: Session, now: datetime) -> list[int]:
    """Episodes that were stopped on a day that is over and has no state yet."""
    last_day = (
        select(PatientDay.episode_id, func.max(PatientDay.local_on).label("on"))
        .group_by(PatientDay.episode_id)
        .subquery()
    )
    rows = session.execute(
        select(Episode.id, Patient.timezone, func.max(EpisodeEvent.at), last_day.c.on)
        .join(Patient, Patient.id == Episode.patient_id)
        .join(EpisodeEvent, EpisodeEvent.episode_id == Episode.id)
        .outerjoin(last_day, last_day.c.episode_id == Episode.id)
        .where(
            Episode.state.not_in([*IN_CARE, EpisodeState.INVITED]),
            EpisodeEvent.kind.in_(["stopped", "closed"]),
            EpisodeEvent.at > now - LONGEST_CATCH_UP,
        )
        .group_by(Episode.id, Patient.timezone, last_day.c.on)
    )
    found = []
    for episode_id, zone, ended_at, settled_on in rows:
        ended_on = timetable.local_date(ended_at, zone)
        is_over = ended_on < timetable.local_date(now, zone)
        if is_over and (settled_on is None or settled_on < ended_on):
            found.append(episode_id)
    return found
