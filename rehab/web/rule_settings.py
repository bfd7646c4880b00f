"""Rules: as they hold for one patient, the settings of clinic and surgeons, and "always tell me"."""

from __future__ import annotations

from datetime import time, timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from rehab.clinical import timetable
from rehab.db import transaction
from rehab.errors import InvalidInput, NotFound
from rehab.models import RuleLevel, RuleSetting, Snooze
from rehab.services import always_tell, rule_levels, snoozes, versions
from rehab.services.overview.rules import episode_of, patient_rules, shared_rules
from rehab.web.access import Policy, allow, me, now, runtime
from rehab.web.forms import EmptyForm

blueprint = Blueprint("rule_settings", __name__)
PATIENT = "/patients/<int:patient_id>/rules"
USUAL_DAYS = 3
"""Days an answer is expected when nothing is said. Project proposal, not sourced: clinic must decide."""


@blueprint.get(PATIENT)
@allow(Policy.PATIENT_TEAM)
def show(patient_id: int) -> ResponseReturnValue:
    """The rules as they hold for this patient now."""
    return _patient_page(patient_id, {})


@blueprint.post(f"{PATIENT}/setting")
@allow(Policy.PATIENT_TEAM)
def set_for_patient(patient_id: int) -> ResponseReturnValue:
    """Change a rule for this patient, with a reason."""
    if not EmptyForm().validate_on_submit():
        return _patient_page(patient_id, {"form": _("Please try again.")}), 422
    try:
        with transaction() as session:
            episode = episode_of(session, patient_id)
            rule_levels.propose(
                session,
                runtime().context,
                level=RuleLevel.PATIENT,
                rule_id=_said("rule_id"),
                change=_change(),
                reason=_said("reason"),
                actor_id=me().id,
                now=now(),
                episode=episode,
                rules=versions.pinned_rules_of(session, runtime().context, episode),
            )
    except InvalidInput as error:
        return _patient_page(patient_id, error.fields), 422
    flash(_("Kept. It counts from the next answer on."), "success")
    return redirect(url_for("rule_settings.show", patient_id=patient_id), 303)


@blueprint.post(f"{PATIENT}/setting/<int:setting_id>/end")
@allow(Policy.PATIENT_TEAM)
def end_for_patient(patient_id: int, setting_id: int) -> ResponseReturnValue:
    """End a setting of this patient: the wider level holds again."""
    if EmptyForm().validate_on_submit():
        with transaction() as session:
            row = session.get(RuleSetting, setting_id)
            if row is None or row.episode_id != episode_of(session, patient_id).id:
                raise NotFound("no such setting of this patient")
            rule_levels.end(session, setting_id=setting_id, clinician_id=me().id, now=now())
        flash(_("Ended."), "success")
    return redirect(url_for("rule_settings.show", patient_id=patient_id), 303)


@blueprint.post(f"{PATIENT}/expected")
@allow(Policy.PATIENT_TEAM)
def expect(patient_id: int) -> ResponseReturnValue:
    """Expect an answer up to a level until a date: no page while it stays so."""
    if not EmptyForm().validate_on_submit():
        return _patient_page(patient_id, {"form": _("Please try again.")}), 422
    try:
        with transaction() as session:
            _start_snooze(session, patient_id)
    except InvalidInput as error:
        return _patient_page(patient_id, error.fields), 422
    flash(_("Kept. Above that level an alert is raised as before."), "success")
    return redirect(url_for("rule_settings.show", patient_id=patient_id), 303)


@blueprint.post(f"{PATIENT}/expected/<int:snooze_id>/end")
@allow(Policy.PATIENT_TEAM)
def end_expectation(patient_id: int, snooze_id: int) -> ResponseReturnValue:
    """End an expectation before its date."""
    if EmptyForm().validate_on_submit():
        with transaction() as session:
            row = session.get(Snooze, snooze_id)
            if row is None or row.episode_id != episode_of(session, patient_id).id:
                raise NotFound("no such expectation of this patient")
            snoozes.end(session, snooze_id=snooze_id, clinician_id=me().id, now=now())
        flash(_("Ended."), "success")
    return redirect(url_for("rule_settings.show", patient_id=patient_id), 303)


@blueprint.get("/rules/settings")
@allow(Policy.CLINICIAN)
def settings() -> ResponseReturnValue:
    """The clinic's and the surgeons' settings, and what I am always told of."""
    return _shared_page({})


@blueprint.post("/rules/settings")
@allow(Policy.CLINICIAN)
def propose() -> ResponseReturnValue:
    """Propose a setting; it counts once a second clinician signs."""
    if not EmptyForm().validate_on_submit():
        return _shared_page({"form": _("Please try again.")}), 422
    whose = _said("whose")
    try:
        with transaction() as session:
            rule_levels.propose(
                session,
                runtime().context,
                level=RuleLevel.SURGEON if whose.isdigit() else RuleLevel.CLINIC,
                rule_id=_said("rule_id"),
                change=_change(),
                reason=_said("reason"),
                actor_id=me().id,
                now=now(),
                surgeon_id=int(whose) if whose.isdigit() else None,
            )
    except InvalidInput as error:
        return _shared_page(error.fields), 422
    flash(_("Proposed. It counts once a second clinician signs it."), "success")
    return redirect(url_for("rule_settings.settings"), 303)


@blueprint.post("/rules/settings/<int:setting_id>/<any(sign,end):what>")
@allow(Policy.CLINICIAN)
def decide(setting_id: int, what: str) -> ResponseReturnValue:
    """Sign somebody else's proposal, or end a setting of the clinic or a surgeon."""
    if EmptyForm().validate_on_submit():
        act = rule_levels.sign if what == "sign" else rule_levels.end
        with transaction() as session:
            row = session.get(RuleSetting, setting_id)
            if row is None or row.level == RuleLevel.PATIENT:
                raise NotFound("no such setting")
            row = act(session, setting_id=setting_id, clinician_id=me().id, now=now())
            is_over = row.ended_at is not None
        ended = _("Ended.") if is_over else _("It ends once a second clinician agrees.")
        flash(_("Signed: it counts now.") if what == "sign" else ended, "success")
    return redirect(url_for("rule_settings.settings"), 303)


@blueprint.post("/rules/always")
@allow(Policy.CLINICIAN)
def always() -> ResponseReturnValue:
    """I want to be told of a problem in my patients, whoever is on call; or no longer."""
    if not EmptyForm().validate_on_submit():
        return _shared_page({"form": _("Please try again.")}), 422
    stop = request.form.get("stop", type=int)
    try:
        with transaction() as session:
            if stop is not None:
                always_tell.stop(session, row_id=stop, clinician_id=me().id, now=now())
            else:
                always_tell.ask(session, clinician_id=me().id, problem=_said("problem"), now=now())
    except InvalidInput as error:
        return _shared_page(error.fields), 422
    flash(_("Kept."), "success")
    return redirect(url_for("rule_settings.settings"), 303)


def _said(name: str) -> str:
    return request.form.get(name, "").strip()


def _change() -> dict[str, object]:
    """The change a form describes. Raises InvalidInput(change)."""
    key, value = _said("key"), _said("value")
    if key == "off":
        return {"off": True}
    if key == "tier":
        return {"tier": value.upper()}
    try:
        return {key: float(value.replace(",", "."))}
    except ValueError:
        raise InvalidInput(change=_("Please write a number.")) from None


def _start_snooze(session: Session, patient_id: int) -> None:
    episode = episode_of(session, patient_id)
    raw = _said("expected")
    days = request.form.get("days", USUAL_DAYS, type=int)
    until_on = timetable.local_date(now(), episode.patient.timezone) + timedelta(days=days)
    expected: float | list[str]
    try:
        expected = float(raw.replace(",", "."))
    except ValueError:
        expected = [one.strip() for one in raw.split(",") if one.strip()]
    snoozes.start(
        session,
        episode=episode,
        rules=versions.rules_of(session, runtime().context, episode),
        rule_id=_said("rule_id"),
        question=_said("question"),
        expected=expected,
        until_at=timetable.due_at(until_on, time(0), episode.patient.timezone),
        reason=_said("reason"),
        clinician_id=me().id,
        now=now(),
    )


def _patient_page(patient_id: int, problems: dict[str, str]) -> str:
    with transaction() as session:
        view = patient_rules(
            session, runtime().context, patient_id=patient_id, viewer_id=me().id, now=now()
        )
    return render_template(
        "patient_rules.html",
        view=view,
        problems=problems,
        empty_form=EmptyForm(),
        usual_days=USUAL_DAYS,
    )


def _shared_page(problems: dict[str, str]) -> str:
    with transaction() as session:
        view = shared_rules(session, runtime().context, viewer_id=me().id)
    return render_template(
        "rule_settings.html", view=view, problems=problems, empty_form=EmptyForm()
    )
