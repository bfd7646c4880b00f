"""Which education card is due on a day: at most one, must-know cards first, each once ever."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from exercises.schema import EducationCard, Protocol

LATE_DAYS = 3
"""A card that could not leave on its day is still sent so many days later, then no more. Project
proposal, not sourced: clinic must decide."""
MUST_KNOW = ("warning-signs", "precautions")
"""Topics that are sent late too, in this order: not knowing them is the danger."""
LASTING_DAYS = 180
"""A precaution that ends so late or later is no rule of the first months."""


@dataclass(frozen=True)
class Course:
    """One patient's dates, which decide when cards are due.

    `since` is the local date the patient joined: what was due before it is not sent late.
    """

    variant: str
    surgery_on: date
    discharged_on: date
    since: date
    precautions_until: date
    """Last local date on which telling the precautions late still makes sense."""

    def date_of(self, card: EducationCard) -> date:
        """Return the local date a card belongs to."""
        start = self.surgery_on if card.anchor == "surgery" else self.discharged_on
        return start + timedelta(days=card.day)


def precautions_end(protocol: Protocol, surgery_on: date, discharged_on: date) -> date:
    """Return the last local date of the protocol's precautions that belong to the first months.

    Those that last for half a year or for life (sport, mostly) are not what the card speaks about.
    """
    ends = [
        (surgery_on if found.anchor == "surgery" else discharged_on) + timedelta(days=found.to_day)
        for found in protocol.precautions
        if found.to_day < LASTING_DAYS
    ]
    return max(ends, default=surgery_on)


def due(
    cards: Iterable[EducationCard],
    course: Course,
    *,
    local_on: date,
    as_of: date,
    sent: Collection[str],
) -> EducationCard | None:
    """Return the one card for this local date, or None.

    `as_of` is the day of asking: a card whose own date lies between it and `local_on` will still
    leave on that date, so it is not taken for a late one.
    """
    open_cards = [
        card
        for card in cards
        if card.id not in sent and (not card.variants or course.variant in card.variants)
    ]
    now = [
        card
        for card in open_cards
        if course.date_of(card) == local_on or _is_late(card, course, local_on, as_of)
    ]
    return min(now, key=lambda card: _order(card, course), default=None)


def _is_late(card: EducationCard, course: Course, local_on: date, as_of: date) -> bool:
    its_day = course.date_of(card)
    if its_day >= min(local_on, as_of):
        return False
    if card.topic == "warning-signs":
        return True
    if card.topic == "precautions":
        return local_on <= course.precautions_until
    return its_day >= course.since and local_on <= its_day + timedelta(days=LATE_DAYS)


def _order(card: EducationCard, course: Course) -> tuple[int, date, str]:
    place = MUST_KNOW.index(card.topic) if card.topic in MUST_KNOW else len(MUST_KNOW)
    return place, course.date_of(card), card.id
