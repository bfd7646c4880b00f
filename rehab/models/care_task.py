"""Care tasks: what a patient is asked to do on one local date, made ahead as rows with a UTC due time."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import JSON, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from rehab.db import Model, UtcDateTime
from rehab.models.episode import Episode


class TaskKind(StrEnum):
    EXERCISES = "exercises"
    CHECK_IN = "check_in"
    EDUCATION = "education"
    PROGRESS = "progress"
    """The weekly picture."""


class TaskState(StrEnum):
    """planned → prompted → done, missed or excused; cancelled when the plan no longer wants it."""

    PLANNED = "planned"
    PROMPTED = "prompted"
    DONE = "done"
    MISSED = "missed"
    EXCUSED = "excused"
    CANCELLED = "cancelled"


class CareTask(Model):
    """One thing on one local date. There is exactly one per episode, kind and date."""

    __tablename__ = "care_task"
    __table_args__ = (
        UniqueConstraint("episode_id", "kind", "local_on"),
        Index("ix_care_task_state_look_after", "state", "look_after"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    episode_id: Mapped[int] = mapped_column(ForeignKey("episode.id"))
    kind: Mapped[str]
    local_on: Mapped[date]
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    look_after: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Earliest moment the planner must look at it again: to prompt, nudge or call it missed."""
    state: Mapped[str] = mapped_column(default=TaskState.PLANNED)
    nudges: Mapped[int] = mapped_column(default=0)
    prompted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    pain_before: Mapped[int | None]
    """Of a guided session: pain 0-10 before the first exercise."""
    pain_after: Mapped[int | None]
    episode: Mapped[Episode] = relationship()
    exercises: Mapped[list[ExerciseRecord]] = relationship(
        back_populates="task", order_by="ExerciseRecord.position"
    )


class ExerciseState(StrEnum):
    ASKED = "asked"
    DONE = "done"
    TOO_PAINFUL = "too_painful"
    NOT_TODAY = "not_today"


class ExerciseRecord(Model):
    """One exercise of one day, with the dose as it was asked and what the patient said."""

    __tablename__ = "exercise_record"
    __table_args__ = (UniqueConstraint("care_task_id", "exercise_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    care_task_id: Mapped[int] = mapped_column(ForeignKey("care_task.id"))
    position: Mapped[int]
    exercise_id: Mapped[str]
    dose: Mapped[str]
    """The dose in English words as it was asked."""
    dose_fields: Mapped[dict[str, int] | None] = mapped_column(JSON)
    """The same as numbers, so that it can be said in any language; None before it was kept."""
    state: Mapped[str] = mapped_column(default=ExerciseState.ASKED)
    recorded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    task: Mapped[CareTask] = relationship(back_populates="exercises")
