"""What every piece of clinical content has: strict keys, an id, sources and a sign-off."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

ContentId = Annotated[str, Field(pattern=r"^[a-z0-9]+(?:[-_][a-z0-9]+)*$")]
ExerciseId = Annotated[str, Field(pattern=r"^EX\d{2}$")]
RuleId = Annotated[str, Field(pattern=r"^RF\d{2}(?:\.[a-z0-9]+(?:-[a-z0-9]+)*)?$")]
Version = Annotated[str, Field(pattern=r"^\d+\.\d+\.\d+$")]
Text = Annotated[str, Field(min_length=1, max_length=2000)]
Source = Annotated[str, Field(min_length=1)]
Sources = Annotated[tuple[Source, ...], Field(min_length=1)]
Anchor = Literal["surgery", "discharge"]
"""What a day is counted from. Without a known discharge the protocol's `stay_days` stands in."""


class Tier(StrEnum):
    """How soon a person must act. Order matters: the first is the most urgent."""

    EMERGENCY = "T0"
    SAME_DAY = "T1"
    SOON = "T2"
    ROUTINE = "T3"

    @property
    def rank(self) -> int:
        """0 for the most urgent tier."""
        return list(Tier).index(self)


class Content(BaseModel):
    """A piece of content: immutable, and strict about its keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class SignOff(Content):
    """Who has checked a piece of content. `proposal` means nobody yet: a clinic must decide."""

    state: Literal["proposal", "signed"] = "proposal"
    by: str = ""
    on: str = ""

    @model_validator(mode="after")
    def _signed_needs_a_name(self) -> SignOff:
        if self.state == "signed" and not (self.by and self.on):
            raise ValueError("a signed content file names who signed it (by) and when (on)")
        return self
