"""Health as JSON for monitors: 200 when fine, 503 when not. No sign-in, no names."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from rehab.db import transaction
from rehab.models import ContentVersion
from rehab.services import health, watch_keeping
from rehab.services.health import Check
from rehab.web.access import Policy, allow_all, now

blueprint = Blueprint("health", __name__, url_prefix="/health")
allow_all(blueprint, Policy.OWN_CHECK)  # open to anybody, and never asks who is signed in


@blueprint.get("/live")
def live() -> ResponseReturnValue:
    """The process answers."""
    return {"ok": True}


@blueprint.get("/ready")
def ready() -> ResponseReturnValue:
    """The database answers and has its tables."""
    with transaction() as session:
        session.scalar(select(ContentVersion.hash).limit(1))
    return {"ok": True}


@blueprint.get("/intake")
def intake() -> ResponseReturnValue:
    """Telegram is listened to and its updates are handled."""
    return _answer(_report().intake)


@blueprint.get("/delivery")
def delivery() -> ResponseReturnValue:
    """Messages leave in time."""
    return _answer(_report().delivery)


@blueprint.get("/escalation")
def escalation() -> ResponseReturnValue:
    """No open alert is forgotten."""
    return _answer(_report().escalation)


@blueprint.get("/watch")
def watched() -> ResponseReturnValue:
    """The product's watch looks, and finds no trouble."""
    moment = now()
    with transaction() as session:
        stale = watch_keeping.is_stale(session, moment)
        codes = [one.code for one in watch_keeping.active(session)]
    return _answer(Check(ok=not stale and not codes, detail={"stale": stale, "troubles": codes}))


@blueprint.errorhandler(SQLAlchemyError)
def _no_database(_error: SQLAlchemyError) -> ResponseReturnValue:
    return {"ok": False, "detail": {"database": "unreachable"}}, 503


def _report() -> health.HealthReport:
    with transaction() as session:
        return health.report(session, now=now())


def _answer(check: Check) -> ResponseReturnValue:
    return {"ok": check.ok, "detail": check.detail}, 200 if check.ok else 503
