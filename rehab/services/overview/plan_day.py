"""The exercises of one patient on one date: what is planned and why, or what was asked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from exercises.schema import Dose, Exercise
from rehab.clinical import precautions, staging, timetable
from rehab.clinical.staging import PlanItem
from rehab.models import CareTask, Episode, PlanChange, TaskKind
from rehab.models.care_task import ExerciseRecord, ExerciseState
from rehab.services import care_tasks, plans, versions
from rehab.services.context import Context
from rehab.services.overview.people_lists import names_of
from rehab.services.overview.plan_values import Choice, DayView, DoseField, Origin, PlannedRow


def items_on(
    session: Session, context: Context, *, episode: Episode, day: int
) -> tuple[PlanItem, ...]:
    """The exercises of a day after surgery, in the stage the calendar has opened by then.

    A pause is left out of account: a paused plan can be looked at too.
    """
    stage = plans.stage_then(session, context, episode=episode, day=day)
    return staging.plan_for(
        versions.protocol_of(session, context, episode),
        versions.library_of(session, context, episode),
        stage_id=stage.id,
        day=day,
        changes=plans.changes_of(session, episode),
        level=episode.dose_level if stage.id == episode.stage_id else 0,
        discharge_day=plans.discharge_day(episode),
        loading_suspended=episode.loading_stopped_at is not None,
    )


def day_view(
    session: Session, context: Context, *, episode: Episode, on: date, now: datetime
) -> DayView:
    """One date: a past one as it was asked, another as it is planned by now."""
    today = timetable.local_date(now, episode.patient.timezone)
    day = timetable.day_number(episode.surgery_on, on)
    library = versions.library_of(session, context, episode)
    records = _records(session, episode, on)
    is_past = on < today
    rows = (
        tuple(_asked(record, library) for record in records)
        if is_past
        else _planned(session, context, episode, day, library, records)
    )
    forbidden = plans.active_precautions(session, context, episode=episode, day=day)
    choices = tuple(
        Choice(one.id, one.name, bool(precautions.broken_by(one, forbidden)))
        for one in sorted(library.values(), key=lambda one: one.name.casefold())
    )
    there = {row.exercise_id for row in rows}
    return DayView(
        on=on,
        day=day,
        is_today=on == today,
        is_past=is_past,
        is_shown=bool(records),
        stage_name=plans.stage_then(session, context, episode=episode, day=day).name,
        rows=rows,
        addable=tuple(one for one in choices if one.id not in there),
        library=choices,
    )


def dose_fields(dose: Dose, exercise: Exercise) -> tuple[DoseField, ...]:
    """The numbers of a dose that this exercise uses, each with the library's bounds."""
    limits = exercise.dose_limits
    if limits is None:
        given = dose.model_dump(exclude_none=True)
        return tuple(DoseField(name, value, None, None) for name, value in given.items())
    return tuple(
        DoseField(name, getattr(dose, name), *bounds)
        for name in Dose.model_fields
        if (bounds := getattr(limits, name))
    )


def _records(session: Session, episode: Episode, on: date) -> list[ExerciseRecord]:
    task = session.scalar(
        select(CareTask)
        .where(
            CareTask.episode_id == episode.id,
            CareTask.kind == TaskKind.EXERCISES,
            CareTask.local_on == on,
        )
        .options(selectinload(CareTask.exercises))
    )
    return list(task.exercises) if task else []


def _asked(record: ExerciseRecord, library: Mapping[str, Exercise]) -> PlannedRow:
    known = library.get(record.exercise_id)
    return PlannedRow(
        exercise_id=record.exercise_id,
        name=known.name if known else record.exercise_id,
        dose=care_tasks.asked_dose_text(record, "en"),
        answer=record.state,
        origin=None,
    )


def _planned(
    session: Session,
    context: Context,
    episode: Episode,
    day: int,
    library: Mapping[str, Exercise],
    records: list[ExerciseRecord],
) -> tuple[PlannedRow, ...]:
    protocol = versions.protocol_of(session, context, episode)
    stage = plans.stage_then(session, context, episode=episode, day=day)
    texts = {one.id: one.text for one in protocol.precautions}
    usual = {
        one.exercise_id: one.dose
        for one in staging.plan_for(protocol, library, stage_id=stage.id, day=day)
    }
    items = items_on(session, context, episode=episode, day=day)
    answers = {one.exercise_id: one.state for one in records}
    changes = _changes(session, [item.change_id for item in items if item.change_id])
    people = names_of(session, [one.clinician_id for one in changes.values()])
    return tuple(
        PlannedRow(
            exercise_id=item.exercise_id,
            name=library[item.exercise_id].name,
            dose=care_tasks.dose_text(item, "en"),
            answer=_answer(answers.get(item.exercise_id)),
            origin=_origin(item, usual, changes, people, episode.dose_level),
            overridden=tuple(texts.get(one, one) for one in item.overridden),
            fields=dose_fields(item.dose, library[item.exercise_id]),
            easier=_choice(library, library[item.exercise_id].easier),
            harder=_choice(library, library[item.exercise_id].harder),
        )
        for item in items
    )


def _answer(state: str | None) -> str:
    return "" if state in (None, ExerciseState.ASKED) else str(state)


def _origin(
    item: PlanItem,
    usual: Mapping[str, Dose],
    changes: Mapping[int, PlanChange],
    people: Mapping[int, str],
    level: int,
) -> Origin:
    row = changes.get(item.change_id or 0)
    if row is not None:
        person = people.get(row.clinician_id or 0, "")
        return Origin("changed", row.words, person, row.reason)
    if usual.get(item.exercise_id) != item.dose and level:
        return Origin("rule", level=level)
    return Origin("protocol")


def _changes(session: Session, ids: list[int]) -> dict[int, PlanChange]:
    rows = session.scalars(select(PlanChange).where(PlanChange.id.in_(ids)))
    return {row.id: row for row in rows}


def _choice(library: Mapping[str, Exercise], exercise_id: str | None) -> Choice | None:
    found = library.get(exercise_id or "")
    return Choice(found.id, found.name) if found else None
