"""A guided session: pain before, one exercise at a time, pain after, and how the day went.

Everything it knows stands in the rows, so leaving and coming back goes on at the first exercise
without an answer. Whatever has a button can also be typed: a tap can be lost, a text is not.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from exercises.schema import Question
from rehab.clinical import dose_rule, triage
from rehab.clinical.answers import read_answer
from rehab.clinical.words import comparable
from rehab.errors import InvalidInput
from rehab.flows import exercise_card, session_end
from rehab.flows.turn import Turn, menu
from rehab.flows.types import Event, Handled
from rehab.models import CareTask, Conversation, ExerciseRecord, ExerciseState, Prompt
from rehab.services import care_tasks, versions
from rehab.services.prompts import Choice

FLOW = "session"
PAIN = "session_pain"
EASIER = "exercise_easier"
SKIP = "skip"
SCALE_ROW = 6
"""0-5 and 6-10: two rows of numbers fit a small phone."""
SCALE = Question(id="pain", kind="scale", text="pain now", short="pain now")
When = Literal["before", "after"]
QUESTIONS: Mapping[When, str] = {
    "before": "session.pain_before",
    "after": "session.pain_after",
}
WORDS = {
    ExerciseState.DONE: "session.words_done",
    ExerciseState.TOO_PAINFUL: "session.words_too_painful",
    ExerciseState.NOT_TODAY: "session.words_not_today",
}
AFTER_PAIN = {
    "easier": ("session.words_easier", "session.easier"),
    "go_on": ("session.words_go_on", "session.go_on"),
}


def begin(turn: Turn, task: CareTask) -> Handled:
    """Start the session, or go on with it. Who came with too much pain is asked once more."""
    is_new = all(record.state == ExerciseState.ASKED for record in task.exercises)
    if is_new and (task.pain_before is None or _is_too_much(task.pain_before)):
        _ask_pain(turn, task, "before")
        return Handled()
    return _go_on(turn, task)


def on_pain_tap(turn: Turn, prompt: Prompt, value: str) -> Handled:
    """A number from 0 to 10 was tapped, or that the patient would rather not say."""
    task = task_of(turn, prompt.subject["care_task"])
    if task is None:
        return Handled(turn.text("tap.unknown"))
    when: When = "after" if prompt.subject["when"] == "after" else "before"
    pain = None if value == SKIP else int(value)
    is_repeat, prompt.closed_at = prompt.closed_at is not None, turn.now
    if is_repeat and pain in (None, _pain_of(task, when)):
        return Handled(turn.text("tap.already"))
    return _pain_said(turn, task, when, pain)


def on_exercise_tap(turn: Turn, prompt: Prompt, value: str, label: str) -> Handled:
    """Done, too painful, not today, or the timer, for one exercise."""
    record = _record_of(turn, prompt.subject["record"])
    if record is None:
        return Handled(turn.text("tap.unknown"))
    if value == exercise_card.TIMER:
        shown = exercise_card.show_timer(turn, record)
        return Handled("" if shown else turn.text("tap.unknown"))
    if record.state == value:
        return Handled(turn.text("tap.already"))
    exercise_card.mark_answered(turn, record, prompt, label)
    return _exercise_said(turn, record, ExerciseState(value), label)


def on_easier_tap(turn: Turn, record_id: int, value: str) -> Handled:
    """Try the easier exercise in the place of one that hurt, or go on without."""
    record = _record_of(turn, record_id)
    if record is None:
        return Handled(turn.text("tap.unknown"))
    if record.task.local_on != turn.today:
        return past_day(turn)
    if value == "easier":
        item = care_tasks.easier_instead(turn.session, turn.context, record=record, day=turn.day)
        if item is not None:
            care_tasks.add_after(turn.session, record=record, item=item)
        elif exercise_card.easier_id(turn, record) in _listed(record.task):
            return Handled(turn.text("tap.already"))
    return _go_on(turn, record.task)


def on_text(turn: Turn, event: Event, conversation: Conversation) -> bool:
    """Try to read a typed text as what was asked last. False: it is something else."""
    task = task_of(turn, conversation.data["care_task"])
    if task is None or task.local_on != turn.today:
        return False
    step = conversation.step
    if step in QUESTIONS:
        return _typed_pain(turn, task, "after" if step == "after" else "before", event.text)
    record = _record_of(turn, conversation.data["record"])
    if record is None:
        return False
    return _typed_word(turn, record, step, event.text)


def ask_again(turn: Turn, *, hint: str) -> bool:
    """Put the open question about pain once more, after an answer may have been lost. False: none is."""
    at = _conversation(turn)
    if at is None or at.flow != FLOW or at.step not in QUESTIONS:
        return False
    when: When = "before" if at.step == "before" else "after"
    task = task_of(turn, at.data["care_task"])
    if task is None or task.local_on != turn.today or _pain_of(task, when) is not None:
        return False
    _ask_pain(turn, task, when, hint=hint)
    return True


def past_day(turn: Turn) -> Handled:
    """What was tapped belongs to another day's list."""
    turn.say("exercises_past", turn.text("exercises.past_day"), rows=menu(turn, "today"))
    return Handled()


def task_of(turn: Turn, task_id: int) -> CareTask | None:
    """The patient's own task with this id."""
    task = turn.session.get(CareTask, task_id)
    return task if task is not None and task.episode_id == turn.episode.id else None


def _go_on(turn: Turn, task: CareTask) -> Handled:
    record = care_tasks.next_exercise(task)
    if record is not None:
        exercise_card.show(turn, record)
        _expect(turn, task, "exercise", record=record.id)
    elif task.pain_after is None:
        _ask_pain(turn, task, "after")
    else:
        _end(turn, task)
    return Handled()


def _exercise_said(
    turn: Turn, record: ExerciseRecord, state: ExerciseState, label: str
) -> Handled:
    was_open = record.state == ExerciseState.ASKED
    care_tasks.record_exercise(record, state=state, now=turn.now)
    if record.task.local_on != turn.today:
        return Handled(turn.text("exercises.noted_late"))
    noted = Handled(turn.text("tap.noted", answer=label)[:200])
    if state == ExerciseState.TOO_PAINFUL and _comfort(turn, record):
        return noted
    if was_open:
        _go_on(turn, record.task)
    return noted


def _comfort(turn: Turn, record: ExerciseRecord) -> bool:
    """Kind words for an exercise that hurt. Whether an easier one was offered and is waited for."""
    words = turn.text("exercises.too_painful")
    item = care_tasks.easier_instead(turn.session, turn.context, record=record, day=turn.day)
    if item is None:
        turn.say("exercise_painful", words, part=str(record.id))
        return False
    offer = turn.text("session.easier_offer", exercise=exercise_card.name(turn, item.exercise_id))
    turn.say(
        "exercise_painful",
        f"{words}\n\n{offer}",
        part=str(record.id),
        rows=[
            [Choice("easier", turn.text("session.easier"))],
            [Choice("go_on", turn.text("session.go_on"))],
        ],
        prompt_kind=EASIER,
        subject={"record": record.id},
    )
    _expect(turn, record.task, "easier", record=record.id)
    return True


def _ask_pain(turn: Turn, task: CareTask, when: When, *, hint: str = "") -> None:
    numbers = [Choice(str(n), str(n)) for n in range(SCALE.minimum, SCALE.maximum + 1)]
    rows = [numbers[:SCALE_ROW], numbers[SCALE_ROW:], [Choice(SKIP, turn.text("session.skip"))]]
    question = turn.text(QUESTIONS[when])
    turn.say(
        "session_pain",
        f"{hint}\n\n{question}" if hint else question,
        part=f"{task.id}:{when}",
        rows=rows,
        prompt_kind=PAIN,
        subject={"care_task": task.id, "when": when},
    )
    _expect(turn, task, when)


def _pain_said(turn: Turn, task: CareTask, when: When, pain: int | None) -> Handled:
    waits = task.local_on == turn.today and not _is_past(turn, task, when)
    if pain is not None:
        care_tasks.record_pain(task, when=when, pain=pain)
    if _is_too_much(pain):
        session_end.advise(turn, task, when)
    if waits and when == "after":
        _end(turn, task)
    elif waits and _is_too_much(pain):
        turn.expect("idle")
    elif waits:
        _go_on(turn, task)
    if task.local_on != turn.today:
        return Handled(turn.text("exercises.noted_late"))
    return Handled(turn.text("tap.noted", answer=pain)[:200] if pain is not None else "")


def _pain_of(task: CareTask, when: When) -> int | None:
    return task.pain_before if when == "before" else task.pain_after


def _is_too_much(pain: int | None) -> bool:
    return pain is not None and pain >= dose_rule.TOO_MUCH


def _is_past(turn: Turn, task: CareTask, when: When) -> bool:
    """Whether the session has already gone on from this question: now it is only corrected."""
    if when == "after":
        return task.pain_after is not None
    if any(one.state != ExerciseState.ASKED for one in task.exercises):
        return True
    at = _conversation(turn)
    is_here = at is not None and at.flow == FLOW and at.data.get("care_task") == task.id
    return is_here and at is not None and at.step != when


def _end(turn: Turn, task: CareTask) -> None:
    session_end.summary(turn, task)
    conversation = _conversation(turn)
    waiting = conversation.data.get("then") if conversation else None
    if waiting:
        turn.expect(waiting["flow"], waiting["step"], **waiting["data"])
    else:
        turn.expect("idle")


def _typed_pain(turn: Turn, task: CareTask, when: When, typed: str) -> bool:
    if comparable(typed) in _words(turn, "session.words_skip", "session.skip"):
        _pain_said(turn, task, when, None)
        return True
    try:
        pain = int(float(str(read_answer(SCALE, typed).value)))
    except InvalidInput as problem:
        has_digit = any(character.isdigit() for character in typed)
        if not has_digit or any(character.isalpha() for character in typed):
            return False
        code = problem.fields.get("answer", "not_a_number")
        hint = turn.text(f"answer.{code}.scale", minimum=SCALE.minimum, maximum=SCALE.maximum)
        _ask_pain(turn, task, when, hint=hint)
        return True
    _pain_said(turn, task, when, pain)
    return True


def _typed_word(turn: Turn, record: ExerciseRecord, step: str, typed: str) -> bool:
    """Only the few words that name a button; everything else is a message that a person reads."""
    word = comparable(typed)
    if step == "easier":
        for value, keys in AFTER_PAIN.items():
            if word in _words(turn, *keys):
                on_easier_tap(turn, record.id, value)
                return True
        return False
    if record.state != ExerciseState.ASKED:
        return False
    if word in _words(turn, "session.words_timer", "session.timer"):
        return exercise_card.show_timer(turn, record)
    for state, key in exercise_card.ANSWERS.items():
        if word in _words(turn, WORDS[state], key):
            if _is_alarming(turn, typed):
                # "It hurts a lot" is an answer and a warning sign: recorded here, heard there.
                care_tasks.record_exercise(record, state=state, now=turn.now)
                return False
            _exercise_said(turn, record, state, turn.text(key))
            return True
    return False


def _is_alarming(turn: Turn, typed: str) -> bool:
    rules = versions.rules_of(turn.session, turn.context, turn.episode)
    return bool(triage.screen(typed, rules, day=turn.day).findings)


def _words(turn: Turn, listed: str, button: str) -> set[str]:
    """What may be typed for a button, in the patient's language: listed words, and its label."""
    return {comparable(word) for word in [*turn.text(listed).split(","), turn.text(button)]}


def _expect(turn: Turn, task: CareTask, step: str, **data: int) -> None:
    """Remember what a typed text would answer, and the check-in question it comes before."""
    now = _conversation(turn)
    then = None
    if now is not None and now.flow == FLOW:
        then = now.data.get("then")
    elif now is not None and now.flow == "check_in":
        then = {"flow": now.flow, "step": now.step, "data": dict(now.data)}
    turn.expect(FLOW, step, care_task=task.id, then=then, **data)


def _conversation(turn: Turn) -> Conversation | None:
    return turn.session.get(Conversation, turn.reader.chat_id)


def _listed(task: CareTask) -> set[str]:
    return {record.exercise_id for record in task.exercises}


def _record_of(turn: Turn, record_id: int) -> ExerciseRecord | None:
    record = turn.session.get(ExerciseRecord, record_id)
    return record if record is not None and record.task.episode_id == turn.episode.id else None
