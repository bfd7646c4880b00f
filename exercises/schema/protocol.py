"""A staged protocol: stages with criteria, precautions, milestones, and what it refers to."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from exercises.schema.base import (
    Anchor,
    Content,
    ContentId,
    ExerciseId,
    SignOff,
    Sources,
    Text,
    Version,
)
from exercises.schema.exercise import Dose

MOST_EXERCISES = 8
"""Exercises of one day's session, at most. Project proposal: nobody does a longer list daily."""


class Precaution(Content):
    """Something the patient must not do for a while: shown, and checked against exercises."""

    id: ContentId
    text: Text
    anchor: Anchor = "surgery"
    from_day: int = 0
    to_day: int
    forbids_tags: frozenset[ContentId] = frozenset()
    surgeons_differ: str = ""
    """For staff: the range of practice. A precaution with this text may be shortened, lengthened or
    switched off by a surgeon's preference or for one patient; without it only lengthened."""
    sources: Sources


class PlannedExercise(Content):
    """An exercise inside a stage. `from_day`/`to_day` narrow it within the stage."""

    exercise: ExerciseId
    dose: Dose | None = None
    """The stage's own dose; without it the library's dose applies."""
    steps: tuple[Dose, ...] = ()
    """Harder doses in order: where the pain rule leads from `dose` when all goes well."""
    group: Literal["a", "b", "c"] | None = None
    """Exercises of different groups take turns day by day; without a group it is every day's."""
    from_day: int | None = None
    to_day: int | None = None

    def is_open(self, day: int) -> bool:
        """Say whether the day lies in the window; both ends count, and None leaves an end open."""
        return (self.from_day is None or day >= self.from_day) and (
            self.to_day is None or day <= self.to_day
        )

    def is_on_weekday(self, weekday: int) -> bool:
        """Say whether it is done on this day of the stage's week, 0 to 6."""
        times = self.dose.days_a_week if self.dose else None
        if times is None or self.group is not None:
            return True
        # The first day of the week is always one of them: 3 of 7 are days 0, 3 and 5.
        return (weekday * times) % 7 < times


class Criterion(Content):
    """One exit criterion of a stage in words, and the measure that decides it if there is one.

    Without a measure a clinician confirms it. With `days`, every fact of so many last days must fit.
    """

    id: ContentId
    text: Text
    measure: ContentId | None = None
    at_least: float | None = None
    at_most: float | None = None
    is_one_of: tuple[ContentId, ...] = ()
    days: int = Field(1, ge=1, le=14)
    sources: Sources

    @model_validator(mode="after")
    def _measure_and_test_belong_together(self) -> Criterion:
        tested = self.at_least is not None or self.at_most is not None or bool(self.is_one_of)
        if tested != (self.measure is not None):
            raise ValueError("a measure needs at_least, at_most or is_one_of, and they need it")
        return self


class RarerFrom(Content):
    """From this day after surgery on, a check-in only every so many days."""

    day: int
    every_days: int = Field(ge=1, le=31)


class Stage(Content):
    """One stage of a protocol. `entry` says whether the calendar or a clinician opens it."""

    id: Annotated[str, Field(pattern=r"^P\d$")]
    name: Text
    from_day: int
    to_day: int
    entry: Literal["calendar", "clinician"] = "clinician"
    low_risk: bool = False
    """A clinic may let the system open this stage by itself once the criteria before it are met."""
    weight_bearing: Text
    aim: Text
    check_in_every_days: int = Field(1, ge=1, le=31)
    check_ins_rarer: tuple[RarerFrom, ...] = ()
    """For a stage longer than one rhythm: later days, each with a longer interval than before."""
    exercises: tuple[PlannedExercise, ...] = Field(min_length=1)
    exit_criteria: tuple[Criterion, ...] = ()
    sources: Sources

    @model_validator(mode="after")
    def _check_ins_only_get_rarer(self) -> Stage:
        days = [one.day for one in self.check_ins_rarer]
        intervals = [self.check_in_every_days, *(one.every_days for one in self.check_ins_rarer)]
        if days != sorted(set(days)) or intervals != sorted(set(intervals)):
            raise ValueError("check_ins_rarer goes up, in its days and in its intervals")
        return self

    def check_in_interval(self, day: int) -> int:
        """Return every how many days this stage asks for a check-in on this day after surgery."""
        begun = [one.every_days for one in self.check_ins_rarer if day >= one.day]
        return begun[-1] if begun else self.check_in_every_days

    def exercises_on(self, day: int) -> tuple[PlannedExercise, ...]:
        """Return what the stage plans for this day after surgery, in its order.

        A patient held past the stage's end gets what its last day has open, one let in early what
        its first has. Groups take turns from day to day; `days_a_week` spreads over seven days.
        """
        within = min(max(day, self.from_day), self.to_day)
        open_now = [planned for planned in self.exercises if planned.is_open(within)]
        groups = sorted({planned.group for planned in open_now if planned.group})
        turn = groups[(day - self.from_day) % len(groups)] if groups else None
        weekday = (day - self.from_day) % 7
        return tuple(
            planned
            for planned in open_now
            if planned.group in (None, turn) and planned.is_on_weekday(weekday)
        )


class Milestone(Content):
    """Something to look forward to. `from_day`/`to_day` are typical, never promised."""

    id: ContentId
    text: Text
    anchor: Anchor = "surgery"
    from_day: int
    to_day: int
    sources: Sources


class Protocol(Content):
    """A staged rehabilitation protocol for one procedure and variant. Immutable once published."""

    id: ContentId
    procedure: ContentId
    variant: ContentId
    is_default: bool = False
    """The variant a new patient gets when nobody names one."""
    title: Text
    version: Version
    sign_off: SignOff = SignOff()
    sources: Sources
    questionnaire: ContentId
    """The regular check-in."""
    warning_signs: ContentId = "warning-signs"
    """The questionnaire of warning signs a patient can report at any time."""
    rules: ContentId
    education: ContentId | None = None
    """The set of education cards."""
    stay_days: int = Field(0, ge=0, le=30)
    """Typical nights in hospital: stands in for the discharge until it is recorded."""
    precautions: tuple[Precaution, ...]
    stages: tuple[Stage, ...] = Field(min_length=1)
    milestones: tuple[Milestone, ...] = ()

    def stage(self, stage_id: str) -> Stage:
        """Return the stage with this id. Raises KeyError."""
        for stage in self.stages:
            if stage.id == stage_id:
                return stage
        raise KeyError(stage_id)
