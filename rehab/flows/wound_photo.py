"""The photo of the wound: how to take it, and the three questions a photo cannot answer by itself."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from exercises.schema import Questionnaire
from rehab.errors import WrongState
from rehab.flows import check_in
from rehab.flows.turn import Turn, menu
from rehab.models import CheckIn, CheckInState, Episode, OutboxMessage, StoredMedia
from rehab.services import check_ins, media, seen, versions
from rehab.services.context import Context

QUESTIONNAIRE = "wound-photo"
SAME_LOOK = timedelta(minutes=30)
"""Photos sent so soon after each other show one look at the wound: asked about once.
Project proposal, not sourced: clinic must decide."""


def guide(turn: Turn) -> None:
    """How to take the photo, in words and in a picture."""
    _guide(turn, turn.text("wound.guide"))


def ask_for_photo(
    session: Session, context: Context, *, episode: Episode, clinician_name: str, now: datetime
) -> OutboxMessage:
    """A clinician would like to see the wound. Raises WrongState when the patient has no chat."""
    if episode.patient.chat is None:
        raise WrongState("no_chat", "The patient has no chat with the bot.")
    cause = f"ask_photo:{episode.id}:{now.isoformat(timespec='minutes')}"
    turn = Turn(session, context, episode.patient, episode, cause, now)
    asked = turn.text("wound.asked", name=seen.called(clinician_name))
    return _guide(turn, f"{asked}\n\n{turn.text('wound.guide')}")


def ask_about(turn: Turn, medium: StoredMedia) -> None:
    """Ask the three questions with a photo, while the wound heals; once for photos of one look."""
    latest = check_ins.latest(turn.session, episode_id=turn.episode.id, kind=QUESTIONNAIRE)
    if latest is not None and _is_same_look(turn, latest):
        medium.check_in_id = latest.id
        return
    found = _questionnaire(turn)
    if found is None or not check_ins.questions_for(found[0], turn.day):
        return
    begun = check_ins.start(
        turn.session,
        turn.context,
        episode=turn.episode,
        questionnaire_hash=found[1],
        local_on=turn.today,
        now=turn.now,
    )
    medium.check_in_id = begun.id
    first = check_ins.next_question(turn.session, turn.context, begun)
    if first is not None:
        check_in.ask(turn, begun, first, intro=turn.text("wound.questions"))


def _guide(turn: Turn, words: str) -> OutboxMessage:
    sent, _ = turn.say(
        "photo_guide", words, rows=menu(turn, "warning"), media=media.of_wound_guide()
    )
    return sent


def _is_same_look(turn: Turn, latest: CheckIn) -> bool:
    is_over = latest.state == CheckInState.ABANDONED
    return not is_over and turn.now - latest.started_at <= SAME_LOOK


def _questionnaire(turn: Turn) -> tuple[Questionnaire, str] | None:
    """The questions and their hash; None when the rules this patient is judged by know no "yes" to
    them: an alarming answer would reach nobody, and the photo itself waits to be reviewed anyway."""
    try:
        found, digest = versions.current(
            turn.session, turn.context, "questionnaires", QUESTIONNAIRE
        )
    except KeyError:
        return None
    assert isinstance(found, Questionnaire)
    rules = versions.rules_of(turn.session, turn.context, turn.episode)
    return (found, digest) if set(rules.unheard(found)) <= {"no"} else None
