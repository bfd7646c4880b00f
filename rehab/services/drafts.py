"""Drafts: a proposed new version of one content file, as the TOML its author wrote, and what is wrong."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from exercises import packs
from exercises.errors import Problem
from exercises.loader import ContentPack
from exercises.places import Places
from exercises.schema import Content
from rehab import texts
from rehab.errors import InvalidInput, NotAllowed, NotFound, WrongState
from rehab.models import Clinician, ContentDraft, DraftState
from rehab.services import audit, content_diff, people, versions
from rehab.services.context import Context

SHORTEST_REASON = 3
LONGEST_TOML = 300_000
"""Characters. The longest file of the release has about a quarter of that."""
_VERSION = re.compile(r"(\d+)\.(\d+)\.(\d+)")


def name_of(draft: ContentDraft) -> str:
    """The name of the file a draft is about, e.g. `protocols/hip-resurfacing-standard`."""
    return f"{draft.kind}/{draft.content_id}"


def text_hash(draft: ContentDraft) -> str:
    """What tells one text of a draft from another: who agrees, agrees to this one."""
    return hashlib.sha256(draft.toml.encode()).hexdigest()


def begin(
    session: Session,
    context: Context,
    *,
    kind: str,
    content_id: str,
    reason: str,
    author_id: int,
    now: datetime,
    toml: str | None = None,
    base_hash: str | None = None,
) -> ContentDraft:
    """Begin a draft of one file from its current version; `toml` is its text if it is written already.

    `base_hash` is the version the text was written from when that is not the current one. Raises
    NotAllowed for whoever treats no patients, InvalidInput(name, toml or reason).
    """
    name = f"{kind}/{content_id}"
    _author(session, author_id)
    if not packs.is_name(name):
        kinds = ", ".join(packs.MODELS)
        raise InvalidInput(
            name=f"{name!r}: expected one of {kinds}, a slash and the name of a file"
        )
    if len(reason.strip()) < SHORTEST_REASON:
        raise InvalidInput(reason="please give the reason in a few words")
    text = current_text(session, name) if toml is None else toml
    if text is None:
        raise InvalidInput(name=f"there is no {name} to begin from")
    draft = ContentDraft(
        kind=kind,
        content_id=content_id,
        base_hash=base_hash or current_hash(session, context, name),
        toml=_clean(text),
        reason=reason.strip(),
        author_id=author_id,
        state=DraftState.OPEN,
        created_at=now,
        updated_at=now,
    )
    session.add(draft)
    session.flush()
    _note(session, draft, "draft.begun", author_id, now)
    return draft


def get(session: Session, draft_id: int) -> ContentDraft:
    """The draft with this number. Raises NotFound."""
    draft = session.get(ContentDraft, draft_id)
    if draft is None:
        raise NotFound("no such draft")
    return draft


def open_drafts(session: Session) -> list[ContentDraft]:
    """The drafts somebody still works on or waits for, oldest first."""
    found = select(ContentDraft).where(ContentDraft.state == DraftState.OPEN)
    return list(session.scalars(found.order_by(ContentDraft.id)))


def edit(
    session: Session, *, draft_id: int, toml: str, clinician_id: int, now: datetime
) -> ContentDraft:
    """Write another text. Only the author may: whoever wrote a part of it could not agree to it.

    Raises NotFound, NotAllowed, WrongState("not_open"), InvalidInput(toml).
    """
    draft = _own(session, draft_id, clinician_id)
    draft.toml, draft.updated_at = _clean(toml), now
    session.flush()
    _note(session, draft, "draft.edited", clinician_id, now)
    return draft


def rebase(
    session: Session, context: Context, *, draft_id: int, clinician_id: int, now: datetime
) -> ContentDraft:
    """The author has seen what was published meanwhile, and goes on from there. Raises as `edit`."""
    draft = _own(session, draft_id, clinician_id)
    draft.base_hash, draft.updated_at = current_hash(session, context, name_of(draft)), now
    session.flush()
    _note(session, draft, "draft.rebased", clinician_id, now)
    return draft


def withdraw(session: Session, *, draft_id: int, clinician_id: int, now: datetime) -> ContentDraft:
    """Give a draft up; it stays on record. Raises NotFound, NotAllowed, WrongState("not_open")."""
    _author(session, clinician_id)
    draft = _open(session, draft_id)
    draft.state, draft.updated_at = DraftState.WITHDRAWN, now
    session.flush()
    _note(session, draft, "draft.withdrawn", clinician_id, now)
    return draft


def changes(session: Session, drafts: Sequence[ContentDraft]) -> dict[str, str]:
    """Everything published, with these drafts laid over it, by file name: what would be current."""
    return {**versions.published_texts(session), **{name_of(one): one.toml for one in drafts}}


def problems(
    session: Session, context: Context, drafts: Sequence[ContentDraft]
) -> tuple[Problem, ...]:
    """Everything that keeps these drafts, published together, from becoming current.

    The whole pack they would make is read with every check of the files themselves; besides, each
    must differ from the current version and have a higher version number. Writes nothing.
    """
    reading = packs.read(changes(session, drafts))
    own = [found for draft in drafts for found in _own_problems(session, draft)]
    return (*reading.problems, *own)


def resulting(session: Session, drafts: Sequence[ContentDraft]) -> ContentPack | None:
    """The pack these drafts would make together; None when there are problems."""
    return packs.read(changes(session, drafts)).pack


def is_stale(session: Session, context: Context, draft: ContentDraft) -> bool:
    """Whether somebody published another version of this file since the draft was made from it."""
    return draft.base_hash != current_hash(session, context, name_of(draft))


def differences(session: Session, draft: ContentDraft) -> tuple[str, ...]:
    """The draft against the current version, in words; empty while the draft cannot be read."""
    name = name_of(draft)
    try:
        new = packs.file_model(name, draft.toml)
    except ValueError:
        return ()
    before = current_text(session, name)
    return content_diff.differences(packs.file_model(name, before) if before else None, new)


def published_meanwhile(
    session: Session, context: Context, draft: ContentDraft
) -> tuple[str, ...]:
    """What others published since the draft was made from its base, in words."""
    if not is_stale(session, context, draft):
        return ()
    name = name_of(draft)
    before = versions.stored(session, context, draft.kind, draft.base_hash)
    now_current = _current(session, context, name)
    told = content_diff.differences(before, now_current)
    return told or (f"{name} is another version now.",)


def untranslated(
    session: Session, context: Context, drafts: Sequence[ContentDraft]
) -> dict[str, tuple[str, ...]]:
    """New texts for patients without a translation, by language: there they are read in English."""
    pack = resulting(session, drafts)
    if pack is None:
        return {}
    known = context.content.patient_texts() | _published_words(session)
    new = [text for text in sorted(pack.patient_texts() - known) if any(map(str.isalpha, text))]
    languages = [one for one in context.config.clinic.languages if one != texts.SOURCE_LANGUAGE]
    found = {
        language: tuple(text for text in new if texts.content_text(text, language) == text)
        for language in languages
    }
    return {language: missing for language, missing in found.items() if missing}


def _published_words(session: Session) -> frozenset[str]:
    """What patients read already in what the clinic published; nothing when that cannot be read."""
    pack = packs.read(versions.published_texts(session)).pack
    return pack.patient_texts() if pack else frozenset()


def current_text(session: Session, name: str) -> str | None:
    """The TOML of the current version of a file: as published here, else the release's own."""
    return versions.published_texts(session).get(name) or packs.release().get(name)


def current_hash(session: Session, context: Context, name: str) -> str | None:
    """The hash of the current version of a file; None when there is no such file."""
    return versions.standing_hashes(session, context).get(name)


def _current(session: Session, context: Context, name: str) -> Content | None:
    digest = current_hash(session, context, name)
    return versions.stored(session, context, name.partition("/")[0], digest)


def _own_problems(session: Session, draft: ContentDraft) -> Iterator[Problem]:
    name = name_of(draft)
    before, after = current_text(session, name), packs.data_of(draft.toml)
    if before is None or after is None:
        return
    file, old = f"{name}.toml", packs.data_of(before) or {}
    if old == after:
        yield Problem(file, None, "", "what is published already", "a change")
        return
    if draft.kind == "library":
        return  # an exercise has no version number; the library is one version
    numbers = [_VERSION.fullmatch(str(data.get("version"))) for data in (old, after)]
    if not all(numbers):
        return  # the schema has told
    was, will_be = (tuple(map(int, found.groups())) for found in numbers if found)
    if will_be <= was:
        line = Places(draft.toml).line_of(("version",))
        expected = f"a version number higher than {old['version']}"
        yield Problem(file, line, "version", repr(after["version"]), expected)


def _clean(text: str) -> str:
    """Browsers send other line ends than files have."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if len(text) > LONGEST_TOML:
        raise InvalidInput(toml=f"expected at most {LONGEST_TOML} characters")
    return text if text.endswith("\n") else f"{text}\n"


def _author(session: Session, clinician_id: int) -> Clinician:
    clinician = session.get(Clinician, clinician_id)
    if clinician is None or not clinician.active or not people.is_clinical(clinician):
        raise NotAllowed("only clinicians change content")
    return clinician


def _open(session: Session, draft_id: int) -> ContentDraft:
    draft = session.get(ContentDraft, draft_id, with_for_update=True)
    if draft is None:
        raise NotFound("no such draft")
    if draft.state != DraftState.OPEN:
        raise WrongState("not_open", f"Draft {draft.id} is {draft.state} already.")
    return draft


def _own(session: Session, draft_id: int, clinician_id: int) -> ContentDraft:
    _author(session, clinician_id)
    draft = _open(session, draft_id)
    if draft.author_id != clinician_id:
        raise NotAllowed("only its author changes a draft")
    return draft


def _note(
    session: Session, draft: ContentDraft, action: str, clinician_id: int, now: datetime
) -> None:
    audit.record(
        session,
        actor=f"clinician:{clinician_id}",
        action=action,
        subject=f"draft:{draft.id}",
        now=now,
        detail=name_of(draft),
    )
