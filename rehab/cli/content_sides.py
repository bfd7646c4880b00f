"""What `content diff` compares and `content versions` lists: folders, stored versions, current pieces."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from exercises import packs
from exercises.loader import load
from exercises.schema import Content
from rehab.errors import InvalidInput
from rehab.models import ContentVersion
from rehab.services import content_diff, content_list, versions
from rehab.services.content_list import by_name, stored
from rehab.services.context import Context

Side = Mapping[str, Content]
"""Pieces by name."""
SHORTEST_HASH = 6


def compare(
    session: Session, context: Context, first: str, second: str | None
) -> list[tuple[str, str]]:
    """The differences in words, each with its piece. Raises InvalidInput(first, second)."""
    if second is None:
        if not packs.is_name(first):
            raise InvalidInput(first=f"{first!r}: expected a name such as protocols/total-knee")
        old, new = _only(by_name(context.content), first), _side(session, context, first, "first")
    else:
        old = _side(session, context, first, "first")
        new = _side(session, context, second, "second")
    return [
        (piece, sentence)
        for piece, before, after in _pairs(old, new)
        for sentence in content_diff.differences(before, after)
    ]


def pieces(session: Session, context: Context) -> list[dict[str, object]]:
    """Every current piece a clinic may change, as `content versions` prints it."""
    return [
        {
            "piece": one.name,
            "version": one.version,
            "hash": one.hash,
            "sign_off": one.sign_off,
            "origin": "published" if one.published else "release",
            "author": one.published.author if one.published else None,
            "second_person": one.published.second_person if one.published else None,
            "published_at": one.published.at if one.published else None,
        }
        for one in content_list.pieces(session, context)
    ]


def _pairs(old: Side, new: Side) -> list[tuple[str, Content | None, Content | None]]:
    if len(old) == len(new) == 1 and old.keys() != new.keys():
        # Two stored versions the user chose: compare them whatever their names.
        (before,), ((name, after),) = old.values(), new.items()
        return [(name, before, after)]
    names = old.keys() | new.keys()
    if len(old) == 1 or len(new) == 1:
        names = min(old, new, key=len).keys() & names
    return [(name, old.get(name), new.get(name)) for name in sorted(names)]


def _side(session: Session, context: Context, said: str, option: str) -> Side:
    if packs.is_name(said):
        return _only(by_name(versions.current_pack(session, context)), said)
    if Path(said).is_dir():
        return by_name(load(Path(said)))
    rows = session.scalars(
        select(ContentVersion)
        .where(ContentVersion.hash.startswith(said, autoescape=True))
        .limit(2)
    ).all()
    if len(said) < SHORTEST_HASH or len(rows) != 1:
        found = "several versions" if len(rows) == 2 else "no folder, name or stored version"
        raise InvalidInput(**{option: f"{said!r}: {found}; expected one"})
    return stored(rows[0])


def _only(side: Side, name: str) -> Side:
    if name not in side:
        raise InvalidInput(first=f"{name!r}: there is no such piece")
    return {name: side[name]}
