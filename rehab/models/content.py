"""Published clinical content as it was: every version an episode ever pinned can be read back."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from rehab.db import Model, UtcDateTime


class ContentVersion(Model):
    """One immutable version of one piece of content; `body` is the validated model as JSON.

    `kind`: protocols, questionnaires, rules, education or exercises (the whole library).
    """

    __tablename__ = "content_version"
    hash: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    content_id: Mapped[str]
    version: Mapped[str]
    body: Mapped[dict[str, object]] = mapped_column(JSON)
    loaded_at: Mapped[datetime] = mapped_column(UtcDateTime)


class DraftState(StrEnum):
    """open → published or withdrawn."""

    OPEN = "open"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class ContentDraft(Model):
    """A proposed new version of one piece of content, as the TOML text its author wrote."""

    __tablename__ = "content_draft"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    content_id: Mapped[str]
    base_hash: Mapped[str | None]
    """The published version it was made from; None for new content."""
    toml: Mapped[str]
    reason: Mapped[str]
    author_id: Mapped[int] = mapped_column(ForeignKey("clinician.id"))
    state: Mapped[str] = mapped_column(default=DraftState.OPEN)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Publication(Model):
    """A draft became the version new episodes start with: who wrote it, who agreed, and why.

    The newest publication of a piece of content stands before the one in the project's files.
    """

    __tablename__ = "publication"
    __table_args__ = (Index("ix_publication_kind_content", "kind", "content_id", "id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    content_id: Mapped[str]
    hash: Mapped[str] = mapped_column(ForeignKey("content_version.hash"))
    draft_id: Mapped[int] = mapped_column(ForeignKey("content_draft.id"))
    author_id: Mapped[int] = mapped_column(ForeignKey("clinician.id"))
    second_person_id: Mapped[int] = mapped_column(ForeignKey("clinician.id"))
    reason: Mapped[str]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
