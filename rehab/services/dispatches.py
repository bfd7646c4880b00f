"""Dispatches: what leaves by e-mail or webhook. Written with its cause, claimed with a lease, recorded."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from rehab.models import Alert, AlertState, Clinician, Dispatch, DispatchState
from rehab.post import EMAIL, WEBHOOK, Letter, NotTaken
from rehab.services.context import Context

LEASE = timedelta(seconds=60)
"""Longer than the slowest send: the time-outs of both channels add up to less."""
WAITS = (2, 5, 10, 20, 30, 60, 60, 120, 300)
"""Seconds before each further try. After the last one it is given up, and the watch tells people."""


def is_on(context: Context, channel: str) -> bool:
    """Whether the clinic has set this channel up."""
    config = context.config
    return config.email.is_on if channel == EMAIL else config.webhook.is_on


def enqueue(
    session: Session,
    *,
    dedupe_key: str,
    channel: str,
    kind: str,
    subject: str,
    body: str,
    now: datetime,
    clinician_id: int | None = None,
    page_id: int | None = None,
    alert_id: int | None = None,
) -> Dispatch:
    """Write one dispatch that shall leave; the same `dedupe_key` again returns the existing row.

    An e-mail without a clinician goes to the operator.
    """
    known = select(Dispatch).where(Dispatch.dedupe_key == dedupe_key)
    existing = session.scalar(known)
    if existing is not None:
        return existing
    dispatch = Dispatch(
        dedupe_key=dedupe_key,
        channel=channel,
        kind=kind,
        clinician_id=clinician_id,
        page_id=page_id,
        alert_id=alert_id,
        # A header has one line, whatever a name brings with it.
        subject=" ".join(subject.split()),
        body=body,
        not_before=now,
        created_at=now,
    )
    try:
        # A savepoint, so that losing a race to another process costs this row only.
        with session.begin_nested():
            session.add(dispatch)
    except IntegrityError:
        return session.scalars(known).one()
    return dispatch


def claim(session: Session, context: Context, *, now: datetime, limit: int) -> list[Letter]:
    """Take up to `limit` dispatches to send now. One whose sender died is taken again: whatever
    leaves here is safe to repeat and carries a code by which a repeat is recognised."""
    due = session.scalars(
        select(Dispatch)
        .where(_is_due(now))
        .order_by(Dispatch.not_before, Dispatch.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    letters: list[Letter] = []
    for row in due:
        address = _address(session, context, row)
        if not _still_holds(session, row):
            row.state, row.lease_until = DispatchState.CANCELLED, None
        elif address is None:
            row.state, row.error = DispatchState.FAILED, "no address"
        elif _take(session, row, now):
            letters.append(_letter(row, address))
    return letters


def record(session: Session, letter: Letter, problem: NotTaken | None, *, now: datetime) -> bool:
    """How a send ended. False when another sender took the dispatch over meanwhile."""
    if problem is None:
        return _record(session, letter, state=DispatchState.ACCEPTED, accepted_at=now, error=None)
    # Not taken, or nobody knows: again later, or never when that would not help.
    if problem.is_final or letter.attempt > len(WAITS):
        return _record(session, letter, state=DispatchState.FAILED, error=problem.reason)
    wait = timedelta(seconds=WAITS[letter.attempt - 1])
    return _record(
        session,
        letter,
        state=DispatchState.QUEUED,
        error=problem.reason,
        not_before=now + wait,
    )


def oldest_waiting(session: Session) -> datetime | None:
    """Since when the longest waiting dispatch has not left; None when nothing waits."""
    waiting = Dispatch.state.in_([DispatchState.QUEUED, DispatchState.SENDING])
    return session.scalar(
        select(Dispatch.created_at).where(waiting).order_by(Dispatch.created_at).limit(1)
    )


def _is_due(now: datetime) -> ColumnElement[bool]:
    return or_(
        (Dispatch.state == DispatchState.QUEUED) & (Dispatch.not_before <= now),
        (Dispatch.state == DispatchState.SENDING) & (Dispatch.lease_until <= now),
    )


def _take(session: Session, row: Dispatch, now: datetime) -> bool:
    taken = session.execute(
        update(Dispatch)
        .where(Dispatch.id == row.id, Dispatch.attempts == row.attempts, _is_due(now))
        .values(
            state=DispatchState.SENDING, lease_until=now + LEASE, attempts=Dispatch.attempts + 1
        )
        .returning(Dispatch.id)
    ).first()
    session.refresh(row)
    return taken is not None


def _letter(row: Dispatch, address: str) -> Letter:
    return Letter(
        id=row.id,
        channel=row.channel,
        kind=row.kind,
        to=address,
        subject=row.subject,
        body=row.body or "",
        attempt=row.attempts,
    )


def _address(session: Session, context: Context, row: Dispatch) -> str | None:
    if row.channel == WEBHOOK:
        return "" if context.config.webhook.is_on else None
    if not context.config.email.is_on:
        return None
    if row.clinician_id is None:
        return context.config.email.operator or None
    clinician = session.get(Clinician, row.clinician_id)
    return clinician.email if clinician is not None and clinician.active else None


def _still_holds(session: Session, row: Dispatch) -> bool:
    """A page is not worth sending any more once somebody took the alert."""
    if row.alert_id is None:
        return True
    alert = session.get(Alert, row.alert_id)
    return alert is not None and alert.state == AlertState.OPEN


def _record(session: Session, letter: Letter, **values: object) -> bool:
    recorded = session.execute(
        update(Dispatch)
        .where(
            Dispatch.id == letter.id,
            Dispatch.attempts == letter.attempt,
            Dispatch.state == DispatchState.SENDING,
        )
        .values(lease_until=None, **values)
        .returning(Dispatch.id)
    ).first()
    return recorded is not None
