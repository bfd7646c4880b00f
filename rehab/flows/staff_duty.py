"""A clinician's own duty in the chat: the next shifts, swaps with colleagues, hand-overs."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from rehab import texts
from rehab.errors import InvalidInput, NotAllowed, NotFound, WrongState
from rehab.flows.types import Handled
from rehab.models import Prompt
from rehab.services import handover, outbox, prompts, roll_call_words, rota, swaps
from rehab.services import roll_call as calling
from rehab.services.prompts import Choice

if TYPE_CHECKING:
    from rehab.flows.staff import Desk

LANGUAGE = texts.SOURCE_LANGUAGE
SHIFT = "duty_shift"
COLLEAGUE = "duty_colleague"
AHEAD = timedelta(days=14)
MOST_SHIFTS = 6
KINDS = (SHIFT, COLLEAGUE, swaps.PROMPT_KIND, handover.PROMPT_KIND)


def duty(desk: Desk) -> None:
    """`/duty`: my next shifts, each with a button to ask a colleague."""
    mine = [
        one
        for one in rota.duties(desk.session, since=desk.now, until=desk.now + AHEAD)
        if one.clinician_id == desk.clinician.id
    ][:MOST_SHIFTS]
    if not mine:
        desk.say("duty", texts.text("duty.none", LANGUAGE, days=AHEAD.days))
        return
    lines = [f"• {swaps.when(desk.context, one.starts_at, one.ends_at)}" for one in mine]
    rows = [
        [Choice(_value(one.starts_at, one.ends_at), _label(desk, one.starts_at))]
        for one in mine
        if one.starts_at > desk.now
    ]
    heading = texts.text("duty.heading", LANGUAGE)
    desk.say("duty", "\n".join([heading, *lines]), buttons=_offer(desk, SHIFT, rows))


def roll_call(desk: Desk) -> None:
    """`/rollcall`: how everybody's yesterday ended, and today so far."""
    found = calling.call(desk.session, desk.context, now=desk.now)
    desk.say("roll_call", roll_call_words.in_words(found))


def on_tap(desk: Desk, prompt: Prompt, value: str) -> Handled:
    """A tap on a shift, a colleague, a swap or a hand-over."""
    try:
        return _on_tap(desk, prompt, value)
    except (WrongState, NotAllowed, NotFound, InvalidInput) as problem:
        return Handled(str(problem)[:200])


def _on_tap(desk: Desk, prompt: Prompt, value: str) -> Handled:
    if prompt.kind == handover.PROMPT_KIND:
        return _accept(desk, prompt)
    if prompt.kind == swaps.PROMPT_KIND:
        return _decide(desk, prompt, accept=value == "accept")
    if prompt.kind == COLLEAGUE:
        return _propose(desk, prompt, int(value))
    return _ask_whom(desk, value)


def _accept(desk: Desk, prompt: Prompt) -> Handled:
    handover.accept(
        desk.session,
        desk.context,
        handover_id=prompt.subject["handover"],
        clinician_id=desk.clinician.id,
        now=desk.now,
    )
    desk.say("handover_taken", texts.text("handover.you_have_it", LANGUAGE))
    return Handled(texts.text("handover.toast", LANGUAGE))


def _decide(desk: Desk, prompt: Prompt, *, accept: bool) -> Handled:
    swap = swaps.decide(
        desk.session,
        desk.context,
        swap_id=prompt.subject["swap"],
        clinician_id=desk.clinician.id,
        accept=accept,
        now=desk.now,
    )
    key = "duty.you_took" if accept else "duty.you_declined"
    when = swaps.when(desk.context, swap.starts_at, swap.ends_at)
    desk.say("swap_decided", texts.text(key, LANGUAGE, giver=swap.giver.name, when=when))
    return Handled()


def _ask_whom(desk: Desk, value: str) -> Handled:
    others = [one for one in rota.on_staff(desk.session) if one.id != desk.clinician.id]
    if not others:
        return Handled(texts.text("duty.no_colleague", LANGUAGE))
    starts_at, ends_at = _moments(value)
    rows = [[Choice(str(one.id), one.name)] for one in others]
    text = texts.text("duty.whom", LANGUAGE, when=swaps.when(desk.context, starts_at, ends_at))
    desk.say("swap_whom", text, buttons=_offer(desk, COLLEAGUE, rows, shift=value))
    return Handled()


def _propose(desk: Desk, prompt: Prompt, taker_id: int) -> Handled:
    starts_at, ends_at = _moments(prompt.subject["shift"])
    swap = swaps.propose(
        desk.session,
        desk.context,
        giver_id=desk.clinician.id,
        taker_id=taker_id,
        starts_at=starts_at,
        ends_at=ends_at,
        now=desk.now,
    )
    has_chat = swap.taker.telegram_id is not None
    key = "duty.asked" if has_chat else "duty.asked_without_chat"
    desk.say("swap_proposed", texts.text(key, LANGUAGE, taker=swap.taker.name))
    return Handled()


def _offer(
    desk: Desk, kind: str, rows: list[list[Choice]], **subject: str
) -> list[list[outbox.Button]]:
    if not rows:
        return []
    _, buttons = prompts.offer(
        desk.session,
        chat_id=desk.event.chat_id,
        kind=kind,
        subject=subject,
        rows=rows,
        now=desk.now,
    )
    return buttons


def _label(desk: Desk, starts_at: datetime) -> str:
    shown = swaps.day(desk.context, starts_at)
    return texts.text("duty.swap_button", LANGUAGE, when=shown)


def _value(starts_at: datetime, ends_at: datetime) -> str:
    return f"{starts_at.isoformat()}|{ends_at.isoformat()}"


def _moments(value: str) -> tuple[datetime, datetime]:
    starts_at, _, ends_at = value.partition("|")
    return datetime.fromisoformat(starts_at), datetime.fromisoformat(ends_at)
