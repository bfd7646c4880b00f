"""`content …`: check, compare, carry and publish clinical content from the command line."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import AppGroup

from exercises import packs
from exercises.loader import load
from rehab.cli.content_sides import compare, pieces
from rehab.cli.desk import runtime, show, tells_errors
from rehab.db import transaction
from rehab.errors import InvalidInput
from rehab.models import Clinician
from rehab.services import content_folders, drafts, people, publishing, versions

group = AppGroup("content", help="Clinical content: exercises, protocols, questionnaires, rules.")
FOLDER = click.Path(path_type=Path, file_okay=False)


@group.command("check")
@click.option(
    *("--folder", "--path", "folder"),
    type=click.Path(path_type=Path, exists=True),
    default=None,
    help="Another folder than the release's own content.",
)
@tells_errors
def check(folder: Path | None) -> None:
    """Read all content and say what is wrong: file, line or key, what was found and expected."""
    pack = load(folder)
    show(
        {
            "ok": True,
            "hash": pack.hash,
            "exercises": len(pack.exercises),
            "protocols": len(pack.protocols),
            "questionnaires": len(pack.questionnaires),
            "rules": sum(len(rule_set.rules) for rule_set in pack.rules.values()),
        }
    )


@group.command("publish")
@click.argument("draft", type=int, nargs=-1)
@click.option(
    "--second", default=None, help="E-mail of the surgeon or physiotherapist who agrees."
)
@tells_errors
def publish(draft: tuple[int, ...], second: str | None) -> None:
    """Publish drafts by their numbers, once a second clinician agrees.

    Without a number: store the present content as versions that episodes can pin (at a release).
    """
    if not draft:
        _store_versions(second)
        return
    if not second:
        raise InvalidInput(second="expected the e-mail of a second surgeon or physiotherapist")
    here = runtime()
    with transaction() as session:
        rows = publishing.publish(
            session,
            here.context,
            draft_ids=draft,
            second_person_id=people.by_email(session, second).id,
            now=here.clock.now(),
            actor="cli",
        )
        names = [f"{row.kind}/{row.content_id}" for row in rows]
    show({"ok": True, "published": names})


def _store_versions(second: str | None) -> None:
    if second:
        raise click.UsageError("Which draft? `content drafts` lists their numbers.")
    here = runtime()
    now = here.clock.now()
    with transaction() as session:
        # The release's own too: a file a publication stands before must stay comparable.
        new = versions.publish(session, here.context.content, now=now)
        new += versions.publish(session, versions.current_pack(session, here.context), now=now)
    show({"ok": True, "new_versions": new})


@group.command("diff")
@click.argument("first")
@click.argument("second", required=False)
@tells_errors
def diff(first: str, second: str | None) -> None:
    """Say in words what differs from FIRST to SECOND: folders, hashes or names of pieces.

    One name alone, e.g. protocols/hip-resurfacing-standard: the release's file against what is
    current. One line for each difference, then a line with their number.
    """
    with transaction() as session:
        told = compare(session, runtime().context, first, second)
    for piece, sentence in told:
        show({"piece": piece, "difference": sentence})
    show({"same": not told, "differences": len(told)})


@group.command("export")
@click.argument("folder", type=FOLDER)
@tells_errors
def export(folder: Path) -> None:
    """Write the current content into an empty folder: TOML with its comments, and hashes.toml."""
    with transaction() as session:
        count = content_folders.export(session, runtime().context, folder)
    show({"ok": True, "folder": str(folder), "files": count})


@group.command("seal")
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@tells_errors
def seal(folder: Path) -> None:
    """After changing files of an exported folder: write their hashes anew, so that it can be imported."""
    show({"ok": True, "changed": packs.seal(folder)})


@group.command("import")
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--author", required=True, help="E-mail of the clinician whose drafts they are.")
@click.option("--reason", required=True)
@tells_errors
def bring(folder: Path, author: str, reason: str) -> None:
    """Make a draft of every file in FOLDER that differs from what is current. Publishes nothing."""
    incoming = packs.incoming(folder)
    here = runtime()
    with transaction() as session:
        brought = content_folders.bring(
            session,
            here.context,
            incoming,
            reason=reason,
            author_id=people.by_email(session, author).id,
            now=here.clock.now(),
        )
        made = {drafts.name_of(one): one.id for one in brought.drafts}
        missing = {
            language: len(texts)
            for language, texts in drafts.untranslated(
                session, here.context, brought.drafts
            ).items()
        }
    for name in brought.left_alone:
        show(
            {"left_alone": name, "why": "unchanged since it was exported; a newer one is current"}
        )
    show({"ok": True, "drafts": made, "texts_without_translation": missing})


@group.command("drafts")
@tells_errors
def list_drafts() -> None:
    """The open drafts: number, piece, author, reason, problems."""
    here = runtime()
    with transaction() as session:
        found = drafts.open_drafts(session)
        for draft in found:
            author = session.get_one(Clinician, draft.author_id)
            show(
                {
                    "draft": draft.id,
                    "piece": drafts.name_of(draft),
                    "author": author.email,
                    "reason": draft.reason,
                    "since": draft.created_at,
                    "is_stale": drafts.is_stale(session, here.context, draft),
                    "differences": drafts.differences(session, draft),
                    "problems": [
                        str(one) for one in drafts.problems(session, here.context, [draft])
                    ],
                }
            )
    show({"open_drafts": len(found)})


@group.command("versions")
@tells_errors
def list_versions() -> None:
    """What is current: every piece with version, hash, sign-off and who published it."""
    with transaction() as session:
        told = pieces(session, runtime().context)
    for piece in told:
        show(piece)
    show({"pieces": len(told)})
