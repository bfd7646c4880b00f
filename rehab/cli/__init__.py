"""`flask --app rehab …`: the commands of the people who run a clinic's server."""

from __future__ import annotations

from flask import Flask

from rehab.cli import backup, content, demo, patients, rota, rules, staff


def register(app: Flask) -> None:
    """Add every command to the application."""
    staff.group.add_command(rota.group)
    app.cli.add_command(staff.group)
    app.cli.add_command(patients.group)
    app.cli.add_command(content.group)
    app.cli.add_command(rules.group)
    app.cli.add_command(rules.triage)
    app.cli.add_command(backup.backup)
    app.cli.add_command(demo.command)
