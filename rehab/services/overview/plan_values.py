"""The values a patient's plan page is made of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True)
class Choice:
    """Something to choose from a list. `is_forbidden`: an active precaution speaks against it."""

    id: str
    name: str
    is_forbidden: bool = False


@dataclass(frozen=True)
class DoseField:
    """One number of a dose, and what the library allows; no bounds when the library names none."""

    name: str
    value: int | None
    least: int | None
    most: int | None


@dataclass(frozen=True)
class Origin:
    """Why an exercise stands in the plan with this dose.

    `kind` is protocol, rule (the pain rule) or changed; `words`, `person` and `reason` say the
    change, `level` is the dose level of the pain rule.
    """

    kind: str
    words: str = ""
    person: str = ""
    reason: str = ""
    level: int = 0


@dataclass(frozen=True)
class PlannedRow:
    """One exercise of a day. `answer` is what the patient said about it that day, if anything."""

    exercise_id: str
    name: str
    dose: str
    answer: str
    origin: Origin | None
    """None for a day that is over: it shows what was asked."""
    overridden: tuple[str, ...] = ()
    """Texts of the active precautions it breaks knowingly."""
    fields: tuple[DoseField, ...] = ()
    easier: Choice | None = None
    harder: Choice | None = None


@dataclass(frozen=True)
class DayView:
    """The exercises of one local date."""

    on: date
    day: int
    is_today: bool
    is_past: bool
    is_shown: bool
    """The patient has this date's list already: it is not rewritten."""
    stage_name: str
    rows: tuple[PlannedRow, ...]
    addable: tuple[Choice, ...]
    library: tuple[Choice, ...]


@dataclass(frozen=True)
class FactRow:
    """A fact behind a criterion: in words, as of when, and who says so (empty: the patient)."""

    value: str
    on: date
    person: str


@dataclass(frozen=True)
class MeasureField:
    """A measure a clinician can enter."""

    id: str
    label: str
    unit: str
    least: float
    most: float

    @property
    def is_yes_no(self) -> bool:
        """Whether it is answered by yes or no."""
        return self.unit == "yes-no"


@dataclass(frozen=True)
class CriterionRow:
    """An exit criterion as it stands. `state` is met, not_met or unknown."""

    id: str
    text: str
    state: str
    needs: str
    """The test in words, e.g. "at least 90 degrees"; empty when a clinician confirms it."""
    days: int
    fresh_days: int | None
    facts: tuple[FactRow, ...]
    is_confirmable: bool
    measure: MeasureField | None
    """What can be entered to decide it."""


@dataclass(frozen=True)
class ReviewView:
    """How the patient stands before the next stage."""

    stage_id: str
    criteria: tuple[CriterionRow, ...]
    unmet: tuple[str, ...]
    """Texts of the criteria that are not met or not known."""
    next_stage: Choice | None
    proposed_at: datetime | None
    can_advance_from: date | None
    is_early: bool
    hold_until: date | None
    blocked: str
    """loading_stopped, alert_open or empty."""
    later: tuple[Choice, ...]
    earlier: tuple[Choice, ...]


@dataclass(frozen=True)
class MeasurementRow:
    """Something a clinician measured or confirmed, newest first."""

    id: int
    label: str
    value: str
    on: date
    person: str
    status: str
    """final, amended or entered-in-error"""


@dataclass(frozen=True)
class PrecautionRow:
    """A precaution of the protocol as it holds for this patient. Days count from its anchor."""

    id: str
    text: str
    anchor: str
    from_day: int
    protocol_to_day: int
    ends_on: date | None
    """None: switched off."""
    is_active: bool
    is_changed: bool
    range_of_practice: str
    """Empty: surgeons do not differ, so it can only be lengthened."""


@dataclass(frozen=True)
class HistoryRow:
    """One change of the plan. `state` is running, no_room (running, but the days are
    full), coming, over, taken_back or done."""

    at: datetime
    person: str
    """Empty: the system."""
    words: str
    reason: str
    state: str
    against: tuple[str, ...] = ()
    ended_by: str = ""
    ended_at: datetime | None = None
    change_id: int | None = None
    """Set when it can be taken back."""


@dataclass(frozen=True)
class PlanView:
    """A patient's plan page."""

    patient_id: int
    episode_id: int
    name: str
    code: str
    language: str
    side: str
    procedure: str
    state: str
    paused_until: date | None
    today: date
    day_today: int
    surgery_on: date
    discharged_on: date | None
    stay_days: int
    stage_name: str
    stage_aim: str
    stage_from: int
    stage_to: int
    protocol_id: str
    protocol: str
    dose_level: int
    loading_stopped: bool
    review: ReviewView
    day: DayView
    precautions: tuple[PrecautionRow, ...]
    measures: tuple[MeasureField, ...]
    measurements: tuple[MeasurementRow, ...]
    history: tuple[HistoryRow, ...]
    picture_side: str
    """left or right: how the figures are drawn for this patient."""
