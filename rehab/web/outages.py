"""Times in which the bot did not hear: whose words may be lost, to be gone through by a clinician."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from rehab.db import transaction
from rehab.services import outages
from rehab.web.access import Policy, allow, me, now, runtime
from rehab.web.forms import EmptyForm

blueprint = Blueprint("outages", __name__, url_prefix="/outages")


@blueprint.get("/<int:outage_id>")
@allow(Policy.CLINICIAN)
def one(outage_id: int) -> ResponseReturnValue:
    """One outage and the patients it concerns."""
    moment = now()
    with transaction() as session:
        found = outages.view(
            session,
            runtime().context,
            outage_id=outage_id,
            clinician_id=me().id,
            now=moment,
        )
    if found is None:
        flash(_("There is no such outage."), "info")
        return redirect(url_for("home.index"))
    return render_template("outage.html", outage=found, empty_form=EmptyForm())


@blueprint.post("/<int:outage_id>/seen")
@allow(Policy.CLINICIAN)
def seen(outage_id: int) -> ResponseReturnValue:
    """A clinician has gone through the list."""
    moment = now()
    with transaction() as session:
        outages.mark_seen(session, outage_id=outage_id, clinician_id=me().id, now=moment)
    flash(_("Noted: you have gone through the list."), "success")
    return redirect(url_for("outages.one", outage_id=outage_id), 303)
