"""Who answers for a patient: adding somebody with a link that is shown once, and ending it."""

from __future__ import annotations

from dataclasses import dataclass

import segno
from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length

from rehab.db import transaction
from rehab.errors import InvalidInput
from rehab.flows import caregiver as flow
from rehab.models import Caregiver, ChatState
from rehab.services import caregivers, enrolment
from rehab.services.caregivers import LONGEST_NAME, RELATIONS
from rehab.services.overview.patient import latest_episode
from rehab.web.access import Policy, allow_all, me, now, runtime
from rehab.web.forms import EmptyForm, Form, squeezed
from rehab.web.shown import language_name

blueprint = Blueprint("caregivers", __name__, url_prefix="/patients/<int:patient_id>/caregivers")
allow_all(blueprint, Policy.PATIENT_TEAM)


class CaregiverForm(Form):
    """Somebody who may answer, once the patient agrees."""

    name = StringField(
        _l("Name"),
        validators=[InputRequired(), Length(max=LONGEST_NAME)],
        filters=[squeezed],
    )
    relation = SelectField(
        _l("Relation"), choices=[SelectChoice(one, _l(one.capitalize())) for one in RELATIONS]
    )
    language = SelectField(_l("Language"))


@dataclass(frozen=True)
class Shown:
    """A caregiver in a list. `state`: asked, invited, active, blocked or dead."""

    id: int
    name: str
    relation: str
    state: str


@blueprint.get("")
def index(patient_id: int) -> ResponseReturnValue:
    """Who may answer, and the form to add somebody."""
    return _page(patient_id, _form())


@blueprint.post("")
def add(patient_id: int) -> ResponseReturnValue:
    """Ask the patient in the chat, and show the link once."""
    form = _form()
    try:
        if not form.validate():
            return _page(patient_id, form), 422
        with transaction() as session:
            made, token = caregivers.add(
                session,
                runtime().context,
                patient_id=patient_id,
                name=form.name.data or "",
                relation=form.relation.data,
                language=form.language.data,
                actor=me().actor,
                now=now(),
            )
            flow.ask_consent(session, runtime().context, caregiver=made, now=now())
            link = enrolment.invite_link(session, runtime().context, token)
    except InvalidInput as error:
        form.show(error)
        return _page(patient_id, form), 422
    return _page(patient_id, _form(empty=True), link=link), 201


@blueprint.post("/<int:caregiver_id>/end")
def end(patient_id: int, caregiver_id: int) -> ResponseReturnValue:
    """Nothing more goes to that chat."""
    if not EmptyForm().validate_on_submit():
        raise InvalidInput(form=_("Please try again from the patient's page."))
    with transaction() as session:
        flow.end(
            session,
            runtime().context,
            caregiver=caregivers.one_of(session, patient_id=patient_id, caregiver_id=caregiver_id),
            actor=me().actor,
            cause=f"caregiver_end:{caregiver_id}",
            now=now(),
        )
    flash(_("Ended. That chat gets nothing more."), "success")
    return redirect(url_for("caregivers.index", patient_id=patient_id), 303)


def _form(*, empty: bool = False) -> CaregiverForm:
    form = CaregiverForm(formdata=None) if empty else CaregiverForm()
    languages = runtime().context.config.clinic.languages
    form.language.choices = [SelectChoice(code, language_name(code)) for code in languages]
    return form


def _page(patient_id: int, form: CaregiverForm, *, link: str = "") -> str:
    with transaction() as session:
        patient = latest_episode(session, patient_id).patient
        people = [_shown(one) for one in caregivers.of_patient(session, patient_id)]
        name, code, has_chat = patient.name, patient.code, patient.chat is not None
    return render_template(
        "caregivers.html",
        patient_id=patient_id,
        name=name,
        code=code,
        has_chat=has_chat,
        people=people,
        form=form,
        link=link,
        qr=segno.make(link, error="m").svg_data_uri(scale=5, border=2) if link else "",
        hours=runtime().context.config.enrolment.invite_hours,
        empty_form=EmptyForm(),
    )


def _shown(one: Caregiver) -> Shown:
    if one.consented_at is None:
        state = "asked"
    elif one.chat_id is None:
        state = "invited"
    else:
        state = ChatState(one.state).value
    return Shown(one.id, one.name, one.relation, state)
