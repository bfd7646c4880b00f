"""Content in a folder: the current one written out, and a folder's changes brought in as drafts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from exercises import packs
from exercises.errors import ContentError as BrokenContent
from exercises.errors import Problem
from exercises.packs import Incoming
from rehab.errors import ContentError
from rehab.models import ContentDraft, ContentVersion, DraftState
from rehab.services import drafts, versions
from rehab.services.context import Context


@dataclass(frozen=True)
class Brought:
    """What came of a folder: the drafts made, and the files that are only older than what is current."""

    drafts: tuple[ContentDraft, ...]
    left_alone: tuple[str, ...]


def export(session: Session, context: Context, root: Path) -> int:
    """Write what is current into an empty folder, comments and all. Returns how many files.

    Raises exercises.errors.ContentError when content lies there already.
    """
    files = packs.laid_over(versions.published_texts(session))
    packs.write(root, files, versions.current_pack(session, context).hashes)
    return len(files)


def bring(
    session: Session,
    context: Context,
    incoming: Incoming,
    *,
    reason: str,
    author_id: int,
    now: datetime,
) -> Brought:
    """Make a draft of every file that differs from what is current; comments alone make none.

    A file that says what an older version here said is left alone: nobody changed it since it was
    exported, and the current one is newer.
    A file that is missing in the folder takes nothing away. Raises ContentError with every problem
    of the pack they would make together; then nothing is written.
    """
    published = packs.laid_over(versions.published_texts(session))
    different = {
        name: text
        for name, text in incoming.files.items()
        if name not in published or packs.data_of(text) != packs.data_of(published[name])
    }
    old = {name for name, text in different.items() if _is_old(session, name, text)}
    wanted = {name: text for name, text in different.items() if name not in old}
    _refuse(session, wanted)
    made = [
        drafts.begin(
            session,
            context,
            kind=name.partition("/")[0],
            content_id=name.partition("/")[2],
            toml=text,
            reason=reason,
            author_id=author_id,
            now=now,
            base_hash=_base(session, incoming.versions.get(name)),
        )
        for name, text in sorted(wanted.items())
    ]
    if made and (problems := drafts.problems(session, context, made)):
        raise ContentError(str(BrokenContent(problems)))
    return Brought(tuple(made), tuple(sorted(old)))


def _is_old(session: Session, name: str, text: str) -> bool:
    kind, _, content_id = name.partition("/")
    earlier = select(ContentDraft.toml).where(
        ContentDraft.kind == kind,
        ContentDraft.content_id == content_id,
        ContentDraft.state == DraftState.PUBLISHED,
    )
    known = [*session.scalars(earlier), packs.release().get(name, "")]
    return packs.data_of(text) in [packs.data_of(one) for one in known if one]


def _refuse(session: Session, wanted: dict[str, str]) -> None:
    reading = packs.read({**versions.published_texts(session), **wanted})
    problems = [*_not_ours(wanted), *reading.problems]
    if problems:
        raise ContentError(str(BrokenContent(problems)))


def _not_ours(wanted: dict[str, str]) -> Iterator[Problem]:
    for name in sorted(wanted):
        if not packs.is_name(name):
            kinds = ", ".join(packs.MODELS)
            found = "a change of what comes with a release"
            yield Problem(f"{name}.toml", None, "", found, f"changes in {kinds} only")


def _base(session: Session, recorded: str | None) -> str | None:
    """The version a file was written from, if this clinic ever had it."""
    known = recorded is not None and session.get(ContentVersion, recorded) is not None
    return recorded if known else None
