"""Published clinical content as it was: every version an episode ever pinned can be read back."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON
from sqlalchemy.orm import Mapped, mapped_column

from rehab.db import Model, UtcDateTime


class ContentVersion(Model):
    """One immutable version of one piece of content; `body` is the validated model as JSON.

    `kind`: protocol, questionnaire, rules or exercises (the whole library).
    """

    __tablename__ = "content_version"
    hash: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    content_id: Mapped[str]
    version: Mapped[str]
    body: Mapped[dict[str, object]] = mapped_column(JSON)
    loaded_at: Mapped[datetime] = mapped_column(UtcDateTime)
