"""What the watch remembers and whom it tells: once per trouble, hourly while it lasts, and all clear."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from rehab import texts
from rehab.clinical import timetable
from rehab.models import Clinician, Heartbeat, MessageClass
from rehab.post import EMAIL, WEBHOOK
from rehab.services import dispatches, on_call, outbox, watch
from rehab.services.context import Context
from rehab.services.watch import NEVER, Trouble

COMPONENT = "watch"
"""The heartbeat row that remembers: `troubles`, `steady_since`, `machine`, `pinged_at`."""
LANGUAGE = texts.SOURCE_LANGUAGE
EVERY_IN_BOT = timedelta(seconds=8)
"""Two bots do not look twice within this time."""
EVERY_ELSEWHERE = timedelta(seconds=60)
"""After so long without a look of the bot, another process looks."""
SLEPT = timedelta(seconds=60)
CLOCK_MOVED = timedelta(seconds=5)
TOLD_AGAIN_AFTER = timedelta(hours=1)
GONE_FOR = timedelta(minutes=2)
"""A trouble that comes back within this time is the same one, and nobody was told it was over."""
TELEGRAM_IS_DEAD = frozenset({watch.BOT_SILENT, "loop_silent:sender", "token_refused"})
STALE = timedelta(minutes=10)
"""A word to staff about a trouble is noise when it could not leave for so long."""


def look(
    session: Session,
    context: Context,
    *,
    now: datetime,
    machine: datetime,
    loops: Mapping[str, timedelta],
    in_bot: bool,
) -> bool:
    """One look, unless another process has just looked: remember the troubles and tell people.

    `machine` is the machine's own clock: where it disagrees with `now`, the demo's time was moved.
    Returns whether the dead-man's switch is to be called now: everything beats, nothing is late.
    """
    row = _my_turn(session, now, EVERY_IN_BOT if in_bot else EVERY_ELSEWHERE)
    if row is None:
        return False
    memory: dict[str, Any] = dict(row.detail)
    steady_since = _steady_since(row, now, machine, in_bot=in_bot)
    found = watch.troubles(session, context, now=now, loops=loops, steady_since=steady_since)
    memory["troubles"] = _remembered(session, context, memory.get("troubles", {}), found, now)
    memory["steady_since"], memory["machine"] = steady_since.isoformat(), machine.isoformat()
    is_well = not watch.troubles(session, context, now=now, loops=loops)
    must_ping = in_bot and is_well and _ping_is_due(context, memory.get("pinged_at"), now)
    if must_ping:
        memory["pinged_at"] = now.isoformat()
    row.at, row.detail = now, memory
    return must_ping


def active(session: Session) -> list[Trouble]:
    """The troubles the last look found; one row, for every page."""
    row = session.get(Heartbeat, COMPONENT)
    kept = row.detail.get("troubles", {}) if row is not None else {}
    return [_trouble(code, one) for code, one in kept.items() if not one.get("gone_at")]


def is_stale(session: Session, now: datetime) -> bool:
    """Whether nobody has looked for so long that this process has to."""
    row = session.get(Heartbeat, COMPONENT)
    return row is None or now - row.at >= EVERY_ELSEWHERE


def _my_turn(session: Session, now: datetime, every: timedelta) -> Heartbeat | None:
    row = session.get(Heartbeat, COMPONENT, with_for_update=True)
    if row is None:
        try:
            with session.begin_nested():
                row = Heartbeat(component=COMPONENT, at=now, detail={})
                session.add(row)
        except IntegrityError:
            return None
        return row
    # A look from the future is a clock set back.
    return row if now - row.at >= every or row.at > now else None


def _steady_since(row: Heartbeat, now: datetime, machine: datetime, *, in_bot: bool) -> datetime:
    if "machine" not in row.detail:
        return now
    passed = machine - datetime.fromisoformat(row.detail["machine"])
    moved = abs((now - row.at) - passed) > CLOCK_MOVED
    slept = in_bot and now - row.at > SLEPT
    return now if moved or slept else datetime.fromisoformat(row.detail["steady_since"])


def _ping_is_due(context: Context, pinged_at: str | None, now: datetime) -> bool:
    settings = context.config.watch
    if not settings.ping_url:
        return False
    last = datetime.fromisoformat(pinged_at) if pinged_at else NEVER
    return last > now or now - last >= timedelta(seconds=settings.ping_seconds)


def _remembered(
    session: Session,
    context: Context,
    before: Mapping[str, Mapping[str, Any]],
    found: Sequence[Trouble],
    now: datetime,
) -> dict[str, dict[str, Any]]:
    kept: dict[str, dict[str, Any]] = {}
    to_tell: list[Trouble] = []
    over: list[Trouble] = []
    for trouble in found:
        told_at = before.get(trouble.code, {}).get("told_at")
        since = before.get(trouble.code, {}).get("since", trouble.since.isoformat())
        if told_at is None or now - datetime.fromisoformat(told_at) >= TOLD_AGAIN_AFTER:
            to_tell.append(trouble)
            told_at = now.isoformat()
        kept[trouble.code] = {"since": since, "detail": dict(trouble.detail), "told_at": told_at}
    for code, one in before.items():
        if code in kept:
            continue
        gone_at = one.get("gone_at") or now.isoformat()
        if now - datetime.fromisoformat(gone_at) < GONE_FOR:
            kept[code] = {**one, "gone_at": gone_at}
        else:
            over.append(_trouble(code, one))
    is_dead = any(one.code in TELEGRAM_IS_DEAD for one in found)
    if to_tell:
        _tell(session, context, "trouble", to_tell, now, telegram_is_dead=is_dead)
    if over:
        _tell(session, context, "all_clear", over, now, telegram_is_dead=is_dead)
    return kept


def _trouble(code: str, one: Mapping[str, Any]) -> Trouble:
    return Trouble(code, datetime.fromisoformat(one["since"]), one.get("detail", {}))


def _tell(
    session: Session,
    context: Context,
    event: str,
    about: Sequence[Trouble],
    now: datetime,
    *,
    telegram_is_dead: bool,
) -> None:
    key = f"{event}:{about[0].code}:{int(now.timestamp())}"
    subject = texts.text(f"watch.{event}_subject", LANGUAGE, clinic=context.config.clinic.name)
    body = _words(context, event, about)
    if dispatches.is_on(context, EMAIL) and context.config.email.operator:
        _mail(session, key=key, subject=subject, body=body, now=now, clinician_id=None)
    if dispatches.is_on(context, WEBHOOK):
        _hook(session, key=key, event=event, about=about, subject=subject, now=now)
    for clinician in on_call.on_call_now(session, now=now):
        if on_call.has_chat(clinician) and not telegram_is_dead:
            _message(session, clinician, key=key, text=body, now=now)
        elif dispatches.is_on(context, EMAIL):
            _mail(session, key=key, subject=subject, body=body, now=now, clinician_id=clinician.id)


def _words(context: Context, event: str, about: Sequence[Trouble]) -> str:
    zone = context.config.clinic.timezone
    lines = [texts.text(f"watch.{event}", LANGUAGE, clinic=context.config.clinic.name), ""]
    for one in about:
        # What never worked has no moment from which on it did not.
        since = timetable.local_text(one.since, zone, "%d %b %H:%M") if one.since > NEVER else "–"
        line = {"what": one.words(LANGUAGE), "since": since}
        lines.append(texts.text("watch.line", LANGUAGE, **line))
    link = context.config.web.public_url
    return "\n".join([*lines, "", link] if link else lines)


def _mail(
    session: Session, *, key: str, subject: str, body: str, now: datetime, clinician_id: int | None
) -> None:
    dispatches.enqueue(
        session,
        dedupe_key=f"{EMAIL}:{clinician_id or 'operator'}:{key}",
        channel=EMAIL,
        kind="trouble_mail",
        subject=subject,
        body=body,
        now=now,
        clinician_id=clinician_id,
    )


def _hook(
    session: Session,
    *,
    key: str,
    event: str,
    about: Sequence[Trouble],
    subject: str,
    now: datetime,
) -> None:
    body = {
        "delivery": secrets.token_hex(12),
        "event": event,
        "troubles": [
            {"code": one.code, "since": one.since.isoformat(), "detail": dict(one.detail)}
            for one in about
        ],
    }
    dispatches.enqueue(
        session,
        dedupe_key=f"{WEBHOOK}:{key}",
        channel=WEBHOOK,
        kind="trouble_hook",
        subject=subject,
        body=json.dumps(body),
        now=now,
    )


def _message(
    session: Session, clinician: Clinician, *, key: str, text: str, now: datetime
) -> None:
    assert clinician.telegram_id is not None
    outbox.enqueue(
        session,
        dedupe_key=f"{key}:{clinician.id}",
        message_class=MessageClass.REPLY,
        kind="staff_trouble",
        chat_id=clinician.telegram_id,
        text=text,
        now=now,
        expires_at=now + STALE,
    )
