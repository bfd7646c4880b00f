"""`demo`: a synthetic clinic whose histories were produced by the real services and conversations."""

from __future__ import annotations

import time
from datetime import timedelta

import click
from flask.cli import with_appcontext
from flask_security.utils import hash_password
from sqlalchemy import func, select

from rehab.cli.demo.cast import NEWCOMER, PASSWORD, PEOPLE, STAFF
from rehab.cli.demo.story import Story
from rehab.cli.desk import runtime, show, tells_errors
from rehab.clinical import timetable
from rehab.db import transaction
from rehab.errors import WrongState
from rehab.models import Clinician, Patient, RoleName
from rehab.services import enrolment, on_call, people

ON_CALL_SINCE = timedelta(days=90)
"""Longer than any demo history, so that its alerts found somebody on call."""


@click.command("demo")
@click.option("--if-empty", is_flag=True, help="Do nothing when the clinic is already there.")
@with_appcontext
@tells_errors
def command(if_empty: bool) -> None:
    """Fill an empty database with some fifteen synthetic patients and print the demo sign-ins."""
    here = runtime()
    if not here.settings.is_demo:
        raise WrongState(
            "not_a_demo", "TELEGRAM_BOT_TOKEN is set: synthetic people stay out of a real clinic"
        )
    if _is_filled():
        if if_empty:
            return
        raise WrongState("not_empty", "the database already has people in it")
    started = time.monotonic()
    staff = _add_staff()
    story = Story(here.context, now=here.clock.now(), staff=staff)
    with click.progressbar(story.days(PEOPLE), label="Making the demo clinic") as days:
        for day in days:
            story.live(day)
    token = _add_newcomer(staff)
    show(
        {
            "patients": len(PEOPLE) + 1,
            "seconds": round(time.monotonic() - started, 1),
            "password": PASSWORD,
            "newcomer_token": token,
        }
    )


def _is_filled() -> bool:
    with transaction() as session:
        people_here = session.scalar(select(func.count(Clinician.id))) or 0
        return people_here + (session.scalar(select(func.count(Patient.id))) or 0) > 0


def _add_staff() -> dict[str, int]:
    """Add the demo's clinicians and put the first one on call. Returns ids by first name."""
    now = runtime().clock.now()
    password_hash = hash_password(PASSWORD)
    ids: dict[str, int] = {}
    with transaction() as session:
        for member in STAFF:
            clinician = people.add_clinician(
                session,
                email=member.email,
                name=member.name,
                role=RoleName(member.role),
                telegram_id=member.telegram_id,
                password_hash=password_hash,
                now=now,
            )
            ids[member.key] = clinician.id
        since = now - ON_CALL_SINCE
        on_call.put_on_call(session, clinician_id=ids["meera"], now=since, actor="system")
    return ids


def _add_newcomer(staff: dict[str, int]) -> str:
    """The patient a newcomer enrols by hand: invited, nothing else."""
    here = runtime()
    now = here.clock.now()
    today = timetable.local_date(now, here.context.config.clinic.timezone)
    with transaction() as session:
        added = enrolment.add_patient(
            session,
            here.context,
            new=NEWCOMER.as_new(here.context, today=today, clinician_id=staff["meera"]),
            actor="system",
            now=now,
        )
    return added.token
