"""The values a patient's page is made of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time

from rehab.clinical.worklist import Reason


@dataclass(frozen=True)
class Until:
    """Something that holds until a day after surgery."""

    text: str
    to_day: int


@dataclass(frozen=True)
class Ahead:
    """A milestone and when it is typical."""

    text: str
    from_day: int
    to_day: int
    is_open: bool


@dataclass(frozen=True)
class StageView:
    """A stage of the pinned protocol."""

    id: str
    name: str
    from_day: int
    to_day: int
    aim: str
    criteria: tuple[str, ...]


@dataclass(frozen=True)
class Planned:
    """One exercise of today with its dose in words."""

    exercise_id: str
    name: str
    dose: str


@dataclass(frozen=True)
class Answered:
    """One valid answer: for staff, and the words that were on the patient's button."""

    question: str
    words: str
    label: str
    at: datetime
    is_late: bool


@dataclass(frozen=True)
class LatestCheckIn:
    """The most recent check-in of any kind."""

    title: str
    local_on: date
    state: str
    answers: tuple[Answered, ...]


@dataclass(frozen=True)
class MessageView:
    """Something the patient wrote or sent outside a question."""

    at: datetime
    kind: str
    text: str
    tier: str
    seen_at: datetime | None
    seen_by: str


@dataclass(frozen=True)
class ConsentView:
    """What the patient accepted last."""

    version: str
    accepted_at: datetime
    withdrawn_at: datetime | None


@dataclass(frozen=True)
class InviteView:
    """Where the newest invite stands."""

    expires_at: datetime
    used_at: datetime | None
    revoked_at: datetime | None


@dataclass(frozen=True)
class PatientView:
    """Everything above the timeline."""

    patient_id: int
    episode_id: int
    name: str
    code: str
    age: int
    phone: str
    is_synthetic: bool
    language: str
    timezone: str
    reminder_time: time
    chat_state: str
    """active, blocked, dead, or none before enrolment"""
    last_heard_at: datetime | None
    consent: ConsentView | None
    invite: InviteView | None
    procedure: str
    variant: str
    side: str
    surgery_on: date
    day: int
    state: str
    paused_until: date | None
    loading_stopped_at: datetime | None
    protocol: str
    stage: StageView
    stages: tuple[StageView, ...]
    review_due: bool
    weight_bearing: str
    precautions: tuple[Until, ...]
    milestones: tuple[Ahead, ...]
    plan: tuple[Planned, ...]
    team: tuple[str, ...]
    latest: LatestCheckIn | None
    messages: tuple[MessageView, ...]
    signals: tuple[Reason, ...] = ()
    """What the plan itself says, as in the worklist."""
    unreviewed: int = 0
    """Photos nobody has reviewed."""

    @property
    def unread(self) -> int:
        """Messages nobody has marked as seen."""
        return sum(message.seen_at is None for message in self.messages)
