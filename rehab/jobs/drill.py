"""The drill: the synthetic patient taps a warning sign every hour, and the alarm must come back."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from rehab.clock import Clock
from rehab.db import transaction
from rehab.flows import check_in
from rehab.flows.turn import Turn
from rehab.models import Prompt
from rehab.services import drill_patient, drills
from rehab.services.context import Context


def run_once(context: Context, clock: Clock) -> int:
    """Follow the drill that runs, or start the next one. Returns how many began or ended."""
    if not drills.is_on(context):
        return 0
    with transaction() as session:
        now = clock.now()
        found = drills.running(session)
        if found is not None:
            return int(drills.follow(session, context, found, now=now))
        if not drills.is_due(session, context, now=now):
            return 0
        _start(session, context, clock)
        return 1


def _start(session: Session, context: Context, clock: Clock) -> None:
    """The list of warning signs is shown as to anybody; then the patient taps."""
    now = clock.now()
    drill = drills.start(session, now=now)
    patient = drill_patient.ensure(session, context, now=now)
    episode = drill_patient.new_episode(session, context, patient=patient, now=now)
    turn = Turn(session, context, patient, episode, f"drill:{drill.id}", now)
    check_in.begin_warning_signs(turn)
    shown = session.scalars(
        select(Prompt)
        .where(Prompt.chat_id == turn.reader.chat_id, Prompt.kind == check_in.ANSWER)
        .order_by(Prompt.id.desc())
        .limit(1)
    ).one()
    choice = shown.choices.index(drills.SIGN)
    drills.tap(session, drill, chat_id=shown.chat_id, token=shown.token, choice=choice, now=now)
