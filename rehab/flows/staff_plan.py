"""What a clinician reads about plans in the chat: who is ready or held, one patient's stage; a step easier."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from rehab import texts
from rehab.clinical import staging, timetable
from rehab.clinical.progression import CriterionView, Fact
from rehab.errors import InvalidInput, NotAllowed, NotFound, WrongState
from rehab.flows.types import Handled
from rehab.models import (
    Alert,
    AlertState,
    Clinician,
    Decision,
    Episode,
    EpisodeState,
    Patient,
    ProposalState,
    StageProposal,
)
from rehab.services import (
    access,
    alert_card,
    alert_history,
    audit,
    episodes,
    paging,
    people,
    plan_edits,
    progression,
    prompts,
    versions,
)
from rehab.services.progression import StageReview
from rehab.services.prompts import Choice

if TYPE_CHECKING:
    from rehab.flows.staff import Desk

LANGUAGE = texts.SOURCE_LANGUAGE
LIST = "staff_stages"
CARD = "staff_plan"
MOST_LINES = 20
MOST_BUTTONS = 12
MOST_FACTS = 3
MARKS = {"met": "✓", "not_met": "✗", "unknown": "?"}
DECISION_ROWS = ((Decision.ADVANCE,), (Decision.HOLD, Decision.STEP_BACK))
BLOCKED = {
    progression.BLOCKED_BY_LOADING: "staff.loading_stopped",
    progression.BLOCKED_BY_ALERT: "staff.alert_open",
}


def stages(desk: Desk) -> None:
    """Who is ready for the next stage and who is held, of the patients this clinician may see."""
    ready, held = _ready(desk), _held(desk)
    lines = [texts.text("staff.ready_heading", LANGUAGE)]
    lines += _some([_ready_line(desk, *one) for one in ready])
    lines += ["", texts.text("staff.held_heading", LANGUAGE)]
    lines += _some([_held_line(desk, *one) for one in held])
    shown = {episode.id: episode for episode, _ in [*ready, *held]}
    flat = [Choice(str(id_), one.patient.code) for id_, one in list(shown.items())[:MOST_BUTTONS]]
    rows = [flat[start : start + 3] for start in range(0, len(flat), 3)]
    prompt, buttons = prompts.offer(
        desk.session, chat_id=desk.event.chat_id, kind=LIST, subject={}, rows=rows, now=desk.now
    )
    message = desk.say("staff_stages", "\n".join(lines), buttons=buttons)
    prompt.outbox_id = message.id


def plan_of_code(desk: Desk) -> None:
    """Answer `/plan <code>`. An unknown code and somebody else's patient get the same answer."""
    code = desk.event.text.strip().upper()
    if not code:
        desk.say("staff_plan_unknown", texts.text("staff.plan_usage", LANGUAGE))
        return
    patient_id = desk.session.scalar(select(Patient.id).where(Patient.code == code))
    episode = episodes.latest(desk.session, patient_id=patient_id) if patient_id else None
    if episode is None or not may_see(desk, episode):
        # The code is not repeated: what was typed may have been a name.
        desk.say("staff_plan_unknown", texts.text("staff.plan_unknown", LANGUAGE))
        return
    _show(desk, episode)


def on_list_tap(desk: Desk, value: str) -> Handled:
    """Show the plan of a patient of the list."""
    episode = desk.session.get(Episode, int(value))
    if episode is None or not may_see(desk, episode):
        return Handled(texts.text("staff.plan_unknown", LANGUAGE))
    _show(desk, episode)
    return Handled()


def may_see(desk: Desk, episode: Episode) -> bool:
    """Whether this clinician may see the patient of the episode."""
    return access.may_see(
        desk.session,
        desk.context,
        clinician_id=desk.clinician.id,
        patient_id=episode.patient_id,
        now=desk.now,
    )


def last_decision(desk: Desk, episode_id: int) -> StageProposal | None:
    """The newest decision about the episode's stage."""
    return desk.session.scalar(
        select(StageProposal)
        .where(
            StageProposal.episode_id == episode_id,
            StageProposal.state == ProposalState.DECIDED,
        )
        .order_by(StageProposal.decided_at.desc(), StageProposal.id.desc())
        .limit(1)
    )


def can(desk: Desk, episode: Episode, decision: Decision) -> bool:
    """Whether there is a stage to go to: none after the last, none before the operation any more."""
    if decision is Decision.HOLD:
        return True
    stages = staging.in_order(versions.protocol_of(desk.session, desk.context, episode))
    here = [stage.id for stage in stages].index(episode.stage_id)
    if decision is Decision.ADVANCE:
        return here + 1 < len(stages)
    return here > 0 and not (stages[here - 1].to_day < 0 <= stages[here].from_day)


def make_easier(desk: Desk, alert_id: int) -> Handled:
    """Every exercise one step easier today and tomorrow, once per alert, for the alert's reason.

    Raises NotFound, NotAllowed, WrongState and InvalidInput.
    """
    alert = desk.session.get(Alert, alert_id, with_for_update=True)
    if alert is None:
        raise NotFound("no such alert")
    if not may_see(desk, alert.episode):
        raise NotAllowed(texts.text("staff.not_your_patient", LANGUAGE))
    _check_easier(alert)
    row = plan_edits.step_down(
        desk.session,
        desk.context,
        episode_id=alert.episode_id,
        days=alert_card.EASIER_DAYS,
        reason=f"alert {alert.code}: {alert_card.reasons_in_words(alert.findings)}",
        clinician_id=desk.clinician.id,
        now=desk.now,
    )
    if row.to_on is None:
        raise InvalidInput(to_on="expected an end")
    alert_history.append(
        desk.session,
        alert,
        alert_card.EASIER,
        now=desk.now,
        clinician_id=desk.clinician.id,
        detail=row.to_on.isoformat(),
    )
    paging.refresh_cards(desk.session, desk.context, alert, now=desk.now)
    done = texts.text("staff.made_easier", LANGUAGE, until=_short(row.to_on))
    return Handled(f"{done} {told(alert.episode)}")


def told(episode: Episode) -> str:
    """Whether the patient reads about a change of the plan, or has to be phoned."""
    chat = episode.patient.chat
    is_told = episode.state == EpisodeState.ACTIVE and chat is not None and chat.state == "active"
    key = "staff.patient_is_told" if is_told else "staff.patient_not_told"
    return texts.text(key, LANGUAGE)


def _check_easier(alert: Alert) -> None:
    if alert.state == AlertState.RESOLVED:
        raise WrongState("already_resolved", "This alert is already resolved.")
    before = alert_card.made_easier(alert)
    if before is not None:
        name = before.clinician.name if before.clinician else "?"
        raise WrongState("made_easier", texts.text("staff.already_easier", LANGUAGE, who=name))
    if not alert_card.may_be_made_easier(alert):
        raise WrongState("not_easier", texts.text("staff.not_easier", LANGUAGE))


def _show(desk: Desk, episode: Episode) -> None:
    review = progression.view(desk.session, desk.context, episode=episode, now=desk.now)
    newest = last_decision(desk, episode.id)
    prompt, buttons = prompts.offer(
        desk.session,
        chat_id=desk.event.chat_id,
        kind=CARD,
        subject={
            "episode": episode.id,
            "stage": episode.stage_id,
            "after": newest.id if newest else 0,
        },
        rows=_choices(desk, episode, review),
        now=desk.now,
    )
    message = desk.say("staff_plan", _text(desk, episode, review), buttons=buttons)
    prompt.outbox_id = message.id
    audit.record(
        desk.session,
        actor=f"clinician:{desk.clinician.id}",
        action="patient.viewed",
        subject=f"patient:{episode.patient_id}",
        patient_id=episode.patient_id,
        now=desk.now,
        detail="plan",
    )


def _choices(desk: Desk, episode: Episode, review: StageReview) -> list[list[Choice]]:
    if episode.state not in (EpisodeState.ACTIVE, EpisodeState.PAUSED):
        return []
    coming = review.next_stage.id if review.next_stage else ""
    labels = {
        Decision.ADVANCE: texts.text("staff.advance_button", LANGUAGE, stage=coming),
        Decision.HOLD: texts.text("staff.hold_button", LANGUAGE),
        Decision.STEP_BACK: texts.text("staff.step_back_button", LANGUAGE),
    }
    rows = [
        [Choice(one, labels[one]) for one in row if can(desk, episode, one)]
        for row in DECISION_ROWS
    ]
    return [row for row in rows if row]


def _text(desk: Desk, episode: Episode, review: StageReview) -> str:
    lines = [
        texts.text("staff.plan_heading", LANGUAGE),
        alert_card.who(desk.context, episode, desk.now),
        _stage_line(review),
        *_standing(episode, review),
        "",
        *(_criterion(view) for view in review.criteria),
    ]
    if not review.criteria:
        lines.append(texts.text("staff.no_criteria", LANGUAGE))
    link = desk.context.config.web.public_url
    if link:
        lines += ["", f"{link.rstrip('/')}/patients/{episode.patient_id}/plan"]
    return "\n".join(lines)


def _stage_line(review: StageReview) -> str:
    here, coming = review.stage, review.next_stage
    if coming is None or review.can_advance_from is None:
        return texts.text("staff.last_stage", LANGUAGE, stage=f"{here.id} {here.name}")
    return texts.text(
        "staff.stage_now",
        LANGUAGE,
        stage=f"{here.id} {here.name}",
        coming=f"{coming.id} {coming.name}",
        date=_short(review.can_advance_from),
    )


def _standing(episode: Episode, review: StageReview) -> list[str]:
    """What stands in the way, or that the next stage is proposed."""
    lines = []
    if episode.state != EpisodeState.ACTIVE:
        lines.append(texts.text("staff.episode_state", LANGUAGE, state=episode.state))
    if review.blocked:
        lines.append(texts.text(BLOCKED[review.blocked], LANGUAGE))
    if review.hold_until is not None:
        lines.append(texts.text("staff.held_until", LANGUAGE, date=_short(review.hold_until)))
    if review.proposal is not None and not review.blocked:
        lines.append(texts.text("staff.is_proposed", LANGUAGE, stage=review.proposal.to_stage))
    return lines


def _criterion(view: CriterionView) -> str:
    facts = ", ".join(_fact(fact) for fact in view.facts[-MOST_FACTS:])
    key = {"met": "staff.met", "not_met": "staff.not_met", "unknown": "staff.not_known"}[
        view.state
    ]
    said = texts.text(key, LANGUAGE, text=view.criterion.text)
    return f"{MARKS[view.state]} {said}" + (f" ({facts})" if facts else "")


def _fact(fact: Fact) -> str:
    value = fact.value
    if isinstance(value, bool):
        key = "staff.fact_yes" if value else "staff.fact_no"
        word = texts.text(key, LANGUAGE)
    else:
        word = f"{value:g}" if isinstance(value, int | float) else value
    return texts.text("staff.fact", LANGUAGE, value=word, date=_short(fact.on))


def _ready(desk: Desk) -> list[tuple[Episode, StageProposal]]:
    found = progression.pending(desk.session, now=desk.now)
    mine = _mine(desk, [one.episode_id for one in found])
    return [(mine[one.episode_id], one) for one in found if one.episode_id in mine]


def _held(desk: Desk) -> list[tuple[Episode, StageProposal]]:
    """Whoever a clinician keeps in a stage for a while, whose hold ends first at the top."""
    newest = (
        select(func.max(StageProposal.id))
        .where(StageProposal.state == ProposalState.DECIDED)
        .group_by(StageProposal.episode_id)
    )
    rows = desk.session.scalars(
        select(StageProposal)
        .where(StageProposal.id.in_(newest), StageProposal.hold_until.is_not(None))
        .order_by(StageProposal.hold_until, StageProposal.id)
    ).all()
    mine = _mine(desk, [row.episode_id for row in rows])
    return [
        (episode, row)
        for row in rows
        if (episode := mine.get(row.episode_id)) is not None
        and row.to_stage == episode.stage_id
        and row.hold_until is not None
        and row.hold_until > timetable.local_date(desk.now, episode.patient.timezone)
    ]


def _mine(desk: Desk, episode_ids: Sequence[int]) -> dict[int, Episode]:
    """Of these episodes the active ones this clinician may see, by id; an administrator none."""
    if not people.is_clinical(desk.clinician):
        return {}
    visible = access.visible_episodes(
        desk.session, desk.context, clinician_id=desk.clinician.id, now=desk.now
    )
    rows = desk.session.scalars(
        select(Episode).where(
            Episode.id.in_(episode_ids), Episode.state == EpisodeState.ACTIVE, visible
        )
    )
    return {row.id: row for row in rows}


def _ready_line(desk: Desk, episode: Episode, proposal: StageProposal) -> str:
    return texts.text(
        "staff.ready_line",
        LANGUAGE,
        code=episode.patient.code,
        day=episodes.day_today(episode, desk.now),
        stage=proposal.from_stage,
        coming=proposal.to_stage,
        date=_short(timetable.local_date(proposal.made_at, episode.patient.timezone)),
    )


def _held_line(desk: Desk, episode: Episode, row: StageProposal) -> str:
    person = desk.session.get(Clinician, row.decided_by) if row.decided_by else None
    return texts.text(
        "staff.held_line",
        LANGUAGE,
        code=episode.patient.code,
        day=episodes.day_today(episode, desk.now),
        stage=row.to_stage,
        date=_short(row.hold_until),
        who=person.name if person else "?",
    )


def _some(lines: list[str]) -> list[str]:
    if not lines:
        return [texts.text("staff.nobody", LANGUAGE)]
    hidden = len(lines) - MOST_LINES
    more = [texts.text("staff.more", LANGUAGE, n=hidden)] if hidden > 0 else []
    return [*lines[:MOST_LINES], *more]


def _short(on: date | None) -> str:
    return f"{on:%d %b}" if on else ""
