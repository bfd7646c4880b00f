"""Today's exercises: the list with doses, then one by one, all at once, or later."""

from __future__ import annotations

from datetime import timedelta

from exercises.schema import Exercise
from rehab import texts
from rehab.clinical.staging import PlanItem
from rehab.flows.turn import Turn, menu
from rehab.flows.types import Handled
from rehab.models import CareTask, ExerciseRecord, ExerciseState, TaskKind, TaskState
from rehab.services import care_tasks, plans, versions
from rehab.services.prompts import Choice

LIST = "exercises"
ONE = "exercise"
LATER = timedelta(hours=2)


def show_today(turn: Turn, *, later: bool = False) -> CareTask:
    """The day's exercises with their doses and three ways to go on."""
    plans.follow_calendar(
        turn.session, turn.context, episode=turn.episode, day=turn.day, now=turn.now
    )
    task = care_tasks.ensure(
        turn.session,
        episode=turn.episode,
        kind=TaskKind.EXERCISES,
        local_on=turn.today,
        now=turn.now,
    )
    records = care_tasks.list_exercises(turn.session, turn.context, task=task, day=turn.day)
    if not records:
        turn.say("exercises_none", _nothing_text(turn), rows=menu(turn, "checkin", "warning"))
        return task
    lines = [_heading(turn, later=later), "", *_listing(turn, records), "", *_rules(turn)]
    turn.say(
        "exercise_list",
        "\n".join(lines),
        rows=_list_rows(turn, task),
        prompt_kind=LIST,
        subject={"care_task": task.id},
        relevance={"care_task": task.id} if turn.expires_at else None,
    )
    return task


def on_list_tap(turn: Turn, task_id: int, value: str) -> Handled:
    """Start one by one, all done, or later."""
    task = _task(turn, task_id)
    if task is None:
        return Handled(turn.text("tap.unknown"))
    if task.local_on != turn.today:
        turn.say("exercises_past", turn.text("exercises.past_day"), rows=menu(turn, "today"))
        return Handled()
    if value == "later":
        return _remind_later(turn, task)
    if value == "all_done":
        care_tasks.record_all_done(task, now=turn.now)
        _finish(turn, task)
        return Handled()
    return _show_next(turn, task)


def on_one_tap(turn: Turn, record_id: int, value: str) -> Handled:
    """Done, too painful or not today, for one exercise."""
    record = turn.session.get(ExerciseRecord, record_id)
    if record is None or record.task.episode_id != turn.episode.id:
        return Handled(turn.text("tap.unknown"))
    changed = care_tasks.record_exercise(record, state=ExerciseState(value), now=turn.now)
    if not changed:
        return Handled(turn.text("tap.already"))
    if record.task.local_on != turn.today:
        return Handled(turn.text("exercises.noted_late"))
    if value == ExerciseState.TOO_PAINFUL:
        turn.say("exercise_painful", turn.text("exercises.too_painful"), part=str(record.id))
    return _show_next(turn, record.task)


def _show_next(turn: Turn, task: CareTask) -> Handled:
    record = care_tasks.next_exercise(task)
    if record is None:
        _finish(turn, task)
        return Handled()
    exercise = _exercise(turn, record)
    turn.say(
        "exercise_one",
        _one_text(turn, task, record, exercise),
        part=str(record.id),
        rows=[
            [Choice(ExerciseState.DONE, turn.text("exercises.done"))],
            [
                Choice(ExerciseState.TOO_PAINFUL, turn.text("exercises.hurts")),
                Choice(ExerciseState.NOT_TODAY, turn.text("exercises.not_today")),
            ],
        ],
        prompt_kind=ONE,
        subject={"record": record.id},
    )
    return Handled()


def _one_text(turn: Turn, task: CareTask, record: ExerciseRecord, exercise: Exercise) -> str:
    language = turn.language
    lines = [
        turn.text("exercises.place", n=record.position, total=len(task.exercises)),
        f"{texts.content_text(exercise.name, language)}{_side(turn, exercise)}",
        _dose(turn, record),
        "",
        texts.content_text(exercise.instruction, language),
        "",
        f"🛑 {texts.content_text(exercise.stop_signs, language)}",
    ]
    if exercise.caution:
        lines.append(f"⚠️ {texts.content_text(exercise.caution, language)}")
    return "\n".join(lines)


def _finish(turn: Turn, task: CareTask) -> None:
    done = sum(record.state == ExerciseState.DONE for record in task.exercises)
    total = len(task.exercises)
    key = "exercises.finished_all" if done == total else "exercises.finished_some"
    turn.say(
        "exercises_finished",
        turn.text(key, done=done, total=total),
        part=str(task.id),
        rows=menu(turn, "checkin", "warning"),
    )


def _remind_later(turn: Turn, task: CareTask) -> Handled:
    if task.state == TaskState.PROMPTED:
        later = turn.now + LATER
        if later < care_tasks.end_of(turn.episode, task):
            # Back to planned: the planner shows the list again at that time.
            task.state, task.look_after = TaskState.PLANNED, later
            task.nudges += 1
            turn.say("exercises_later", turn.text("exercises.later_ok"), part=str(task.nudges))
            return Handled()
    turn.say("exercises_later", turn.text("exercises.later_today"), rows=menu(turn, "today"))
    return Handled()


def _heading(turn: Turn, *, later: bool) -> str:
    if turn.day < 0:
        return turn.text("exercises.heading_before", days=-turn.day)
    key = "exercises.heading_later" if later else "exercises.heading"
    return turn.text(key, day=turn.day)


def _listing(turn: Turn, records: list[ExerciseRecord]) -> list[str]:
    return [
        f"{record.position}. {_name(turn, record)}\n    {_dose(turn, record)}{_mark(record)}"
        for record in records
    ]


def _exercise(turn: Turn, record: ExerciseRecord) -> Exercise:
    library = versions.library_of(turn.session, turn.context, turn.episode)
    return library[record.exercise_id]


def _name(turn: Turn, record: ExerciseRecord) -> str:
    exercise = _exercise(turn, record)
    return f"{texts.content_text(exercise.name, turn.language)}{_side(turn, exercise)}"


def _side(turn: Turn, exercise: Exercise) -> str:
    if exercise.side != "operated" or turn.episode.side == "both":
        return ""
    return f" ({turn.text('side.' + turn.episode.side)})"


def _dose(turn: Turn, record: ExerciseRecord) -> str:
    """The dose as it was asked that day; translated when today's plan still has the same one."""
    items = plans.on_day(turn.session, turn.context, episode=turn.episode, day=turn.day)
    for item in items:
        if item.exercise_id == record.exercise_id and _is_same(item, record):
            return care_tasks.dose_text(item, turn.language)
    return record.dose


def _is_same(item: PlanItem, record: ExerciseRecord) -> bool:
    return care_tasks.dose_text(item, "en") == record.dose


def _mark(record: ExerciseRecord) -> str:
    marks = {
        ExerciseState.DONE: " ✓",
        ExerciseState.TOO_PAINFUL: " ✗",
        ExerciseState.NOT_TODAY: " –",
    }
    return marks.get(ExerciseState(record.state), "")


def _rules(turn: Turn) -> list[str]:
    """How much weight the leg may take, and the one rule that fits every exercise."""
    stage = versions.protocol_of(turn.session, turn.context, turn.episode).stage(
        turn.episode.stage_id
    )
    lines = [f"🩼 {texts.content_text(stage.weight_bearing, turn.language)}"]
    if turn.episode.loading_stopped_at is not None:
        lines.append(turn.text("exercises.loading_stopped"))
    lines.append(turn.text("exercises.pain_rule"))
    return lines


def _list_rows(turn: Turn, task: CareTask) -> list[list[Choice]]:
    if care_tasks.next_exercise(task) is None:
        return []
    return [
        [Choice("start", turn.text("exercises.start"))],
        [
            Choice("all_done", turn.text("exercises.all_done")),
            Choice("later", turn.text("exercises.later")),
        ],
    ]


def _nothing_text(turn: Turn) -> str:
    stopped = turn.episode.loading_stopped_at is not None
    return turn.text("exercises.loading_stopped" if stopped else "exercises.none_today")


def _task(turn: Turn, task_id: int) -> CareTask | None:
    task = turn.session.get(CareTask, task_id)
    return task if task is not None and task.episode_id == turn.episode.id else None
