"""Writing the rota down: weekly shifts, leave, holidays, overrides, swaps and accepted hand-overs.

Administrators make the pattern and the holidays; clinicians take their own leave, overrides and swaps.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms import SelectField

from rehab.clinical import timetable
from rehab.db import transaction
from rehab.errors import InvalidInput, NotAllowed
from rehab.models import ClinicianLeave
from rehab.services import handover, rota, swaps
from rehab.web.access import Policy, allow, me, now, runtime
from rehab.web.forms import Form
from rehab.web.rota_forms import HolidayForm, LeaveForm, OverrideForm, PatternForm, SwapForm

blueprint = Blueprint("rota", __name__, url_prefix="/on-call")


@blueprint.post("/pattern")
@allow(Policy.ADMINISTRATOR)
def add_pattern() -> ResponseReturnValue:
    """A weekly shift."""
    form = _filled(PatternForm())
    with transaction() as session:
        rota.add_pattern(
            session,
            runtime().context,
            clinician_id=form["clinician"].data,
            weekday=form["weekday"].data,
            from_time=form["from_time"].data,
            until_time=form["until_time"].data,
            from_on=form["from_on"].data,
            actor=me().actor,
            now=now(),
        )
    return _back()


@blueprint.post("/pattern/<int:pattern_id>/end")
@allow(Policy.ADMINISTRATOR)
def end_pattern(pattern_id: int) -> ResponseReturnValue:
    """No further shift of it begins after today."""
    today = rota.local_day(runtime().context, now())
    with transaction() as session:
        rota.end_pattern(
            session, pattern_id=pattern_id, last_on=today, actor=me().actor, now=now()
        )
    return _back()


@blueprint.post("/leave")
@allow(Policy.STAFF)
def add_leave() -> ResponseReturnValue:
    """One's own leave, or anybody's by an administrator."""
    form = _filled(LeaveForm())
    _own_or_administrator(form["clinician"].data)
    with transaction() as session:
        rota.add_leave(
            session,
            clinician_id=form["clinician"].data,
            from_on=form["from_on"].data,
            until_on=form["until_on"].data,
            reason=form["reason"].data or "",
            actor=me().actor,
            now=now(),
        )
    return _back()


@blueprint.post("/leave/<int:leave_id>/remove")
@allow(Policy.STAFF)
def remove_leave(leave_id: int) -> ResponseReturnValue:
    """The leave does not take place."""
    with transaction() as session:
        row = session.get(ClinicianLeave, leave_id)
        if row is not None:
            _own_or_administrator(row.clinician_id)
        rota.remove_leave(session, leave_id=leave_id, actor=me().actor, now=now())
    return _back()


@blueprint.post("/holidays")
@allow(Policy.ADMINISTRATOR)
def add_holiday() -> ResponseReturnValue:
    """A date on which staff do not read answers."""
    form = _filled(HolidayForm())
    with transaction() as session:
        rota.add_holiday(
            session, on=form["on"].data, name=form["name"].data, actor=me().actor, now=now()
        )
    return _back()


@blueprint.post("/holidays/remove")
@allow(Policy.ADMINISTRATOR)
def remove_holiday() -> ResponseReturnValue:
    """Staff read on this date after all."""
    try:
        on = datetime.strptime(request.form.get("on", ""), "%Y-%m-%d").date()  # noqa: DTZ007
    except ValueError:
        raise InvalidInput(on=_("Expected a date.")) from None
    with transaction() as session:
        rota.remove_holiday(session, on=on, actor=me().actor, now=now())
    return _back()


@blueprint.post("/override")
@allow(Policy.STAFF)
def add_override() -> ResponseReturnValue:
    """Take a stretch oneself; an administrator may name anybody."""
    form = _filled(OverrideForm())
    _own_or_administrator(form["clinician"].data)
    with transaction() as session:
        rota.add_override(
            session,
            clinician_id=form["clinician"].data,
            starts_at=_instant(form["starts_at"].data),
            ends_at=_instant(form["ends_at"].data),
            instead_of_id=form["instead_of"].data or None,
            actor=me().actor,
            now=now(),
        )
    return _back()


@blueprint.post("/swaps")
@allow(Policy.CLINICIAN)
def propose_swap() -> ResponseReturnValue:
    """Ask a colleague to take one of my shifts."""
    form = _filled(SwapForm())
    starts_at, _bar, ends_at = form["shift"].data.partition("|")
    with transaction() as session:
        swaps.propose(
            session,
            runtime().context,
            giver_id=me().id,
            taker_id=form["taker"].data,
            starts_at=datetime.fromisoformat(starts_at),
            ends_at=datetime.fromisoformat(ends_at),
            now=now(),
        )
    return _back(_("Asked. Until it is accepted you have the shift."))


@blueprint.post("/swaps/<int:swap_id>/<any(accept, decline, withdraw):what>")
@allow(Policy.CLINICIAN)
def answer_swap(swap_id: int, what: str) -> ResponseReturnValue:
    """The asked colleague answers, or the giver takes the question back."""
    with transaction() as session:
        if what == "withdraw":
            swaps.withdraw(session, swap_id=swap_id, clinician_id=me().id, now=now())
        else:
            swaps.decide(
                session,
                runtime().context,
                swap_id=swap_id,
                clinician_id=me().id,
                accept=what == "accept",
                now=now(),
            )
    return _back()


@blueprint.post("/handovers/<int:handover_id>/accept")
@allow(Policy.CLINICIAN)
def accept_handover(handover_id: int) -> ResponseReturnValue:
    """Take the duty over."""
    with transaction() as session:
        handover.accept(
            session, runtime().context, handover_id=handover_id, clinician_id=me().id, now=now()
        )
    return _back(_("You have accepted the hand-over."))


def _filled(form: Form) -> Form:
    """The form as it was sent. The services check who may be named. Raises InvalidInput."""
    for field in form:
        if isinstance(field, SelectField):
            field.validate_choice = False
    if not form.validate_on_submit():
        raise InvalidInput(**{name: str(errors[0]) for name, errors in form.errors.items()})
    return form


def _own_or_administrator(clinician_id: int) -> None:
    if not me().is_administrator and clinician_id != me().id:
        raise NotAllowed("only an administrator does this for somebody else")


def _instant(local: datetime) -> datetime:
    zone = runtime().context.config.clinic.timezone
    return timetable.due_at(local.date(), local.time(), zone)


def _back(said: str = "") -> ResponseReturnValue:
    """To the page, with a warning when hours of the coming days have nobody."""
    flash(said or _("Saved."), "success")
    with transaction() as session:
        gaps = rota.gaps_ahead(session, runtime().context, now=now())
    hours = sum((one.ends_at - one.starts_at for one in gaps), start=timedelta())
    if gaps:
        flash(
            _(
                "Nobody is on call for %(hours)s h of the coming days.",
                hours=f"{hours / timedelta(hours=1):g}",
            ),
            "danger",
        )
    return redirect(url_for("on_call.index"), 303)
