"""What a clinic, a surgeon or one patient's clinician changes about a rule: the nearest level wins.

An emergency rule (T0) is never changed: not switched off, not lowered, its limits not moved.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from exercises.schema import Condition, Rule, RuleSet, Tier
from rehab.errors import InvalidInput

KEYS = ("tier", "at_least", "below", "silence_hours", "off")
LIMITS = ("at_least", "below")
MOST_SILENCE_HOURS = 2000


@dataclass(frozen=True)
class Change:
    """One change in force. `what` has one of KEYS; `setting_id` is where it is kept."""

    rule_id: str
    level: str
    what: Mapping[str, object]
    setting_id: int | None = None


def effective(rules: RuleSet, changes: Sequence[Change]) -> RuleSet:
    """Return the rules with these changes, given from the widest level to the nearest.

    A change that does not fit the rule any more, after a new version of the content, is left out:
    the rule then holds as the protocol says.
    """
    if not changes:
        return rules
    changed = (_changed(rules, rule, changes) for rule in rules.rules)
    return rules.model_copy(update={"rules": tuple(rule for rule in changed if rule is not None)})


def in_force(changes: Sequence[Change], rule_id: str) -> tuple[Change, ...]:
    """Return the changes of one rule that count: of each key the nearest."""
    nearest: dict[str, Change] = {}
    for change in changes:
        if change.rule_id == rule_id:
            if "off" not in change.what:
                nearest.pop("off", None)  # Who sets a limit nearer by wants the rule.
            nearest.update(dict.fromkeys(change.what, change))
    kept: list[Change] = []
    for change in nearest.values():
        if change not in kept:
            kept.append(change)
    return tuple(kept)


def limits(rule: Rule) -> dict[str, float]:
    """Return what of a rule may be moved: its one limit of each kind, and its hours of silence."""
    found: dict[str, float] = {}
    for name in LIMITS:
        values = {value for one in rule.conditions if (value := getattr(one, name)) is not None}
        if len(values) == 1:
            found[name] = values.pop()
    if rule.silence_hours is not None:
        found["silence_hours"] = rule.silence_hours
    return found


def check(rules: RuleSet, rule_id: str, what: Mapping[str, object]) -> Rule:
    """Return the rule as it would be. Raises InvalidInput(rule or change) in words for a person."""
    try:
        rule = rules.rule(rule_id)
    except KeyError:
        raise InvalidInput(rule=f"there is no rule {rule_id} in {rules.title}") from None
    if rule.tier is Tier.EMERGENCY:
        raise InvalidInput(rule="an emergency rule is never changed or switched off")
    if len(what) != 1 or next(iter(what)) not in KEYS:
        raise InvalidInput(change=f"expected one of {', '.join(KEYS)}")
    key, value = next(iter(what.items()))
    if key in (*LIMITS, "silence_hours"):
        _check_limit(rule, key, value)
    elif key == "tier" and value not in list(Tier):
        raise InvalidInput(change="expected one of T0, T1, T2 and T3")
    elif key == "off" and value is not True:
        raise InvalidInput(change="a rule is switched off, or the setting is ended")
    return _with(rules, rule, what)


def _check_limit(rule: Rule, key: str, value: object) -> None:
    known = limits(rule)
    if key not in known:
        has = ", ".join(known) or "none"
        raise InvalidInput(change=f"this rule has no single limit of this kind; it has: {has}")
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not math.isfinite(float(str(value))):
        raise InvalidInput(change="expected a number")
    if key == "silence_hours" and not 1 <= float(str(value)) <= MOST_SILENCE_HOURS:
        raise InvalidInput(change=f"expected 1 to {MOST_SILENCE_HOURS} hours")


def _changed(rules: RuleSet, rule: Rule, changes: Sequence[Change]) -> Rule | None:
    """Return the rule as it now is; None when it is switched off."""
    for change in in_force(changes, rule.id):
        try:
            check(rules, rule.id, change.what)
        except InvalidInput:
            continue
        if change.what.get("off"):
            return None
        rule = _with(rules, rule, change.what)
    return rule


def _with(rules: RuleSet, rule: Rule, what: Mapping[str, object]) -> Rule:
    ((key, value),) = what.items()
    if key == "off":
        return rule
    if key == "tier":
        tier = Tier(str(value))
        return rule.model_copy(update={"tier": tier, "wording": _wording(rules, rule, tier)})
    if key == "silence_hours":
        return rule.model_copy(update={"silence_hours": int(float(str(value)))})
    number = float(str(value))
    update: dict[str, object] = {"when": tuple(_moved(one, key, number) for one in rule.when)}
    if rule.score is not None:
        points = tuple(
            one.model_copy(update={"when": tuple(_moved(each, key, number) for each in one.when)})
            for one in rule.score.points
        )
        update["score"] = rule.score.model_copy(update={"points": points})
    return rule.model_copy(update=update)


def _moved(condition: Condition, key: str, number: float) -> Condition:
    if getattr(condition, key) is None:
        return condition
    return condition.model_copy(update={key: number})


def _wording(rules: RuleSet, rule: Rule, tier: Tier) -> str:
    """Return the text for the patient: a rule that became more urgent must say so."""
    general = f"generic-{tier.value.lower()}"
    known = {wording.id for wording in rules.wordings}
    return general if tier.rank < rule.tier.rank and general in known else rule.wording
