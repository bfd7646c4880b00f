"""Whether a danger word is only named by someone who says that all is well with them."""

from __future__ import annotations

from itertools import pairwise

from rehab.clinical import lexicon as lex
from rehab.clinical import lexicon_told as told
from rehab.clinical.around import Around
from rehab.clinical.phrases import Span
from rehab.clinical.reading import Token

_SUBJECT_AND_VERB = 2
_NEAR = 4
"""Words between "mine" and "fine". Project proposal, not sourced."""


class Reassured(Around):
    """Reads questions for knowledge, leaflets and stories of people who are well."""

    def only_named(self, span: Span) -> bool:
        """What are the signs of a clot? I have none. The sheet says: call if it bleeds. All fine.

        Both are needed: words that only name the danger, and a plain "all is well" elsewhere.
        """
        if self._told_in_story(span) or self._read_about(span):
            return True
        asks = self._asks_in_general(span)
        named = asks or self._advised(span) or self._read(span) or self._dreamt(span)
        return named and self._all_is_well(span)

    def asked_to_know(self, span: Span) -> bool:
        """Which is an emergency, fever or pus? Asking so that I am ready."""
        if not self._asks_in_general(span):
            return False
        rest = self._rest(span)
        asking = any(self._at(at).is_in(told.ASKING_ONLY) for at in rest)
        return asking and not any(self._tells_trouble(at) for at in rest)

    def has_happened(self, span: Span) -> bool:
        """Do people cough blood after it? I did. Ring if it swells, you said. It has."""
        start = self.reading.sentence_of(span.start)[-1] + 1
        if start >= len(self._all()):
            return False
        said = self._words(self.reading.sentence_of(start))
        because = said[0].is_in(told.BECAUSE)
        said = said[because:]
        if len(said) < _SUBJECT_AND_VERB or not said[0].is_in(told.TELLS_OF):
            return False
        rest = said[_SUBJECT_AND_VERB:]
        if because and said[1].word == "can":
            return True
        fine = told.FINE | told.NOT_SO | told.ASKING_ONLY | told.NOTHING | told.DRY
        fine |= told.MINOR_TURNS
        if any(told.NO_FEVER.fullmatch(token.word) for token in rest):
            return False
        now = because or not rest or any(token.is_in(told.TIMES) for token in rest)
        return said[1].is_in(told.DID) and now and not any(token.is_in(fine) for token in rest)

    def _read_about(self, span: Span) -> bool:
        """Read your message about blood clots. Nothing of oneself may follow."""
        sentence = self.reading.sentence_of(span.start)
        near = self._words(range(max(span.start - 3, sentence[0]), span.start))
        about = any(one.is_in(told.TEXTS) and two.is_in(told.ABOUT) for one, two in pairwise(near))
        before = self._words(range(sentence[0], span.start))
        read = any(token.is_in(lex.HEARSAY | told.READS) for token in before[:5])
        rest = self._words(range(span.end, len(self._all())))
        mine = any(token.is_in(told.OWN_STORY) for token in rest)
        trouble = any(self._tells_trouble(at) for at in self._rest(span))
        return about and read and not mine and not trouble

    def _dreamt(self, span: Span) -> bool:
        before = range(self.reading.sentence_of(span.start)[0], span.start)
        return any(token.is_in(told.DREAMS) for token in self._words(before))

    def _read(self, span: Span) -> bool:
        """Read on a forum that legs can end up short."""
        before = self._words(range(self.reading.sentence_of(span.start)[0], span.end))
        may = any(token.is_in(lex.WILL) for token in before)
        return may and any(token.is_in(lex.HEARSAY) for token in before[:5])

    def _asks_in_general(self, span: Span) -> bool:
        """How would one know? Nothing of oneself and nothing of now stands in the question."""
        words = self._words(self.reading.sentence_of(span.start))
        asks = any(token.is_in(told.GENERAL_ASKERS) for token in words)
        asks = asks and any(token.is_in(told.IN_GENERAL) for token in words)
        return (
            self._asks(span.start)
            and asks
            and not any(token.is_in(told.OF_NOW | told.OWN_DEATH) for token in words)
        )

    def _advised(self, span: Span) -> bool:
        """The nurse asked me to report any bleeding."""
        sentence = self.reading.sentence_of(span.start)
        said = [
            at
            for at in range(sentence[0], span.start)
            if self._at(at).is_in(told.ADVISE)
            and any(t.is_in(told.ADVISERS) for t in self._words(range(sentence[0], at)))
        ]
        if not said:
            return False
        rest = self._words(range(said[0], sentence[-1] + 1))
        own = lex.HERE_AND_NOW - _THERE_IS - lex.MIGHT_VERBS | {"my", "mine"} | told.TURNS
        return any(t.is_in(told.TO_DO) for t in rest) and not any(t.is_in(own) for t in rest)

    def _told_in_story(self, span: Span) -> bool:
        """I saw a film where the hero bleeds to death. Not: in the film I could not breathe."""
        sentence = self.reading.sentence_of(span.start)
        before = range(sentence[0], span.start)
        story = next((at for at in before if self._at(at).is_in(told.STORIES)), None)
        if story is None:
            return False
        roles = [at for at in before if at > story and self._at(at).is_in(told.ROLES)]
        if not roles:
            return False
        rest = self._words(range(roles[0], sentence[-1] + 1))
        mine = self._words(range(roles[0], span.end))
        like = any(t.is_in(lex.TOO_WORDS | {"like"}) for t in rest) or self._turned_after(sentence)
        return not like and not any(t.is_in(lex.SELF) for t in mine)

    def _turned_after(self, sentence: range) -> bool:
        """Say whether later the writer tells the same of themselves."""
        rest = self._words(range(sentence[-1] + 1, len(self._all())))
        return any(t.is_in(lex.TOO_WORDS) for t in rest)

    def _all_is_well(self, span: Span) -> bool:
        """Say whether another clause says that all is well, and none tells of trouble."""
        rest = self._rest(span)
        if any(self._tells_trouble(at) for at in rest):
            return False
        named = self._words(range(span.start, span.end))
        fever = any(
            t.is_in(told.FEVERS) for t in self._words(self.reading.sentence_of(span.start))
        )
        if fever and any(told.NO_FEVER.fullmatch(self._at(at).word) for at in rest):
            return True
        return any(self._is_well_at(at) or self._denies_this(at, named) for at in rest)

    def _rest(self, span: Span) -> list[int]:
        own = self.reading.sentence_of(span.start)
        return [at for at in range(len(self._all())) if at not in own]

    def _tells_trouble(self, at: int) -> bool:
        token = self._at(at)
        if token.is_in(told.TURNS):
            return not (token.is_in(told.MINOR_TURNS) and self._at_or_none(at + 1, _ASKING))
        if token.is_in(lex.SYMPTOMS | lex.EVENTS) and not self._is_denied_there(at):
            return True
        said_of = token.is_in(told.OWN_TROUBLE) and self._at_or_none(at + 1, told.BE)
        return said_of and not self._is_well_at(at)

    def _is_denied_there(self, at: int) -> bool:
        """No bleeding; not falling; no clot or bleeding."""
        sentence = self.reading.sentence_of(at)
        before = self._words(range(max(sentence[0], at - _NEAR), at))
        return any(token.is_in(lex.NO_WORDS | lex.NOT_WORDS) for token in before)

    def _at_or_none(self, at: int, words: frozenset[str]) -> bool:
        return at < len(self._all()) and self._at(at).is_in(words)

    def _is_well_at(self, at: int) -> bool:
        """Nothing of that sort; no such thing; not anything like that; mine is feeling fine."""
        sentence = self.reading.sentence_of(at)
        said = self._words(range(at, min(at + _NEAR + 2, sentence[-1] + 1)))
        first, second = said[0], said[1] if len(said) > 1 else None
        if second is None:
            return False
        if first.is_in(told.NOTHING):
            return second.is_in(told.SO_CALLED | told.THAT)
        if first.is_in(lex.NO_WORDS):
            return second.is_in(told.SUCH)
        if first.is_in(lex.NOT_WORDS):
            turns = any(token.is_in(told.TURNS) for token in said)
            return self._denies_such(said) and not turns
        if first.is_in(told.ALL | told.MINE):
            return self._says_fine(said[1:])
        return False

    def _denies_this(self, at: int, named: list[Token]) -> bool:
        """The nurse asked about bleeding. There is no bleeding."""
        follows = self._at(at).is_in(lex.NO_WORDS) and at + 1 < len(self._all())
        return follows and any(self._at(at + 1).is_in(token.forms) for token in named)

    def _denies_such(self, said: list[Token]) -> bool:
        pairs = pairwise(said)
        return any(
            (one.is_in(told.ANYTHING) and two.is_in(told.LIKE_THAT | told.SUCH))
            or (one.is_in(told.MEETS) and two.is_in(told.ANYTHING | told.THAT))
            for one, two in pairs
        )

    def _says_fine(self, said: list[Token]) -> bool:
        if any(token.is_in(told.NOTHING) for token in said[1:3]):
            return True
        fine = any(token.is_in(told.FINE) for token in said)
        return fine and not any(token.is_in(told.NOT_SO | lex.SYMPTOMS) for token in said)


_ASKING = frozenset({"asking", "reading", "curious", "wondering", "checking", "wanted"})
_THERE_IS = lex.IS_WORDS | {"have", "having"}
