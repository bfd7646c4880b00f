"""The check-in: one question at a time, resumed where it was left, correctable for a while."""

from __future__ import annotations

from sqlalchemy import select

from exercises.schema import Option, Question
from rehab import texts
from rehab.clinical.answers import Answer, read_answer
from rehab.errors import InvalidInput
from rehab.flows import safety
from rehab.flows.turn import Turn, menu
from rehab.flows.types import Event, Handled
from rehab.models import (
    CheckIn,
    CheckInState,
    FindingRecord,
    OutboxMessage,
    Prompt,
    TaskKind,
)
from rehab.services import care_tasks, check_ins, cover, versions
from rehab.services.check_ins import Recorded
from rehab.services.prompts import Choice

ANSWER = "answer"
CHANGE = "change"
SCALE_ROW = 6
"""0-5 and 6-10: two rows of numbers fit a small phone."""


def begin(turn: Turn, *, nudge: bool = False) -> CheckIn:
    """Start today's check-in or go on where it was left."""
    latest = check_ins.latest(turn.session, episode_id=turn.episode.id)
    if latest is not None and _is_just_done(turn, latest):
        turn.say(
            "check_in_over",
            turn.text("check_in.already_done"),
            rows=_change_rows(turn),
            prompt_kind=CHANGE,
            subject={"check_in": latest.id},
        )
        return latest
    check_in = _start_or_resume(turn)
    question = check_ins.next_question(turn.session, turn.context, check_in)
    assert question is not None, "an open check-in has an open question"
    begun = bool(check_in.observations)
    intro = "check_in.nudge" if nudge else "check_in.resumed" if begun else "check_in.intro"
    ask(turn, check_in, question, intro=turn.text(intro))
    return check_in


def _is_just_done(turn: Turn, latest: CheckIn) -> bool:
    """Completed and still correctable: change that one instead of asking everything again."""
    return latest.state == CheckInState.COMPLETED and check_ins.may_still_change(latest, turn.now)


def _start_or_resume(turn: Turn) -> CheckIn:
    task = care_tasks.ensure(
        turn.session,
        episode=turn.episode,
        kind=TaskKind.CHECK_IN,
        local_on=turn.today,
        now=turn.now,
    )
    return check_ins.start(
        turn.session,
        turn.context,
        episode=turn.episode,
        questionnaire_hash=turn.episode.questionnaire_hash,
        local_on=turn.today,
        now=turn.now,
        task=task,
    )


def begin_warning_signs(turn: Turn) -> None:
    """Show the list of warning signs; every tap on it is judged at once."""
    questionnaire, digest = versions.warning_signs(turn.session, turn.context, turn.episode)
    check_in = check_ins.start(
        turn.session,
        turn.context,
        episode=turn.episode,
        questionnaire_hash=digest,
        local_on=turn.today,
        now=turn.now,
    )
    ask(turn, check_in, questionnaire.questions[0], intro=turn.text("warning.intro"))


def ask(turn: Turn, check_in: CheckIn, question: Question, *, intro: str = "") -> None:
    """Send one question with its buttons, and remember that a typed text would answer it."""
    prompt_relevance = (
        {"care_task": check_in.care_task_id}
        if turn.expires_at is not None and check_in.care_task_id
        else None
    )
    turn.say(
        "check_in_question" if check_in.kind == "check-in" else "warning_signs",
        question_text(turn, check_in, question, intro=intro),
        part=f"{check_in.id}:{question.id}",
        rows=rows_for(turn, question),
        prompt_kind=ANSWER,
        subject={"check_in": check_in.id, "question": question.id},
        relevance=prompt_relevance,
    )
    turn.expect("check_in", question.id, check_in=check_in.id)


def question_text(turn: Turn, check_in: CheckIn, question: Question, *, intro: str = "") -> str:
    """The question as it is shown: where we are, the question, and what the ends of a scale mean."""
    asked = check_ins.asked_questions(turn.session, turn.context, check_in)
    lines = [intro, ""] if intro else []
    if len(asked) > 1:
        place = 1 + next(i for i, found in enumerate(asked) if found.id == question.id)
        lines.append(turn.text("check_in.place", n=place, total=len(asked)))
    lines.append(texts.content_text(question.text, turn.language))
    if question.kind == "scale" and question.low_label:
        low = texts.content_text(question.low_label, turn.language)
        high = texts.content_text(question.high_label, turn.language)
        lines.append(f"{question.minimum} = {low} · {question.maximum} = {high}")
    return "\n".join(lines)


def rows_for(turn: Turn, question: Question) -> list[list[Choice]]:
    """The buttons of a question: numbers in two rows, options one a row."""
    if question.kind == "scale":
        numbers = [Choice(str(n), str(n)) for n in range(question.minimum, question.maximum + 1)]
        return [numbers[i : i + SCALE_ROW] for i in range(0, len(numbers), SCALE_ROW)]
    return [[Choice(option.value, _label(turn, option))] for option in question.options]


def on_tap(turn: Turn, event: Event, prompt: Prompt, value: str) -> Handled:
    """An answer was tapped: now, again, as a correction, or long after."""
    check_in = turn.session.get(CheckIn, prompt.subject["check_in"])
    if check_in is None or check_in.episode_id != turn.episode.id:
        return Handled(turn.text("tap.unknown"))
    questionnaire = versions.questionnaire(turn.session, turn.context, check_in.questionnaire_hash)
    question = questionnaire.question(prompt.subject["question"])
    answer = read_answer(question, value)
    label = prompt.labels[event.choice]
    recorded = _record(turn, event, check_in, question, Answer(answer.value, label))
    if not recorded.is_new:
        return Handled(turn.text("tap.already"))
    _mark_answered(turn, check_in, question, prompt, label)
    _go_on(turn, check_in, question, recorded)
    return Handled(turn.text("tap.noted", answer=label)[:200])


def on_text(turn: Turn, event: Event, check_in_id: int, question_id: str) -> bool:
    """Try to read a typed text as the answer to the open question. False: it is something else."""
    check_in = turn.session.get(CheckIn, check_in_id)
    if check_in is None or not _waits_for(turn, check_in):
        return False
    questionnaire = versions.questionnaire(turn.session, turn.context, check_in.questionnaire_hash)
    question = questionnaire.question(question_id)
    labels = {option.value: _label(turn, option) for option in question.options}
    try:
        answer = read_answer(question, event.text, labels=labels)
    except InvalidInput as problem:
        return _explain(turn, check_in, question, event, problem)
    recorded = _record(turn, event, check_in, question, answer)
    _go_on(turn, check_in, question, recorded)
    return True


def offer_change(turn: Turn, check_in_id: int) -> Handled:
    """List the answers that may still be changed."""
    check_in = turn.session.get(CheckIn, check_in_id)
    if check_in is None or not check_ins.may_still_change(check_in, turn.now):
        turn.say(
            "check_in_over", turn.text("check_in.too_late_to_change"), rows=menu(turn, "checkin")
        )
        return Handled()
    asked = check_ins.asked_questions(turn.session, turn.context, check_in)
    rows = [[Choice(q.id, texts.content_text(q.short, turn.language))] for q in asked]
    turn.say(
        "check_in_change",
        turn.text("check_in.which_to_change"),
        rows=rows,
        prompt_kind="change_pick",
        subject={"check_in": check_in.id},
    )
    return Handled()


def ask_again(turn: Turn, check_in_id: int, question_id: str) -> Handled:
    """Ask one question of a check-in once more, to correct its answer."""
    check_in = turn.session.get(CheckIn, check_in_id)
    if check_in is None or not check_ins.may_still_change(check_in, turn.now):
        return Handled(turn.text("check_in.too_late_to_change")[:200])
    asked = check_ins.asked_questions(turn.session, turn.context, check_in)
    ask(turn, check_in, next(found for found in asked if found.id == question_id))
    return Handled()


def _record(
    turn: Turn, event: Event, check_in: CheckIn, question: Question, answer: Answer
) -> Recorded:
    return check_ins.record_answer(
        turn.session,
        turn.context,
        check_in=check_in,
        question_id=question.id,
        answer=answer,
        source=event.source,
        at=event.at,
        now=turn.now,
    )


def _go_on(turn: Turn, check_in: CheckIn, question: Question, recorded: Recorded) -> None:
    """Safety text first, then whatever comes next."""
    safety.reply(turn, recorded.new_findings)
    if recorded.is_late:
        turn.say(
            "late_answer",
            turn.text("check_in.late", date=f"{check_in.local_on:%d.%m.}"),
            rows=menu(turn, "checkin"),
        )
        return
    if check_in.kind == "warning-signs":
        _after_warning_sign(turn, check_in, recorded)
        return
    following = check_ins.next_question(turn.session, turn.context, check_in)
    if following is not None and not recorded.is_correction:
        ask(turn, check_in, following)
        return
    if check_in.state == CheckInState.COMPLETED:
        summary(turn, check_in, corrected=recorded.is_correction)


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
        rows=_change_rows(turn),
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
            _advice_for(turn, record) for record in found if record.tier not in safety.URGENT
        )
    )


def _advice_for(turn: Turn, record: FindingRecord) -> str:
    rules = versions.rule_set(turn.session, turn.context, record.rules_hash)
    return safety.fixed_text(turn, rules, rules.rule(record.rule_id).wording)


def _after_warning_sign(turn: Turn, check_in: CheckIn, recorded: Recorded) -> None:
    turn.expect("idle")
    tips = _advice(turn, check_in)
    if tips:
        turn.say("advice", "\n\n".join(tips), part=str(check_in.id))
    key = "warning.noted" if recorded.new_findings else "warning.tell_us"
    hours = cover.sentence(turn.session, turn.context, turn.language, turn.now)
    turn.say("warning_noted", f"{turn.text(key)}\n\n{hours}", rows=menu(turn, "warning"))


def _mark_answered(
    turn: Turn, check_in: CheckIn, question: Question, prompt: Prompt, label: str
) -> None:
    """Show the chosen answer on the question itself; its buttons stay, for corrections."""
    original = prompt.outbox_id and turn.session.get(OutboxMessage, prompt.outbox_id)
    if not original:
        return
    turn.say(
        "check_in_answered",
        f"{question_text(turn, check_in, question)}\n✓ {label}",
        part=f"{check_in.id}:{question.id}",
        rows=rows_for(turn, question),
        prompt_kind=ANSWER,
        subject=prompt.subject,
        edits_id=original.id,
        relevance={"shown_original": original.id},
    )


def _explain(
    turn: Turn, check_in: CheckIn, question: Question, event: Event, problem: InvalidInput
) -> bool:
    """A number that cannot be: say what is expected. Words are not explained, they are a message."""
    has_digit = any(character.isdigit() for character in event.text)
    if not has_digit or any(character.isalpha() for character in event.text):
        return False
    code = problem.fields.get("answer", "not_an_option")
    key = f"answer.{code}.{question.kind}"
    hint = turn.text(
        key if texts.has_text(key) else "answer.not_an_option",
        minimum=question.minimum,
        maximum=question.maximum,
    )
    ask(turn, check_in, question, intro=hint)
    return True


def _waits_for(turn: Turn, check_in: CheckIn) -> bool:
    return check_in.episode_id == turn.episode.id and check_ins.may_still_change(
        check_in, turn.now
    )


def _label(turn: Turn, option: Option) -> str:
    label = texts.content_text(option.label, turn.language)
    return f"{option.emoji} {label}" if option.emoji else label


def _change_rows(turn: Turn) -> list[list[Choice]]:
    return [[Choice("change", turn.text("menu.change"))], *menu(turn, "warning")]
