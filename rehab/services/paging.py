"""Telling people about an alert: who is next, the cards they get, and keeping those cards true."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from exercises.schema import Tier
from rehab.clinical import escalation
from rehab.clinical.escalation import Ladder, Step
from rehab.models import Alert, AlertState, Clinician, MessageClass, OutboxMessage, Page
from rehab.services import (
    acknowledgements,
    alert_card,
    alert_history,
    alert_mail,
    always_tell,
    cover,
    drill_card,
    on_call,
    outbox,
    prompts,
    ringing,
    staff_group,
)
from rehab.services.context import Context

MOST_CARDS_EACH = 5
"""Of a long unanswered alert a person has many cards; the newest few are what they still see."""


def ladder_of(context: Context, tier: str) -> Ladder:
    """The clinic's ladder for a tier (T0, T1 or T2)."""
    found = getattr(context.config.escalation, tier)
    return Ladder(
        tier=Tier(tier),
        steps=tuple(
            Step(after=timedelta(minutes=step.after_minutes), to=step.to) for step in found.steps
        ),
        repeat_every=timedelta(minutes=found.repeat_minutes),
        ack_lasts=timedelta(minutes=found.acknowledgement_minutes),
    )


def page_if_due(session: Session, context: Context, alert: Alert, *, now: datetime) -> bool:
    """Page the step that is due, if any, and set when to look again."""
    if alert.is_drill:
        drill_card.page(session, context, alert, now=now)
        return False
    if alert.tier == Tier.SOON and not cover.is_open(session, context, now):
        # Can wait for the working day: it is on the worklist, but nobody is woken for it.
        alert.escalate_after = cover.next_opening(session, context, now)
        return False
    due = escalation.due_page(
        ladder_of(context, alert.tier),
        opened_at=alert.clock_started_at,
        now=now,
        last_step=alert.step,
        last_paged_at=alert.paged_at,
    )
    if due is not None:
        page_step(session, context, alert, step=due.step, now=now)
        return True
    _look_again(context, alert)
    return False


def page_step(
    session: Session, context: Context, alert: Alert, *, step: int, now: datetime
) -> None:
    """Tell the people of a step; an empty step is skipped at once; past the end the last one repeats."""
    ladder = ladder_of(context, alert.tier)
    step = min(step, len(ladder.steps) - 1)
    reached = next(
        (
            index
            for index in range(max(step, 0), len(ladder.steps))
            if _whom(session, context, alert, index, now)
        ),
        None,
    )
    if reached is None:
        _nobody(session, context, alert, now)
        reached = len(ladder.steps) - 1
    else:
        _page_all(session, context, alert, step=reached, now=now)
    alert.step, alert.paged_at = max(alert.step, reached), now
    tell_listeners(session, context, alert, now=now)
    _look_again(context, alert)


def tell_listeners(session: Session, context: Context, alert: Alert, *, now: datetime) -> None:
    """Page whoever asked to be told of such a problem in their patients, once, beside the ladder.

    Nothing before the first page: who waits for the morning is not woken by a wish.
    """
    if alert.paged_at is None or alert.is_drill or alert.state == AlertState.RESOLVED:
        return
    people = always_tell.listeners(session, alert)
    if people:
        _tell(
            session,
            context,
            alert,
            people,
            step=max(alert.step, 0),
            round_=_rounds(session, alert) or 1,
            now=now,
        )


def refresh_cards(session: Session, context: Context, alert: Alert, *, now: datetime) -> None:
    """Bring every card that people already have up to date, in place."""
    session.flush()
    text = alert_card.card_text(session, context, alert, now=now)
    for original in [*_cards(session, alert), *staff_group.cards(session, alert)]:
        if _last_shown(session, original) != text:
            update_card(session, alert, original=original, text=text, now=now)


def update_card(
    session: Session,
    alert: Alert,
    *,
    original: OutboxMessage,
    text: str,
    now: datetime,
    choices: list[list[prompts.Choice]] | None = None,
) -> None:
    """Replace one card's text and buttons."""
    rows = alert_card.card_choices(alert) if choices is None else choices
    _, buttons = prompts.offer(
        session,
        chat_id=original.chat_id,
        kind="alert",
        subject={"alert": alert.id, "card": original.id},
        rows=rows,
        now=now,
    )
    count = session.scalar(select(func.count()).where(OutboxMessage.edits_id == original.id))
    outbox.enqueue(
        session,
        dedupe_key=f"card_update:{original.id}:{count}",
        message_class=MessageClass.SAFETY_REPLY,
        kind="alert_card_update",
        chat_id=original.chat_id,
        text=text,
        buttons=buttons,
        now=now,
        edits_id=original.id,
    )


def _last_shown(session: Session, original: OutboxMessage) -> str | None:
    """What the card says by now: its newest update, or what it said at first."""
    newest = session.scalar(
        select(OutboxMessage)
        .where(OutboxMessage.edits_id == original.id)
        .order_by(OutboxMessage.id.desc())
        .limit(1)
    )
    return (newest or original).text


def _page_all(
    session: Session,
    context: Context,
    alert: Alert,
    *,
    step: int,
    now: datetime,
) -> None:
    people = _whom(session, context, alert, step, now)
    round_ = _rounds(session, alert) + 1
    text = _tell(session, context, alert, people, step=step, round_=round_, now=now)
    staff_group.post(session, context, alert, text=text, now=now)


def _rounds(session: Session, alert: Alert) -> int:
    return session.scalar(select(func.max(Page.round)).where(Page.alert_id == alert.id)) or 0


def _tell(
    session: Session,
    context: Context,
    alert: Alert,
    people: Sequence[Clinician],
    *,
    step: int,
    round_: int,
    now: datetime,
) -> str:
    """Page these people. Returns what their cards say."""
    pages = [
        Page(
            alert_id=alert.id,
            clinician_id=clinician.id,
            round=round_,
            step=step,
            created_at=now,
        )
        for clinician in people
    ]
    # Before the card is written: it says who was told.
    session.add_all(pages)
    session.flush()
    text = alert_card.card_text(session, context, alert, now=now)
    for page in pages:
        _send_page(session, context, alert, page, text=text, now=now)
        alert_mail.follow(session, context, alert, page, now=now)
    return text


def _send_page(
    session: Session, context: Context, alert: Alert, page: Page, *, text: str, now: datetime
) -> None:
    clinician = session.get_one(Clinician, page.clinician_id)
    step = f"step {page.step + 1}"
    alert_history.append(session, alert, "paged", now=now, clinician_id=clinician.id, detail=step)
    if clinician.telegram_id is None or not on_call.has_chat(clinician):
        return  # other channels reach this person
    prompt, buttons = prompts.offer(
        session,
        chat_id=clinician.telegram_id,
        kind="alert",
        subject={"alert": alert.id},
        rows=alert_card.card_choices(alert),
        now=now,
    )
    message = outbox.enqueue(
        session,
        dedupe_key=f"page:{alert.id}:{page.round}:{clinician.id}",
        message_class=MessageClass.ALERT,
        kind="alert_card",
        chat_id=clinician.telegram_id,
        text=text,
        buttons=buttons,
        now=now,
        relevance={"open_alert": alert.id},
        is_silent=not ringing.rings(context, alert),
    )
    prompt.outbox_id = message.id
    prompt.subject = {"alert": alert.id, "card": message.id}
    page.outbox_id = message.id


def _whom(
    session: Session, context: Context, alert: Alert, step: int, now: datetime
) -> list[Clinician]:
    """Whom a step reaches. Where everybody must acknowledge: everybody up to this step who has not."""
    steps = ladder_of(context, alert.tier).steps
    if not acknowledgements.everyone_must(context, alert):
        return _reached_by(session, context, alert, steps[step], now)
    taken = {row.clinician_id for row in acknowledgements.given(session, alert)}
    told = [
        person
        for one in steps[: step + 1]
        for person in _reached_by(session, context, alert, one, now)
    ]
    return list({person.id: person for person in told if person.id not in taken}.values())


def _reached_by(
    session: Session, context: Context, alert: Alert, step: Step, now: datetime
) -> list[Clinician]:
    return on_call.whom_to_page(
        session,
        step_to=step.to,
        patient_id=alert.episode.patient_id,
        now=now,
        by_mail=context.config.email.is_on,
    )


def _nobody(session: Session, context: Context, alert: Alert, now: datetime) -> None:
    alert_history.append(session, alert, "nobody_to_page", now=now)
    alert_mail.nobody(session, context, alert, now=now)
    # The group is nobody in particular, and still better than nobody at all.
    text = alert_card.card_text(session, context, alert, now=now)
    staff_group.post(session, context, alert, text=text, now=now)


def _look_again(context: Context, alert: Alert) -> None:
    if alert.state != AlertState.OPEN:
        return
    alert.escalate_after = escalation.next_look(
        ladder_of(context, alert.tier),
        opened_at=alert.clock_started_at,
        last_step=alert.step,
        last_paged_at=alert.paged_at,
    )


def _cards(session: Session, alert: Alert) -> list[OutboxMessage]:
    """The cards to keep true: everybody's newest, and once somebody acts, their earlier ones too."""
    kept = 1 if alert.state == AlertState.OPEN else MOST_CARDS_EACH
    by_person: dict[int, list[Page]] = {}
    for page in session.scalars(
        select(Page).where(Page.alert_id == alert.id).order_by(Page.round.desc())
    ):
        by_person.setdefault(page.clinician_id, []).append(page)
    shown = [page.outbox_id for pages in by_person.values() for page in pages[:kept]]
    rows = session.scalars(select(OutboxMessage).where(OutboxMessage.id.in_(shown)))
    return sorted(rows, key=lambda row: shown.index(row.id))
