"""Published content versions: stored once, read back by hash, so that an episode keeps what it pinned."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from pydantic import TypeAdapter
from sqlalchemy import select
from sqlalchemy.orm import Session

from exercises import packs
from exercises.errors import ContentError as BrokenContent
from exercises.loader import ContentPack
from exercises.schema import Content, EducationSet, Exercise, Protocol, Questionnaire, RuleSet
from rehab.errors import ContentError
from rehab.models import (
    ChangeKind,
    ContentDraft,
    ContentVersion,
    Episode,
    PlanChange,
    Publication,
)
from rehab.services import rule_levels
from rehab.services.context import Context

KINDS: dict[str, type[Content]] = {
    "protocols": Protocol,
    "questionnaires": Questionnaire,
    "rules": RuleSet,
    "education": EducationSet,
}
LIBRARY = "exercises"
"""The whole exercise library is one version: a protocol's exercises refer to each other."""
AnyContent = TypeVar("AnyContent", bound=Content)


def publish(session: Session, pack: ContentPack, *, now: datetime) -> int:
    """Store every version of the pack that is not stored yet. Returns how many were new."""
    new = 0
    for kind in KINDS:
        for content_id, content in getattr(pack, kind).items():
            digest = pack.hashes[f"{kind}/{content_id}"]
            if session.get(ContentVersion, digest) is None:
                session.add(
                    ContentVersion(
                        hash=digest,
                        kind=kind,
                        content_id=content_id,
                        version=content.version,
                        body=content.model_dump(mode="json"),
                        loaded_at=now,
                    )
                )
                new += 1
    new += _publish_library(session, pack, now)
    session.flush()
    return new


def published_texts(session: Session) -> dict[str, str]:
    """The TOML of every file a clinic published, newest version, by name (`protocols/…`).

    A publication of a rule set that only inherits the change has no text of its own.
    """
    own = (
        select(Publication.kind, Publication.content_id, ContentDraft.toml)
        .join(ContentDraft, ContentDraft.id == Publication.draft_id)
        .where(
            Publication.kind == ContentDraft.kind,
            Publication.content_id == ContentDraft.content_id,
        )
        .order_by(Publication.id)
    )
    return {f"{kind}/{content_id}": text for kind, content_id, text in session.execute(own)}


def current_pack(session: Session, context: Context) -> ContentPack:
    """What a new episode pins from: the release, with what this clinic published laid over it.

    Raises ContentError when a publication does not fit the release (it was made for an older one).
    """
    texts = published_texts(session)
    if not texts:
        return context.content
    reading = packs.read(texts)
    if reading.pack is None:
        raise ContentError(
            f"What this clinic published does not fit this release. {BrokenContent(reading.problems)}"
        )
    return reading.pack


def current_context(session: Session, context: Context) -> Context:
    """The same clinic with the content that is current now; for everything about a new episode."""
    return replace(context, content=current_pack(session, context))


def standing_hashes(session: Session, context: Context) -> dict[str, str]:
    """The hash of every current piece by name, also when the publications do not fit the release:
    then what was published last, beside the release's own; a mended draft begins from there."""
    try:
        return dict(current_pack(session, context).hashes)
    except ContentError:
        published = session.execute(
            select(Publication.kind, Publication.content_id, Publication.hash).order_by(
                Publication.id
            )
        )
        newest = {f"{kind}/{content_id}": digest for kind, content_id, digest in published}
        return {**context.content.hashes, **newest}


def current(session: Session, context: Context, kind: str, content_id: str) -> tuple[Content, str]:
    """The version new episodes start with, and its hash.

    `kind` is protocols, questionnaires, rules, education or library (one exercise). Raises KeyError.
    """
    pack = current_pack(session, context)
    shelf = getattr(pack, "exercises" if kind == "library" else kind)
    return shelf[content_id], pack.hashes[f"{kind}/{content_id}"]


def stored(session: Session, context: Context, kind: str, digest: str | None) -> Content | None:
    """A version by its hash, of any kind but the whole library; None when it is not known here."""
    if digest is None:
        return None
    model: type[Content] = Exercise if kind == "library" else KINDS[kind]
    try:
        return _read(session, context, kind, digest, model)
    except KeyError:
        return None


def current_protocol_for(
    session: Session, context: Context, procedure: str, variant: str | None = None
) -> tuple[Protocol, str]:
    """The protocol a new episode of this procedure pins (None: its default variant), and its hash.

    Raises KeyError that names what there is.
    """
    pack = current_pack(session, context)
    protocol = pack.protocol_for(procedure, variant)
    return protocol, pack.hashes[f"protocols/{protocol.id}"]


def library_hash(pack: ContentPack) -> str:
    """The hash of the whole exercise library."""
    parts = sorted(
        f"{key}={value}" for key, value in pack.hashes.items() if key.startswith("library/")
    )
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def library_of(session: Session, context: Context, episode: Episode) -> Mapping[str, Exercise]:
    """The exercises as they were when this episode pinned them, by id."""
    if episode.exercises_hash == library_hash(context.content):
        return context.content.exercises
    row = session.get(ContentVersion, episode.exercises_hash)
    if row is None:
        raise KeyError(f"exercise library {episode.exercises_hash} was never published here")
    return {key: Exercise.model_validate(body) for key, body in row.body.items()}


def protocol_of(session: Session, context: Context, episode: Episode) -> Protocol:
    """The protocol version this episode pinned."""
    return _read(session, context, "protocols", episode.protocol_hash, Protocol)


def rules_of(session: Session, context: Context, episode: Episode) -> RuleSet:
    """The rules as they hold for this patient: the pinned version, with the settings of every level."""
    return rule_levels.effective(session, pinned_rules_of(session, context, episode), episode)


def pinned_rules_of(session: Session, context: Context, episode: Episode) -> RuleSet:
    """The rule set version this episode pinned, without anybody's settings."""
    return rule_set(session, context, episode.rules_hash)


def rules_of_all(
    session: Session, context: Context, episodes: Sequence[Episode]
) -> dict[int, RuleSet]:
    """`rules_of` for many patients, by episode id, without a query for each."""
    pinned = {one.id: pinned_rules_of(session, context, one) for one in episodes}
    return rule_levels.effective_of_all(session, pinned, episodes)


def rule_set(session: Session, context: Context, digest: str) -> RuleSet:
    """The rule set with this hash, as it was when it judged."""
    return _read(session, context, "rules", digest, RuleSet)


def questionnaire(session: Session, context: Context, digest: str) -> Questionnaire:
    """The questionnaire with this hash, as it was when it was asked."""
    return _read(session, context, "questionnaires", digest, Questionnaire)


def education(session: Session, context: Context, digest: str) -> EducationSet:
    """The education cards with this hash, as they were when one of them was sent."""
    return _read(session, context, "education", digest, EducationSet)


def education_of(session: Session, context: Context, episode: Episode) -> EducationSet | None:
    """The education cards this episode pinned; None when its protocol has none."""
    if episode.education_hash is None:
        return None
    return education(session, context, episode.education_hash)


def digest_of(context: Context, kind: str, content_id: str) -> str:
    """The hash of a piece of content in the pack that is published now."""
    return context.content.hashes[f"{kind}/{content_id}"]


def warning_signs(
    session: Session, context: Context, episode: Episode
) -> tuple[Questionnaire, str]:
    """The warning signs this episode's patient can report at any time, and the hash of the list.

    It is the list the pinned protocol names, as it stands in this release, or as the clinic had
    published it when the episode pinned its content: what is published later changes nothing here.
    When it has a sign that the pinned rules do not answer, such a tap would reach nobody. Then it is
    the newest version whose every sign they answer. Without one it is the first list all the same,
    for no list at all would be worse. Raises KeyError when there was never a list of this name.
    """
    name = protocol_of(session, context, episode).warning_signs
    rules = pinned_rules_of(session, context, episode)
    first: tuple[Questionnaire, str] | None = None
    for one in _versions_of(session, context, name, pinned_at(session, episode)):
        if not rules.unheard(one[0]):
            return one
        first = first or one
    if first is None:
        raise KeyError(f"no list of warning signs {name} here")
    return first


def pinned_at(session: Session, episode: Episode) -> datetime:
    """When the episode pinned its content: as it began, or when it was last moved to newer content."""
    moved = session.scalar(
        select(PlanChange.at)
        .where(PlanChange.episode_id == episode.id, PlanChange.kind == ChangeKind.CONTENT)
        .order_by(PlanChange.id.desc())
        .limit(1)
    )
    return moved or episode.created_at


def _versions_of(
    session: Session, context: Context, name: str, pinned: datetime
) -> Iterator[tuple[Questionnaire, str]]:
    """The versions of a questionnaire an episode may see: what the clinic had published when it was
    pinned, else the one in the pack, then the stored ones, newest first."""
    published = session.execute(
        select(Publication.hash, Publication.at)
        .where(Publication.kind == "questionnaires", Publication.content_id == name)
        .order_by(Publication.id.desc())
    ).all()
    before = [digest for digest, at in published if at <= pinned]
    later = {digest for digest, _ in published} - set(before)
    in_pack = context.content.questionnaires.get(name)
    if before:
        yield questionnaire(session, context, before[0]), before[0]
    elif in_pack is not None:
        yield in_pack, digest_of(context, "questionnaires", name)
    stored = select(ContentVersion.hash).where(
        ContentVersion.kind == "questionnaires", ContentVersion.content_id == name
    )
    newest_first = stored.order_by(ContentVersion.loaded_at.desc(), ContentVersion.hash)
    for digest in session.scalars(newest_first):
        if digest not in later:
            yield questionnaire(session, context, digest), digest


def _publish_library(session: Session, pack: ContentPack, now: datetime) -> int:
    digest = library_hash(pack)
    if session.get(ContentVersion, digest) is not None:
        return 0
    session.add(
        ContentVersion(
            hash=digest,
            kind=LIBRARY,
            content_id=LIBRARY,
            version=digest[:12],
            body={key: found.model_dump(mode="json") for key, found in pack.exercises.items()},
            loaded_at=now,
        )
    )
    return 1


def _read(
    session: Session, context: Context, kind: str, digest: str, model: type[AnyContent]
) -> AnyContent:
    for key, found in context.content.hashes.items():
        if found == digest and key.startswith(f"{kind}/"):
            shelf = "exercises" if kind == "library" else kind
            found_here: AnyContent = getattr(context.content, shelf)[key.partition("/")[2]]
            return found_here
    row = session.get(ContentVersion, digest)
    if row is None:
        raise KeyError(f"content version {digest} was never published here")
    body = TypeAdapter(dict[str, object]).dump_json(row.body)
    return model.model_validate_json(body)
