"""How a check-in ends: what was answered, advice that can wait, and what happens next."""

from __future__ import annotations

from sqlalchemy import select

from rehab import texts
from rehab.flows import safety
from rehab.flows.turn import Turn, menu
from rehab.models import CheckIn, FindingRecord
from rehab.services import check_ins, cover, snoozes, versions
from rehab.services.check_ins import Recorded
from rehab.services.prompts import Choice

CHANGE = "change"


def summary(turn: Turn, check_in: CheckIn, *, corrected: bool = False) -> None:
    """What was answered, advice that can wait, and what happens next."""
    turn.expect("idle")
    head = turn.text("check_in.corrected" if corrected else "check_in.thanks")
    lines = [head, "", *_answers(turn, check_in)]
    lines += [f"\n{tip}" for tip in _advice(turn, check_in)]
    minutes = turn.context.config.check_ins.correction_minutes
    lines += [
        "",
        turn.text("check_in.what_next", minutes=minutes),
        cover.sentence(turn.session, turn.context, turn.language, turn.now),
    ]
    turn.say(
        "check_in_summary",
        "\n".join(lines),
        part=str(check_in.id),
        rows=change_rows(turn),
        prompt_kind=CHANGE,
        subject={"check_in": check_in.id},
    )


def _answers(turn: Turn, check_in: CheckIn) -> list[str]:
    given = {found.question_id: found.label for found in check_ins.current(check_in)}
    return [
        f"• {texts.content_text(question.short, turn.language)}: {given[question.id]}"
        for question in check_ins.asked_questions(turn.session, turn.context, check_in)
        if question.id in given
    ]


def _advice(turn: Turn, check_in: CheckIn) -> list[str]:
    """The fixed texts of findings that can wait; the urgent ones were shown at once."""
    found = turn.session.scalars(
        select(FindingRecord)
        .where(FindingRecord.cause == f"check_in:{check_in.id}")
        .order_by(FindingRecord.tier)
    )
    return list(
        dict.fromkeys(
            _advice_for(turn, record)
            for record in found
            if record.tier not in safety.URGENT and not snoozes.is_expected(record)
        )
    )


def _advice_for(turn: Turn, record: FindingRecord) -> str:
    rules = versions.rule_set(turn.session, turn.context, record.rules_hash)
    return safety.fixed_text(turn, rules, rules.rule(record.rule_id).wording)


def after_warning_sign(turn: Turn, check_in: CheckIn, recorded: Recorded) -> None:
    turn.expect("idle")
    tips = _advice(turn, check_in)
    if tips:
        turn.say("advice", "\n\n".join(tips), part=str(check_in.id))
    key = "warning.noted" if recorded.new_findings else "warning.tell_us"
    hours = cover.sentence(turn.session, turn.context, turn.language, turn.now)
    turn.say("warning_noted", f"{turn.text(key)}\n\n{hours}", rows=menu(turn, "warning"))


def change_rows(turn: Turn) -> list[list[Choice]]:
    return [[Choice("change", turn.text("menu.change"))], *menu(turn, "warning")]
