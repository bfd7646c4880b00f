"""Moving one episode to the content that is current now: an act of a named clinician, never automatic.

What was asked keeps the version it was asked with, and nothing is prompted again; what is prompted
from now on uses the new versions.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from sqlalchemy import select
from sqlalchemy.orm import Session

from exercises.loader import ContentPack
from exercises.schema import Protocol, Questionnaire, RuleSet, Tier
from rehab.errors import InvalidInput, WrongState
from rehab.models import ChangeKind, Episode, FindingRecord, PlanChange
from rehab.services import (
    audit,
    check_ins,
    content_diff,
    plans,
    progression,
    stage_decisions,
    versions,
)
from rehab.services.context import Context

URGENT = frozenset({Tier.EMERGENCY, Tier.SAME_DAY})


@dataclass(frozen=True)
class Pins:
    """The versions an episode holds, as it stores them."""

    protocol_id: str
    protocol_hash: str
    exercises_hash: str
    questionnaire_hash: str
    rules_hash: str
    education_hash: str | None


@dataclass(frozen=True)
class Move:
    """What moving an episode would change, before anything is written."""

    differences: Mapping[str, tuple[str, ...]]
    """Sentences by kind: protocol, exercises, questionnaire, rules, education, warning_signs."""
    problems: tuple[str, ...]
    """With a problem the episode cannot be moved."""
    pins: Pins

    @property
    def is_needed(self) -> bool:
        """Whether anything would change."""
        return any(self.differences.values())


def preview(session: Session, context: Context, *, episode: Episode) -> Move:
    """Show what is different for this patient in what is current. Writes nothing.

    Raises ContentError when what the clinic published does not fit the release.
    """
    pack = versions.current_pack(session, context)
    protocol = _protocol(pack, episode)
    pins = _pins(pack, protocol)
    return Move(
        differences=MappingProxyType(_differences(session, context, episode, pack, protocol)),
        problems=tuple(_problems(session, context, episode, pack, protocol)),
        pins=pins,
    )


def apply(
    session: Session,
    context: Context,
    *,
    episode_id: int,
    reason: str,
    clinician_id: int,
    now: datetime,
) -> PlanChange:
    """Move the episode to what is current, and keep who did it, why, and what became different.

    Raises NotFound, NotAllowed, WrongState("closed" or "up_to_date"), InvalidInput(reason or
    content), ContentError.
    """
    episode = stage_decisions.episode_for(session, episode_id, clinician_id)
    if len(reason.strip()) < plans.SHORTEST_REASON:
        raise InvalidInput(reason="please give the reason in a few words")
    move = preview(session, context, episode=episode)
    if not move.is_needed:
        raise WrongState("up_to_date", "This episode has the current content already.")
    if move.problems:
        raise InvalidInput(content=" ".join(move.problems))
    versions.publish(session, versions.current_pack(session, context), now=now)
    row = PlanChange(
        episode_id=episode.id,
        kind=ChangeKind.CONTENT,
        from_on=plans.takes_effect_on(session, episode=episode, now=now),
        overrides=[],
        words=_words(move),
        reason=reason.strip(),
        at=now,
        clinician_id=clinician_id,
    )
    session.add(row)
    for field, value in vars(move.pins).items():
        setattr(episode, field, value)
    session.flush()
    _note(session, episode, row, now)
    # A proposal that rests on criteria of the old protocol must not outlive them.
    progression.look(session, context, episode=episode, now=now)
    return row


def _protocol(pack: ContentPack, episode: Episode) -> Protocol:
    found = pack.protocols.get(episode.protocol_id)
    if found is not None:
        return found
    try:
        return pack.protocol_for(episode.procedure, episode.variant)
    except KeyError as error:
        raise InvalidInput(content=str(error.args[0])) from None


def _pins(pack: ContentPack, protocol: Protocol) -> Pins:
    hashes = pack.hashes
    return Pins(
        protocol_id=protocol.id,
        protocol_hash=hashes[f"protocols/{protocol.id}"],
        exercises_hash=versions.library_hash(pack),
        questionnaire_hash=hashes[f"questionnaires/{protocol.questionnaire}"],
        rules_hash=hashes[f"rules/{protocol.rules}"],
        education_hash=hashes[f"education/{protocol.education}"] if protocol.education else None,
    )


def _differences(
    session: Session, context: Context, episode: Episode, pack: ContentPack, new: Protocol
) -> dict[str, tuple[str, ...]]:
    different = content_diff.differences
    asked = versions.questionnaire(session, context, episode.questionnaire_hash)
    signs, _ = versions.warning_signs(session, context, episode)
    cards = pack.education[new.education] if new.education else None
    return {
        "protocol": different(versions.protocol_of(session, context, episode), new),
        "exercises": content_diff.library_differences(
            versions.library_of(session, context, episode), pack.exercises
        ),
        "questionnaire": different(asked, pack.questionnaires[new.questionnaire]),
        "rules": different(
            versions.pinned_rules_of(session, context, episode), pack.rules[new.rules]
        ),
        "education": different(versions.education_of(session, context, episode), cards),
        "warning_signs": different(signs, pack.questionnaires[new.warning_signs]),
    }


def _problems(
    session: Session, context: Context, episode: Episode, pack: ContentPack, new: Protocol
) -> Iterator[str]:
    if episode.stage_id not in {stage.id for stage in new.stages}:
        yield f"The patient is in stage {episode.stage_id}, which the new protocol does not have."
    library = versions.library_of(session, context, episode)
    for gone in sorted(library.keys() - pack.exercises.keys()):
        # Lists that were shown and changes of the plan still name it.
        yield f"The new library no longer has {gone} {library[gone].name}."
    yield from _lost_changes(session, episode, new)
    rules = pack.rules[new.rules]
    yield from _unjudged(session, context, episode, pack, new)
    yield from _unfinished(session, episode, rules)


def _lost_changes(session: Session, episode: Episode, new: Protocol) -> Iterator[str]:
    """Changes of this patient's plan about a precaution that the new protocol does not know."""
    known = {one.id for one in new.precautions}
    for change in plans.changes_of(session, episode):
        if change.kind == "precaution" and change.precaution_id not in known:
            yield (
                f"This patient has a change of the precaution {change.precaution_id}, which the new "
                "protocol does not have. Take the change back first."
            )


def _unjudged(
    session: Session, context: Context, episode: Episode, pack: ContentPack, new: Protocol
) -> Iterator[str]:
    """Answers on keyboards this patient still has that only the old urgent rules know.

    They can be tapped for ever; judged by the new rules they would reach nobody.
    """
    old_rules, rules = versions.pinned_rules_of(session, context, episode), pack.rules[new.rules]
    shown = [
        versions.questionnaire(session, context, episode.questionnaire_hash),
        versions.warning_signs(session, context, episode)[0],
    ]
    coming = [pack.questionnaires[new.questionnaire], pack.questionnaires[new.warning_signs]]
    lost = (_answers(shown) - _answers(coming)) & _heard(old_rules) - _heard(rules)
    for question, value in sorted(lost):
        answer = f"the answer {value!r} to the question {question!r}" if value else repr(question)
        yield (
            f"An urgent rule listens to {answer}, which the new content does not know: on an old "
            "keyboard it would reach nobody. This patient stays with the present content."
        )


def _answers(asked: list[Questionnaire]) -> set[tuple[str, str]]:
    """What can be tapped: each question with each of its options, and (question, "") for a number."""
    return {
        (question.id, value)
        for one in asked
        for question in one.questions
        for value in ("", *(option.value for option in question.options))
    }


def _heard(rules: RuleSet) -> set[tuple[str, str]]:
    return {
        (condition.question, value)
        for rule in rules.rules
        if rule.tier in URGENT
        for condition in rule.when
        for value in (condition.is_one_of + condition.after_days_of or ("",))
    }


def _unfinished(session: Session, episode: Episode, rules: RuleSet) -> Iterator[str]:
    """Advice of a check-in that is not over yet comes from the rule that found it."""
    known = {rule.id for rule in rules.rules}
    for kind in ("check-in", "warning-signs"):
        latest = check_ins.latest(session, episode_id=episode.id, kind=kind)
        if latest is None:
            continue
        found = select(FindingRecord.rule_id).where(FindingRecord.cause == f"check_in:{latest.id}")
        if gone := sorted(set(session.scalars(found)) - known):
            yield (
                f"The check-in of {latest.local_on:%d %b} found {', '.join(gone)}, which the new "
                "rules no longer have. Move the patient after the next one."
            )


def _words(move: Move) -> str:
    parts = [
        f"{kind.replace('_', ' ')}: {'; '.join(told)}"
        for kind, told in move.differences.items()
        if told
    ]
    return "Moved to newer content. " + " | ".join(parts)


def _note(session: Session, episode: Episode, row: PlanChange, now: datetime) -> None:
    audit.record(
        session,
        actor=f"clinician:{row.clinician_id}",
        action="plan.content",
        subject=f"episode:{episode.id}",
        patient_id=episode.patient_id,
        now=now,
        detail=f"protocol {episode.protocol_hash[:12]} rules {episode.rules_hash[:12]}",
    )
