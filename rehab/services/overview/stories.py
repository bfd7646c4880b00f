"""An alert as a story: what was found, who was told, who took it, how it ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload, selectinload

from exercises.schema import Tier
from rehab.models import (
    Alert,
    AlertEvent,
    AlertState,
    CheckIn,
    Clinician,
    Episode,
    FindingRecord,
    OutboxMessage,
    Page,
)
from rehab.services import alert_card, answering, explanations, versions
from rehab.services.access import visible_episodes
from rehab.services.context import Context
from rehab.services.rule_report import taken_after

RESOLVED_FOR = timedelta(days=30)
MOST_RESOLVED = 100
URGENT = "today"
"""What a patient answers who needs somebody today."""


@dataclass(frozen=True)
class FoundView:
    """One finding: the reason, and the answers it rested on."""

    reason: str
    rule_id: str
    tier: str
    facts: tuple[str, ...]
    at: datetime
    why: str = ""
    """The limit, the version of the rules, who set it, and its source."""


@dataclass(frozen=True)
class EventView:
    """One line of the alert's history."""

    at: datetime
    kind: str
    person: str
    detail: str


@dataclass(frozen=True)
class PageView:
    """One attempt to reach one person, and what became of the message."""

    at: datetime
    person: str
    state: str
    reached_at: datetime | None


@dataclass(frozen=True)
class Story:
    """An alert, whole."""

    id: int
    code: str
    patient_id: int
    patient_name: str
    patient_code: str
    tier: str
    state: str
    opened_at: datetime
    acknowledged_at: datetime | None
    acknowledged_by: str
    announced_again_at: datetime | None
    """When an acknowledgement without an outcome expires."""
    next_step_at: datetime | None
    """When the ladder goes on while nobody has taken it."""
    taken_after: timedelta | None
    """From the opening to the first person who took it."""
    patient_urgency: str
    """today, can_wait, just_telling or nothing"""
    was_useful: bool | None
    resolved_at: datetime | None
    resolved_by: str
    outcome: str
    outcome_note: str
    findings: tuple[FoundView, ...]
    events: tuple[EventView, ...]
    pages: tuple[PageView, ...]

    def matches(self, words: str) -> bool:
        """Whether every searched word occurs in the patient's name or code or the alert's code."""
        text = f"{self.patient_name} {self.patient_code} {self.code}".casefold()
        return all(word in text for word in words.casefold().split())


@dataclass(frozen=True)
class AlertBoard:
    """The alerts a clinician may see, by state."""

    open: tuple[Story, ...]
    acknowledged: tuple[Story, ...]
    resolved: tuple[Story, ...]


def board(
    session: Session,
    context: Context,
    *,
    clinician_id: int,
    now: datetime,
    tier: str = "",
    search: str = "",
) -> AlertBoard:
    """Unresolved alerts, most urgent and longest waiting first, and those resolved of late.

    Within a tier whoever says that they need somebody today comes first. `tier` and `search` (part
    of a name or a code) leave others out.
    """
    mine = select(Episode.id).where(
        visible_episodes(session, context, clinician_id=clinician_id, now=now)
    )
    unresolved = session.scalars(
        _loaded().where(Alert.state != AlertState.RESOLVED, Alert.episode_id.in_(mine))
    )
    resolved = session.scalars(
        _loaded()
        .where(Alert.resolved_at > now - RESOLVED_FOR, Alert.episode_id.in_(mine))
        .order_by(Alert.resolved_at.desc())
        .limit(MOST_RESOLVED)
    )
    waiting = sorted(
        unresolved,
        key=lambda alert: (
            Tier(alert.tier).rank,
            alert.patient_urgency != URGENT,
            alert.opened_at,
        ),
    )
    found = [one for one in (*waiting, *resolved) if tier in ("", one.tier)]
    stories = [one for one in told(session, context, found) if one.matches(search)]
    return AlertBoard(
        open=tuple(story for story in stories if story.state == AlertState.OPEN),
        acknowledged=tuple(story for story in stories if story.state == AlertState.ACKNOWLEDGED),
        resolved=tuple(story for story in stories if story.state == AlertState.RESOLVED),
    )


def of_episode(session: Session, context: Context, *, episode_id: int) -> tuple[Story, ...]:
    """All alerts of an episode, newest first."""
    rows = session.scalars(
        _loaded().where(Alert.episode_id == episode_id).order_by(Alert.id.desc())
    )
    return told(session, context, list(rows))


def belongs_to(session: Session, *, alert_id: int, patient_id: int) -> bool:
    """Whether an alert is about this patient."""
    found = session.scalar(
        select(Episode.patient_id)
        .join(Alert, Alert.episode_id == Episode.id)
        .where(Alert.id == alert_id)
    )
    return found == patient_id


def told(session: Session, context: Context, alerts: Sequence[Alert]) -> tuple[Story, ...]:
    """The stories of these alerts, in the same order."""
    asked = _questionnaires(session, alerts)
    pages = _pages(session, alerts)
    return tuple(
        _story(session, context, alert, asked, pages.get(alert.id, ())) for alert in alerts
    )


def _loaded() -> Select[Any]:
    return select(Alert).options(
        joinedload(Alert.episode).joinedload(Episode.patient),
        joinedload(Alert.acknowledger),
        joinedload(Alert.resolver),
        selectinload(Alert.findings),
        selectinload(Alert.events).joinedload(AlertEvent.clinician),
    )


def _questionnaires(session: Session, alerts: Sequence[Alert]) -> dict[int, str]:
    ids = {key for alert in alerts for found in alert.findings if (key := _check_in_of(found))}
    rows = session.execute(
        select(CheckIn.id, CheckIn.questionnaire_hash).where(CheckIn.id.in_(ids))
    )
    return {key: value for key, value in rows}  # noqa: C416 - a Result is no mapping


def _check_in_of(found: FindingRecord) -> int | None:
    kind, _, key = found.cause.partition(":")
    number = key.partition(":")[0]
    return int(number) if kind == "check_in" and number.isdigit() else None


def _pages(session: Session, alerts: Sequence[Alert]) -> dict[int, tuple[PageView, ...]]:
    rows = session.execute(
        select(Page, Clinician.name, OutboxMessage.state, OutboxMessage.accepted_at)
        .join(Clinician, Clinician.id == Page.clinician_id)
        .outerjoin(OutboxMessage, OutboxMessage.id == Page.outbox_id)
        .where(Page.alert_id.in_([alert.id for alert in alerts]))
        .order_by(Page.id)
    )
    found: dict[int, tuple[PageView, ...]] = {}
    for page, name, state, accepted_at in rows:
        view = PageView(page.created_at, name, state or "unknown", accepted_at)
        found[page.alert_id] = (*found.get(page.alert_id, ()), view)
    return found


def _story(
    session: Session,
    context: Context,
    alert: Alert,
    asked: Mapping[int, str],
    pages: tuple[PageView, ...],
) -> Story:
    patient = alert.episode.patient
    is_taken = alert.state == AlertState.ACKNOWLEDGED
    ordered = sorted(alert.findings, key=lambda found: (Tier(found.tier).rank, found.id))
    return Story(
        id=alert.id,
        code=alert.code,
        patient_id=patient.id,
        patient_name=patient.name,
        patient_code=patient.code,
        tier=alert.tier,
        state=alert.state,
        opened_at=alert.opened_at,
        acknowledged_at=alert.acknowledged_at,
        acknowledged_by=alert.acknowledger.name if alert.acknowledger else "",
        announced_again_at=alert.escalate_after if is_taken else None,
        next_step_at=alert.escalate_after if alert.state == AlertState.OPEN else None,
        taken_after=taken_after(alert),
        patient_urgency=alert.patient_urgency or "",
        was_useful=alert.was_useful,
        resolved_at=alert.resolved_at,
        resolved_by=alert.resolver.name if alert.resolver else "",
        outcome=alert.outcome or "",
        outcome_note=alert.outcome_note or "",
        findings=tuple(_found(session, context, found, asked) for found in ordered),
        events=tuple(_event(event) for event in alert.events),
        pages=pages,
    )


def _event(event: AlertEvent) -> EventView:
    person = event.clinician.name if event.clinician else ""
    return EventView(event.at, event.kind, person, event.detail)


def _found(
    session: Session, context: Context, found: FindingRecord, asked: Mapping[int, str]
) -> FoundView:
    digest = asked.get(_check_in_of(found) or 0)
    questionnaire = versions.questionnaire(session, context, digest) if digest else None
    words = tuple(
        f"wrote “{fact['word']}”"
        if "word" in fact
        else alert_card.answer_in_words(questionnaire, str(fact["question"]), fact["value"])
        for fact in found.facts
    )
    why = explanations.explain(session, context, found)
    by = answering.of_finding(session, found)
    return FoundView(
        found.reason,
        found.rule_id,
        found.tier,
        (*_joined(words), *([f"answered by {by}"] if by else [])),
        found.created_at,
        why.line if why else "",
    )


def _joined(words: Sequence[str]) -> tuple[str, ...]:
    """Answers to the same question side by side: "Worst pain: 3, 3, 6"."""
    grouped: dict[str, list[str]] = {}
    for said in words:
        question, colon, answer = said.partition(": ")
        grouped.setdefault(question + colon, []).append(answer)
    return tuple(question + ", ".join(answers) for question, answers in grouped.items())
