"""What a patient can ask for at any time: today, check-in, learn, help, pause, stop, …"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from rehab.flows import (
    caregiver,
    check_in,
    education,
    exercises,
    handout,
    onboarding,
    progress,
    watching,
    wound_photo,
)
from rehab.flows.turn import Turn, menu
from rehab.flows.types import Handled
from rehab.models import EpisodeState
from rehab.services import cover, episodes, silence
from rehab.services.prompts import Choice

PAUSE_DAYS = (1, 3, 7)
NEEDS_ACTIVE = frozenset({"today", "checkin", "paper"})
ALIASES = {
    "start": "help",
    "check_in": "checkin",
    "check-in": "checkin",
    "exercises": "today",
    "emergency": "warning",
    "signs": "warning",
    "print": "paper",
}


def run(turn: Turn, command: str, argument: str = "") -> Handled:
    """Do what a command or a menu button asks for; an unknown command gets the help."""
    command = ALIASES.get(command, command)
    if turn.caregiver is not None:
        return caregiver.run(turn, command)
    if command in NEEDS_ACTIVE and turn.episode.state in episodes.ENDED:
        turn.say("stopped", turn.text("stop.is_stopped"), rows=menu(turn, "resume", "warning"))
        return Handled()
    steps: dict[str, Callable[[], object]] = {
        "today": lambda: exercises.show_today(turn),
        "checkin": lambda: check_in.begin(turn),
        "warning": lambda: check_in.begin_warning_signs(turn),
        "pause": lambda: _offer_pause(turn),
        "resume": lambda: _resume(turn),
        "stop": lambda: _stop(turn),
        "time": lambda: _time(turn, argument),
        "learn": lambda: education.show_list(turn),
        "paper": lambda: handout.send(turn),
        "progress": lambda: progress.show(turn),
        "watching": lambda: watching.show(turn),
        "stay_paused": lambda: watching.stay_paused(turn),
        "photo": lambda: wound_photo.guide(turn),
        "caregiver": lambda: caregiver.show(turn),
    }
    step = steps.get(command)
    if step is None:
        _help(turn)
    else:
        step()
    return Handled()


def on_pause_tap(turn: Turn, value: str) -> Handled:
    """The patient chose how long to pause."""
    days = value.partition(":")[2]
    until = turn.today + timedelta(days=int(days)) if days.isdigit() else None
    if turn.episode.state in episodes.ENDED:
        return Handled(turn.text("tap.unknown"))
    episodes.pause(
        turn.session, episode_id=turn.episode.id, until=until, actor="patient", now=turn.now
    )
    key = "pause.until" if until else "pause.open"
    shown = f"{until:%d.%m.}" if until else ""
    turn.say("paused", turn.text(key, date=shown), rows=menu(turn, "resume", "warning"))
    return Handled()


def _help(turn: Turn) -> None:
    hours = cover.sentence(turn.session, turn.context, turn.language, turn.now)
    turn.say(
        "help",
        f"{turn.text('help.text')}\n\n{hours}",
        rows=menu(
            turn, "warning", "today", "checkin", "photo", "progress", "paper", "learn", "watching"
        ),
    )


def _offer_pause(turn: Turn) -> None:
    if turn.episode.state in episodes.ENDED:
        turn.say("stopped", turn.text("stop.is_stopped"), rows=menu(turn, "resume"))
        return
    labels = {1: turn.text("pause.one_day")}
    rows = [
        [Choice(f"pause:{days}", labels.get(days) or turn.text("pause.days", n=days))]
        for days in PAUSE_DAYS
    ]
    rows.append([Choice("pause:open", turn.text("pause.until_i_say"))])
    turn.say("ask_pause", turn.text("pause.how_long"), rows=rows, prompt_kind="pause")


def _resume(turn: Turn) -> None:
    if turn.episode.state == EpisodeState.CLOSED:
        turn.say("closed", turn.text("stop.is_closed"))
        return
    episodes.resume(turn.session, episode_id=turn.episode.id, actor="patient", now=turn.now)
    shown = f"{turn.patient.reminder_time:%H:%M}"
    turn.say(
        "resumed", turn.text("pause.resumed", time=shown), rows=menu(turn, "today", "checkin")
    )


def _stop(turn: Turn) -> None:
    was_running = turn.episode.state not in episodes.ENDED
    episodes.stop(turn.session, episode_id=turn.episode.id, actor="patient", now=turn.now)
    if was_running:
        silence.patient_stopped(turn.session, turn.context, episode=turn.episode, now=turn.now)
    turn.say("stopped", turn.text("stop.done"), rows=menu(turn, "resume", "warning"))


def _time(turn: Turn, argument: str) -> None:
    if not (argument and onboarding.set_time(turn, argument, typed=True)):
        onboarding.ask_time(turn)
