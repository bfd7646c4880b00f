"""What can be measured about a recovery, and where the facts come from."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from exercises.schema.base import Content, ContentId, SignOff, Sources, Text, Version


class Measure(Content):
    """Something an exit criterion can be decided by.

    Its facts are the answers to `question` of the check-in, or what a clinician enters, or both.
    """

    id: ContentId
    label: Text
    """For staff, e.g. "Hip flexion"."""
    unit: Literal[
        "degrees", "seconds", "minutes", "km", "count", "percent", "points", "yes-no", ""
    ]
    minimum: float = 0
    maximum: float = 100
    question: ContentId | None = None
    clinician_enters: bool = True
    fresh_days: Annotated[int, Field(ge=1, le=180)]
    """A fact older than this says nothing any more: the criterion is then unknown."""
    sources: Sources

    @model_validator(mode="after")
    def _has_a_source_of_facts(self) -> Measure:
        if self.question is None and not self.clinician_enters:
            raise ValueError("a measure needs a question, or a clinician who enters it")
        if self.minimum >= self.maximum:
            raise ValueError("the minimum must be below the maximum")
        return self


class MeasureSet(Content):
    """All measures the exit criteria of the protocols may use."""

    id: ContentId
    title: Text
    version: Version
    sign_off: SignOff = SignOff()
    sources: Sources
    measures: tuple[Measure, ...] = Field(min_length=1)

    def find(self, measure_id: str) -> Measure | None:
        """Return the measure with this id, if there is one."""
        return next((found for found in self.measures if found.id == measure_id), None)
