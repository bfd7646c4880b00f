"""Whether what a danger word tells is over: yesterday fever, today ok; ten years ago."""

from __future__ import annotations

from itertools import pairwise

from rehab.clinical import lexicon as lex
from rehab.clinical import lexicon_told as told
from rehab.clinical.around import Around
from rehab.clinical.phrases import Span
from rehab.clinical.reading import Token

_GOES_ON = (lex.STILL_WORDS | lex.AGAIN) - lex.SINCE - {"today", "now", "also", "back"}
_NEXT_SENTENCE_WORDS = 5
"""A following sentence of at most so many words may say that it is over ("Gone now.")."""


_BACK = frozenset({"back"})


def _goes_off(verb: str, direction: str) -> bool:
    return verb == "went" and direction in {"away", "off", "down"}


class Past(Around):
    """Reads whether something was, and is no more."""

    def over(self, span: Span) -> bool:
        """Yesterday fever, today ok. Had a fever last week, gone now. Never a fall or a faint."""
        inside = self._words(range(span.start, span.end))
        if self._goes_by_morning(span) or self._stopped_on_a_day(span) or self._fades(span):
            return True
        if self._before_surgery(span):
            return True
        if self._mends(span) or self._never_came_back(span):
            return True
        if any(token.is_in(lex.EVENTS) for token in inside) or self._asks(span.start):
            return False
        after = self._after(span)
        if self._tested_clear(span):
            return True
        if (
            self._has_stopped(span)
            or self._no_longer(span)
            or self._went_away(span)
            or self._is_small_now(span)
        ):
            return True
        return not self._goes_on(after) and any(self._ends_it(at, span) for at in after)

    def _goes_by_morning(self, span: Span) -> bool:
        """Foot a bit swollen in the evening, goes down by morning. Never a calf, never heat."""
        if not self._at(span.end - 1).is_in(lex.FAR_SWELLINGS | lex.SWELLS_AT):
            return False
        words = self._all()
        if any(token.is_in(lex.NEVER_SIMPLY | lex.NEGATORS) for token in words):
            return False
        if not any(token.is_in(lex.FAR_SWELLINGS) for token in words):
            return False
        pairs = zip(words, words[1:], words[2:], words[3:] + words[-1:], strict=False)
        return self._asked_of_evenings(span) or any(
            one.is_in(lex.SETTLES)
            and any(t.is_in(lex.OVERNIGHT - lex.SETTLES) for t in (two, three, four))
            for one, two, three, four in pairs
        )

    def _asked_of_evenings(self, span: Span) -> bool:
        """Is it normal to have a little ankle swelling by evening?"""
        words = self._words(self.reading.sentence_of(span.start))
        needed = (told.SMALL, told.EVENINGS, told.NORMALLY)
        return self._asks(span.start) and all(any(t.is_in(part) for t in words) for part in needed)

    def _fades(self, span: Span) -> bool:
        """The bruise has turned from blue to yellow."""
        bruise = any(token.is_in(lex.BRUISES) for token in self._all())
        bruise = bruise and self._at(span.start).is_in(lex.BRUISES | lex.SMALL_BEFORE)
        rest = self._words(range(span.end, self.reading.sentence_of(span.start)[-1] + 1))
        more = lex.SPREADS | lex.NEGATORS | (lex.STILL_WORDS - lex.SINCE)
        return (
            bruise
            and any(token.is_in(lex.FADES) for token in rest)
            and not any(token.is_in(more) for token in self._all())
        )

    def _stopped_on_a_day(self, span: Span) -> bool:
        """The bleeding stopped on day 2. Not: it stopped for an hour, it has not stopped."""
        if not self._at(span.end - 1).is_in(lex.MAY_STOP):
            return False
        rest = self._words(range(span.end, len(self._all())))
        at = next((n for n, token in enumerate(rest) if token.is_in(lex.STOPPED)), None)
        if at is None or any(token.is_in(lex.STILL_WORDS - lex.SINCE) for token in rest):
            return False
        return any(token.is_in(lex.ON_A_DAY) for token in rest[at + 1 : at + 5])

    def dried_up(self, span: Span) -> bool:
        """Bleeding had stopped, dressing clean ever since. Not: it stopped but is back."""
        if not self._at(span.start).is_in(lex.MAY_STOP):
            return False
        rest = self._words(range(span.end, len(self._all())))
        wound = [n for n, token in enumerate(rest) if token.is_in(told.WOUNDS)]
        dry = bool(wound) and any(token.is_in(told.DRY) for token in rest[wound[0] :])
        stopped = any(token.is_in(lex.STOPPED) for token in rest[:4])
        return stopped and dry and not any(t.is_in(_GOES_ON) for t in rest)

    def _never_came_back(self, span: Span) -> bool:
        """Last Monday it burned for an hour, and it has not come back."""
        sentence = self.reading.sentence_of(span.start)
        rest = self._words(range(span.end, sentence[-1] + 1))
        past = any(token.is_in(lex.PAST_WORDS) for token in self._words(sentence))
        if not (past and len(rest) > 3 and rest[-1].is_in(told.CAME_BACK)):
            return False
        cue = next((n for n in range(len(rest) - 4, len(rest)) if rest[n].is_in(told.NEVER)), 0)
        subject = [t for t in rest[max(cue - 3, 0) : cue] if not t.is_in(told.HELPERS)]
        return cue > 0 and all(t.is_in(told.IT) for t in subject[-1:])

    def _went_away(self, span: Span) -> bool:
        """Numbness went away the next morning. Never: the feeling went away."""
        if not self._at(span.end - 1).is_in(lex.SYMPTOMS):
            return False
        rest = self._words(range(span.end, len(self._all())))
        at = next(
            (n for n, (a, b) in enumerate(pairwise(rest)) if _goes_off(a.word, b.word)), None
        )
        if at is None or any(t.is_in(lex.SYMPTOMS | lex.NEGATORS) for t in rest[:at]):
            return False
        return not any(t.is_in(_GOES_ON | lex.SYMPTOMS | _BACK) for t in rest[at + 2 :])

    def _is_small_now(self, span: Span) -> bool:
        """The pain used to be eight, now it is two."""
        sentence = self.reading.sentence_of(span.start)
        words = self._words(sentence)
        past = any(token.is_in(lex.PAST_WORDS | lex.USED) for token in words)
        now = [n for n, token in enumerate(words) if token.is_in(lex.NOW_WORDS)]
        if not past or not now or now[-1] <= span.end - sentence[0] - 1:
            return False
        said = words[now[-1] + 1 :]
        small = any(token.is_in(told.SMALL_NUMBERS) for token in said[:4])
        return small and not any(t.is_in(_GOES_ON | lex.SYMPTOMS) for t in said)

    def mistaken(self, span: Span) -> bool:
        """I thought I had fever but it was just the hot tea."""
        sentence = self.reading.sentence_of(span.start)
        before = self._words(range(sentence[0], span.start))
        after = self._words(range(span.end, min(span.end + 6, sentence[-1] + 1)))
        was = any(one.word == "was" and two.is_in(told.MISTAKEN) for one, two in pairwise(after))
        rest = self._words(range(span.end, len(self._all())))
        goes_on = any(token.is_in(lex.NOW_WORDS | _GOES_ON - lex.BUT_GONE) for token in rest)
        return was and not goes_on and any(token.is_in(told.THOUGHT) for token in before)

    def _tested_clear(self, span: Span) -> bool:
        """They did a Doppler because of calf pain and it came clear. Nothing is told since."""
        first = self.reading.sentence_of(span.start)[0]
        rest = self._words(range(first, len(self._all())))
        if not any(
            token.is_in(told.TESTS) for token in self._words(self.reading.sentence_of(first))
        ):
            return False
        at = next((n for n, token in enumerate(rest) if token.is_in(told.CLEAR)), None)
        if at is None or any(t.is_in(lex.NOT_WORDS) for t in rest[max(at - 3, 0) : at]):
            return False
        later = rest[at + 1 :]
        returns = any(one.word == "back" and two.word != "to" for one, two in pairwise(later))
        return not (
            returns or any(t.is_in(_GOES_ON) for t in later)
        ) and not self._goes_on_unless_gone(later)

    def _goes_on_unless_gone(self, words: list[Token]) -> bool:
        """Say whether a symptom is told behind the test; "pain has gone since" is none."""
        ill = any(t.is_in(lex.SYMPTOMS | lex.EVENTS) for t in words)
        return ill and not any(t.is_in(lex.GONE_WORDS | lex.BETTER_WORDS) for t in words)

    def _has_stopped(self, span: Span) -> bool:
        stops = self._at(span.start).is_in(lex.MAY_STOP) and not self.reading.breaks_before(
            span.start
        )
        return stops and self._at(span.start - 1).is_in(lex.STOPPED)

    def _goes_on(self, places: range) -> bool:
        """Say whether more is told of it: came back, still there. "Temperature normal" is not."""
        words = self._words(places)
        normal = {token.sentence for token in words if token.is_in(lex.OK_WORDS)}
        first = words[0].sentence if words else 0
        more = lex.STILL_WORDS | lex.SYMPTOMS | lex.EVENTS
        said = [t for t, denied in zip(words, self._denials(words), strict=True) if not denied]
        said = said[self._small_but(said) :]
        return any(t.is_in(more) and t.sentence not in normal - {first} for t in said)

    def _small_but(self, words: list[Token]) -> int:
        """Count the first words when they only say "but it is gone"."""
        for at, token in enumerate(words):
            if token.is_in(lex.GONE_WORDS | lex.OK_WORDS):
                return at
            if not token.is_in(lex.BUT_GONE | lex.BEFORE_GONE | lex.NOW_WORDS | lex.LONG_SPANS):
                return 0
        return 0

    def _denials(self, words: list[Token]) -> list[bool]:
        """Say of each word whether it is part of "no pain" or of "never came back"."""
        befores = ["", *(token.word for token in words)]
        no_pain = [
            token.word == "no" or (before == "no" and token.is_in(lex.SYMPTOMS))
            for before, token in zip(befores, words, strict=False)
        ]
        for at, token in enumerate(words):
            if token.is_in(told.NEVER):
                back = range(at, min(at + 4, len(words)))
                returns = [n for n in back if words[n].is_in(told.CAME_BACK)]
                for n in range(at, returns[-1] + 1 if returns else at):
                    no_pain[n] = True
        return no_pain

    def _long_ago(self, span: Span) -> bool:
        """A heart attack ten years ago. Not: operated ten years ago and now chest pain."""
        if span.has_negation:
            return False
        sentence = self.reading.sentence_of(span.start)
        for at in range(max(sentence[0], span.start - 8), min(sentence[-1] + 1, span.end + 9)):
            if not self._is_long_ago(at):
                continue
            between = range(span.end, at + 1) if at >= span.end else range(at, span.start)
            stops = lex.LONG_AGO_STOPS | lex.SURGERY
            if not any(t.is_in(stops) for t in self._words(between)):
                return True
        return False

    def _is_long_ago(self, at: int) -> bool:
        token = self._at(at)
        if token.word.isdigit() and lex.YEAR_FROM < int(token.word) < lex.YEAR_TO:
            return at > 0 and self._at(at - 1).word == "in"
        near = self._words(range(max(at - 2, 0), min(at + 2, len(self._all()))))
        return token.is_in(lex.LONG_TIMES) and any(one.is_in(lex.AGO) for one in near)

    def _before_surgery(self, span: Span) -> bool:
        """Before the operation I used to limp: what the operation was for."""
        sentence = self.reading.sentence_of(span.start)
        words = self._words(sentence)
        if not any(token.is_in(lex.PAST_WORDS | lex.USED | {"could"}) for token in words):
            return False
        befores = ["", *(token.word for token in words)]
        now = zip(befores, words, strict=False)
        if any(t.is_in(told.PRESENT) and before not in {"every", "each"} for before, t in now):
            return False
        if any(token.is_in(lex.AGAIN) for token in words):
            return False
        times = zip(words, words[1:], words[2:] + words[-1:], strict=False)
        return any(
            (
                one.is_in(lex.BEFORE_SURGERY)
                and (two.is_in(lex.SURGERY) or three.is_in(lex.SURGERY))
            )
            or (
                one.word == "in"
                and (two.is_in(lex.HOSPITAL_DAYS) or three.is_in(lex.HOSPITAL_DAYS))
            )
            for one, two, three in times
        )

    def _mends(self, span: Span) -> bool:
        """The numbness is reducing day by day. Nothing else may be said of it."""
        rest = self._told_of_it(span)
        at = next((n for n, token in enumerate(rest) if self._is_better(rest, n)), None)
        if at is None or any(token.is_in(lex.NEGATORS | lex.STILL_WORDS) for token in rest):
            return False
        told_how = any(token.is_in(lex.BETTER_HOW) for token in rest[at + 1 :])
        return told_how and not any(token.is_in(lex.SYMPTOMS) for token in rest)

    def _told_of_it(self, span: Span) -> list[Token]:
        """Swelling has come down a lot, ...; will the tingling go? It is less each week."""
        end = self.reading.sentence_of(span.start)[-1] + 1
        comma = self._clause_end(span.end)
        clause = self._words(range(span.end, min(comma, end)))
        if any(self._is_better(clause, n) for n in range(len(clause))):
            return clause
        following = end < len(self._all()) and self._at(end).is_in(told.IT)
        if following:
            return self._words(self.reading.sentence_of(end))
        return self._words(range(span.end, end))

    def _is_better(self, words: list[Token], at: int) -> bool:
        if words[at].word == "down":
            return at > 0 and words[at - 1].is_in(lex.GOING)
        return words[at].is_in(lex.BETTER_WORDS)

    def _no_longer(self, span: Span) -> bool:
        """Bukhar tha, ab nahi hai. Nothing else may be said in between or behind."""
        rest = self._words(range(span.end, self.reading.sentence_of(span.start)[-1] + 1))
        cues = [at for at, token in enumerate(rest) if token.is_in(lex.AFTER_CUES)]
        if len(cues) != 1:
            return False
        before, after = rest[: cues[0]], rest[cues[0] + 1 :]
        was = any(token.is_in(lex.PAST_WORDS) for token in before)
        now = bool(before) and before[-1].is_in(lex.NOW_WORDS)
        allowed = lex.PAST_WORDS | lex.NOW_WORDS
        return was and now and self._only(before, allowed) and self._only(after, lex.IS_WORDS)

    def _after(self, span: Span) -> range:
        """Return the words after the match in its sentence, and a short sentence following."""
        end = self.reading.sentence_of(span.start)[-1] + 1
        if end < len(self.reading.tokens):
            following = self.reading.sentence_of(end)
            short = len(following) <= _NEXT_SENTENCE_WORDS
            end = following[-1] + 1 if short else end
        return range(span.end, end)

    def _ends_it(self, at: int, span: Span) -> bool:
        token, between = self._at(at), self._words(range(span.end, at))
        around = self._words(range(max(at - 2, span.end), min(at + 3, len(self.reading.tokens))))
        now = any(one.is_in(lex.NOW_WORDS | told.NEXT) for one in around)
        sentence = self._words(self.reading.sentence_of(span.start))
        past = any(one.is_in(lex.PAST_WORDS) for one in sentence)
        if token.is_in(lex.OK_WORDS):
            return now and past
        if not token.is_in(lex.GONE_WORDS) or not self._ends_gone(at):
            return False
        return now or past or all(one.is_in(lex.BEFORE_GONE) for one in between)

    def _ends_gone(self, at: int) -> bool:
        if self._at(at).is_in(lex.WENT) and not self._at(at - 1).is_in(lex.GOES_AWAY):
            return False
        ends = bool(self.reading.breaks_before(at + 1))
        return ends or self._at(at + 1).is_in(lex.AFTER_GONE)
