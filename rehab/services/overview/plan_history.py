"""What was changed in one patient's plan, by whom and why, newest first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from exercises.schema import Protocol
from rehab.clinical import timetable
from rehab.models import (
    Decision,
    Episode,
    EpisodeEvent,
    PlanChange,
    ProposalState,
    StageChange,
    StageProposal,
)
from rehab.services import plan_edits, plans, versions
from rehab.services.context import Context
from rehab.services.overview.people_lists import names_of
from rehab.services.overview.plan_values import HistoryRow

PAUSES = {"paused": "Paused ({detail})", "resumed": "Resumed", "stopped": "Stopped"}


def history_rows(
    session: Session, context: Context, *, episode: Episode, now: datetime
) -> tuple[HistoryRow, ...]:
    """Changes of the plan, moves of the stage, holds and pauses."""
    protocol = versions.protocol_of(session, context, episode)
    rows = [
        *_changes(session, context, episode, now),
        *_moves(session, episode, protocol),
        *_holds(session, episode, protocol),
        *_pauses(session, episode),
    ]
    return tuple(sorted(rows, key=lambda row: row.at, reverse=True))


def _changes(
    session: Session, context: Context, episode: Episode, now: datetime
) -> Iterator[HistoryRow]:
    rows = plan_edits.history(session, episode_id=episode.id)
    today = timetable.local_date(now, episode.patient.timezone)
    crowded = plan_edits.left_out(session, context, episode=episode, now=now) if rows else []
    people = names_of(session, [one for row in rows for one in (row.clinician_id, row.ended_by)])
    for row in rows:
        state = "no_room" if row in crowded else _state(row, today)
        yield HistoryRow(
            at=row.at,
            person=people.get(row.clinician_id or 0, ""),
            words=row.words,
            reason=row.reason,
            state=state,
            against=tuple(row.overrides),
            ended_by=people.get(row.ended_by or 0, ""),
            ended_at=row.ended_at,
            change_id=row.id if state in ("running", "coming", "no_room") else None,
        )


def _state(row: PlanChange, today: date) -> str:
    if row.ended_at is not None:
        return "taken_back"
    if row.kind not in plans.CHANGES:
        return "done"
    if row.from_on > today:
        return "coming"
    return "over" if row.to_on is not None and row.to_on < today else "running"


def _moves(session: Session, episode: Episode, protocol: Protocol) -> Iterator[HistoryRow]:
    rows = list(session.scalars(select(StageChange).where(StageChange.episode_id == episode.id)))
    names, people = _stages(protocol), names_of(session, [row.clinician_id for row in rows])
    for row in rows:
        before = f"{names.get(row.from_stage or '', row.from_stage or '')} to "
        yield HistoryRow(
            at=row.at,
            person=people.get(row.clinician_id or 0, ""),
            words=f"Stage {before if row.from_stage else ''}{names.get(row.to_stage, row.to_stage)}",
            reason=row.reason,
            state="done",
        )


def _holds(session: Session, episode: Episode, protocol: Protocol) -> Iterator[HistoryRow]:
    rows = list(
        session.scalars(
            select(StageProposal).where(
                StageProposal.episode_id == episode.id,
                StageProposal.state == ProposalState.DECIDED,
                StageProposal.decision == Decision.HOLD,
            )
        )
    )
    names, people = _stages(protocol), names_of(session, [row.decided_by for row in rows])
    for row in rows:
        until = f" until {row.hold_until:%d %b %Y}" if row.hold_until else ""
        yield HistoryRow(
            at=row.decided_at or row.made_at,
            person=people.get(row.decided_by or 0, ""),
            words=f"Held in {names.get(row.from_stage, row.from_stage)}{until}",
            reason=row.reason or "",
            state="done",
        )


def _pauses(session: Session, episode: Episode) -> Iterator[HistoryRow]:
    rows = list(
        session.scalars(
            select(EpisodeEvent).where(
                EpisodeEvent.episode_id == episode.id, EpisodeEvent.kind.in_(list(PAUSES))
            )
        )
    )
    people = names_of(session, [_clinician_id(row.actor) for row in rows])
    for row in rows:
        number = _clinician_id(row.actor)
        yield HistoryRow(
            at=row.at,
            person=people.get(number or 0, "") if number else row.actor,
            words=PAUSES[row.kind].format(detail=row.detail),
            reason="",
            state="done",
        )


def _clinician_id(actor: str) -> int | None:
    kind, _, number = actor.partition(":")
    return int(number) if kind == "clinician" else None


def _stages(protocol: Protocol) -> Mapping[str, str]:
    return {stage.id: stage.name for stage in protocol.stages}
