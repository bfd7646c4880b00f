"""`content check` and `content publish`."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import AppGroup

from exercises.loader import load
from rehab.cli.desk import runtime, show, tells_errors
from rehab.db import transaction
from rehab.services import versions

group = AppGroup("content", help="Clinical content: exercises, protocols, questionnaires, rules.")


@group.command("check")
@click.option("--path", type=click.Path(path_type=Path, exists=True), default=None)
@tells_errors
def check(path: Path | None) -> None:
    """Read all content and say what is wrong: file, line or key, what was found and expected."""
    pack = load(path)
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
@tells_errors
def publish() -> None:
    """Store the present content as versions that episodes can pin."""
    here = runtime()
    with transaction() as session:
        new = versions.publish(session, here.context.content, now=here.clock.now())
    show({"ok": True, "new_versions": new})
