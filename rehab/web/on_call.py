"""Who is on call now and when; everything that may be written down about it is next door."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from wtforms.fields import SelectChoice

from rehab.db import transaction
from rehab.services import on_call, rota
from rehab.services.overview import rota_week
from rehab.services.overview.people_lists import Member, clinical_staff
from rehab.web.access import Policy, allow, me, now, runtime
from rehab.web.forms import EmptyForm, Form, OnCallForm
from rehab.web.rota_forms import (
    WEEKDAYS,
    HolidayForm,
    LeaveForm,
    OverrideForm,
    PatternForm,
    SwapForm,
)

blueprint = Blueprint("on_call", __name__)


@blueprint.route("/on-call", methods=["GET", "POST"])
@allow(Policy.STAFF)
def index() -> ResponseReturnValue:
    """The week, and who is on call now; put somebody on call."""
    form = OnCallForm()
    with transaction() as session:
        members = clinical_staff(session)
        on_duty = [one.id for one in on_call.on_call_now(session, now=now())]
        found = _found(session)
        session.expunge_all()
    form.clinician.choices = _choices(members)
    if form.validate_on_submit():
        return _put_on_call(form.clinician.data)
    if not form.is_submitted():
        form.clinician.data = me().id
    page = render_template(
        "on_call.html",
        form=form,
        duty=[one for member_id in on_duty for one in members if one.id == member_id],
        forms=_forms(members, found["mine"]),
        empty_form=EmptyForm(),
        weekdays=WEEKDAYS,
        **found,
    )
    return page, 422 if form.is_submitted() else 200


def _found(session: Session) -> dict[str, Any]:
    context = runtime().context
    first = _first_day()
    return {
        "week": rota_week.week(session, context, first=first, now=now()),
        "before": first - timedelta(days=7),
        "after": first + timedelta(days=7),
        "gaps": rota.gaps_ahead(session, context, now=now()),
        "patterns": rota_week.patterns(session, context, now=now()),
        "leave": rota_week.leave(session, context, now=now()),
        "holidays": rota_week.holidays(session, context, now=now()),
        "swaps": rota_week.asked_swaps(session, context, now=now()),
        "handovers": rota_week.waiting_handovers(session),
        "mine": rota_week.my_shifts(session, context, clinician_id=me().id, now=now()),
    }


def _first_day() -> date:
    """The first date of the week that is shown; today's unless another one is asked for."""
    try:
        return date.fromisoformat(request.args.get("week", ""))
    except ValueError:
        return rota.local_day(runtime().context, now())


def _forms(members: Sequence[Member], mine: Sequence[rota_week.ShiftOfMine]) -> dict[str, Form]:
    today = rota.local_day(runtime().context, now())
    people = _choices(members)
    forms: dict[str, Form] = {
        "pattern": PatternForm(formdata=None, from_on=today),
        "leave": LeaveForm(formdata=None, clinician=me().id),
        "holiday": HolidayForm(formdata=None),
        "override": OverrideForm(formdata=None, clinician=me().id),
        "swap": SwapForm(formdata=None),
    }
    for name in ("pattern", "leave", "override"):
        own = [one for one in people if one.value == me().id]
        allowed = people if me().is_administrator else own
        forms[name]["clinician"].choices = allowed
    forms["override"]["instead_of"].choices = [SelectChoice(0, _("nobody: beside")), *people]
    forms["swap"]["shift"].choices = [
        SelectChoice(f"{one.starts_at.isoformat()}|{one.ends_at.isoformat()}", one.when)
        for one in mine
    ]
    forms["swap"]["taker"].choices = [one for one in people if one.value != me().id]
    for name, form in forms.items():
        for field in form:
            field.id = f"{name}-{field.name}"
            field.label.field_id = field.id
    return forms


def _choices(members: Sequence[Member]) -> list[SelectChoice]:
    return [SelectChoice(member.id, member.name) for member in members]


def _put_on_call(clinician_id: int) -> ResponseReturnValue:
    with transaction() as session:
        on_call.put_on_call(session, clinician_id=clinician_id, now=now(), actor=me().actor)
    if clinician_id == me().id:
        flash(_("You are on call now."), "success")
    else:
        flash(_("Handed over. Until it is accepted, both are paged."), "success")
    return redirect(url_for("on_call.index"), 303)
