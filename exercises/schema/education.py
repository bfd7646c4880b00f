"""Education cards: what a patient should know, on the right day, and whether it was understood."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from exercises.schema.base import (
    Anchor,
    Content,
    ContentId,
    SignOff,
    Sources,
    Text,
    Version,
)


class TeachBackOption(Content):
    """One possible answer of a teach-back question."""

    value: ContentId
    label: Annotated[str, Field(min_length=1, max_length=60)]


class TeachBackQuestion(Content):
    """One question that shows whether a card was understood. Exactly one option is right."""

    id: ContentId
    text: Text
    options: Annotated[tuple[TeachBackOption, ...], Field(min_length=2, max_length=4)]
    right: ContentId
    explain: Text
    """Shown after any answer: the right answer in plain words."""

    @model_validator(mode="after")
    def _right_is_an_option(self) -> TeachBackQuestion:
        if self.right not in {option.value for option in self.options}:
            raise ValueError("`right` must be the value of one of the options")
        return self


class EducationCard(Content):
    """One card, short enough to read on a phone, sent on `day` counted from `anchor`."""

    id: ContentId
    topic: Literal[
        "operation",
        "risks",
        "precautions",
        "wound",
        "medicine",
        "warning-signs",
        "exercise",
        "driving",
        "work",
        "sport",
        "metal-ions",
        "daily-life",
    ]
    title: Annotated[str, Field(min_length=1, max_length=80)]
    text: Annotated[str, Field(min_length=1, max_length=1200)]
    anchor: Anchor = "surgery"
    day: int
    variants: tuple[ContentId, ...] = ()
    """Only for these variants of the protocol; empty means all."""
    teach_back: tuple[TeachBackQuestion, ...] = ()
    sources: Sources


class EducationSet(Content):
    """The cards of one procedure."""

    id: ContentId
    procedure: ContentId
    title: Text
    version: Version
    sign_off: SignOff = SignOff()
    sources: Sources
    cards: tuple[EducationCard, ...] = Field(min_length=1)

    def card(self, card_id: str) -> EducationCard:
        """Return the card with this id. Raises KeyError."""
        for card in self.cards:
            if card.id == card_id:
                return card
        raise KeyError(card_id)
