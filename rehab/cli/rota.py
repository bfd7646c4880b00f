"""`staff rota …`: the rota from the command line, in the clinic's time."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import click
from flask.cli import AppGroup

from rehab.cli.desk import runtime, show, tells_errors
from rehab.clinical import timetable
from rehab.db import transaction
from rehab.services import people, rota

DATE = click.DateTime(["%Y-%m-%d"])
ACTOR = "cli"
group = AppGroup("rota", help="Who is on call when.")


@group.command("show")
@click.option("--days", type=click.IntRange(1, 60), default=7, show_default=True)
@tells_errors
def show_duty(days: int) -> None:
    """Print the coming duty and the hours nobody has."""
    here = runtime()
    now = here.clock.now()
    until = now + timedelta(days=days)

    def local(moment: datetime) -> str:
        return timetable.local(moment, here.context.config.clinic.timezone).isoformat(
            "T", "minutes"
        )

    with transaction() as session:
        found = rota.duties(session, since=now, until=until)
        gaps = rota.gaps(session, since=now, until=until)
    show(
        {
            "duty": [
                {"name": one.name, "from": local(one.starts_at), "until": local(one.ends_at)}
                for one in found
            ],
            "gaps": [{"from": local(one.starts_at), "until": local(one.ends_at)} for one in gaps],
        }
    )


@group.command("add")
@click.option("--email", required=True)
@click.option("--weekday", type=int, required=True, help="1 = Monday … 7 = Sunday")
@click.option("--from", "begin", required=True, help="Clinic time, e.g. 20:00")
@click.option("--until", "end", required=True, help="Not later than --from: on the next day.")
@click.option("--from-on", type=DATE, default=None, help="First date; without it today.")
@tells_errors
def add(email: str, weekday: int, begin: str, end: str, from_on: datetime | None) -> None:
    """Add a weekly shift of one person."""
    here = runtime()
    now = here.clock.now()
    first: date = from_on.date() if from_on else rota.local_day(here.context, now)
    with transaction() as session:
        row = rota.add_pattern(
            session,
            here.context,
            clinician_id=people.by_email(session, email).id,
            weekday=weekday,
            from_time=timetable.read_wall_time(begin),
            until_time=timetable.read_wall_time(end),
            from_on=first,
            actor=ACTOR,
            now=now,
        )
        show({"pattern_id": row.id})


@group.command("leave")
@click.option("--email", required=True)
@click.option("--from-on", type=DATE, required=True)
@click.option("--until-on", type=DATE, required=True)
@click.option("--reason", default="")
@tells_errors
def leave(email: str, from_on: datetime, until_on: datetime, reason: str) -> None:
    """Write down dates on which somebody takes no weekly shift."""
    with transaction() as session:
        row = rota.add_leave(
            session,
            clinician_id=people.by_email(session, email).id,
            from_on=from_on.date(),
            until_on=until_on.date(),
            reason=reason,
            actor=ACTOR,
            now=runtime().clock.now(),
        )
        show({"leave_id": row.id})


@group.command("holiday")
@click.option("--on", type=DATE, required=True)
@click.option("--name", required=True)
@tells_errors
def holiday(on: datetime, name: str) -> None:
    """A date on which staff do not read answers."""
    with transaction() as session:
        rota.add_holiday(session, on=on.date(), name=name, actor=ACTOR, now=runtime().clock.now())
    show({"holiday": f"{on:%Y-%m-%d}"})
