"""What the pages about rules show: the rules as they hold for a patient, settings, expectations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from exercises.schema import Questionnaire, Rule, RuleSet, Tier
from rehab.clinical import rule_levels as pure
from rehab.clinical import rule_words
from rehab.models import Clinician, Episode, RuleSetting, Snooze
from rehab.services import always_tell, episodes, explanations, rule_levels, snoozes, versions
from rehab.services.context import Context
from rehab.services.overview.patient import latest_episode

WORDS = {"tier": "urgency", "at_least": "at least", "below": "below", "silence_hours": "hours"}


@dataclass(frozen=True)
class RuleRow:
    """One rule as it holds for the patient."""

    id: str
    title: str
    tier: str
    threshold: str
    level: str
    is_off: bool
    may_change: bool
    """False for an emergency."""


@dataclass(frozen=True)
class SettingRow:
    """One setting, for its list."""

    id: int
    rule_id: str
    level: str
    whose: str
    words: str
    reason: str
    by: str
    at: datetime
    signed_by: str
    is_mine: bool
    """Made by the person who looks: somebody else signs it."""
    end_asked_by: str
    """Who wants it to end; "" when nobody does."""
    may_end: bool
    """False when the person who looks has asked for the end: somebody else agrees."""


@dataclass(frozen=True)
class SnoozeRow:
    id: int
    rule_id: str
    question: str
    expected: str
    reason: str
    by: str
    until_at: datetime


@dataclass(frozen=True)
class PatientRules:
    """The page "Rules for this patient"."""

    patient_id: int
    name: str
    code: str
    version: str
    rows: tuple[RuleRow, ...]
    settings: tuple[SettingRow, ...]
    snoozes: tuple[SnoozeRow, ...]
    questions: tuple[str, ...]


@dataclass(frozen=True)
class SharedRules:
    """The page of the clinic's and the surgeons' settings."""

    settings: tuple[SettingRow, ...]
    rules: tuple[tuple[str, str], ...]
    """Id and title of every rule that may be changed."""
    surgeons: tuple[tuple[int, str], ...]
    always: tuple[tuple[int, str], ...]
    problems: tuple[tuple[str, str], ...]


def patient_rules(
    session: Session, context: Context, *, patient_id: int, viewer_id: int, now: datetime
) -> PatientRules:
    """The rules of a patient with every level's settings. Raises NotFound."""
    episode = latest_episode(session, patient_id)
    pinned = versions.pinned_rules_of(session, context, episode)
    changes = rule_levels.changes_of(session, episode)
    own = session.scalars(
        select(RuleSetting)
        .where(RuleSetting.episode_id == episode.id, RuleSetting.ended_at.is_(None))
        .order_by(RuleSetting.id)
    )
    names = _names(session)
    asked = versions.questionnaire(session, context, episode.questionnaire_hash)
    day = episodes.day_today(episode, now)
    effective = {rule.id: rule for rule in pure.effective(pinned, changes).rules}
    running = snoozes.running(session, episode, now)
    return PatientRules(
        patient_id=patient_id,
        name=episode.patient.name,
        code=episode.patient.code,
        version=f"{pinned.id} {pinned.version}",
        rows=tuple(
            _rule_row(pinned, rule, effective.get(rule.id), changes, day, asked)
            for rule in pinned.rules
        ),
        settings=tuple(_setting_row(row, names, viewer_id) for row in own),
        snoozes=tuple(_snooze_row(row, names) for row in running),
        questions=tuple(dict.fromkeys(one.question for r in pinned.rules for one in r.conditions)),
    )


def shared_rules(session: Session, context: Context, *, viewer_id: int) -> SharedRules:
    """The settings of clinic and surgeons, and what the viewer is always told of."""
    names = _names(session)
    every = {rule.id: rule for rules in context.content.rules.values() for rule in rules.rules}
    ordered = sorted(every.values(), key=lambda rule: rule.id)
    families = dict.fromkeys(rule.id.partition(".")[0] for rule in ordered)
    return SharedRules(
        settings=tuple(_setting_row(row, names, viewer_id) for row in rule_levels.shared(session)),
        rules=tuple((rule.id, rule.title) for rule in ordered if rule.tier is not Tier.EMERGENCY),
        surgeons=tuple((who.id, who.name) for who in _surgeons(session)),
        always=tuple((row.id, row.problem) for row in always_tell.of(session, viewer_id)),
        problems=(
            *((name, f"{name} (all of it)") for name in families),
            *((rule.id, f"{rule.id} {rule.title}") for rule in ordered),
        ),
    )


def _rule_row(
    rules: RuleSet,
    rule: Rule,
    now_is: Rule | None,
    changes: Sequence[pure.Change],
    day: int,
    asked: Questionnaire,
) -> RuleRow:
    shown = now_is or rule
    found = pure.in_force(changes, rule.id)
    level = explanations.LEVELS[found[-1].level] if found else explanations.AS_WRITTEN
    return RuleRow(
        id=rule.id,
        title=rule.title,
        tier=shown.tier,
        threshold=rule_words.threshold(rules, shown, day=day, asked=asked),
        level=level,
        is_off=now_is is None,
        may_change=rule.tier is not Tier.EMERGENCY,
    )


def _setting_row(row: RuleSetting, names: Mapping[int, str], viewer_id: int) -> SettingRow:
    return SettingRow(
        id=row.id,
        rule_id=row.rule_id,
        level=row.level,
        whose=names.get(row.clinician_id or 0, ""),
        words=_change_words(row.change),
        reason=row.reason,
        by=names.get(row.made_by, ""),
        at=row.made_at,
        signed_by=names.get(row.signed_by or 0, ""),
        is_mine=row.made_by == viewer_id,
        end_asked_by=names.get(row.end_asked_by or 0, ""),
        may_end=row.end_asked_by != viewer_id,
    )


def _change_words(change: Mapping[str, object]) -> str:
    return ", ".join(
        "switched off" if key == "off" else f"{WORDS.get(key, key)} {value}"
        for key, value in change.items()
    )


def _snooze_row(row: Snooze, names: Mapping[int, str]) -> SnoozeRow:
    expected = row.expected
    words = ", ".join(expected) if isinstance(expected, list) else f"up to {expected:g}"
    who = names.get(row.clinician_id, "")
    return SnoozeRow(row.id, row.rule_id, row.question, words, row.reason, who, row.until_at)


def _names(session: Session) -> dict[int, str]:
    return {who.id: who.name for who in session.scalars(select(Clinician))}


def _surgeons(session: Session) -> list[Clinician]:
    people = session.scalars(
        select(Clinician).where(Clinician.active.is_(True)).order_by(Clinician.name)
    )
    return [who for who in people if any(role.name == "surgeon" for role in who.roles)]


def episode_of(session: Session, patient_id: int) -> Episode:
    """The episode the settings of a patient are for. Raises NotFound."""
    return latest_episode(session, patient_id)
