"""The roll call: every patient in care has a state, the states add up, and nobody fell through."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from rehab.clinical import timetable
from rehab.clinical.daily_state import STATES, Event
from rehab.models import (
    CareTeamMember,
    Clinician,
    Episode,
    EpisodeState,
    MessageClass,
    Patient,
    PatientDay,
    RoleName,
    RollCall,
)
from rehab.post import EMAIL
from rehab.services import daily_states, dispatches, on_call, outbox, roll_call_words, rota
from rehab.services.context import Context

PICTURE_DAYS = 14
LONGEST_STREAK = 60
"""Days looked back to say how long somebody has been overdue."""


@dataclass(frozen=True)
class Line:
    """One patient by code, and for how many days."""

    patient_id: int
    code: str
    days: int


@dataclass(frozen=True)
class Calling:
    """One roll call: how the patients' last whole day ended, and who needs a look."""

    local_on: date
    """The clinic's date the counts are about."""
    counts: Mapping[str, int]
    active: int
    """Patients in care on their last whole day; the counts must add up to it."""
    missing: tuple[Line, ...]
    """In care, and without a state: the proof has failed for them."""
    unreachable: tuple[Line, ...]
    overdue: tuple[Line, ...]
    paused: tuple[Line, ...]
    """Pauses without an end."""
    not_enrolled: tuple[Line, ...]
    newcomers: int
    today: Mapping[str, int]
    """How today would end if it ended now."""

    @property
    def adds_up(self) -> bool:
        """Whether everybody in care has exactly one state."""
        return not self.missing and sum(self.counts.values()) == self.active


def call(session: Session, context: Context, *, now: datetime) -> Calling:
    """The roll call of this moment. Nothing is written."""
    episodes = _in_care(session)
    events = daily_states.history(session, [one.id for one in episodes])
    days = _days(session, episodes, now)
    called = [one for one in episodes if _was_here(one, events.get(one.id, []), now)]
    last = {one.id: days.get(one.id, {}).get(_yesterday(one, now)) for one in called}
    counts = Counter(state for state in last.values() if state)
    return Calling(
        local_on=rota.local_day(context, now) - timedelta(days=1),
        counts={state: counts[state] for state in STATES},
        active=len(called),
        missing=tuple(_line(one, 0) for one in called if last[one.id] is None),
        unreachable=_streaks(called, days, "unreachable", now),
        overdue=_streaks(called, days, "overdue", now),
        paused=_paused(episodes, events, now),
        not_enrolled=_not_enrolled(session, context, now),
        newcomers=len(episodes) - len(called),
        today=_today(session, episodes, events, now),
    )


def make(session: Session, context: Context, *, now: datetime) -> RollCall | None:
    """Write the morning's roll call down and send it, once per date; None when it is there already."""
    on = rota.local_day(context, now) - timedelta(days=1)
    if session.get(RollCall, on) is not None:
        return None
    found = call(session, context, now=now)
    row = RollCall(local_on=on, made_at=now, counts={**found.counts, "active": found.active})
    session.add(row)
    session.flush()
    if context.config.roll_call.send:
        _send(session, found, on, now)
    _warn_of_gaps(session, context, on, now)
    return row


def is_time(context: Context, now: datetime) -> bool:
    """Whether the clinic's hour of the roll call has come today."""
    here = timetable.local(now, context.config.clinic.timezone)
    return here.time() >= context.config.roll_call.at


def picture(session: Session, context: Context, *, now: datetime) -> dict[date, dict[str, int]]:
    """How many patients' days ended in which state, for each of the last 14 dates."""
    today = rota.local_day(context, now)
    first = today - timedelta(days=PICTURE_DAYS)
    rows = session.execute(
        select(PatientDay.local_on, PatientDay.state, func.count())
        .where(PatientDay.local_on >= first, PatientDay.local_on < today)
        .group_by(PatientDay.local_on, PatientDay.state)
    )
    found: dict[date, dict[str, int]] = {
        first + timedelta(days=n): {} for n in range(PICTURE_DAYS)
    }
    for local_on, state, count in rows:
        found[local_on][state] = count
    return found


def _send(session: Session, found: Calling, on: date, now: datetime) -> None:
    readers = on_call.whom_to_page(session, step_to="on_call", patient_id=0, now=now)
    readers = readers or on_call.whom_to_page(session, step_to="everyone", patient_id=0, now=now)
    for person in readers:
        if person.telegram_id is None:
            continue
        outbox.enqueue(
            session,
            dedupe_key=f"roll_call:{on}:{person.id}",
            message_class=MessageClass.DIGEST,
            kind="roll_call",
            chat_id=person.telegram_id,
            text=roll_call_words.in_words(found),
            now=now,
        )


def _warn_of_gaps(session: Session, context: Context, on: date, now: datetime) -> None:
    """Tell those who make the rota, each morning, about the hours nobody has."""
    gaps = rota.gaps_ahead(session, context, now=now)
    if not gaps:
        return
    words = roll_call_words.gaps_in_words(context, gaps)
    for person in _makers_of_the_rota(session):
        key = f"rota_gap:{on}:{person.id}"
        if person.telegram_id is not None:
            outbox.enqueue(
                session,
                dedupe_key=key,
                message_class=MessageClass.DIGEST,
                kind="rota_gap",
                chat_id=person.telegram_id,
                text=words,
                now=now,
            )
        elif dispatches.is_on(context, EMAIL):
            dispatches.enqueue(
                session,
                dedupe_key=key,
                channel=EMAIL,
                kind="rota_gap_mail",
                subject=words.partition(". ")[0],
                body=words,
                clinician_id=person.id,
                now=now,
            )


def _makers_of_the_rota(session: Session) -> list[Clinician]:
    """Administrators and whoever leads the care of a patient."""
    leads = set(session.scalars(select(CareTeamMember.clinician_id).where(CareTeamMember.is_lead)))
    everybody = session.scalars(select(Clinician).where(Clinician.active))
    return [
        one
        for one in everybody
        if one.id in leads or any(role.name == RoleName.ADMINISTRATOR for role in one.roles)
    ]


def _in_care(session: Session) -> list[Episode]:
    query = (
        select(Episode)
        .where(Episode.state.in_(daily_states.IN_CARE))
        .options(joinedload(Episode.patient).joinedload(Patient.chat))
        .order_by(Episode.id)
    )
    return list(session.scalars(query))


def _days(
    session: Session, episodes: Sequence[Episode], now: datetime
) -> dict[int, dict[date, str]]:
    rows = session.execute(
        select(PatientDay.episode_id, PatientDay.local_on, PatientDay.state).where(
            PatientDay.episode_id.in_([one.id for one in episodes]),
            PatientDay.local_on >= now.date() - timedelta(days=LONGEST_STREAK),
        )
    )
    found: dict[int, dict[date, str]] = {}
    for episode_id, local_on, state in rows:
        found.setdefault(episode_id, {})[local_on] = state
    return found


def _yesterday(episode: Episode, now: datetime) -> date:
    return timetable.local_date(now, episode.patient.timezone) - timedelta(days=1)


def _was_here(episode: Episode, events: Sequence[Event], now: datetime) -> bool:
    return daily_states.was_in_care(episode, events, _yesterday(episode, now))


def _streaks(
    episodes: Sequence[Episode],
    days: Mapping[int, Mapping[date, str]],
    state: str,
    now: datetime,
) -> tuple[Line, ...]:
    """Who ended yesterday in this state and for how many days in a row, the longest first."""
    found = []
    for one in episodes:
        local_on, count = _yesterday(one, now), 0
        while days.get(one.id, {}).get(local_on) == state:
            local_on, count = local_on - timedelta(days=1), count + 1
        if count:
            found.append(_line(one, count))
    return tuple(sorted(found, key=lambda line: (-line.days, line.code)))


def _paused(
    episodes: Sequence[Episode], events: Mapping[int, Sequence[Event]], now: datetime
) -> tuple[Line, ...]:
    found = []
    for one in episodes:
        if one.state != EpisodeState.PAUSED or one.paused_until is not None:
            continue
        began = [event.at for event in events.get(one.id, []) if event.kind == "paused"]
        found.append(_line(one, (now - max(began)).days if began else 0))
    return tuple(sorted(found, key=lambda line: (-line.days, line.code)))


def _not_enrolled(session: Session, context: Context, now: datetime) -> tuple[Line, ...]:
    since = now - timedelta(hours=context.config.silence.invited_hours)
    rows = session.scalars(
        select(Episode)
        .where(Episode.state == EpisodeState.INVITED, Episode.created_at <= since)
        .options(joinedload(Episode.patient))
        .order_by(Episode.created_at, Episode.id)
    )
    return tuple(_line(one, (now - one.created_at).days) for one in rows)


def _today(
    session: Session,
    episodes: Sequence[Episode],
    events: Mapping[int, Sequence[Event]],
    now: datetime,
) -> dict[str, int]:
    counts = Counter(
        daily_states.so_far(session, one, events.get(one.id, []), now) for one in episodes
    )
    return {state: counts[state] for state in STATES}


def _line(episode: Episode, days: int) -> Line:
    return Line(episode.patient_id, episode.patient.code, days)
