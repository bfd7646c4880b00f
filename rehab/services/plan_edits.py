"""Changes of one patient's plan by a named clinician: seen first, then applied, later taken back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from exercises.schema import Dose, Precaution
from rehab.clinical import timetable
from rehab.clinical.staging import PlanItem
from rehab.errors import InvalidInput, NotFound, WrongState
from rehab.models import ChangeKind, Episode, PlanChange
from rehab.services import (
    audit,
    edit_checks,
    plan_words,
    plans,
    safer_today,
    stage_decisions,
    versions,
)
from rehab.services.context import Context

SAFER = frozenset({ChangeKind.REMOVE, ChangeKind.STEP_DOWN})
"""These take away at once, from a list that was shown too."""


@dataclass(frozen=True)
class Edit:
    """What a clinician wants to change.

    `kind` is dose, add, remove, swap, step_down or precaution. A swap puts `new_exercise_id` in the
    place of `exercise_id`. `precaution_to_day` is the last day counted from the precaution's own
    anchor; None switches it off. Both dates are local and included; without `from_on` it begins as
    soon as it can, without `to_on` it holds until it is taken back.
    """

    kind: str
    exercise_id: str | None = None
    new_exercise_id: str | None = None
    dose: Dose | None = None
    precaution_id: str | None = None
    precaution_to_day: int | None = None
    from_on: date | None = None
    to_on: date | None = None


@dataclass(frozen=True)
class EditPreview:
    """What an edit would do, before anything is written."""

    on: date
    """The first day on which the plan differs; the first day of the edit when none does."""
    before: tuple[PlanItem, ...]
    after: tuple[PlanItem, ...]
    words: str
    """The difference in English words, for staff."""
    broken: tuple[Precaution, ...]
    """Active precautions the edit breaks: it needs `override` and a reason."""
    broken_until: tuple[date | None, ...]
    """The last day of each of these."""
    problems: dict[str, str]
    """Field to reason. With a problem it cannot be applied, overridden or not."""


def preview(
    session: Session, context: Context, *, episode: Episode, edit: Edit, now: datetime
) -> EditPreview:
    """Show what an edit would do on its first affected day. Writes nothing, raises nothing."""
    row = _row(session, episode, edit, now)
    seen = edit_checks.look_ahead(session, context, episode=episode, row=row)
    day = seen.first_different_day
    return EditPreview(
        on=episode.surgery_on + timedelta(days=day),
        before=seen.before[day],
        after=seen.after[day],
        words=plan_words.for_staff(
            row,
            versions.library_of(session, context, episode),
            versions.protocol_of(session, context, episode),
        ),
        broken=seen.broken,
        broken_until=tuple(
            edit_checks.ends_on(session, context, episode=episode, precaution=one, day=day)
            for one in seen.broken
        ),
        problems=_dates(episode, edit, row.from_on, now) | seen.problems,
    )


def apply(
    session: Session,
    context: Context,
    *,
    episode_id: int,
    edit: Edit,
    reason: str,
    override: bool,
    clinician_id: int,
    now: datetime,
) -> PlanChange:
    """Write the change, audit it and tell the patient what is different and from when.

    Raises NotFound, NotAllowed and InvalidInput: the fields of the edit, `override` when it breaks
    an active precaution (it says which, why and until when), `reason` when an override or a changed
    precaution has none.
    """
    episode = stage_decisions.episode_for(session, episode_id, clinician_id)
    seen = preview(session, context, episode=episode, edit=edit, now=now)
    if seen.problems:
        raise InvalidInput(**seen.problems)
    _check_override(seen, override=override)
    needs_reason = bool(seen.broken) or edit.kind == ChangeKind.PRECAUTION
    if needs_reason and len(reason.strip()) < plans.SHORTEST_REASON:
        raise InvalidInput(reason="please give the reason in a few words")
    row = _row(session, episode, edit, now)
    row.overrides = [one.id for one in seen.broken]
    row.words, row.reason, row.clinician_id = seen.words, reason.strip(), clinician_id
    if row.overrides:
        row.words += f" (against: {', '.join(row.overrides)})"
    session.add(row)
    session.flush()
    if row.kind in SAFER and row.from_on <= timetable.local_date(now, episode.patient.timezone):
        safer_today.take_off(session, context, episode=episode, now=now)
    _audit(session, episode, row, "plan.changed", clinician_id, now)
    _tell(session, context, episode, row, from_on=row.from_on, is_back=False, now=now)
    return row


def step_down(
    session: Session,
    context: Context,
    *,
    episode_id: int,
    days: int = 2,
    reason: str,
    clinician_id: int,
    now: datetime,
) -> PlanChange:
    """Make every exercise one step easier for so many days, today included; for alert cards.

    Raises what `apply` raises, and InvalidInput(days) outside 1 to 28.
    """
    if not 1 <= days <= 28:
        raise InvalidInput(days="expected 1 to 28 days")
    episode = stage_decisions.episode_for(session, episode_id, clinician_id)
    today = timetable.local_date(now, episode.patient.timezone)
    return apply(
        session,
        context,
        episode_id=episode_id,
        edit=Edit(ChangeKind.STEP_DOWN, to_on=today + timedelta(days=days - 1)),
        reason=reason,
        override=False,
        clinician_id=clinician_id,
        now=now,
    )


def take_back(
    session: Session, context: Context, *, change_id: int, clinician_id: int, now: datetime
) -> PlanChange:
    """End a change; the row stays. The patient is told, unless it never began or is over.

    Raises NotFound, NotAllowed, WrongState("ended" or "history") and InvalidInput(change) when the
    plan without it would have too many exercises on a day.
    """
    row = session.get(PlanChange, change_id, with_for_update=True)
    if row is None:
        raise NotFound("no such change")
    episode = stage_decisions.episode_for(session, row.episode_id, clinician_id)
    if row.kind not in plans.CHANGES:
        raise WrongState("history", "This entry tells what happened; it cannot be taken back.")
    if row.ended_at is not None:
        raise WrongState("ended", "This change was taken back already.")
    problem = edit_checks.too_many_without(session, context, episode=episode, row=row, now=now)
    if problem:
        raise InvalidInput(change=problem)
    row.ended_at, row.ended_by = now, clinician_id
    session.flush()
    if row.kind == ChangeKind.ADD:
        safer_today.take_off(session, context, episode=episode, now=now)
    _audit(session, episode, row, "plan.change_taken_back", clinician_id, now)
    today = timetable.local_date(now, episode.patient.timezone)
    if row.to_on is None or row.to_on >= today:
        from_on = plans.takes_effect_on(session, episode=episode, now=now)
        _tell(session, context, episode, row, from_on=from_on, is_back=True, now=now)
    return row


def history(session: Session, *, episode_id: int) -> list[PlanChange]:
    """Every change of this plan, newest first: running, over, taken back, and by the system."""
    return list(
        session.scalars(
            select(PlanChange)
            .where(PlanChange.episode_id == episode_id)
            .order_by(PlanChange.id.desc())
        )
    )


def left_out(
    session: Session, context: Context, *, episode: Episode, now: datetime
) -> list[PlanChange]:
    """Running changes whose exercise has no room in the coming week, e.g. after a new stage.

    A clinician should take one of them back or take something else out.
    """
    today = timetable.local_date(now, episode.patient.timezone)
    day = timetable.day_number(episode.surgery_on, today)
    ids = edit_checks.without_room(session, context, episode=episode, day=day)
    return [row for row in history(session, episode_id=episode.id) if row.id in ids]


def _row(session: Session, episode: Episode, edit: Edit, now: datetime) -> PlanChange:
    """The edit as a row that is in no session yet, from the first day it can begin."""
    earliest = timetable.local_date(now, episode.patient.timezone)
    if edit.kind not in SAFER:
        earliest = plans.takes_effect_on(session, episode=episode, now=now)
    return PlanChange(
        episode_id=episode.id,
        kind=edit.kind,
        exercise_id=edit.exercise_id,
        new_exercise_id=edit.new_exercise_id,
        dose=edit.dose.model_dump(exclude_none=True) if edit.dose else None,
        precaution_id=edit.precaution_id,
        precaution_to_day=edit.precaution_to_day,
        from_on=max(earliest, edit.from_on or earliest),
        to_on=edit.to_on,
        overrides=[],
        words="",
        reason="",
        at=now,
    )


def _dates(episode: Episode, edit: Edit, begins_on: date, now: datetime) -> dict[str, str]:
    today = timetable.local_date(now, episode.patient.timezone)
    problems = {}
    if edit.from_on is not None and edit.from_on < today:
        problems["from_on"] = "expected today or a later day"
    if edit.to_on is not None and edit.to_on < begins_on:
        problems["to_on"] = f"expected {begins_on:%d %b %Y}, when it can begin, or a later day"
    return problems


def _check_override(seen: EditPreview, *, override: bool) -> None:
    if seen.broken and not override:
        lines = [
            f"{one.id} holds{f' until {until:%d %b %Y}' if until else ''}: {one.text}"
            for one, until in zip(seen.broken, seen.broken_until, strict=True)
        ]
        raise InvalidInput(override="; ".join(lines))


def _tell(
    session: Session,
    context: Context,
    episode: Episode,
    row: PlanChange,
    *,
    from_on: date,
    is_back: bool,
    now: datetime,
) -> None:
    protocol = versions.protocol_of(session, context, episode)
    known = {one.id: one for one in protocol.precautions}
    precaution = known.get(row.precaution_id or "")
    day = timetable.day_number(episode.surgery_on, from_on)
    words = plan_words.taken_back if is_back else plan_words.changed
    ends_on = (
        edit_checks.ends_on(session, context, episode=episode, precaution=precaution, day=day)
        if precaution
        else None
    )
    line = words(
        row,
        library=versions.library_of(session, context, episode),
        precaution=precaution,
        precaution_ends_on=ends_on,
        language=episode.patient.language,
    )
    plan_words.tell(
        session,
        context,
        episode=episode,
        lines=[line],
        from_on=from_on,
        cause=f"{'back' if is_back else 'change'}:{row.id}",
        now=now,
    )


def _audit(
    session: Session,
    episode: Episode,
    row: PlanChange,
    action: str,
    clinician_id: int,
    now: datetime,
) -> None:
    audit.record(
        session,
        actor=f"clinician:{clinician_id}",
        action=action,
        subject=f"change:{row.id}",
        patient_id=episode.patient_id,
        now=now,
        detail=row.kind,
    )
