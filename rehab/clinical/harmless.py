"""What is no symptom at all: idioms, jokes, joy, soreness of both legs after effort."""

from __future__ import annotations

from itertools import pairwise

from rehab.clinical import lexicon as lex
from rehab.clinical import lexicon_told as told
from rehab.clinical.around import Around
from rehab.clinical.phrases import Span


class Harmless(Around):
    """Finds the turns of speech in which a danger word means something else."""

    def harmless(self, span: Span) -> bool:
        """I fell asleep; dying to walk; breathless with joy; urine under control."""
        return (
            self._is_joke(span)
            or self._not_recognised_by_people(span)
            or self._is_idiom(span)
            or self._is_joy(span)
            or self._is_controlled(span)
            or self._denies_another(span)
            or self._sits_on_floor(span)
            or self._is_writers_end(span)
            or self._is_prevented(span)
            or self._thing_fell(span)
            or self._is_going_home(span)
            or self._is_thanks(span)
        )

    def _is_joke(self, span: Span) -> bool:
        """The price nearly gave me a heart attack, haha. No word of illness may stand beside it."""
        words = self._all()
        inside = self._words(range(span.start, span.end))
        others = [*words[: span.start], *words[span.end :]]
        return (
            any(token.is_in(lex.JOKES) for token in words)
            and all(token.is_in(lex.JOKED_OF | lex.FILLERS | lex.OF_JOKE) for token in inside)
            and not any(token.is_in(lex.SYMPTOMS | lex.EVENTS - lex.JOKED_OF) for token in others)
        )

    def _not_recognised_by_people(self, span: Span) -> bool:
        """People don't recognise me from behind."""
        before = self._words(range(max(span.start - 3, 0), span.start))
        follows = not self.reading.breaks_before(span.end) and self._at(span.end).is_in(lex.ME)
        return follows and any(token.is_in(lex.PEOPLE) for token in before)

    def _is_idiom(self, span: Span) -> bool:
        """I fell asleep; dying to walk; the temperature fell."""
        last = self._at(span.end - 1)
        if span.start and not self.reading.breaks_before(span.start):
            sinks = self._at(span.start - 1).is_in(told.BEFORE_IDIOM)
            if sinks and self._at(span.start).is_in(lex.FALLING):
                return True
        if self.reading.breaks_before(span.end):
            return False
        after = self._at(span.end)
        return any(last.is_in(word) and after.is_in(rest) for word, rest in told.IDIOMS)

    def _is_joy(self, span: Span) -> bool:
        """Breathless with joy; my heart is broken; killing me in a good way."""
        near = self._words(range(max(span.start - 2, 0), span.start))
        broken = self._at(span.start).is_in(told.BROKEN)
        if broken and any(token.is_in(told.HEARTS) for token in near):
            return True
        sentence = self.reading.sentence_of(span.start)
        after = self._words(range(span.end, min(span.end + 6, sentence[-1] + 1)))
        if any(t.is_in(told.STRAINING) for t in self._words(range(span.start, span.end))):
            pairs = pairwise(after)
            return any(one.is_in(told.GOOD) and two.is_in(told.GOOD_WAY) for one, two in pairs)
        shown = self._at(span.end - 1).is_in(told.SHOWS_JOY) and len(after) > 1
        return shown and after[0].is_in(told.BEFORE_JOY) and after[1].is_in(told.JOY)

    def _is_controlled(self, span: Span) -> bool:
        """Urine and motion are under control. Not: not under control."""
        if not self._at(span.end - 1).is_in(told.CONTROL):
            return False
        if not (span.end >= 2 and self._at(span.end - 2).is_in(told.BEFORE_CONTROL)):
            return False
        first = self.reading.sentence_of(span.start)[0]
        before = self._words(range(max(first, span.end - 6), span.end))
        return not any(token.is_in(lex.NEGATORS | told.NOT_SO) for token in before)

    def _denies_another(self, span: Span) -> bool:
        """Urine is normal, no numbness: the "no" is not that of the urine."""
        alone = span.end - span.start == 1 and self._at(span.start).word == "no"
        denies = alone and not self.reading.breaks_before(span.end)
        return denies and self._at(span.end).is_in(lex.SYMPTOMS | told.SUCH_THINGS | told.LACKS)

    def _is_writers_end(self, span: Span) -> bool:
        """Everything is fine at my end."""
        ends = span.end - span.start == 1 and self._at(span.start).word == "end"
        before = self._words(range(max(span.start - 2, 0), span.start))
        here = len(before) > 1 and before[0].is_in(told.AT) and before[1].is_in(lex.POSSESSIVES)
        return ends and here

    def _is_going_home(self, span: Span) -> bool:
        """No fever since discharge. Not: pain since the discharge of pus."""
        alone = span.end - span.start == 1 and self._at(span.start).word == "discharge"
        ends = alone and span.start > 0 and bool(self.reading.breaks_before(span.end))
        return ends and self._at(span.start - 1).is_in(told.SINCE_THEN)

    def _is_thanks(self, span: Span) -> bool:
        """Thank you so much."""
        before = self._words(range(max(span.start - 2, 0), span.start))
        much = self._at(span.start).word == "so" and self._at(span.end - 1).is_in(told.MUCH)
        you = bool(before) and before[-1].word == "you" and before[0].is_in(told.THANKS)
        return much and bool(before) and (you or before[-1].is_in(told.THANKS))

    def _is_prevented(self, span: Span) -> bool:
        """Do I have to wear the stockings to avoid a clot? Not: I could not avoid a fall."""
        if any(t.is_in(lex.EVENTS) for t in self._words(range(span.start, span.end))):
            return False
        near = self._words(range(max(span.start - 3, 0), span.start))
        cue = next((n for n, token in enumerate(near) if token.is_in(told.PREVENTS)), None)
        if cue is None or not self._only(near[cue + 1 :], lex.ARTICLES | told.OF_BLOOD):
            return False
        words = self._words(self.reading.sentence_of(span.start))
        return not any(token.is_in(lex.NEGATORS) for token in words)

    def _thing_fell(self, span: Span) -> bool:
        """Broke my phone when it fell on the floor."""
        sentence = self.reading.sentence_of(span.start)
        falls = [
            at
            for at in range(max(span.start - 2, sentence[0] + 1), span.start + 1)
            if self._at(at).is_in(lex.FALLING) and self._at(at - 1).word == "it"
        ]
        if not falls:
            return False
        before = self._words(range(max(sentence[0], falls[0] - 6), falls[0]))
        return any(token.is_in(told.THINGS) for token in before)

    def nearly_fell(self, span: Span) -> bool:
        """Lost my balance but caught the rail, did not fall. Nothing may hurt."""
        if not any(t.is_in(told.TOTTERS) for t in self._words(range(span.start, span.end))):
            return False
        befores = ["", *(token.word for token in self._all())]
        hurts = [
            token.is_in(lex.SYMPTOMS | told.HURTS) and before not in {"no", "nothing"}
            for before, token in zip(befores, self._all(), strict=False)
        ]
        if any(hurts):
            return False
        rest = self._words(range(span.end, len(self._all())))
        return any(
            one.is_in(lex.NOT_WORDS) and two.is_in(lex.FALLING) for one, two in pairwise(rest)
        )

    def _sits_on_floor(self, span: Span) -> bool:
        """Can I sit on the floor for my prayers?"""
        if not (self._asks(span.start) and self._at(span.end - 1).is_in(told.FLOOR)):
            return False
        before = self._words(range(self.reading.sentence_of(span.start)[0], span.start))
        plans = any(token.is_in(lex.COULD) or token.is_in(lex.MODALS) for token in before)
        sits = any(token.is_in(told.POSTURES) for token in before)
        return plans and sits and not any(t.is_in(lex.NEGATORS | lex.EVENTS) for t in before)

    def sore_from_effort(self, span: Span) -> bool:
        """Both calves are sore after the long walk. Never one leg, never swelling, heat or fever."""
        words = self._words(range(len(self._all())))
        inside = self._words(range(span.start, span.end))
        if not any(t.is_in(told.SORE) or t.word in told.PAIRS for t in inside):
            return False
        pair = any(token.word in told.PAIRS for token in words)
        effort = any(
            one.is_in(told.AFTER) and any(t.is_in(told.EFFORT) for t in words[at + 1 : at + 5])
            for at, one in enumerate(words)
        )
        return pair and effort and not any(t.is_in(told.NEVER_EFFORT) for t in words)
