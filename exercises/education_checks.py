"""Education cards: ids used once, and variants that the procedure has."""

from __future__ import annotations

from collections.abc import Iterator

from exercises.entries import Entry, unique
from exercises.errors import Key, Problem
from exercises.schema import EducationSet, Protocol


def check_education(entry: Entry[EducationSet], protocols: list[Protocol]) -> Iterator[Problem]:
    """Yield what is wrong with one set of cards, given the protocols that could be read."""
    cards = entry.model.cards
    variants = [one.variant for one in protocols if one.procedure == entry.model.procedure]
    yield from unique(entry, ("cards",), cards, lambda item: item.id)
    for index, card in enumerate(cards):
        key: Key = ("cards", index)
        yield from unique(entry, (*key, "teach_back"), card.teach_back, lambda item: item.id)
        for position, asked in enumerate(card.teach_back):
            place: Key = (*key, "teach_back", position, "options")
            yield from unique(entry, place, asked.options, lambda item: item.value)
        for variant in card.variants:
            if variants and variant not in variants:
                kind = f"a variant of {entry.model.procedure}"
                yield entry.unknown((*key, "variants"), variant, kind, variants)
