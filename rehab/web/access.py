"""One access policy per route, declared next to the route and checked before it runs.

A route without a policy answers nobody: forgetting one fails closed, and a test finds it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar

from flask import Flask, current_app, g, redirect, request, session
from flask.sansio.blueprints import Blueprint as SansioBlueprint
from flask.typing import ResponseReturnValue
from flask_security import current_user, url_for_security

from rehab.db import db
from rehab.errors import NotAllowed, NotFound
from rehab.models import Clinician, RoleName
from rehab.runtime import Runtime
from rehab.services import access, outages, people, watch_keeping
from rehab.web.security import SIGNED_IN_AT

View = TypeVar("View", bound=Callable[..., Any])


class Policy(StrEnum):
    """Who may use a route."""

    PUBLIC = "public"
    """Anybody: sign-in, static files, health."""
    OWN_CHECK = "own_check"
    """The route checks its own credentials: a token, a signature, a shared secret."""
    STAFF = "staff"
    """Anybody signed in."""
    CLINICIAN = "clinician"
    """Physiotherapists, surgeons and nurses."""
    ADMINISTRATOR = "administrator"
    PATIENT_TEAM = "patient_team"
    """Clinicians who may see the patient named by `patient_id` in the address."""


@dataclass(frozen=True)
class SignedIn:
    """The person behind a request, free of the database session."""

    id: int
    name: str
    is_clinician: bool
    is_administrator: bool
    has_second_factor: bool

    @property
    def actor(self) -> str:
        """The name audit rows know this person by."""
        return f"clinician:{self.id}"


def allow(policy: Policy) -> Callable[[View], View]:
    """Declare the policy of one view."""

    def declare(view: View) -> View:
        view.access_policy = policy  # type: ignore[attr-defined]
        return view

    return declare


def allow_all(blueprint: SansioBlueprint, policy: Policy) -> None:
    """Declare the policy of every view of a blueprint that does not declare its own."""
    blueprint.access_policy = policy  # type: ignore[attr-defined]


def policy_of(app: Flask, endpoint: str) -> Policy | None:
    """The declared policy of an endpoint, or None when somebody forgot it."""
    declared = getattr(app.view_functions.get(endpoint), "access_policy", None)
    blueprint, _, _ = endpoint.rpartition(".")
    while declared is None and blueprint:
        declared = getattr(app.blueprints.get(blueprint), "access_policy", None)
        blueprint, _, _ = blueprint.rpartition(".")
    return declared


def runtime() -> Runtime:
    """Settings, context and clock of this process."""
    found: Runtime = current_app.extensions["rehab"]
    return found


def now() -> datetime:
    """The instant of this request; the same one for everything it does."""
    if "now" not in g:
        g.now = runtime().clock.now()
    moment: datetime = g.now
    return moment


def me() -> SignedIn:
    """The person signed in. Only for routes whose policy needs one."""
    person: SignedIn | None = g.get("me")
    if person is None:
        raise NotAllowed("nobody is signed in")
    return person


def register(app: Flask) -> None:
    """Check the policy before every request."""
    # Served by libraries: static files, and sign-in pages that guard themselves.
    allow(Policy.PUBLIC)(app.view_functions["static"])
    for name in ("bootstrap", "security"):
        allow_all(app.blueprints[name], Policy.PUBLIC)
    app.before_request(_check)


def _check() -> ResponseReturnValue | None:
    if request.endpoint is None:
        return None  # no such address: the 404 page follows
    policy = policy_of(current_app, request.endpoint)
    if policy is None:
        raise NotAllowed("this address has no access policy")
    if policy is Policy.OWN_CHECK or request.endpoint.endswith("static"):
        return None
    now()  # before any transaction, see DemoOffset
    g.me = _signed_in()
    if g.me is not None:
        g.troubles = watch_keeping.active(db.session())
        g.outages = outages.unseen(db.session()) if g.me.is_clinician else []
    is_library = request.blueprint == "security"
    try:
        return _enforce(policy)
    finally:
        if not is_library:
            # Loading the person opened a transaction; views begin their own.
            db.session.remove()


def _enforce(policy: Policy) -> ResponseReturnValue | None:
    if policy is Policy.PUBLIC:
        return None
    person: SignedIn | None = g.me
    if person is None:
        after = request.full_path if request.method == "GET" and request.query_string else None
        after = after or (request.path if request.method == "GET" else None)
        return redirect(url_for_security("login", next=after))
    allowed = {
        Policy.STAFF: True,
        Policy.CLINICIAN: person.is_clinician,
        Policy.PATIENT_TEAM: person.is_clinician,
        Policy.ADMINISTRATOR: person.is_administrator,
    }
    if not allowed[policy]:
        raise NotAllowed("this page is for other roles")
    if policy is Policy.PATIENT_TEAM:
        _require_team(person, int((request.view_args or {})["patient_id"]))
    return None


def _require_team(person: SignedIn, patient_id: int) -> None:
    may_see = access.may_see(
        db.session(),
        runtime().context,
        clinician_id=person.id,
        patient_id=patient_id,
        now=now(),
    )
    if not may_see:
        raise NotFound("no such patient")


def _signed_in() -> SignedIn | None:
    # Without the moment of signing in it is no session of ours (a "remember me" cookie, a token).
    if not current_user.is_authenticated or SIGNED_IN_AT not in session:
        return None
    clinician: Clinician = current_user
    roles = {role.name for role in clinician.roles}
    return SignedIn(
        id=clinician.id,
        name=clinician.name,
        is_clinician=bool(roles & people.CLINICAL),
        is_administrator=RoleName.ADMINISTRATOR in roles,
        has_second_factor=bool(clinician.tf_primary_method),
    )
