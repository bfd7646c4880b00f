"""Whether a danger word in Hindi or Marathi belongs to another: another person, time or feeling.

As in `rehab.clinical.context`: what is not listed means "cannot tell", and the word counts.
"""

from __future__ import annotations

from itertools import pairwise

from rehab.clinical import lexicon_aside as lex
from rehab.clinical.around import Around
from rehab.clinical.lexicon_indic import KIN, KIN_TO, NOT
from rehab.clinical.phrases import Span

_FAR = 8
"""Words between a year and what hangs on it. Project proposal, not sourced."""
_NEAR = 3
"""Words between a thing and its verb. Project proposal, not sourced."""


class ElsewhereIndic(Around):
    """Tells what is somebody else's, long over or said for joy."""

    def _of_kin_of_writer(self, span: Span) -> bool:
        """Bete ko bukhar tha, maine exercise kar li: who writes is the patient."""
        kin = [at for at in range(span.start) if self._at(at).is_in(KIN | KIN_TO)]
        if not kin:
            return False
        between = self._words(range(kin[-1] + 1, span.end))
        rest = self._words(range(span.end, len(self._all())))
        acts = any(
            one.is_in(lex.I_MYSELF)
            and any(two.is_in(lex.EXERCISES | lex.NO_MORE) for two in rest[at + 1 : at + 4])
            for at, one in enumerate(rest)
        )
        return acts and not any(token.is_in(lex.OWN | lex.REPORTS) for token in between)

    def _on_the_day(self, span: Span) -> bool:
        """Operation ke din bahut khoon nikla tha. Not: operation ke din se."""
        sentence = self.reading.sentence_of(span.start)
        before = self._words(range(sentence[0], span.start))
        then = any(
            one.is_in(lex.SURGERY) and day.is_in(lex.DAY) and not after.is_in(lex.SINCE)
            for one, day, after in zip(
                before, before[2:], [*before[3:], self._at(span.start)], strict=False
            )
        ) or any(
            one.is_in(lex.OF_SURGERY) and day.is_in(lex.DAY) and not after.is_in(lex.SINCE)
            for one, day, after in zip(
                before, before[1:], [*before[2:], self._at(span.start)], strict=False
            )
        )
        said = self._words(range(span.end, min(span.end + 6, sentence[-1] + 1)))
        return then and any(token.is_in(lex.WAS) for token in said)

    def _at_a_match(self, span: Span) -> bool:
        """Match dekhte hue saans atak gayi thi, kya over tha yaar. Nothing may hurt beside it."""
        words = self._all()
        watched = any(
            one.is_in(lex.SHOWS) and any(two.is_in(lex.WATCHED) for two in words[at + 1 : at + 3])
            for at, one in enumerate(words)
        )
        inside = self._words(range(span.start, span.end))
        playful = any(token.is_in(lex.PLAYFUL) for token in words)
        return (
            watched
            and playful
            and self._only(inside, lex.JOYFUL)
            and not any(token.is_in(lex.HURTS | lex.HAPPENING - lex.ITSELF) for token in words)
        )

    def _years_ago(self, span: Span) -> bool:
        """2019 me lakwa hua tha. Not: do saal pehle operation hua tha, ab lakwa."""
        first = max(self.reading.sentence_of(span.start)[0], span.start - _FAR)
        years = [at for at in range(first, span.start) if self._is_long_ago(at)]
        if span.has_negation or not years:
            return False
        verb = next(
            (
                at
                for at in range(span.end, min(span.end + _NEAR + 1, len(self._all())))
                if self._at(at).is_in(lex.WAS)
            ),
            None,
        )
        if verb is None:
            return False
        between = self._words(range(years[-1] + 2, verb))
        if any(self.reading.breaks_before(at) for at in range(span.end, verb + 1)):
            return False
        return not any(
            token.is_in(lex.NOW_OR_AGAIN - lex.IN_YEAR | lex.SURGERY) for token in between
        )

    def _is_long_ago(self, at: int) -> bool:
        token, after = self._at(at), self._at(at + 1)
        if token.word.isdigit() and len(token.word) == 4:
            return after.is_in(lex.IN_YEAR)
        return token.is_in(lex.YEAR_ITSELF) or (token.is_in(lex.YEARS) and after.is_in(lex.BEFORE))

    def _joy(self, span: Span) -> bool:
        """Anandane chhati bharun ali; hasi se pet phool gaya. Nothing may hurt beside it."""
        words = self._words(self.reading.sentence_of(span.start))
        glad = any(token.is_in(lex.JOY) for token in words) or any(
            one.is_in(lex.JOY_OF) and two.is_in(lex.OF_JOY) for one, two in pairwise(words)
        )
        inside = self._words(range(span.start, span.end))
        joyful = all(token.is_in(lex.JOYFUL) for token in inside)
        return glad and joyful and not any(token.is_in(lex.HURTS) for token in words)

    def _mended_since(self, span: Span) -> bool:
        """Pehle pair sunn tha, operation ke baad bilkul theek hai."""
        sentence = self.reading.sentence_of(span.start)
        past = any(t.is_in(lex.BEFORE) for t in self._words(range(sentence[0], span.start)))
        rest = self._words(range(span.end, sentence[-1] + 1))
        was = any(token.is_in(lex.WAS) for token in rest[: _NEAR + 1])
        cut = next(
            (n for n, t in enumerate(rest) if t.is_in(lex.SURGERY | lex.SINCE_SURGERY)), None
        )
        if not past or not was or cut is None:
            return False
        well = any(token.is_in(lex.NORMAL | lex.FULLY_WELL | lex.NO_MORE) for token in rest[cut:])
        return well and not any(token.is_in(NOT | lex.STILL) for token in rest)

    def _died(self, span: Span) -> bool:
        """Nani ka dehant ho gaya dil ke daure se."""
        sentence = self.reading.sentence_of(span.start)
        kin = [at for at in range(sentence[0], span.start) if self._at(at).is_in(lex.MOURNED)]
        if not kin or not any(token.is_in(lex.DEATHS) for token in self._words(sentence)):
            return False
        return not any(token.is_in(lex.OWN) for token in self._words(range(kin[-1] + 1, span.end)))

    def _nearly_fell(self, span: Span) -> bool:
        """Fisalte fisalte bacha; ghasarta ghasarta vachlo."""
        after = self._words(range(span.end, min(span.end + _NEAR, len(self._all()))))
        falls = self._at(span.start).word.startswith(lex.FALLS)
        return falls and any(token.is_in(lex.SPARED) for token in after)

    def _of_stranger(self, span: Span) -> bool:
        """Pados ke Sharma ji ko daura pada. Not: padosi bola ki meri pindli suji hai."""
        strange = [at for at in range(span.start) if self._at(at).is_in(lex.STRANGERS)]
        if not strange:
            return False
        between = self._words(range(strange[-1] + 1, span.end))
        if any(token.is_in(lex.OWN | lex.REPORTS) for token in between):
            return False
        after = self._words(range(span.end, len(self._all())))
        pairs = pairwise(after)
        too = any(one.is_in(lex.OWN) and two.is_in(lex.TOO) for one, two in pairs)
        return not too and self._is_theirs(strange[-1], span.start)

    def _is_theirs(self, strange: int, start: int) -> bool:
        """Say whether the sentence of the stranger, or the one behind it, names the illness."""
        return self._at(start).sentence == self._at(strange).sentence

    def _found_clear(self, span: Span) -> bool:
        """Doctor ne doppler kiya, sab normal nikla. Not when it goes on or comes back."""
        rest = self._words(range(span.end, len(self._all())))
        exam = next((at for at, token in enumerate(rest) if token.is_in(lex.EXAMS)), None)
        if exam is None or any(token.is_in(lex.HAPPENING) for token in rest[:exam]):
            return False
        found = rest[exam + 1 :]
        clear = any(token.is_in(lex.CLEAR) for token in found) or any(
            one.is_in(NOT) and two.is_in(lex.NOT_FOUND) for one, two in pairwise(found)
        )
        goes_on = any(
            token.is_in(lex.STILL) and not (after and after.is_in(lex.NO_MORE))
            for token, after in zip(rest, [*rest[1:], None], strict=True)
        )
        return clear and not goes_on

    def _nothing_after(self, span: Span) -> bool:
        """Somvar ko bukhar aaya tha, mangal tak utar gaya, uske baad kuch nahi."""
        sentence = self.reading.sentence_of(span.start)
        rest = self._words(range(span.end, sentence[-1] + 1))
        was = any(token.is_in(lex.WAS) for token in rest[: _NEAR + 1])
        since = next((at for at, token in enumerate(rest) if token.is_in(lex.AFTER_THAT)), None)
        if not was or since is None:
            return False
        said = rest[since + 1 :]
        return (
            bool(said)
            and said[-1].is_in(NOT | lex.IS)
            and any(t.is_in(NOT) for t in said)
            and any(token.is_in(lex.NOTHING) for token in said)
        )
