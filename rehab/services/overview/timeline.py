"""Everything that happened to a patient, in one list, newest first.

An entry carries a stable `kind` and values; the page turns them into a sentence.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from rehab.models import (
    CareTask,
    CheckIn,
    Clinician,
    Consent,
    Episode,
    EpisodeEvent,
    FindingRecord,
    IncomingMessage,
    Invite,
    InviteRefusal,
    MessageClass,
    ObservationStatus,
    OutboxMessage,
    OutboxState,
    StageChange,
    TaskKind,
    TaskState,
)
from rehab.models.check_in import Observation
from rehab.services import alert_card, answering, explanations, snoozes, versions
from rehab.services.context import Context
from rehab.services.overview.patient import latest_episode
from rehab.services.overview.signals import exercises_done
from rehab.services.overview.stories import Story

BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)

TELLING = frozenset({MessageClass.ALERT, MessageClass.SAFETY_REPLY})
"""Classes whose arrival is news; of the others only what did not arrive is."""


@dataclass(frozen=True)
class Line:
    """One line below an entry: what it says, and the patient's own words or button when they differ."""

    text: str
    own_words: str = ""
    mark: str = ""
    """late, amended, entered-in-error, or a state"""
    why: str = ""
    """For a finding: the limit, the rules' version, who set it, and its source."""


@dataclass(frozen=True)
class Entry:
    """One thing that happened. `kind` is `<area>.<what>`."""

    at: datetime
    kind: str
    values: Mapping[str, str] = field(default_factory=dict)
    lines: tuple[Line, ...] = ()

    @property
    def area(self) -> str:
        """check_in, exercises, message, alert, sent, stage, episode, consent or invite."""
        return self.kind.partition(".")[0]


def timeline(
    session: Session,
    context: Context,
    *,
    patient_id: int,
    stories: tuple[Story, ...],
    since: datetime | None = None,
) -> tuple[Entry, ...]:
    """The patient's entries since an instant, newest first, without routine messages that arrived.

    Without `since`: everything, routine messages included.
    """
    episode = latest_episode(session, patient_id)
    start = since or BEGINNING
    entries = [
        *_check_ins(session, context, episode, start),
        *_exercises(session, context, episode, start),
        *_messages(session, patient_id, start),
        *_sent(session, patient_id, start, whole=since is None),
        *_stages(session, context, episode, start),
        *_episode_events(session, episode, start),
        *_consents(session, patient_id, start),
        *_invites(session, patient_id, start),
        *_alerts(stories, start),
        *_expected(session, context, episode, start),
    ]
    return tuple(sorted(entries, key=lambda entry: entry.at, reverse=True))


def _check_ins(
    session: Session, context: Context, episode: Episode, start: datetime
) -> Iterator[Entry]:
    rows = session.scalars(
        select(CheckIn)
        .where(CheckIn.episode_id == episode.id, CheckIn.started_at >= start)
        .options(selectinload(CheckIn.observations))
    )
    for row in rows:
        asked = versions.questionnaire(session, context, row.questionnaire_hash)
        ordered = sorted(row.observations, key=lambda one: one.id)
        first = [one for one in ordered if one.revision == 1]
        yield Entry(
            row.completed_at or row.started_at,
            f"check_in.{row.state}",
            {"title": asked.title, "date": row.local_on.isoformat()},
            tuple(
                _line(session, alert_card.answer_in_words(asked, one.question_id, one.value), one)
                for one in first
            ),
        )
        for one in ordered:
            if one.revision > 1:
                kind = "check_in.late_answer" if one.is_late else "check_in.corrected"
                words = alert_card.answer_in_words(asked, one.question_id, one.value)
                values = {"title": asked.title, "date": row.local_on.isoformat()}
                yield Entry(one.recorded_at, kind, values, (_line(session, words, one),))


def _line(session: Session, words: str, one: Observation) -> Line:
    by = answering.in_words(session, one.answered_by)
    mark = one.status if one.status != ObservationStatus.FINAL else ""
    said = words.partition(": ")[2]
    # A button carries an emoji before the option's words; that is no other wording.
    own = "" if one.label.strip().endswith(said.strip()) else one.label
    return Line(
        f"{words} · answered by {by}" if by else words,
        own,
        mark or ("late" if one.is_late else ""),
    )


def _exercises(
    session: Session, context: Context, episode: Episode, start: datetime
) -> Iterator[Entry]:
    rows = session.scalars(
        select(CareTask)
        .where(
            CareTask.episode_id == episode.id,
            CareTask.due_at >= start,
            CareTask.state.not_in([TaskState.PLANNED, TaskState.CANCELLED]),
            CareTask.kind.in_([TaskKind.EXERCISES, TaskKind.CHECK_IN]),
        )
        .options(selectinload(CareTask.exercises))
    )
    library = versions.library_of(session, context, episode)
    for row in rows:
        done, asked = exercises_done(row)
        lines = tuple(
            Line(
                f"{library[one.exercise_id].name if one.exercise_id in library else one.exercise_id}"
                f" · {one.dose}",
                mark=one.state,
            )
            for one in row.exercises
        )
        area = "exercises" if row.kind == TaskKind.EXERCISES else "check_in_task"
        if area == "check_in_task" and row.state == TaskState.DONE:
            continue  # the check-in itself says so
        yield Entry(
            row.done_at or row.prompted_at or row.due_at,
            f"{area}.{row.state}",
            {"date": row.local_on.isoformat(), "done": str(done), "asked": str(asked)},
            lines,
        )


def _messages(session: Session, patient_id: int, start: datetime) -> Iterator[Entry]:
    rows = session.execute(
        select(IncomingMessage, Clinician.name)
        .outerjoin(Clinician, Clinician.id == IncomingMessage.seen_by)
        .where(IncomingMessage.patient_id == patient_id, IncomingMessage.received_at >= start)
    )
    for row, seen_by in rows:
        mark = "edited" if row.edited_at else ""
        sender = answering.in_words(session, row.sent_by) or "the patient"
        values = {"kind": row.kind, "tier": row.tier or "", "sender": sender}
        yield Entry(row.received_at, "message.received", values, (Line("", row.text, mark),))
        if row.seen_at:
            yield Entry(row.seen_at, "message.seen", {"person": seen_by or "", "kind": row.kind})


def _sent(session: Session, patient_id: int, start: datetime, *, whole: bool) -> Iterator[Entry]:
    rows = session.scalars(
        select(OutboxMessage).where(
            OutboxMessage.patient_id == patient_id, OutboxMessage.created_at >= start
        )
    )
    for row in rows:
        routine = row.message_class not in TELLING and row.state == OutboxState.ACCEPTED
        if routine and not whole:
            continue
        lines = (Line(row.text),) if row.text else ()
        values = {"kind": row.kind.replace("_", " "), "class": row.message_class}
        yield Entry(row.accepted_at or row.created_at, f"sent.{row.state}", values, lines)


def _stages(
    session: Session, context: Context, episode: Episode, start: datetime
) -> Iterator[Entry]:
    protocol = versions.protocol_of(session, context, episode)
    names = {stage.id: stage.name for stage in protocol.stages}
    rows = session.execute(
        select(StageChange, Clinician.name)
        .outerjoin(Clinician, Clinician.id == StageChange.clinician_id)
        .where(StageChange.episode_id == episode.id, StageChange.at >= start)
    )
    for row, person in rows:
        values = {
            "from": names.get(row.from_stage or "", row.from_stage or ""),
            "to": names.get(row.to_stage, row.to_stage),
            "person": person or "",
        }
        lines = (Line(row.reason),) if person else ()
        yield Entry(row.at, "stage.changed" if person else "stage.calendar", values, lines)


def _episode_events(session: Session, episode: Episode, start: datetime) -> Iterator[Entry]:
    rows = list(
        session.scalars(
            select(EpisodeEvent).where(
                EpisodeEvent.episode_id == episode.id, EpisodeEvent.at >= start
            )
        )
    )
    ids = {int(row.actor.partition(":")[2]) for row in rows if row.actor.startswith("clinician:")}
    names = {
        f"clinician:{key}": name
        for key, name in session.execute(
            select(Clinician.id, Clinician.name).where(Clinician.id.in_(ids))
        )
    }
    for row in rows:
        values = {"person": names.get(row.actor, row.actor), "detail": row.detail}
        yield Entry(row.at, f"episode.{row.kind}", values)


def _consents(session: Session, patient_id: int, start: datetime) -> Iterator[Entry]:
    rows = session.scalars(
        select(Consent).where(Consent.patient_id == patient_id, Consent.accepted_at >= start)
    )
    for row in rows:
        values = {"version": row.version, "language": row.language}
        yield Entry(row.accepted_at, "consent.accepted", values)
        if row.withdrawn_at:
            yield Entry(row.withdrawn_at, "consent.withdrawn", values)


def _invites(session: Session, patient_id: int, start: datetime) -> Iterator[Entry]:
    rows = session.execute(
        select(Invite, Clinician.name)
        .outerjoin(Clinician, Clinician.id == Invite.created_by)
        .where(Invite.patient_id == patient_id, Invite.created_at >= start)
    )
    for row, person in rows:
        yield Entry(row.created_at, "invite.created", {"person": person or "the system"})
        if row.used_at:
            yield Entry(row.used_at, "invite.used")
        if row.revoked_at:
            yield Entry(row.revoked_at, "invite.revoked")
    refusals = session.scalars(
        select(InviteRefusal).where(
            InviteRefusal.patient_id == patient_id, InviteRefusal.at >= start
        )
    )
    for refusal in refusals:
        yield Entry(refusal.at, "invite.refused", {"reason": refusal.reason.replace("_", " ")})


def _expected(
    session: Session, context: Context, episode: Episode, start: datetime
) -> Iterator[Entry]:
    """What a rule found and a clinician had expected: noted, and nobody was paged."""
    rows = session.scalars(
        select(FindingRecord).where(
            FindingRecord.episode_id == episode.id,
            FindingRecord.alert_id.is_(None),
            FindingRecord.created_at >= start,
        )
    )
    for row in filter(snoozes.is_expected, rows):
        why = explanations.explain(session, context, row)
        said = f"{why.question}: {why.answer}" if why else ""
        line = Line(f"{row.reason} ({row.rule_id})", said, why=why.line if why else "")
        yield Entry(row.created_at, "finding.expected", {"tier": row.tier}, (line,))


def _alerts(stories: tuple[Story, ...], start: datetime) -> Iterator[Entry]:
    for story in stories:
        values = {"code": story.code, "tier": story.tier}
        untold = list(story.findings)
        for event in story.events:
            lines: tuple[Line, ...] = ()
            if event.kind in ("opened", "finding_added"):
                told = [found for found in untold if found.at <= event.at]
                untold = [found for found in untold if found not in told]
                lines = tuple(
                    Line(
                        f"{found.reason} ({found.rule_id})", "; ".join(found.facts), why=found.why
                    )
                    for found in told
                )
            if event.at < start:
                continue
            person = {"person": event.person, "detail": event.detail}
            yield Entry(event.at, f"alert.{event.kind}", {**values, **person}, lines)
        for page in story.pages:
            if page.at >= start:
                page_values = {**values, "person": page.person, "state": page.state}
                yield Entry(page.at, "alert.person_told", page_values)
