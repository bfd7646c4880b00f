"""Leases: at most one process polls or sends for a bot, and a deposed one is told apart."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from rehab.models import Lease


def take(
    session: Session,
    *,
    name: str,
    holder: str,
    now: datetime,
    for_: timedelta,
    is_gone: Callable[[str], bool] = lambda _holder: False,
) -> int | None:
    """The new epoch, or None while somebody else holds the lease.

    `is_gone` may know that a holder is dead (its process has ended), so that nobody need wait.
    """
    lease = session.scalars(
        select(Lease).where(Lease.name == name).with_for_update()
    ).one_or_none()
    if lease is None:
        try:
            with session.begin_nested():
                session.add(Lease(name=name, holder=holder, epoch=1, expires_at=now + for_))
        except IntegrityError:
            return None
        return 1
    is_free = lease.expires_at <= now or lease.holder == holder or is_gone(lease.holder)
    if not is_free:
        return None
    lease.holder = holder
    lease.epoch += 1
    lease.expires_at = now + for_
    return lease.epoch


def renew(
    session: Session, *, name: str, holder: str, epoch: int, now: datetime, for_: timedelta
) -> bool:
    """Keep the lease. False when somebody else took it; late is fine as long as nobody did."""
    return _extend(session, name, holder, epoch, now + for_)


def give_back(session: Session, *, name: str, holder: str, epoch: int, now: datetime) -> bool:
    """Let the next process take over at once."""
    return _extend(session, name, holder, epoch, now)


def _extend(session: Session, name: str, holder: str, epoch: int, until: datetime) -> bool:
    kept = session.execute(
        update(Lease)
        .where(Lease.name == name, Lease.holder == holder, Lease.epoch == epoch)
        .values(expires_at=until)
        .returning(Lease.name)
    ).first()
    return kept is not None
