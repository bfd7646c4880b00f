"""What explains a danger word away in Hindi and Marathi sentences, whose verb comes last.

As in `rehab.clinical.context`: what is not listed means "cannot tell", and the word counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rehab.clinical import lexicon_indic as lex
from rehab.clinical.phrases import Span
from rehab.clinical.reading import Reading, Token

_SHORT = 4
"""Words between a thing and what is said of it. Project proposal, not sourced."""
_WELL_WITHIN = 7
"""Words between "now" and "well". Project proposal, not sourced."""


_IN = frozenset({"me"})
"""In "video me dekha" it is no writer."""


@dataclass(frozen=True)
class IndicContext:
    """One text with the words that count as symptoms in it."""

    reading: Reading
    symptoms: frozenset[str]

    def explained(self, span: Span, *, emergency: bool) -> bool:
        """Say whether the match is unmistakably no present symptom of the patient."""
        if self._is_harmless(span) or self._not_fallen(span) or self._in_neither_nor(span):
            return True
        if self._if_then(span) or self._told_of(span) or self._of_another(span):
            return True
        if self._asked_how_much(span) or self._during_surgery(span) or self._long_over(span):
            return True
        if self._before_surgery(span):
            return True
        return not emergency and (self._mends(span) or self._goes_by_morning(span))

    def _is_harmless(self, span: Span) -> bool:
        """Khoon patla karne ki goli, blood test, phone gir gaya."""
        if span.end - span.start == 1 and self._begins(span.end):
            here, following = self._at(span.start), self._at(span.end)
            if following.is_in(lex.OF) and self._begins(span.end + 1):
                following = self._at(span.end + 1)
            if any(here.is_in(a) and following.is_in(b) for a, b in lex.HARMLESS_BEFORE):
                return True
        before = span.start > 0 and self._at(span.start - 1).is_in(lex.THINGS)
        return before and self._at(span.start).is_in(lex.FALLS)

    def _not_fallen(self, span: Span) -> bool:
        """Nahi gira; padlo nahi; kuch nahi nikal raha. The verb itself is denied."""
        if not self._at(span.start).is_in(lex.FALLS | lex.LEAKS):
            return False
        before = span.start > 0 and self._at(span.start - 1).is_in(lex.NOT)
        if before or not self._at(span.start).is_in(lex.FALLS):
            return before
        return self._begins(span.end) and self._at(span.end).is_in(lex.NOT)

    def _in_neither_nor(self, span: Span) -> bool:
        """Na bukhar, na saans ki dikkat. Never: na saans le pa raha hu, na chal pa raha hu."""
        sentence = self.reading.sentence_of(span.start)
        cues = [at for at in sentence if self._at(at).is_in(lex.NEITHER)]
        assents = self._at(sentence[-1]).is_in(lex.NEITHER)
        starts = [at for at in cues if at >= span.start or self._opens(at) or not assents]
        before = [at for at in starts if at < span.start]
        if span.has_negation or len(cues) < 2 or not before:
            return False
        end = min((at for at in cues if at >= span.end), default=sentence[-1] + 1)
        clause: list[Token] = []
        for at in range(before[-1] + 1, end):
            if at > before[-1] + 1 and at >= span.end and self.reading.breaks_before(at):
                break
            clause.append(self._at(at))
        short = len(clause) < _SHORT and not any(token.is_in(lex.FAILS) for token in clause)
        return short or self._only(clause, self.symptoms | lex.SMALL | lex.IS)

    def _opens(self, at: int) -> bool:
        """Say whether a "na" opens what it denies: bukhar hai na only asks for assent."""
        first = self._at(self.reading.sentence_of(at)[0])
        return first.is_in(lex.NEITHER) or bool(self.reading.breaks_before(at))

    def _if_then(self, span: Span) -> bool:
        """Tanka khul jaye to kisko phone karu? Taap ala tar kay karu?"""
        sentence = self.reading.sentence_of(span.start)
        if self._supposed(range(sentence[0], span.start), sentence[-1]):
            return True
        for at in range(span.start + 1, min(span.end + _SHORT, sentence[-1] + 1)):
            if self._at(at).is_in(lex.THEN) and self._at(at - 1).is_in(lex.MIGHT):
                between = self._words(range(span.start, at))
                rest = self._words(range(at + 1, sentence[-1] + 1))
                happening = any(token.is_in(lex.HAPPENING) for token in between)
                return not happening and any(token.is_in(lex.ASKS) for token in rest)
        return False

    def _supposed(self, before: range, last: int) -> bool:
        """Maan lijiye patti gili ho jaye to kya kare? Samja patti oli zali tar chalel ka?"""
        supposes = next((at for at in before if self._at(at).is_in(lex.SUPPOSE)), None)
        if supposes is None:
            return False
        rest = self._words(range(before.stop, last + 1))
        if not any(token.is_in(lex.HAPPENING) for token in rest):
            rest = self._words(range(supposes + 1, last + 1))
        return all(any(one.is_in(part) for one in rest) for part in (lex.THEN, lex.ASKS | lex.MAY))

    def _told_of(self, span: Span) -> bool:
        """YouTube pe dekha ki thakka ja sakta hai; mujhe koi taklif nahi."""
        before = self._words(range(span.start))
        if not any(token.is_in(lex.HEARSAY) for token in before):
            return False
        told_of_self = any(token.is_in(lex.WRITER - _IN) for token in before)
        return self._writer_is_fine() or (not told_of_self and self._own_looks_well(span.end))

    def _own_looks_well(self, start: int) -> bool:
        """... mera to ekdam sukha aur saaf hai."""
        for at in range(start, len(self.reading.tokens)):
            if self._at(at).is_in(lex.WRITER):
                said = list(self._same_sentence(at + 1, _WELL_WITHIN))
                well = any(one.is_in(lex.LOOKS_WELL) for one in said)
                return well and not any(one.is_in(lex.NOT) for one in said)
        return False

    def _of_another(self, span: Span) -> bool:
        """Patni ko bukhar hai, mujhe kuch nahi. A relative alone may be the patient."""
        if any(self._is_cared_for(at) for at in range(len(self.reading.tokens))):
            return False
        kin = [at for at in range(span.start) if self._is_kin(at)]
        if not kin or any(t.is_in(lex.WRITER) for t in self._words(range(kin[-1] + 1, span.end))):
            return False
        if self._writer_too(span.end):
            return False
        far = any(self._at(at).is_in(lex.FAR) for at in kin)
        return far or self._writer_is_fine() or self._writer_goes_on(span.end)

    def _is_cared_for(self, at: int) -> bool:
        """Operation, ghutna: the relative is the patient. Not: mera ghutna."""
        own = at > 0 and self._at(at - 1).is_in(lex.WRITER)
        return self._at(at).is_in(lex.CARED_FOR) and not own

    def _is_kin(self, at: int) -> bool:
        """Papa ko, padosi ke, भावाला."""
        if self._at(at).is_in(lex.KIN_TO | lex.FAR):
            return True
        return (
            self._at(at).is_in(lex.KIN) and self._begins(at + 1) and self._at(at + 1).is_in(lex.TO)
        )

    def _writer_too(self, start: int) -> bool:
        """... and me too; aur mujhe bhi."""
        places = range(start, len(self.reading.tokens) - 1)
        return any(
            self._at(at).is_in(lex.WRITER) and self._at(at + 1).is_in(lex.TOO) for at in places
        )

    def _writer_is_fine(self) -> bool:
        """Mujhe kuch nahi hai; main theek hu; मी ठीक आहे."""
        for at, token in enumerate(self.reading.tokens):
            if not token.is_in(lex.WRITER):
                continue
            said = list(self._same_sentence(at + 1, _SHORT + 1))
            denied = any(one.is_in(lex.NOT) for one in said)
            if any(one.is_in(lex.NOTHING) for one in said) and denied:
                return True
            if any(one.is_in(lex.WELL) for one in said) and not denied:
                return True
        return False

    def _writer_goes_on(self, start: int) -> bool:
        """... isliye main nahi aa paya; ... kya main aau?"""
        after = self._words(range(start, len(self.reading.tokens)))
        ill = any(token.is_in(self.symptoms) for token in after)
        goes = any(token.is_in(lex.SO | lex.FOR_SELF) for token in after)
        return goes and not ill and any(token.is_in(lex.WRITER | lex.FOR_SELF) for token in after)

    def _long_over(self, span: Span) -> bool:
        """Pichle hafte bukhar tha, ab bilkul theek hu. Magchya athavdyat taap hota, ata nahi."""
        sentence = self.reading.sentence_of(span.start)
        past = any(t.is_in(lex.LONG_PAST) for t in self._words(range(sentence[0], span.start)))
        was = any(token.is_in(lex.WAS) for token in self._same_sentence(span.end, _SHORT + 1))
        after = self._words(range(span.end, len(self.reading.tokens)))
        if not (past and was) or any(token.is_in(lex.AGAIN) for token in after):
            return False
        return any(self._is_well_from(at) for at in range(span.end, len(self.reading.tokens)))

    def _is_well_from(self, at: int) -> bool:
        if not self._at(at).is_in(lex.NOW):
            return False
        start = at + 1 + (self._begins(at + 1) and self._at(at + 1).is_in(lex.AT_ALL))
        said = self._words(range(start, min(start + _WELL_WITHIN, len(self.reading.tokens))))
        if said and said[0].is_in(lex.NOT):
            return True
        if said and said[0].is_in(lex.NOTHING) and any(one.is_in(lex.NOT) for one in said[1:5]):
            return True
        well = [n for n, token in enumerate(said) if token.is_in(lex.WELL)]
        return bool(well) and not (well[0] + 1 < len(said) and said[well[0] + 1].is_in(lex.NOT))

    def _mends(self, span: Span) -> bool:
        """Sujan bhi kam hai; सूजन उतर गई है. Not: sujan kam nahi ho rahi, pindli sooj gayi."""
        if not self._at(span.end - 1).is_in(lex.MENDABLE):
            return False
        said = list(self._same_sentence(span.end, _SHORT + 2))
        until = next((n for n, one in enumerate(said) if one.is_in(lex.LESS)), None)
        if until is None or any(one.is_in(lex.NOT | lex.AGAIN) for one in said):
            return False
        if self._at(span.end - 1).is_in(lex.SWELLS) and said[until].is_in(lex.WENT):
            return False
        return self._only(said[:until], lex.SMALL | lex.NOW | lex.VERY)

    def _goes_by_morning(self, span: Span) -> bool:
        """Sham ko takhne pe thodi sujan aati hai, subah chali jati hai. Never a calf."""
        swelling = self._at(span.start).is_in(lex.SWELLINGS)
        if not swelling or any(token.is_in(lex.CALF) for token in self.reading.tokens):
            return False
        said = list(self._same_sentence(span.end, 3 * _SHORT))
        at = next((n for n, one in enumerate(said) if one.is_in(lex.MORNING)), None)
        return at is not None and any(one.is_in(lex.GOES) for one in said[at + 1 : at + 3])

    def _asked_how_much(self, span: Span) -> bool:
        """At how much fever should I tell you?"""
        if span.start == 0 or not self._at(span.start).is_in(lex.FEVERS):
            return False
        asked = self._at(span.start - 1).is_in(lex.HOW_MUCH)
        return asked and any(one.is_in(lex.UPON) for one in self._same_sentence(span.end, 2))

    def _during_surgery(self, span: Span) -> bool:
        """Much blood was lost at the time of the operation."""
        before = self._words(range(self.reading.sentence_of(span.start)[0], span.start))
        then = any(a.is_in(lex.OPERATION) for a in before)
        then = then and any(b.is_in(lex.AT_THE_TIME) for b in before)
        said = self._same_sentence(span.end, _SHORT + 1)
        return then and any(token.is_in(lex.WAS) for token in said)

    def _before_surgery(self, span: Span) -> bool:
        """Operation se pehle bahut langdata tha. Not: pehle se, ab bhi, phir se."""
        sentence = self.reading.sentence_of(span.start)
        before = self._words(range(sentence[0], span.start))
        then = any(a.is_in(lex.OPERATION) for a in before)
        then = then and any(b.is_in(lex.BEFORE_IT) for b in before)
        after = self._words(range(span.end, len(self.reading.tokens)))
        was = next((n for n, one in enumerate(after[: _SHORT + 1]) if one.is_in(lex.WAS)), None)
        if not then or was is None:
            return False
        rest = after[was + 1 :]
        return not any(token.is_in(lex.AGAIN | lex.TOO | lex.WORSE) for token in rest)

    def _same_sentence(self, start: int, length: int) -> Iterator[Token]:
        for at in range(start, start + length):
            if not self._begins(at):
                return
            yield self._at(at)

    def _begins(self, at: int) -> bool:
        """Say whether a word of the same sentence stands at this place."""
        inside = 0 < at < len(self.reading.tokens)
        return inside and self.reading.breaks_before(at) != "sentence"

    def _only(self, words: list[Token], allowed: frozenset[str]) -> bool:
        return all(token.is_in(allowed) for token in words)

    def _at(self, at: int) -> Token:
        return self.reading.tokens[at]

    def _words(self, places: Iterable[int]) -> list[Token]:
        return [self.reading.tokens[at] for at in places]
