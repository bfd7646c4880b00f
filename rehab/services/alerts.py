"""Alerts: findings open them, people acknowledge and resolve them, nothing closes them by itself."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from exercises.schema import Tier
from rehab.clinical import escalation
from rehab.clinical.redflags import Finding, is_more_urgent
from rehab.errors import NotAllowed, NotFound, WrongState
from rehab.models import (
    Alert,
    AlertState,
    Clinician,
    Episode,
    FindingRecord,
    Outcome,
)
from rehab.models.people import DRILL_CODE
from rehab.services import (
    acknowledgements,
    alert_history,
    audit,
    paging,
    people,
    repeats,
    rule_levels,
    snoozes,
)
from rehab.services.context import Context

CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Without characters that are mistaken for each other on the phone."""
CODE_LENGTH = 5
REPAGED = frozenset({Tier.EMERGENCY, Tier.SAME_DAY})
"""A new finding of these tiers announces an already acknowledged alert again."""


def raise_findings(
    session: Session,
    context: Context,
    *,
    episode: Episode,
    findings: Sequence[Finding],
    cause: str,
    now: datetime,
) -> list[FindingRecord]:
    """Record what the rules found, open or feed the episode's alert, and tell the first people.

    A rule that already fired for the same cause is not recorded twice. Returns the new records.
    """
    new = _new_findings(session, episode=episode, findings=findings, cause=cause, now=now)
    alarming = [found for found in new if Tier(found.tier) is not Tier.ROUTINE]
    alarming = snoozes.mark_expected(session, episode=episode, findings=alarming, now=now)
    stops = {found.rule_id for found in findings if found.stops_loading}
    if alarming and unresolved(session, episode.id) is None:
        # What was dealt with an hour ago and is no worse is noted, and rings nobody. Whoever
        # resolved it has cleared the loading exercises too.
        alarming = repeats.note(session, episode=episode, findings=alarming, now=now)
        if not alarming:
            return new
    if alarming:
        _into_alert(session, context, episode=episode, findings=alarming, now=now)
    if any(found.rule_id in stops and not snoozes.is_expected(found) for found in new):
        episode.loading_stopped_at = episode.loading_stopped_at or now
    session.flush()
    return new


def acknowledge(
    session: Session, context: Context, *, alert_id: int, clinician_id: int, now: datetime
) -> Alert:
    """Somebody takes the alert. It stays unresolved, and the clock restarts if no outcome follows.

    Where everybody must acknowledge it stays open, and the others are told again, until all have.
    """
    alert, clinician = _for_change(session, alert_id, clinician_id)
    if alert.state == AlertState.ACKNOWLEDGED:
        raise WrongState("already_acknowledged", "Somebody is already on it.")
    is_new = acknowledgements.record(session, alert, clinician_id=clinician.id, now=now)
    if acknowledgements.everyone_must(context, alert):
        if not is_new:
            raise WrongState("already_acknowledged", "You are already on it.")
        if acknowledgements.outstanding(session, alert):
            return _taken_by_one(session, context, alert, clinician, now)
    ladder = paging.ladder_of(context, alert.tier)
    alert.state = AlertState.ACKNOWLEDGED
    alert.acknowledged_at, alert.acknowledged_by = now, clinician.id
    alert.acknowledger = clinician
    alert.escalate_after = escalation.ack_expires_at(ladder, now)
    alert_history.append(session, alert, "acknowledged", now=now, clinician_id=clinician.id)
    _audit(session, alert, "alert.acknowledged", clinician.id, now)
    paging.refresh_cards(session, context, alert, now=now)
    return alert


def escalate(
    session: Session, context: Context, *, alert_id: int, clinician_id: int, now: datetime
) -> Alert:
    """Somebody wants the next step told now."""
    alert, clinician = _for_change(session, alert_id, clinician_id)
    alert_history.append(session, alert, "escalated", now=now, clinician_id=clinician.id)
    _audit(session, alert, "alert.escalated", clinician.id, now)
    _reopen(alert, now, restart=False)
    paging.page_step(session, context, alert, step=alert.step + 1, now=now)
    paging.refresh_cards(session, context, alert, now=now)
    return alert


def resolve(
    session: Session,
    context: Context,
    *,
    alert_id: int,
    clinician_id: int,
    outcome: Outcome,
    note: str,
    now: datetime,
    was_useful: bool | None = None,
) -> Alert:
    """Close the alert with an outcome. Clears a stop of loading exercises that it brought."""
    alert, clinician = _for_change(session, alert_id, clinician_id)
    alert.state = AlertState.RESOLVED
    alert.resolved_at, alert.resolved_by, alert.resolver = now, clinician.id, clinician
    alert.outcome, alert.outcome_note = outcome, note.strip() or None
    alert.was_useful = was_useful
    alert.escalate_after = None
    alert.episode.loading_stopped_at = None
    alert_history.append(
        session, alert, "resolved", now=now, clinician_id=clinician.id, detail=outcome
    )
    _audit(session, alert, "alert.resolved", clinician.id, now)
    paging.refresh_cards(session, context, alert, now=now)
    return alert


def rate(
    session: Session,
    context: Context,
    *,
    alert_id: int,
    clinician_id: int,
    was_useful: bool,
    now: datetime,
) -> Alert:
    """Say whether a resolved alert was useful: the report of the rules counts it.

    Raises NotFound, NotAllowed, WrongState("not_resolved").
    """
    alert, clinician = _with_clinician(session, alert_id, clinician_id)
    if alert.state != AlertState.RESOLVED:
        raise WrongState("not_resolved", "Please resolve the alert first.")
    alert.was_useful = was_useful
    said = "useful" if was_useful else "not useful"
    alert_history.append(session, alert, "rated", now=now, clinician_id=clinician.id, detail=said)
    paging.refresh_cards(session, context, alert, now=now)
    return alert


def look(session: Session, context: Context, *, alert_id: int, now: datetime) -> bool:
    """What the escalator does with one due alert: expire an acknowledgement, page, or wait.

    Returns whether anybody was told anything.
    """
    alert = session.get(Alert, alert_id, with_for_update=True)
    if alert is None or alert.state == AlertState.RESOLVED:
        return False
    if alert.escalate_after is not None and alert.escalate_after > now:
        return False
    if alert.state == AlertState.ACKNOWLEDGED:
        alert_history.append(session, alert, "acknowledgement_expired", now=now)
        _reopen(alert, now, restart=True)
        paging.refresh_cards(session, context, alert, now=now)
    return paging.page_if_due(session, context, alert, now=now)


def answer_corrected(
    session: Session, context: Context, *, episode: Episode, question: str, now: datetime
) -> None:
    """Annotate an unresolved alert: an answer behind it was changed. It is never taken back by that."""
    alert = unresolved(session, episode.id)
    if alert is not None:
        alert_history.append(session, alert, "answer_corrected", now=now, detail=question)
        paging.refresh_cards(session, context, alert, now=now)


def unresolved(session: Session, episode_id: int) -> Alert | None:
    """The episode's alert that is not resolved yet, if any."""
    return session.scalar(
        select(Alert)
        .where(Alert.episode_id == episode_id, Alert.state != AlertState.RESOLVED)
        .with_for_update()
    )


def _new_findings(
    session: Session, *, episode: Episode, findings: Sequence[Finding], cause: str, now: datetime
) -> list[FindingRecord]:
    known = set(session.scalars(select(FindingRecord.rule_id).where(FindingRecord.cause == cause)))
    records = [
        FindingRecord(
            episode_id=episode.id,
            rule_id=found.rule_id,
            rules_hash=episode.rules_hash,
            tier=found.tier,
            reason=found.reason,
            cause=cause,
            facts=_facts(found),
            marks=rule_levels.marks(session, episode, found.rule_id),
            created_at=now,
        )
        for found in findings
        if found.rule_id not in known
    ]
    session.add_all(records)
    session.flush()
    return records


def _facts(found: Finding) -> list[dict[str, object]]:
    given: list[dict[str, object]] = [
        {"question": fact.question, "value": fact.value, "at": fact.at.isoformat()}
        for fact in found.facts
    ]
    return given + [{"word": word} for word in found.words]


def _into_alert(
    session: Session,
    context: Context,
    *,
    episode: Episode,
    findings: Sequence[FindingRecord],
    now: datetime,
) -> None:
    worst = min((Tier(found.tier) for found in findings), key=lambda tier: tier.rank)
    alert = unresolved(session, episode.id)
    if alert is None:
        alert = _open(session, episode=episode, tier=worst, now=now)
        must_page = True
    else:
        must_page = _feed(session, alert, worst, now)
    for found in findings:
        found.alert = alert
    session.flush()
    if must_page:
        paging.page_if_due(session, context, alert, now=now)
    paging.tell_listeners(session, context, alert, now=now)
    paging.refresh_cards(session, context, alert, now=now)


def _open(session: Session, *, episode: Episode, tier: Tier, now: datetime) -> Alert:
    alert = Alert(
        code="".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH)),
        episode=episode,
        tier=tier,
        state=AlertState.OPEN,
        step=-1,
        opened_at=now,
        clock_started_at=now,
        escalate_after=now,
        is_drill=episode.patient.code == DRILL_CODE,
    )
    session.add(alert)
    alert_history.append(session, alert, "opened", now=now, detail=tier)
    session.flush()
    return alert


def _feed(session: Session, alert: Alert, worst: Tier, now: datetime) -> bool:
    """Add to an unresolved alert; say whether people must be told (again)."""
    alert_history.append(session, alert, "finding_added", now=now, detail=worst)
    is_worse = is_more_urgent(worst, Tier(alert.tier))
    if is_worse:
        alert_history.append(session, alert, "raised", now=now, detail=f"{alert.tier} to {worst}")
        alert.tier = worst
    # Open and not worse: the ladder is already running, a second clock would only be noise.
    if is_worse or (alert.state == AlertState.ACKNOWLEDGED and worst in REPAGED):
        _reopen(alert, now, restart=True)
        return True
    return False


def _reopen(alert: Alert, now: datetime, *, restart: bool) -> None:
    alert.state = AlertState.OPEN
    alert.acknowledged_at = alert.acknowledged_by = alert.acknowledger = None
    alert.escalate_after = now
    if restart:
        alert.clock_started_at, alert.step, alert.paged_at = now, -1, None


def _taken_by_one(
    session: Session, context: Context, alert: Alert, clinician: Clinician, now: datetime
) -> Alert:
    alert_history.append(session, alert, "acknowledged_partly", now=now, clinician_id=clinician.id)
    _audit(session, alert, "alert.acknowledged", clinician.id, now)
    paging.refresh_cards(session, context, alert, now=now)
    return alert


def _for_change(session: Session, alert_id: int, clinician_id: int) -> tuple[Alert, Clinician]:
    alert, clinician = _with_clinician(session, alert_id, clinician_id)
    if alert.state == AlertState.RESOLVED:
        raise WrongState("already_resolved", "This alert is already resolved.")
    return alert, clinician


def _with_clinician(session: Session, alert_id: int, clinician_id: int) -> tuple[Alert, Clinician]:
    alert = session.get(Alert, alert_id, with_for_update=True)
    clinician = session.get(Clinician, clinician_id)
    if alert is None or clinician is None:
        raise NotFound("no such alert")
    if not (clinician.active and people.is_clinical(clinician)):
        raise NotAllowed("only clinicians handle alerts")
    return alert, clinician


def _audit(session: Session, alert: Alert, action: str, clinician_id: int, now: datetime) -> None:
    audit.record(
        session,
        actor=f"clinician:{clinician_id}",
        action=action,
        subject=f"alert:{alert.id}",
        patient_id=alert.episode.patient_id,
        now=now,
    )
