"""One patient: the page, the chart, and what a clinician does about an alert, an answer or a message."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from rehab.charts import pain_chart
from rehab.clinical import timetable
from rehab.db import transaction
from rehab.errors import InvalidInput, NotFound
from rehab.models import AlertState
from rehab.services import alerts, audit, education, episodes, handout, messages, plans, progress
from rehab.services.overview import stories
from rehab.services.overview.pain import pain_history
from rehab.services.overview.patient import latest_episode, patient_view
from rehab.services.overview.timeline import timeline
from rehab.web.access import Policy, allow_all, me, now, runtime
from rehab.web.forms import EmptyForm, Form, PauseForm, ResolveForm

blueprint = Blueprint("patients", __name__, url_prefix="/patients/<int:patient_id>")
allow_all(blueprint, Policy.PATIENT_TEAM)
TIMELINE_DAYS = 21


@blueprint.get("")
def show(patient_id: int) -> ResponseReturnValue:
    """The patient's page; every look is recorded."""
    return _page(patient_id, {})


@blueprint.get("/pain.svg")
def pain(patient_id: int) -> ResponseReturnValue:
    """The pain chart, as an image so that the page needs no inline style."""
    with transaction() as session:
        history = pain_history(session, runtime().context, patient_id=patient_id, now=now())
    svg = pain_chart(
        history.points, history.band, history.stages, "svg", narrow="narrow" in request.args
    )
    response = Response(svg, mimetype="image/svg+xml")
    # The drawing styles itself inline; as a document of its own it may do nothing else.
    response.headers["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox"
    )
    return response


@blueprint.get("/hand-out.pdf")
def hand_out(patient_id: int) -> ResponseReturnValue:
    """The plan of the coming days for paper, in the patient's language; every print is recorded."""
    with transaction() as session:
        episode = latest_episode(session, patient_id)
        context, day = runtime().context, episodes.day_today(episode, now())
        plans.follow_calendar(session, context, episode=episode, day=day, now=now())
        today = timetable.local_date(now(), episode.patient.timezone)
        found = handout.sheet(session, context, episode=episode, local_on=today)
        recipe = handout.recipe_of(episode, found)
        audit.record(
            session,
            actor=me().actor,
            action="handout.printed",
            subject=f"episode:{episode.id}",
            patient_id=patient_id,
            now=now(),
        )
    made = recipe.make()
    response = Response(made.content, mimetype=made.mime)
    response.headers.set("Content-Disposition", "inline", filename=made.name)
    return response


@blueprint.get("/progress.png")
def progress_picture(patient_id: int) -> ResponseReturnValue:
    """The picture of the last weeks as the patient gets it."""
    with transaction() as session:
        episode = latest_episode(session, patient_id)
        today = timetable.local_date(now(), episode.patient.timezone)
        found = progress.of(session, runtime().context, episode=episode, until=today)
    made = progress.ProgressRecipe(found.weeks).make()
    return Response(made.content, mimetype=made.mime)


@blueprint.post("/alerts/<int:alert_id>/acknowledge")
def acknowledge(patient_id: int, alert_id: int) -> ResponseReturnValue:
    """Take the alert."""
    with transaction() as session:
        _require_own(session, alert_id, patient_id)
        alerts.acknowledge(
            session, runtime().context, alert_id=alert_id, clinician_id=me().id, now=now()
        )
    flash(_("You are on it. Please record an outcome when you have one."), "success")
    return _back(patient_id)


@blueprint.post("/alerts/<int:alert_id>/escalate")
def escalate(patient_id: int, alert_id: int) -> ResponseReturnValue:
    """Tell the next people now."""
    with transaction() as session:
        _require_own(session, alert_id, patient_id)
        alerts.escalate(
            session, runtime().context, alert_id=alert_id, clinician_id=me().id, now=now()
        )
    flash(_("The next people are being told."), "success")
    return _back(patient_id)


@blueprint.post("/alerts/<int:alert_id>/resolve")
def resolve(patient_id: int, alert_id: int) -> ResponseReturnValue:
    """Close the alert with an outcome."""
    form = ResolveForm()
    if not form.validate_on_submit():
        return _page(patient_id, {"resolve_form": form}), 422
    with transaction() as session:
        _require_own(session, alert_id, patient_id)
        alerts.resolve(
            session,
            runtime().context,
            alert_id=alert_id,
            clinician_id=me().id,
            outcome=form.chosen,
            note=form.note.data or "",
            was_useful=form.was_useful,
            now=now(),
        )
    flash(_("Resolved. The cards in the chats say so too."), "success")
    return _back(patient_id)


@blueprint.post("/alerts/<int:alert_id>/rate")
def rate(patient_id: int, alert_id: int) -> ResponseReturnValue:
    """Say whether a resolved alert was useful; the report of the rules counts it."""
    said = request.form.get("useful")
    if not EmptyForm().validate_on_submit() or said not in ("yes", "no"):
        raise InvalidInput(useful=_("Please try again from the page of alerts."))
    with transaction() as session:
        _require_own(session, alert_id, patient_id)
        alerts.rate(
            session,
            runtime().context,
            alert_id=alert_id,
            clinician_id=me().id,
            was_useful=said == "yes",
            now=now(),
        )
    flash(_("Thank you. It goes into the report of the rules."), "success")
    return redirect(url_for("alerts.index"), 303)


@blueprint.post("/misunderstood/seen")
def mark_mistakes_seen(patient_id: int) -> ResponseReturnValue:
    """Somebody has talked to the patient about what was answered wrong."""
    if not EmptyForm().validate_on_submit():
        raise InvalidInput(card=_("Please try again from the patient's page."))
    wanted = request.form.get("delivery_id", type=int)
    with transaction() as session:
        episode = latest_episode(session, patient_id)
        found = education.delivery_of(session, delivery_id=wanted or 0, episode_id=episode.id)
        if found is None:
            raise NotFound("no such card of this patient")
        education.mark_seen(session, delivery_id=found.id, clinician_id=me().id, now=now())
    flash(_("Marked as seen."), "success")
    return _back(patient_id)


@blueprint.post("/pause")
def pause(patient_id: int) -> ResponseReturnValue:
    """Stop the reminders for a while."""
    form = PauseForm()
    try:
        if not form.validate_on_submit():
            return _page(patient_id, {"pause_form": form}), 422
        with transaction() as session:
            episodes.pause(
                session,
                episode_id=latest_episode(session, patient_id).id,
                until=form.until.data,
                actor=me().actor,
                now=now(),
            )
    except InvalidInput as error:
        form.show(error)
        return _page(patient_id, {"pause_form": form}), 422
    flash(_("Paused. Nobody is reminded until it is resumed."), "success")
    return _back(patient_id)


@blueprint.post("/resume")
def resume(patient_id: int) -> ResponseReturnValue:
    """Go on with the reminders."""
    with transaction() as session:
        episode_id = latest_episode(session, patient_id).id
        episodes.resume(session, episode_id=episode_id, actor=me().actor, now=now())
    flash(_("Resumed."), "success")
    return _back(patient_id)


@blueprint.post("/messages/seen")
def mark_seen(patient_id: int) -> ResponseReturnValue:
    """Everything the patient wrote so far was read."""
    with transaction() as session:
        messages.mark_seen(session, patient_id=patient_id, clinician_id=me().id, now=now())
    flash(_("Marked as seen."), "success")
    return _back(patient_id)


def _back(patient_id: int) -> ResponseReturnValue:
    return redirect(url_for("patients.show", patient_id=patient_id), 303)


def _require_own(session: Session, alert_id: int, patient_id: int) -> None:
    if not stories.belongs_to(session, alert_id=alert_id, patient_id=patient_id):
        raise NotFound("no such alert of this patient")


def _page(patient_id: int, forms: dict[str, Form]) -> str:
    context = runtime().context
    since = None if request.args.get("since") == "all" else now() - timedelta(days=TIMELINE_DAYS)
    with transaction() as session:
        view = patient_view(session, context, patient_id=patient_id, now=now())
        mistakes = education.open_mistakes(session, context, episode_id=view.episode_id)
        told = stories.of_episode(session, context, episode_id=view.episode_id)
        history = pain_history(session, context, patient_id=patient_id, now=now())
        entries = timeline(session, context, patient_id=patient_id, stories=told, since=since)
        audit.record(
            session,
            actor=me().actor,
            action="patient.viewed",
            subject=f"patient:{patient_id}",
            patient_id=patient_id,
            now=now(),
        )
    return render_template(
        "patient.html",
        view=view,
        alert=next((one for one in told if one.state != AlertState.RESOLVED), None),
        earlier=[one for one in told if one.state == AlertState.RESOLVED],
        history=history,
        mistakes=mistakes,
        entries=entries,
        shows_all=since is None,
        days=TIMELINE_DAYS,
        resolve_form=forms.get("resolve_form") or ResolveForm(formdata=None),
        pause_form=forms.get("pause_form") or PauseForm(formdata=None),
        empty_form=EmptyForm(),
    )
