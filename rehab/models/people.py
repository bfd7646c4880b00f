"""People: clinicians (who sign in), patients, who cares for whom, who is on call, who uses which chat."""

from __future__ import annotations

from datetime import date, datetime, time
from enum import StrEnum

from flask_security.core import RoleMixin, UserMixin
from sqlalchemy import JSON, BigInteger, Column, ForeignKey, Index, Table, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from rehab.db import Base, EncryptedText, Model, UtcDateTime


class RoleName(StrEnum):
    """What a clinician does here. An administrator manages accounts and sees no clinical data."""

    PHYSIOTHERAPIST = "physiotherapist"
    SURGEON = "surgeon"
    NURSE = "nurse"
    ADMINISTRATOR = "administrator"


clinician_role = Table(
    "clinician_role",
    Base.metadata,
    Column("clinician_id", ForeignKey("clinician.id"), primary_key=True),
    Column("role_id", ForeignKey("role.id"), primary_key=True),
)


class Role(Model, RoleMixin):
    """A role for sign-in; its name is a RoleName."""

    __tablename__ = "role"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    description: Mapped[str] = mapped_column(default="")


class Clinician(Model, UserMixin):
    """A member of staff: signs in to the dashboard and may receive alert cards in Telegram."""

    __tablename__ = "clinician"
    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    password: Mapped[str | None]
    active: Mapped[bool] = mapped_column(default=True)
    fs_uniquifier: Mapped[str] = mapped_column(unique=True)
    telegram_id: Mapped[int | None] = mapped_column(BigInteger, unique=True)
    """Telegram user id; in a private chat it is also the chat id."""
    telegram_lost_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Set when Telegram says the chat is dead; cards then go to the next person."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    tf_primary_method: Mapped[str | None]
    tf_totp_secret: Mapped[str | None]
    tf_phone_number: Mapped[str | None]
    mf_recovery_codes: Mapped[list[str] | None] = mapped_column(JSON)
    roles: Mapped[list[Role]] = relationship(  # type: ignore[assignment]  # narrower than the mixin
        secondary=clinician_role, lazy="selectin"
    )


class OnCallShift(Model):
    """From when until when a clinician is on call. Without `ends_at` until somebody else is put on."""

    __tablename__ = "on_call_shift"
    id: Mapped[int] = mapped_column(primary_key=True)
    clinician_id: Mapped[int] = mapped_column(ForeignKey("clinician.id"))
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    ends_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    instead_of_id: Mapped[int | None] = mapped_column(ForeignKey("clinician.id"))
    """Whom it replaces for that time; None: it stands beside the weekly pattern and comes before it."""
    clinician: Mapped[Clinician] = relationship(foreign_keys=[clinician_id])


class RotaPattern(Model):
    """A weekly shift: this person, this weekday, from … until, clinic time. Ends next day if earlier."""

    __tablename__ = "rota_pattern"
    id: Mapped[int] = mapped_column(primary_key=True)
    clinician_id: Mapped[int] = mapped_column(ForeignKey("clinician.id"), index=True)
    weekday: Mapped[int]
    """1 = Monday … 7 = Sunday"""
    from_time: Mapped[time]
    until_time: Mapped[time]
    """At or before `from_time`: on the next day."""
    from_on: Mapped[date]
    until_on: Mapped[date | None]
    """Last local date on which a shift of it begins; None: no end."""
    timezone: Mapped[str]
    """The clinic's zone when it was written down: its wall times keep their meaning."""
    clinician: Mapped[Clinician] = relationship()


class ClinicianLeave(Model):
    """Local dates on which a clinician takes no shift of the weekly pattern."""

    __tablename__ = "clinician_leave"
    id: Mapped[int] = mapped_column(primary_key=True)
    clinician_id: Mapped[int] = mapped_column(ForeignKey("clinician.id"), index=True)
    from_on: Mapped[date]
    until_on: Mapped[date]
    reason: Mapped[str] = mapped_column(default="")
    clinician: Mapped[Clinician] = relationship()


class ClinicHoliday(Model):
    """A date on which staff do not read answers; whoever is on call stays on call."""

    __tablename__ = "clinic_holiday"
    on: Mapped[date] = mapped_column(primary_key=True)
    name: Mapped[str]


class SwapState(StrEnum):
    """proposed → accepted, declined or withdrawn."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class ShiftSwap(Model):
    """One clinician asks another to take a stretch of duty; it counts once the other accepted."""

    __tablename__ = "shift_swap"
    id: Mapped[int] = mapped_column(primary_key=True)
    giver_id: Mapped[int] = mapped_column(ForeignKey("clinician.id"))
    taker_id: Mapped[int] = mapped_column(ForeignKey("clinician.id"))
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(default=SwapState.PROPOSED)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    giver: Mapped[Clinician] = relationship(foreign_keys=[giver_id])
    taker: Mapped[Clinician] = relationship(foreign_keys=[taker_id])


class HandoverState(StrEnum):
    """offered → accepted. Until then whoever had the duty keeps it beside the next."""

    OFFERED = "offered"
    ACCEPTED = "accepted"


class Handover(Model):
    """The end of one person's duty and the beginning of another's, with what is open at that moment."""

    __tablename__ = "handover"
    __table_args__ = (UniqueConstraint("from_clinician_id", "to_clinician_id", "at"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    from_clinician_id: Mapped[int] = mapped_column(ForeignKey("clinician.id"))
    to_clinician_id: Mapped[int] = mapped_column(ForeignKey("clinician.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    """The end of the shift."""
    state: Mapped[str] = mapped_column(default=HandoverState.OFFERED, index=True)
    open_alerts: Mapped[list[int]] = mapped_column(JSON, default=list)
    offered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    look_after: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    """When to remind the next person, or tell others. None when accepted."""
    reminders: Mapped[int] = mapped_column(default=0)
    accepted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    giver: Mapped[Clinician] = relationship(foreign_keys=[from_clinician_id])
    taker: Mapped[Clinician] = relationship(foreign_keys=[to_clinician_id])


DRILL_CODE = "DRILL"
"""The code of the one synthetic patient by whom the product tests itself; longer than any other code,
so that it is nobody else's. Whatever lists or counts patients leaves it out."""


class Patient(Model):
    """A person in care. `code` is the pseudonym that may leave the dashboard."""

    __tablename__ = "patient"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(EncryptedText("patient.name"))
    phone: Mapped[str | None] = mapped_column(EncryptedText("patient.phone"))
    birth_year: Mapped[int]
    language: Mapped[str]
    timezone: Mapped[str]
    reminder_time: Mapped[time]
    """Local wall time of the daily reminder, chosen by the patient."""
    is_synthetic: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    chat: Mapped[PatientChat | None] = relationship(back_populates="patient", uselist=False)
    team: Mapped[list[CareTeamMember]] = relationship(back_populates="patient")


class ChatState(StrEnum):
    """Whether messages can reach the chat."""

    ACTIVE = "active"
    BLOCKED = "blocked"
    DEAD = "dead"


class PatientChat(Model):
    """The Telegram chat a patient enrolled from. One patient, one chat."""

    __tablename__ = "patient_chat"
    id: Mapped[int] = mapped_column(primary_key=True)
    patient_id: Mapped[int] = mapped_column(ForeignKey("patient.id"), unique=True)
    chat_id: Mapped[int] = mapped_column(BigInteger, unique=True)
    state: Mapped[str] = mapped_column(default=ChatState.ACTIVE)
    state_since: Mapped[datetime] = mapped_column(UtcDateTime)
    linked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_heard_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """The last time anything at all came from the patient."""
    patient: Mapped[Patient] = relationship(back_populates="chat")


class Caregiver(Model):
    """Somebody who answers for a patient from a phone of their own, with the patient's consent."""

    __tablename__ = "caregiver"
    id: Mapped[int] = mapped_column(primary_key=True)
    patient_id: Mapped[int] = mapped_column(ForeignKey("patient.id"), index=True)
    name: Mapped[str] = mapped_column(EncryptedText("caregiver.name"))
    relation: Mapped[str] = mapped_column(default="")
    """E.g. daughter; shown to staff."""
    chat_id: Mapped[int | None] = mapped_column(BigInteger, unique=True)
    """None until the invite was opened."""
    state: Mapped[str] = mapped_column(default=ChatState.ACTIVE)
    language: Mapped[str]
    added_by: Mapped[str]
    """patient:<id> or clinician:<id>"""
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
    consented_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the patient agreed in the chat. Nothing is shared before that."""
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_heard_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    patient: Mapped[Patient] = relationship()


class CareTeamMember(Model):
    """A clinician who cares for a patient."""

    __tablename__ = "care_team_member"
    __table_args__ = (UniqueConstraint("patient_id", "clinician_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    patient_id: Mapped[int] = mapped_column(ForeignKey("patient.id"))
    clinician_id: Mapped[int] = mapped_column(ForeignKey("clinician.id"), index=True)
    is_lead: Mapped[bool] = mapped_column(default=False)
    patient: Mapped[Patient] = relationship(back_populates="team")
    clinician: Mapped[Clinician] = relationship()


class Invite(Model):
    """A single-use enrolment link. Only a keyed digest of its token is stored."""

    __tablename__ = "invite"
    __table_args__ = (Index("ix_invite_patient", "patient_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    patient_id: Mapped[int] = mapped_column(ForeignKey("patient.id"))
    token_digest: Mapped[str] = mapped_column(unique=True)
    created_by: Mapped[int | None] = mapped_column(ForeignKey("clinician.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    opened_by_chat: Mapped[int | None] = mapped_column(BigInteger)
    """The first phone that opened the link; another one is refused."""
    wrong_birth_years: Mapped[int] = mapped_column(default=0)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    caregiver_id: Mapped[int | None] = mapped_column(ForeignKey("caregiver.id"))
    """Set when the link is for a caregiver and not for the patient."""
    patient: Mapped[Patient] = relationship()


class InviteRefusal(Model):
    """A refused attempt to use an invite link, shown to staff. `reason`: used, expired, unknown,
    revoked, other_phone, wrong_birth_year, locked."""

    __tablename__ = "invite_refusal"
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    reason: Mapped[str]
    invite_id: Mapped[int | None] = mapped_column(ForeignKey("invite.id"))
    patient_id: Mapped[int | None] = mapped_column(ForeignKey("patient.id"), index=True)
    seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Consent(Model):
    """What a patient accepted: which version of the text, in which language, when."""

    __tablename__ = "consent"
    id: Mapped[int] = mapped_column(primary_key=True)
    patient_id: Mapped[int] = mapped_column(ForeignKey("patient.id"), index=True)
    version: Mapped[str]
    language: Mapped[str]
    text_digest: Mapped[str]
    """SHA-256 of the exact text that was shown."""
    accepted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


def birth_years(today: date) -> range:
    """Birth years a patient may have (ages 12 to 110)."""
    return range(today.year - 110, today.year - 11)
