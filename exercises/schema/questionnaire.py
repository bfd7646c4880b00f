"""Questions a patient is asked: the regular check-in and the list of warning signs."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from exercises.schema.base import Content, ContentId, SignOff, Sources, Text, Version


class Option(Content):
    """One possible answer. `value` is stored, `label` is shown."""

    value: ContentId
    label: Annotated[str, Field(min_length=1, max_length=60)]
    emoji: str = ""


class Question(Content):
    """One question of a questionnaire. Asked only from `from_day` to `to_day`."""

    id: ContentId
    kind: Literal["scale", "choice", "temperature"]
    """`scale`: a whole number; `choice`: one option; `temperature`: an option or typed °C."""
    text: Text
    short: Annotated[str, Field(min_length=1, max_length=40)]
    """The question's name in a summary and on the dashboard."""
    options: tuple[Option, ...] = ()
    minimum: int = 0
    maximum: int = 10
    low_label: str = ""
    high_label: str = ""
    from_day: int | None = None
    to_day: int | None = None

    @model_validator(mode="after")
    def _options_fit_the_kind(self) -> Question:
        if self.kind == "choice" and len(self.options) < 2:
            raise ValueError("a choice question needs at least two options")
        if self.kind == "scale" and self.options:
            raise ValueError("a scale question has no options, only minimum and maximum")
        return self


class Questionnaire(Content):
    """An ordered set of questions. `kind` tells the daily check-in, the list of warning signs and the
    questions asked with a photo of the wound apart."""

    id: ContentId
    kind: Literal["check-in", "warning-signs", "wound-photo"]
    title: Text
    version: Version
    sign_off: SignOff = SignOff()
    sources: Sources
    questions: tuple[Question, ...] = Field(min_length=1)

    def question(self, question_id: str) -> Question:
        """Return the question with this id. Raises KeyError."""
        for question in self.questions:
            if question.id == question_id:
                return question
        raise KeyError(question_id)
