"""Whether a danger word is denied: no fever, bukhar nahi hai, ताप नाही."""

from __future__ import annotations

import re

from rehab.clinical import lexicon as lex
from rehab.clinical import lexicon_told as told
from rehab.clinical.around import Around
from rehab.clinical.phrases import Span
from rehab.clinical.reading import Token

_MEASURED = re.compile(r"100[.][4-9]|10[1-7]([.][0-9])?|3[89][.][0-9]|4[01]([.][0-9])?")
_FEVERS = frozenset({"fever", "temperature"})
_BENDS = frozenset({"bend", "bending", "flexion", "steps", "reps", "bp", "kg"})
_SHORT_QUESTION = 4
_REACH = 15
"""A negation further in front of a word than this does not deny it."""


class Denial(Around):
    """Finds the negation that reaches a word, and what turns it into its opposite."""

    def denied(self, span: Span) -> bool:
        """no fever; I don't have chest pain; fever nahi hai; ताप नाही. Never "can't breathe"."""
        if span.has_negation:
            return False
        if self._is_measured_fever(span):
            return False
        denied = self._denied_before(span) or self._denied_after(span) or self._neither_nor(span)
        return denied or self._none_of_it(span)

    def answered_no(self, span: Span) -> bool:
        """Bleeding gums? No. Not enough for an emergency: the "no" may answer something else."""
        sentence = self.reading.sentence_of(span.start)
        if not self._asks(span.start) or len(sentence) > _SHORT_QUESTION:
            return False
        if sentence[-1] + 1 >= len(self._all()):
            return False
        answer = self._words(self.reading.sentence_of(sentence[-1] + 1))
        return len(answer) == 1 and answer[0].is_in(told.NO_AS_ANSWER)

    def _is_measured_fever(self, span: Span) -> bool:
        """I had no fever before; these days it is 101."""
        if not self._at(span.start).is_in(_FEVERS):
            return False
        words = self._all()
        return any(
            _MEASURED.fullmatch(token.word)
            and not any(t.is_in(_BENDS) for t in words[at + 1 : at + 4])
            for at, token in enumerate(words)
        )

    def _not_thought(self, between: list[Token]) -> bool:
        """Don't think I have a clot; not: don't think that pus is normal."""
        needed = (told.THINK, told.THINK_OF, told.IS_OR_HAVE)
        opens = len(between) >= len(needed)
        opens = opens and all(t.is_in(p) for t, p in zip(between, needed, strict=False))
        return opens and self._only(between[3:], lex.AFTER_NOT)

    def _none_of_it(self, span: Span) -> bool:
        """Numbness in the saddle area: there isn't any; at the end of a sentence."""
        sentence = self.reading.sentence_of(span.start)
        rest = self._words(range(span.end, sentence[-1] + 1))
        if rest and rest[-1].is_in(told.NONE):
            said = rest[:-1]
        elif len(rest) > 1 and rest[-2].is_in(lex.NOT_WORDS) and rest[-1].is_in(told.ANYTHING):
            said = rest[:-2]
        else:
            return False
        there = any(token.is_in(told.THERE_IS) for token in said)
        return there and all(t.is_in(told.THERE_IS | told.PLACES | lex.SYMPTOMS) for t in said)

    def _neither_nor(self, span: Span) -> bool:
        """Neither fever nor chills; न बुखार है न दर्द. Each thing stands right behind its no."""
        sentence = self.reading.sentence_of(span.start)
        cues = sum(token.is_in(lex.NEITHER) for token in self._words(sentence))
        if (
            cues < 2
            or span.start == sentence[0]
            or not self._at(span.start - 1).is_in(lex.NEITHER)
        ):
            return False
        at = span.end
        while at <= sentence[-1] and self._at(at).is_in(lex.IS_WORDS):
            at += 1
        return bool(self.reading.breaks_before(at)) or self._at(at).is_in(lex.NEITHER)

    def _denied_before(self, span: Span) -> bool:
        cue = self._cue_before(span)
        if cue is None or not self._may_follow_denied(span.end):
            return False
        turned = self._turned(range(cue, self._clause_end(span.end)))
        return not turned and not self._is_doubled(cue)

    def _turned(self, clause: range) -> bool:
        return any(token.is_in(lex.TURNS_DENIAL) for token in self._words(clause))

    def _cue_before(self, span: Span) -> int | None:
        """Return the negation in front of the match when only allowed words stand between."""
        comma = False
        for at in range(span.start - 1, max(span.start - _REACH, 0) - 1, -1):
            if self.reading.breaks_before(at + 1) in ("clause", "sentence"):
                return None
            comma = comma or self.reading.breaks_before(at + 1) == "comma"
            token = self._at(at)
            if token.is_in(lex.NO_WORDS | lex.NOT_WORDS):
                denies = self._denies_list if comma else self._denies
                return at if denies(at, span) else None
        return None

    def _denies(self, cue: int, span: Span) -> bool:
        """Say whether the negation reaches the match over the words between."""
        between = self._words(range(cue + 1, span.start))
        if self._at(cue).is_in(lex.NO_WORDS):
            nouns = any(token.is_in(lex.NOUNS_WITH_OF) for token in between)
            if nouns and not between[-1].is_in(lex.LINKS):
                return False
            longer = any(token.is_in(lex.LONGER) for token in between)
            allowed = lex.AFTER_NOT if longer else lex.AFTER_NO
            return self._only(between, allowed | lex.BODY)
        if self._not_thought(between):
            return True
        modal = cue > 0 and self._at(cue - 1).is_in(lex.MODALS)
        if modal and not (between and between[0].is_in(lex.SEEING)):
            return False
        return self._only(between, lex.AFTER_NOT | lex.BODY)

    def _denies_list(self, cue: int, span: Span) -> bool:
        """Say whether "no fever, chest pain or cough" is one list up to its "or"."""
        comma = next(at for at in range(cue + 1, span.start + 1) if self.reading.breaks_before(at))
        first, rest = range(cue + 1, comma), range(comma, span.start)
        opens = any(token.is_in(lex.SYMPTOMS) for token in self._words(first))
        listed = self.symptoms | lex.OR_WORDS | lex.ARTICLES
        joined = any(token.is_in(lex.OR_WORDS) for token in self._words(rest))
        return (
            opens
            and self._only_denied(first)
            and all(token.is_in(listed) for token in self._words(rest))
            and self._list_ends(span.end, joined=joined)
        )

    def _only_denied(self, places: range) -> bool:
        allowed = self.symptoms | lex.AFTER_NO | lex.AFTER_NOT
        return all(token.is_in(allowed) for token in self._words(places))

    def _list_ends(self, at: int, *, joined: bool) -> bool:
        """Say whether the list goes on to its "or" and then ends without saying more of it."""
        while at < len(self.reading.tokens) and self.reading.breaks_before(at) in ("", "comma"):
            token = self._at(at)
            if not token.is_in(self.symptoms | lex.OR_WORDS | lex.ARTICLES):
                return joined and token.is_in(lex.AFTER_LIST)
            joined = joined or token.is_in(lex.OR_WORDS)
            at += 1
        return joined

    def _may_follow_denied(self, at: int) -> bool:
        if self.reading.breaks_before(at):
            return True
        token = self._at(at)
        if token.is_in(lex.AFFIRMED):
            return False
        return token.is_in(lex.AFTER_DENIED | lex.OR_WORDS | self.symptoms)

    def _is_doubled(self, cue: int) -> bool:
        """Say whether the negation is itself negated ("not without pain")."""
        for at in range(cue - 1, max(cue - 3, -1), -1):
            if self.reading.breaks_before(at + 1):
                return False
            if self._at(at).is_in(lex.NEGATORS):
                return self._at(at).word != self._at(cue).word
        return False

    def _denied_after(self, span: Span) -> bool:
        """The denial follows: fever nahi hai; chest pain: no; pain is not there."""
        at = span.end
        before: list[Token] = []
        while at < len(self.reading.tokens) and not self.reading.breaks_before(at):
            token = self._at(at)
            if token.is_in(lex.AFTER_CUES | lex.END_CUES | lex.NOT_WORDS):
                turned = self._turned(range(at, self._clause_end(at + 1)))
                return self._closes(at) and not turned and self._only(before, lex.BEFORE_CUE)
            before.append(token)
            at += 1
        return False

    def _closes(self, cue: int) -> bool:
        """Say whether what follows the negation leaves it a denial: "nahi ruk raha" does not."""
        token, ends = self._at(cue), bool(self.reading.breaks_before(cue + 1))
        if token.is_in(lex.AFTER_CUES):
            return ends or self._at(cue + 1).is_in(lex.AFTER_CUE) or self._next_is_denied(cue + 1)
        if token.is_in(lex.NOT_WORDS):
            return not ends and self._at(cue + 1).is_in(lex.NOT_THERE)
        free = token.is_in(lex.FREE) and not ends and self._at(cue + 1).is_in(lex.AFTER_FREE)
        return ends or free

    def _next_is_denied(self, at: int) -> bool:
        """Suj nahi taap nahi."""
        named = self._at(at).is_in(lex.SYMPTOMS) and not self.reading.breaks_before(at + 1)
        return named and self._at(at + 1).is_in(lex.AFTER_CUES)
