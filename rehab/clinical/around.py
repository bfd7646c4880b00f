"""The words around a danger word, as the questions about its context look at them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from rehab.clinical import lexicon as lex
from rehab.clinical.reading import Reading, Token


@dataclass(frozen=True)
class Around:
    """One text with the words that count as symptoms in it."""

    reading: Reading
    symptoms: frozenset[str]

    def _asks(self, at: int) -> bool:
        return self._at(at).sentence in self.reading.questions

    def _clause_end(self, at: int) -> int:
        while at < len(self.reading.tokens) and not self.reading.breaks_before(at):
            at += 1
        return at

    def _at(self, at: int) -> Token:
        return self.reading.tokens[at]

    def _all(self) -> tuple[Token, ...]:
        return self.reading.tokens

    def _words(self, places: Iterable[int]) -> list[Token]:
        return [self.reading.tokens[at] for at in places]

    def _only(self, between: list[Token], allowed: frozenset[str]) -> bool:
        """Say whether all words are allowed, or are symptoms in a list with "or"."""
        listed = any(token.is_in(lex.OR_WORDS) for token in between)
        more = self.symptoms | lex.OR_WORDS if listed else frozenset[str]()
        return all(token.is_in(allowed | more) for token in between)
