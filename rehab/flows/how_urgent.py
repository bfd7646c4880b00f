"""After a flagged answer and its safety text: does this need someone today? It never holds anything up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from exercises.schema import Tier
from rehab.clinical.redflags import Finding
from rehab.clinical.words import comparable
from rehab.flows.turn import Turn
from rehab.flows.types import Event, Handled
from rehab.models import CheckIn, OutboxMessage, Prompt
from rehab.services import cover, patient_urgency
from rehab.services.patient_urgency import URGENCIES, Urgency
from rehab.services.prompts import Choice

PROMPT = "how_urgent"


def ask(turn: Turn, check_in: CheckIn, findings: Sequence[Finding]) -> None:
    """Ask once for the new findings of this answer; nothing is asked about routine ones."""
    if all(found.tier is Tier.ROUTINE for found in findings):
        return
    alert = patient_urgency.to_ask_about(turn.session, turn.context, check_in)
    if alert is None:
        return
    turn.say(
        "how_urgent",
        turn.text("urgency.ask"),
        part=str(check_in.id),
        rows=[[Choice(urgency, label)] for urgency, label in _labels(turn).items()],
        prompt_kind=PROMPT,
        subject={"alert": alert.id, "check_in": check_in.id},
    )


def on_tap(turn: Turn, event: Event, prompt: Prompt, value: str) -> Handled:
    """Keep the answer and show it on the question. The check-in's own question already stands below."""
    if value not in URGENCIES or not _record(turn, prompt, value):
        return Handled(turn.text("tap.already"))
    return Handled(turn.text("tap.noted", answer=prompt.labels[event.choice])[:200])


def on_text(turn: Turn, typed: str, prompt: Prompt | None) -> bool:
    """Read a typed label as the answer. False: it says something else."""
    if prompt is None:
        return False
    for urgency, label in _labels(turn).items():
        if comparable(typed) == comparable(label):
            return _record(turn, prompt, urgency)
    return False


def _record(turn: Turn, prompt: Prompt, urgency: str) -> bool:
    alert = patient_urgency.record(
        turn.session,
        turn.context,
        alert_id=prompt.subject["alert"],
        episode=turn.episode,
        urgency=cast("Urgency", urgency),
        now=turn.now,
    )
    if alert is None:
        return False
    lines = [turn.text("urgency.ask"), f"✓ {_labels(turn)[urgency]}"]
    if urgency == "today":
        lines += ["", cover.sentence(turn.session, turn.context, turn.language, turn.now)]
    _say_on(turn, prompt, "\n".join(lines))
    return True


def _say_on(turn: Turn, prompt: Prompt, text: str) -> None:
    """On the question itself; as a message of its own when that is not there any more."""
    original = prompt.outbox_id and turn.session.get(OutboxMessage, prompt.outbox_id)
    turn.say(
        "how_urgent",
        text,
        part="answered",
        edits_id=original.id if original else None,
        relevance={"shown_original": original.id} if original else None,
    )


def _labels(turn: Turn) -> dict[str, str]:
    return {urgency: turn.text(f"urgency.{urgency}") for urgency in URGENCIES}
