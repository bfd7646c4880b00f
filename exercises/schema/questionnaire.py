"""Questions a patient is asked: the regular check-in and the list of warning signs."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from exercises.schema.base import Content, ContentId, SignOff, Sources, Text, Version

MOST_QUESTIONS = 7
"""Taps of one check-in. Proposal built on published text programmes, see the questionnaires."""


class Option(Content):
    """One possible answer. `value` is stored, `label` is shown."""

    value: ContentId
    label: Annotated[str, Field(min_length=1, max_length=60)]
    emoji: str = ""
    excludes_others: bool = False
    """Of a question with several answers: this one stands alone, as in "none of these"."""


class AskIf(Content):
    """Asked only when an earlier question was answered so: one of these options, or a number."""

    question: ContentId
    is_one_of: tuple[ContentId, ...] = ()
    at_least: float | None = None
    below: float | None = None

    @model_validator(mode="after")
    def _one_test(self) -> AskIf:
        has_number = self.at_least is not None or self.below is not None
        if bool(self.is_one_of) == has_number:
            raise ValueError("ask_if has exactly one test: is_one_of, or at_least/below")
        return self


WITH_OPTIONS = frozenset({"choice", "several", "yes_no"})
"""Kinds whose answer is an option (or several), and never a number."""


class Question(Content):
    """One question of a questionnaire. Asked only from `from_day` to `to_day`."""

    id: ContentId
    kind: Literal["scale", "choice", "yes_no", "several", "number", "temperature"]
    """`scale`: a whole number; `choice`: one option; `yes_no`: yes or no; `several`: any number of
    options; `number`: an option or a number in `unit`; `temperature`: an option or typed °C."""
    text: Text
    short: Annotated[str, Field(min_length=1, max_length=40)]
    """The question's name in a summary and on the dashboard."""
    options: tuple[Option, ...] = ()
    unit: Literal["", "degrees", "minutes", "count", "cm"] = ""
    minimum: int = 0
    maximum: int = 10
    quick: tuple[int, ...] = ()
    """Of a number: the numbers that are buttons; any other may be typed."""
    low_label: str = ""
    high_label: str = ""
    picture: Literal["", "wound", "walking-aid", "knee-bend"] = ""
    """The drawing of the options, lettered as the buttons are."""
    from_day: int | None = None
    to_day: int | None = None
    every_days: int | None = Field(None, ge=2, le=31)
    """Asked again only so many days after its last answer."""
    gives_way: bool = False
    """Left out of a check-in that would be longer than MOST_QUESTIONS."""
    ask_if: AskIf | None = None

    @model_validator(mode="after")
    def _options_fit_the_kind(self) -> Question:
        values = [option.value for option in self.options]
        if self.kind in ("choice", "several") and len(values) < 2:
            raise ValueError(f"a {self.kind} question needs at least two options")
        if self.kind == "yes_no" and sorted(values) != ["no", "yes"]:
            raise ValueError('a yes_no question has the options "yes" and "no"')
        if self.kind == "scale" and self.options:
            raise ValueError("a scale question has no options, only minimum and maximum")
        if self.kind != "several" and any(option.excludes_others for option in self.options):
            raise ValueError("excludes_others belongs to a question with several answers")
        return self

    @model_validator(mode="after")
    def _a_number_has_a_unit_and_bounds(self) -> Question:
        if self.kind != "number":
            if self.unit or self.quick:
                raise ValueError("unit and quick belong to a number question")
            return self
        if not self.unit or not {"minimum", "maximum"} <= self.model_fields_set:
            raise ValueError("a number question needs a unit, a minimum and a maximum")
        if not all(self.minimum <= number <= self.maximum for number in self.quick):
            raise ValueError("the quick numbers lie between minimum and maximum")
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
