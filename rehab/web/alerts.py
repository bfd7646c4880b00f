"""All alerts a clinician may see, each with its story."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from rehab.db import transaction
from rehab.services.overview import stories
from rehab.web.access import Policy, allow, me, now, runtime
from rehab.web.forms import EmptyForm

blueprint = Blueprint("alerts", __name__)


@blueprint.get("/alerts")
@allow(Policy.CLINICIAN)
def index() -> ResponseReturnValue:
    """Open, acknowledged, resolved."""
    with transaction() as session:
        board = stories.board(session, runtime().context, clinician_id=me().id, now=now())
    return render_template("alerts.html", board=board, empty_form=EmptyForm())
