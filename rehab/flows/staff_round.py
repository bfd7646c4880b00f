"""The round in the chat: a clinician's patients one by one, sickest first, on one card edited in place."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from exercises.schema import Tier
from rehab import texts
from rehab.clinical import timetable
from rehab.clinical.worklist import Reason
from rehab.errors import InvalidInput, NotAllowed, NotFound, WrongState
from rehab.flows import staff_plan, wound_photo
from rehab.flows.types import Handled
from rehab.models import (
    AuditEvent,
    CareTeamMember,
    ChangeKind,
    ChatState,
    Clinician,
    Episode,
    EpisodeState,
    OutboxMessage,
    PlanChange,
    Prompt,
)
from rehab.services import alert_card, audit, episodes, pain_line, plan_edits, prompts
from rehab.services.overview.worklist import Row, worklist
from rehab.services.prompts import Choice

if TYPE_CHECKING:
    from rehab.flows.staff import Desk

LANGUAGE = texts.SOURCE_LANGUAGE
KIND = "staff_round"
LOOKED = "round.looked_at"
"""In the audit trail: a clinician saw how a patient stands and went on."""
PHOTO_ASKED = "photo.asked_on_round"
LEVELS = {"red": "🔴", "amber": "🟠", "grey": "⚪", "ok": "🟢"}
MOST_REASONS = 8
LONGEST_REASON = 200
"""Characters."""


def begin(desk: Desk) -> None:
    """Answer `/round`: the sickest of one's own patients; of everybody one may see if one has none."""
    rows = _rows(desk)
    own = set(
        desk.session.scalars(
            select(CareTeamMember.patient_id).where(
                CareTeamMember.clinician_id == desk.clinician.id
            )
        )
    )
    mine = [row.patient_id for row in rows if row.patient_id in own]
    listed = mine or [row.patient_id for row in rows]
    if not listed:
        desk.say("staff_round", _words("nobody"))
        return
    _show(desk, {"patients": listed, "at": 0})


def on_tap(desk: Desk, prompt: Prompt, value: str) -> Handled:
    """Go on, go back, note a look, or do something about the patient on the card."""
    subject = dict(prompt.subject)
    patient_id = subject["patients"][subject["at"]]
    toast = ""
    if value in ("next", "previous"):
        subject["at"] += 1 if value == "next" else -1
    elif value == "looked":
        toast = _looked(desk, subject, patient_id)
    elif value in ("easier", "photo"):
        act = _step_down if value == "easier" else _ask_for_photo
        try:
            toast = act(desk, patient_id)
        except (InvalidInput, NotAllowed, NotFound, WrongState) as problem:
            toast = str(problem)[:200]
    subject["at"] = min(max(subject["at"], 0), len(subject["patients"]) - 1)
    _show(desk, subject)
    return Handled(toast)


def _show(desk: Desk, subject: dict[str, Any]) -> None:
    position, patients = subject["at"], subject["patients"]
    original = desk.session.get(OutboxMessage, subject.get("card") or 0)
    row = next((row for row in _rows(desk) if row.patient_id == patients[position]), None)
    episode = episodes.latest(desk.session, patient_id=patients[position])
    text = _words("place", n=position + 1, of=len(patients))
    choices = _steps(position, len(patients))
    if row is None or episode is None:
        # Stopped, paused or no longer ours since the round began.
        text += "\n\n" + _words("gone")
    else:
        text += "\n" + _card(desk, row, episode)
        choices += _acts(desk, row, episode)
    prompt, buttons = prompts.offer(
        desk.session,
        chat_id=desk.event.chat_id,
        kind=KIND,
        subject=subject,
        rows=[one for one in choices if one],
        now=desk.now,
    )
    message = desk.say("staff_round", text, buttons=buttons, edits=original)
    prompt.outbox_id = (original or message).id
    prompt.subject = {**subject, "card": (original or message).id}


def _card(desk: Desk, row: Row, episode: Episode) -> str:
    zone = desk.context.config.clinic.timezone
    lines = [
        f"{LEVELS[row.level]} {alert_card.who(desk.context, episode, desk.now)}",
        *(f"• {in_words(one)[:LONGEST_REASON]}" for one in row.reasons[:MOST_REASONS]),
        "",
        pain_line.of_episode(desk.session, episode, desk.now),
        _words("adherence", share="?" if row.adherence is None else f"{row.adherence:.0%}"),
        _words("heard", at=_clock(row.last_heard_at, zone)),
    ]
    looked = _last_look(desk, row.patient_id)
    if looked is not None:
        at, name = looked
        lines.append(_words("looked_at", name=name, at=_clock(at, zone)))
    if link := desk.context.config.web.public_url:
        lines.append(f"{link.rstrip('/')}/patients/{row.patient_id}")
    return "\n".join(lines)


def in_words(reason: Reason) -> str:
    """Why a patient stands where they stand, for a chat."""
    name = f"reason_{reason.code}"
    if not texts.has_text(f"round.{name}"):
        return reason.code.replace("_", " ")
    return _words(name, **reason.values)


def _steps(position: int, count: int) -> list[list[Choice]]:
    row = []
    if position > 0:
        row.append(Choice("previous", _words("previous_button")))
    if position + 1 < count:
        row.append(Choice("next", _words("next_button")))
    return [row]


def _acts(desk: Desk, row: Row, episode: Episode) -> list[list[Choice]]:
    rows = [[Choice("looked", _words("looked_button"))]]
    if _may_ask_for_photo(desk, row, episode):
        rows[0].append(Choice("photo", texts.text("card.photo_button", LANGUAGE)))
    if _may_step_down(desk, row, episode):
        label = texts.text("staff.easier_button", LANGUAGE, days=alert_card.EASIER_DAYS)
        rows.append([Choice("easier", label)])
    return rows


def _looked(desk: Desk, subject: dict[str, Any], patient_id: int) -> str:
    audit.record(
        desk.session,
        actor=f"clinician:{desk.clinician.id}",
        action=LOOKED,
        subject=f"patient:{patient_id}",
        patient_id=patient_id,
        now=desk.now,
    )
    desk.session.flush()
    if subject["at"] + 1 == len(subject["patients"]):
        return _words("last")
    subject["at"] += 1
    return ""


def _last_look(desk: Desk, patient_id: int) -> tuple[datetime, str] | None:
    found = desk.session.execute(
        select(AuditEvent.at, AuditEvent.actor)
        .where(AuditEvent.action == LOOKED, AuditEvent.patient_id == patient_id)
        .order_by(AuditEvent.id.desc())
        .limit(1)
    ).first()
    if found is None:
        return None
    person = desk.session.get(Clinician, int(found.actor.partition(":")[2]))
    return found.at, person.name if person else "?"


def _may_step_down(desk: Desk, row: Row, episode: Episode) -> bool:
    """Not beside the advice to call an ambulance, and not while it is made easier already."""
    is_emergency = any(one.values.get("tier") == Tier.EMERGENCY for one in row.reasons)
    today = timetable.local_date(desk.now, episode.patient.timezone)
    running = desk.session.scalar(
        select(PlanChange.id).where(
            PlanChange.episode_id == episode.id,
            PlanChange.kind == ChangeKind.STEP_DOWN,
            PlanChange.ended_at.is_(None),
            PlanChange.to_on >= today,
        )
    )
    return not is_emergency and episode.state == EpisodeState.ACTIVE and running is None


def _may_ask_for_photo(desk: Desk, row: Row, episode: Episode) -> bool:
    """Once a day, of a patient the bot can reach and who was not told to call an ambulance."""
    chat = episode.patient.chat
    is_emergency = any(one.values.get("tier") == Tier.EMERGENCY for one in row.reasons)
    reachable = chat is not None and chat.state == ChatState.ACTIVE
    asked = desk.session.scalar(
        select(AuditEvent.id).where(
            AuditEvent.action == PHOTO_ASKED,
            AuditEvent.patient_id == row.patient_id,
            AuditEvent.at > desk.now - timedelta(days=1),
        )
    )
    is_active = episode.state == EpisodeState.ACTIVE
    return is_active and reachable and not is_emergency and asked is None


def _ask_for_photo(desk: Desk, patient_id: int) -> str:
    row, episode = _seen(desk, patient_id)
    if not _may_ask_for_photo(desk, row, episode):
        raise WrongState("not_now", texts.text("card.photo_not_now", LANGUAGE))
    wound_photo.ask_for_photo(
        desk.session,
        desk.context,
        episode=episode,
        clinician_name=desk.clinician.name,
        now=desk.now,
    )
    audit.record(
        desk.session,
        actor=f"clinician:{desk.clinician.id}",
        action=PHOTO_ASKED,
        subject=f"patient:{patient_id}",
        patient_id=patient_id,
        now=desk.now,
    )
    desk.session.flush()
    return texts.text("card.photo_toast", LANGUAGE)


def _seen(desk: Desk, patient_id: int) -> tuple[Row, Episode]:
    """The patient as they stand now, for somebody who may still see them."""
    episode = episodes.latest(desk.session, patient_id=patient_id)
    row = next((row for row in _rows(desk) if row.patient_id == patient_id), None)
    if episode is None or row is None or not staff_plan.may_see(desk, episode):
        raise NotAllowed(texts.text("staff.not_your_patient", LANGUAGE))
    return row, episode


def _step_down(desk: Desk, patient_id: int) -> str:
    row, episode = _seen(desk, patient_id)
    if not _may_step_down(desk, row, episode):
        raise WrongState("not_now", _words("not_easier"))
    change = plan_edits.step_down(
        desk.session,
        desk.context,
        episode_id=episode.id,
        days=alert_card.EASIER_DAYS,
        reason=_words("easier_reason"),
        clinician_id=desk.clinician.id,
        now=desk.now,
    )
    until = f"{change.to_on:%d %b}" if change.to_on else "?"
    done = texts.text("staff.made_easier", LANGUAGE, until=until)
    return f"{done} {staff_plan.told(episode)}"


def _rows(desk: Desk) -> tuple[Row, ...]:
    found = worklist(desk.session, desk.context, clinician_id=desk.clinician.id, now=desk.now)
    return found.rows


def _clock(instant: datetime | None, zone: str) -> str:
    return timetable.local_text(instant, zone, alert_card.CLOCK) if instant else _words("never")


def _words(key: str, **values: object) -> str:
    return texts.text(f"round.{key}", LANGUAGE, **values)
