"""`patients add` and `patients invite`."""

from __future__ import annotations

from datetime import datetime

import click
from flask.cli import AppGroup

from rehab.cli.desk import runtime, show, tells_errors
from rehab.db import transaction
from rehab.services import enrolment, people
from rehab.services.enrolment import NewPatient

group = AppGroup("patients", help="Patients and their invite links.")


@group.command("add")
@click.option("--name", required=True)
@click.option("--procedure", required=True, help="For example hip-resurfacing.")
@click.option("--variant", default=None, help="Without it the procedure's default.")
@click.option("--side", default="left", type=click.Choice(enrolment.SIDES))
@click.option("--surgery-date", required=True, type=click.DateTime(["%Y-%m-%d"]))
@click.option("--timezone", default=None, help="IANA name; the clinic's by default.")
@click.option("--language", default=None, help="The clinic's first language by default.")
@click.option("--birth-year", required=True, type=int)
@click.option("--phone", default=None)
@click.option("--clinician", required=True, help="E-mail of the responsible clinician.")
@tells_errors
def add(
    name: str,
    procedure: str,
    variant: str | None,
    side: str,
    surgery_date: datetime,
    timezone: str | None,
    language: str | None,
    birth_year: int,
    phone: str | None,
    clinician: str,
) -> None:
    """Add a patient and print the id and the single-use invite link as JSON."""
    here = runtime()
    clinic = here.context.config.clinic
    with transaction() as session:
        new = NewPatient(
            name=name,
            procedure=procedure,
            variant=variant,
            side=side,
            surgery_on=surgery_date.date(),
            timezone=timezone or clinic.timezone,
            language=language or clinic.languages[0],
            birth_year=birth_year,
            phone=phone,
            clinician_id=people.by_email(session, clinician).id,
        )
        added = enrolment.add_patient(
            session, here.context, new=new, actor="cli", now=here.clock.now()
        )
        link = enrolment.invite_link(session, here.context, added.token)
        show({"patient_id": added.patient_id, "invite_link": link})


@group.command("invite")
@click.option("--patient-id", required=True, type=int)
@tells_errors
def invite(patient_id: int) -> None:
    """Make a new invite link; an earlier unused one stops working."""
    here = runtime()
    with transaction() as session:
        token = enrolment.new_invite(
            session, here.context, patient_id=patient_id, actor="cli", now=here.clock.now()
        )
        link = enrolment.invite_link(session, here.context, token)
        show({"patient_id": patient_id, "invite_link": link})
