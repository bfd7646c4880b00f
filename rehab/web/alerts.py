"""All alerts a clinician may see, each with its story."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from exercises.schema import Tier
from rehab.db import transaction
from rehab.services.overview import stories
from rehab.services.rule_replay import ALERTING
from rehab.web.access import Policy, allow, me, now, runtime
from rehab.web.forms import EmptyForm, ResolveForm

blueprint = Blueprint("alerts", __name__)
STATES = ("open", "acknowledged", "resolved")
LONGEST_SEARCH = 100


@blueprint.get("/alerts")
@allow(Policy.CLINICIAN)
def index() -> ResponseReturnValue:
    """Open, acknowledged, resolved; less when a filter says so."""
    state = _one_of(STATES, "state")
    tier = _one_of([one.value for one in ALERTING], "tier")
    search = request.args.get("q", "")[:LONGEST_SEARCH]
    with transaction() as session:
        board = stories.board(
            session,
            runtime().context,
            clinician_id=me().id,
            now=now(),
            tier=tier,
            search=search,
        )
    return render_template(
        "alerts.html",
        board=board,
        states=STATES,
        tiers=[Tier(one) for one in ALERTING],
        state=state,
        tier=tier,
        search=search,
        empty_form=EmptyForm(),
        resolve_form=ResolveForm(formdata=None),
    )


def _one_of(known: tuple[str, ...] | list[str], name: str) -> str:
    given = request.args.get(name, "")
    return given if given in known else ""
