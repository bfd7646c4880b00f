"""A decision about the stage: what may be decided, the rows it writes, what the patient is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Session

from rehab.clinical import staging, timetable
from rehab.clinical.progression import CriterionView
from rehab.clinical.staging import PlanItem
from rehab.errors import InvalidInput, NotAllowed, NotFound, WrongState
from rehab.models import (
    Clinician,
    Decision,
    Episode,
    EpisodeState,
    ProposalState,
    StageProposal,
)
from rehab.services import audit, people, plan_words, plans, proposal_card, versions
from rehab.services.context import Context

if TYPE_CHECKING:
    from rehab.services.progression import StageReview

USUAL_HOLD = timedelta(days=7)
LONGEST_HOLD = timedelta(days=90)
BY_SYSTEM = "every criterion is met; the clinic lets the system open this stage"


@dataclass(frozen=True)
class Asked:
    """What a clinician wants."""

    decision: Decision
    reason: str
    to_stage: str | None = None
    hold_until: date | None = None


def episode_for(session: Session, episode_id: int, clinician_id: int) -> Episode:
    """The episode, locked, for a clinician who changes its plan.

    Raises NotFound, NotAllowed for whoever treats no patients, WrongState("closed").
    """
    session.flush()
    # Two people may decide at once: the second sees what the first one wrote.
    episode = session.get(Episode, episode_id, with_for_update=True, populate_existing=True)
    if episode is None:
        raise NotFound("no such episode")
    clinician = session.get(Clinician, clinician_id)
    if clinician is None or not clinician.active or not people.is_clinical(clinician):
        raise NotAllowed("only clinicians change a plan")
    if episode.state == EpisodeState.CLOSED:
        raise WrongState("closed", "This episode is closed.")
    return episode


def decide(
    session: Session,
    context: Context,
    *,
    episode: Episode,
    review: StageReview,
    asked: Asked,
    clinician_id: int,
    now: datetime,
) -> StageProposal:
    """Write a clinician's decision; see `progression.decide`."""
    today = timetable.local_date(now, episode.patient.timezone)
    target = _target(session, context, episode, review, asked)
    against = _against(review, asked, target, today)
    if against and len(asked.reason) < plans.SHORTEST_REASON:
        raise InvalidInput(reason=f"please give the reason in a few words: {'; '.join(against)}")
    row = _row(session, episode, review, target, now)
    row.decided_by, row.reason = clinician_id, asked.reason
    row.hold_until = _hold_until(asked, today)
    _write(session, context, episode=episode, row=row, decision=asked.decision, now=now)
    return row


def advance_by_system(
    session: Session, context: Context, *, episode: Episode, review: StageReview, now: datetime
) -> StageProposal:
    """Open the next stage without a clinician, as the clinic's settings allow."""
    assert review.next_stage is not None
    row = _row(session, episode, review, review.next_stage.id, now)
    row.reason = BY_SYSTEM
    _write(session, context, episode=episode, row=row, decision=Decision.ADVANCE, now=now)
    return row


def as_rows(views: Sequence[CriterionView]) -> list[dict[str, Any]]:
    """The criteria as they stand, to be kept with a proposal."""
    return [
        {
            "id": view.criterion.id,
            "text": view.criterion.text,
            "state": view.state,
            "facts": [
                {
                    "measure": fact.measure,
                    "value": fact.value,
                    "on": fact.on.isoformat(),
                    "source": fact.source,
                }
                for fact in view.facts
            ],
        }
        for view in views
    ]


def _target(
    session: Session, context: Context, episode: Episode, review: StageReview, asked: Asked
) -> str:
    stages = staging.in_order(versions.protocol_of(session, context, episode))
    ids = [stage.id for stage in stages]
    here = ids.index(review.stage.id)
    if asked.decision is Decision.HOLD:
        return review.stage.id
    step = 1 if asked.decision is Decision.ADVANCE else -1
    if asked.to_stage is None and not 0 <= here + step < len(ids):
        raise InvalidInput(to_stage="there is no further stage in this direction")
    target = asked.to_stage or ids[here + step]
    if target not in ids or (ids.index(target) - here) * step <= 0:
        where = "later" if step > 0 else "earlier"
        raise InvalidInput(to_stage=f"expected a {where} stage of this patient's protocol")
    if step < 0 and stages[ids.index(target)].to_day < 0 <= review.stage.from_day:
        raise InvalidInput(to_stage="the time before the operation is over")
    return target


def _against(review: StageReview, asked: Asked, target: str, today: date) -> list[str]:
    """Why a decision needs words: what speaks against it, or that it takes something back."""
    if asked.decision is Decision.HOLD:
        return []
    if asked.decision is Decision.STEP_BACK:
        return ["a step back"]
    unmet = [view.criterion.id for view in review.criteria if view.state != "met"]
    reasons = [f"not met or not known: {', '.join(unmet)}"] if unmet else []
    if review.can_advance_from is not None and today < review.can_advance_from:
        reasons.append(f"before {review.can_advance_from:%d %b %Y}")
    if review.next_stage is not None and target != review.next_stage.id:
        reasons.append("a stage is left out")
    if review.hold_until is not None:
        reasons.append(f"held until {review.hold_until:%d %b %Y}")
    if review.blocked:
        reasons.append({"loading_stopped": "loading is stopped"}.get(review.blocked, "open alert"))
    return reasons


def _hold_until(asked: Asked, today: date) -> date | None:
    if asked.decision is Decision.ADVANCE:
        return None
    # After a step back the old facts would have the same proposal made again tomorrow.
    until = asked.hold_until or today + USUAL_HOLD
    if not today < until <= today + LONGEST_HOLD:
        raise InvalidInput(hold_until="expected a day within the next 90 days")
    return until


def _row(
    session: Session, episode: Episode, review: StageReview, target: str, now: datetime
) -> StageProposal:
    """The open proposal that is decided now, or a row made and decided at once."""
    row = review.proposal
    if row is None:
        row = StageProposal(episode_id=episode.id, from_stage=review.stage.id, made_at=now)
        # Until it is in the session nothing can be seen as open.
        row.to_stage, row.state = target, ProposalState.DECIDED
    row.from_stage, row.to_stage = review.stage.id, target
    row.criteria = as_rows(review.criteria)
    session.add(row)
    return row


def _write(
    session: Session,
    context: Context,
    *,
    episode: Episode,
    row: StageProposal,
    decision: Decision,
    now: datetime,
) -> None:
    row.state, row.decision, row.decided_at = ProposalState.DECIDED, decision, now
    from_on = plans.takes_effect_on(session, episode=episode, now=now)
    before = _week(session, context, episode, from_on)
    if decision is not Decision.HOLD:
        plans.move(
            session,
            episode,
            row.to_stage,
            now=now,
            clinician_id=row.decided_by,
            reason=row.reason or "",
        )
    session.flush()
    _audit(session, episode, row, now)
    proposal_card.close(session, context, proposal=row, now=now)
    library = versions.library_of(session, context, episode)
    protocol = versions.protocol_of(session, context, episode)
    lines = plan_words.decided(
        decision,
        stage=protocol.stage(row.to_stage),
        hold_until=row.hold_until,
        before=before,
        after=_week(session, context, episode, from_on),
        library=library,
        language=episode.patient.language,
    )
    plan_words.tell(
        session,
        context,
        episode=episode,
        lines=lines,
        from_on=from_on if decision is not Decision.HOLD else None,
        cause=f"stage:{row.id}",
        now=now,
    )


def _week(
    session: Session, context: Context, episode: Episode, from_on: date
) -> tuple[PlanItem, ...]:
    """What seven days from this one hold: exercises take turns, so one day says too little."""
    first = timetable.day_number(episode.surgery_on, from_on)
    return tuple(
        item
        for day in range(first, first + 7)
        for item in plans.on_day(session, context, episode=episode, day=day)
    )


def _audit(session: Session, episode: Episode, row: StageProposal, now: datetime) -> None:
    is_hold = row.decision == Decision.HOLD
    audit.record(
        session,
        actor=f"clinician:{row.decided_by}" if row.decided_by else "system",
        action="stage.held" if is_hold else "stage.changed",
        subject=f"episode:{episode.id}",
        patient_id=episode.patient_id,
        now=now,
        detail=row.to_stage,
    )
