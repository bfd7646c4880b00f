"""The dashboard's words for stable codes: reasons, tiers, states, events and timeline entries."""

from __future__ import annotations

from datetime import date

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from rehab.clinical.worklist import Reason
from rehab.models import Outcome
from rehab.services.alert_card import OUTCOME_LABELS

TIERS = {
    "T0": _l("Emergency"),
    "T1": _l("Same day"),
    "T2": _l("Within one working day"),
    "T3": _l("Routine"),
}
REASONS = {
    "unreachable": _l("Chat cannot be reached"),
    "unreachable_blocked": _l("Chat cannot be reached: the patient blocked the bot"),
    "unreachable_dead": _l("Chat cannot be reached: it no longer exists"),
    "phone": _l("Phone the patient: no answer for {hours} h"),
    "invited_long": _l("Invited {hours} h ago and not enrolled yet"),
    "unread": _l("Unread messages: {count}"),
    "unreviewed_photos": _l("Photos not reviewed: {count}"),
    "stage_review": _l("Stage review due"),
    "stage_ready": _l("Ready for the next stage ({stage})"),
    "too_painful": _l("Too painful: {names}"),
    "dose_down": _l("Dose a level down by the pain rule ({date})"),
    "pain_above_band": _l("Pain {pain}/10 is above the expected range"),
    "adherence_low": _l("Exercises done: {percent} in 7 days"),
    "repeated": _l("Came again soon after it was resolved: {reason}"),
    "misunderstood": _l("Questions about a card answered wrong: {count}"),
    "silent": _l("Silent for {hours} h"),
    "no_data": _l("Nothing heard yet"),
    "not_enrolled": _l("Not enrolled yet"),
    "paused": _l("Paused"),
}
ALERT_STATES = {
    "open": _l("nobody on it yet"),
    "acknowledged": _l("somebody is on it"),
}
EVENTS = {
    "opened": _l("Alert opened"),
    "finding_added": _l("Another finding joined"),
    "raised": _l("Raised: {detail}"),
    "paged": _l("Told: {detail}"),
    "nobody_to_page": _l("Nobody could be told"),
    "other_channel": _l("The card did not arrive: told by {detail} too"),
    "acknowledged": _l("Acknowledged"),
    "acknowledged_partly": _l("Acknowledged; others still have to"),
    "acknowledgement_expired": _l("No outcome in time: announced again"),
    "escalated": _l("Escalated"),
    "photo_asked": _l("The patient was asked for a photo"),
    "plan_one_step_easier": _l("Plan one step easier: {detail}"),
    "answer_corrected": _l("An answer behind it was corrected: {detail}"),
    "resolved": _l("Resolved: {detail}"),
    "patient_urgency": _l("The patient said: {detail}"),
    "repeated": _l("The same came again and rang nobody ({detail})"),
    "rated": _l("Found {detail}"),
    "person_told": _l("Told {person}: {state}"),
}
DELIVERY = {
    "queued": _l("waiting to be sent"),
    "sending": _l("being sent"),
    "accepted": _l("delivered to Telegram"),
    "unknown": _l("unknown whether it arrived"),
    "failed": _l("failed"),
    "expired": _l("too late, not sent"),
    "cancelled": _l("no longer needed, not sent"),
}
MARKS = {
    "late": _l("late answer"),
    "amended": _l("corrected later"),
    "entered-in-error": _l("entered in error"),
    "preliminary": _l("not finished"),
    "no-longer-due": _l("no longer asked after a correction"),
    "edited": _l("edited by the patient"),
    "asked": _l("no answer"),
    "done": _l("done"),
    "too_painful": _l("too painful"),
    "not_today": _l("not today"),
}
MESSAGE_KINDS = {
    "text": _l("Message"),
    "photo": _l("Photo"),
    "voice": _l("Voice message"),
    "video": _l("Video"),
    "document": _l("File"),
    "other": _l("Something else"),
    "unreadable": _l("Unreadable message, please look"),
}
REVIEW_OUTCOMES = {
    "as_expected": _l("looks as expected"),
    "another_photo": _l("another photo is needed"),
    "called": _l("called the patient"),
    "to_be_seen": _l("to be seen in person"),
}
ENTRIES = {
    "finding.expected": _l("Expected by a clinician: nobody was paged ({tier})"),
    "check_in.completed": _l("{title} (for {date})"),
    "check_in.open": _l("{title} (for {date}), not finished"),
    "check_in.abandoned": _l("{title} (for {date}), left unfinished"),
    "check_in.corrected": _l("Correction of {title} ({date})"),
    "check_in.late_answer": _l("Late answer to {title} ({date})"),
    "check_in_task.prompted": _l("Check-in asked for {date}"),
    "check_in_task.missed": _l("Check-in missed ({date})"),
    "check_in_task.excused": _l("Check-in excused ({date})"),
    "exercises.prompted": _l("Exercises asked for {date}"),
    "exercises.done": _l("Exercises of {date}: {done} of {asked} done"),
    "exercises.missed": _l("Exercises of {date}: {done} of {asked} done, day over"),
    "exercises.excused": _l("Exercises of {date} excused"),
    "message.received": _l("{kind} from {sender}"),
    "message.seen": _l("{kind} marked as seen by {person}"),
    "stage.changed": _l("{person} moved the stage from {from} to {to}"),
    "stage.calendar": _l("The calendar moved the stage from {from} to {to}"),
    "episode.enrolled": _l("Enrolled"),
    "episode.test_message": _l("Test message sent"),
    "episode.who_answers": _l("Said who answers the check-in: {detail}"),
    "episode.test_seen": _l("The patient saw the test message"),
    "episode.consent_declined": _l("The patient declined the consent"),
    "episode.chat_blocked": _l("The patient blocked the bot: messages do not arrive"),
    "episode.chat_dead": _l("The patient's chat no longer exists: messages do not arrive"),
    "episode.chat_back": _l("The patient's chat works again"),
    "episode.paused": _l("Paused by {person} ({detail})"),
    "episode.resumed": _l("Resumed by {person}"),
    "episode.stopped": _l("Stopped by {person}"),
    "episode.pause_asked": _l("Asked whether the pause shall go on"),
    "episode.still_paused": _l("The patient wants the pause to go on"),
    "episode.cover_notice": _l("Told again who watches and who does not"),
    "episode.caregiver_added": _l("Caregiver added ({detail}) by {person}"),
    "episode.caregiver_agreed": _l("The patient agreed to the caregiver ({detail})"),
    "episode.caregiver_joined": _l("The caregiver joined ({detail})"),
    "episode.caregiver_ended": _l("Caregiver ended ({detail}) by {person}"),
    "episode.caregiver_lost": _l("The caregiver's chat does not take messages any more"),
    "episode.caregiver_back": _l("The caregiver's chat works again"),
    "consent.accepted": _l("Consent {version} accepted ({language})"),
    "consent.withdrawn": _l("Consent {version} withdrawn"),
    "invite.created": _l("Invite made by {person}"),
    "invite.used": _l("Invite used"),
    "invite.revoked": _l("Invite withdrawn"),
    "invite.refused": _l("Invite refused: {reason}"),
}


def reason(value: Reason) -> str:
    """One reason in words."""
    if value.code == "alert":
        state = ALERT_STATES.get(value.values["state"], value.values["state"])
        return f"{tier(value.values['tier'])}: {value.values['reason']} ({state})"
    template = REASONS.get(value.code)
    return str(template).format_map(value.values) if template else value.code


def tier(value: str) -> str:
    """How soon a person must act."""
    return str(TIERS.get(value, value))


def outcome(value: str) -> str:
    """How an alert ended."""
    return str(_(OUTCOME_LABELS[Outcome(value)])) if value else ""


def event(kind: str, detail: str = "") -> str:
    """One event of an alert."""
    template = str(EVENTS.get(kind, kind.replace("_", " ")))
    shown = outcome(detail) if kind == "resolved" else detail.replace("_", " ")
    return template.format_map({"detail": shown, "person": "", "state": ""})


def delivery(state: str) -> str:
    """What became of a message."""
    return str(DELIVERY.get(state, state))


def mark(value: str) -> str:
    """What is special about a line."""
    return str(MARKS.get(value, value))


def message_kind(value: str) -> str:
    """What a patient sent."""
    return str(MESSAGE_KINDS.get(value, value))


def review_outcome(code: str) -> str:
    """What a clinician made of a photo."""
    return str(REVIEW_OUTCOMES.get(code, code))


def entry(kind: str, values: dict[str, str]) -> str:
    """The sentence of a timeline entry."""
    area, _dot, what = kind.partition(".")
    if area == "alert":
        return _alert_entry(what, values)
    if area == "sent":
        return str(_("Sent: %(kind)s", kind=values["kind"]))
    if area == "message":
        values = {**values, "kind": message_kind(values["kind"])}
    if "date" in values:
        found = date.fromisoformat(values["date"])
        values = {**values, "date": f"{found.day} {found.strftime('%b')}"}
    template = ENTRIES.get(kind)
    return str(template).format_map(values) if template else kind.replace("_", " ")


def _alert_entry(what: str, values: dict[str, str]) -> str:
    if what == "person_told":
        told = str(EVENTS[what])
        sentence = told.format_map({**values, "state": delivery(values["state"])})
    else:
        sentence = event(what, values.get("detail", ""))
        sentence += f" · {values['person']}" if values.get("person") else ""
    return f"{sentence} ({values['code']}, {tier(values['tier'])})"
