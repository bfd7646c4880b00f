"""What makes a rule fire: conditions over answers, scores of several, and expected bands by day."""

from __future__ import annotations

from itertools import pairwise

from pydantic import Field, model_validator

from exercises.schema.base import Content, ContentId, SignOff, Sources, Text


class Condition(Content):
    """One condition over the answers. Exactly one test; all conditions of a rule must hold.

    `is_one_of`  the answer to `question` is (or is among) these option values
    `at_least`   the number answered to `question` is at least this
    `below`      the number answered to `question` is below this
                 (with `is_one_of` beside it: either the number or the option will do, for a
                 question that may be typed or tapped)
    `above_band` the number lies above the upper line of this band on its day (see `Band`)
    `below_band` the number lies below the lower line of this band on its day
    `days_in_a_row`  with one of the tests above: it also held on the check-ins of the days before,
                 this many days in a row counting today (a day without an answer breaks the row)
    `check_ins_in_a_row`  the same over days with an answer, however far apart these are
    `times_in_hours`  with `times`: it held at least `times` times within so many hours
    `within_hours`  an earlier answer counts too, if it is not older than this; at least one answer
                 of the rule's evidence is always of the check-in that is judged
    `rise_over_mean`  the number is at least this much above the patient's own mean of the
                 `mean_of_days` previous days (needs at least two earlier answers)
    `after_days_of`   the answers of the last `after_days` answered days were all one of these

    `question` is a question of a check-in or the id of a measure that a clinician enters.
    """

    question: ContentId
    is_one_of: tuple[ContentId, ...] = ()
    at_least: float | None = None
    below: float | None = None
    above_band: ContentId | None = None
    below_band: ContentId | None = None
    days_in_a_row: int | None = Field(None, ge=2, le=14)
    check_ins_in_a_row: int | None = Field(None, ge=2, le=14)
    times: int | None = Field(None, ge=2, le=14)
    times_in_hours: int | None = Field(None, ge=1, le=336)
    within_hours: int | None = Field(None, ge=1, le=336)
    rise_over_mean: float | None = None
    mean_of_days: int | None = Field(None, ge=2, le=14)
    after_days_of: tuple[ContentId, ...] = ()
    after_days: int | None = Field(None, ge=1, le=14)

    @property
    def band(self) -> str | None:
        """The id of the band it compares with, if any."""
        return self.above_band or self.below_band

    @model_validator(mode="after")
    def _one_complete_test(self) -> Condition:
        tests = [
            bool(self.is_one_of) or self.at_least is not None or self.below is not None,
            self.above_band is not None,
            self.below_band is not None,
            self.rise_over_mean is not None,
            bool(self.after_days_of),
        ]
        if sum(tests) != 1:
            raise ValueError(
                "a condition has exactly one test: is_one_of and at_least/below, above_band, "
                "below_band, rise_over_mean or after_days_of"
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


class Points(Content):
    """What counts towards a score: all of `when`, or `always`, within its window of days."""

    worth: int = Field(1, ge=-10, le=10)
    always: bool = False
    """For what every patient has, such as the operation itself; the window says for how long."""
    from_day: int | None = None
    to_day: int | None = None
    when: tuple[Condition, ...] = ()

    @model_validator(mode="after")
    def _one_reason(self) -> Points:
        if self.always == bool(self.when):
            raise ValueError("points count either always or when conditions hold")
        return self


class Score(Content):
    """Points that add up; reached at `at_least`. An answer of the patient must be among them."""

    at_least: int = Field(ge=1, le=20)
    points: tuple[Points, ...] = Field(min_length=2)


class BandRow(Content):
    """The expected range of some days. A line that is left out is not drawn."""

    from_day: int
    to_day: int | None = None
    usual: float | None = None
    lower: float | None = None
    upper: float | None = None


class Band(Content):
    """The expected course of a number after surgery: what is usual and where to look, by day."""

    id: ContentId
    title: Text
    questions: tuple[ContentId, ...] = Field(min_length=1)
    """The question of the check-in, or the measure, the band is about."""
    options: dict[ContentId, float] = {}
    """For a question with options: the number nearest to calm that the option can mean."""
    rows: tuple[BandRow, ...] = Field(min_length=1)
    sources: Sources
    sign_off: SignOff = SignOff()

    @model_validator(mode="after")
    def _rows_follow_each_other(self) -> Band:
        for row, later in pairwise(self.rows):
            if row.to_day is None or row.to_day < row.from_day or later.from_day <= row.to_day:
                raise ValueError("the rows of a band follow each other, first day to last day")
        return self

    def row(self, day: int) -> BandRow | None:
        """Return the row of a day after surgery, if the band has one."""
        for row in self.rows:
            if row.from_day <= day and (row.to_day is None or day <= row.to_day):
                return row
        return None
