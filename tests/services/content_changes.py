"""Ways to change content in a test as a clinic would: a draft by Meera, published by Dr Rao."""

from __future__ import annotations

from sqlalchemy.orm import Session

from exercises import packs
from rehab.models import ContentDraft, Publication
from rehab.services import drafts, publishing, rule_replay
from tests.support.build import Clinic

HIP = "protocols/hip-resurfacing-standard"
REASON = "agreed in the team meeting"


def changed(name: str, *pairs: tuple[str, str]) -> str:
    """The release's file with the first occurrence of each text replaced."""
    text = packs.release()[name]
    for old, new in pairs:
        assert old in text, f"{name} has no {old!r}"
        text = text.replace(old, new, 1)
    return text


def newer(name: str) -> tuple[str, str]:
    """The pair that gives a file a higher version number."""
    version = (packs.data_of(packs.release()[name]) or {})["version"]
    return f'version = "{version}"', 'version = "9.0.0"'


def draft(session: Session, clinic: Clinic, name: str, *pairs: tuple[str, str]) -> ContentDraft:
    """Meera's draft of a release file with replacements; the version number is raised for her."""
    kind, _, content_id = name.partition("/")
    if kind != "library":
        pairs = (newer(name), *pairs)
    return drafts.begin(
        session,
        clinic.context,
        kind=kind,
        content_id=content_id,
        toml=changed(name, *pairs),
        reason=REASON,
        author_id=clinic.meera,
        now=clinic.now,
    )


def publish(session: Session, clinic: Clinic, *found: ContentDraft) -> list[Publication]:
    """Dr Rao has read the replay of rules, and agrees."""
    rules = [one.id for one in found if one.kind == "rules"]
    rule_replay.note_seen(session, draft_ids=rules, clinician_id=clinic.rao, now=clinic.now)
    session.flush()
    return publishing.publish(
        session,
        clinic.context,
        draft_ids=[one.id for one in found],
        second_person_id=clinic.rao,
        now=clinic.now,
    )
