"""Whether a danger word is only imagined: a question of knowledge, a fear, an if."""

from __future__ import annotations

from itertools import pairwise

from rehab.clinical import lexicon as lex
from rehab.clinical import lexicon_told as told
from rehab.clinical.around import Around
from rehab.clinical.phrases import Span
from rehab.clinical.reading import Token

_FORETOLD_WITHIN = 4
"""Words between "will" and what will come. Project proposal, not sourced."""


class Imagined(Around):
    """Tells a question about what might come from a report of what is."""

    def imagined(self, span: Span) -> bool:
        """What should I do if I get chest pain? What are the signs of a clot?"""
        return (
            self._conditional(span)
            or self._conditional_indic(span)
            or self._feared(span)
            or self._asked(span)
            or self._learns(span)
            or self._hearsay(span)
            or self._supposed(span)
            or self._foretold(span)
            or self._did_not_happen(span)
        )

    def _feared(self, span: Span) -> bool:
        """What if the hip comes out? Can it dislocate when I sit cross-legged?"""
        sentence = self.reading.sentence_of(span.start)
        words = self._words(sentence)
        before = self._words(range(sentence[0], span.end))
        if self._is_fear(span):
            return True
        after = self._words(range(span.end, sentence[-1] + 1))
        ifs = [n for n, token in enumerate(after) if token.is_in(lex.IF_WORDS)]
        said = before + after[: ifs[0]] if ifs else words
        chance = [token.word for token in words[:2]] in (["is", "there"], ["are", "there"])
        if any(token.is_in(lex.HERE_AND_NOW) for token in said[2 * chance :]):
            return False
        pairs = pairwise(before)
        if any(one.is_in(lex.DEFINING_STARTS) and two.is_in(lex.WHAT_IF) for one, two in pairs):
            return True
        got = self._asks(span.start) and self._only_getting(sentence[0], span.start)
        if got:
            return True
        happens = any(t.is_in(lex.HAPPENS) for t in self._words(range(span.start, span.end)))
        could = any(
            self._at(at).is_in(lex.COULD) and not self._at(at + 1).is_in(lex.NOT_WORDS)
            for at in range(sentence[0], span.start)
        )
        if chance and any(token.is_in(told.CHANCES) for token in before):
            inside = self._words(range(span.start, span.end))
            could, happens = True, happens or any(t.is_in(told.HAPPENING) for t in inside)
        asks = self._asks(span.start) or self._asks_to_be_told(before)
        return happens and could and asks

    def _supposed(self, span: Span) -> bool:
        """Suppose one day the hip comes out, how would I know?"""
        sentence = self.reading.sentence_of(span.start)
        before = self._words(range(sentence[0], span.start))
        supposes = any(token.is_in(lex.SUPPOSE) for token in before)
        day = any(token.is_in(lex.SOME_DAY) for token in before)
        some_day = day and any(token.is_in(lex.IF_WORDS) for token in before)
        own = any(token.is_in(lex.OWN_STORY - lex.MINE) for token in self._words(sentence))
        return (supposes or some_day) and self._asks(span.start) and not own

    def _did_not_happen(self, span: Span) -> bool:
        """I thought my stitches would burst. They did not."""
        sentence = self.reading.sentence_of(span.start)
        before = self._words(range(sentence[0], span.end))
        thought = any(token.is_in(told.THOUGHT) for token in before)
        would = any(token.is_in(lex.WILL) for token in before)
        rest = self._words(range(sentence[-1] + 1, min(sentence[-1] + 4, len(self._all()))))
        not_so = len(rest) == 3 and rest[1].word == "did" and rest[2].is_in(lex.NOT_WORDS)
        at = sentence[-1] + 4
        return thought and would and not_so and bool(self.reading.breaks_before(at))

    def _asks_to_be_told(self, before: list[Token]) -> bool:
        """Please tell me which movements can pop the hip out."""
        pairs = list(pairwise(before))
        asks = any(
            a.word in {"tell", "me", "list"} and b.is_in(told.GENERAL_ASKERS) for a, b in pairs
        )
        return asks and any(token.is_in(lex.COULD) for token in before[-4:-1])

    def _foretold(self, span: Span) -> bool:
        """My mother-in-law says eggs will make pus. Does the hip ever come out while swimming?"""
        sentence = self.reading.sentence_of(span.start)
        before = self._words(range(sentence[0], span.start))
        if any(token.is_in(lex.HERE_AND_NOW - lex.IS_WORDS) for token in self._words(sentence)):
            return False
        if before and before[0].is_in(told.DOES) and any(t.is_in(told.EVER) for t in before):
            return self._asks(span.start)
        said = [at for at, token in enumerate(before) if token.is_in(told.FORETELLERS)]
        if not said or not any(t.is_in(lex.KIN | told.BY_OTHERS) for t in before[: said[0] + 1]):
            return False
        return any(
            token.is_in(told.FORETOLD) for token in before[said[0] + 1 :][-_FORETOLD_WITHIN:]
        )

    def _hearsay(self, span: Span) -> bool:
        """I read that clots can happen after surgery. Nothing in the text is of oneself."""
        sentence = self.reading.sentence_of(span.start)
        before = self._words(range(sentence[0], span.start))
        heard = any(token.is_in(lex.HEARSAY) for token in before[:5])
        may = any(token.is_in(lex.WILL) for token in self._words(sentence))
        own = any(token.is_in(lex.OWN_STORY) for token in self._all())
        return heard and may and not own

    def _is_fear(self, span: Span) -> bool:
        """Scared of falling; afraid it will dislocate."""
        if span.start < 2:
            return False
        last = self._at(span.start - 1)
        near = self._words(range(max(span.start - 4, 0), span.start))
        if not any(token.is_in(lex.FEARS) for token in near):
            return False
        if self._at(span.start).is_in(lex.FALLING):
            return last.is_in(lex.FEARED_OF)
        return last.is_in(lex.WILL) and self._at(span.start).is_in(lex.HAPPENS)

    def _only_getting(self, first: int, end: int) -> bool:
        """Can I get a clot? Nothing else may stand in front."""
        before = self._words(range(first, end))
        opens = bool(before) and before[0].is_in(lex.COULD)
        return opens and len(before) > 1 and self._only(before[1:], lex.GETTING)

    def _asked(self, span: Span) -> bool:
        """How do I know if it is infected? Do the injections prevent clots? Which ... is a fever?"""
        sentence = self.reading.sentence_of(span.start)
        before = self._words(range(sentence[0], span.start))
        if not before or any(token.is_in(lex.HERE_AND_NOW - lex.IS_WORDS) for token in before):
            return False
        knows = [n for n, token in enumerate(before) if token.is_in(lex.KNOWING)]
        own = bool(knows) and any(token.is_in(lex.SELF) for token in before[knows[0] :])
        said = {token.word for token in self._words(range(sentence[0], span.end))}
        keeps = "getting" in said and any(token.is_in(lex.KEEPING) for token in before)
        how = before[0].word == "how" and ((bool(knows) and not own) or keeps)
        near = before[-2:] if self._asks(span.start) else []
        limit = not self.reading.breaks_before(span.end) and self._at(span.end).is_in(told.LIMITS)
        if limit and before[0].is_in(lex.LEARNING_OPENS) and self._asks(span.start):
            return True
        prevents = any(token.is_in(lex.PREVENTING) for token in near)
        learns = before[0].is_in(lex.LEARNING_OPENS) and self._only(before, lex.BEFORE_KNOWLEDGE)
        ends = bool(self.reading.breaks_before(span.end))
        return how or prevents or (learns and ends and self._asks(span.start))

    def _learns(self, span: Span) -> bool:
        return self._learning(span) or self._learning_indic(span) or self._defined(span)

    def _learning_indic(self, span: Span) -> bool:
        """Infection ke lakshan kya hai? Nothing of oneself, nothing else in the sentence."""
        sentence = self.reading.sentence_of(span.start)
        rest = self._words(range(span.end, sentence[-1] + 1))
        needed = (lex.LEARNING_INDIC, lex.THEN_WORDS_INDIC)
        complete = all(any(token.is_in(part) for token in rest) for part in needed)
        return complete and span.start == sentence[0] and self._only(rest, lex.IN_LEARNING_INDIC)

    def _defined(self, span: Span) -> bool:
        """What is dislocation?"""
        sentence = self.reading.sentence_of(span.start)
        before = self._words(range(sentence[0], span.start))
        whole = bool(before) and before[0].is_in(lex.DEFINING_STARTS)
        ends = span.end == sentence[-1] + 1
        return whole and ends and self._asks(span.start) and self._only(before, lex.DEFINING)

    def _conditional(self, span: Span) -> bool:
        sentence = self.reading.sentence_of(span.start)
        words = self._words(sentence)
        asks = self._asks(span.start) or any(token.is_in(lex.ASKING) for token in words)
        now = [at for at in sentence if self._at(at).is_in(lex.PRESENT_WORDS)]
        if not asks or any(not self._is_of_any_time(at) for at in now):
            return False
        cues = [at for at in range(sentence[0], span.start) if self._at(at).is_in(lex.IF_WORDS)]
        between = self._words(range(cues[-1] + 1, span.start)) if cues else []
        might = any(token.is_in(lex.MIGHT_VERBS) for token in between)
        return might and all(
            token.is_in(lex.AFTER_IF | lex.SYMPTOMS | lex.BODY) for token in between
        )

    def _is_of_any_time(self, at: int) -> bool:
        """At night, in the morning: not "this morning"."""
        some = self._at(at).is_in(told.NIGHTS) and at > 0
        return some and self._asks(at) and self._at(at - 1).is_in(told.AT_TIMES)

    def _conditional_indic(self, span: Span) -> bool:
        words = self._words(self.reading.sentence_of(span.start))
        needed = (lex.IF_WORDS_INDIC, lex.THEN_WORDS_INDIC, lex.MIGHT_VERBS_INDIC)
        complete = all(any(token.is_in(part) for token in words) for part in needed)
        return complete and not any(token.is_in(lex.PRESENT_INDIC) for token in words)

    def _learning(self, span: Span) -> bool:
        sentence = self.reading.sentence_of(span.start)
        before = self._words(range(sentence[0], span.start))
        after = self._words(range(span.end, sentence[-1] + 1))
        asks = self._asks(span.start) or any(token.is_in(lex.ASKING) for token in before)
        learning = asks and any(token.is_in(lex.LEARNING) for token in before)
        watch = any(token.is_in(lex.WATCHING) for token in after)
        open_end = not watch and any(
            token.is_in(lex.PRESENT_WORDS | lex.SELF | lex.STILL_WORDS) for token in after
        )
        return learning and not open_end and all(t.is_in(lex.BEFORE_LEARNING) for t in before)
