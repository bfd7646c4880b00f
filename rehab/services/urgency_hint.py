"""Whether a raw update looks like a warning sign, so that it need not wait behind thank-yous.

Only the order of handling depends on it: what is not recognised here is judged all the same, in turn.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from exercises.loader import ContentPack
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


def looks_urgent(context: Context) -> Hint:
    """A function of a session and a parsed update (or None). It never raises for odd content."""
    red = _red_answers(context.content)
    used = {protocol.rules for protocol in context.content.protocols.values()}
    rule_sets = [context.content.rules[name] for name in sorted(used)]

    def says(body: dict[str, Any]) -> bool:
        message = body.get("message") or body.get("edited_message")
        words = (
            (message.get("text") or message.get("caption")) if isinstance(message, dict) else ""
        )
        if not isinstance(words, str) or not words:
            return False
        found = (triage.screen(words[:LONGEST_TEXT], one, day=TYPICAL_DAY) for one in rule_sets)
        return any(screening.tier in RED for screening in found)

    def ask(session: Session, body: Any) -> bool:
        if not isinstance(body, dict):
            return False
        try:
            return says(body)
        except Exception as error:
            # The intake must go on whatever this is.
            log.warning("urgency_not_seen", exception_place=place_of(error))
            return False

    return lambda session, body: ask(session, body) or _taps(session, body, red)


def _taps(session: Session, body: Any, red: frozenset[tuple[str, str]]) -> bool:
    tap = body.get("callback_query") if isinstance(body, dict) else None
    data = tap.get("data") if isinstance(tap, dict) else None
    token, _, choice = data.rpartition(":") if isinstance(data, str) else ("", "", "")
    if not token or not choice.isdecimal() or len(choice) > 3:
        return False
    prompt = session.scalar(select(Prompt).where(Prompt.token == token, Prompt.kind == ANSWER))
    if prompt is None or int(choice) >= len(prompt.choices):
        return False
    return (str(prompt.subject.get("question")), prompt.choices[int(choice)]) in red


def _red_answers(content: ContentPack) -> frozenset[tuple[str, str]]:
    """Answers that can make a same-day or emergency rule fire."""
    return frozenset(
        (condition.question, value)
        for rules in content.rules.values()
        for rule in rules.rules
        if rule.tier in RED
        for condition in rule.when
        for value in condition.is_one_of
    )
