"""What content there is: each current piece with its sign-off and who published it, and its versions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from exercises import packs
from exercises.loader import ContentPack
from exercises.schema import Content, Exercise
from rehab.errors import ContentError
from rehab.models import ContentVersion
from rehab.services import publishing, versions
from rehab.services.context import Context
from rehab.services.publishing import Published


@dataclass(frozen=True)
class Piece:
    """One current piece. `published` is None when it is the release's own file."""

    name: str
    title: str
    procedure: str
    """Empty for what is not about one procedure."""
    version: str
    hash: str
    sign_off: str
    """proposal, or signed with name and date"""
    published: Published | None


@dataclass(frozen=True)
class Stored:
    """One version of a piece, current or older."""

    hash: str
    version: str
    stored_at: datetime | None
    """None: it is current and no patient has pinned it here yet."""
    is_current: bool
    published: Published | None


def standing(session: Session, context: Context) -> tuple[ContentPack, str]:
    """What is current, and no problem; or the release alone, and why what was published does not fit."""
    try:
        return versions.current_pack(session, context), ""
    except ContentError as error:
        return context.content, str(error)


def pieces(session: Session, context: Context) -> list[Piece]:
    """Every current piece a clinic may change, by kind and name."""
    pack, _ = standing(session, context)
    published = {one.hash: one for one in reversed(publishing.history(session))}
    return [
        Piece(
            name=name,
            title=str(getattr(content, "title", "") or getattr(content, "name", "")),
            procedure=str(getattr(content, "procedure", "")),
            version=str(getattr(content, "version", pack.hashes[name][:12])),
            hash=pack.hashes[name],
            sign_off=_sign_off(content),
            published=published.get(pack.hashes[name]),
        )
        for name, content in by_name(pack).items()
    ]


def versions_of(session: Session, context: Context, name: str) -> list[Stored]:
    """The versions of a piece known here, newest first; the current one is always among them."""
    kind, _, content_id = name.partition("/")
    pack, _ = standing(session, context)
    told = publishing.history(session, kind=kind, content_id=content_id)
    published = {one.hash: one for one in reversed(told)}
    rows = session.scalars(
        select(ContentVersion)
        .where(ContentVersion.kind == kind, ContentVersion.content_id == content_id)
        .order_by(ContentVersion.loaded_at.desc(), ContentVersion.hash)
    )
    found = [
        Stored(
            hash=row.hash,
            version=row.version,
            stored_at=row.loaded_at,
            is_current=row.hash == pack.hashes.get(name),
            published=published.get(row.hash),
        )
        for row in rows
    ]
    content = by_name(pack).get(name)
    if content is not None and not any(one.is_current for one in found):
        digest = pack.hashes[name]
        version = str(getattr(content, "version", digest[:12]))
        found.insert(0, Stored(digest, version, None, True, None))
    return sorted(found, key=lambda one: not one.is_current)


def by_name(pack: ContentPack) -> dict[str, Content]:
    """The pieces of a pack that a clinic may change, by name, in the order of kinds and ids."""
    shelves: Mapping[str, Mapping[str, Content]] = {
        "protocols": pack.protocols,
        "questionnaires": pack.questionnaires,
        "rules": pack.rules,
        "education": pack.education,
        "library": pack.exercises,
    }
    return {
        f"{kind}/{key}": shelf[key] for kind, shelf in shelves.items() for key in sorted(shelf)
    }


def stored(row: ContentVersion) -> dict[str, Content]:
    """A stored version as pieces by name: one, or all exercises when it is the whole library."""
    if row.kind == versions.LIBRARY:
        return {f"library/{key}": Exercise.model_validate(body) for key, body in row.body.items()}
    return {f"{row.kind}/{row.content_id}": packs.MODELS[row.kind].model_validate(row.body)}


def _sign_off(content: Content) -> str:
    found = content.sign_off  # type: ignore[attr-defined]  # every one of these kinds has it
    return f"signed by {found.by} on {found.on}" if found.state == "signed" else "proposal"
