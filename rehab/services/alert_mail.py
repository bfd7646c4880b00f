"""Pages by e-mail and webhook: at once where the tier says so, and instead of a card that did not arrive.

Pseudonymous like the card: the alert's code, the day, the reason and a link; no answers, no words.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from exercises.schema import Tier
from rehab import texts
from rehab.clinical import timetable
from rehab.models import Alert, AlertState, OutboxMessage, OutboxState, Page
from rehab.post import EMAIL, WEBHOOK
from rehab.services import alert_card, alert_history, dispatches
from rehab.services.context import Context

LANGUAGE = texts.SOURCE_LANGUAGE
TELEGRAM = "telegram"
DELIVERY_BYTES = 12


def follow(session: Session, context: Context, alert: Alert, page: Page, *, now: datetime) -> None:
    """Send what goes out together with a page, and set when to ask whether its card arrived."""
    at_once: Iterable[str] = getattr(context.config.escalation, alert.tier).channels
    if page.outbox_id is None:
        # Nobody can see a card in Telegram here: everything else steps in now.
        at_once = (EMAIL, WEBHOOK)
    else:
        seconds = context.config.escalation.fallback_seconds
        page.fallback_look_after = now + timedelta(seconds=seconds)
    _send(session, context, alert, page, set(at_once) - {TELEGRAM}, now)


def fall_back(session: Session, context: Context, *, page_id: int, now: datetime) -> bool:
    """Use the other channels when the page's card did not arrive. Returns whether any was used."""
    page = session.get(Page, page_id, with_for_update=True)
    if page is None or page.fallback_look_after is None:
        return False
    alert = session.get_one(Alert, page.alert_id)
    card = session.get(OutboxMessage, page.outbox_id) if page.outbox_id else None
    page.fallback_look_after = None
    if alert.state != AlertState.OPEN:
        return False
    if card is not None and card.state == OutboxState.ACCEPTED:
        return False
    used = _send(session, context, alert, page, {EMAIL, WEBHOOK}, now)
    if used:
        alert_history.append(
            session,
            alert,
            "other_channel",
            now=now,
            clinician_id=page.clinician_id,
            detail=", ".join(sorted(used)),
        )
    return bool(used)


def nobody(session: Session, context: Context, alert: Alert, *, now: datetime) -> None:
    """No step of the ladder reaches anybody: the operator and the webhook are told."""
    key = f"nobody:{alert.id}:{int(now.timestamp())}"
    if dispatches.is_on(context, EMAIL) and context.config.email.operator:
        _mail(session, context, alert, now=now, key=key, intro="mail.nobody")
    if dispatches.is_on(context, WEBHOOK):
        _hook(session, context, alert, now=now, key=key, event="nobody_to_page")


def _send(
    session: Session,
    context: Context,
    alert: Alert,
    page: Page,
    channels: set[str],
    now: datetime,
) -> set[str]:
    used = {channel for channel in channels if dispatches.is_on(context, channel)}
    session.flush()
    if EMAIL in used:
        _mail(session, context, alert, now=now, key=f"page:{page.id}", page=page)
    if WEBHOOK in used:
        # Once for all people of a round: it wakes a robot, and that one wakes them.
        key = f"round:{alert.id}:{page.round}"
        _hook(session, context, alert, now=now, key=key, page=page, event="page")
    return used


def _mail(
    session: Session,
    context: Context,
    alert: Alert,
    *,
    now: datetime,
    key: str,
    page: Page | None = None,
    intro: str = "mail.alert",
) -> None:
    clinic = context.config.clinic
    tier = texts.text(f"mail.{alert.tier}", LANGUAGE, emergency_number=clinic.emergency_number)
    link = _link(context, alert)
    lines = [
        texts.text(intro, LANGUAGE, clinic=clinic.name),
        "",
        tier,
        texts.text("mail.code", LANGUAGE, code=alert.code),
        alert_card.who(context, alert.episode, now),
        alert_card.reasons_in_words(alert.findings),
        "",
        texts.text("mail.open", LANGUAGE, link=link)
        if link
        else texts.text("mail.look", LANGUAGE),
    ]
    dispatches.enqueue(
        session,
        dedupe_key=f"{EMAIL}:{key}",
        channel=EMAIL,
        kind="alert_mail",
        subject=texts.text("mail.subject", LANGUAGE, tier=tier, code=alert.code),
        body="\n".join(lines),
        now=now,
        clinician_id=page.clinician_id if page else None,
        page_id=page.id if page else None,
        alert_id=alert.id,
    )


def _hook(
    session: Session,
    context: Context,
    alert: Alert,
    *,
    now: datetime,
    key: str,
    event: str,
    page: Page | None = None,
) -> None:
    patient = alert.episode.patient
    today = timetable.local_date(now, patient.timezone)
    reasons = sorted(alert.findings, key=lambda found: Tier(found.tier).rank)
    body = {
        "delivery": secrets.token_hex(DELIVERY_BYTES),
        "event": event,
        "alert": alert.code,
        "tier": alert.tier,
        "patient": patient.code,
        "day": timetable.day_number(alert.episode.surgery_on, today),
        "reasons": list(dict.fromkeys(found.reason for found in reasons)),
        "opened_at": alert.opened_at.isoformat(),
        "step": page.step + 1 if page else None,
        "round": page.round if page else None,
        "link": _link(context, alert) or None,
    }
    dispatches.enqueue(
        session,
        dedupe_key=f"{WEBHOOK}:{key}",
        channel=WEBHOOK,
        kind="alert_hook",
        subject=alert.code,
        body=json.dumps(body, ensure_ascii=False),
        now=now,
        page_id=page.id if page else None,
        alert_id=alert.id,
    )


def _link(context: Context, alert: Alert) -> str:
    """The page on which the alert is acknowledged; empty when the clinic named no address."""
    root = context.config.web.public_url.rstrip("/")
    return f"{root}/patients/{alert.episode.patient_id}" if root else ""
