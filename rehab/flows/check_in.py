"""The check-in: one question at a time, resumed where it was left, correctable for a while."""

from __future__ import annotations

from exercises.schema import Question
from rehab import texts
from rehab.clinical.answers import Answer, letter_of, read_answer, ticked
from rehab.flows import both_chats, how_urgent, safety, who_answers
from rehab.flows.check_in_end import CHANGE, after_warning_sign, change_rows, summary
from rehab.flows.questions import (
    DONE,
    chosen,
    labels_of,
    picture_of,
    question_text,
    rows_for,
)
from rehab.flows.turn import Turn, menu
from rehab.flows.types import Event, Handled
from rehab.models import (
    CheckIn,
    CheckInState,
    OutboxMessage,
    Prompt,
    TaskKind,
)
from rehab.services import (
    answering,
    care_tasks,
    check_ins,
    versions,
)
from rehab.services.check_ins import Recorded
from rehab.services.prompts import Choice

ANSWER = "answer"
CHECK_IN = "check-in"


def begin(turn: Turn, *, nudge: bool = False) -> CheckIn:
    """Start today's check-in or go on where it was left."""
    latest = check_ins.latest(turn.session, episode_id=turn.episode.id)
    if latest is not None and _is_just_done(turn, latest):
        turn.say(
            "check_in_over",
            turn.text("check_in.already_done"),
            rows=change_rows(turn),
            prompt_kind=CHANGE,
            subject={"check_in": latest.id},
        )
        return latest
    check_in = _start_or_resume(turn)
    begun = bool(check_in.observations)
    intro = "check_in.nudge" if nudge else "check_in.resumed" if begun else "check_in.intro"
    ask_next(turn, check_in, intro=turn.about(turn.text(intro)))
    return check_in


def ask_next(turn: Turn, check_in: CheckIn, *, intro: str = "", known: bool = False) -> None:
    """Ask the open question of a check-in; before the first one, who is there, unless that is known."""
    known = known or turn.caregiver is not None
    if not known and answering.is_due(turn.session, turn.context, check_in):
        who_answers.ask(turn, check_in)
        return
    question = check_ins.next_question(turn.session, turn.context, check_in)
    if question is not None:
        ask(turn, check_in, question, intro=intro)


def on_who_tap(turn: Turn, event: Event, prompt: Prompt, value: str) -> Handled:
    """Who is there was tapped: the questions follow, or nothing clinical at all."""
    check_in, who = who_answers.of_tap(turn, prompt, value)
    if check_in is None:
        return Handled(turn.text("tap.unknown"))
    _who(turn, event, check_in, who)
    return who_answers.toast(turn, who)


def on_who_text(turn: Turn, event: Event, check_in_id: int) -> bool:
    """The same, typed. False: it is something else."""
    check_in = turn.session.get(CheckIn, check_in_id)
    who = who_answers.of_text(turn, event.text)
    if check_in is None or who is None or check_in.episode_id != turn.episode.id:
        return False
    _who(turn, event, check_in, who)
    return True


def _who(turn: Turn, event: Event, check_in: CheckIn, who: str) -> None:
    if not who_answers.said(turn, event, check_in, who):
        return
    if check_in.state == CheckInState.OPEN:
        intro = "check_in.resumed" if check_in.observations else "check_in.intro"
        ask_next(turn, check_in, intro=turn.text(intro), known=True)
    else:
        begin(turn)


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
    ask(turn, check_in, questionnaire.questions[0], intro=turn.about(turn.text("warning.intro")))


def ask(turn: Turn, check_in: CheckIn, question: Question, *, intro: str = "") -> None:
    """Send one question with its buttons, and remember that a typed text would answer it."""
    prompt_relevance = (
        {"care_task": check_in.care_task_id}
        if turn.expires_at is not None and check_in.care_task_id
        else None
    )
    text = question_text(turn, check_in, question, intro=intro)
    turn.say(
        "check_in_question" if check_in.kind == CHECK_IN else "warning_signs",
        text,
        part=f"{check_in.id}:{question.id}",
        rows=rows_for(turn, check_in, question),
        media=picture_of(check_in, question, text),
        prompt_kind=ANSWER,
        subject={"check_in": check_in.id, "question": question.id},
        relevance=prompt_relevance,
    )
    turn.expect("check_in", question.id, check_in=check_in.id)


def on_tap(turn: Turn, event: Event, prompt: Prompt, value: str) -> Handled:
    """An answer was tapped: now, again, as a correction, or long after."""
    check_in = turn.session.get(CheckIn, prompt.subject["check_in"])
    if check_in is None or check_in.episode_id != turn.episode.id:
        return Handled(turn.text("tap.unknown"))
    questionnaire = versions.questionnaire(turn.session, turn.context, check_in.questionnaire_hash)
    question = questionnaire.question(prompt.subject["question"])
    if value == DONE:
        return _on_done(turn, check_in, question, prompt)
    answer = _tapped(turn, event, check_in, question, prompt, value)
    may_tick_more = question.kind == "several" and not _stands_alone(question, value)
    recorded = record(turn, event, check_in, question, answer, is_partial=may_tick_more)
    if not recorded.is_new:
        return Handled(turn.text("tap.already"))
    _mark_answered(turn, check_in, question, prompt, answer.label)
    if may_tick_more and not recorded.is_late:
        _go_on_ticking(turn, check_in, question, recorded)
    else:
        go_on(turn, check_in, question, recorded)
    return Handled(turn.text("tap.noted", answer=answer.label)[:200])


def _tapped(
    turn: Turn, event: Event, check_in: CheckIn, question: Question, prompt: Prompt, value: str
) -> Answer:
    """What a tap means: with several answers, the ticks after it; else the button as it was shown."""
    if question.kind == "several":
        before = chosen(check_ins.answer_to(check_in, question.id))
        return ticked(question, before, value, labels=labels_of(turn, question))
    shown = prompt.labels[event.choice].removeprefix(f"{letter_of(question, value)} ")
    return Answer(read_answer(question, value).value, shown)


def _stands_alone(question: Question, value: str) -> bool:
    return any(one.excludes_others for one in question.options if one.value == value)


def _on_done(turn: Turn, check_in: CheckIn, question: Question, prompt: Prompt) -> Handled:
    """All that fits is ticked. Nothing ticked is no answer: "none of these" has its own button."""
    if not chosen(check_ins.answer_to(check_in, question.id)):
        return Handled(turn.text("check_in.several_nothing")[:200])
    recorded = check_ins.finish(
        turn.session, turn.context, check_in=check_in, question_id=question.id, now=turn.now
    )
    if recorded.is_new:
        go_on(turn, check_in, question, recorded)
    elif check_in.state == CheckInState.COMPLETED and check_ins.may_still_change(
        check_in, turn.now
    ):
        summary(turn, check_in, corrected=True)
    else:
        return Handled(turn.text("tap.already"))
    return Handled()


def _go_on_ticking(turn: Turn, check_in: CheckIn, question: Question, recorded: Recorded) -> None:
    """Each tick is judged at once. After a safety text the buttons are shown again below it."""
    if safety.reply(turn, recorded.new_findings):
        ask(turn, check_in, question)
    how_urgent.ask(turn, check_in, recorded.new_findings)


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


def record(
    turn: Turn,
    event: Event,
    check_in: CheckIn,
    question: Question,
    answer: Answer,
    *,
    is_partial: bool = False,
) -> Recorded:
    """Keep an answer of whoever speaks, and show it in the other chat of this patient."""
    recorded = check_ins.record_answer(
        turn.session,
        turn.context,
        check_in=check_in,
        question_id=question.id,
        answer=answer,
        source=event.source,
        at=event.at,
        now=turn.now,
        answered_by=turn.speaker,
        is_partial=is_partial,
    )
    if recorded.is_new:
        both_chats.mark_in_others(turn, check_in, question, answer, prompt_kind=ANSWER)
    return recorded


def go_on(turn: Turn, check_in: CheckIn, question: Question, recorded: Recorded) -> None:
    """Safety text first, then how soon they need somebody, then whatever comes next."""
    safety.reply(turn, recorded.new_findings)
    how_urgent.ask(turn, check_in, recorded.new_findings)
    if recorded.is_late:
        turn.say(
            "late_answer",
            turn.text("check_in.late", date=f"{check_in.local_on:%d.%m.}"),
            rows=menu(turn, "checkin"),
        )
        return
    if check_in.kind == "warning-signs":
        after_warning_sign(turn, check_in, recorded)
        return
    following = check_ins.next_question(turn.session, turn.context, check_in)
    if following is not None and (not recorded.is_correction or _became_due(check_in, following)):
        ask(turn, check_in, following)
        return
    if check_in.state == CheckInState.COMPLETED:
        summary(turn, check_in, corrected=recorded.is_correction)
        if check_in.kind != CHECK_IN:
            resume(turn)


def resume(turn: Turn) -> None:
    """Ask today's open question again after the questions about a photo came between."""
    waiting = open_today(turn)
    if waiting is not None:
        ask_next(turn, waiting, intro=turn.text("check_in.resumed"))


def open_today(turn: Turn) -> CheckIn | None:
    """Today's check-in while it waits for an answer."""
    found = check_ins.open_check_in(turn.session, episode_id=turn.episode.id)
    return found if found is not None and found.local_on == turn.today else None


def _became_due(check_in: CheckIn, question: Question) -> bool:
    """A correction may lead to a question that was not asked before: after the end it is asked now."""
    return question.ask_if is not None and check_in.state == CheckInState.COMPLETED


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
        rows=rows_for(turn, check_in, question),
        prompt_kind=ANSWER,
        subject=prompt.subject,
        edits_id=original.id,
        relevance={"shown_original": original.id},
    )
