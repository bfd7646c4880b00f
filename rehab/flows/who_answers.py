"""Before the questions, now and then: is this the patient, somebody helping, or a stranger?"""

from __future__ import annotations

from rehab.clinical.words import comparable
from rehab.flows.turn import Turn
from rehab.flows.types import Event, Handled
from rehab.models import CheckIn, IncomingKind, Prompt
from rehab.services import answering, messages
from rehab.services.prompts import Choice

FLOW = PROMPT = "who_answers"
WHO = (answering.PATIENT, answering.CAREGIVER, answering.NEITHER)
SEEN_BY_STAFF = (
    "Answered “Who is this?” with: neither the patient nor a helper. The questions were not shown."
)


def ask(turn: Turn, check_in: CheckIn) -> None:
    """Ask who is there. No question and no answer is shown before."""
    turn.say(
        "who_answers",
        turn.text("who.ask", name=first_name(turn)),
        part=str(check_in.id),
        rows=[[Choice(who, label)] for who, label in _labels(turn).items()],
        prompt_kind=PROMPT,
        subject={"check_in": check_in.id},
        relevance=(
            {"care_task": check_in.care_task_id}
            if turn.expires_at is not None and check_in.care_task_id
            else None
        ),
    )
    turn.expect(FLOW, check_in=check_in.id)


def said(turn: Turn, event: Event, check_in: CheckIn, who: str) -> bool:
    """Note it. Returns whether the questions may be shown."""
    answering.said(turn.session, check_in, who=who, now=turn.now)
    if who != answering.NEITHER:
        return True
    messages.keep(
        turn.session,
        turn.context,
        patient=turn.patient,
        kind=IncomingKind.OTHER,
        text=SEEN_BY_STAFF,
        source=event.source,
        now=turn.now,
    )
    turn.expect("idle")
    turn.say("who_answers", turn.text("who.neither_noted", name=first_name(turn)))
    return False


def of_tap(turn: Turn, prompt: Prompt, value: str) -> tuple[CheckIn | None, str]:
    """The check-in a tap speaks of, when it still begins with this question, and who it says."""
    check_in = turn.session.get(CheckIn, prompt.subject["check_in"])
    if check_in is None or check_in.episode_id != turn.episode.id or value not in WHO:
        return None, ""
    return check_in, value


def of_text(turn: Turn, typed: str) -> str | None:
    """Who a typed text says is there; None when it says something else."""
    for who, label in _labels(turn).items():
        short = comparable(turn.text(f"who.{who}_short"))
        if comparable(typed) in {comparable(label), short}:
            return who
    return None


def first_name(turn: Turn) -> str:
    """All of the name that is ever shown in the chat: whoever holds the phone learns no more."""
    return turn.patient.name.split()[0]


def toast(turn: Turn, who: str) -> Handled:
    return Handled(turn.text("tap.noted", answer=_labels(turn)[who])[:200])


def _labels(turn: Turn) -> dict[str, str]:
    name = first_name(turn)
    return {who: turn.text(f"who.{who}", name=name) for who in WHO}
