"""Why a finding was made: the question, the answer, the limit, the rule with version, source and level."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from exercises.schema import Questionnaire, Rule, RuleSet
from rehab.clinical import rule_levels as pure
from rehab.clinical import rule_words, timetable
from rehab.clinical.rule_levels import Change
from rehab.models import CheckIn, Episode, FindingRecord, RuleSetting
from rehab.services import alert_card, snoozes, versions
from rehab.services.context import Context

LEVELS = {
    "clinic": "setting of the clinic",
    "surgeon": "setting of the surgeon",
    "patient": "setting for this patient",
}
AS_WRITTEN = "as the protocol says"


@dataclass(frozen=True)
class Explanation:
    """One finding, so that whoever reads it can check it. All in English words for staff."""

    question: str
    """What was asked; empty for words a patient wrote and for silence."""
    answer: str
    """The newest answer behind it, or the words that were found."""
    threshold: str
    rule: str
    version: str
    """The rule set and its version, e.g. "hip-resurfacing 1.1.0"."""
    sources: tuple[str, ...]
    level: str
    """Who set the limit."""
    expected: bool = False
    """A clinician expected it: it raised no alert."""

    @property
    def line(self) -> str:
        """All of it but the answer in one line, for a timeline."""
        source = "; ".join(self.sources)
        return f"Rule: {self.threshold} · {self.version}, {self.level} · {source}"


def explain(session: Session, context: Context, finding: FindingRecord) -> Explanation | None:
    """Why this finding was made, by the rules as they were then. None when no rule set has its rule
    (the pain rule of the exercises is no red-flag rule)."""
    pinned = versions.rule_set(session, context, finding.rules_hash)
    rules = _as_it_was(session, pinned, finding)
    rule = next((one for one in rules.rules if one.id == finding.rule_id), None)
    if rule is None:
        return None
    check_in = _check_in(session, finding)
    asked = (
        versions.questionnaire(session, context, check_in.questionnaire_hash) if check_in else None
    )
    question, answer = _newest(finding, asked)
    return Explanation(
        question=question,
        answer=answer,
        threshold=rule_words.threshold(
            rules, rule, day=_day(session, finding, check_in), asked=asked
        ),
        rule=f"{rule.title} ({rule.id})",
        version=f"{rules.id} {rules.version}",
        sources=_sources(rule),
        level=LEVELS.get(str(finding.marks.get("level")), AS_WRITTEN),
        expected=snoozes.is_expected(finding),
    )


def _as_it_was(session: Session, pinned: RuleSet, finding: FindingRecord) -> RuleSet:
    """The rules with the setting that changed this rule when it fired."""
    setting = session.get(RuleSetting, finding.marks.get("setting") or 0)
    if setting is None:
        return pinned
    return pure.effective(
        pinned, [Change(setting.rule_id, setting.level, setting.change, setting.id)]
    )


def _sources(rule: Rule) -> tuple[str, ...]:
    return tuple(rule.sources)


def _check_in(session: Session, finding: FindingRecord) -> CheckIn | None:
    kind, _, number = finding.cause.partition(":")
    return session.get(CheckIn, int(number)) if kind == "check_in" and number.isdigit() else None


def _day(session: Session, finding: FindingRecord, check_in: CheckIn | None) -> int:
    episode = session.get_one(Episode, finding.episode_id)
    on = (
        check_in.local_on
        if check_in
        else timetable.local_date(finding.created_at, episode.patient.timezone)
    )
    return timetable.day_number(episode.surgery_on, on)


def _newest(finding: FindingRecord, asked: Questionnaire | None) -> tuple[str, str]:
    words = [str(fact["word"]) for fact in finding.facts if "word" in fact]
    if words:
        return "", ", ".join(f"“{word}”" for word in words)
    if not finding.facts:
        return "", ""
    newest = max(finding.facts, key=lambda fact: str(fact.get("at", "")))
    said = alert_card.answer_in_words(asked, str(newest["question"]), newest["value"])
    question, _, answer = said.partition(": ")
    return question, answer
