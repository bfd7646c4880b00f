"""The exercises on paper: a document in the chat, to print at home or at a shop."""

from __future__ import annotations

from datetime import timedelta

from rehab.flows.turn import Turn, menu
from rehab.services import handout, plan_words, plans


def send(turn: Turn) -> None:
    """Send the hand-out of the coming days; words when there is nothing to print."""
    plans.follow_calendar(
        turn.session, turn.context, episode=turn.episode, day=turn.day, now=turn.now
    )
    found = handout.sheet(turn.session, turn.context, episode=turn.episode, local_on=turn.today)
    if not found.exercises:
        turn.say("handout_none", turn.text("handout.none_now"), rows=menu(turn, "warning"))
        return
    last = turn.today + timedelta(days=len(found.exercises[0].ticks) - 1)
    words = turn.text(
        "handout.caption",
        start=plan_words.day_text(turn.today, turn.language),
        end=plan_words.day_text(last, turn.language),
    )
    turn.say(
        "handout",
        words,
        rows=menu(turn, "today", "warning"),
        media=handout.medium(turn.episode, found),
    )
