"""The picture of the last weeks in the chat: once a week by itself, and whenever it is asked for."""

from __future__ import annotations

from rehab import texts
from rehab.flows.turn import Turn, menu
from rehab.models import CareTask, TaskState
from rehab.services import progress
from rehab.services.progress import Progress


def show(turn: Turn) -> None:
    """What /progress shows."""
    found = progress.of(turn.session, turn.context, episode=turn.episode, until=turn.today)
    if not (_is_after_surgery(found) and _has_answers(turn)):
        turn.say(
            "progress_none", turn.text("progress.none"), rows=menu(turn, "checkin", "warning")
        )
        return
    _say(turn, found, turn.text("progress.days", day=found.day))


def send_due(turn: Turn, task: CareTask) -> None:
    """Send the week's picture; a week without an answer has none, and the task is dropped."""
    found = progress.of(turn.session, turn.context, episode=turn.episode, until=task.local_on)
    if not (progress.is_day(found.day) and _has_answers(turn)):
        task.state, task.look_after = TaskState.CANCELLED, None
        return
    _say(turn, found, turn.text("progress.week", week=found.week))
    task.prompted_at = task.done_at = turn.now
    task.state, task.look_after = TaskState.DONE, None


def caption(turn: Turn, found: Progress, heading: str) -> str:
    """The picture in words: what happened, honestly, and what to do when it got worse."""
    facts = [heading, *_facts(turn, found)]
    return "\n\n".join(["\n".join(facts), *_advice(turn, found), turn.text("progress.legend")])


def _say(turn: Turn, found: Progress, heading: str) -> None:
    is_hard = found.is_above or _change(found) > 0
    items = ("warning", "today") if is_hard else ("today", "warning")
    turn.say(
        "progress_picture",
        caption(turn, found, heading),
        rows=menu(turn, *items),
        media=progress.medium(turn.episode, found),
    )


def _facts(turn: Turn, found: Progress) -> list[str]:
    pain = [f"{value:g}" for value in found.pain]
    if len(pain) > 1:
        lines = [turn.text("progress.pain", first=pain[0], last=pain[-1])]
    elif pain:
        lines = [turn.text("progress.pain_once", last=pain[0])]
    else:
        # Weeks in which nobody was asked are no silence of the patient's.
        lines = [turn.text("progress.pain_none")] if found.has_silent_days else []
    done, listed = found.exercise_days
    if listed:
        lines.append(turn.text("progress.exercises", done=done, days=listed))
    for name in found.new_stages:
        stage = texts.content_text(name, turn.language)
        lines.append(turn.text("progress.stage", stage=stage))
    return lines


def _advice(turn: Turn, found: Progress) -> list[str]:
    lines = []
    change = _change(found)
    if found.is_above:
        lines.append(turn.text("progress.above"))
    elif change > 0:
        lines.append(turn.text("progress.worse"))
    elif len(found.pain) > 1:
        lines.append(turn.text("progress.better" if change < 0 else "progress.same"))
    if found.has_silent_days:
        lines.append(turn.text("progress.gaps"))
    return lines


def _change(found: Progress) -> float:
    return found.pain[-1] - found.pain[0] if found.pain else 0.0


def _is_after_surgery(found: Progress) -> bool:
    return found.day > 0


def _has_answers(turn: Turn) -> bool:
    return progress.has_answers(turn.session, episode_id=turn.episode.id, until=turn.today)
