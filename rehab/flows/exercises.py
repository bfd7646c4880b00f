"""Today's exercises: the list with doses, and the ways from it: guided, all at once, or later."""

from __future__ import annotations

from datetime import timedelta

from rehab import texts
from rehab.flows import exercise_card, session, session_end
from rehab.flows.turn import Turn, menu
from rehab.flows.types import Handled
from rehab.models import CareTask, ExerciseRecord, ExerciseState, TaskKind, TaskState
from rehab.services import care_tasks, plans, versions
from rehab.services.prompts import Choice

LIST = "exercises"
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
    task = session.task_of(turn, task_id)
    if task is None:
        return Handled(turn.text("tap.unknown"))
    if task.local_on != turn.today:
        return session.past_day(turn)
    if value == "later":
        return _remind_later(turn, task)
    if value == "all_done":
        care_tasks.record_all_done(task, now=turn.now)
        session_end.summary(turn, task)
        return Handled()
    return session.begin(turn, task)


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
    if turn.day == 0:
        return turn.text("exercises.heading_surgery_day")
    key = "exercises.heading_later" if later else "exercises.heading"
    return turn.text(key, day=turn.day)


def _listing(turn: Turn, records: list[ExerciseRecord]) -> list[str]:
    return [
        f"{place}. {exercise_card.name(turn, record.exercise_id)}\n"
        f"    {exercise_card.dose(turn, record)}{_mark(record)}"
        for place, record in enumerate(records, start=1)
    ]


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
