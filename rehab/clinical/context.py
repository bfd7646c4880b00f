"""Whether a danger word in a text is denied, over, only imagined, or somebody else's.

Each question is answered from the few words around the match and from lists of what may stand
there. Anything unlisted means "cannot tell", and then the danger word counts: a false alarm costs
a minute, a missed one may cost a life.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from rehab.clinical import lexicon as lex
from rehab.clinical.phrases import Span
from rehab.clinical.reading import Reading, Token

_NEXT_SENTENCE_WORDS = 5
"""A following sentence of at most so many words may say that it is over ("Gone now.")."""


_LONG_SENTENCE = 60
"""Nothing in a longer sentence is unmistakable."""
_REACH = 15
"""A negation further in front of a word than this does not deny it."""


@dataclass(frozen=True)
class Context:
    """One text with the words that count as symptoms in it."""

    reading: Reading
    symptoms: frozenset[str]

    def explained(self, span: Span, *, emergency: bool) -> bool:
        """Say whether the match is unmistakably no present symptom of the patient.

        Only a denial, a hypothetical question or another person explains an emergency away.
        """
        if self.denied(span) or self._is_idiom(span):
            return True
        if len(self.reading.sentence_of(span.start)) > _LONG_SENTENCE:
            return False
        if self.imagined(span) or self.of_another(span):
            return True
        return not emergency and self.over(span)

    # --- denied -------------------------------------------------------------------------------

    def denied(self, span: Span) -> bool:
        """no fever; I don't have chest pain; fever nahi hai; ताप नाही. Never "can't breathe"."""
        if span.has_negation:
            return False
        return self._denied_before(span) or self._denied_after(span) or self._neither_nor(span)

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
        modal = cue > 0 and self._at(cue - 1).is_in(lex.MODALS)
        if modal and not (between and between[0].is_in(lex.SEEING)):
            return False
        return self._only(between, lex.AFTER_NOT | lex.BODY)

    def _only(self, between: list[Token], allowed: frozenset[str]) -> bool:
        """Say whether all words are allowed, or are symptoms in a list with "or"."""
        listed = any(token.is_in(lex.OR_WORDS) for token in between)
        more = self.symptoms | lex.OR_WORDS if listed else frozenset[str]()
        return all(token.is_in(allowed | more) for token in between)

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
            return ends or self._at(cue + 1).is_in(lex.AFTER_CUE)
        if token.is_in(lex.NOT_WORDS):
            return not ends and self._at(cue + 1).is_in(lex.NOT_THERE)
        free = token.is_in(lex.FREE) and not ends and self._at(cue + 1).is_in(lex.AFTER_FREE)
        return ends or free

    def _is_idiom(self, span: Span) -> bool:
        """I fell asleep; dying to walk; the temperature fell."""
        last = self._at(span.end - 1)
        if span.start and not self.reading.breaks_before(span.start):
            sinks = self._at(span.start - 1).is_in(lex.BEFORE_IDIOM)
            if sinks and self._at(span.start).is_in(lex.FALLING):
                return True
        if self.reading.breaks_before(span.end):
            return False
        after = self._at(span.end)
        return any(last.is_in(word) and after.is_in(rest) for word, rest in lex.IDIOMS)

    # --- over ---------------------------------------------------------------------------------

    def over(self, span: Span) -> bool:
        """Yesterday fever, today ok. Had a fever last week, gone now. Never a fall or a faint."""
        inside = self._words(range(span.start, span.end))
        if any(token.is_in(lex.EVENTS) for token in inside) or self._asks(span.start):
            return False
        after = self._after(span)
        if self._no_longer(span) or self._before_surgery(span) or self._mends(span):
            return True
        return not self._goes_on(after) and any(self._ends_it(at, span) for at in after)

    def _goes_on(self, places: range) -> bool:
        """Say whether more is told of it: came back, still there. "Temperature normal" is not."""
        words = self._words(places)
        normal = {token.sentence for token in words if token.is_in(lex.OK_WORDS)}
        first = words[0].sentence if words else 0
        more = lex.STILL_WORDS | lex.SYMPTOMS | lex.EVENTS
        return any(t.is_in(more) and t.sentence not in normal - {first} for t in words)

    def _before_surgery(self, span: Span) -> bool:
        """Before the operation I used to limp: what the operation was for."""
        sentence = self.reading.sentence_of(span.start)
        start = self._words(range(sentence[0], min(sentence[0] + 4, span.start)))
        opens = bool(start) and start[0].is_in(lex.BEFORE_SURGERY)
        opens = opens and any(token.is_in(lex.SURGERY) for token in start)
        return opens and not any(t.is_in(lex.NOW_WORDS) for t in self._words(sentence))

    def _mends(self, span: Span) -> bool:
        """The numbness is reducing day by day. Nothing else may be said of it."""
        rest = self._words(range(span.end, self.reading.sentence_of(span.start)[-1] + 1))
        at = next((n for n, token in enumerate(rest) if token.is_in(lex.BETTER_WORDS)), None)
        if at is None or any(token.is_in(lex.NEGATORS | lex.STILL_WORDS) for token in rest):
            return False
        told_how = any(token.is_in(lex.BETTER_HOW) for token in rest[at + 1 :])
        return told_how and not any(token.is_in(lex.SYMPTOMS) for token in rest)

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
        now = any(one.is_in(lex.NOW_WORDS) for one in around)
        sentence = self._words(self.reading.sentence_of(span.start))
        past = any(one.is_in(lex.PAST_WORDS) for one in sentence)
        if token.is_in(lex.OK_WORDS):
            return now and past
        if not token.is_in(lex.GONE_WORDS) or not self._ends_gone(at):
            return False
        return now or past or all(one.is_in(lex.BEFORE_GONE) for one in between)

    def _ends_gone(self, at: int) -> bool:
        ends = bool(self.reading.breaks_before(at + 1))
        return ends or self._at(at + 1).is_in(lex.AFTER_GONE)

    # --- imagined -----------------------------------------------------------------------------

    def imagined(self, span: Span) -> bool:
        """What should I do if I get chest pain? What are the signs of a clot?"""
        return (
            self._conditional(span)
            or self._conditional_indic(span)
            or self._feared(span)
            or self._learns(span)
        )

    def _feared(self, span: Span) -> bool:
        """What if the hip comes out? Can it dislocate when I sit cross-legged?"""
        sentence = self.reading.sentence_of(span.start)
        words = self._words(sentence)
        before = self._words(range(sentence[0], span.end))
        if any(token.is_in(lex.HERE_AND_NOW) for token in words):
            return False
        pairs = zip(before, before[1:], strict=False)
        if any(one.is_in(lex.DEFINING_STARTS) and two.is_in(lex.WHAT_IF) for one, two in pairs):
            return True
        happens = any(t.is_in(lex.HAPPENS) for t in self._words(range(span.start, span.end)))
        could = any(
            self._at(at).is_in(lex.COULD) and not self._at(at + 1).is_in(lex.NOT_WORDS)
            for at in range(sentence[0], span.start)
        )
        return happens and could and self._asks(span.start)

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
        if not asks or any(token.is_in(lex.PRESENT_WORDS) for token in words):
            return False
        cues = [at for at in range(sentence[0], span.start) if self._at(at).is_in(lex.IF_WORDS)]
        between = self._words(range(cues[-1] + 1, span.start)) if cues else []
        might = any(token.is_in(lex.MIGHT_VERBS) for token in between)
        return might and all(token.is_in(lex.AFTER_IF | lex.SYMPTOMS) for token in between)

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

    # --- of another ---------------------------------------------------------------------------

    def of_another(self, span: Span) -> bool:
        """My father has chest pain. Not: my wife says that my calf is swollen."""
        sentence = self.reading.sentence_of(span.start)
        kin = [at for at in range(sentence[0], span.start) if self._at(at).is_in(lex.KIN)]
        if not kin or not self._is_named(kin[-1], sentence[0]):
            return False
        if self._at(kin[-1]).is_in(lex.FAR_KIN):
            return self._of_far_kin(kin[-1] + 1, span)
        rest = range(kin[-1] + 1, len(self._all()))
        told = self._up_to_so(rest)
        if any(token.is_in(lex.SELF) for token in self._words(told)):
            return False
        if any(token.is_in(lex.CARED_FOR) for token in self._all()):
            return False
        # A family that shares the telephone writes "my father" of the patient.
        writer_is_patient = told != rest or self._at(kin[-1]).is_in(lex.CHILDREN)
        between = self._words(range(kin[-1] + 1, span.start))
        return writer_is_patient and all(t.is_in(lex.AFTER_KIN | lex.SYMPTOMS) for t in between)

    def _of_far_kin(self, start: int, span: Span) -> bool:
        """My neighbour has dengue with 104 fever. Not: my friend says that my calf is swollen."""
        between = self._words(range(start, span.end))
        after = self._words(range(span.end, len(self._all())))
        too = any(t.is_in(lex.SELF) for t in after) and any(t.is_in(lex.TOO_WORDS) for t in after)
        return not too and not any(t.is_in(lex.SELF | lex.REPORTING) for t in between)

    def _is_named(self, kin: int, first: int) -> bool:
        """My mother; or mummy ko ... isliye. A bare "mother" may be the patient."""
        if kin > first and self._at(kin - 1).is_in(lex.POSSESSIVES):
            return True
        marked = not self.reading.breaks_before(kin + 1)
        marked = marked and self._at(kin + 1).is_in(lex.OBJECT_MARKS)
        so = any(token.is_in(lex.SO_WORDS) for token in self._words(self.reading.sentence_of(kin)))
        return kin == first and marked and so

    def _up_to_so(self, places: range) -> range:
        """Leave out what follows a "so", unless it is about a symptom."""
        for at in places:
            if self._at(at).is_in(lex.SO_WORDS):
                rest = self._words(range(at, places.stop))
                ill = any(token.is_in(lex.SYMPTOMS | lex.EVENTS) for token in rest)
                return places if ill else range(places.start, at)
        return places

    # --- words --------------------------------------------------------------------------------

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
