"""A candidate rule set against the present one on what really happened: new, gone, and missed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from exercises.schema import RuleSet, Tier
from rehab.clinical import replay
from rehab.clinical.replay import Raised
from rehab.errors import InvalidInput
from rehab.models import Alert, AlertState, AuditEvent, ContentDraft, Episode, Outcome
from rehab.services import audit, drafts
from rehab.services.recordings import Recording

ALERTING = (Tier.EMERGENCY, Tier.SAME_DAY, Tier.SOON)
SEEN = "draft.replay_seen"
"""In the audit trail; `detail` is the hash of the text that was replayed."""
WITHOUT_CAUSE = (Outcome.NOT_RELEVANT, Outcome.DUPLICATE)
"""Outcomes of alerts that nobody would have missed."""


@dataclass(frozen=True)
class PatientDay:
    """What the rules raised about one patient on one local date. It counts as one alert."""

    patient: str
    """The code, never the name."""
    on: date
    tier: Tier
    """The most urgent one."""
    rules: tuple[str, ...]


@dataclass(frozen=True)
class TierChange:
    """A patient-day that both rule sets raise, but not with the same urgency."""

    patient: str
    on: date
    before: Tier
    after: Tier
    rules: tuple[str, ...]


@dataclass(frozen=True)
class Closed:
    """A real alert that somebody acted upon, and the rules and causes behind it."""

    code: str
    patient: str
    outcome: str
    tier: Tier
    opened_at: datetime
    behind: tuple[tuple[str, str], ...]
    """(cause, rule id) of each finding."""


@dataclass(frozen=True)
class Part:
    """The replay of some recordings; parts are added up."""

    patients: int
    happenings: int
    before: tuple[PatientDay, ...]
    after: tuple[PatientDay, ...]
    missed: tuple[Closed, ...]
    weaker: tuple[Closed, ...]


def candidates_of(session: Session, found: Sequence[ContentDraft]) -> dict[str, RuleSet]:
    """Every rule set as it would be with these drafts, by id. Reading takes a second at first.

    Raises InvalidInput(draft) while they have problems.
    """
    pack = drafts.resulting(session, found)
    if pack is None:
        raise InvalidInput(
            draft="the draft has problems: they must be mended before it is replayed"
        )
    return dict(pack.rules)


def note_seen(
    session: Session,
    *,
    draft_ids: Iterable[int],
    clinician_id: int,
    now: datetime,
    texts: Mapping[int, str] | None = None,
) -> None:
    """A clinician was shown the replay of these drafts.

    `texts` holds the hash of each text that was played; without it, the texts as they are now.
    """
    for draft_id in draft_ids:
        draft = drafts.get(session, draft_id)
        audit.record(
            session,
            actor=f"clinician:{clinician_id}",
            action=SEEN,
            subject=f"draft:{draft.id}",
            now=now,
            detail=texts[draft_id] if texts else drafts.text_hash(draft),
        )


def was_seen(session: Session, draft: ContentDraft, *, clinician_id: int) -> bool:
    """Whether this clinician was shown a replay of the draft's present text."""
    found = select(AuditEvent.id).where(
        AuditEvent.action == SEEN,
        AuditEvent.actor == f"clinician:{clinician_id}",
        AuditEvent.subject == f"draft:{draft.id}",
        AuditEvent.detail == drafts.text_hash(draft),
    )
    return session.scalar(found.limit(1)) is not None


def closed_alerts(
    session: Session, *, episode_ids: Sequence[int], since: datetime
) -> dict[int, list[Closed]]:
    """The alerts of these episodes that ended with an act, by episode."""
    rows = session.scalars(
        select(Alert)
        .where(
            Alert.episode_id.in_(episode_ids),
            Alert.state == AlertState.RESOLVED,
            Alert.opened_at >= since,
            Alert.outcome.not_in(WITHOUT_CAUSE),
            Alert.is_drill.is_(False),
        )
        .options(
            selectinload(Alert.findings), selectinload(Alert.episode).selectinload(Episode.patient)
        )
        .order_by(Alert.id)
    )
    found: dict[int, list[Closed]] = {}
    for alert in rows:
        closed = Closed(
            alert.code,
            alert.episode.patient.code,
            alert.outcome or "",
            Tier(alert.tier),
            alert.opened_at,
            tuple((one.cause, one.rule_id) for one in alert.findings),
        )
        found.setdefault(alert.episode_id, []).append(closed)
    return found


def play(
    recordings: Sequence[Recording],
    closed: Mapping[int, Sequence[Closed]],
    candidates: Mapping[str, RuleSet],
) -> Part:
    """Judge the recordings by their present rules and by the candidates. Needs no database.

    A candidate takes the place of the rule set with its id. Settings of single patients and snoozes
    are left out on both sides.
    """
    before: list[PatientDay] = []
    after: list[PatientDay] = []
    missed: list[Closed] = []
    weaker: list[Closed] = []
    for one in recordings:
        candidate = candidates.get(one.rules.id, one.rules)
        old = replay.raised(one.happenings, one.rules)
        new = old if candidate == one.rules else replay.raised(one.happenings, candidate)
        before += _days(one.patient_code, old)
        after += _days(one.patient_code, new)
        for alert in closed.get(one.episode_id, ()):
            tier = _would_have(alert, new, candidate)
            if tier is None:
                missed.append(alert)
            elif tier.rank > alert.tier.rank:
                weaker.append(alert)
    return Part(
        len(recordings),
        sum(len(one.happenings) for one in recordings),
        tuple(before),
        tuple(after),
        tuple(missed),
        tuple(weaker),
    )


def report(parts: Iterable[Part], *, days: int, until: datetime) -> dict[str, Any]:
    """The parts together, as JSON: alerts a day by tier, what is new, gone, changed and missed."""
    found = list(parts)
    before = {(one.patient, one.on): one for part in found for one in part.before}
    after = {(one.patient, one.on): one for part in found for one in part.after}
    both = sorted(before.keys() & after.keys())
    changed = [
        TierChange(*key, before[key].tier, after[key].tier, after[key].rules)
        for key in both
        if before[key].tier != after[key].tier
    ]
    return {
        "days": days,
        "until": until.isoformat(),
        "patients": sum(part.patients for part in found),
        "happenings": sum(part.happenings for part in found),
        "alerts_per_day": {
            "present": _per_day(before.values(), days),
            "candidate": _per_day(after.values(), days),
        },
        "new": [_json(after[key]) for key in sorted(after.keys() - before.keys())],
        "gone": [_json(before[key]) for key in sorted(before.keys() - after.keys())],
        "changed": [_json(one) for one in changed],
        "missed": [_json(one) for part in found for one in part.missed],
        "weaker": [_json(one) for part in found for one in part.weaker],
    }


def _days(patient: str, raised: Sequence[Raised]) -> list[PatientDay]:
    by_day: dict[date, list[Raised]] = {}
    for one in raised:
        if one.tier in ALERTING:
            by_day.setdefault(one.on, []).append(one)
    return [
        PatientDay(
            patient,
            on,
            min((one.tier for one in found), key=lambda tier: tier.rank),
            tuple(sorted({one.rule_id for one in found})),
        )
        for on, found in sorted(by_day.items())
    ]


def _would_have(alert: Closed, raised: Sequence[Raised], candidate: RuleSet) -> Tier | None:
    """How urgent the candidate would have made this alert; None when nobody had been told."""
    by_cause: dict[str, list[Tier]] = {}
    for one in raised:
        if one.tier in ALERTING:
            by_cause.setdefault(one.cause, []).append(one.tier)
    tiers: list[Tier] = []
    for cause, rule_id in alert.behind:
        kind = cause.partition(":")[0]
        if kind in ("check_in", "message"):
            tiers += by_cause.get(cause, [])
        elif kind != "silence":
            tiers.append(alert.tier)  # no rule of the set raised it: a clock or a measurement
        else:
            tiers += [
                rule.tier
                for rule in candidate.rules
                if rule.id == rule_id and rule.silence_hours is not None
            ]
    return min(tiers, key=lambda tier: tier.rank, default=None)


def _per_day(found: Iterable[PatientDay], days: int) -> dict[str, float]:
    counted = Counter(one.tier for one in found)
    return {tier.value: round(counted[tier] / days, 3) for tier in ALERTING}


def _json(one: PatientDay | TierChange | Closed) -> dict[str, Any]:
    told = asdict(one)
    told.pop("behind", None)
    return {
        key: value.isoformat() if isinstance(value, date | datetime) else value
        for key, value in told.items()
    }
