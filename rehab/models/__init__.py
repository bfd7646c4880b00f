"""All tables. Import from here so that every table is known to the metadata."""

from rehab.models.alert import Alert, AlertEvent, AlertState, FindingRecord, Outcome, Page
from rehab.models.audit import AuditEvent
from rehab.models.care_task import CareTask, ExerciseRecord, ExerciseState, TaskKind, TaskState
from rehab.models.check_in import (
    CheckIn,
    CheckInState,
    IncomingKind,
    IncomingMessage,
    Observation,
    ObservationStatus,
)
from rehab.models.content import ContentVersion
from rehab.models.episode import Episode, EpisodeEvent, EpisodeState, StageChange
from rehab.models.messaging import (
    Conversation,
    DemoClock,
    Heartbeat,
    InboxState,
    InboxUpdate,
    Lease,
    MessageClass,
    OutboxMessage,
    OutboxState,
    Prompt,
)
from rehab.models.people import (
    CareTeamMember,
    ChatState,
    Clinician,
    Consent,
    Invite,
    InviteRefusal,
    OnCallShift,
    Patient,
    PatientChat,
    Role,
    RoleName,
)

__all__ = [
    "Alert", "AlertEvent", "AlertState", "AuditEvent", "CareTask", "CareTeamMember", "ChatState",
    "CheckIn", "CheckInState", "Clinician", "Consent", "ContentVersion", "Conversation",
    "DemoClock", "Episode", "EpisodeEvent", "EpisodeState", "ExerciseRecord", "ExerciseState",
    "FindingRecord", "Heartbeat", "InboxState", "InboxUpdate", "IncomingKind", "IncomingMessage",
    "Invite", "InviteRefusal", "Lease", "MessageClass", "Observation", "ObservationStatus",
    "OnCallShift", "Outcome", "OutboxMessage", "OutboxState", "Page", "Patient", "PatientChat",
    "Prompt", "Role", "RoleName", "StageChange", "TaskKind", "TaskState",
]  # fmt: skip
