"""An answer of a patient as a fact for the rules."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True)
class Given:
    """One answer as a fact: the value, when it was given (UTC) and the patient's date then."""

    question: str
    value: str | float
    at: datetime
    local_on: date

    @property
    def number(self) -> float | None:
        """The value when it is a number; a word such as a temperature band is none."""
        if isinstance(self.value, bool) or not isinstance(self.value, int | float):
            return None
        return float(self.value)
