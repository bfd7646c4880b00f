"""Builds the web application from the settings. Nothing happens at import."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from flask import Flask
from flask_babel import Babel
from flask_bootstrap import Bootstrap5
from flask_migrate import Migrate
from sqlalchemy import Engine, make_url
from werkzeug.middleware.proxy_fix import ProxyFix

import rehab.models  # noqa: F401 - makes every table known
from exercises.errors import ContentError as BrokenContent
from exercises.loader import ContentPack, load
from rehab import crypto, logs, web
from rehab.clock import Clock, ShiftedClock, SystemClock
from rehab.db import db, prepare_sqlite
from rehab.demo_offset import DemoOffset
from rehab.errors import ContentError
from rehab.runtime import Runtime
from rehab.services import progression
from rehab.services.context import Context
from rehab.settings import ROOT, Settings, load_settings

LARGEST_REQUEST = 1_000_000
"""Bytes. The largest thing anybody posts is a Telegram update."""
MOST_FORM_PARTS = 100


def create_app(settings: Settings | None = None) -> Flask:
    """The application. Without `settings` it is a real start: they are read and logging is set up."""
    if settings is None:
        settings = load_settings()
        logs.set_up()
    crypto.use_secret(settings.secret_key)
    app = Flask("rehab", template_folder="web/templates", static_folder="web/static")
    app.config.update(_flask_config(settings))
    engine = _open_database(app)
    clock: Clock = SystemClock()
    if settings.is_demo:
        clock = ShiftedClock(DemoOffset(engine.url).read)
    context = Context(config=settings.config, content=_content())
    progression.check_settings(settings.config, context.content)
    app.extensions["rehab"] = Runtime(settings=settings, context=context, clock=clock)
    Bootstrap5(app)
    Babel(app, locale_selector=lambda: settings.config.clinic.languages[0])
    if settings.config.web.proxies:
        hops = settings.config.web.proxies
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops
        )
    web.register(app)
    _add_commands(app)
    return app


def _flask_config(settings: Settings) -> dict[str, object]:
    secure = settings.config.web.secure_cookies and not settings.is_local
    return {
        "SECRET_KEY": settings.secret_key,
        "SQLALCHEMY_DATABASE_URI": settings.database_url,
        "TRUSTED_HOSTS": list(settings.config.web.trusted_hosts) or None,
        "MAX_CONTENT_LENGTH": LARGEST_REQUEST,
        "MAX_FORM_PARTS": MOST_FORM_PARTS,
        # The __Host- prefix makes browsers refuse the cookie from any other host or path.
        "SESSION_COOKIE_NAME": "__Host-rehab" if secure else "rehab",
        "SESSION_COOKIE_SECURE": secure,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_PATH": "/",
        "PERMANENT_SESSION_LIFETIME": settings.idle_timeout,
        "SESSION_REFRESH_EACH_REQUEST": True,
        "WTF_CSRF_TIME_LIMIT": None,  # as long as the session
        "BOOTSTRAP_SERVE_LOCAL": True,
        "BABEL_DEFAULT_LOCALE": settings.config.clinic.languages[0],
    }


def _content() -> ContentPack:
    """The clinical content. Raises our ContentError with every problem and its place."""
    try:
        return load()
    except BrokenContent as error:
        raise ContentError(str(error)) from None


def _open_database(app: Flask) -> Engine:
    url = make_url(app.config["SQLALCHEMY_DATABASE_URI"])
    if url.get_backend_name() == "sqlite" and url.database and url.database != ":memory:":
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    db.init_app(app)
    Migrate(app, db, directory=str(ROOT / "migrations"), render_as_batch=True)
    with app.app_context():
        prepare_sqlite(db.engine)
        return db.engine


def _add_commands(app: Flask) -> None:
    if find_spec("rehab.cli") is None:
        return
    from rehab.cli import register

    register(app)
