"""The card about a proposed stage in the staff chat. Pseudonymous, in working hours, with three choices."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from rehab.clinical import timetable
from rehab.clinical.progression import CriterionView
from rehab.models import (
    Clinician,
    Decision,
    Episode,
    MessageClass,
    OutboxMessage,
    Prompt,
    ProposalState,
    StageProposal,
)
from rehab.services import cover, on_call, outbox, prompts
from rehab.services.context import Context
from rehab.services.prompts import Choice

if TYPE_CHECKING:
    from rehab.services.progression import StageReview

PROMPT_KIND = "progression"
ENDINGS = {
    Decision.ADVANCE: "✅ {to} by {who}",
    Decision.HOLD: "⏸ Held in {stage} until {until} by {who}",
    Decision.STEP_BACK: "⬅️ Back to {to} by {who}",
}
WITHDRAWN = "No longer proposed: a criterion, an alert or the stage changed."


def send(
    session: Session,
    context: Context,
    *,
    episode: Episode,
    review: StageReview,
    proposal: StageProposal,
    now: datetime,
) -> None:
    """Ask the patient's care team, from the clinic's next opening on; nobody is woken for it."""
    text = _text(context, episode, review, now)
    team = on_call.whom_to_page(
        session, step_to="care_team", patient_id=episode.patient_id, now=now
    )
    for clinician in team:
        assert clinician.telegram_id is not None
        prompt, buttons = prompts.offer(
            session,
            chat_id=clinician.telegram_id,
            kind=PROMPT_KIND,
            subject={"proposal": proposal.id},
            rows=_choices(proposal.to_stage),
            now=now,
        )
        message = outbox.enqueue(
            session,
            dedupe_key=f"stage_proposal:{proposal.id}:{clinician.id}",
            message_class=MessageClass.PROMPT,
            kind="stage_proposal",
            chat_id=clinician.telegram_id,
            text=text,
            buttons=buttons,
            now=now,
            not_before=cover.next_opening(session, context, now),
            relevance={"prompt_open": prompt.id},
        )
        prompt.outbox_id = message.id


def close(session: Session, context: Context, *, proposal: StageProposal, now: datetime) -> None:
    """Close the questions about a proposal; the cards that were shown say how it ended."""
    waiting = session.scalars(
        select(Prompt).where(Prompt.kind == PROMPT_KIND, Prompt.closed_at.is_(None))
    )
    for prompt in waiting:
        if prompt.subject.get("proposal") != proposal.id:
            continue
        prompt.closed_at = now
        card = session.get(OutboxMessage, prompt.outbox_id) if prompt.outbox_id else None
        if card is not None and card.text:
            outbox.enqueue(
                session,
                dedupe_key=f"stage_proposal_update:{card.id}",
                message_class=MessageClass.REPLY,
                kind="stage_proposal_update",
                chat_id=card.chat_id,
                text=f"{card.text}\n\n{_ending(session, proposal)}",
                now=now,
                edits_id=card.id,
                relevance={"shown_original": card.id},
            )


def _choices(to_stage: str) -> list[list[Choice]]:
    return [
        [Choice(Decision.ADVANCE, f"➡️ Advance to {to_stage}")],
        [Choice(Decision.HOLD, "⏸ Hold a week"), Choice(Decision.STEP_BACK, "⬅️ Step back")],
    ]


def _text(context: Context, episode: Episode, review: StageReview, now: datetime) -> str:
    patient, coming = episode.patient, review.next_stage
    assert coming is not None
    today = timetable.local_date(now, patient.timezone)
    day = timetable.day_number(episode.surgery_on, today)
    marked = " · SYNTHETIC" if patient.is_synthetic else ""
    stage = review.stage
    lines = [
        "🟢 READY FOR THE NEXT STAGE?",
        f"Patient {patient.code} · day {day} · {episode.procedure.replace('-', ' ')}, "
        f"{episode.side}{marked}",
        f"{stage.id} {stage.name} → {coming.id} {coming.name}",
        "",
        *(_criterion(view) for view in review.criteria),
    ]
    link = context.config.web.public_url
    if link:
        lines += ["", f"{link.rstrip('/')}/patients/{episode.patient_id}"]
    return "\n".join(lines)


def _criterion(view: CriterionView) -> str:
    facts = ", ".join(_value(fact.value, fact.on.strftime("%d %b")) for fact in view.facts[-3:])
    return f"✓ {view.criterion.text}" + (f" ({facts})" if facts else "")


def _value(value: float | str | bool, on: str) -> str:
    if isinstance(value, bool):
        return f"confirmed {on}" if value else f"denied {on}"
    return f"{value:g} on {on}" if isinstance(value, int | float) else f"{value} on {on}"


def _ending(session: Session, proposal: StageProposal) -> str:
    if proposal.state == ProposalState.WITHDRAWN or proposal.decision is None:
        return WITHDRAWN
    person = session.get(Clinician, proposal.decided_by) if proposal.decided_by else None
    return ENDINGS[Decision(proposal.decision)].format(
        to=proposal.to_stage,
        stage=proposal.from_stage,
        until=f"{proposal.hold_until:%d %b}" if proposal.hold_until else "",
        who=person.name if person else "the system",
    )
