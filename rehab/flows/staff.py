"""What a clinician does in the chat: alerts and who is on call; plans and stages are next door."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from rehab import texts
from rehab.clinical import timetable
from rehab.errors import InvalidInput, NotAllowed, NotFound, WrongState
from rehab.flows import staff_duty, staff_plan, staff_progression, staff_round, wound_photo
from rehab.flows.types import Event, EventKind, Handled
from rehab.models import (
    Alert,
    AlertState,
    Clinician,
    MessageClass,
    OutboxMessage,
    Outcome,
    Prompt,
)
from rehab.services import (
    acknowledgements,
    alert_card,
    alert_history,
    alerts,
    channels,
    on_call,
    outbox,
    paging,
    prompts,
    rota,
)
from rehab.services.context import Context

LANGUAGE = texts.SOURCE_LANGUAGE
ALERT = "alert"
MOST_ALERTS = 20
LOOK_AHEAD = timedelta(days=7)
LONGEST_REASONS = 150
"""Characters. So many lines of this length fit into one message."""


@dataclass(frozen=True)
class Desk:
    """A clinician's turn."""

    session: Session
    context: Context
    clinician: Clinician
    event: Event
    now: datetime

    def say(
        self,
        kind: str,
        text: str,
        *,
        buttons: Sequence[Sequence[outbox.Button]] = (),
        edits: OutboxMessage | None = None,
    ) -> OutboxMessage:
        """Put one message into this chat, or new words on an earlier one."""
        return outbox.enqueue(
            self.session,
            dedupe_key=f"{kind}:{self.event.source}",
            message_class=MessageClass.REPLY,
            kind=kind,
            chat_id=self.event.chat_id,
            text=text,
            buttons=buttons,
            now=self.now,
            edits_id=edits.id if edits else None,
        )


def handle(desk: Desk) -> Handled:
    """One thing a clinician did in the chat."""
    if desk.event.kind == EventKind.BLOCKED:
        channels.chat_lost(
            desk.session,
            desk.context,
            chat_id=desk.event.chat_id,
            reason="blocked",
            now=desk.now,
        )
        return Handled()
    if not desk.event.in_group:
        # A tap in the group does not prove that the private chat works.
        channels.staff_back(desk.clinician)
    if desk.event.kind == EventKind.TAP:
        return _tap(desk)
    if desk.event.kind == EventKind.COMMAND:
        _command(desk)
    elif desk.event.kind == EventKind.TEXT and staff_progression.on_text(desk):
        return Handled()
    elif desk.event.kind in (EventKind.TEXT, EventKind.MEDIA):
        _greet(desk)
    return Handled()


def _command(desk: Desk) -> None:
    # Whoever asks for something else is not typing a reason any more.
    staff_progression.forget(desk)
    COMMANDS.get(desk.event.command, _greet)(desk)


def _greet(desk: Desk) -> None:
    hello = texts.text("staff.hello", LANGUAGE, name=desk.clinician.name)
    desk.say("staff_hello", "\n\n".join([hello, texts.text("staff.commands", LANGUAGE)]))


def _tap(desk: Desk) -> Handled:
    staff_progression.forget(desk)
    prompt = prompts.find(desk.session, token=desk.event.token, chat_id=desk.event.chat_id)
    value = prompts.value_of(prompt, desk.event.choice) if prompt else None
    if prompt is None or value is None:
        return Handled(texts.text("staff.unknown_button", LANGUAGE))
    handle_tap = TAPS.get(prompt.kind)
    if handle_tap is None:
        return Handled(texts.text("staff.unknown_button", LANGUAGE))
    return handle_tap(desk, prompt, value)


def _on_alert(desk: Desk, prompt: Prompt, value: str) -> Handled:
    try:
        return _act(desk, prompt, value)
    except (WrongState, NotAllowed, NotFound, InvalidInput) as problem:
        # The card in this chat is behind: show it as it is now.
        _refresh(desk, prompt)
        return Handled(str(problem)[:200])


def _act(desk: Desk, prompt: Prompt, value: str) -> Handled:
    alert_id = prompt.subject["alert"]
    who = {"alert_id": alert_id, "clinician_id": desk.clinician.id, "now": desk.now}
    if value == "acknowledge":
        return _acknowledge(desk, alert_id)
    if value == "escalate":
        alerts.escalate(desk.session, desk.context, **who)
        return Handled(texts.text("staff.escalated", LANGUAGE))
    if value == "called" or value.startswith("outcome:"):
        outcome = Outcome(value.removeprefix("outcome:"))
        alerts.resolve(desk.session, desk.context, outcome=outcome, note="", **who)
        return Handled(texts.text("staff.resolved", LANGUAGE))
    if value in ("useful", "not_useful"):
        alerts.rate(desk.session, desk.context, was_useful=value == "useful", **who)
        return Handled(texts.text("card.thanks", LANGUAGE))
    if value == "easier":
        return staff_plan.make_easier(desk, alert_id)
    if value == "photo":
        return _ask_for_photo(desk, alert_id)
    if value == "not_relevant":
        return _ask(desk, prompt, alert_card.sure_choices(), "card.not_relevant_sure")
    if value == "resolve":
        return _ask(desk, prompt, alert_card.outcome_choices(), "staff.choose_outcome")
    return _refresh(desk, prompt)


def _acknowledge(desk: Desk, alert_id: int) -> Handled:
    alert = alerts.acknowledge(
        desk.session,
        desk.context,
        alert_id=alert_id,
        clinician_id=desk.clinician.id,
        now=desk.now,
    )
    if alert.state == AlertState.ACKNOWLEDGED:
        return Handled(texts.text("staff.acknowledged", LANGUAGE))
    missing = ", ".join(one.name for one in acknowledgements.outstanding(desk.session, alert))
    return Handled(texts.text("card.partly", LANGUAGE, missing=missing)[:200])


def _ask_for_photo(desk: Desk, alert_id: int) -> Handled:
    alert = desk.session.get(Alert, alert_id, with_for_update=True)
    if alert is None:
        raise NotFound("no such alert")
    if not staff_plan.may_see(desk, alert.episode):
        raise NotAllowed(texts.text("staff.not_your_patient", LANGUAGE))
    if not alert_card.may_be_asked_for_photo(alert):
        raise WrongState("not_now", texts.text("card.photo_not_now", LANGUAGE))
    wound_photo.ask_for_photo(
        desk.session,
        desk.context,
        episode=alert.episode,
        clinician_name=desk.clinician.name,
        now=desk.now,
    )
    alert_history.append(
        desk.session,
        alert,
        alert_card.PHOTO_ASKED,
        now=desk.now,
        clinician_id=desk.clinician.id,
    )
    paging.refresh_cards(desk.session, desk.context, alert, now=desk.now)
    return Handled(texts.text("card.photo_toast", LANGUAGE))


def _ask(desk: Desk, prompt: Prompt, choices: list[list[prompts.Choice]], key: str) -> Handled:
    """Put other buttons under the card for one more tap."""
    alert = desk.session.get(Alert, prompt.subject["alert"])
    if alert is None or alert.state == AlertState.RESOLVED:
        raise WrongState("already_resolved", "This alert is already resolved.")
    _update(desk, alert, prompt, choices)
    return Handled(texts.text(key, LANGUAGE))


def _refresh(desk: Desk, prompt: Prompt) -> Handled:
    alert = desk.session.get(Alert, prompt.subject["alert"])
    if alert is not None:
        _update(desk, alert, prompt, alert_card.card_choices(alert))
    return Handled()


def _update(desk: Desk, alert: Alert, prompt: Prompt, choices: list[list[prompts.Choice]]) -> None:
    original = desk.session.get(OutboxMessage, prompt.subject.get("card") or 0)
    if original is not None:
        paging.update_card(
            desk.session,
            alert,
            original=original,
            text=alert_card.card_text(desk.session, desk.context, alert, now=desk.now),
            choices=choices,
            now=desk.now,
        )


def _overview(desk: Desk) -> str:
    on_duty = on_call.on_call_now(desk.session, now=desk.now)
    names = ", ".join(person.name for person in on_duty)
    waiting = desk.session.scalars(
        select(Alert).where(Alert.state != AlertState.RESOLVED).order_by(Alert.tier, Alert.id)
    ).all()
    lines = [texts.text("staff.on_call", LANGUAGE, names=names or "nobody")]
    lines += [_next_on_call(desk), ""]
    lines += [
        f"• {alert.tier} {alert.code} · {alert.state} · "
        f"{alert_card.reasons_in_words(alert.findings)[:LONGEST_REASONS]}"
        for alert in waiting[:MOST_ALERTS]
    ]
    if len(waiting) > MOST_ALERTS:
        lines.append(f"• and {len(waiting) - MOST_ALERTS} more")
    if not waiting:
        lines.append(texts.text("staff.no_alerts", LANGUAGE))
    return "\n".join(lines)


def _next_on_call(desk: Desk) -> str:
    """Who takes over next, as the rota stands; an open-ended shift has nobody after it."""
    until = desk.now + LOOK_AHEAD
    coming = rota.duties(desk.session, since=desk.now, until=until)
    for duty in coming:
        if duty.starts_at > desk.now:
            zone = desk.context.config.clinic.timezone
            at = timetable.local_text(duty.starts_at, zone, alert_card.CLOCK)
            return texts.text("oncall.next", LANGUAGE, name=duty.name, at=at)
    if any(duty.ends_at is None or duty.ends_at >= until for duty in coming):
        return texts.text("oncall.open_end", LANGUAGE)
    return texts.text("oncall.nobody_next", LANGUAGE)


def _on_call(desk: Desk) -> None:
    desk.say("staff_on_call", _overview(desk))


COMMANDS: dict[str, Callable[[Desk], None]] = {
    "oncall": _on_call,
    "duty": staff_duty.duty,
    "rollcall": staff_duty.roll_call,
    "alerts": _on_call,
    "stages": staff_plan.stages,
    "plan": staff_plan.plan_of_code,
    "round": staff_round.begin,
}
"""What a clinician may write. Anything else is greeted with this list in words."""
TAPS: dict[str, Callable[[Desk, Prompt, str], Handled]] = {
    ALERT: _on_alert,
    staff_plan.LIST: lambda desk, prompt, value: staff_plan.on_list_tap(desk, value),
    staff_round.KIND: staff_round.on_tap,
    **dict.fromkeys(staff_progression.KINDS, staff_progression.on_tap),
    **dict.fromkeys(staff_duty.KINDS, staff_duty.on_tap),
}
"""What a tap means, by the kind of its prompt."""
KINDS = frozenset(TAPS)
"""Prompts that are a clinician's, whoever else the same person is."""
