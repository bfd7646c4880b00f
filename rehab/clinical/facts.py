"""An answer of a patient as a fact for the rules."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True)
class Given:
    """One answer as a fact: the value, when it was given (UTC) and the patient's date then.

    The value is an option, a number, or several options at once.
    """

    question: str
    value: str | float | tuple[str, ...]
    at: datetime
    local_on: date

    @property
    def values(self) -> tuple[str | float, ...]:
        """Each thing that was answered: one, or as many options as were ticked."""
        return self.value if isinstance(self.value, tuple) else (self.value,)

    @property
    def number(self) -> float | None:
        """The value when it is a number; a word such as a temperature band is none."""
        if isinstance(self.value, bool) or not isinstance(self.value, int | float):
            return None
        return float(self.value)
