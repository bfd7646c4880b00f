"""How the rules do: a draft replayed on the last weeks, and each rule's report."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import Blueprint, render_template, request, stream_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from rehab.db import transaction
from rehab.errors import InvalidInput
from rehab.jobs import replay as replaying
from rehab.jobs.replay import Run
from rehab.models import DraftState
from rehab.services import drafts, rule_replay, rule_report
from rehab.web.access import Policy, allow, me, now, runtime
from rehab.web.forms import EmptyForm

blueprint = Blueprint("rules", __name__, url_prefix="/rules")
PERIODS = (30, 90)
"""Days."""


@blueprint.app_template_filter("span")
def span(length: timedelta | None) -> str:
    """A length of time in its largest fitting unit; unknown is a dash."""
    if length is None:
        return "–"
    minutes = round(length / timedelta(minutes=1))
    if minutes < 90:
        return str(_("%(n)d min", n=minutes))
    return str(_("%(n)s h", n=f"{length / timedelta(hours=1):.1f}"))


@blueprint.route("/replay/<int:draft_id>", methods=["GET", "POST"])
@allow(Policy.CLINICIAN)
def replay(draft_id: int) -> ResponseReturnValue:
    """Ask for a replay of a draft, and read what came of it. Whoever has read it may agree."""
    shown, problem = None, ""
    if request.method == "POST":
        try:
            shown = Shown(_begin(draft_id), clinician_id=me().id)
        except InvalidInput as error:
            problem = "; ".join(error.fields.values())
    with transaction() as session:
        draft = drafts.get(session, draft_id)
        others = [
            one
            for one in drafts.open_drafts(session)
            if one.id != draft_id and one.kind in ("rules", "questionnaires")
        ]
        page: dict[str, Any] = {
            "draft_id": draft_id,
            "name": drafts.name_of(draft),
            "is_open": draft.state == DraftState.OPEN,
            "others": [(one.id, drafts.name_of(one)) for one in others],
            "chosen": request.form.getlist("with", type=int),
            "was_seen": rule_replay.was_seen(session, draft, clinician_id=me().id),
            "periods": PERIODS,
            "days": request.form.get("days", PERIODS[-1], type=int),
            "shown": shown,
            "problem": problem,
            "form": EmptyForm(),
        }
    if shown:
        # A proxy that collects the page first would hide the progress.
        return stream_template("rule_replay.html", **page), {"X-Accel-Buffering": "no"}
    return render_template("rule_replay.html", **page), 422 if problem else 200


@dataclass(frozen=True)
class Shown:
    """A replay that is played while its page is being sent: each patient is a step on the page.

    Nothing is kept in this process; if the reader leaves, it ends, and nothing counts as seen.
    """

    run: Run
    clinician_id: int

    def steps(self) -> Iterator[tuple[int, int]]:
        """(done, all) patients."""
        return self.run.steps()

    def told(self) -> dict[str, Any]:
        """The result, which is then on the page: noted as seen for the text that was played."""
        told = self.run.report()
        with transaction() as session:
            rule_replay.note_seen(
                session,
                draft_ids=self.run.texts,
                clinician_id=self.clinician_id,
                now=now(),
                texts=self.run.texts,
            )
        return told


def _begin(draft_id: int) -> Run:
    if not EmptyForm().validate_on_submit():
        raise InvalidInput(draft=_("Please try again from this page."))
    ids = [draft_id, *request.form.getlist("with", type=int)]
    days = request.form.get("days", PERIODS[-1], type=int)
    return replaying.begin(runtime().context, draft_ids=ids, days=days, now=now())


@blueprint.get("/report")
@allow(Policy.CLINICIAN)
def report() -> ResponseReturnValue:
    """How often each rule spoke, and whether that was worth a phone call."""
    days = request.args.get("days", PERIODS[0], type=int)
    days = days if days in PERIODS else PERIODS[0]
    with transaction() as session:
        found = rule_report.report(session, now=now(), days=days)
    return render_template("rule_report.html", found=found, days=days, periods=PERIODS)
