"""The outbox: messages written with their cause, claimed by one sender, recorded as they went."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import ColumnElement, and_, bindparam, exists, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, aliased

from rehab.db import UtcDateTime
from rehab.models import MessageClass, OutboxMessage, OutboxState
from rehab.services.relevance import still_holds

PRIORITIES = {
    MessageClass.ALERT: 0,
    MessageClass.SAFETY_REPLY: 0,
    MessageClass.REPLY: 1,
    MessageClass.PROMPT: 2,
    MessageClass.DIGEST: 3,
}
LONGEST_TEXT = 4096
"""Telegram counts UTF-16 code units, so most emoji are two."""
LONGEST_CAPTION = 1024
"""The same for the words under a picture."""
LONGEST_BUTTON_DATA = 64
"""Bytes."""
RESENDS = {
    MessageClass.ALERT: (10, 10, 10),
    MessageClass.SAFETY_REPLY: (3, 10, 30, 60, 120),
}
"""Seconds to wait before each further send when nobody knows whether it left; then no more. Other
classes are never sent again. An alert is also repeated by its ladder; nothing repeats the text that
tells a patient what to do, so it is tried for longer."""
MAX_ATTEMPTS = 10
"""Refusals by a server in trouble before a message is given up and frees its chat. Waiting for a
quota or for the network does not count."""
MAX_URGENT_ATTEMPTS = 240
"""The same for alerts and safety texts: some four hours, a minute apart."""
CLAIM_LEASE = timedelta(seconds=60)
"""Longer than the slowest send (the client's timeouts add up to 40 s)."""
MEDIA_LEASE = timedelta(seconds=240)
"""The same for a message with a medium: made, refused by its id, uploaded, and sent as words."""
LAST_HURRIED = PRIORITIES[MessageClass.REPLY]
"""The last priority somebody waits for."""


def _something_goes_first() -> ColumnElement[bool]:
    """Another message of the same chat is on its way, or is due and comes before this one.

    A message that was tried before (it kept its epoch) keeps its place while it waits.
    """
    other = aliased(OutboxMessage)
    earlier = or_(
        other.priority < OutboxMessage.priority,
        and_(other.priority == OutboxMessage.priority, other.id < OutboxMessage.id),
    )
    holds_its_place = or_(other.not_before <= bindparam("now"), other.lease_epoch.is_not(None))
    return exists().where(
        other.chat_id == OutboxMessage.chat_id,
        or_(
            other.state == OutboxState.SENDING,
            and_(other.state == OutboxState.QUEUED, holds_its_place, earlier),
        ),
    )


# Written once: the sender asks these all day long, and putting them together costs more than running them.
_EXPIRE = (
    update(OutboxMessage)
    .where(
        OutboxMessage.state == OutboxState.QUEUED,
        OutboxMessage.expires_at <= bindparam("at", type_=UtcDateTime),
    )
    .values(state=OutboxState.EXPIRED)
    .execution_options(synchronize_session=False)
)
_NEXT = (
    select(OutboxMessage)
    .where(
        OutboxMessage.state == OutboxState.QUEUED,
        OutboxMessage.not_before <= bindparam("now"),
        OutboxMessage.chat_id.not_in(bindparam("busy", expanding=True)),
        OutboxMessage.priority <= bindparam("last"),
        ~_something_goes_first(),
    )
    .order_by(OutboxMessage.priority, OutboxMessage.id)
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True, of=OutboxMessage)
)
_ACCEPTED = (
    update(OutboxMessage)
    .where(
        OutboxMessage.id == bindparam("id_"),
        OutboxMessage.lease_epoch == bindparam("epoch"),
        OutboxMessage.state == OutboxState.SENDING,
    )
    .values(
        state=OutboxState.ACCEPTED,
        provider_id=bindparam("provider"),
        accepted_at=bindparam("at", type_=UtcDateTime),
        lease_until=None,
        error=None,
    )
    .returning(OutboxMessage.id)
)


@dataclass(frozen=True)
class Button:
    """A button under a message; `data` comes back when it is tapped."""

    label: str
    data: str


@dataclass(frozen=True)
class Media:
    """What a message shows besides its words; the words are then its caption and may be empty.

    `key` says what it is (`rehab.services.media` knows how to make it).
    """

    kind: Literal["animation", "photo", "document"]
    key: str


def enqueue(
    session: Session,
    *,
    dedupe_key: str,
    message_class: MessageClass,
    kind: str,
    chat_id: int,
    text: str,
    now: datetime,
    buttons: Sequence[Sequence[Button]] = (),
    media: Media | None = None,
    not_before: datetime | None = None,
    expires_at: datetime | None = None,
    edits_id: int | None = None,
    relevance: Mapping[str, Any] | None = None,
    patient_id: int | None = None,
    thread_id: int | None = None,
    is_silent: bool = False,
) -> OutboxMessage:
    """Write one message that shall leave; the same `dedupe_key` again returns the existing row.

    An edit of a message with `media` changes its caption. Raises ValueError for a text or a button
    Telegram would refuse.
    """
    is_caption = media is not None or _has_media(session, edits_id)
    message = OutboxMessage(
        dedupe_key=dedupe_key,
        message_class=MessageClass(message_class),
        priority=PRIORITIES[MessageClass(message_class)],
        kind=kind,
        chat_id=chat_id,
        thread_id=thread_id,
        is_silent=is_silent,
        text=_checked_caption(text) if is_caption else _checked_text(text),
        buttons=_checked_buttons(buttons),
        media_kind=media.kind if media else None,
        media_key=media.key if media else None,
        not_before=not_before or now,
        expires_at=expires_at,
        edits_id=edits_id,
        relevance=dict(relevance or {}),
        patient_id=patient_id,
        created_at=now,
    )
    known = select(OutboxMessage).where(OutboxMessage.dedupe_key == dedupe_key)
    existing = session.scalars(known).one_or_none()
    if existing is not None:
        return existing
    try:
        # A savepoint, so that losing a race to another process costs this row only.
        with session.begin_nested():
            session.add(message)
    except IntegrityError:
        winner = session.scalars(known).one_or_none()
        if winner is None:
            raise
        return winner
    return message


def is_unhurried(message: OutboxMessage) -> bool:
    """Whether nobody waits for this message just now: reminders and digests."""
    return message.priority > LAST_HURRIED


def claim(
    session: Session,
    *,
    now: datetime,
    epoch: int,
    limit: int,
    unhurried_limit: int | None = None,
    paused_chats: Collection[int] = (),
    lease: timedelta = CLAIM_LEASE,
) -> list[OutboxMessage]:
    """Take up to `limit` messages to send now, the most urgent first, one per chat.

    At most `unhurried_limit` of them are reminders and digests. Whatever expired or lost its reason
    meanwhile is closed instead of sent.
    """
    session.execute(_EXPIRE, {"at": now})
    claimed: list[OutboxMessage] = []
    busy = set(paused_chats)
    reminders = limit if unhurried_limit is None else unhurried_limit
    has_freed_a_chat = True
    while has_freed_a_chat and len(claimed) < limit:
        has_freed_a_chat = False
        for message in _candidates(session, now, busy, limit - len(claimed), reminders > 0):
            if is_unhurried(message) and reminders <= 0:
                break
            if not still_holds(session, message.relevance):
                message.state = OutboxState.CANCELLED
                has_freed_a_chat = True
            elif _take(session, message, epoch, now + _lease_of(message, lease)):
                claimed.append(message)
                busy.add(message.chat_id)
                reminders -= is_unhurried(message)
        session.flush()
    return claimed


def _candidates(
    session: Session, now: datetime, busy: Collection[int], limit: int, with_reminders: bool
) -> Sequence[OutboxMessage]:
    last = LAST_HURRIED if not with_reminders else max(PRIORITIES.values())
    values = {"now": now, "busy": list(busy), "last": last, "limit": limit}
    return session.scalars(_NEXT, values).all()


def record_accepted(
    session: Session, *, message_id: int, epoch: int, provider_id: int | None, now: datetime
) -> bool:
    """Telegram has it. False when this sender no longer owns the message."""
    values = {"id_": message_id, "epoch": epoch, "provider": provider_id, "at": now}
    return session.execute(_ACCEPTED, values).first() is not None


def record_unknown(
    session: Session, *, message_id: int, epoch: int, now: datetime, error: str = ""
) -> bool:
    """Nobody knows whether Telegram has it: send again or leave it, as its class demands."""
    if (message := _owned(session, message_id, epoch)) is None:
        return False
    _settle_ambiguous(message, now, error)
    return True


def record_failed(session: Session, *, message_id: int, epoch: int, error: str) -> bool:
    """Telegram will never take it."""
    if (message := _owned(session, message_id, epoch)) is None:
        return False
    message.state = OutboxState.FAILED
    message.lease_until = None
    message.error = error
    return True


def record_retry(
    session: Session,
    *,
    message_id: int,
    epoch: int,
    not_before: datetime,
    counts_as_attempt: bool,
    error: str = "",
) -> bool:
    """It certainly did not leave; try again later. Later messages of its chat wait behind it."""
    if (message := _owned(session, message_id, epoch)) is None:
        return False
    message.lease_until = None
    message.error = error or None
    message.attempts += counts_as_attempt
    if message.attempts >= _most_attempts(message):
        message.state = OutboxState.FAILED
    else:
        message.state = OutboxState.QUEUED
        message.not_before = not_before
    return True


def release_expired_leases(
    session: Session, *, now: datetime, before_epoch: int | None = None
) -> int:
    """Settle sends whose sender died on the way; nobody knows whether those messages left.

    `before_epoch` is the present sender's: what an earlier one left behind need not wait.
    """
    abandoned: ColumnElement[bool] = OutboxMessage.lease_until <= now
    if before_epoch is not None:
        abandoned = or_(abandoned, OutboxMessage.lease_epoch < before_epoch)
    messages = session.scalars(
        select(OutboxMessage)
        .where(OutboxMessage.state == OutboxState.SENDING, abandoned)
        .order_by(OutboxMessage.id)
        .with_for_update(skip_locked=True)
    ).all()
    for message in messages:
        _settle_ambiguous(message, now, "sender died")
    return len(messages)


def _take(session: Session, message: OutboxMessage, epoch: int, until: datetime) -> bool:
    taken = session.execute(
        update(OutboxMessage)
        .where(OutboxMessage.id == message.id, OutboxMessage.state == OutboxState.QUEUED)
        .values(state=OutboxState.SENDING, lease_epoch=epoch, lease_until=until)
        .returning(OutboxMessage.id)
    ).first()
    return taken is not None


def _lease_of(message: OutboxMessage, lease: timedelta) -> timedelta:
    return max(lease, MEDIA_LEASE) if message.media_key else lease


def _owned(session: Session, message_id: int, epoch: int) -> OutboxMessage | None:
    return session.scalars(
        select(OutboxMessage)
        .where(
            OutboxMessage.id == message_id,
            OutboxMessage.lease_epoch == epoch,
            OutboxMessage.state == OutboxState.SENDING,
        )
        .with_for_update()
    ).one_or_none()


def _most_attempts(message: OutboxMessage) -> int:
    return MAX_URGENT_ATTEMPTS if message.message_class in RESENDS else MAX_ATTEMPTS


def _settle_ambiguous(message: OutboxMessage, now: datetime, error: str) -> None:
    message_class = MessageClass(message.message_class)
    message.ambiguous += 1
    message.lease_until = None
    message.error = error or None
    pauses = RESENDS.get(message_class, ())
    if message.ambiguous <= len(pauses):
        message.state = OutboxState.QUEUED
        message.not_before = now + timedelta(seconds=pauses[message.ambiguous - 1])
    else:
        message.state = OutboxState.UNKNOWN


def units(text: str) -> int:
    """The length of a text as Telegram counts it."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _checked_caption(text: str) -> str:
    """The words under a medium as they can leave. Raises ValueError when they are too long."""
    return _short_enough(_whole(text), LONGEST_CAPTION, "a caption")


def _checked_text(text: str) -> str:
    whole = _whole(text)
    if not whole.strip():
        raise ValueError("a message needs a text")
    return _short_enough(whole, LONGEST_TEXT, "a message")


def _whole(text: str) -> str:
    # Half an emoji (a lone surrogate) cannot be put on the wire.
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _short_enough(text: str, longest: int, what: str) -> str:
    if units(text) > longest:
        raise ValueError(f"{what} has at most {longest} UTF-16 units, this one {units(text)}")
    return text


def _has_media(session: Session, message_id: int | None) -> bool:
    edited = session.get(OutboxMessage, message_id) if message_id else None
    return edited is not None and edited.media_key is not None


def _checked_buttons(buttons: Sequence[Sequence[Button]]) -> list[list[dict[str, str]]]:
    for button in (button for row in buttons for button in row):
        if not button.label.strip():
            raise ValueError(f"the button with data {button.data!r} needs a label")
        if not 1 <= len(button.data.encode()) <= LONGEST_BUTTON_DATA:
            raise ValueError(f"the data of button {button.label!r} must have 1 to 64 bytes")
    return [[{"label": b.label, "data": b.data} for b in row] for row in buttons if row]
