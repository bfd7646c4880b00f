"""Settings of rules at three levels: the clinic's, a surgeon's, one patient's. The nearest wins.

A clinic's and a surgeon's setting is a proposal until a second clinician signs it. A patient's
setting counts at once, with a reason. Nothing is overwritten: a change ends the row before it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from exercises.schema import RuleSet, Tier
from rehab.clinical import rule_levels as pure
from rehab.clinical.rule_levels import Change
from rehab.errors import InvalidInput, NotAllowed, NotFound, WrongState
from rehab.models import (
    CareTeamMember,
    Clinician,
    Episode,
    RoleName,
    RuleLevel,
    RuleSetting,
)
from rehab.services import audit, people
from rehab.services.context import Context

ORDER = {RuleLevel.CLINIC: 0, RuleLevel.SURGEON: 1, RuleLevel.PATIENT: 2}
"""From the widest to the nearest."""


def effective(session: Session, rules: RuleSet, episode: Episode) -> RuleSet:
    """The rules as they hold for one patient now."""
    return effective_of_all(session, {episode.id: rules}, [episode])[episode.id]


def effective_of_all(
    session: Session, rules: Mapping[int, RuleSet], episodes: Sequence[Episode]
) -> dict[int, RuleSet]:
    """The rules of many patients, by episode id, in two queries whatever their number."""
    changes = _changes(session, episodes)
    return {one.id: pure.effective(rules[one.id], changes[one.id]) for one in episodes}


def changes_of(session: Session, episode: Episode) -> list[Change]:
    """What is in force for one patient, from the widest level to the nearest."""
    return _changes(session, [episode])[episode.id]


def propose(
    session: Session,
    context: Context,
    *,
    level: RuleLevel,
    rule_id: str,
    change: Mapping[str, object],
    reason: str,
    actor_id: int,
    now: datetime,
    surgeon_id: int | None = None,
    episode: Episode | None = None,
    rules: RuleSet | None = None,
) -> RuleSetting:
    """Write a setting down. A patient's counts at once; the others once a second person signs.

    `rules` are the rules of the patient's own version, at the patient's level. Raises NotAllowed
    for whoever does not treat patients, InvalidInput(rule, change, reason or surgeon).
    """
    clinician = _clinician(session, actor_id)
    if not reason.strip():
        raise InvalidInput(reason="expected a reason")
    if level is RuleLevel.SURGEON and not _is_surgeon(session, surgeon_id):
        raise InvalidInput(surgeon="expected a surgeon of this clinic")
    known = [rules] if rules is not None else list(context.content.rules.values())
    _check_all(known, rule_id, change)
    row = RuleSetting(
        level=level,
        clinician_id=surgeon_id if level is RuleLevel.SURGEON else None,
        episode_id=episode.id if episode and level is RuleLevel.PATIENT else None,
        rule_id=rule_id,
        change=dict(change),
        reason=reason.strip(),
        made_by=clinician.id,
        made_at=now,
    )
    if level is RuleLevel.PATIENT:
        _end_older(session, row, clinician.id, now)
    session.add(row)
    session.flush()
    _audit(session, row, "rule_setting.made", clinician.id, now)
    return row


def sign(session: Session, *, setting_id: int, clinician_id: int, now: datetime) -> RuleSetting:
    """The second person agrees: from now on it counts. Raises NotAllowed for whoever proposed it."""
    row = _open_row(session, setting_id)
    clinician = _clinician(session, clinician_id)
    if row.signed_at is not None or row.level == RuleLevel.PATIENT:
        raise WrongState("already_signed", "This setting is already in force.")
    if row.made_by == clinician.id:
        raise NotAllowed("a second clinician signs, not the one who proposed it")
    _end_older(session, row, clinician.id, now)
    row.signed_by, row.signed_at = clinician.id, now
    _audit(session, row, "rule_setting.signed", clinician.id, now)
    session.flush()
    return row


def end(session: Session, *, setting_id: int, clinician_id: int, now: datetime) -> RuleSetting:
    """End a setting, or withdraw a proposal: the wider level holds again.

    What two people put in force takes two people to end: the first call asks for it, and the setting
    holds until somebody else agrees. Raises NotAllowed for whoever asked.
    """
    row = _open_row(session, setting_id)
    clinician = _clinician(session, clinician_id)
    if row.signed_at is not None and row.end_asked_by is None:
        row.end_asked_by = clinician.id
        _audit(session, row, "rule_setting.end_asked", clinician.id, now)
        session.flush()
        return row
    if row.end_asked_by == clinician.id:
        raise NotAllowed("a second clinician agrees to the end, not the one who asked for it")
    row.ended_at, row.ended_by = now, clinician.id
    _audit(session, row, "rule_setting.ended", clinician.id, now)
    session.flush()
    return row


def shared(session: Session) -> list[RuleSetting]:
    """The clinic's and the surgeons' settings and proposals that are not ended."""
    return list(
        session.scalars(
            select(RuleSetting)
            .where(RuleSetting.level != RuleLevel.PATIENT, RuleSetting.ended_at.is_(None))
            .order_by(RuleSetting.rule_id, RuleSetting.id)
        )
    )


def marks(session: Session, episode: Episode, rule_id: str) -> dict[str, object]:
    """What a finding keeps of the settings that changed its rule: the nearest level and its row."""
    found = pure.in_force(changes_of(session, episode), rule_id)
    if not found:
        return {}
    nearest = max(found, key=lambda one: ORDER[RuleLevel(one.level)])
    return {"level": nearest.level, "setting": nearest.setting_id}


def _changes(session: Session, episodes: Sequence[Episode]) -> dict[int, list[Change]]:
    rows = session.scalars(
        select(RuleSetting)
        .where(
            RuleSetting.ended_at.is_(None),
            (RuleSetting.signed_at.is_not(None))
            | RuleSetting.episode_id.in_([one.id for one in episodes]),
        )
        .order_by(RuleSetting.id)
    ).all()
    found: dict[int, list[Change]] = {one.id: [] for one in episodes}
    if not rows:
        return found
    surgeons = _surgeons_of(session, episodes) if any(r.clinician_id for r in rows) else {}
    rows = sorted(rows, key=lambda row: ORDER[RuleLevel(row.level)])
    for one in episodes:
        for row in rows:
            if _is_about(row, one, surgeons.get(one.patient_id, frozenset())):
                found[one.id].append(Change(row.rule_id, row.level, row.change, row.id))
    return found


def _is_about(row: RuleSetting, episode: Episode, surgeons: frozenset[int]) -> bool:
    if row.level == RuleLevel.PATIENT:
        return row.episode_id == episode.id
    return row.level == RuleLevel.CLINIC or row.clinician_id in surgeons


def _surgeons_of(session: Session, episodes: Sequence[Episode]) -> dict[int, frozenset[int]]:
    """The care team of each patient, by patient id: a surgeon's settings are for their patients."""
    rows = session.execute(
        select(CareTeamMember.patient_id, CareTeamMember.clinician_id).where(
            CareTeamMember.patient_id.in_([one.patient_id for one in episodes])
        )
    )
    found: dict[int, frozenset[int]] = {}
    for patient_id, clinician_id in rows:
        found[patient_id] = found.get(patient_id, frozenset()) | {clinician_id}
    return found


def _check_all(known: Sequence[RuleSet], rule_id: str, change: Mapping[str, object]) -> None:
    """It must fit one rule set at least. Where the rule is an emergency it is never changed."""
    problem: InvalidInput | None = None
    having = [rules for rules in known if any(rule.id == rule_id for rule in rules.rules)]
    for rules in having or known[:1]:
        try:
            pure.check(rules, rule_id, change)
            return
        except InvalidInput as error:
            problem = problem or error
    raise problem or InvalidInput(rule=f"there is no rule {rule_id}")


def _end_older(session: Session, row: RuleSetting, clinician_id: int, now: datetime) -> None:
    """A setting takes the place of the one in force at the same level for the same rule and key."""
    older = session.scalars(
        select(RuleSetting).where(
            RuleSetting.level == row.level,
            RuleSetting.rule_id == row.rule_id,
            RuleSetting.clinician_id.is_(row.clinician_id)
            if row.clinician_id is None
            else RuleSetting.clinician_id == row.clinician_id,
            RuleSetting.episode_id.is_(row.episode_id)
            if row.episode_id is None
            else RuleSetting.episode_id == row.episode_id,
            RuleSetting.ended_at.is_(None),
        )
    )
    for one in older:
        in_force = one.signed_at is not None or one.level == RuleLevel.PATIENT
        if one is not row and in_force and set(one.change) == set(row.change):
            one.ended_at, one.ended_by = now, clinician_id


def _open_row(session: Session, setting_id: int) -> RuleSetting:
    row = session.get(RuleSetting, setting_id, with_for_update=True)
    if row is None:
        raise NotFound("no such setting")
    if row.ended_at is not None:
        raise WrongState("already_ended", "This setting has already ended.")
    return row


def _clinician(session: Session, clinician_id: int) -> Clinician:
    found = session.get(Clinician, clinician_id)
    if found is None or not found.active or not people.is_clinical(found):
        raise NotAllowed("only clinicians set rules")
    return found


def _is_surgeon(session: Session, clinician_id: int | None) -> bool:
    found = session.get(Clinician, clinician_id) if clinician_id else None
    return found is not None and any(role.name == RoleName.SURGEON for role in found.roles)


def _audit(
    session: Session, row: RuleSetting, action: str, clinician_id: int, now: datetime
) -> None:
    episode = session.get(Episode, row.episode_id) if row.episode_id else None
    audit.record(
        session,
        actor=f"clinician:{clinician_id}",
        action=action,
        subject=f"rule_setting:{row.id}",
        patient_id=episode.patient_id if episode else None,
        detail=f"{row.level} {row.rule_id}",
        now=now,
    )


def is_lowering(rules: RuleSet, rule_id: str, change: Mapping[str, object]) -> bool:
    """Whether a change makes a rule less urgent, or silent: the page says so before it is kept."""
    rule = rules.rule(rule_id)
    tier = change.get("tier")
    return bool(change.get("off")) or (tier is not None and Tier(str(tier)).rank > rule.tier.rank)
