"""What a patient does in a guided session, and what must be known about it afterwards."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from rehab.flows.types import EventKind, Handled
from rehab.models import (
    CareTask,
    Episode,
    ExerciseRecord,
    OutboxMessage,
    Patient,
    Prompt,
    TaskKind,
)
from tests.support.build import Chat, Clinic

LANGUAGES = ["en", "hi", "mr"]
EASY, HIGH = "2", "7"


def speak(clinic: Clinic, language: str) -> None:
    with clinic.session() as session:
        session.get_one(Patient, 1).language = language


def at_stage(clinic: Clinic, stage: str, day: int) -> None:
    with clinic.session() as session:
        found = session.get_one(Episode, clinic.asha)
        found.stage_id, found.surgery_on = stage, clinic.today - timedelta(days=day)


def task(asha: Chat) -> CareTask:
    found = asha.clinic.one(select(CareTask).where(CareTask.kind == TaskKind.EXERCISES))
    assert isinstance(found, CareTask)
    return found


def records(asha: Chat) -> list[ExerciseRecord]:
    query = select(ExerciseRecord).order_by(ExerciseRecord.care_task_id, ExerciseRecord.position)
    return asha.clinic.read(query)


def states(asha: Chat) -> list[str]:
    return [record.state for record in records(asha)]


def started(asha: Chat, pain: str = EASY) -> int:
    """Into the session up to the first exercise; how many there are."""
    asha.command("today")
    asha.taps("start", kind="exercises")
    asha.taps(pain, kind="session_pain")
    return len(records(asha))


def answer_all(asha: Chat, value: str = "done") -> None:
    for _ in records(asha):
        asha.taps(value, kind="exercise")


def press(asha: Chat, prompt: Prompt, value: str) -> Handled:
    """Tap a button of an earlier message."""
    return asha.does(EventKind.TAP, token=prompt.token, choice=prompt.choices.index(value))


def prompts(asha: Chat, kind: str) -> list[Prompt]:
    return asha.clinic.read(select(Prompt).where(Prompt.kind == kind).order_by(Prompt.id))


def shown(asha: Chat, kind: str) -> OutboxMessage:
    (message,) = [one for one in asha.fresh if one.kind == kind]
    return message


def to_exercise(asha: Chat, exercise_id: str) -> ExerciseRecord:
    """Up to this exercise, everything before it done."""
    started(asha)
    for record in records(asha):
        if record.exercise_id == exercise_id:
            return record
        asha.taps("done", kind="exercise")
    raise AssertionError(f"{exercise_id} is not on today's list")


def an_exercise_with_an_easier_one(asha: Chat, *, tag: str = "") -> tuple[str, str]:
    """Somewhere in the protocol, on a day of its stage: what may be eased, and to what."""
    clinic = asha.clinic
    library = clinic.context.content.exercises
    protocol = clinic.context.content.protocols["hip-resurfacing-standard"]
    for stage in protocol.stages[2:]:
        day = stage.from_day + 14
        today = {planned.exercise for planned in stage.exercises_on(day)}
        for exercise_id in sorted(today):
            easier = library[exercise_id].easier
            if easier and easier not in today and (not tag or tag in library[easier].tags):
                at_stage(clinic, stage.id, day)
                return exercise_id, easier
    raise AssertionError("no stage has an exercise that may be eased")
