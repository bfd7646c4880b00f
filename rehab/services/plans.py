"""One patient's plan: which stage, which exercises today, and who moved the stage."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.orm import Session

from exercises.schema import Dose, Protocol, Stage
from rehab.clinical import staging
from rehab.clinical.staging import PlanItem
from rehab.errors import InvalidInput
from rehab.models import Episode, EpisodeState, StageChange
from rehab.services import audit, episodes, versions
from rehab.services.context import Context

SHORTEST_REASON = 3


def today(
    session: Session, context: Context, *, episode: Episode, now: datetime
) -> tuple[PlanItem, ...]:
    """Today's exercises with their doses, in the patient's own zone."""
    return on_day(session, context, episode=episode, day=episodes.day_today(episode, now))


def on_day(
    session: Session, context: Context, *, episode: Episode, day: int
) -> tuple[PlanItem, ...]:
    """The exercises of one day after surgery; loading ones are left out while they are stopped."""
    return staging.plan_for(
        versions.protocol_of(session, context, episode),
        versions.library_of(session, context, episode),
        stage_id=episode.stage_id,
        day=day,
        loading_suspended=episode.loading_stopped_at is not None,
        paused=episode.state in (EpisodeState.PAUSED, EpisodeState.STOPPED, EpisodeState.CLOSED),
    )


def first_stage(protocol: Protocol, surgery_on: date, local_on: date) -> str:
    """The stage of the calendar on the day of enrolment."""
    return staging.stage_on(protocol, (local_on - surgery_on).days).id


def follow_calendar(
    session: Session, context: Context, *, episode: Episode, day: int, now: datetime
) -> None:
    """Open the next stage where the protocol lets the calendar do so (surgery ends preparation)."""
    protocol = versions.protocol_of(session, context, episode)
    coming = staging.entry_due(protocol, episode.stage_id, day)
    while coming is not None and coming.entry == "calendar":
        _move(session, episode, coming.id, now=now, clinician_id=None, reason="calendar")
        coming = staging.entry_due(protocol, episode.stage_id, day)


def stage_then(session: Session, context: Context, *, episode: Episode, day: int) -> Stage:
    """The stage of a day to come: whatever the calendar opens by itself until then is open."""
    protocol = versions.protocol_of(session, context, episode)
    stage = protocol.stage(episode.stage_id)
    coming = staging.entry_due(protocol, stage.id, day)
    while coming is not None and coming.entry == "calendar":
        stage = coming
        coming = staging.entry_due(protocol, stage.id, day)
    return stage


def review_due(session: Session, context: Context, *, episode: Episode, day: int) -> str | None:
    """The stage whose first day has come and that waits for a clinician's decision, if any."""
    protocol = versions.protocol_of(session, context, episode)
    coming = staging.entry_due(protocol, episode.stage_id, day)
    return coming.id if coming is not None and coming.entry == "clinician" else None


def change_stage(
    session: Session,
    context: Context,
    *,
    episode_id: int,
    to_stage: str,
    reason: str,
    clinician_id: int,
    now: datetime,
) -> None:
    """A named clinician moves the patient to another stage, with a reason."""
    episode = episodes.get(session, episode_id)
    protocol = versions.protocol_of(session, context, episode)
    if to_stage not in {stage.id for stage in protocol.stages}:
        raise InvalidInput(to_stage="expected a stage of this patient's protocol")
    if to_stage == episode.stage_id:
        raise InvalidInput(to_stage="the patient is already in this stage")
    if len(reason.strip()) < SHORTEST_REASON:
        raise InvalidInput(reason="please give the reason in a few words")
    _move(session, episode, to_stage, now=now, clinician_id=clinician_id, reason=reason.strip())
    audit.record(
        session,
        actor=f"clinician:{clinician_id}",
        action="stage.changed",
        subject=f"episode:{episode.id}",
        patient_id=episode.patient_id,
        now=now,
        detail=to_stage,
    )


def dose_parts(dose: Dose) -> list[tuple[str, int]]:
    """A dose as text keys with their number, in reading order; words come from the catalog."""
    parts = (
        ("dose.sets", dose.sets if (dose.sets or 1) > 1 else None),
        ("dose.reps", dose.reps if dose.reps != 1 else None),
        ("dose.hold", dose.hold_seconds),
        ("dose.rest", dose.rest_seconds),
        ("dose.minutes", dose.minutes),
        ("dose.times_a_day", dose.times_a_day),
        ("dose.days_a_week", dose.days_a_week),
    )
    return [(key, value) for key, value in parts if value is not None]


def _move(
    session: Session,
    episode: Episode,
    to_stage: str,
    *,
    now: datetime,
    clinician_id: int | None,
    reason: str,
) -> None:
    session.add(
        StageChange(
            episode_id=episode.id,
            from_stage=episode.stage_id,
            to_stage=to_stage,
            at=now,
            clinician_id=clinician_id,
            reason=reason,
        )
    )
    episode.stage_id = to_stage
