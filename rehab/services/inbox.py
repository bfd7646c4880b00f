"""The inbox: raw updates kept before they are confirmed, handed out one chat in order."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, exists, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, aliased

from rehab.logs import get_logger, place_of
from rehab.models import InboxState, InboxUpdate
from rehab.services.context import Context

log = get_logger(__name__)

MAX_ATTEMPTS = 3
UNKNOWN_CHAT = 0
URGENT, ORDINARY = 0, 1
"""Of `InboxUpdate.priority`."""
_BIGGEST_ID = 2**63 - 1

RowKey = tuple[int, int]
"""(bot_id, update_id)"""
Place = tuple[datetime, int]
"""(received_at, update_id): where an update stands in the queue."""


_EARLIER = aliased(InboxUpdate)
# Written once: workers ask this all day long, and putting it together costs more than running it.
_NEXT = (
    select(InboxUpdate)
    .where(
        InboxUpdate.state == InboxState.NEW,
        or_(InboxUpdate.not_before.is_(None), InboxUpdate.not_before <= bindparam("now")),
        ~exists().where(
            _EARLIER.state == InboxState.NEW,
            _EARLIER.bot_id == InboxUpdate.bot_id,
            _EARLIER.chat_key == InboxUpdate.chat_key,
            _EARLIER.update_id < InboxUpdate.update_id,
        ),
    )
    .order_by(InboxUpdate.priority, InboxUpdate.received_at, InboxUpdate.update_id)
    .limit(1)
    .with_for_update(skip_locked=True, of=InboxUpdate)
)


def accept(
    session: Session, *, bot_id: int, updates: Sequence[str | Mapping[str, Any]], now: datetime
) -> int:
    """Keep raw updates, each once however often it is delivered. Returns how many were new.

    Never raises for odd content: what cannot be read is kept as well, so that a person sees it.
    """
    rows: dict[int, dict[str, Any]] = {}
    for given in updates:
        raw = given if isinstance(given, str) else json.dumps(given, ensure_ascii=False)
        body = _body(raw)
        update_id = _update_id(body, raw)
        rows.setdefault(
            update_id,
            {
                "bot_id": bot_id,
                "update_id": update_id,
                "received_at": now,
                "chat_key": _chat_key(body),
                "raw": raw,
            },
        )
    if not rows:
        return 0
    is_postgresql = session.get_bind().dialect.name == "postgresql"
    insert = postgresql.insert if is_postgresql else sqlite.insert
    # The table's key is the whole memory of what was seen: "greater than the last id" would not
    # do, Telegram may restart its numbers after a quiet week.
    stored = session.scalars(
        insert(InboxUpdate).on_conflict_do_nothing().returning(InboxUpdate.update_id),
        [
            {**row, "state": InboxState.NEW, "attempts": 0, "priority": ORDINARY}
            for row in rows.values()
        ],
    )
    return len(stored.all())


def count_waiting(session: Session) -> int:
    """How many updates nobody has handled."""
    waiting = select(func.count()).where(InboxUpdate.state == InboxState.NEW)
    return session.scalar(waiting) or 0


def waiting(session: Session, *, after: Place, limit: int) -> list[InboxUpdate]:
    """Updates nobody has handled that came after a place in the queue, oldest first."""
    at, update_id = after
    came_later = or_(
        InboxUpdate.received_at > at,
        and_(InboxUpdate.received_at == at, InboxUpdate.update_id > update_id),
    )
    query = select(InboxUpdate).where(InboxUpdate.state == InboxState.NEW, came_later)
    ordered = query.order_by(InboxUpdate.received_at, InboxUpdate.update_id)
    return list(session.scalars(ordered.limit(limit)))


def bring_forward(session: Session, row: InboxUpdate) -> None:
    """Handle this one first, with whatever else waits of its chat, which stays in order."""
    session.execute(
        update(InboxUpdate)
        .where(
            InboxUpdate.bot_id == row.bot_id,
            InboxUpdate.state == InboxState.NEW,
            InboxUpdate.chat_key == row.chat_key,
        )
        .values(priority=URGENT)
    )


def body_of(row: InboxUpdate) -> Mapping[str, Any]:
    """The update as Telegram sent it; empty when that cannot be read."""
    return _body(row.raw or "")


def next_row(session: Session, *, now: datetime) -> InboxUpdate | None:
    """The oldest update nobody has handled, what looks urgent first, unless an earlier one of its
    chat still waits."""
    return session.scalars(_NEXT, {"now": now}).first()


def mark_done(row: InboxUpdate, now: datetime) -> None:
    """The update and everything it caused commit together."""
    row.state = InboxState.DONE
    row.done_at = now
    row.error = None


def mark_failed(
    session: Session,
    context: Context,
    *,
    row_key: RowKey,
    error: str,
    now: datetime,
    max_attempts: int = MAX_ATTEMPTS,
    seen_attempts: int | None = None,
) -> None:
    """Handling raised: try again a little later, and after `max_attempts` ask a person to look.

    `seen_attempts` is the count when the row was taken: of several workers that failed on it at
    the same moment only one counts.
    """
    row = session.get(InboxUpdate, row_key, with_for_update=True)
    if row is None or row.state != InboxState.NEW:
        return
    if seen_attempts is not None and row.attempts != seen_attempts:
        return
    row.attempts += 1
    row.error = error
    if row.attempts < max_attempts:
        row.not_before = now + timedelta(seconds=2 ** (row.attempts - 1))
        return
    row.state = InboxState.DEAD
    row.done_at = now
    if row.chat_key != UNKNOWN_CHAT:
        _tell_a_person(session, context, row, now)


def erase_old(session: Session, *, before: datetime) -> int:
    """Erase the raw text of updates that were handled and received before then."""
    erased = session.scalars(
        update(InboxUpdate)
        .where(
            InboxUpdate.received_at < before,
            InboxUpdate.state != InboxState.NEW,
            InboxUpdate.raw.is_not(None),
        )
        .values(raw=None)
        .returning(InboxUpdate.update_id)
        .execution_options(synchronize_session=False)
    )
    return len(erased.all())


def source_of(row: InboxUpdate) -> str:
    """The name under which everything this update causes is recorded, once."""
    return f"telegram:{row.bot_id}:{row.update_id}"


def _tell_a_person(session: Session, context: Context, row: InboxUpdate, now: datetime) -> None:
    from rehab.services.messages import keep_unreadable

    try:
        # A savepoint: if even this fails, the row must still die, or its chat is stuck for ever.
        with session.begin_nested():
            keep_unreadable(
                session,
                context,
                chat_id=row.chat_key,
                raw=row.raw or "",
                source=source_of(row),
                now=now,
            )
    except Exception as error:
        log.error("unreadable_update_not_shown", update_id=row.update_id, error=place_of(error))


def _body(raw: str) -> Mapping[str, Any]:
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError):
        return {}
    return body if isinstance(body, Mapping) else {}


def _update_id(body: Mapping[str, Any], raw: str) -> int:
    given = _identifier(body.get("update_id"))
    if given is not None:
        return given
    digest = hashlib.sha256(raw.encode("utf-8", "surrogatepass")).digest()
    return -1 - (int.from_bytes(digest[:8], "big") >> 2)


def _chat_key(body: Mapping[str, Any]) -> int:
    for path in (
        ("message", "chat"),
        ("edited_message", "chat"),
        ("callback_query", "message", "chat"),
        ("callback_query", "from"),
        ("my_chat_member", "chat"),
    ):
        place: Any = body
        for name in path:
            place = place.get(name) if isinstance(place, Mapping) else None
        found = _identifier(place.get("id")) if isinstance(place, Mapping) else None
        if found is not None:
            return found
    return UNKNOWN_CHAT


def _identifier(value: Any) -> int | None:
    """An id a database can hold; `True` and 10**30 are not."""
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > _BIGGEST_ID:
        return None
    return value
