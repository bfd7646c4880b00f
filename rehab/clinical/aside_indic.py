"""What sets a danger word aside in Hindi and Marathi: none of these, if ever, only asked.

As in `rehab.clinical.context_indic`: what is not listed means "cannot tell", and the word counts.
"""

from __future__ import annotations

from rehab.clinical import lexicon_aside as lex
from rehab.clinical.elsewhere_indic import ElsewhereIndic
from rehab.clinical.lexicon_indic import FEVERS, NOT
from rehab.clinical.lexicon_told import NO_FEVER
from rehab.clinical.phrases import Span

_FAR = 8
"""Words between an "if" or a year and what hangs on it. Project proposal, not sourced."""
_NEAR = 3
"""Words between a thing and its verb. Project proposal, not sourced."""


class AsideIndic(ElsewhereIndic):
    """Finds what the writer names only to say that it is not there, not now or not theirs."""

    def explained(self, span: Span, *, emergency: bool) -> bool:
        """Say whether the match is unmistakably no present symptom of the patient."""
        if self._list_denied(span) or self._nothing_such(span) or self._verb_denied(span):
            return True
        if self._nor(span) or self._ruled_out(span) or self._all_well(span):
            return True
        if self._said_no(span) or self._lest(span) or self._no_leisure(span):
            return True
        if self._warned(span) or self._on_the_day(span) or self._at_a_match(span):
            return True
        if self._if_ever(span) or self._years_ago(span) or self._joy(span):
            return True
        if self._at_risk(span) or self._mended_since(span):
            return True
        if self._defined(span) or self._died(span) or self._nearly_fell(span):
            return True
        if self._only_asks(span) or self._of_stranger(span):
            return True
        if emergency:
            return False
        if self._foretold(span) or self._of_kin_of_writer(span) or self._asks_for_later(span):
            return True
        if self._reads_normal(span):
            return True
        return self._found_clear(span) or self._asks_if_normal(span) or self._nothing_after(span)

    def _list_denied(self, span: Span) -> bool:
        """Taap, suj yatla kahihi nahi. Bukhar wukhar kuch nahi. Never: saans kuch nahi aa rahi."""
        last = self.reading.sentence_of(span.start)[-1]
        at = span.end
        while at <= last and self._is_listed(at, span):
            at += 1
        if span.has_negation or at > last:
            return False
        such = self._at(at).is_in(lex.SUCH)
        at += such
        while such and at <= last and self._at(at).is_in(lex.BETWEEN_NOTHING):
            at += 1
        if at > last or not self._at(at).is_in(lex.NOTHING):
            return False
        at += 1
        while at <= last and self._at(at).is_in(lex.BETWEEN_NOTHING):
            at += 1
        if at > last or not self._at(at).is_in(NOT):
            return False
        ends = bool(self.reading.breaks_before(at + 1))
        return (
            ends
            or (such and not self._at(at + 1).is_in(lex.WAS))
            or self._at(at + 1).is_in(lex.IS)
        )

    def _nothing_such(self, span: Span) -> bool:
        """Dam lagna asla kahi hot nahi: the "hot nahi" itself is no complaint."""
        if span.start < 2 or not self._at(span.start - 1).is_in(lex.NOTHING):
            return False
        return self._at(span.start - 2).is_in(lex.SUCH)

    def _is_listed(self, at: int, span: Span) -> bool:
        """Say whether a word goes on with the list that began at the match."""
        token = self._at(at)
        if token.is_in(
            lex.HAPPENING | lex.WAS | lex.SUCH | lex.NOTHING | NOT | lex.NOW_OR_AGAIN - lex.LISTED
        ):
            return False
        same = token.word == self._at(span.start).word
        return same or token.is_in(self.symptoms | lex.LISTED)

    def _verb_denied(self, span: Span) -> bool:
        """Dam lagat nahi; saans phoolti nahi hai. The no ends what is said."""
        if span.has_negation:
            return False
        if self._never_has(span.end):
            return True
        for at in range(span.end, min(span.end + 2, len(self._all()) - 1)):
            if self.reading.breaks_before(at) or self.reading.breaks_before(at + 1):
                return False
            if at > span.end and not self._at(at - 1).is_in(lex.AT_ALL):
                return False
            if self._at(at).is_in(lex.HAVING) and self._at(at + 1).is_in(NOT):
                return bool(self.reading.breaks_before(at + 2)) or self._at(at + 2).is_in(lex.IS)
        return False

    def _ruled_out(self, span: Span) -> bool:
        """Guthli nahi mhanale; thakka nahi bola doctor ne."""
        at = span.end
        if span.has_negation or at + 1 >= len(self._all()) or self.reading.breaks_before(at):
            return False
        return self._at(at).is_in(NOT) and self._at(at + 1).is_in(lex.SAID)

    def _nor(self, span: Span) -> bool:
        """Lali nahi ki pani nahi: one no behind each."""
        at = span.end
        if span.has_negation or self.reading.breaks_before(at) or not self._at(at).is_in(NOT):
            return False
        rest = self._words(range(at + 1, self.reading.sentence_of(span.start)[-1] + 1))[:5]
        joined = bool(rest) and rest[0].is_in(lex.NOR)
        return joined and any(token.is_in(NOT) for token in rest[2:])

    def _all_well(self, span: Span) -> bool:
        """Saans, bukhar, sujan sab normal hai. Never: sab normal nahi."""
        last = self.reading.sentence_of(span.start)[-1]
        at = span.end
        while at <= last and self._is_listed(at, span) and not self._at(at).is_in(lex.ALL):
            at += 1
        first, final = (self._at(n) for n in (self.reading.sentence_of(span.start)[0], last))
        if self._asks(span.start) or first.is_in(lex.WHETHER) or final.is_in(lex.WHETHER):
            return False
        every = at <= last and self._at(at).is_in(lex.ALL)
        # In "sujan, saans normal" only the breath is.
        if not every and any(self.reading.breaks_before(n) for n in range(span.end, at + 1)):
            return False
        said = self._words(range(at + every, min(at + every + _NEAR, last + 1)))
        if span.has_negation or not (every or at > span.end - 1) or not said:
            return False
        if at == span.end and said[0].is_in(lex.FULLY_WELL) and self._ends_behind(at + every):
            return True
        opens = said[0] if every or not said[0].is_in(lex.AT_ALL) else said[-1]
        ends = not any(token.is_in(NOT | lex.NOW_OR_AGAIN - lex.LISTED) for token in said)
        return opens.is_in(lex.NORMAL | lex.FULLY_WELL if every else lex.NORMAL) and ends

    def _ends_behind(self, at: int) -> bool:
        """Saans theek hai, ... Not: saans theek se nahi aati."""
        after = at + 1
        while not self.reading.breaks_before(after) and self._at(after).is_in(lex.IS):
            after += 1
        return bool(self.reading.breaks_before(after))

    def _reads_normal(self, span: Span) -> bool:
        """Bukhar 98.4. No other number and no "no" may stand in the sentence."""
        fever = span.end - span.start == 1 and self._at(span.start).is_in(FEVERS)
        words = self._words(self.reading.sentence_of(span.start))
        numbers = [token.word for token in words if token.word[0].isdigit()]
        near = self._words(range(span.end, min(span.end + 2, len(self._all()))))
        read = any(NO_FEVER.fullmatch(token.word) for token in near)
        return fever and read and all(NO_FEVER.fullmatch(one) for one in numbers)

    def _no_leisure(self, span: Span) -> bool:
        """Shwas ghyayla fursat nahi: so much work that there is no time to breathe."""
        end = self.reading.sentence_of(span.start)[-1] + 1
        near = self._words(range(span.end, min(span.end + _NEAR + 1, end)))
        inside = self._words(range(span.start, span.end))
        return self._only(inside, lex.JOYFUL) and any(token.is_in(lex.LEISURE) for token in near)

    def _said_no(self, span: Span) -> bool:
        """The nurse asked: pindli me dard hai kya, maine kaha nahi."""
        before = self._words(range(self.reading.sentence_of(span.start)[0], span.start))
        if not any(token.is_in(lex.WAS_ASKED) for token in before):
            return False
        rest = self._words(range(span.end, self.reading.sentence_of(span.start)[-1] + 1))
        said = next((at for at, token in enumerate(rest) if token.is_in(lex.SAID)), None)
        if said is None or any(token.is_in(lex.STILL) for token in rest):
            return False
        return any(token.is_in(NOT | lex.REFUSED) for token in rest[max(said - 1, 0) : said + 3])

    def _lest(self, span: Span) -> bool:
        """Khuba nikhalu naye mhanun; kulha na nikle isliye."""
        after = self._words(range(span.end, min(span.end + 2, len(self._all()))))
        if any(token.is_in(lex.LEST) for token in after):
            return True
        hindi = span.start > 0 and self._at(span.start - 1).is_in(lex.NEGATIVE_WISH)
        return hindi and any(token.is_in(lex.SO_THAT) for token in after)

    def _warned(self, span: Span) -> bool:
        """Doctor ne samjhaya ki kulha nikal sakta hai. Not: lagta hai nikal sakta hai."""
        sentence = self.reading.sentence_of(span.start)
        before = self._words(range(sentence[0], span.start))
        after = self._words(range(span.end, min(span.end + 2, sentence[-1] + 1)))
        told = any(token.is_in(lex.TOLD) for token in before)
        may = any(token.is_in(lex.MAY) for token in after)
        unsure = any(
            token.is_in(lex.SEEMS | NOT | lex.NOW_OR_AGAIN) for token in [*before, *after]
        )
        return told and may and not unsure

    def _foretold(self, span: Span) -> bool:
        """Doctor bole the ki jaangh me khichav rahega."""
        sentence = self.reading.sentence_of(span.start)
        before = self._words(range(sentence[0], span.end))
        after = self._words(range(span.end - 1, min(span.end + _NEAR, sentence[-1] + 1)))
        told = any(token.is_in(lex.TOLD) for token in before)
        own = any(token.is_in(lex.OWN | lex.NOW_OR_AGAIN - lex.SINCE) for token in before)
        will = any(token.word.endswith(lex.FUTURE_ENDS) for token in after)
        return told and will and not own and not self._goes_on(span.end + _NEAR)

    def _never_has(self, at: int) -> bool:
        """Khoon nahi aata; dard nahi hota ab."""
        if at + 1 >= len(self._all()) or self.reading.breaks_before(at):
            return False
        if self.reading.breaks_before(at + 1) or not self._at(at).is_in(NOT):
            return False
        ends = bool(self.reading.breaks_before(at + 2)) or self._at(at + 2).is_in(lex.IS)
        return self._at(at + 1).is_in(lex.HAVING) and ends

    def _if_ever(self, span: Span) -> bool:
        """Pay sujla tar baraf lavu ka? Agar kabhi saans phoolne lage to kisko phone karu?"""
        sentence = self.reading.sentence_of(span.start)
        for at in range(span.start + 1, min(span.end + _FAR, sentence[-1] + 1)):
            if self._is_then(at, sentence[0], span.start):
                happening = self._words(range(span.start, at))
                rest = self._words(range(at + 1, sentence[-1] + 1))
                told = any(token.is_in(lex.HAPPENING) for token in happening)
                asks = self._asks(span.start) or any(t.is_in(lex.ASKS | lex.ADVISES) for t in rest)
                here = self._goes_on(at + 1) or (bool(rest) and rest[0].is_in(lex.HAPPENING))
                return not told and asks and not here
        return False

    def _is_then(self, at: int, first: int, start: int) -> bool:
        before = self._at(at - 1)
        if self._at(at).is_in(lex.THEN_MARATHI):
            return before.word.endswith(lex.MARATHI_MIGHT_ENDS)
        supposes = any(
            token.is_in(lex.IF | lex.TOLD) for token in self._words(range(first, start))
        )
        return supposes and self._at(at).is_in(lex.THEN_HINDI) and before.is_in(lex.MIGHT)

    def _goes_on(self, start: int) -> bool:
        """Say whether the text goes on to tell of something that goes on: aaj phool rahi hai."""
        rest = self._words(range(start, len(self._all())))
        befores = [None, *rest]
        going = any(
            token.is_in(lex.GOING_ON) and not (before and before.is_in(lex.UNDERSTOOD))
            for before, token in zip(befores, rest, strict=False)
        )
        return going and not any(
            t.is_in(NOT | lex.NORMAL | lex.FULLY_WELL | lex.LESS) for t in rest
        )

    def _asks_for_later(self, span: Span) -> bool:
        """Kya bukhar me exercise theek hai? Abhi bukhar nahi hai."""
        if not self._asks(span.start):
            return False
        word = self._at(span.start).word
        return any(
            self._at(at).word == word
            and self._at(at - 1).is_in(lex.NOW_OR_AGAIN)
            and self._at(at + 1).is_in(NOT)
            for at in range(span.end + 1, len(self._all()) - 1)
        )

    def _only_asks(self, span: Span) -> bool:
        """Kya saans phoolna dava ka asar hai, bas jaankari ke liye, mujhe aisa kuch nahi."""
        informs = any(token.is_in(lex.INFORMS) for token in self._all())
        after = self._words(range(span.end, min(span.end + _NEAR, len(self._all()))))
        told = any(token.is_in(lex.HAPPENING) for token in after)
        return informs and not told and self._has_none(span.end)

    def _has_none(self, start: int) -> bool:
        """... mujhe aisa kuch nahi, mala tasa kahi nahi."""
        words = self._words(range(start, len(self._all())))
        return any(
            words[at].is_in(lex.WRITER)
            and any(one.is_in(lex.NOTHING) for one in words[at + 1 : at + 5])
            and any(one.is_in(NOT) for one in words[at + 1 : at + 6])
            for at in range(len(words))
        )

    def _at_risk(self, span: Span) -> bool:
        """Kya flight me pair soojne ka khatra hai? Nothing goes on, and it is a question."""
        after = self._words(range(span.end, min(span.end + _NEAR, len(self._all()))))
        sentence = self._words(self.reading.sentence_of(span.start))
        asks = self._asks(span.start) or any(
            token.is_in(lex.WHETHER - lex.OF) for token in sentence
        )
        risk = any(token.is_in(lex.RISKS) for token in after)
        if self._is_unafraid(span.end):
            return True
        return risk and asks and not any(token.is_in(lex.GOING_ON) for token in sentence)

    def _is_unafraid(self, start: int) -> bool:
        """Khanda nikhalnyachi bhiti nahi; girne ka dar nahi lagta."""
        after = self._words(range(start, min(start + _NEAR, len(self._all()))))
        fear = next(
            (n for n, token in enumerate(after) if token.is_in(lex.RISKS | lex.FEARS)), None
        )
        if fear is None:
            return False
        said = self._words(range(start + fear + 1, min(start + fear + 3, len(self._all()))))
        return any(token.is_in(NOT) for token in said)

    def _defined(self, span: Span) -> bool:
        """Khanda nikhalna mhanje kay? Kandha utarna kise kehte hai? Only of the bare verb."""
        if not self._at(span.end - 1).word.endswith(lex.BARE_VERB_ENDS) and not (
            self._begins_bare(span.end)
        ):
            return False
        rest = self._words(range(span.end, min(span.end + 5, len(self._all()))))
        means = any(token.is_in(lex.MEANS) for token in rest)
        return means and any(token.is_in(lex.WHAT) for token in rest)

    def _begins_bare(self, at: int) -> bool:
        """The verb itself may be a part of its own: khanda | nikhalna."""
        inside = at < len(self._all()) and not self.reading.breaks_before(at)
        return inside and self._at(at).word.endswith(lex.BARE_VERB_ENDS)

    def _asks_if_normal(self, span: Span) -> bool:
        """Sandhyakali suj yena normal asta ka? Never a calf, never heat."""
        if not self._at(span.end - 1).is_in(lex.SWELLINGS):
            return False
        if any(token.is_in(lex.CALF) for token in self._all()):
            return False
        after = self._words(range(span.end, self.reading.sentence_of(span.start)[-1] + 1))
        comes = bool(after) and after[0].is_in(lex.COMING)
        return comes and any(token.is_in(lex.NORMAL) for token in after[:_NEAR])
