"""The worklist: the first page of the day."""

from __future__ import annotations

from typing import TypeVar

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from rehab.db import transaction
from rehab.services import health, on_call, rota
from rehab.services.overview.worklist import Tab, Tile, worklist
from rehab.web.access import Policy, allow, me, now, runtime

Choice = TypeVar("Choice", Tab, Tile)
blueprint = Blueprint("home", __name__)
ROWS_PER_PAGE = 100
LONGEST_SEARCH = 100


@blueprint.get("/")
@allow(Policy.STAFF)
def index() -> ResponseReturnValue:
    """Where each role begins."""
    if not me().is_clinician:
        return redirect(url_for("staff.index"))
    return _worklist()


def _worklist() -> ResponseReturnValue:
    tab = _one_of(Tab, request.args.get("tab"), Tab.ACTIVE)
    tile = _one_of(Tile, request.args.get("show"), Tile.ALL)
    search = request.args.get("q", "")[:LONGEST_SEARCH]
    page = request.args.get("page", 1, type=int)
    with transaction() as session:
        found = worklist(
            session,
            runtime().context,
            clinician_id=me().id,
            now=now(),
            tab=tab,
            tile=tile,
            search=search,
        )
        report = health.report(session, now=now())
        duty = [clinician.name for clinician in on_call.on_call_now(session, now=now())]
        gaps = rota.gaps_ahead(session, runtime().context, now=now())
    start = max(page - 1, 0) * ROWS_PER_PAGE
    return render_template(
        "worklist.html",
        found=found,
        rows=found.rows[start : start + ROWS_PER_PAGE],
        pages=range(1, -(-len(found.rows) // ROWS_PER_PAGE) + 1),
        page=page,
        tab=tab,
        tile=tile,
        search=search,
        report=report,
        duty=duty,
        gaps=gaps,
        at=now(),
    )


def _one_of(kind: type[Choice], raw: str | None, default: Choice) -> Choice:
    try:
        return kind(raw or default)
    except ValueError:
        return default
