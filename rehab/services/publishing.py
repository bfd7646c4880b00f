"""Publishing: drafts become what new episodes start with, once a second clinician agrees."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from exercises import packs
from exercises.errors import ContentError as BrokenContent
from exercises.loader import ContentPack
from exercises.schema import Exercise
from rehab.errors import ContentError, InvalidInput, NotAllowed, WrongState
from rehab.models import (
    Clinician,
    ContentDraft,
    ContentVersion,
    DraftState,
    Publication,
    RoleName,
)
from rehab.services import audit, drafts, rule_replay, versions
from rehab.services.context import Context

AGREE = frozenset({RoleName.SURGEON, RoleName.PHYSIOTHERAPIST})
"""Who may be the second person."""


@dataclass(frozen=True)
class Published:
    """One publication as a page shows it."""

    kind: str
    content_id: str
    hash: str
    version: str
    author: str
    second_person: str
    reason: str
    at: datetime
    draft_id: int


def refusal(session: Session, draft: ContentDraft, clinician_id: int) -> str:
    """Why this clinician cannot be the second person for this draft; empty when they can."""
    clinician = session.get(Clinician, clinician_id)
    if clinician is None or not clinician.active:
        return "Only a clinician who works here can agree."
    if not any(role.name in AGREE for role in clinician.roles):
        return "A surgeon or a physiotherapist must agree."
    if draft.author_id == clinician_id:
        return (
            "You wrote this draft. Please ask a second surgeon or physiotherapist to publish it."
        )
    return ""


def publish(
    session: Session,
    context: Context,
    *,
    draft_ids: Sequence[int],
    second_person_id: int,
    now: datetime,
    seen: Mapping[int, str] | None = None,
    actor: str = "",
) -> list[Publication]:
    """Make drafts current, all together or none: files that need each other go in one act.

    Writes a publication for every piece that changes by it; a rule set that only inherits the change
    is one too. Enrolled patients keep what they pinned. `seen` is the `text_hash` of each draft as
    the second person read it.

    Raises NotFound, NotAllowed (the second person is an author, or no surgeon or physiotherapist),
    InvalidInput(draft) without drafts or with two of one file, WrongState("not_open", "stale",
    "edited" or, for rules whose replay the second person has not seen, "not_replayed"),
    ContentError with every problem.
    """
    _one_at_a_time(session)
    found = [drafts.get(session, draft_id) for draft_id in dict.fromkeys(draft_ids)]
    _check(session, context, found, second_person_id, seen)
    before = versions.standing_hashes(session, context)
    after = drafts.resulting(session, found)
    assert after is not None, "without problems there is a pack"
    versions.publish(session, after, now=now)
    _store_exercises(session, context, before, after, now)
    texts = packs.laid_over(drafts.changes(session, found))
    rows = [
        _publication(name, after.hashes[name], _behind(name, found, texts), second_person_id, now)
        for name in sorted(after.hashes)
        if before.get(name) != after.hashes[name]
    ]
    for draft in found:
        draft.state, draft.updated_at = DraftState.PUBLISHED, now
    session.add_all(rows)
    session.flush()
    for row in rows:
        _note(session, row, actor or f"clinician:{second_person_id}", now)
    return rows


def history(session: Session, *, kind: str = "", content_id: str = "") -> list[Published]:
    """The publications of one piece, or of all, newest first."""
    query = select(Publication, ContentVersion.version).join(
        ContentVersion, ContentVersion.hash == Publication.hash
    )
    if kind:
        query = query.where(Publication.kind == kind, Publication.content_id == content_id)
    names = {one.id: one.name for one in session.scalars(select(Clinician))}
    return [
        Published(
            kind=row.kind,
            content_id=row.content_id,
            hash=row.hash,
            version=version,
            author=names.get(row.author_id, ""),
            second_person=names.get(row.second_person_id, ""),
            reason=row.reason,
            at=row.at,
            draft_id=row.draft_id,
        )
        for row, version in session.execute(query.order_by(Publication.id.desc()))
    ]


def _one_at_a_time(session: Session) -> None:
    """Two drafts that fit the content each by itself may not fit each other."""
    waiting = select(ContentDraft).where(ContentDraft.state == DraftState.OPEN)
    session.scalars(
        waiting.order_by(ContentDraft.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()


def _check(
    session: Session,
    context: Context,
    found: Sequence[ContentDraft],
    second_person_id: int,
    seen: Mapping[int, str] | None,
) -> None:
    if not found:
        raise InvalidInput(draft="expected the number of a draft")
    if len({drafts.name_of(one) for one in found}) < len(found):
        raise InvalidInput(draft="two drafts of one file cannot be published together")
    for draft in found:
        if draft.state != DraftState.OPEN:
            raise WrongState("not_open", f"Draft {draft.id} is {draft.state} already.")
        if reason := refusal(session, draft, second_person_id):
            raise NotAllowed(reason)
        if seen is not None and seen.get(draft.id) != drafts.text_hash(draft):
            raise WrongState("edited", f"Draft {draft.id} was edited after you read it.")
        if draft.kind == "rules" and not rule_replay.was_seen(
            session, draft, clinician_id=second_person_id
        ):
            raise WrongState(
                "not_replayed",
                f"Please look at the replay of draft {draft.id} first: what its rules would have "
                "raised in the last weeks, and what they would have missed.",
            )
        if told := drafts.published_meanwhile(session, context, draft):
            raise WrongState("stale", _stale_words(draft, told))
    if problems := drafts.problems(session, context, found):
        raise ContentError(str(BrokenContent(problems)))


def _stale_words(draft: ContentDraft, told: Sequence[str]) -> str:
    head = (
        f"Draft {draft.id} was made from an older version of {drafts.name_of(draft)}; somebody "
        "published meanwhile. Its author must look at it and go on from the current version:"
    )
    return "\n".join([head, *(f"- {sentence}" for sentence in told)])


def _store_exercises(
    session: Session,
    context: Context,
    before: Mapping[str, str],
    after: ContentPack,
    now: datetime,
) -> None:
    """Keep each changed exercise by itself, before and after: its history is told one by one."""
    for content_id, new in after.exercises.items():
        name = f"library/{content_id}"
        if before.get(name) == after.hashes[name]:
            continue
        old = versions.stored(session, context, "library", before.get(name))
        for exercise, digest in ((old, before.get(name)), (new, after.hashes[name])):
            if isinstance(exercise, Exercise) and digest is not None:
                _store_exercise(session, exercise, digest, now)
    session.flush()


def _store_exercise(session: Session, exercise: Exercise, digest: str, now: datetime) -> None:
    if session.get(ContentVersion, digest) is not None:
        return
    row = ContentVersion(
        hash=digest,
        kind="library",
        content_id=exercise.id,
        version=digest[:12],
        body=exercise.model_dump(mode="json"),
        loaded_at=now,
    )
    session.add(row)


def _behind(name: str, found: Sequence[ContentDraft], texts: Mapping[str, str]) -> ContentDraft:
    """The draft a change comes from: the piece's own, or that of a rule set it builds on."""
    by_name = {drafts.name_of(draft): draft for draft in found}
    names = [name, *_below(name, texts)]
    return next((by_name[one] for one in names if one in by_name), found[0])


def _below(name: str, texts: Mapping[str, str]) -> list[str]:
    """The names of the rule sets this one builds on, nearest first."""
    seen: list[str] = []
    waiting = [name]
    while waiting:
        data = packs.data_of(texts.get(waiting.pop(0), "")) or {}
        for base in (f"rules/{one}" for one in data.get("extends", [])):
            if base not in seen:
                seen.append(base)
                waiting.append(base)
    return seen


def _publication(
    name: str, digest: str, draft: ContentDraft, second_person_id: int, now: datetime
) -> Publication:
    kind, _, content_id = name.partition("/")
    return Publication(
        kind=kind,
        content_id=content_id,
        hash=digest,
        draft_id=draft.id,
        author_id=draft.author_id,
        second_person_id=second_person_id,
        reason=draft.reason,
        at=now,
    )


def _note(session: Session, row: Publication, actor: str, now: datetime) -> None:
    audit.record(
        session,
        actor=actor,
        action="content.published",
        subject=f"publication:{row.id}",
        now=now,
        detail=f"{row.kind}/{row.content_id} draft:{row.draft_id} second:{row.second_person_id}",
    )
