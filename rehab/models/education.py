"""Education cards that were sent, and what the patient answered to their teach-back questions."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from rehab.db import Model, UtcDateTime


class EducationDelivery(Model):
    """One card, sent once per episode, in the version that was sent."""

    __tablename__ = "education_delivery"
    __table_args__ = (UniqueConstraint("episode_id", "card_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    episode_id: Mapped[int] = mapped_column(ForeignKey("episode.id"))
    card_id: Mapped[str]
    education_hash: Mapped[str]
    sent_at: Mapped[datetime] = mapped_column(UtcDateTime)


class TeachBackAnswer(Model):
    """The patient's first answer to a teach-back question; a wrong one reaches the physiotherapist."""

    __tablename__ = "teach_back_answer"
    __table_args__ = (UniqueConstraint("delivery_id", "question_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    delivery_id: Mapped[int] = mapped_column(ForeignKey("education_delivery.id"), index=True)
    question_id: Mapped[str]
    value: Mapped[str]
    is_right: Mapped[bool]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    seen_by: Mapped[int | None] = mapped_column(ForeignKey("clinician.id"))
