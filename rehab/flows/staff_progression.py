"""A clinician decides on a stage in the chat: the decision, then the reason, then the card says so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from rehab import texts
from rehab.clinical import timetable
from rehab.errors import InvalidInput, NotAllowed, NotFound, RehabError, WrongState
from rehab.flows import staff_plan
from rehab.flows.turn import expect
from rehab.flows.types import Handled
from rehab.models import (
    Clinician,
    Conversation,
    Decision,
    Episode,
    OutboxMessage,
    Prompt,
    ProposalState,
    StageProposal,
)
from rehab.services import plans, progression, prompts, proposal_card, stage_decisions
from rehab.services.outbox import Button
from rehab.services.progression import StageReview
from rehab.services.prompts import Choice

if TYPE_CHECKING:
    from rehab.flows.staff import Desk

LANGUAGE = texts.SOURCE_LANGUAGE
REASON = "stage_reason"
KINDS = frozenset({proposal_card.PROMPT_KIND, staff_plan.CARD, REASON})
FLOW = "stage_reason"
TYPING_LASTS = timedelta(minutes=15)
"""A text written later is no reason any more: it may be about anything."""
LONGEST_REASON = 300
LONGEST_TOAST = 200
REASONS = {
    Decision.ADVANCE: (
        "staff.reason_met_in_clinic",
        "staff.reason_met_on_video",
        "staff.reason_met_surgeon_agrees",
    ),
    Decision.HOLD: (
        "staff.reason_pain",
        "staff.reason_swelling",
        "staff.reason_walking",
        "staff.reason_patient_asks",
        "staff.reason_seen_first",
    ),
    Decision.STEP_BACK: (
        "staff.reason_pain",
        "staff.reason_swelling",
        "staff.reason_walking",
        "staff.reason_patient_asks",
    ),
}
"""What is offered to tap; the English sentence is what is kept."""
QUESTIONS = {
    Decision.ADVANCE: "staff.why_advance",
    Decision.HOLD: "staff.why_hold",
    Decision.STEP_BACK: "staff.why_step_back",
}
AGAINST = {"not_met": "staff.against_not_met", "unknown": "staff.against_unknown"}
ENDINGS = {
    Decision.ADVANCE: "staff.ended_advance",
    Decision.HOLD: "staff.ended_hold",
    Decision.STEP_BACK: "staff.ended_step_back",
}


@dataclass(frozen=True)
class Case:
    """What is to be decided, and the card on which it is."""

    episode: Episode
    subject: Mapping[str, Any]
    card: OutboxMessage
    review: StageReview


def on_tap(desk: Desk, prompt: Prompt, value: str) -> Handled:
    """One tap on a proposal card, on a plan card or on the reasons."""
    subject = {"card": prompt.outbox_id, **prompt.subject}
    try:
        case = _case(desk, subject)
        if value == "back":
            return _put_back(desk, case)
        if prompt.kind != REASON:
            return _ask(desk, case, Decision(value))
        decision = Decision(subject["decision"])
        if value == "other":
            return _ask_to_type(desk, case, decision)
        return _with_reason(desk, case, decision, value)
    except RehabError as problem:
        return Handled(_words_of(problem)[:LONGEST_TOAST])


def on_text(desk: Desk) -> bool:
    """Whether a text was the reason that was asked for; then it is decided."""
    waiting = desk.session.get(Conversation, desk.event.chat_id)
    if waiting is None or waiting.flow != FLOW or not waiting.step:
        return False
    reason = desk.event.text.strip()
    if desk.now - waiting.updated_at > TYPING_LASTS:
        forget(desk)
        desk.say("staff_reason", texts.text("staff.reason_too_late", LANGUAGE))
        return True
    if not plans.SHORTEST_REASON <= len(reason) <= LONGEST_REASON:
        desk.say("staff_reason", texts.text("staff.reason_length", LANGUAGE, most=LONGEST_REASON))
        return True
    subject, decision = dict(waiting.data), Decision(waiting.step)
    forget(desk)
    try:
        said = _decide_as_typed(desk, _case(desk, subject), decision, reason)
    except RehabError as problem:
        said = _words_of(problem)
    desk.say("staff_reason", said)
    return True


def forget(desk: Desk) -> None:
    """No typed reason is waited for any more."""
    waiting = desk.session.get(Conversation, desk.event.chat_id)
    if waiting is not None and waiting.flow == FLOW:
        waiting.step, waiting.data = "", {}


def _case(desk: Desk, subject: Mapping[str, Any]) -> Case:
    """The matter as it stands now. Raises NotFound, NotAllowed, and WrongState when it is over."""
    episode_id = subject.get("episode") or desk.session.scalar(
        select(StageProposal.episode_id).where(StageProposal.id == subject.get("proposal"))
    )
    known = desk.session.get(Episode, episode_id or 0)
    if known is None or not staff_plan.may_see(desk, known):
        raise NotAllowed(texts.text("staff.not_your_patient", LANGUAGE))
    # Locked before the proposal is read: of two who decide at once the second must see the first.
    episode = stage_decisions.episode_for(desk.session, known.id, desk.clinician.id)
    card = desk.session.get(OutboxMessage, subject.get("card") or 0)
    if card is None:
        raise NotFound(texts.text("staff.unknown_button", LANGUAGE))
    if "proposal" in subject:
        _check_proposal(desk, episode, subject["proposal"])
    else:
        _check_plan(desk, episode, card, subject)
    review = progression.view(desk.session, desk.context, episode=episode, now=desk.now)
    return Case(episode, subject, card, review)


def _check_proposal(desk: Desk, episode: Episode, proposal_id: int) -> None:
    # Facts may have changed since anybody looked: a stale proposal is withdrawn here, not decided.
    progression.look(desk.session, desk.context, episode=episode, now=desk.now)
    proposal = desk.session.get(StageProposal, proposal_id, populate_existing=True)
    if proposal is not None and proposal.state == ProposalState.DECIDED:
        raise WrongState("decided", _already(desk, proposal))
    if proposal is None or proposal.state != ProposalState.OPEN:
        raise WrongState("withdrawn", texts.text("staff.withdrawn", LANGUAGE))


def _check_plan(
    desk: Desk, episode: Episode, card: OutboxMessage, subject: Mapping[str, Any]
) -> None:
    newest = staff_plan.last_decision(desk, episode.id)
    if newest is not None and newest.id != subject["after"]:
        _end_plan_card(desk, card, _ending(desk, newest))
        raise WrongState("decided", _already(desk, newest))
    if episode.stage_id != subject["stage"]:
        moved = texts.text("staff.stage_moved", LANGUAGE, stage=episode.stage_id)
        _end_plan_card(desk, card, moved)
        raise WrongState("moved", moved)


def _ask(desk: Desk, case: Case, decision: Decision) -> Handled:
    """Ask why; against something that speaks against it only with words of one's own."""
    if not staff_plan.can(desk, case.episode, decision):
        raise WrongState("no_stage", texts.text("staff.no_further_stage", LANGUAGE))
    if decision is Decision.ADVANCE and _against(desk, case):
        return _ask_to_type(desk, case, decision)
    rows = [[Choice(f"reason:{key}", texts.text(key, LANGUAGE))] for key in REASONS[decision]] + [
        [
            Choice("other", texts.text("staff.reason_other", LANGUAGE)),
            Choice("back", texts.text("staff.back", LANGUAGE)),
        ]
    ]
    question = texts.text(QUESTIONS[decision], LANGUAGE)
    _show(desk, case, decision, question, rows)
    return Handled(question[:LONGEST_TOAST])


def _ask_to_type(desk: Desk, case: Case, decision: Decision) -> Handled:
    against = _against(desk, case) if decision is Decision.ADVANCE else []
    expect(
        desk.session,
        desk.event.chat_id,
        FLOW,
        decision,
        {**case.subject, "against": against},
        desk.now,
    )
    lines = [texts.text(QUESTIONS[decision], LANGUAGE)]
    if against:
        lines.append(texts.text("staff.against", LANGUAGE, what="; ".join(against)))
    lines.append(texts.text("staff.type_reason", LANGUAGE))
    rows = [[Choice("back", texts.text("staff.back", LANGUAGE))]]
    _show(desk, case, decision, "\n".join(lines), rows)
    return Handled(texts.text("staff.type_reason", LANGUAGE)[:LONGEST_TOAST])


def _with_reason(desk: Desk, case: Case, decision: Decision, value: str) -> Handled:
    key = value.partition(":")[2]
    if key not in REASONS[decision]:
        return Handled(texts.text("staff.unknown_button", LANGUAGE))
    if decision is Decision.ADVANCE and _against(desk, case):
        # "Criteria met" was true when the button was shown, and is not any more.
        return _ask_to_type(desk, case, decision)
    return Handled(_decide(desk, case, decision, texts.text(key, LANGUAGE))[:LONGEST_TOAST])


def _decide_as_typed(desk: Desk, case: Case, decision: Decision, reason: str) -> str:
    if decision is Decision.ADVANCE:
        new = set(_against(desk, case)) - set(case.subject["against"])
        if new:
            _ask_to_type(desk, case, decision)
            return texts.text("staff.new_against", LANGUAGE, what="; ".join(sorted(new)))
    return _decide(desk, case, decision, reason)


def _decide(desk: Desk, case: Case, decision: Decision, reason: str) -> str:
    row = progression.decide(
        desk.session,
        desk.context,
        episode_id=case.episode.id,
        decision=decision,
        reason=reason,
        clinician_id=desk.clinician.id,
        now=desk.now,
    )
    _add_reason(desk, row)
    if "proposal" not in case.subject:
        because = texts.text("staff.because", LANGUAGE, reason=reason)
        _end_plan_card(desk, case.card, f"{_ending(desk, row)}\n{because}")
    return f"{_ending(desk, row)} {staff_plan.told(case.episode)}"


def _add_reason(desk: Desk, row: StageProposal) -> None:
    """Every card about the proposal has its ending in this transaction; add why.

    Only reasons given in the chat: one typed on the dashboard may name the patient.
    """
    shown = desk.session.scalars(
        select(Prompt).where(
            Prompt.kind == proposal_card.PROMPT_KIND, Prompt.closed_at == desk.now
        )
    )
    cards = [one.outbox_id for one in shown if one.subject.get("proposal") == row.id]
    updates = desk.session.scalars(
        select(OutboxMessage).where(
            OutboxMessage.kind == "stage_proposal_update", OutboxMessage.edits_id.in_(cards)
        )
    )
    because = texts.text("staff.because", LANGUAGE, reason=row.reason)
    for update in updates:
        update.text = f"{update.text}\n{because}"


def _against(desk: Desk, case: Case) -> list[str]:
    """What speaks against advancing, in words of the clinic."""
    review = case.review
    found = [
        texts.text(AGAINST[view.state], LANGUAGE, criterion=view.criterion.id)
        for view in review.criteria
        if view.state != "met"
    ]
    today = timetable.local_date(desk.now, case.episode.patient.timezone)
    if review.can_advance_from is not None and today < review.can_advance_from:
        first = f"{review.can_advance_from:%d %b}"
        found.append(texts.text("staff.against_date", LANGUAGE, date=first))
    if review.hold_until is not None:
        until = f"{review.hold_until:%d %b}"
        found.append(texts.text("staff.held_until", LANGUAGE, date=until))
    if review.blocked:
        found.append(texts.text(staff_plan.BLOCKED[review.blocked], LANGUAGE))
    return found


def _show(
    desk: Desk, case: Case, decision: Decision, question: str, rows: list[list[Choice]]
) -> None:
    """Put a question under the card, in place."""
    subject = {**case.subject, "decision": decision, "card": case.card.id}
    _, buttons = prompts.offer(
        desk.session,
        chat_id=desk.event.chat_id,
        kind=REASON,
        subject=subject,
        rows=rows,
        now=desk.now,
    )
    text = f"{case.card.text or ''}\n\n{question}".strip()
    desk.say("stage_question", text, buttons=buttons, edits=case.card)


def _put_back(desk: Desk, case: Case) -> Handled:
    """The card as it was shown first, with its own buttons."""
    buttons = [[Button(**one) for one in row] for row in case.card.buttons]
    text = case.card.text or texts.text("staff.unknown_button", LANGUAGE)
    desk.say("stage_question", text, buttons=buttons, edits=case.card)
    return Handled()


def _end_plan_card(desk: Desk, card: OutboxMessage, ending: str) -> None:
    desk.say("staff_plan_update", f"{card.text or ''}\n\n{ending}".strip(), edits=card)


def _already(desk: Desk, row: StageProposal) -> str:
    return texts.text("staff.already_decided", LANGUAGE, ending=_ending(desk, row))


def _ending(desk: Desk, row: StageProposal) -> str:
    person = desk.session.get(Clinician, row.decided_by) if row.decided_by else None
    return texts.text(
        ENDINGS[Decision(row.decision or Decision.HOLD)],
        LANGUAGE,
        stage=row.to_stage,
        date=f"{row.hold_until:%d %b}" if row.hold_until else "",
        who=person.name if person else "the system",
    )


def _words_of(problem: RehabError) -> str:
    if isinstance(problem, InvalidInput):
        return "; ".join(problem.fields.values())
    return str(problem)
