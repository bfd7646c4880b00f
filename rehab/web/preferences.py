"""A surgeon's own defaults for a procedure; everybody else reads them."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from rehab.db import transaction
from rehab.errors import InvalidInput, NotAllowed
from rehab.services import preferences
from rehab.services.overview import library, surgeons
from rehab.web.access import Policy, allow_all, me, now, runtime
from rehab.web.forms import EmptyForm

blueprint = Blueprint("preferences", __name__, url_prefix="/preferences")
allow_all(blueprint, Policy.CLINICIAN)
DAY, OFF = "day-", "off-"
"""Form fields: `day-<precaution>` is its last day, `off-<precaution>` switches it off."""


@blueprint.get("")
def index() -> ResponseReturnValue:
    """One's own preferences for one procedure, and those of every surgeon."""
    return _page({})


@blueprint.post("")
def save() -> ResponseReturnValue:
    """Keep one's own preferences for one procedure. New patients get them; running plans do not."""
    if not EmptyForm().validate_on_submit():
        return _page({"form": _("Please try again.")}), 422
    try:
        wanted = _wanted()
        with transaction() as session:
            if not surgeons.is_surgeon(session, me().id):
                raise NotAllowed("preferences are the surgeon's own")
            preferences.set(
                session,
                runtime().context,
                clinician_id=me().id,
                procedure=_procedure(),
                variant=request.form.get("variant") or None,
                precautions=wanted,
                actor_id=me().id,
                now=now(),
            )
    except InvalidInput as error:
        return _page(error.fields), 422
    flash(_("Kept. New patients of yours begin with it."), "success")
    return redirect(url_for("preferences.index", procedure=_procedure()), 303)


def _procedure() -> str:
    known = library.procedures(runtime().context.content)
    asked = request.values.get("procedure", "")
    return asked if asked in known else known[0]


def _wanted() -> dict[str, int | None]:
    """What was filled in. An empty day means: as the protocol says."""
    found: dict[str, int | None] = {}
    for name, raw in request.form.items():
        if name.startswith(DAY) and raw.strip():
            try:
                found[name.removeprefix(DAY)] = int(raw)
            except ValueError:
                raise InvalidInput(precautions=_("Days are whole numbers.")) from None
    off = [name.removeprefix(OFF) for name in request.form if name.startswith(OFF)]
    return found | dict.fromkeys(off)


def _page(problems: dict[str, str]) -> str:
    context = runtime().context
    with transaction() as session:
        view = None
        if surgeons.is_surgeon(session, me().id):
            view = surgeons.wish_view(
                session, context, clinician_id=me().id, procedure=_procedure()
            )
        kept = surgeons.wishes(session, context)
    return render_template(
        "preferences.html",
        view=view,
        wishes=kept,
        procedures=library.procedures(context.content),
        problems=problems,
        empty_form=EmptyForm(),
    )
