"""Who is on call, and handing over."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms.fields import SelectChoice

from rehab.db import transaction
from rehab.services import on_call
from rehab.services.overview.people_lists import clinical_staff, shifts
from rehab.web.access import Policy, allow, me, now
from rehab.web.forms import OnCallForm

blueprint = Blueprint("on_call", __name__)


@blueprint.route("/on-call", methods=["GET", "POST"])
@allow(Policy.STAFF)
def index() -> ResponseReturnValue:
    """Who is on call now; put somebody on call."""
    form = OnCallForm()
    with transaction() as session:
        members = clinical_staff(session)
        duty = {clinician.id for clinician in on_call.on_call_now(session, now=now())}
        listed = shifts(session)
    form.clinician.choices = [SelectChoice(member.id, member.name) for member in members]
    if form.validate_on_submit():
        return _hand_over(form.clinician.data)
    if not form.is_submitted():
        form.clinician.data = me().id
    page = render_template(
        "on_call.html",
        form=form,
        duty=[member for member in members if member.id in duty],
        shifts=listed,
    )
    return page, 422 if form.is_submitted() else 200


def _hand_over(clinician_id: int) -> ResponseReturnValue:
    with transaction() as session:
        on_call.put_on_call(session, clinician_id=clinician_id, now=now(), actor=me().actor)
    flash(_("Handed over."), "success")
    return redirect(url_for("on_call.index"), 303)
