"""`triage` and `rules explain`: the rules, asked from the command line, without touching a patient."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import click
from flask.cli import AppGroup, with_appcontext

from exercises.schema import Protocol, Questionnaire, RuleSet
from rehab.cli.desk import runtime, show, tells_errors
from rehab.clinical import redflags, rule_words
from rehab.clinical import triage as screening
from rehab.clinical.answers import read_answer
from rehab.clinical.redflags import Finding, Given
from rehab.db import transaction
from rehab.errors import InvalidInput
from rehab.jobs import replay as replaying
from rehab.services import people, rule_replay

group = AppGroup("rules", help="Red-flag rules.")
DAY_ZERO = date(2000, 1, 1)
"""Explaining needs days after surgery, not dates; any surgery date will do."""


@click.command("triage")
@with_appcontext
@tells_errors
def triage() -> None:
    """Screen free texts: JSON lines with text, language, procedure, day in; tier and rules out."""
    for number, line in enumerate(sys.stdin, start=1):
        if line.strip():
            show(_screen(_object(line, number)))


@group.command("explain")
@click.option("--procedure", required=True)
@click.option("--variant", default=None)
@click.option("--day", required=True, type=int, help="Days after surgery.")
@tells_errors
def explain(procedure: str, variant: str | None, day: int) -> None:
    """Judge answers: JSON on stdin, {"answers": {question: value}, "history": [{"day", "answers"}]}.

    A plain object of answers is fine too.
    """
    given = _object(sys.stdin.read(), 1)
    protocol = _protocol(procedure, variant)
    answers = given.get("answers", given)
    history = given.get("history", [])
    if not isinstance(history, list) or not all(isinstance(item, Mapping) for item in history):
        raise InvalidInput(stdin='expected {"answers": {…}, "history": [{"day", "answers"}]}')
    past = [
        fact
        for item in history
        for fact in _facts(protocol, _day(item.get("day")), item.get("answers", {}))
    ]
    rules = runtime().context.content.rules[protocol.rules]
    found = redflags.find_red_flags(
        rules, day=day, today=_facts(protocol, day, answers), history=past
    )
    show(
        {
            "tier": found[0].tier if found else "none",
            "findings": [_told(rules, finding, protocol, day) for finding in found],
        }
    )


@group.command("replay")
@click.option("--draft", "draft_ids", type=int, multiple=True, required=True)
@click.option("--days", type=click.IntRange(1, replaying.LONGEST_DAYS), default=90)
@click.option("--by", default=None, help="E-mail of the clinician who reads the result.")
@tells_errors
def replay(draft_ids: tuple[int, ...], days: int, by: str | None) -> None:
    """Replay a draft of rules on what patients answered and wrote: new, gone, missed, as JSON.

    Rules are published only by a second person who has read the replay: name them with --by.
    """
    here = runtime()
    now = here.clock.now()
    run = replaying.begin(here.context, draft_ids=draft_ids, days=days, now=now)
    for done, patients in run.steps():
        click.echo(f"{done} of {patients} patients", err=True)
    if by is not None:
        with transaction() as session:
            reader = people.by_email(session, by).id
            rule_replay.note_seen(
                session, draft_ids=draft_ids, clinician_id=reader, now=now, texts=run.texts
            )
    show(run.report())


def _screen(item: Mapping[str, Any]) -> dict[str, object]:
    protocol = _protocol(str(item.get("procedure") or "hip-resurfacing"), None)
    rules = runtime().context.content.rules[protocol.rules]
    result = screening.screen(
        str(item.get("text", "")),
        rules,
        day=_day(item.get("day", 0)),
        languages=(str(item.get("language") or "en"),),
    )
    return {
        "tier": result.tier or "none",
        "rules": [finding.rule_id for finding in result.findings],
    }


def _day(raw: object) -> int:
    """A day after surgery. A whole number, also when it was written as text."""
    try:
        return int(str(raw))
    except ValueError:
        raise InvalidInput(stdin=f"day: expected a whole number, found {raw!r}") from None


def _facts(protocol: Protocol, day: int, answers: object) -> list[Given]:
    if not isinstance(answers, Mapping):
        raise InvalidInput(stdin=f"answers: expected {{question: value}}, found {answers!r}")
    local_on = DAY_ZERO + timedelta(days=day)
    at = datetime.combine(local_on, datetime.min.time(), UTC) + timedelta(hours=9)
    return [
        Given(question=name, value=_value(protocol, name, value), at=at, local_on=local_on)
        for name, value in answers.items()
    ]


def _value(protocol: Protocol, name: str, raw: object) -> str | float | tuple[str, ...]:
    typed = ", ".join(map(str, raw)) if isinstance(raw, list) else str(raw)
    for questionnaire in _questionnaires(protocol):
        for question in questionnaire.questions:
            if question.id == name:
                try:
                    value = read_answer(question, typed).value
                    return tuple(value) if isinstance(value, list) else value
                except InvalidInput as problem:
                    expected = [option.value for option in question.options] or "a number"
                    raise InvalidInput(
                        stdin=f"{name}: found {raw!r} ({problem.fields['answer']}), "
                        f"expected {expected}"
                    ) from None
    known = [q.id for found in _questionnaires(protocol) for q in found.questions]
    raise InvalidInput(stdin=f"unknown question {name!r}, expected one of {', '.join(known)}")


def _questionnaires(protocol: Protocol) -> list[Questionnaire]:
    all_of_them = runtime().context.content.questionnaires
    return [all_of_them[protocol.questionnaire], all_of_them[protocol.warning_signs]]


def _told(rules: RuleSet, finding: Finding, protocol: Protocol, day: int) -> dict[str, object]:
    rule = rules.rule(finding.rule_id)
    asked = next(
        (
            one
            for one in _questionnaires(protocol)
            if {q.id for q in one.questions} & {fact.question for fact in finding.facts}
        ),
        None,
    )
    return {
        "rule": finding.rule_id,
        "tier": finding.tier,
        "reason": finding.reason,
        "threshold": rule_words.threshold(rules, rule, day=day, asked=asked),
        "stops_loading": finding.stops_loading,
        "facts": [{"question": fact.question, "value": fact.value} for fact in finding.facts],
        "patient_text": rules.wording(rule.wording).text,
        "sources": list(rule.sources),
        "rule_set": rules.id,
        "rules_version": rules.version,
    }


def _protocol(procedure: str, variant: str | None) -> Protocol:
    try:
        return runtime().context.content.protocol_for(procedure, variant)
    except KeyError as error:
        raise InvalidInput(procedure=str(error.args[0])) from None


def _object(raw: str, number: int) -> dict[str, Any]:
    try:
        found = json.loads(raw)
    except json.JSONDecodeError as error:
        raise InvalidInput(stdin=f"line {number}: expected JSON ({error})") from None
    if not isinstance(found, dict):
        raise InvalidInput(stdin=f"line {number}: expected a JSON object")
    return found
