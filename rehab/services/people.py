"""Clinicians: adding and finding them, and what their role allows."""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from rehab.errors import InvalidInput, NotFound
from rehab.models import Clinician, Role, RoleName

CLINICAL = frozenset({RoleName.PHYSIOTHERAPIST, RoleName.SURGEON, RoleName.NURSE})
SHORTEST_NAME = 2
TELEGRAM_ID_LIMIT = 2**52


def add_clinician(
    session: Session,
    *,
    email: str,
    name: str,
    role: RoleName,
    telegram_id: int | None,
    password_hash: str | None,
    now: datetime,
) -> Clinician:
    """Add a member of staff. Raises InvalidInput for a used e-mail or Telegram id, or an odd value."""
    email = email.strip().lower()
    _check(session, email=email, name=name, telegram_id=telegram_id)
    clinician = Clinician(
        email=email,
        name=name.strip(),
        password=password_hash,
        active=True,
        fs_uniquifier=secrets.token_hex(32),
        telegram_id=telegram_id,
        created_at=now,
        roles=[role_named(session, role)],
    )
    session.add(clinician)
    session.flush()
    return clinician


def role_named(session: Session, name: RoleName) -> Role:
    """The role row with this name, made when it is missing."""
    role = session.scalar(select(Role).where(Role.name == name.value))
    if role is None:
        role = Role(name=name.value, description=name.value)
        session.add(role)
        session.flush()
    return role


def by_email(session: Session, email: str) -> Clinician:
    """The clinician with this e-mail address. Raises NotFound."""
    found = session.scalar(select(Clinician).where(Clinician.email == email.strip().lower()))
    if found is None:
        raise NotFound("no clinician has this e-mail address")
    return found


def by_telegram(session: Session, telegram_id: int) -> Clinician | None:
    """The active clinician who uses this Telegram account, if any."""
    return session.scalar(
        select(Clinician).where(Clinician.telegram_id == telegram_id, Clinician.active.is_(True))
    )


def is_clinical(clinician: Clinician) -> bool:
    """Whether the person treats patients (an administrator does not)."""
    return any(role.name in CLINICAL for role in clinician.roles)


def _check(session: Session, *, email: str, name: str, telegram_id: int | None) -> None:
    if "@" not in email or email.startswith("@") or email.endswith("@") or " " in email:
        raise InvalidInput(email="expected an e-mail address such as meera@clinic.example")
    if len(name.strip()) < SHORTEST_NAME:
        raise InvalidInput(name="expected a name")
    if session.scalar(select(Clinician.id).where(Clinician.email == email)) is not None:
        raise InvalidInput(email="somebody with this e-mail address is already here")
    if telegram_id is None:
        return
    if not 0 < telegram_id < TELEGRAM_ID_LIMIT:
        raise InvalidInput(telegram_id="expected a Telegram user id, a positive whole number")
    # Whoever left keeps the account in the books; by_telegram finds only who is still here.
    used = select(Clinician.id).where(Clinician.telegram_id == telegram_id)
    if session.scalar(used) is not None:
        raise InvalidInput(telegram_id="another clinician already uses this Telegram id")
