"""Accounts: an administrator adds people, switches them off and resets a lost second factor."""

from __future__ import annotations

import secrets

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_security import hash_password
from sqlalchemy.orm import Session

from rehab.db import transaction
from rehab.errors import InvalidInput, NotFound
from rehab.models import Clinician, RoleName
from rehab.services import audit, people
from rehab.services.overview.people_lists import staff
from rehab.web.access import Policy, allow_all, me, now
from rehab.web.forms import EmptyForm, PasswordForm, StaffForm, TelegramForm
from rehab.web.security import SHORTEST_PASSWORD

blueprint = Blueprint("staff", __name__, url_prefix="/staff")
allow_all(blueprint, Policy.ADMINISTRATOR)


@blueprint.route("", methods=["GET", "POST"])
def index() -> ResponseReturnValue:
    """Everybody with an account; add somebody."""
    form = StaffForm()
    if form.validate_on_submit():
        try:
            return _add(form)
        except InvalidInput as error:
            form.show(error)
    with transaction() as session:
        members = staff(session)
    page = render_template("staff.html", form=form, members=members, empty_form=EmptyForm())
    return page, 422 if form.is_submitted() else 200


@blueprint.post("/<int:clinician_id>/active")
def switch(clinician_id: int) -> ResponseReturnValue:
    """Switch an account off or on. Switching off ends every session at once."""
    if clinician_id == me().id:
        raise InvalidInput(clinician=_("You cannot switch off your own account."))
    with transaction() as session:
        clinician = _find(session, clinician_id)
        clinician.active = not clinician.active
        clinician.fs_uniquifier = secrets.token_hex(32)
        _note(
            session, "staff.activated" if clinician.active else "staff.deactivated", clinician_id
        )
    flash(_("Saved."), "success")
    return redirect(url_for("staff.index"), 303)


@blueprint.post("/<int:clinician_id>/telegram")
def telegram(clinician_id: int) -> ResponseReturnValue:
    """Set or clear the Telegram account that gets the alert cards."""
    form = TelegramForm()
    if not form.validate_on_submit():
        raise InvalidInput(telegram_id=_("Expected a number, or nothing."))
    with transaction() as session:
        clinician = _find(session, clinician_id)
        number = form.telegram_id.data
        other = people.by_telegram(session, number) if number else None
        if other is not None and other.id != clinician_id:
            raise InvalidInput(telegram_id=_("Another clinician already uses this Telegram id."))
        clinician.telegram_id, clinician.telegram_lost_at = number, None
        _note(session, "staff.telegram_changed", clinician_id)
    flash(_("Saved."), "success")
    return redirect(url_for("staff.index"), 303)


@blueprint.post("/<int:clinician_id>/second-factor")
def reset_second_factor(clinician_id: int) -> ResponseReturnValue:
    """Forget a lost phone: the person signs in with the password and sets up a new one."""
    with transaction() as session:
        clinician = _find(session, clinician_id)
        clinician.tf_primary_method = clinician.tf_totp_secret = None
        clinician.mf_recovery_codes = None
        clinician.fs_uniquifier = secrets.token_hex(32)
        _note(session, "staff.second_factor_reset", clinician_id)
    flash(_("The second factor was removed and all sessions were ended."), "success")
    return redirect(url_for("staff.index"), 303)


@blueprint.post("/<int:clinician_id>/password")
def set_password(clinician_id: int) -> ResponseReturnValue:
    """Set a new password for somebody who forgot theirs; all their sessions end."""
    form = PasswordForm()
    if not form.validate_on_submit():
        raise InvalidInput(password=_("Expected at least %(n)d characters.", n=SHORTEST_PASSWORD))
    hashed = hash_password(form.password.data)
    with transaction() as session:
        clinician = _find(session, clinician_id)
        clinician.password = hashed
        clinician.fs_uniquifier = secrets.token_hex(32)
        _note(session, "staff.password_set", clinician_id)
    flash(_("The new password is set. Ask to change it at once."), "success")
    return redirect(url_for("staff.index"), 303)


def _add(form: StaffForm) -> ResponseReturnValue:
    password_hash = hash_password(form.password.data)
    with transaction() as session:
        added = people.add_clinician(
            session,
            email=form.email.data or "",
            name=form.name.data or "",
            role=RoleName(form.role.data),
            telegram_id=form.telegram_id.data,
            password_hash=password_hash,
            now=now(),
        )
        _note(session, "staff.added", added.id)
    flash(_("Added."), "success")
    return redirect(url_for("staff.index"), 303)


def _find(session: Session, clinician_id: int) -> Clinician:
    clinician = session.get(Clinician, clinician_id)
    if clinician is None:
        raise NotFound("no such member of staff")
    return clinician


def _note(session: Session, action: str, clinician_id: int) -> None:
    subject = f"clinician:{clinician_id}"
    audit.record(session, actor=me().actor, action=action, subject=subject, now=now())
