"""Enrolment at the desk: the form, then a link and a sheet that are shown once."""

from __future__ import annotations

import tomllib
from datetime import timedelta
from functools import cache
from pathlib import Path

import segno
from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms.fields import SelectChoice

from rehab.clinical import timetable
from rehab.db import transaction
from rehab.errors import InvalidInput
from rehab.services import enrolment
from rehab.services.enrolment import NewPatient
from rehab.services.overview.patient import patient_view
from rehab.services.overview.patient_values import PatientView
from rehab.services.overview.people_lists import clinical_staff, refusals
from rehab.web.access import Policy, allow, me, now, runtime
from rehab.web.forms import EmptyForm, EnrolForm
from rehab.web.shown import language_name

blueprint = Blueprint("enrol", __name__, url_prefix="/patients")
SHEETS = Path(__file__).parent / "sheets.toml"


@blueprint.route("/new", methods=["GET", "POST"])
@allow(Policy.CLINICIAN)
def new() -> ResponseReturnValue:
    """Add a patient; the answer to the form is the invite itself."""
    form = _form()
    if not form.is_submitted():
        return render_template("enrol.html", form=form)
    try:
        if not form.validate():
            return render_template("enrol.html", form=form), 422
        with transaction() as session:
            added = enrolment.add_patient(
                session, runtime().context, new=_read(form), actor=me().actor, now=now()
            )
    except InvalidInput as error:
        if "procedure" in error.fields:
            error.fields["protocol"] = error.fields.pop("procedure")
        form.show(error)
        return render_template("enrol.html", form=form), 422
    return _invite_page(added.patient_id, added.token), 201


@blueprint.get("/<int:patient_id>/invite")
@allow(Policy.PATIENT_TEAM)
def invite(patient_id: int) -> ResponseReturnValue:
    """Where the invite stands. Its link cannot be shown again: only a digest is stored."""
    return _invite_page(patient_id, None)


@blueprint.post("/<int:patient_id>/invite")
@allow(Policy.PATIENT_TEAM)
def renew(patient_id: int) -> ResponseReturnValue:
    """Make a new link, which ends the earlier one, and show it."""
    with transaction() as session:
        view = patient_view(session, runtime().context, patient_id=patient_id, now=now())
        token = enrolment.new_invite(
            session, runtime().context, patient_id=patient_id, actor=me().actor, now=now()
        )
    if view.chat_state != "none":
        flash(_("This patient already has a chat. A new link moves it to another phone."), "info")
    return _invite_page(patient_id, token), 201


@blueprint.get("/refusals")
@allow(Policy.CLINICIAN)
def refused() -> ResponseReturnValue:
    """Invite links that were refused, and why."""
    with transaction() as session:
        found = refusals(session, runtime().context, clinician_id=me().id, now=now())
    return render_template("refusals.html", refusals=found)


@blueprint.get("/")
@allow(Policy.CLINICIAN)
def index() -> ResponseReturnValue:
    """All patients are on the worklist."""
    return redirect(url_for("home.index"))


def _invite_page(patient_id: int, token: str | None) -> str:
    context = runtime().context
    with transaction() as session:
        view = patient_view(session, context, patient_id=patient_id, now=now())
        link = enrolment.invite_link(session, context, token) if token else ""
    return render_template(
        "invite.html",
        view=view,
        token=token,
        link=link,
        qr=segno.make(link, error="m").svg_data_uri(scale=6, border=2) if link else "",
        sheet=_sheet(view),
        hours=context.config.enrolment.invite_hours,
        expires=now() + timedelta(hours=context.config.enrolment.invite_hours),
        empty_form=EmptyForm(),
    )


def _sheet(view: PatientView) -> dict[str, str]:
    """The printed sheet's sentences in the patient's language."""
    clinic = runtime().context.config.clinic
    texts = _sheets().get(view.language) or _sheets()["en"]
    values = {
        "clinic": clinic.name,
        "phone": clinic.phone,
        "number": clinic.emergency_number,
        "hours": str(runtime().context.config.enrolment.invite_hours),
        "name": view.name,
    }
    return {key: text.format_map(values) for key, text in texts.items()}


@cache
def _sheets() -> dict[str, dict[str, str]]:
    return tomllib.loads(SHEETS.read_text(encoding="utf-8"))


def _form() -> EnrolForm:
    context = runtime().context
    clinic = context.config.clinic
    form = EnrolForm()
    form.protocol.choices = [
        SelectChoice(f"{one.procedure}/{one.variant}", one.title)
        for one in sorted(
            context.content.protocols.values(), key=lambda one: one.variant != "standard"
        )
    ]
    form.language.choices = [SelectChoice(code, language_name(code)) for code in clinic.languages]
    with transaction() as session:
        form.clinician.choices = [
            SelectChoice(one.id, one.name) for one in clinical_staff(session)
        ]
    if not form.is_submitted():
        form.timezone.data = clinic.timezone
        form.clinician.data = me().id
        form.surgery_on.data = timetable.local_date(now(), clinic.timezone)
    return form


def _read(form: EnrolForm) -> NewPatient:
    procedure, _slash, variant = form.protocol.data.partition("/")
    return NewPatient(
        name=form.name.data or "",
        procedure=procedure,
        variant=variant,
        side=form.side.data,
        surgery_on=form.surgery_on.data,
        timezone=form.timezone.data or "",
        language=form.language.data,
        birth_year=form.birth_year.data or 0,
        phone=form.phone.data or None,
        clinician_id=form.clinician.data,
        is_synthetic=runtime().settings.is_demo,
    )
