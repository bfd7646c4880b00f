"""One patient's page: who they are, where they stand, what they said, what is planned."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from exercises.schema import Protocol
from rehab.clinical import precautions, staging, timetable
from rehab.errors import NotFound
from rehab.models import (
    CareTeamMember,
    CheckIn,
    Clinician,
    Consent,
    Episode,
    IncomingMessage,
    Invite,
    Observation,
    Patient,
)
from rehab.services import (
    alert_card,
    care_tasks,
    check_ins,
    episodes,
    photo_review,
    plans,
    versions,
)
from rehab.services.context import Context
from rehab.services.overview.patient_values import (
    Ahead,
    Answered,
    ConsentView,
    InviteView,
    LatestCheckIn,
    MessageView,
    PatientView,
    Planned,
    StageView,
    Until,
)
from rehab.services.overview.plan_signals import plan_signals
from rehab.services.overview.worklist import review_due

MOST_MESSAGES = 20


def patient_view(
    session: Session, context: Context, *, patient_id: int, now: datetime
) -> PatientView:
    """The patient's page without its timeline. Raises NotFound."""
    episode = latest_episode(session, patient_id)
    patient = episode.patient
    protocol = versions.protocol_of(session, context, episode)
    day = episodes.day_today(episode, now)
    stage = protocol.stage(episode.stage_id)
    chat = patient.chat
    return PatientView(
        patient_id=patient.id,
        episode_id=episode.id,
        name=patient.name,
        code=patient.code,
        age=timetable.local_date(now, patient.timezone).year - patient.birth_year,
        phone=patient.phone or "",
        is_synthetic=patient.is_synthetic,
        language=patient.language,
        timezone=patient.timezone,
        reminder_time=patient.reminder_time,
        chat_state=chat.state if chat else "none",
        last_heard_at=chat.last_heard_at if chat else None,
        consent=_consent(session, patient.id),
        invite=_invite(session, patient.id),
        procedure=episode.procedure,
        variant=episode.variant,
        side=episode.side,
        surgery_on=episode.surgery_on,
        day=day,
        state=episode.state,
        paused_until=episode.paused_until,
        loading_stopped_at=episode.loading_stopped_at,
        protocol=f"{protocol.title} {protocol.version}",
        stage=_stage_views(protocol)[stage.id],
        stages=tuple(_stage_views(protocol).values()),
        review_due=review_due(protocol, episode, day),
        weight_bearing=stage.weight_bearing,
        precautions=_precautions(session, context, episode, day),
        milestones=_milestones(protocol, episode, day),
        plan=_plan(session, context, episode, now),
        team=_team(session, patient.id),
        latest=_latest(session, context, episode.id),
        messages=_messages(session, patient.id),
        signals=plan_signals(session, context, [episode.id], now=now).get(episode.id, ()),
        unreviewed=photo_review.unreviewed(session, [patient.id]).get(patient.id, 0),
    )


def latest_episode(session: Session, patient_id: int) -> Episode:
    """The patient's newest episode with the patient. Raises NotFound."""
    episode = session.scalar(
        select(Episode)
        .where(Episode.patient_id == patient_id)
        .order_by(Episode.id.desc())
        .limit(1)
        .options(joinedload(Episode.patient).joinedload(Patient.chat))
    )
    if episode is None:
        raise NotFound("no such patient")
    return episode


def _consent(session: Session, patient_id: int) -> ConsentView | None:
    row = session.scalar(
        select(Consent)
        .where(Consent.patient_id == patient_id)
        .order_by(Consent.id.desc())
        .limit(1)
    )
    return ConsentView(row.version, row.accepted_at, row.withdrawn_at) if row else None


def _invite(session: Session, patient_id: int) -> InviteView | None:
    row = session.scalar(
        select(Invite)
        .where(Invite.patient_id == patient_id, Invite.caregiver_id.is_(None))
        .order_by(Invite.id.desc())
        .limit(1)
    )
    return InviteView(row.expires_at, row.used_at, row.revoked_at) if row else None


def _stage_views(protocol: Protocol) -> dict[str, StageView]:
    return {
        stage.id: StageView(
            stage.id,
            stage.name,
            stage.from_day,
            stage.to_day,
            stage.aim,
            tuple(criterion.text for criterion in stage.exit_criteria),
        )
        for stage in protocol.stages
    }


def _precautions(
    session: Session, context: Context, episode: Episode, day: int
) -> tuple[Until, ...]:
    """With the patient's own settings, and the end in days after surgery whatever it counts from."""
    protocol = versions.protocol_of(session, context, episode)
    home, own = plans.discharge_day(episode), plans.changes_of(session, episode)
    return tuple(
        Until(one.text, window[1])
        for one in plans.active_precautions(session, context, episode=episode, day=day)
        if (window := precautions.days_of(protocol, one, day, home, own))
    )


def _milestones(protocol: Protocol, episode: Episode, day: int) -> tuple[Ahead, ...]:
    home = plans.discharge_day(episode)
    current = staging.milestone_for(protocol, day, home)
    return tuple(
        Ahead(one.text, one.from_day, one.to_day, is_open=one == current)
        for one in staging.milestones(protocol, home)
        if one.to_day >= day
    )


def _plan(
    session: Session, context: Context, episode: Episode, now: datetime
) -> tuple[Planned, ...]:
    library = versions.library_of(session, context, episode)
    return tuple(
        Planned(item.exercise_id, library[item.exercise_id].name, care_tasks.dose_text(item, "en"))
        for item in plans.today(session, context, episode=episode, now=now)
    )


def _team(session: Session, patient_id: int) -> tuple[str, ...]:
    return tuple(
        session.scalars(
            select(Clinician.name)
            .join(CareTeamMember, CareTeamMember.clinician_id == Clinician.id)
            .where(CareTeamMember.patient_id == patient_id)
            .order_by(CareTeamMember.is_lead.desc(), CareTeamMember.id)
        )
    )


def _latest(session: Session, context: Context, episode_id: int) -> LatestCheckIn | None:
    check_in = session.scalar(
        select(CheckIn)
        .where(CheckIn.episode_id == episode_id)
        .order_by(CheckIn.id.desc())
        .limit(1)
        .options(selectinload(CheckIn.observations))
    )
    if check_in is None:
        return None
    asked = versions.questionnaire(session, context, check_in.questionnaire_hash)
    return LatestCheckIn(
        title=asked.title,
        local_on=check_in.local_on,
        state=check_in.state,
        answers=tuple(
            _answered(alert_card.answer_in_words(asked, one.question_id, one.value), one)
            for one in check_ins.current(check_in)
        ),
    )


def _answered(in_words: str, observation: Observation) -> Answered:
    question, _, words = in_words.partition(": ")
    return Answered(
        question, words, observation.label, observation.effective_at, observation.is_late
    )


def _messages(session: Session, patient_id: int) -> tuple[MessageView, ...]:
    rows: Sequence[tuple[IncomingMessage, str | None]] = session.execute(
        select(IncomingMessage, Clinician.name)
        .outerjoin(Clinician, Clinician.id == IncomingMessage.seen_by)
        .where(IncomingMessage.patient_id == patient_id)
        .order_by(IncomingMessage.seen_at.is_not(None), IncomingMessage.id.desc())
        .limit(MOST_MESSAGES)
    ).all()
    return tuple(
        MessageView(
            at=message.received_at,
            kind=message.kind,
            text=message.text,
            tier=message.tier or "",
            seen_at=message.seen_at,
            seen_by=name or "",
        )
        for message, name in rows
    )
