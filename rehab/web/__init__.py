"""The physiotherapist's dashboard: thin views over the services."""

from __future__ import annotations

from importlib import import_module

from flask import Flask

from rehab.web import access, errors, headers, security, shown, telegram, throttle, watching
from rehab.web.forms import csrf

PAGES = (
    "home", "patients", "phone_check_in", "caregivers", "photos", "plan", "enrol", "alerts",
    "library", "content", "rules", "preferences", "rule_settings", "on_call", "rota",
    "roll_call", "outages", "staff", "health", "metrics",
)  # fmt: skip


def register(app: Flask) -> None:
    """Add sign-in, protection, pages and error pages to the application."""
    csrf.init_app(app)
    headers.register(app)
    # Before anybody is loaded: these use transactions of their own.
    throttle.register(app)
    watching.register(app)
    security.register(app)
    access.register(app)
    errors.register(app)
    shown.register(app)
    for name in PAGES:
        app.register_blueprint(import_module(f"rehab.web.{name}").blueprint)
    app.register_blueprint(telegram.blueprint)
    csrf.exempt(telegram.blueprint)
