"""One exercise as it is shown: its picture, name, dose and instruction, and what may be answered."""

from __future__ import annotations

from collections.abc import Iterable

from exercises.schema import Exercise
from rehab import texts
from rehab.flows.turn import Turn
from rehab.models import ExerciseRecord, ExerciseState, OutboxMessage, Prompt
from rehab.services import care_tasks, media, versions
from rehab.services.outbox import LONGEST_CAPTION, Media, units
from rehab.services.prompts import Choice

ONE = "exercise"
TIMER = "timer"
ANSWERS = {
    ExerciseState.DONE: "exercises.done",
    ExerciseState.TOO_PAINFUL: "exercises.hurts",
    ExerciseState.NOT_TODAY: "exercises.not_today",
}


def name(turn: Turn, exercise_id: str) -> str:
    """The name, and the side where it matters: "Heel slides (left side)"."""
    exercise = _exercise(turn, exercise_id)
    return f"{texts.content_text(exercise.name, turn.language)}{_side(turn, exercise)}"


def dose(turn: Turn, record: ExerciseRecord) -> str:
    """The dose as it was asked that day, in the patient's language."""
    return care_tasks.asked_dose_text(record, turn.language)


def show(turn: Turn, record: ExerciseRecord) -> None:
    """One message with the moving picture; two when the words are too many for a caption."""
    picture = media.of_exercise(record.exercise_id, turn.episode.side)
    head, rest = _head(turn, record), _rest(turn, record)
    if picture is not None and not _fits(head, rest):
        turn.say("exercise_picture", _lines(head), part=str(record.id), media=picture)
        head, picture = [], None
    turn.say(
        "exercise_one",
        _lines(head, rest),
        part=str(record.id),
        rows=_rows(turn, record),
        prompt_kind=ONE,
        subject={"record": record.id},
        media=picture,
    )


def mark_answered(turn: Turn, record: ExerciseRecord, prompt: Prompt, label: str) -> None:
    """Show the answer on the exercise itself; its buttons stay, for corrections."""
    original = prompt.outbox_id and turn.session.get(OutboxMessage, prompt.outbox_id)
    if not original:
        return
    whole = _lines(_head(turn, record), _rest(turn, record), [f"✓ {label}"])
    short = _lines(_head(turn, record), [f"✓ {label}"])
    is_caption = original.media_key is not None
    turn.say(
        "exercise_answered",
        short if is_caption and units(whole) > LONGEST_CAPTION else whole,
        part=str(record.id),
        rows=_rows(turn, record),
        prompt_kind=ONE,
        subject=prompt.subject,
        edits_id=original.id,
        relevance={"shown_original": original.id},
    )


def show_timer(turn: Turn, record: ExerciseRecord) -> bool:
    """A ring that fills while the patient holds. False when this exercise is not held."""
    timer = _timer(record)
    if timer is None:
        return False
    words = turn.text("session.timer_text", exercise=name(turn, record.exercise_id))
    turn.say("exercise_timer", words, part=str(record.id), media=timer)
    return True


def _exercise(turn: Turn, exercise_id: str) -> Exercise:
    return versions.library_of(turn.session, turn.context, turn.episode)[exercise_id]


def easier_id(turn: Turn, record: ExerciseRecord) -> str | None:
    """The library's easier exercise, whether or not the plan allows it."""
    return _exercise(turn, record.exercise_id).easier


def _head(turn: Turn, record: ExerciseRecord) -> list[str]:
    place = record.task.exercises.index(record) + 1
    return [
        turn.text("exercises.place", n=place, total=len(record.task.exercises)),
        name(turn, record.exercise_id),
        dose(turn, record),
    ]


def _rest(turn: Turn, record: ExerciseRecord) -> list[str]:
    exercise, language = _exercise(turn, record.exercise_id), turn.language
    lines = [
        texts.content_text(exercise.instruction, language),
        "",
        f"🛑 {texts.content_text(exercise.stop_signs, language)}",
    ]
    if exercise.caution:
        lines.append(f"⚠️ {texts.content_text(exercise.caution, language)}")
    return lines


def _lines(*blocks: Iterable[str]) -> str:
    """Blocks of lines with an empty line between them."""
    return "\n\n".join("\n".join(block) for block in blocks if block)


def _fits(*blocks: list[str]) -> bool:
    return units(_lines(*blocks)) <= LONGEST_CAPTION


def _rows(turn: Turn, record: ExerciseRecord) -> list[list[Choice]]:
    done, hurts, not_today = (Choice(value, turn.text(key)) for value, key in ANSWERS.items())
    rows = [[done], [hurts, not_today]]
    if _timer(record) is not None:
        rows.append([Choice(TIMER, turn.text("session.timer"))])
    return rows


def _timer(record: ExerciseRecord) -> Media | None:
    asked = care_tasks.dose_of(record)
    return media.of_timer(asked) if asked else None


def _side(turn: Turn, exercise: Exercise) -> str:
    if exercise.side != "operated" or turn.episode.side == "both":
        return ""
    return f" ({turn.text('side.' + turn.episode.side)})"
