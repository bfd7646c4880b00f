"""The roll call: how everybody's last day ended, today so far, and the last two weeks as a picture."""

from __future__ import annotations

from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from rehab.charts import states_chart
from rehab.db import transaction
from rehab.services import roll_call
from rehab.web.access import Policy, allow_all, now, runtime

blueprint = Blueprint("roll_call", __name__, url_prefix="/roll-call")
allow_all(blueprint, Policy.CLINICIAN)


@blueprint.get("")
def index() -> ResponseReturnValue:
    """Counts that must add up, and who needs a look."""
    with transaction() as session:
        found = roll_call.call(session, runtime().context, now=now())
        days = roll_call.picture(session, runtime().context, now=now())
    return render_template("roll_call.html", found=found, days=days, states=_states())


@blueprint.get("/days.svg")
def picture() -> ResponseReturnValue:
    """The last 14 dates."""
    with transaction() as session:
        days = roll_call.picture(session, runtime().context, now=now())
    svg = states_chart(days, _states(), _("How patients' days ended"))
    return Response(svg, mimetype="image/svg+xml")


def _states() -> dict[str, str]:
    return {
        "answered": _("answered"),
        "excused": _("excused"),
        "unreachable": _("unreachable"),
        "overdue": _("overdue"),
        "escalated": _("escalated"),
    }
