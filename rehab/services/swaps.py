"""Swaps of duty: one clinician asks another, and nothing moves before the other agrees."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from rehab import texts
from rehab.clinical import timetable
from rehab.errors import InvalidInput, NotAllowed, NotFound, WrongState
from rehab.models import Clinician, MessageClass, ShiftSwap, SwapState
from rehab.services import audit, outbox, prompts, rota
from rehab.services.context import Context
from rehab.services.prompts import Choice

PROMPT_KIND = "swap"
LANGUAGE = texts.SOURCE_LANGUAGE
WHEN = "%a %d %b %H:%M"


def propose(
    session: Session,
    context: Context,
    *,
    giver_id: int,
    taker_id: int,
    starts_at: datetime,
    ends_at: datetime,
    now: datetime,
) -> ShiftSwap:
    """Ask a colleague to take a stretch of one's own duty. Raises InvalidInput and NotFound."""
    giver, taker = (rota.may_have_duty(session, one) for one in (giver_id, taker_id))
    if giver_id == taker_id:
        raise InvalidInput(taker="expected somebody else")
    if not now < starts_at < ends_at:
        raise InvalidInput(starts_at="expected a shift that has not begun")
    duty = rota.stretches(session, since=starts_at, until=ends_at)
    if not any(one.person == giver_id for one in duty):
        raise InvalidInput(starts_at="you have no duty then")
    swap = ShiftSwap(
        giver_id=giver_id, taker_id=taker_id, starts_at=starts_at, ends_at=ends_at, made_at=now
    )
    session.add(swap)
    session.flush()
    _ask(session, context, swap, giver=giver, taker=taker, now=now)
    _audit(session, swap, "proposed", giver_id, now)
    return swap


def decide(
    session: Session,
    context: Context,
    *,
    swap_id: int,
    clinician_id: int,
    accept: bool,
    now: datetime,
) -> ShiftSwap:
    """The asked colleague says yes or no. Raises NotFound, NotAllowed and WrongState."""
    swap = _open(session, swap_id)
    if swap.taker_id != clinician_id:
        raise NotAllowed("only the colleague who was asked can answer")
    if accept and swap.starts_at <= now:
        raise WrongState("too_late", "This shift has begun. Use “put on call now” instead.")
    swap.state = SwapState.ACCEPTED if accept else SwapState.DECLINED
    swap.decided_at = now
    _tell_giver(session, context, swap, now)
    _audit(session, swap, swap.state, clinician_id, now)
    return swap


def withdraw(session: Session, *, swap_id: int, clinician_id: int, now: datetime) -> ShiftSwap:
    """The giver keeps the shift after all. Raises NotFound, NotAllowed and WrongState."""
    swap = _open(session, swap_id)
    if swap.giver_id != clinician_id:
        raise NotAllowed("only the colleague who asked can withdraw")
    swap.state, swap.decided_at = SwapState.WITHDRAWN, now
    _audit(session, swap, swap.state, clinician_id, now)
    return swap


def when(context: Context, starts_at: datetime, ends_at: datetime) -> str:
    """A stretch in clinic time, in words."""
    zone = context.config.clinic.timezone
    same_day = timetable.local_date(starts_at, zone) == timetable.local_date(ends_at, zone)
    end = timetable.local_text(ends_at, zone, "%H:%M" if same_day else WHEN)
    return f"{timetable.local_text(starts_at, zone, WHEN)} – {end}"


def day(context: Context, starts_at: datetime) -> str:
    """When a stretch begins, in clinic time, in words."""
    return timetable.local_text(starts_at, context.config.clinic.timezone, WHEN)


def _open(session: Session, swap_id: int) -> ShiftSwap:
    swap = session.get(ShiftSwap, swap_id, with_for_update=True)
    if swap is None:
        raise NotFound("no such swap")
    if swap.state != SwapState.PROPOSED:
        raise WrongState("already_decided", "This swap is already decided.")
    return swap


def _ask(
    session: Session,
    context: Context,
    swap: ShiftSwap,
    *,
    giver: Clinician,
    taker: Clinician,
    now: datetime,
) -> None:
    if taker.telegram_id is None:
        return
    _, buttons = prompts.offer(
        session,
        chat_id=taker.telegram_id,
        kind=PROMPT_KIND,
        subject={"swap": swap.id},
        rows=[
            [
                Choice("accept", texts.text("duty.accept_button", LANGUAGE)),
                Choice("decline", texts.text("duty.decline_button", LANGUAGE)),
            ]
        ],
        now=now,
    )
    shown = when(context, swap.starts_at, swap.ends_at)
    outbox.enqueue(
        session,
        dedupe_key=f"swap_offer:{swap.id}",
        message_class=MessageClass.REPLY,
        kind="swap_offer",
        chat_id=taker.telegram_id,
        text=texts.text("duty.swap_offer", LANGUAGE, giver=giver.name, when=shown),
        buttons=buttons,
        now=now,
    )


def _tell_giver(session: Session, context: Context, swap: ShiftSwap, now: datetime) -> None:
    if swap.giver.telegram_id is None:
        return
    key = "duty.swap_accepted" if swap.state == SwapState.ACCEPTED else "duty.swap_declined"
    outbox.enqueue(
        session,
        dedupe_key=f"swap_answered:{swap.id}",
        message_class=MessageClass.REPLY,
        kind="swap_answered",
        chat_id=swap.giver.telegram_id,
        text=texts.text(
            key,
            LANGUAGE,
            taker=swap.taker.name,
            when=when(context, swap.starts_at, swap.ends_at),
        ),
        now=now,
    )


def _audit(session: Session, swap: ShiftSwap, what: str, clinician_id: int, now: datetime) -> None:
    audit.record(
        session,
        actor=f"clinician:{clinician_id}",
        action=f"swap.{what}",
        subject=f"swap:{swap.id}",
        now=now,
    )
