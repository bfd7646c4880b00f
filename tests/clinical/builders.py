"""Small pieces of content and small facts, so that a test says only what it is about."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from exercises.schema import Condition, Rule, RuleSet, Tier, Wording, WordList
from rehab.clinical.redflags import Given

SOURCES = ("Made up for a test",)
TODAY = date(2026, 3, 10)
MORNING = time(9)


def given(question: str, value: Any, *, days_ago: int = 0, hours_ago: float = 0) -> Given:
    local_on = TODAY - timedelta(days=days_ago)
    at = datetime.combine(local_on, MORNING, UTC) - timedelta(hours=hours_ago)
    return Given(question, value, at, local_on)


def rule(rule_id: str, tier: Tier = Tier.SAME_DAY, *when: Condition, **more: Any) -> Rule:
    return Rule(
        id=rule_id,
        title=rule_id,
        tier=tier,
        reason=f"reason of {rule_id}",
        wording="words",
        when=when,
        sources=SOURCES,
        **more,
    )


def rule_set(*rules: Rule, word_lists: tuple[WordList, ...] = ()) -> RuleSet:
    return RuleSet(
        id="rules",
        version="1.0.0",
        title="Rules",
        sources=SOURCES,
        wordings=(Wording(id="words", text="Words", sources=SOURCES),),
        rules=rules,
        word_lists=word_lists,
    )
