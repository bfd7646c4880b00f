"""`staff add` and `staff on-call`."""

from __future__ import annotations

import secrets

import click
from flask.cli import AppGroup
from flask_security.utils import hash_password
from sqlalchemy.orm import Session

from rehab.cli.desk import runtime, show, tells_errors
from rehab.db import transaction
from rehab.errors import InvalidInput
from rehab.models import RoleName
from rehab.services import audit, on_call, people

ALIASES = {
    "admin": RoleName.ADMINISTRATOR,
    "physio": RoleName.PHYSIOTHERAPIST,
    "doctor": RoleName.SURGEON,
}
PASSWORD_BYTES = 12
group = AppGroup("staff", help="Clinicians and administrators.")


def _role(raw: str) -> RoleName:
    name = raw.strip().lower()
    try:
        return ALIASES.get(name) or RoleName(name)
    except ValueError:
        raise InvalidInput(role=f"expected one of {', '.join(RoleName)}") from None


@group.command("add")
@click.option("--email", required=True)
@click.option("--name", required=True)
@click.option("--role", required=True, help=", ".join(RoleName))
@click.option("--telegram-id", type=int, default=None, help="Telegram user id for alert cards.")
@click.option("--password", default=None, help="Without it one is made and printed once.")
@click.option("--on-call", is_flag=True, help="Put this person on call from now on.")
@tells_errors
def add(
    email: str,
    name: str,
    role: str,
    telegram_id: int | None,
    password: str | None,
    on_call: bool,
) -> None:
    """Add a member of staff and print their sign-in."""
    chosen = password or secrets.token_urlsafe(PASSWORD_BYTES)
    now = runtime().clock.now()
    with transaction() as session:
        clinician = people.add_clinician(
            session,
            email=email,
            name=name,
            role=_role(role),
            telegram_id=telegram_id,
            password_hash=hash_password(chosen),
            now=now,
        )
        audit.record(
            session,
            actor="cli",
            action="staff.added",
            subject=f"clinician:{clinician.id}",
            now=now,
        )
        if on_call:
            _put_on_call(session, clinician.id)
        made = {} if password else {"password": chosen}
        show({"clinician_id": clinician.id, "email": clinician.email, **made})


@group.command("on-call")
@click.option("--email", required=True)
@tells_errors
def put_on_call(email: str) -> None:
    """Put one person on call from now on."""
    with transaction() as session:
        clinician = people.by_email(session, email)
        _put_on_call(session, clinician.id)
        show({"clinician_id": clinician.id, "on_call": True})


def _put_on_call(session: Session, clinician_id: int) -> None:
    on_call.put_on_call(session, clinician_id=clinician_id, now=runtime().clock.now())
