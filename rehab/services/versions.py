"""Published content versions: stored once, read back by hash, so that an episode keeps what it pinned."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TypeVar

from pydantic import TypeAdapter
from sqlalchemy import select
from sqlalchemy.orm import Session

from exercises.loader import ContentPack
from exercises.schema import Content, EducationSet, Exercise, Protocol, Questionnaire, RuleSet
from rehab.models import ContentVersion, Episode
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
    """The rule set version this episode pinned."""
    return _read(session, context, "rules", episode.rules_hash, RuleSet)


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

    It is the list the pinned protocol names, as it stands now, unless it has a sign that the pinned
    rules do not answer: such a tap would reach nobody. Then it is the newest published version
    whose every sign they answer. Without one it is today's list all the same, for no list at all
    would be worse. Raises KeyError when there was never a list of this name.
    """
    name = protocol_of(session, context, episode).warning_signs
    rules = rules_of(session, context, episode)
    first: tuple[Questionnaire, str] | None = None
    for one in _versions_of(session, context, name):
        if not rules.unheard(one[0]):
            return one
        first = first or one
    if first is None:
        raise KeyError(f"no list of warning signs {name} here")
    return first


def _versions_of(
    session: Session, context: Context, name: str
) -> Iterator[tuple[Questionnaire, str]]:
    """Every version of a questionnaire: the one in the pack, then the stored ones, newest first."""
    current = context.content.questionnaires.get(name)
    if current is not None:
        yield current, digest_of(context, "questionnaires", name)
    stored = select(ContentVersion.hash).where(
        ContentVersion.kind == "questionnaires", ContentVersion.content_id == name
    )
    newest_first = stored.order_by(ContentVersion.loaded_at.desc(), ContentVersion.hash)
    for digest in session.scalars(newest_first):
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
            current: AnyContent = getattr(context.content, kind)[key.partition("/")[2]]
            return current
    row = session.get(ContentVersion, digest)
    if row is None:
        raise KeyError(f"content version {digest} was never published here")
    body = TypeAdapter(dict[str, object]).dump_json(row.body)
    return model.model_validate_json(body)
