"""Hand-overs: at the end of a shift the next person accepts, and until then both stay on call."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from rehab import texts
from rehab.clinical import rota as pure
from rehab.clinical import timetable
from rehab.errors import NotAllowed, NotFound, WrongState
from rehab.models import (
    Alert,
    AlertState,
    Clinician,
    Handover,
    HandoverState,
    MessageClass,
)
from rehab.services import alert_card, audit, outbox, prompts, rota
from rehab.services.context import Context
from rehab.services.prompts import Choice

PROMPT_KIND = "handover"
LANGUAGE = texts.SOURCE_LANGUAGE
LOOK_BACK = timedelta(hours=36)
"""Shifts that ended in an outage as long as this still get their hand-over."""
UNRECORDED = timedelta(hours=1)
"""So long somebody stays on call after a shift although the hand-over has not been written down yet."""
MOST_ALERTS = 15
LONGEST_REASON = 120
EVERYBODY_AFTER = 2
"""Unheeded messages to the next person before everybody of the clinic is told."""
LATER = 4
"""Once everybody knows, the next person is reminded this many times less often."""


def keepers(
    session: Session, found: tuple[pure.Stretch, ...], *, now: datetime
) -> tuple[int, ...]:
    """Who stays on call beside the next person, because nobody has accepted their duty yet."""
    offered = session.scalars(
        select(Handover.from_clinician_id)
        .where(Handover.state == HandoverState.OFFERED, Handover.at <= now)
        .order_by(Handover.at.desc())
    )
    waiting = (one.person for one in _ended(session, found, since=now - UNRECORDED, now=now))
    return tuple(dict.fromkeys([*offered, *waiting]))


def note_ended_shifts(session: Session, *, now: datetime) -> list[Handover]:
    """Write down a hand-over for every shift that ended and has a successor. Returns the new ones."""
    found = rota.stretches(session, since=now - LOOK_BACK, until=now + timedelta(minutes=1))
    made = []
    for one in _ended(session, found, since=now - LOOK_BACK, now=now):
        taker = pure.successor(found, one)
        assert taker is not None
        try:
            # A savepoint: another process may write the same one down at the same moment.
            with session.begin_nested():
                made.append(
                    begin(session, giver_id=one.person, taker_id=taker, at=one.ends_at, now=now)
                )
        except IntegrityError:
            continue
    return made


def begin(
    session: Session, *, giver_id: int, taker_id: int, at: datetime, now: datetime
) -> Handover:
    """Write down that a duty is to be handed over; the cards follow with the next tick."""
    row = Handover(
        from_clinician_id=giver_id,
        to_clinician_id=taker_id,
        at=at,
        open_alerts=[alert.id for alert in _open_alerts(session)],
        offered_at=now,
        look_after=now,
    )
    session.add(row)
    session.flush()
    return row


def remind(session: Session, context: Context, *, handover_id: int, now: datetime) -> bool:
    """Offer the duty, remind the next person, then tell everybody; never stop before it is accepted."""
    row = session.get(Handover, handover_id, with_for_update=True)
    if row is None or row.state != HandoverState.OFFERED:
        return False
    if row.look_after is None or row.look_after > now:
        return False
    key = "handover.offer" if row.reminders == 0 else "handover.reminder"
    _tell_taker(session, context, row, key=key, now=now)
    if row.reminders == 0:
        _tell_giver(session, context, row, now)
    if row.reminders == EVERYBODY_AFTER:
        _tell_everybody(session, context, row, now)
    row.reminders += 1
    pause = timedelta(minutes=context.config.rota.accept_minutes)
    row.look_after = now + (pause if row.reminders <= EVERYBODY_AFTER else LATER * pause)
    return True


def accept(
    session: Session, context: Context, *, handover_id: int, clinician_id: int, now: datetime
) -> Handover:
    """The next person takes the duty. Earlier ones that nobody accepted are settled by it too."""
    row = session.get(Handover, handover_id, with_for_update=True)
    if row is None:
        raise NotFound("no such hand-over")
    if row.to_clinician_id != clinician_id:
        raise NotAllowed("only the person who takes over can accept")
    if row.state == HandoverState.ACCEPTED:
        raise WrongState("already_accepted", "This hand-over is already accepted.")
    settle(session, until=row.at, now=now)
    audit.record(
        session,
        actor=f"clinician:{clinician_id}",
        action="handover.accepted",
        subject=f"handover:{row.id}",
        now=now,
    )
    text = texts.text("handover.accepted", LANGUAGE, taker=row.taker.name)
    _say(session, "handover_accepted", row, person=row.giver, text=text, now=now)
    return row


def settle(session: Session, *, until: datetime, now: datetime) -> None:
    """Somebody took the duty as it stands: every hand-over up to this moment is accepted."""
    waiting = select(Handover).where(Handover.state == HandoverState.OFFERED, Handover.at <= until)
    for row in session.scalars(waiting):
        row.state, row.accepted_at, row.look_after = HandoverState.ACCEPTED, now, None


def card(session: Session, context: Context, row: Handover) -> str:
    """What a hand-over says to the one who takes over: who, since when, and what is open."""
    return _card(session, context, row, "handover.offer")


def alert_lines(session: Session) -> list[str]:
    """Every open alert by its code, one line each."""
    waiting = _open_alerts(session)
    lines = [
        f"• {alert.tier} {alert.code} · {alert.state} · "
        f"{alert_card.reasons_in_words(alert.findings)[:LONGEST_REASON]}"
        for alert in waiting[:MOST_ALERTS]
    ]
    if len(waiting) > MOST_ALERTS:
        lines.append(texts.text("handover.more", LANGUAGE, n=len(waiting) - MOST_ALERTS))
    return lines or [texts.text("handover.no_alerts", LANGUAGE)]


def _ended(
    session: Session, found: tuple[pure.Stretch, ...], *, since: datetime, now: datetime
) -> list[pure.Stretch]:
    """Stretches that ended, have a successor and no hand-over yet."""
    known = {
        (giver, at)
        for giver, at in session.execute(
            select(Handover.from_clinician_id, Handover.at).where(Handover.at > since)
        )
    }
    newest = max((at for _, at in known), default=since)
    on_now = set(pure.on_duty(found, now))
    return [
        one
        for one in found
        if since < one.ends_at <= now
        and one.ends_at >= newest  # what was missed before a recorded one is settled by it
        and (one.person, one.ends_at) not in known
        and one.person not in on_now
        and pure.successor(found, one) is not None
    ]


def _open_alerts(session: Session) -> list[Alert]:
    return list(
        session.scalars(
            select(Alert)
            .where(Alert.state != AlertState.RESOLVED, Alert.is_drill.is_(False))
            .order_by(Alert.tier, Alert.id)
        )
    )


def _card(session: Session, context: Context, row: Handover, key: str) -> str:
    facts = {
        "giver": row.giver.name,
        "taker": row.taker.name,
        "at": timetable.local_text(row.at, context.config.clinic.timezone, "%d %b %H:%M"),
    }
    return "\n".join([texts.text(key, LANGUAGE, **facts), "", *alert_lines(session)])


def _tell_taker(
    session: Session, context: Context, row: Handover, *, key: str, now: datetime
) -> None:
    if row.taker.telegram_id is None:
        return
    _, buttons = prompts.offer(
        session,
        chat_id=row.taker.telegram_id,
        kind=PROMPT_KIND,
        subject={"handover": row.id},
        rows=[[Choice("accept", texts.text("handover.accept_button", LANGUAGE))]],
        now=now,
    )
    text = _card(session, context, row, key)
    _say(session, "handover_card", row, person=row.taker, text=text, now=now, buttons=buttons)


def _tell_giver(session: Session, context: Context, row: Handover, now: datetime) -> None:
    text = _card(session, context, row, "handover.give")
    _say(session, "handover_card", row, person=row.giver, text=text, now=now)


def _tell_everybody(session: Session, context: Context, row: Handover, now: datetime) -> None:
    text = _card(session, context, row, "handover.nobody")
    for person in rota.on_staff(session):
        if person.id != row.to_clinician_id:
            _say(session, "handover_unaccepted", row, person=person, text=text, now=now)


def _say(
    session: Session,
    kind: str,
    row: Handover,
    *,
    person: Clinician,
    text: str,
    now: datetime,
    buttons: Sequence[Sequence[outbox.Button]] = (),
) -> None:
    """Write to one of the staff; somebody without a chat sees it on the page."""
    if person.telegram_id is None:
        return
    outbox.enqueue(
        session,
        dedupe_key=f"{kind}:{row.id}:{row.reminders}:{person.id}",
        message_class=MessageClass.ALERT,
        kind=kind,
        chat_id=person.telegram_id,
        text=text,
        buttons=buttons,
        now=now,
    )
