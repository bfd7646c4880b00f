"""One patient's plan page: the stage, the exercises of a date, precautions, measurements, history."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from rehab.clinical import precautions, timetable
from rehab.models import Episode
from rehab.services import edit_checks, plans, progression, versions
from rehab.services.context import Context
from rehab.services.overview.patient import latest_episode
from rehab.services.overview.plan_day import day_view
from rehab.services.overview.plan_history import history_rows
from rehab.services.overview.plan_review import measure_fields, measurement_rows, review_view
from rehab.services.overview.plan_values import PlanView, PrecautionRow

FARTHEST = timedelta(days=400)
"""Around today. Another date is a slip of the finger."""


def plan_view(
    session: Session, context: Context, *, patient_id: int, on: date | None, now: datetime
) -> PlanView:
    """The plan page, with the exercises of the local date `on` (None: today). Raises NotFound."""
    episode = latest_episode(session, patient_id)
    patient = episode.patient
    protocol = versions.protocol_of(session, context, episode)
    stage = protocol.stage(episode.stage_id)
    today = timetable.local_date(now, patient.timezone)
    shown = on if on is not None and abs(on - today) <= FARTHEST else today
    review = progression.view(session, context, episode=episode, now=now)
    return PlanView(
        patient_id=patient.id,
        episode_id=episode.id,
        name=patient.name,
        code=patient.code,
        language=patient.language,
        side=episode.side,
        procedure=episode.procedure,
        state=episode.state,
        paused_until=episode.paused_until,
        today=today,
        day_today=timetable.day_number(episode.surgery_on, today),
        surgery_on=episode.surgery_on,
        discharged_on=episode.discharged_on,
        stay_days=protocol.stay_days,
        stage_name=stage.name,
        stage_aim=stage.aim,
        stage_from=stage.from_day,
        stage_to=stage.to_day,
        protocol_id=protocol.id,
        protocol=f"{protocol.title} {protocol.version}",
        dose_level=episode.dose_level,
        loading_stopped=episode.loading_stopped_at is not None,
        review=review_view(session, protocol, review, today),
        day=day_view(session, context, episode=episode, on=shown, now=now),
        precautions=precaution_rows(session, context, episode=episode, now=now),
        measures=measure_fields(context),
        measurements=measurement_rows(session, context, episode),
        history=history_rows(session, context, episode=episode, now=now),
        picture_side="right" if episode.side == "right" else "left",
    )


def precaution_rows(
    session: Session, context: Context, *, episode: Episode, now: datetime
) -> tuple[PrecautionRow, ...]:
    """Every precaution of the protocol as it holds for this patient today: the active ones first."""
    today = timetable.local_date(now, episode.patient.timezone)
    day = timetable.day_number(episode.surgery_on, today)
    protocol = versions.protocol_of(session, context, episode)
    home = plans.discharge_day(episode)
    own = plans.changes_of(session, episode)
    active = {one.id for one in precautions.active(protocol, day, discharge_day=home, changes=own)}
    rows = [
        PrecautionRow(
            id=one.id,
            text=one.text,
            anchor=one.anchor,
            from_day=one.from_day,
            protocol_to_day=one.to_day,
            ends_on=edit_checks.ends_on(
                session, context, episode=episode, precaution=one, day=day
            ),
            is_active=one.id in active,
            is_changed=precautions.days_of(protocol, one, day, home, own)
            != precautions.days_of(protocol, one, day, home),
            range_of_practice=one.surgeons_differ,
        )
        for one in protocol.precautions
    ]
    return tuple(sorted(rows, key=lambda row: not row.is_active))
