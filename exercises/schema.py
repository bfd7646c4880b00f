"""The shape of clinical content: what a content file may say, and nothing else.

Every model is frozen and refuses unknown keys, so a spelling mistake in a TOML file is an error
with a place, never a silently ignored line. Days are whole days after surgery (day 0 is the day
of surgery, negative days come before it). Temperatures are in degrees Celsius, pain is 0-10.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from itertools import product
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    field_validator,
    model_validator,
)

ContentId = Annotated[str, Field(pattern=r"^[a-z0-9]+(?:[-_][a-z0-9]+)*$")]
ExerciseId = Annotated[str, Field(pattern=r"^EX\d{2}$")]
RuleId = Annotated[str, Field(pattern=r"^RF\d{2}(?:\.[a-z0-9]+(?:-[a-z0-9]+)*)?$")]
Text = Annotated[str, Field(min_length=1, max_length=2000)]
Source = Annotated[str, Field(min_length=1)]
Sources = Annotated[tuple[Source, ...], Field(min_length=1)]


class Tier(StrEnum):
    """How soon a person must act. Order matters: the first is the most urgent."""

    EMERGENCY = "T0"
    SAME_DAY = "T1"
    SOON = "T2"
    ROUTINE = "T3"

    @property
    def rank(self) -> int:
        """0 for the most urgent tier."""
        return list(Tier).index(self)


class Content(BaseModel):
    """A piece of content: immutable, and strict about its keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class SignOff(Content):
    """Who has checked a piece of content. `proposal` means nobody yet: a clinic must decide."""

    state: Literal["proposal", "signed"] = "proposal"
    by: str = ""
    on: str = ""

    @model_validator(mode="after")
    def _signed_needs_a_name(self) -> SignOff:
        if self.state == "signed" and not (self.by and self.on):
            raise ValueError("a signed content file names who signed it (by) and when (on)")
        return self


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
    sources: Sources
    sign_off: SignOff = SignOff()


class Precaution(Content):
    """Something the patient must not do for a while: shown, and checked against exercises."""

    id: ContentId
    text: Text
    from_day: int = 0
    to_day: int
    forbids_tags: frozenset[ContentId] = frozenset()
    sources: Sources


class PlannedExercise(Content):
    """An exercise inside a stage. `from_day`/`to_day` narrow it within the stage."""

    exercise: ExerciseId
    dose: Dose | None = None
    """The stage's own dose; without it the library's dose applies."""
    from_day: int | None = None
    to_day: int | None = None


class Criterion(Content):
    """One exit criterion of a stage in words, and the measure that decides it if there is one."""

    id: ContentId
    text: Text
    measure: ContentId | None = None
    at_least: float | None = None
    at_most: float | None = None
    sources: Sources


class Stage(Content):
    """One stage of a protocol. `entry` says whether the calendar or a clinician opens it."""

    id: Annotated[str, Field(pattern=r"^P\d$")]
    name: Text
    from_day: int
    to_day: int
    entry: Literal["calendar", "clinician"] = "clinician"
    weight_bearing: Text
    aim: Text
    check_in_every_days: int = Field(1, ge=1, le=31)
    exercises: tuple[PlannedExercise, ...] = Field(min_length=1)
    exit_criteria: tuple[Criterion, ...] = ()
    sources: Sources


class Milestone(Content):
    """Something to look forward to. `from_day`/`to_day` are typical, never promised."""

    id: ContentId
    text: Text
    from_day: int
    to_day: int
    sources: Sources


class Protocol(Content):
    """A staged rehabilitation protocol for one procedure and variant. Immutable once published."""

    id: ContentId
    procedure: ContentId
    variant: ContentId
    title: Text
    version: Annotated[str, Field(pattern=r"^\d+\.\d+\.\d+$")]
    sign_off: SignOff = SignOff()
    sources: Sources
    questionnaire: ContentId
    """The regular check-in."""
    warning_signs: ContentId = "warning-signs"
    """The questionnaire of warning signs a patient can report at any time."""
    rules: ContentId
    precautions: tuple[Precaution, ...]
    stages: tuple[Stage, ...] = Field(min_length=1)
    milestones: tuple[Milestone, ...] = ()

    def stage(self, stage_id: str) -> Stage:
        """Return the stage with this id. Raises KeyError."""
        for stage in self.stages:
            if stage.id == stage_id:
                return stage
        raise KeyError(stage_id)


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
    """An ordered set of questions. `kind` tells the daily check-in from the warning-sign list."""

    id: ContentId
    kind: Literal["check-in", "warning-signs"]
    title: Text
    version: Annotated[str, Field(pattern=r"^\d+\.\d+\.\d+$")]
    sign_off: SignOff = SignOff()
    sources: Sources
    questions: tuple[Question, ...] = Field(min_length=1)

    def question(self, question_id: str) -> Question:
        """Return the question with this id. Raises KeyError."""
        for question in self.questions:
            if question.id == question_id:
                return question
        raise KeyError(question_id)


class Condition(Content):
    """One condition over the answers. Exactly one test; all conditions of a rule must hold.

    `is_one_of`  the answer to `question` is one of these option values
    `at_least`   the number answered to `question` is at least this
    `below`      the number answered to `question` is below this
    `days_in_a_row`  with one of the tests above: it also held on the check-ins of the days before,
                 this many days in a row counting today (a day without an answer breaks the row)
    `times_in_hours`  with `times`: it held at least `times` times within so many hours
    `rise_over_mean`  the number is at least this much above the patient's own mean of the
                 `mean_of_days` previous days (needs at least two earlier answers)
    `after_days_of`   the answers of the last `after_days` answered days were all one of these
    """

    question: ContentId
    is_one_of: tuple[ContentId, ...] = ()
    at_least: float | None = None
    below: float | None = None
    days_in_a_row: int | None = Field(None, ge=2, le=14)
    times: int | None = Field(None, ge=2, le=14)
    times_in_hours: int | None = Field(None, ge=1, le=336)
    rise_over_mean: float | None = None
    mean_of_days: int | None = Field(None, ge=2, le=14)
    after_days_of: tuple[ContentId, ...] = ()
    after_days: int | None = Field(None, ge=1, le=14)

    @model_validator(mode="after")
    def _one_complete_test(self) -> Condition:
        tests = [
            bool(self.is_one_of),
            self.at_least is not None or self.below is not None,
            self.rise_over_mean is not None,
            bool(self.after_days_of),
        ]
        if sum(tests) != 1:
            raise ValueError(
                "a condition has exactly one test: is_one_of, at_least/below, rise_over_mean "
                "or after_days_of"
            )
        pairs = (
            (self.times, self.times_in_hours, "times and times_in_hours"),
            (self.rise_over_mean, self.mean_of_days, "rise_over_mean and mean_of_days"),
            (self.after_days_of or None, self.after_days, "after_days_of and after_days"),
        )
        for left, right, names in pairs:
            if (left is None) != (right is None):
                raise ValueError(f"{names} belong together")
        return self


class Rule(Content):
    """A red-flag rule: when all conditions hold within its window of days, a person must act.

    `any_words` names word lists (see `WordList`) whose match in a free text fires the rule too.
    `silence_hours` makes it a silence rule: nothing heard from the patient for so long.
    """

    id: RuleId
    title: Text
    tier: Tier
    reason: Text
    """The reason in words for staff, e.g. "calf swelling or pain"."""
    wording: ContentId
    """The fixed text the patient sees."""
    from_day: int | None = None
    to_day: int | None = None
    when: tuple[Condition, ...] = ()
    any_words: tuple[ContentId, ...] = ()
    silence_hours: int | None = Field(None, ge=1, le=2000)
    stops_loading: bool = False
    """Loading exercises are left out of the plan until a clinician clears the alert."""
    sources: Sources
    sign_off: SignOff = SignOff()

    @model_validator(mode="after")
    def _can_fire(self) -> Rule:
        if not (self.when or self.any_words or self.silence_hours):
            raise ValueError(
                "a rule needs `when`, `any_words` or `silence_hours`, or it can never fire"
            )
        return self


class Wording(Content):
    """A fixed, clinician-owned text. `{emergency_number}` and `{clinic_phone}` are filled in."""

    id: ContentId
    text: Text
    sources: Sources
    sign_off: SignOff = SignOff()


def _complete_phrase(phrase: str) -> str:
    if not all(word.strip() for part in phrase.split("+") for word in part.split("|")):
        raise ValueError("words on both sides of each + and each |")
    return phrase


Phrase = Annotated[str, Field(min_length=1), AfterValidator(_complete_phrase)]


class WordList(Content):
    """Danger words for free text, per language code. Matching only ever raises, never clears.

    A plus means that all parts occur, in any order: `calf + swollen`. A file may write alternatives
    with a bar, `calf | calves + swollen | hot`; here they are already spelled out, one phrase each.
    """

    id: ContentId
    words: dict[str, tuple[Phrase, ...]]

    @field_validator("words")
    @classmethod
    def _spell_out_alternatives(
        cls, words: dict[str, tuple[str, ...]]
    ) -> dict[str, tuple[str, ...]]:
        return {
            language: tuple(dict.fromkeys(one for phrase in phrases for one in _each(phrase)))
            for language, phrases in words.items()
        }


def _each(phrase: str) -> Iterator[str]:
    parts = ([word.strip() for word in part.split("|")] for part in phrase.split("+"))
    return (" + ".join(choice) for choice in product(*parts))


class RuleSet(Content):
    """The red-flag rules of one or more procedures, with their wordings and word lists."""

    id: ContentId
    version: Annotated[str, Field(pattern=r"^\d+\.\d+\.\d+$")]
    title: Text
    sign_off: SignOff = SignOff()
    sources: Sources
    wordings: tuple[Wording, ...]
    rules: tuple[Rule, ...] = Field(min_length=1)
    word_lists: tuple[WordList, ...] = ()

    def rule(self, rule_id: str) -> Rule:
        """Return the rule with this id. Raises KeyError."""
        for rule in self.rules:
            if rule.id == rule_id:
                return rule
        raise KeyError(rule_id)

    def wording(self, wording_id: str) -> Wording:
        """Return the wording with this id. Raises KeyError."""
        for wording in self.wordings:
            if wording.id == wording_id:
                return wording
        raise KeyError(wording_id)
