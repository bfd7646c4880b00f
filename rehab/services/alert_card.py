"""The alert card: what a clinician reads in the chat. Pseudonymous: a code, a day and a reason."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from exercises.schema import Question, Questionnaire, Tier
from rehab import texts
from rehab.clinical import timetable
from rehab.clinical.answers import UNIT_SIGNS
from rehab.models import (
    Alert,
    AlertEvent,
    AlertState,
    ChatState,
    CheckIn,
    Clinician,
    Episode,
    EpisodeState,
    FindingRecord,
    Outcome,
    Page,
)
from rehab.services import acknowledgements, answering, pain_line, versions
from rehab.services.context import Context
from rehab.services.prompts import Choice

HEADINGS = {
    Tier.EMERGENCY: "🔴 EMERGENCY – the patient is told to call {number} now",
    Tier.SAME_DAY: "🟠 SAME DAY – the patient is told to phone the clinic today",
    Tier.SOON: "🟡 WITHIN ONE WORKING DAY",
}
OUTCOME_LABELS = {
    Outcome.CALLED: "Called the patient",
    Outcome.ADVISED: "Advised",
    Outcome.PLAN_CHANGED: "Plan changed",
    Outcome.SEEN: "Seen in person",
    Outcome.EMERGENCY: "Sent to emergency",
    Outcome.DUPLICATE: "Duplicate",
    Outcome.NOT_RELEVANT: "Not relevant",
}
MOST_REASONS = 6
MOST_FACTS = 4
CLOCK = "%d %b %H:%M"
EASIER_DAYS = 2
"""Today and tomorrow. Project proposal, not sourced: clinic must decide."""
MOST_NAMES = 4
LANGUAGE = texts.SOURCE_LANGUAGE
URGENCIES = frozenset({"today", "can_wait", "just_telling"})
"""What a patient may have answered to how soon they need somebody."""
PHOTO_ASKED = "photo_asked"
EASIER = "plan_one_step_easier"
"""The alert's history when somebody made the plan easier from the card; `detail` is its last day."""


def card_text(session: Session, context: Context, alert: Alert, *, now: datetime) -> str:
    """The whole card in its present state."""
    lines = [
        *_heading(context, alert),
        who(context, alert.episode, now),
        *_urgency(alert),
        "",
        *_reasons(session, context, alert),
        pain_line.of_episode(session, alert.episode, now),
        "",
        _told(session, context, alert, now),
        _state(context, alert, now),
        *_acknowledgements(session, context, alert),
        *_easier_in_words(alert),
        *_photo_in_words(alert),
        *_usefulness(alert),
    ]
    link = context.config.web.public_url
    if link:
        lines.append(f"{link.rstrip('/')}/patients/{alert.episode.patient_id}")
    return "\n".join(lines)


def card_choices(alert: Alert) -> list[list[Choice]]:
    """The buttons that fit the alert's state."""
    if alert.state == AlertState.RESOLVED:
        return [] if alert.was_useful is not None else [_row("useful", "not_useful")]
    first = ("acknowledge", "called") if alert.state == AlertState.OPEN else ("called",)
    second = ("escalate", "photo") if may_be_asked_for_photo(alert) else ("escalate",)
    rows = [_row(*first), _row(*second)]
    if may_be_made_easier(alert):
        label = texts.text("staff.easier_button", LANGUAGE, days=EASIER_DAYS)
        rows.append([Choice("easier", label)])
    return [*rows, _row("not_relevant", "resolve")]


def may_be_asked_for_photo(alert: Alert) -> bool:
    """Whether the card offers it: once, to a chat that works, not beside the advice to call an
    ambulance."""
    chat = alert.episode.patient.chat
    return (
        alert.state != AlertState.RESOLVED
        and Tier(alert.tier) is not Tier.EMERGENCY
        and alert.episode.state == EpisodeState.ACTIVE
        and chat is not None
        and chat.state == ChatState.ACTIVE
        and _event(alert, PHOTO_ASKED) is None
    )


def sure_choices() -> list[list[Choice]]:
    """One more tap before an alert is closed as not relevant."""
    yes = Choice(f"outcome:{Outcome.NOT_RELEVANT}", _words("not_relevant_yes"))
    return [[yes], [Choice("back", "← Back")]]


BUTTONS = {
    "acknowledge": "on_it_button",
    "called": "called_button",
    "escalate": "escalate_button",
    "photo": "photo_button",
    "not_relevant": "not_relevant_button",
    "resolve": "resolve_button",
    "useful": "useful_button",
    "not_useful": "not_useful_button",
}


def _row(*values: str) -> list[Choice]:
    return [Choice(value, _words(BUTTONS[value])) for value in values]


def _words(key: str, **values: object) -> str:
    return texts.text(f"card.{key}", LANGUAGE, **values)


def made_easier(alert: Alert) -> AlertEvent | None:
    """When and by whom the plan was made easier from this alert's card, if it was."""
    return _event(alert, EASIER)


def _event(alert: Alert, kind: str) -> AlertEvent | None:
    return next((event for event in alert.events if event.kind == kind), None)


def may_be_made_easier(alert: Alert) -> bool:
    """Whether the card offers an easier plan: once, and not beside the advice to call an ambulance."""
    return (
        alert.state != AlertState.RESOLVED
        and Tier(alert.tier) is not Tier.EMERGENCY
        and alert.episode.state == EpisodeState.ACTIVE
        and made_easier(alert) is None
    )


def who(context: Context, episode: Episode, now: datetime) -> str:
    """The line that says whom a card is about, without a name."""
    patient = episode.patient
    today = timetable.local_date(now, patient.timezone)
    day = timetable.day_number(episode.surgery_on, today)
    procedure = episode.procedure.replace("-", " ")
    marked = " · SYNTHETIC" if patient.is_synthetic else ""
    return f"Patient {patient.code} · day {day} · {procedure}, {episode.side}{marked}"


def outcome_choices() -> list[list[Choice]]:
    """The outcomes, two a row, and a way back."""
    flat = [Choice(f"outcome:{key}", label) for key, label in OUTCOME_LABELS.items()]
    rows = [flat[start : start + 2] for start in range(0, len(flat), 2)]
    return [*rows, [Choice("back", "← Back")]]


def _urgency(alert: Alert) -> list[str]:
    said = alert.patient_urgency
    return [_words(f"urgency_{said}")] if said in URGENCIES else []


def _told(session: Session, context: Context, alert: Alert, now: datetime) -> str:
    """Who was told in the present ladder, when first, and how often."""
    rows = session.execute(
        select(Clinician.name, Page.created_at)
        .join(Clinician, Clinician.id == Page.clinician_id)
        .where(Page.alert_id == alert.id, Page.created_at >= alert.clock_started_at)
        .order_by(Page.id)
    )
    times: dict[str, list[datetime]] = {}
    for name, at in rows:
        times.setdefault(name, []).append(at)
    if not times:
        return _words("told_nobody")
    zone = context.config.clinic.timezone
    today = timetable.local_date(now, zone)
    said = [
        f"{name} {_clock(at[0], zone, today)}{f' ×{len(at)}' if at[1:] else ''}"
        for name, at in times.items()
    ]
    return _words("told", names=_some(said))


def _clock(instant: datetime, zone: str, today: date) -> str:
    is_today = timetable.local_date(instant, zone) == today
    return timetable.local_text(instant, zone, "%H:%M" if is_today else CLOCK)


def _some(names: Sequence[str]) -> str:
    hidden = len(names) - MOST_NAMES
    more = [_words("more", n=hidden)] if hidden > 0 else []
    return ", ".join([*names[:MOST_NAMES], *more])


def _acknowledgements(session: Session, context: Context, alert: Alert) -> list[str]:
    """Who has acknowledged and who has not, where everybody must."""
    if alert.state == AlertState.RESOLVED or not acknowledgements.everyone_must(context, alert):
        return []
    names = [row.clinician.name for row in acknowledgements.given(session, alert)]
    missing = [person.name for person in acknowledgements.outstanding(session, alert)]
    if not names:
        return []
    if not missing:
        return [_words("everyone_on_it", names=_some(names))]
    return [_words("also_on_it", names=_some(names), missing=_some(missing))]


def _usefulness(alert: Alert) -> list[str]:
    if alert.state != AlertState.RESOLVED:
        return []
    if alert.was_useful is None:
        return ["", _words("was_it_useful")]
    return [_words("useful_button" if alert.was_useful else "not_useful_button")]


def _heading(context: Context, alert: Alert) -> list[str]:
    number = context.config.clinic.emergency_number
    return [f"{HEADINGS[Tier(alert.tier)].format(number=number)}", f"Alert {alert.code}"]


def _reasons(session: Session, context: Context, alert: Alert) -> list[str]:
    findings = sorted(alert.findings, key=lambda found: (Tier(found.tier).rank, -found.id))
    lines = [
        f"• {found.reason} ({found.rule_id}){_facts(session, context, found)}"
        for found in findings[:MOST_REASONS]
    ]
    hidden = len(findings) - len(lines)
    return [*lines, f"• and {hidden} more"] if hidden > 0 else lines


def _facts(session: Session, context: Context, found: FindingRecord) -> str:
    questionnaire = _asked(session, context, found)
    words = [_fact(questionnaire, fact) for fact in found.facts[-MOST_FACTS:]]
    by = answering.of_finding(session, found)
    said = f", answered by {by}" if by else ""
    return f": {'; '.join(words)}{said}" if words else said


def _asked(session: Session, context: Context, found: FindingRecord) -> Questionnaire | None:
    kind, _, key = found.cause.partition(":")
    if kind != "check_in":
        return None
    check_in = session.get(CheckIn, int(key.partition(":")[0]))
    if check_in is None:
        return None
    return versions.questionnaire(session, context, check_in.questionnaire_hash)


def _fact(questionnaire: Questionnaire | None, fact: dict[str, object]) -> str:
    if "word" in fact:
        return f"wrote “{str(fact['word']).replace(' + ', ' … ')}”"
    return answer_in_words(questionnaire, str(fact["question"]), fact["value"])


def answer_in_words(questionnaire: Questionnaire | None, question_id: str, value: object) -> str:
    """An answer for staff: the question's short name and the options' English labels, or the number."""
    try:
        question = questionnaire.question(question_id) if questionnaire else None
    except KeyError:
        question = None
    if question is None:
        return f"{question_id}: {value}"
    given = value if isinstance(value, list | tuple) else [value]
    return f"{question.short}: {', '.join(_shown(question, one) for one in given)}"


def _shown(question: Question, value: object) -> str:
    labels = {option.value: option.label for option in question.options}
    number = f"{value:g}" if isinstance(value, int | float) else str(value)
    return labels.get(str(value)) or number + UNIT_SIGNS.get(question.unit, "")


def _state(context: Context, alert: Alert, now: datetime) -> str:
    zone = context.config.clinic.timezone

    def at(instant: datetime | None) -> str:
        return timetable.local_text(instant, zone, CLOCK) if instant else "?"

    if alert.state == AlertState.RESOLVED:
        name = alert.resolver.name if alert.resolver else "?"
        outcome = OUTCOME_LABELS[Outcome(alert.outcome or Outcome.SEEN)]
        return f"✅ Resolved by {name}, {at(alert.resolved_at)}: {outcome}"
    if alert.state == AlertState.ACKNOWLEDGED:
        name = alert.acknowledger.name if alert.acknowledger else "?"
        until = alert.escalate_after
        return (
            f"✋ {name} is on it since {at(alert.acknowledged_at)}. "
            f"Without an outcome by {at(until)} it is announced again."
        )
    return (
        f"Opened {at(alert.opened_at)} ({_ago(now - alert.opened_at)}). Nobody has acknowledged."
    )


def _easier_in_words(alert: Alert) -> list[str]:
    event = made_easier(alert)
    if event is None:
        return []
    name = event.clinician.name if event.clinician else "?"
    until = f"{date.fromisoformat(event.detail):%d %b}"
    return [texts.text("staff.easier_on_card", texts.SOURCE_LANGUAGE, who=name, until=until)]


def _photo_in_words(alert: Alert) -> list[str]:
    event = _event(alert, PHOTO_ASKED)
    if event is None:
        return []
    return [_words("photo_asked", who=event.clinician.name if event.clinician else "?")]


def _ago(age: timedelta) -> str:
    minutes = max(0, int(age.total_seconds() // 60))
    if minutes < 1:
        return "just now"
    return f"{minutes} min ago" if minutes < 120 else f"{minutes // 60} h ago"


def reasons_in_words(findings: Sequence[FindingRecord]) -> str:
    """The distinct reasons, most urgent first, for a list row."""
    ordered = sorted(findings, key=lambda found: Tier(found.tier).rank)
    return "; ".join(dict.fromkeys(found.reason for found in ordered))
