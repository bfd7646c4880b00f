"""Education cards: ids used once, one card a day, and the two cards nobody may be without."""

from __future__ import annotations

from collections.abc import Iterator

from exercises.entries import Entry, Shelves, unique
from exercises.errors import Key, Problem
from exercises.schema import EducationCard, EducationSet

FIRST_DAY, LAST_DAY = -28, 400
MUST_KNOW = ("precautions", "warning-signs")
"""Topics every patient is asked about, because not knowing them is the danger."""
MUST_KNOW_DAYS = range(4)
"""Days after surgery on which they may be sent. Project proposal, not sourced: clinic must decide."""
QUESTIONS = 2


def check_education(entry: Entry[EducationSet], shelves: Shelves) -> Iterator[Problem]:
    """Yield what is wrong with one set of cards. Variants are known once all protocols are read."""
    cards = entry.model.cards
    variants = [] if shelves.unread("protocols") else _variants(shelves, entry.model.procedure)
    yield from unique(entry, ("cards",), cards, lambda item: item.id)
    for index, card in enumerate(cards):
        key: Key = ("cards", index)
        yield from _options(entry, key, card)
        yield from _day(entry, key, card)
        yield from _questions(entry, key, card)
        for variant in card.variants:
            if variants and variant not in variants:
                kind = f"a variant of {entry.model.procedure}"
                yield entry.unknown((*key, "variants"), variant, kind, variants)
    yield from _one_a_day(entry)
    if not shelves.unread("protocols"):
        yield from _must_know(entry, variants)


def _options(entry: Entry[EducationSet], key: Key, card: EducationCard) -> Iterator[Problem]:
    yield from unique(entry, (*key, "teach_back"), card.teach_back, lambda item: item.id)
    for position, asked in enumerate(card.teach_back):
        place: Key = (*key, "teach_back", position, "options")
        yield from unique(entry, place, asked.options, lambda item: item.value)


def _day(entry: Entry[EducationSet], key: Key, card: EducationCard) -> Iterator[Problem]:
    if not FIRST_DAY <= card.day <= LAST_DAY:
        yield entry.problem((*key, "day"), f"day {card.day}", f"{FIRST_DAY} to {LAST_DAY}")
    elif card.topic in MUST_KNOW and (card.day not in MUST_KNOW_DAYS or card.anchor != "surgery"):
        found = f"the topic {card.topic} on day {card.day} after {card.anchor}"
        expected = f"day {MUST_KNOW_DAYS[0]} to {MUST_KNOW_DAYS[-1]} after surgery"
        yield entry.problem((*key, "day"), found, expected)


def _questions(entry: Entry[EducationSet], key: Key, card: EducationCard) -> Iterator[Problem]:
    asked = len(card.teach_back)
    if card.topic in MUST_KNOW and asked != QUESTIONS:
        found = f"{asked} teach-back questions on the topic {card.topic}"
        yield entry.problem((*key, "teach_back"), found, f"exactly {QUESTIONS}")
    elif asked not in (0, QUESTIONS):
        found = f"{asked} teach-back questions"
        yield entry.problem((*key, "teach_back"), found, f"none or exactly {QUESTIONS}")


def _one_a_day(entry: Entry[EducationSet]) -> Iterator[Problem]:
    cards = entry.model.cards
    for index, card in enumerate(cards):
        for other in cards[:index]:
            same_day = (other.anchor, other.day) == (card.anchor, card.day)
            if same_day and _share_a_patient(other, card):
                found = f"a second card on day {card.day} after {card.anchor}"
                expected = f"one card a day; the first is {other.id!r}"
                yield entry.problem(("cards", index, "day"), found, expected)


def _share_a_patient(one: EducationCard, other: EducationCard) -> bool:
    if not one.variants or not other.variants:
        return True
    return not set(one.variants).isdisjoint(other.variants)


def _must_know(entry: Entry[EducationSet], variants: list[str]) -> Iterator[Problem]:
    cards = entry.model.cards
    for topic in MUST_KNOW:
        fitting = [card for card in cards if card.topic == topic]
        lacking = [
            f" for {variant}"
            for variant in variants
            if not any(not card.variants or variant in card.variants for card in fitting)
        ]
        for whom in lacking if fitting else [""]:
            found = f"no card on the topic {topic}{whom}"
            yield entry.problem(("cards",), found, "one, with its two questions")


def _variants(shelves: Shelves, procedure: str) -> list[str]:
    return [one.model.variant for one in shelves.protocols if one.model.procedure == procedure]
