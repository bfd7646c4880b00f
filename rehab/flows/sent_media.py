"""A photo, a voice message or a file arrives: kept for a person, its caption screened as words."""

from __future__ import annotations

from dataclasses import replace

from rehab.flows import safety, wound_photo
from rehab.flows.turn import Turn, menu
from rehab.flows.types import Event
from rehab.models import IncomingKind, IncomingMessage, MediaState, StoredMedia
from rehab.services import incoming_media, messages
from rehab.services.incoming_media import Sent
from rehab.services.messages import Kept

FILES = ("photo", "voice", "video", "document")
PICTURES = ("photo", "document")
"""A document that is not refused is a picture sent without being made smaller."""


def receive(turn: Turn, event: Event) -> None:
    """Keep it with its message in one transaction, and answer honestly; it is fetched afterwards."""
    kept = messages.keep(
        turn.session,
        turn.context,
        patient=turn.patient,
        kind=event.media_kind or IncomingKind.OTHER,
        text=event.text,
        source=event.source,
        now=turn.now,
        file_id=event.file_id,
        sent_by=turn.speaker or "patient",
    )
    medium = _note(turn, event, kept.message)
    is_urgent = safety.reply(turn, kept.findings)
    if medium is not None and medium.state == MediaState.REFUSED:
        _say_refused(turn, medium, kept.message)
        return
    _say_kept(turn, event, kept, is_urgent=is_urgent)
    # After a text that says what to do now, nothing more is asked.
    if medium is not None and medium.kind in PICTURES and not is_urgent:
        wound_photo.ask_about(turn, medium)


def _note(turn: Turn, event: Event, message: IncomingMessage) -> StoredMedia | None:
    if event.file_id is None or event.media_kind not in FILES:
        return None  # a contact, a place or a sticker: there is nothing to fetch
    sent = Sent(event.media_kind, event.file_id, event.mime, event.size, event.seconds)
    return incoming_media.note(
        turn.session, turn.context, message=message, sent=sent, now=turn.now
    )


def _say_refused(turn: Turn, medium: StoredMedia, message: IncomingMessage) -> None:
    words = incoming_media.refusal_text(turn.context, medium.problem or "", turn.language)
    receipt, _ = turn.say(
        "media_refused", safety.with_hours(turn, words), rows=menu(turn, "warning")
    )
    messages.answered_with(message, receipt)


def _say_kept(turn: Turn, event: Event, kept: Kept, *, is_urgent: bool) -> None:
    if kept.findings and not is_urgent:
        turn.say("advice", safety.wording_text(turn, kept.findings[0].wording))
    if is_urgent:
        words = turn.text("message.kept_urgent")
    else:
        words = f"{turn.text('message.kept_media')} {turn.text('message.urgent')}"
    # The photos of an album come one by one; one receipt answers them all.
    answering = replace(turn, cause=f"album:{event.album}") if event.album else turn
    receipt, _ = answering.say(
        "message_kept", safety.with_hours(turn, words), rows=menu(turn, "warning")
    )
    messages.answered_with(kept.message, receipt)
