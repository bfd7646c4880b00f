"""Whether a raw update looks like a warning sign, so that it need not wait behind thank-yous.

Only the order of handling depends on it: what is not recognised here is judged all the same, in turn.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from exercises.loader import ContentPack
from exercises.schema import RuleSet
from rehab.clinical import triage
from rehab.clinical.redflags import RED
from rehab.logs import get_logger, place_of
from rehab.models import Prompt
from rehab.services.context import Context

log = get_logger(__name__)

Hint = Callable[[Session, Any], bool]
ANSWER = "answer"
"""The kind of prompt that asks a question of a check-in or of the warning signs."""
TYPICAL_DAY = 9
"""Rules have windows of days; which day it is for this patient is found out when it is handled."""
LONGEST_TEXT = 400
"""Characters that are looked at: a page of words is no cry for help, and costs time here."""


@dataclass(frozen=True)
class _Signs:
    """What is looked for: words by these rules, and these answers."""

    rule_sets: tuple[RuleSet, ...]
    answers: frozenset[tuple[str, str]]


def looks_urgent(context: Context) -> Hint:
    """A function of a session and a parsed update (or None). It never raises for odd content."""

    @cache
    def signs() -> _Signs:
        return _signs(context.content)

    def ask(session: Session, body: Any) -> bool:
        if not isinstance(body, dict):
            return False
        try:
            return _says(body, signs()) or _taps(session, body, signs())
        except SQLAlchemyError:
            raise
        except Exception as error:
            # The intake must go on whatever this is.
            log.warning("urgency_not_seen", exception_place=place_of(error))
            return False

    return ask


def _says(body: dict[str, Any], signs: _Signs) -> bool:
    message = body.get("message") or body.get("edited_message")
    words = (message.get("text") or message.get("caption")) if isinstance(message, dict) else ""
    if not isinstance(words, str) or not words:
        return False
    found = (triage.screen(words[:LONGEST_TEXT], one, day=TYPICAL_DAY) for one in signs.rule_sets)
    return any(screening.tier in RED for screening in found)


def _taps(session: Session, body: dict[str, Any], signs: _Signs) -> bool:
    tap = body.get("callback_query")
    data = tap.get("data") if isinstance(tap, dict) else None
    token, _, choice = data.rpartition(":") if isinstance(data, str) else ("", "", "")
    if not token or not choice.isdecimal() or len(choice) > 3:
        return False
    prompt = session.scalar(select(Prompt).where(Prompt.token == token, Prompt.kind == ANSWER))
    if prompt is None or int(choice) >= len(prompt.choices):
        return False
    return (str(prompt.subject.get("question")), prompt.choices[int(choice)]) in signs.answers


def _signs(content: ContentPack) -> _Signs:
    used = sorted({protocol.rules for protocol in content.protocols.values()})
    # Answers that can make a same-day or emergency rule fire.
    answers = frozenset(
        (condition.question, value)
        for rules in content.rules.values()
        for rule in rules.rules
        if rule.tier in RED
        for condition in rule.when
        for value in condition.is_one_of
    )
    return _Signs(tuple(content.rules[name] for name in used), answers)
