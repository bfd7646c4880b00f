"""The check-in on the phone: staff read the questions out and fill in what they hear."""

from __future__ import annotations

import secrets

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from rehab.db import transaction
from rehab.errors import InvalidInput
from rehab.services import phone_check_in
from rehab.services.overview.patient import latest_episode
from rehab.web.access import Policy, allow_all, me, now, runtime
from rehab.web.forms import EmptyForm

blueprint = Blueprint(
    "phone_check_in", __name__, url_prefix="/patients/<int:patient_id>/phone-check-in"
)
allow_all(blueprint, Policy.PATIENT_TEAM)
ANSWER, SIGN, FORM_ID = "q-", "sign", "form_id"
LONGEST_FORM_ID = 64


@blueprint.get("")
def show(patient_id: int) -> ResponseReturnValue:
    """What to read aloud first, then the questions that are open today."""
    return _page(patient_id, {})


@blueprint.post("")
def record(patient_id: int) -> ResponseReturnValue:
    """All answers in one transaction; one that cannot be read sends the form back whole."""
    if not EmptyForm().validate_on_submit():
        raise InvalidInput(form=_("Please try again from the patient's page."))
    given, signs = _given(), request.form.getlist(SIGN)
    if not given and not signs:
        flash(_("Nothing was filled in."), "warning")
        return _page(patient_id, {}), 422
    try:
        with transaction() as session:
            phone_check_in.record(
                session,
                runtime().context,
                episode=latest_episode(session, patient_id),
                given=given,
                signs=signs,
                form_id=(request.form.get(FORM_ID) or secrets.token_hex(8))[:LONGEST_FORM_ID],
                clinician_id=me().id,
                now=now(),
            )
    except InvalidInput as error:
        return _page(patient_id, error.fields), 422
    flash(_("Recorded and judged by the rules."), "success")
    return redirect(url_for("phone_check_in.show", patient_id=patient_id), 303)


def _given() -> dict[str, list[str]]:
    """Question ids to what was chosen or typed; a typed number stands before a tick."""
    found: dict[str, list[str]] = {}
    for name in request.form:
        if not name.startswith(ANSWER):
            continue
        key = name.removeprefix(ANSWER)
        values = [one.strip() for one in request.form.getlist(name) if one.strip()]
        if key.endswith(":typed"):
            key = key.removesuffix(":typed")
            found[key] = values or found.get(key, [])
        elif (
            f"{ANSWER}{key}:typed" not in request.form or not request.form[f"{ANSWER}{key}:typed"]
        ):
            found[key] = values
    return {key: values for key, values in found.items() if values}


def _page(patient_id: int, problems: dict[str, str]) -> str:
    context = runtime().context
    with transaction() as session:
        episode = latest_episode(session, patient_id)
        found = phone_check_in.form(session, context, episode=episode, now=now())
        name, code, phone = (
            episode.patient.name,
            episode.patient.code,
            episode.patient.phone,
        )
    return render_template(
        "phone_check_in.html",
        patient_id=patient_id,
        name=name,
        code=code,
        patient_phone=phone,
        found=found,
        problems=problems,
        said=request.form,
        form_id=request.form.get(FORM_ID) or secrets.token_hex(8),
        empty_form=EmptyForm(),
    )
