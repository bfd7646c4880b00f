"""One patient's plan: look at a date, change something (seen first, then confirmed), enter facts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from rehab.clinical import timetable
from rehab.db import transaction
from rehab.errors import InvalidInput, NotFound, WrongState
from rehab.models import Measurement
from rehab.services import audit, measurements
from rehab.services.overview.patient import latest_episode
from rehab.services.overview.plan import plan_view
from rehab.web.access import Policy, allow_all, me, now, runtime
from rehab.web.forms import EmptyForm, Form
from rehab.web.plan_acts import Doing, carry_out
from rehab.web.plan_forms import (
    KINDS,
    WITHOUT_REASON,
    CriterionForm,
    MeasurementErrorForm,
    MeasurementForm,
    PlanForm,
)
from rehab.web.rehearsal import Rehearsal, rehearse, undone

blueprint = Blueprint("plan", __name__, url_prefix="/patients/<int:patient_id>/plan")
allow_all(blueprint, Policy.PATIENT_TEAM)
YES_NO = {"yes": True, "no": False}


@blueprint.get("")
def show(patient_id: int) -> ResponseReturnValue:
    """The plan page, with the exercises of today or of the date `on`."""
    return _page(patient_id)


@blueprint.get("/preview")
def preview(patient_id: int) -> ResponseReturnValue:
    """What a change would do, and what the patient would read. Nothing is kept."""
    if "kind" not in request.args:
        return redirect(url_for("plan.show", patient_id=patient_id))
    form = PlanForm(request.args, meta={"csrf": False})
    return _preview(patient_id, form, request.args.to_dict(), {})


@blueprint.post("/apply")
def apply(patient_id: int) -> ResponseReturnValue:
    """Make the change that was seen in the preview."""
    form = PlanForm()
    if not form.validate_on_submit():
        return _preview(patient_id, form, request.form.to_dict(), {})
    try:
        with transaction() as session:
            words = carry_out(_doing(session, patient_id, form, is_confirmed=True))
    except InvalidInput as error:
        return _preview(patient_id, form, request.form.to_dict(), error.fields)
    flash(_("Done: %(words)s", words=words), "success")
    return _back(patient_id)


@blueprint.post("/measurement")
def measure(patient_id: int) -> ResponseReturnValue:
    """Keep a measured value."""
    form = MeasurementForm()
    if not form.validate_on_submit():
        return _page(patient_id, _reasons(form)), 422
    try:
        with transaction() as session:
            measurements.record(
                session,
                runtime().context,
                episode_id=latest_episode(session, patient_id).id,
                measure=form.measure.data or "",
                value=_value(form.value.data or ""),
                effective_on=form.effective_on.data,
                clinician_id=me().id,
                now=now(),
            )
    except InvalidInput as error:
        return _page(patient_id, error.fields), 422
    flash(_("Kept. The criteria were looked at again."), "success")
    return _back(patient_id, "stage")


@blueprint.post("/measurement/error")
def take_measurement_back(patient_id: int) -> ResponseReturnValue:
    """Mark a measurement as entered in error; the row stays."""
    form = MeasurementErrorForm()
    if not form.validate_on_submit():
        return _page(patient_id, _reasons(form)), 422
    with transaction() as session:
        row = session.get(Measurement, form.measurement_id.data)
        if row is None or row.episode_id != latest_episode(session, patient_id).id:
            raise NotFound("no such measurement of this patient")
        measurements.correct(
            session,
            runtime().context,
            measurement_id=row.id,
            value=None,
            clinician_id=me().id,
            now=now(),
        )
    flash(_("Marked as entered in error."), "success")
    return _back(patient_id, "stage")


@blueprint.post("/criterion")
def confirm(patient_id: int) -> ResponseReturnValue:
    """Say whether a criterion that a clinician decides is met."""
    form = CriterionForm()
    if not form.validate_on_submit():
        return _page(patient_id, _reasons(form)), 422
    try:
        with transaction() as session:
            measurements.confirm_criterion(
                session,
                runtime().context,
                episode_id=latest_episode(session, patient_id).id,
                stage_id=form.stage_id.data or "",
                criterion_id=form.criterion_id.data or "",
                is_met=YES_NO[form.is_met.data],
                clinician_id=me().id,
                now=now(),
            )
    except InvalidInput as error:
        return _page(patient_id, error.fields), 422
    flash(_("Kept, with your name and today's date."), "success")
    return _back(patient_id, "stage")


def _page(patient_id: int, problems: Mapping[str, str] | None = None) -> str:
    with transaction() as session:
        view = plan_view(
            session, runtime().context, patient_id=patient_id, on=_asked_date(), now=now()
        )
        audit.record(
            session,
            actor=me().actor,
            action="patient.viewed",
            subject=f"patient:{patient_id}",
            patient_id=patient_id,
            now=now(),
            detail="plan",
        )
    return render_template("plan.html", view=view, problems=problems or {}, empty_form=EmptyForm())


def _preview(
    patient_id: int, form: PlanForm, sent: dict[str, str], refused: Mapping[str, str]
) -> ResponseReturnValue:
    is_sent = request.method == "POST"
    is_readable = not form.errors if is_sent else form.validate()
    seen, problems = None, _reasons(form)
    with undone() as session:
        episode = latest_episode(session, patient_id)
        who = {"name": episode.patient.name, "code": episode.patient.code}
        language = episode.patient.language
        if is_readable:
            seen, problems = _rehearsed(session, patient_id, form)
        page = _shown(patient_id, form, sent, seen, {**problems, **refused}, who, language)
    return page, 422 if is_sent or problems else 200


def _rehearsed(
    session: Session, patient_id: int, form: PlanForm
) -> tuple[Rehearsal | None, dict[str, str]]:
    try:
        seen = rehearse(_doing(session, patient_id, form, is_confirmed=False))
    except InvalidInput as error:
        return None, dict(error.fields)
    except WrongState as error:
        return None, {"kind": str(error)}
    return seen, dict(seen.problems)


def _shown(
    patient_id: int,
    form: PlanForm,
    sent: dict[str, str],
    seen: Rehearsal | None,
    problems: Mapping[str, str],
    who: Mapping[str, str],
    language: str,
) -> str:
    asked = {} if seen is None else dict(seen.asks)
    return render_template(
        "plan_preview.html",
        patient_id=patient_id,
        patient=who,
        language=language,
        title=KINDS.get(form.kind.data, _("Change the plan")),
        form=form,
        kept=form.kept(sent),
        seen=seen,
        asks=asked,
        keeps_reason=form.kind.data not in WITHOUT_REASON,
        # What is asked for stands at its field, and nowhere twice.
        problems={key: value for key, value in problems.items() if key not in asked},
        missing={key for key in problems if key in asked},
    )


def _doing(session: Session, patient_id: int, form: PlanForm, *, is_confirmed: bool) -> Doing:
    episode = latest_episode(session, patient_id)
    return Doing(
        session=session,
        context=runtime().context,
        episode=episode,
        form=form,
        today=timetable.local_date(now(), episode.patient.timezone),
        clinician_id=me().id,
        now=now(),
        reason=(form.reason.data or "") if is_confirmed else "",
        override=bool(form.override.data) and is_confirmed,
    )


def _asked_date() -> date | None:
    try:
        return date.fromisoformat(request.args.get("on", ""))
    except ValueError:
        return None


def _value(raw: str) -> float | bool:
    if raw.casefold() in YES_NO:
        return YES_NO[raw.casefold()]
    try:
        return float(raw.replace(",", "."))
    except ValueError:
        raise InvalidInput(value=_("expected a number, or yes or no")) from None


def _reasons(form: Form) -> dict[str, str]:
    found: dict[str, Any] = form.errors
    return {name: " ".join(str(one) for one in reasons) for name, reasons in found.items()}


def _back(patient_id: int, part: str = "") -> ResponseReturnValue:
    return redirect(url_for("plan.show", patient_id=patient_id, _anchor=part or None), 303)
