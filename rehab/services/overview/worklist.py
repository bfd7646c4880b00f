"""The worklist: every patient of a clinician, sickest first, with the reason in words' raw material."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from exercises.schema import Protocol, RuleSet, Tier
from rehab.clinical import expected, redflags, staging, timetable
from rehab.clinical.adherence import Label, label
from rehab.clinical.worklist import Level, Reason, Signals, rank
from rehab.models import Alert, ChatState, Episode, EpisodeState, Patient
from rehab.services import education, photo_review, silence, versions
from rehab.services.access import visible_episodes
from rehab.services.context import Context
from rehab.services.overview import signals as facts
from rehab.services.overview.plan_signals import joined, plan_signals

SPARKLINE_DAYS = 14
SILENT_WITHOUT_RULE = timedelta(hours=48)
"""When no rule of the day speaks about silence. Project proposal, not sourced: clinic must decide."""


class Tab(StrEnum):
    """Which episodes are listed."""

    ACTIVE = "active"
    PAUSED = "paused"
    CLOSED = "closed"
    NOT_ENROLLED = "not-enrolled"


STATES: Mapping[Tab, tuple[EpisodeState, ...]] = {
    Tab.ACTIVE: (EpisodeState.ACTIVE,),
    Tab.PAUSED: (EpisodeState.PAUSED,),
    Tab.CLOSED: (EpisodeState.STOPPED, EpisodeState.CLOSED),
    Tab.NOT_ENROLLED: (EpisodeState.INVITED,),
}


class Tile(StrEnum):
    """A filter above the list."""

    RED = "red"
    AMBER = "amber"
    SILENT = "silent"
    UNREAD = "unread"
    REVIEW = "review"
    ALL = "all"


@dataclass(frozen=True)
class Row:
    """One patient's line."""

    patient_id: int
    name: str
    code: str
    is_synthetic: bool
    procedure: str
    side: str
    day: int
    stage: str
    level: Level
    order: tuple[float, ...]
    reasons: tuple[Reason, ...]
    pain: tuple[float | None, ...]
    """Worst pain of the last 14 local days, oldest first; None where nobody answered."""
    adherence: float | None
    adherence_label: Label
    last_heard_at: datetime | None
    owner: str
    unread: int

    def fits(self, tile: Tile) -> bool:
        """Whether the row belongs under a tile."""
        codes = {reason.code for reason in self.reasons}
        return {
            Tile.RED: self.level == "red",
            Tile.AMBER: self.level == "amber",
            Tile.SILENT: bool(codes & {"silent", "no_data", "phone"}),
            Tile.UNREAD: self.unread > 0,
            Tile.REVIEW: bool(codes & {"stage_review", "stage_ready"}),
            Tile.ALL: True,
        }[tile]

    def matches(self, words: str) -> bool:
        """Whether every searched word occurs in name, code or owner."""
        text = f"{self.name} {self.code} {self.owner}".casefold()
        return all(word in text for word in words.casefold().split())


@dataclass(frozen=True)
class Worklist:
    """The rows of a tab in order, and how many there are elsewhere."""

    rows: tuple[Row, ...]
    tiles: Mapping[Tile, int]
    tabs: Mapping[Tab, int]


def worklist(
    session: Session,
    context: Context,
    *,
    clinician_id: int,
    now: datetime,
    tab: Tab = Tab.ACTIVE,
    tile: Tile = Tile.ALL,
    search: str = "",
) -> Worklist:
    """The worklist of a clinician. The number of queries does not depend on the number of patients."""
    episodes = list(
        session.scalars(
            select(Episode)
            .where(
                Episode.state.in_(STATES[tab]),
                visible_episodes(session, context, clinician_id=clinician_id, now=now),
            )
            .options(joinedload(Episode.patient).joinedload(Patient.chat))
        )
    )
    rows = _rows(session, context, episodes, now)
    found = [row for row in rows if row.matches(search)]
    return Worklist(
        rows=tuple(sorted((row for row in found if row.fits(tile)), key=_place)),
        tiles={one: sum(row.fits(one) for row in found) for one in Tile},
        tabs=_tab_counts(session, context, clinician_id, now),
    )


def _place(row: Row) -> tuple[object, ...]:
    return (*row.order, row.name.casefold(), row.code)


def _tab_counts(
    session: Session, context: Context, clinician_id: int, now: datetime
) -> dict[Tab, int]:
    rows = session.execute(
        select(Episode.state, func.count())
        .where(visible_episodes(session, context, clinician_id=clinician_id, now=now))
        .group_by(Episode.state)
    )
    counts = {key: value for key, value in rows}  # noqa: C416 - a Result is no mapping
    return {tab: sum(counts.get(state, 0) for state in STATES[tab]) for tab in Tab}


def _rows(session: Session, context: Context, episodes: list[Episode], now: datetime) -> list[Row]:
    ids = [episode.id for episode in episodes]
    patient_ids = [episode.patient_id for episode in episodes]
    # Zones differ by at most a day, so two days more than any patient needs.
    earliest = now.date() - timedelta(days=SPARKLINE_DAYS + 1)
    pain = facts.pain_by_day(session, ids, since=earliest)
    adherence = facts.adherence(session, ids, today=now.date())
    alerts = facts.unresolved_alerts(session, ids)
    unread = facts.unread(session, patient_ids)
    owners = facts.owners(session, patient_ids)
    misunderstood = education.mistakes_count(session, ids)
    unreviewed = photo_review.unreviewed(session, patient_ids)
    rules = versions.rules_of_all(session, context, episodes)
    of_the_plan = plan_signals(session, context, ids, now=now)
    unanswered = silence.silent_for(session, ids, now=now)
    return [
        _row(
            episode,
            protocol=versions.protocol_of(session, context, episode),
            rules=rules[episode.id],
            pain=pain.get(episode.id, {}),
            adherence=adherence.get(episode.id),
            alert=alerts.get(episode.id),
            unread=unread.get(episode.patient_id, 0),
            owner=owners.get(episode.patient_id, ""),
            misunderstood=misunderstood.get(episode.id, 0),
            unreviewed=unreviewed.get(episode.patient_id, 0),
            more=of_the_plan.get(episode.id, ()),
            context=context,
            unanswered=unanswered.get(episode.id),
            now=now,
        )
        for episode in episodes
    ]


def _row(
    episode: Episode,
    *,
    protocol: Protocol,
    rules: RuleSet,
    pain: Mapping[date, float],
    adherence: float | None,
    alert: Alert | None,
    unread: int,
    owner: str,
    misunderstood: int,
    unreviewed: int,
    more: tuple[Reason, ...],
    context: Context,
    unanswered: timedelta | None,
    now: datetime,
) -> Row:
    patient = episode.patient
    today = timetable.local_date(now, patient.timezone)
    day = timetable.day_number(episode.surgery_on, today)
    placed = rank(
        _signals(
            episode,
            protocol=protocol,
            rules=rules,
            pain=pain,
            adherence=adherence,
            alert=alert,
            unread=unread,
            misunderstood=misunderstood,
            unreviewed=unreviewed,
            context=context,
            unanswered=unanswered,
            day=day,
            now=now,
        ),
        now,
    )
    placed = joined(placed, more)
    days = [today - timedelta(days=back) for back in reversed(range(SPARKLINE_DAYS))]
    return Row(
        patient_id=patient.id,
        name=patient.name,
        code=patient.code,
        is_synthetic=patient.is_synthetic,
        procedure=episode.procedure,
        side=episode.side,
        day=day,
        stage=protocol.stage(episode.stage_id).name,
        level=placed.level,
        order=placed.order,
        reasons=placed.reasons,
        pain=tuple(pain.get(one) for one in days),
        adherence=adherence,
        adherence_label=label(adherence),
        last_heard_at=patient.chat.last_heard_at if patient.chat else None,
        owner=owner,
        unread=unread,
    )


def _signals(
    episode: Episode,
    *,
    protocol: Protocol,
    rules: RuleSet,
    pain: Mapping[date, float],
    adherence: float | None,
    alert: Alert | None,
    unread: int,
    misunderstood: int,
    unreviewed: int,
    context: Context,
    unanswered: timedelta | None,
    day: int,
    now: datetime,
) -> Signals:
    chat = episode.patient.chat
    latest = max(pain, default=None)
    pain_now = pain[latest] if latest else None
    pain_day = timetable.day_number(episode.surgery_on, latest) if latest else day
    return Signals(
        open_tier=Tier(alert.tier) if alert else None,
        alert_state=alert.state if alert else None,
        alert_reason=_headline(alert) if alert else None,
        patient_urgency=alert.patient_urgency if alert else None,
        waiting_since=alert.opened_at if alert else None,
        unread_messages=unread,
        silent_for=now - chat.last_heard_at if chat else None,
        silence_limit=_silence_limit(rules, day),
        reachable=chat is not None and chat.state == ChatState.ACTIVE,
        stage_review_due=review_due(protocol, episode, day),
        adherence_7d=adherence,
        pain_now=pain_now,
        pain_above_band=pain_now is not None and expected.above_band(rules, pain_day, pain_now),
        enrolled=chat is not None,
        paused=episode.state == EpisodeState.PAUSED,
        misunderstood=misunderstood,
        unreviewed_photos=unreviewed,
        contact=chat.state if chat is not None and chat.state != ChatState.ACTIVE else "",
        unanswered_for=unanswered,
        phone_after=_phone_after(context, rules, day),
        invited_for=_invited_for(context, episode, now),
    )


def _phone_after(context: Context, rules: RuleSet, day: int) -> timedelta:
    """From when on somebody should phone: early in the first weeks, later as the silence rules say."""
    settings = context.config.silence
    if day <= settings.caregiver_until_day:
        return timedelta(hours=settings.caregiver_hours)
    return _silence_limit(rules, day)


def _invited_for(context: Context, episode: Episode, now: datetime) -> timedelta | None:
    age = now - episode.created_at
    is_long = age >= timedelta(hours=context.config.silence.invited_hours)
    return age if episode.state == EpisodeState.INVITED and is_long else None


def _headline(alert: Alert) -> str:
    """The gravest reason, and how many others there are; the whole list is on the patient's page."""
    ordered = sorted(alert.findings, key=lambda found: Tier(found.tier).rank)
    first, *others = dict.fromkeys(found.reason for found in ordered) or [""]
    return f"{first} (+{len(others)})" if others else first


def review_due(protocol: Protocol, episode: Episode, day: int) -> bool:
    """Whether the calendar has reached a stage that only a clinician may open."""
    coming = staging.entry_due(protocol, episode.stage_id, day)
    return (
        coming is not None and coming.entry == "clinician" and episode.state == EpisodeState.ACTIVE
    )


def _silence_limit(rules: RuleSet, day: int) -> timedelta:
    hours = [
        rule.silence_hours
        for rule in rules.rules
        if rule.silence_hours is not None and redflags.applies_on(rule, day)
    ]
    return timedelta(hours=min(hours)) if hours else SILENT_WITHOUT_RULE
