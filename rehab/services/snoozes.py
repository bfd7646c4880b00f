"""An answer that is expected for a while: no page while it stays so, an alert above it.

Never for an emergency. What is expected is recorded as a finding all the same, without an alert and
marked, so that the timeline shows it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from exercises.schema import RuleSet, Tier
from rehab.errors import InvalidInput, NotAllowed, NotFound, WrongState
from rehab.models import Clinician, Episode, FindingRecord, Snooze
from rehab.services import audit, people

LONGEST = timedelta(days=28)
"""Then somebody must look again. Project proposal, not sourced: clinic must decide."""
MARK = "snooze"


def start(
    session: Session,
    *,
    episode: Episode,
    rules: RuleSet,
    rule_id: str,
    question: str,
    expected: float | Sequence[str],
    until_at: datetime,
    reason: str,
    clinician_id: int,
    now: datetime,
) -> Snooze:
    """Expect the answers behind one rule up to a level until a moment.

    `expected` is the highest number, or the option values. Raises InvalidInput(rule, question,
    expected, until or reason) and NotAllowed.
    """
    clinician = session.get(Clinician, clinician_id)
    if clinician is None or not clinician.active or not people.is_clinical(clinician):
        raise NotAllowed("only clinicians expect an answer")
    _check(rules, rule_id, question, expected)
    if not now < until_at <= now + LONGEST:
        raise InvalidInput(until=f"expected a day within {LONGEST.days} days")
    if not reason.strip():
        raise InvalidInput(reason="expected a reason")
    for older in running(session, episode, now):
        if (older.rule_id, older.question) == (rule_id, question):
            older.ended_at = now
    row = Snooze(
        episode_id=episode.id,
        rule_id=rule_id,
        question=question,
        expected=expected if isinstance(expected, int | float) else list(expected),
        until_at=until_at,
        reason=reason.strip(),
        clinician_id=clinician.id,
        made_at=now,
    )
    session.add(row)
    session.flush()
    _audit(session, row, episode, "snooze.started", clinician.id, now)
    return row


def end(session: Session, *, snooze_id: int, clinician_id: int, now: datetime) -> Snooze:
    """End it before its date: the next such answer raises an alert again."""
    row = session.get(Snooze, snooze_id)
    if row is None:
        raise NotFound("no such expectation")
    if row.ended_at is not None:
        raise WrongState("already_ended", "This expectation has already ended.")
    row.ended_at = now
    _audit(session, row, row.episode, "snooze.ended", clinician_id, now)
    session.flush()
    return row


def running(session: Session, episode: Episode, now: datetime) -> list[Snooze]:
    """What is expected of this patient now."""
    return list(
        session.scalars(
            select(Snooze)
            .where(
                Snooze.episode_id == episode.id,
                Snooze.ended_at.is_(None),
                Snooze.until_at > now,
            )
            .order_by(Snooze.id)
        )
    )


def mark_expected(
    session: Session, *, episode: Episode, findings: Sequence[FindingRecord], now: datetime
) -> list[FindingRecord]:
    """Mark the new findings whose answer is expected. Returns the others: these raise an alert."""
    expected = running(session, episode, now) if findings else []
    surprising = []
    for found in findings:
        snooze = next((one for one in expected if _covers(one, found)), None)
        if snooze is None:
            surprising.append(found)
        else:
            found.marks = {**found.marks, MARK: snooze.id}
    return surprising


def is_expected(found: FindingRecord) -> bool:
    """Whether a finding raised no alert because a clinician expected it."""
    return MARK in found.marks


def _covers(snooze: Snooze, found: FindingRecord) -> bool:
    if snooze.rule_id != found.rule_id or Tier(found.tier) is Tier.EMERGENCY:
        return False
    about = [fact for fact in found.facts if fact.get("question") == snooze.question]
    newest: Mapping[str, object] | None = max(
        about, key=lambda fact: str(fact.get("at", "")), default=None
    )
    if newest is None:
        return False
    value = newest["value"]
    if isinstance(snooze.expected, list):
        values = value if isinstance(value, list | tuple) else [value]
        return all(one in snooze.expected for one in values)
    return isinstance(value, int | float) and value <= float(snooze.expected)


def _check(rules: RuleSet, rule_id: str, question: str, expected: float | Sequence[str]) -> None:
    rule = next((one for one in rules.rules if one.id == rule_id), None)
    if rule is None:
        raise InvalidInput(rule=f"there is no rule {rule_id} for this patient")
    if rule.tier is Tier.EMERGENCY:
        raise InvalidInput(rule="an emergency is never expected")
    asked = {condition.question for condition in rule.conditions}
    if question not in asked:
        known = ", ".join(sorted(asked)) or "no answer"
        raise InvalidInput(question=f"this rule rests on: {known}")
    if not isinstance(expected, int | float) and not expected:
        raise InvalidInput(expected="expected a number or options")


def _audit(
    session: Session,
    row: Snooze,
    episode: Episode,
    action: str,
    clinician_id: int,
    now: datetime,
) -> None:
    audit.record(
        session,
        actor=f"clinician:{clinician_id}",
        action=action,
        subject=f"snooze:{row.id}",
        patient_id=episode.patient_id,
        detail=row.rule_id,
        now=now,
    )
