"""One exercise of the library: what to do, how much, what is too much, and the sources."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from exercises.schema.base import Content, ContentId, ExerciseId, SignOff, Sources, Text


class Dose(Content):
    """How much of an exercise: any of the fields that apply. Seconds, minutes and whole counts."""

    sets: int | None = Field(None, ge=1, le=10)
    reps: int | None = Field(None, ge=1, le=60)
    hold_seconds: int | None = Field(None, ge=1, le=120)
    rest_seconds: int | None = Field(None, ge=1, le=300)
    minutes: int | None = Field(None, ge=1, le=60)
    times_a_day: int | None = Field(None, ge=1, le=12)
    days_a_week: int | None = Field(None, ge=1, le=7)

    @model_validator(mode="after")
    def _says_something(self) -> Dose:
        if self.reps is None and self.minutes is None and self.hold_seconds is None:
            raise ValueError("a dose needs reps, minutes or hold_seconds")
        return self


def _in_order(limits: tuple[int, int]) -> tuple[int, int]:
    if not 1 <= limits[0] <= limits[1]:
        raise ValueError("two whole numbers from 1 up, the least and the most, in this order")
    return limits


Limits = Annotated[tuple[int, int], AfterValidator(_in_order)]


class DoseLimits(Content):
    """The least and the most of each field of a dose that this exercise may be prescribed with."""

    sets: Limits | None = None
    reps: Limits | None = None
    hold_seconds: Limits | None = None
    rest_seconds: Limits | None = None
    minutes: Limits | None = None
    times_a_day: Limits | None = None
    days_a_week: Limits | None = None

    def broken_by(self, dose: Dose) -> Iterator[tuple[str, int, Limits | None]]:
        """Yield each field outside its limits: its name, its value, the limits (None: not used)."""
        for field in type(self).model_fields:
            value, limits = getattr(dose, field), getattr(self, field)
            if value is not None and not (limits and limits[0] <= value <= limits[1]):
                yield field, value, limits


class Exercise(Content):
    """One exercise of the library, in words a 12-year-old can follow."""

    id: ExerciseId
    name: Text
    instruction: Text
    stop_signs: Text
    target: Text
    caution: str = ""
    side: Literal["operated", "both", "none"] = "operated"
    equipment: tuple[str, ...] = ()
    tags: frozenset[ContentId] = frozenset()
    """What precautions look at: `impact`, `loading`, `hip-flexion-over-90`, `resisted` …"""
    easier: ExerciseId | None = None
    harder: ExerciseId | None = None
    dose: Dose
    dose_limits: DoseLimits | None = None
    """Every exercise of the library has them. None is for one published before limits existed: an
    episode that pinned it must stay readable."""
    sources: Sources
    sign_off: SignOff = SignOff()
