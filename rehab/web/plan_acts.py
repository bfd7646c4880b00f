"""The changes a plan page can make: each one calls its service and says in English what it did.

The same function runs twice: in a rehearsal that is rolled back, and when it is confirmed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from pydantic import ValidationError
from sqlalchemy.orm import Session

from exercises.schema import Dose
from rehab.errors import InvalidInput, NotFound
from rehab.models import ChangeKind, Decision, Episode, PlanChange
from rehab.services import episodes, plan_edits, progression, surgery_date, versions
from rehab.services.context import Context
from rehab.services.plan_edits import Edit
from rehab.web.plan_forms import PlanForm

EDITS = frozenset({"dose", "add", "remove", "swap", "step_down", "precaution"})
USUAL_STEP_DOWN = 2
"""Days. Project proposal, not sourced: clinic must decide."""


@dataclass(frozen=True)
class Doing:
    """A change and who makes it."""

    session: Session
    context: Context
    episode: Episode
    form: PlanForm
    today: date
    """The patient's local date."""
    clinician_id: int
    now: datetime
    reason: str = ""
    override: bool = False


def carry_out(doing: Doing) -> str:
    """Do it. Returns what was done, in English. Raises what the service raises."""
    kind = doing.form.kind.data
    return _edit(doing) if kind in EDITS else ACTS[kind](doing)


def edit_of(form: PlanForm, today: date) -> Edit:
    """The edit a form describes. Raises InvalidInput(dose or precaution_to_day)."""
    kind, to_on = form.kind.data, form.to_on.data
    if kind == ChangeKind.STEP_DOWN:
        to_on = today + timedelta(days=(form.days.data or USUAL_STEP_DOWN) - 1)
    is_off = form.precaution_off.data
    if kind == ChangeKind.PRECAUTION and not is_off and form.precaution_to_day.data is None:
        # Nothing would mean off: a field left empty must not end a precaution.
        raise InvalidInput(precaution_to_day="expected a day, or the tick that switches it off")
    return Edit(
        kind=kind,
        exercise_id=form.exercise_id.data or None,
        new_exercise_id=form.new_exercise_id.data or None,
        dose=_dose(form),
        precaution_id=form.precaution_id.data or None,
        precaution_to_day=None if is_off else form.precaution_to_day.data,
        from_on=form.from_on.data,
        to_on=to_on,
    )


def _dose(form: PlanForm) -> Dose | None:
    given = {name: value for name in Dose.model_fields if (value := form[name].data) is not None}
    if not given:
        return None
    try:
        return Dose(**given)
    except ValidationError as error:
        found = error.errors()[0]
        where = ".".join(str(part) for part in found["loc"]).replace("_", " ")
        raise InvalidInput(dose=f"{where} {found['msg']}".strip().lower()) from None


def _edit(doing: Doing) -> str:
    row = plan_edits.apply(
        doing.session,
        doing.context,
        episode_id=doing.episode.id,
        edit=edit_of(doing.form, doing.today),
        reason=doing.reason,
        override=doing.override,
        clinician_id=doing.clinician_id,
        now=doing.now,
    )
    return row.words


def _take_back(doing: Doing) -> str:
    row = doing.session.get(PlanChange, doing.form.change_id.data or 0)
    if row is None or row.episode_id != doing.episode.id:
        raise NotFound("no such change of this patient")
    plan_edits.take_back(
        doing.session,
        doing.context,
        change_id=row.id,
        clinician_id=doing.clinician_id,
        now=doing.now,
    )
    return f"Taken back: {row.words}"


def _decide(doing: Doing) -> str:
    before = doing.episode.stage_id
    row = progression.decide(
        doing.session,
        doing.context,
        episode_id=doing.episode.id,
        decision=Decision(doing.form.kind.data),
        reason=doing.reason,
        clinician_id=doing.clinician_id,
        now=doing.now,
        to_stage=doing.form.to_stage.data or None,
        hold_until=doing.form.hold_until.data,
    )
    protocol = versions.protocol_of(doing.session, doing.context, doing.episode)
    old, new = protocol.stage(before).name, protocol.stage(row.to_stage).name
    if row.decision == Decision.HOLD:
        return f"Held in {old} until {row.hold_until:%d %b %Y}"
    return f"Stage {old} to {new}"


def _surgery_date(doing: Doing) -> str:
    row = surgery_date.apply(
        doing.session,
        doing.context,
        episode_id=doing.episode.id,
        surgery_on=_needed(doing.form.surgery_on.data, "surgery_on"),
        reason=doing.reason,
        clinician_id=doing.clinician_id,
        now=doing.now,
    )
    return row.words


def _discharge(doing: Doing) -> str:
    row = surgery_date.record_discharge(
        doing.session,
        doing.context,
        episode_id=doing.episode.id,
        discharged_on=_needed(doing.form.discharged_on.data, "discharged_on"),
        clinician_id=doing.clinician_id,
        now=doing.now,
    )
    return row.words


def _pause(doing: Doing) -> str:
    why, until = doing.form.pause_reason.data, doing.form.until.data
    if not why:
        raise InvalidInput(pause_reason="please say why")
    episodes.pause(
        doing.session,
        episode_id=doing.episode.id,
        until=until,
        actor=f"clinician:{doing.clinician_id}",
        now=doing.now,
        reason=why,
    )
    end = f"until {until:%d %b %Y}" if until else "until somebody resumes"
    return f"No reminders, check-ins or exercises {end} ({why})"


def _resume(doing: Doing) -> str:
    episodes.resume(
        doing.session,
        episode_id=doing.episode.id,
        actor=f"clinician:{doing.clinician_id}",
        now=doing.now,
    )
    return "Reminders, check-ins and exercises go on"


def _needed(found: date | None, field: str) -> date:
    if found is None:
        raise InvalidInput(**{field: "expected a date"})
    return found


ACTS: dict[str, Callable[[Doing], str]] = {
    "take_back": _take_back,
    "advance": _decide,
    "hold": _decide,
    "step_back": _decide,
    "surgery_date": _surgery_date,
    "discharge": _discharge,
    "pause": _pause,
    "resume": _resume,
}
