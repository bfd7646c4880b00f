"""Safety texts: the fixed wording for a finding, the list of warning signs, free text and media."""

from __future__ import annotations

from collections.abc import Sequence

from exercises.schema import RuleSet, Tier
from rehab import texts
from rehab.clinical.redflags import Finding
from rehab.flows import both_chats
from rehab.flows.turn import Turn, menu
from rehab.flows.types import Event
from rehab.models import IncomingKind, MessageClass, TaskKind
from rehab.services import care_tasks, cover, messages, versions

URGENT = frozenset({Tier.EMERGENCY, Tier.SAME_DAY})
MOST_TEXTS = 2
"""More than two emergency texts at once would hide what to do first."""


def reply(turn: Turn, findings: Sequence[Finding], *, part: str = "safety") -> bool:
    """Show the fixed texts of the most urgent findings at once. Returns whether there was any."""
    urgent = [finding for finding in findings if finding.tier in URGENT]
    if not urgent:
        return False
    most = min(finding.tier.rank for finding in urgent)
    wordings = dict.fromkeys(finding.wording for finding in urgent if finding.tier.rank == most)
    for number, wording in enumerate(list(wordings)[:MOST_TEXTS]):
        turn.say(
            "safety_text",
            wording_text(turn, wording),
            part=f"{part}:{number}",
            message_class=MessageClass.SAFETY_REPLY,
        )
    if any(finding.stops_loading for finding in findings):
        _drop_loading(turn)
    both_chats.tell_patient(turn)
    return True


def wording_text(turn: Turn, wording: str) -> str:
    """The clinician-owned text, in the patient's language, with the clinic's numbers in it."""
    rules = versions.rules_of(turn.session, turn.context, turn.episode)
    return fixed_text(turn, rules, wording)


def fixed_text(turn: Turn, rules: RuleSet, wording: str) -> str:
    """The same from the rules that judged, when the episode has newer ones by now."""
    clinic = turn.context.config.clinic
    return texts.content_text(rules.wording(wording).text, turn.language).format(
        emergency_number=clinic.emergency_number, clinic_phone=clinic.phone
    )


def free_text(turn: Turn, event: Event) -> None:
    """Words that answer no question: kept, screened, and answered honestly."""
    kept = messages.keep(
        turn.session,
        turn.context,
        patient=turn.patient,
        kind=IncomingKind.TEXT,
        text=event.text,
        source=event.source,
        now=turn.now,
        sent_by=turn.speaker or "patient",
    )
    is_urgent = reply(turn, kept.findings)
    if kept.findings and not is_urgent:
        turn.say("advice", wording_text(turn, kept.findings[0].wording))
    words = _kept_words(turn, understood=kept.understood, is_urgent=is_urgent)
    receipt, _ = turn.say("message_kept", with_hours(turn, words), rows=menu(turn, "warning"))
    messages.answered_with(kept.message, receipt)


def with_hours(turn: Turn, words: str) -> str:
    """The words, and whether anybody at the clinic is reading now."""
    hours = cover.sentence(turn.session, turn.context, turn.language, turn.now)
    return f"{words}\n\n{hours}"


def _kept_words(turn: Turn, *, understood: bool, is_urgent: bool) -> str:
    if is_urgent:
        return turn.text("message.kept_urgent")
    kept = turn.text("message.kept" if understood else "message.kept_not_understood")
    return f"{kept}\n{turn.text('message.urgent')}"


def _drop_loading(turn: Turn) -> None:
    task = care_tasks.of_day(
        turn.session,
        episode_id=turn.episode.id,
        kind=TaskKind.EXERCISES,
        local_on=turn.today,
    )
    if task is not None:
        care_tasks.make_safer(turn.session, turn.context, task=task, day=turn.day)
