"""What is said after a session: how it went, what comes tomorrow, and what much pain asks for."""

from __future__ import annotations

from typing import Literal

from sqlalchemy import select

from rehab import texts
from rehab.clinical import dose_rule, staging
from rehab.flows import exercise_card
from rehab.flows.turn import Turn, menu
from rehab.models import CareTask, ExerciseRecord, ExerciseState
from rehab.services import care_tasks, plans, versions

SHORTEST_ROW = 2
"""One day is no row yet."""
HIGH = {"before": "session.high_before", "after": "session.high_after"}


def summary(turn: Turn, task: CareTask) -> None:
    """So many done, so many days in a row, tomorrow, and something to look forward to."""
    done = sum(record.state == ExerciseState.DONE for record in task.exercises)
    total = len(task.exercises)
    key = "exercises.finished_all" if done == total else "exercises.finished_some"
    lines = [turn.text(key, done=done, total=total), *_row(turn, task), "", *_ahead(turn, task)]
    turn.say(
        "exercises_finished",
        "\n".join(lines).strip(),
        part=str(task.id),
        rows=menu(turn, "checkin", "warning"),
    )


def advise(turn: Turn, task: CareTask, when: Literal["before", "after"]) -> None:
    """What to do with pain of dose_rule.TOO_MUCH or more, in the steps of that rule.

    The rule is applied the next morning: nobody has been told yet, and nothing here says so.
    """
    words = turn.text(
        HIGH[when],
        settled=dose_rule.SETTLED,
        again_from=dose_rule.SETTLED + 1,
        again_to=dose_rule.TOO_MUCH - 1,
        too_much=dose_rule.TOO_MUCH,
    )
    items = ("warning", "today") if when == "before" else ("warning",)
    turn.say("session_advice", words, part=f"{task.id}:{when}", rows=menu(turn, *items))


def _row(turn: Turn, task: CareTask) -> list[str]:
    days = care_tasks.days_in_a_row(turn.session, task=task)
    return [turn.text("session.days_in_a_row", n=days)] if days >= SHORTEST_ROW else []


def _ahead(turn: Turn, task: CareTask) -> list[str]:
    lines = []
    if task.pain_after is None or task.pain_after < dose_rule.TOO_MUCH:
        # After a session that was too much, tomorrow's plan is not settled yet.
        lines.append(_tomorrow(turn))
    protocol = versions.protocol_of(turn.session, turn.context, turn.episode)
    home = plans.discharge_day(turn.episode)
    milestone = staging.milestone_for(protocol, turn.day, home)
    if milestone is not None:
        words = texts.content_text(milestone.text, turn.language)
        lines.append(turn.text("session.milestone", milestone=words))
    return lines


def _tomorrow(turn: Turn) -> str:
    items = plans.on_day(turn.session, turn.context, episode=turn.episode, day=turn.day + 1)
    if not items:
        return turn.text("session.tomorrow_none")
    known = set(
        turn.session.scalars(
            select(ExerciseRecord.exercise_id)
            .join(CareTask, CareTask.id == ExerciseRecord.care_task_id)
            .where(CareTask.episode_id == turn.episode.id)
        )
    )
    new = next((item.exercise_id for item in items if item.exercise_id not in known), None)
    if new is not None:
        return turn.text(
            "session.tomorrow_new", n=len(items), exercise=exercise_card.name(turn, new)
        )
    return turn.text("session.tomorrow", n=len(items))
