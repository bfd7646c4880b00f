"""From stage to stage: the system looks at the criteria and proposes, a named clinician decides."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from exercises.loader import ContentPack
from exercises.schema import Stage
from rehab.clinical import progression, staging, timetable
from rehab.clinical.progression import CriterionView
from rehab.errors import SettingsError
from rehab.models import (
    Alert,
    AlertState,
    Decision,
    Episode,
    EpisodeState,
    ProposalState,
    StageProposal,
)
from rehab.services import (
    audit,
    dose_levels,
    facts,
    proposal_card,
    stage_decisions,
    versions,
)
from rehab.services.context import Context
from rehab.settings import Config

BLOCKED_BY_LOADING = "loading_stopped"
BLOCKED_BY_ALERT = "alert_open"


@dataclass(frozen=True)
class StageReview:
    """How a patient stands before the next stage."""

    stage: Stage
    criteria: tuple[CriterionView, ...]
    next_stage: Stage | None
    """None in the last stage."""
    proposal: StageProposal | None
    """The open one."""
    can_advance_from: date | None
    """The local date from which the system may propose; None in the last stage."""
    hold_until: date | None
    """A clinician holds the patient in this stage until this date, or stepped back to it."""
    blocked: str
    """`loading_stopped` or `alert_open`: nothing is proposed meanwhile. Empty: nothing blocks."""

    @property
    def all_met(self) -> bool:
        """Whether every exit criterion is met."""
        return progression.all_met(self.criteria)


def view(session: Session, context: Context, *, episode: Episode, now: datetime) -> StageReview:
    """The criteria with their facts, and what stands in the way. Writes nothing."""
    protocol = versions.protocol_of(session, context, episode)
    stage = protocol.stage(episode.stage_id)
    coming = staging.next_stage(protocol, stage.id)
    today = timetable.local_date(now, episode.patient.timezone)
    early = timedelta(days=context.config.progression.early_days)
    return StageReview(
        stage=stage,
        criteria=progression.review(
            stage,
            facts.measures(context),
            facts.of(session, context, episode=episode, now=now),
            day=timetable.day_number(episode.surgery_on, today),
        ),
        next_stage=coming,
        proposal=_open_proposal(session, episode.id),
        can_advance_from=(
            episode.surgery_on + timedelta(days=coming.from_day) - early if coming else None
        ),
        hold_until=_hold_until(session, episode, today),
        blocked=_blocked(session, episode),
    )


def follow(session: Session, context: Context, *, episode: Episode, now: datetime) -> None:
    """What new facts or a new day bring: the pain rule's verdict, then a look at the criteria."""
    dose_levels.look(session, context, episode=episode, now=now)
    look(session, context, episode=episode, now=now)


def look(
    session: Session, context: Context, *, episode: Episode, now: datetime
) -> StageProposal | None:
    """Make the one open proposal when all holds, withdraw it when something does not any more.

    Returns the open proposal. Where the clinic allows it, a stage of low risk is opened at once.
    """
    review = view(session, context, episode=episode, now=now)
    today = timetable.local_date(now, episode.patient.timezone)
    if not _may_propose(episode, review, today):
        if review.proposal is not None:
            _withdraw(session, context, review.proposal, now)
        return None
    if review.proposal is not None:
        return review.proposal
    if _is_automatic(context, episode, review):
        stage_decisions.advance_by_system(
            session, context, episode=episode, review=review, now=now
        )
        return None
    return _propose(session, context, episode=episode, review=review, now=now)


def decide(
    session: Session,
    context: Context,
    *,
    episode_id: int,
    decision: Decision,
    reason: str,
    clinician_id: int,
    now: datetime,
    to_stage: str | None = None,
    hold_until: date | None = None,
) -> StageProposal:
    """A named clinician advances, holds or steps back. Returns the decided row.

    Without `to_stage` it is the neighbouring stage, without `hold_until` a week from today; after a
    step back the system waits as long. Raises NotFound, NotAllowed, WrongState("closed") and
    InvalidInput(to_stage, reason or hold_until): a step back needs a reason, and so does advancing
    against criteria, before the protocol's day, past a stage, during a hold, or while an alert is
    open or loading is stopped.
    """
    episode = stage_decisions.episode_for(session, episode_id, clinician_id)
    review = view(session, context, episode=episode, now=now)
    return stage_decisions.decide(
        session,
        context,
        episode=episode,
        review=review,
        asked=stage_decisions.Asked(Decision(decision), reason.strip(), to_stage, hold_until),
        clinician_id=clinician_id,
        now=now,
    )


def pending(session: Session, *, now: datetime) -> list[StageProposal]:
    """The open proposals a clinician can decide on, longest waiting first.

    One whose patient has an unresolved alert or a stop of loading by now waits for that.
    """
    unresolved = select(Alert.episode_id).where(Alert.state != AlertState.RESOLVED)
    found = session.scalars(
        select(StageProposal)
        .join(Episode, Episode.id == StageProposal.episode_id)
        .where(
            StageProposal.state == ProposalState.OPEN,
            StageProposal.made_at <= now,
            Episode.state == EpisodeState.ACTIVE,
            Episode.loading_stopped_at.is_(None),
            Episode.id.not_in(unresolved),
        )
        .order_by(StageProposal.made_at, StageProposal.id)
    )
    return list(found)


def check_settings(config: Config, content: ContentPack) -> None:
    """Refuse a start that would open a stage by itself that is not of low risk. Raises SettingsError."""
    wrong = [
        entry
        for entry in config.progression.automatic_stages
        if entry not in _low_risk_stages(content)
    ]
    if wrong:
        allowed = ", ".join(sorted(_low_risk_stages(content))) or "none in this content"
        raise SettingsError(
            f"progression.automatic_stages: {', '.join(wrong)}: expected stages with "
            f"low_risk = true: {allowed}"
        )


def _low_risk_stages(content: ContentPack) -> set[str]:
    return {
        f"{protocol.id}/{stage.id}"
        for protocol in content.protocols.values()
        for stage in protocol.stages
        if stage.low_risk
    }


def _may_propose(episode: Episode, review: StageReview, today: date) -> bool:
    coming, proposal = review.next_stage, review.proposal
    return (
        coming is not None
        and coming.entry == "clinician"
        and (proposal is None or proposal.from_stage == review.stage.id)
        and episode.state == EpisodeState.ACTIVE
        and not review.blocked
        and review.hold_until is None
        and review.can_advance_from is not None
        and review.can_advance_from <= today
        and review.all_met
    )


def _is_automatic(context: Context, episode: Episode, review: StageReview) -> bool:
    coming = review.next_stage
    # The pinned version has the word: a stage may have been of low risk only later.
    return (
        coming is not None
        and coming.low_risk
        and bool(review.criteria)
        and f"{episode.protocol_id}/{coming.id}" in context.config.progression.automatic_stages
    )


def _propose(
    session: Session, context: Context, *, episode: Episode, review: StageReview, now: datetime
) -> StageProposal | None:
    assert review.next_stage is not None
    proposal = StageProposal(
        episode_id=episode.id,
        from_stage=review.stage.id,
        to_stage=review.next_stage.id,
        criteria=stage_decisions.as_rows(review.criteria),
        state=ProposalState.OPEN,
        made_at=now,
    )
    try:
        # A savepoint, so that losing a race to another process costs this row only.
        with session.begin_nested():
            session.add(proposal)
    except IntegrityError:
        return _open_proposal(session, episode.id)
    _audit(session, episode, "stage.proposed", proposal, now)
    proposal_card.send(
        session, context, episode=episode, review=review, proposal=proposal, now=now
    )
    return proposal


def _withdraw(session: Session, context: Context, proposal: StageProposal, now: datetime) -> None:
    proposal.state = ProposalState.WITHDRAWN
    episode = session.get_one(Episode, proposal.episode_id)
    _audit(session, episode, "stage.proposal_withdrawn", proposal, now)
    proposal_card.close(session, context, proposal=proposal, now=now)


def _audit(
    session: Session, episode: Episode, action: str, proposal: StageProposal, now: datetime
) -> None:
    audit.record(
        session,
        actor="system",
        action=action,
        subject=f"episode:{episode.id}",
        patient_id=episode.patient_id,
        now=now,
        detail=proposal.to_stage,
    )


def _open_proposal(session: Session, episode_id: int) -> StageProposal | None:
    return session.scalar(
        select(StageProposal).where(
            StageProposal.episode_id == episode_id, StageProposal.state == ProposalState.OPEN
        )
    )


def _hold_until(session: Session, episode: Episode, today: date) -> date | None:
    newest = session.scalar(
        select(StageProposal)
        .where(
            StageProposal.episode_id == episode.id,
            StageProposal.state == ProposalState.DECIDED,
        )
        .order_by(StageProposal.decided_at.desc(), StageProposal.id.desc())
        .limit(1)
    )
    if newest is None or newest.to_stage != episode.stage_id:
        return None
    return newest.hold_until if newest.hold_until and newest.hold_until > today else None


def _blocked(session: Session, episode: Episode) -> str:
    if episode.loading_stopped_at is not None:
        return BLOCKED_BY_LOADING
    waiting = select(Alert.id).where(
        Alert.episode_id == episode.id, Alert.state != AlertState.RESOLVED
    )
    return BLOCKED_BY_ALERT if session.scalar(waiting.limit(1)) is not None else ""
