"""Post-operative rehabilitation: protocols, check-ins, warning signs and the people who act."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask


def create_app() -> Flask:
    """Build the web application; `flask --app rehab` and gunicorn look for it here."""
    from rehab.app import create_app as build

    return build()
