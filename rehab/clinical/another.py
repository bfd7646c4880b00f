"""Whether a danger word is about somebody else than the patient."""

from __future__ import annotations

from itertools import pairwise

from rehab.clinical import lexicon as lex
from rehab.clinical import lexicon_told as told
from rehab.clinical.around import Around
from rehab.clinical.phrases import Span
from rehab.clinical.reading import Token


class Another(Around):
    """Tells the illness of others from what a family writes about the patient."""

    def of_another(self, span: Span, *, emergency: bool) -> bool:
        """My father has chest pain. Not: my wife says that my calf is swollen."""
        sentence = self.reading.sentence_of(span.start)
        kin = [at for at in range(sentence[0], span.start) if self._is_kin(at)]
        if not kin:
            return self._not_of_writer(span) or self._of_everyone(span) or self._of_pet(span)
        if not self._is_named(kin[-1], sentence[0]):
            return False
        if self._not_of_writer(span) or self._of_the_dead(kin[-1], span):
            return True
        cared_for = any(token.is_in(lex.CARED_FOR) for token in self._all())
        far = self._at(kin[-1]).is_in(lex.FAR_KIN | told.STRANGERS)
        if far or (self._at(kin[-1]).is_in(lex.CHILDREN) and not cared_for):
            return self._of_far_kin(kin[-1] + 1, span)
        rest = range(kin[-1] + 1, len(self._all()))
        said = self._up_to_so(rest)
        fine = self._writer_is_fine()
        own = any(t.is_in(lex.SELF) for t in self._not_beside_writer(said))
        if not fine and (cared_for or own):
            return False
        # A family that shares the telephone writes "my father" of the patient.
        if (emergency or self._goes_on_of_them(rest)) and not fine and said == rest:
            return False
        between = self._words(range(kin[-1] + 1, span.start))
        if fine and not any(token.is_in(lex.SELF | lex.REPORTING) for token in between):
            return True
        return all(t.is_in(lex.AFTER_KIN | lex.SYMPTOMS) or t.word.isdigit() for t in between)

    def _of_the_dead(self, kin: int, span: Span) -> bool:
        """My late husband had a stroke."""
        late = kin > 0 and self._at(kin - 1).word == "late"
        return late and not any(t.is_in(lex.SELF) for t in self._words(range(kin, span.end)))

    def _goes_on_of_them(self, rest: range) -> bool:
        """Mother has fever and she keeps dozing off: a story of the patient, by the family."""
        return any(self._at(at).is_in(told.THEY) and not self._asks(at) for at in rest)

    def _of_pet(self, span: Span) -> bool:
        """My dog collapsed. Not: the dog jumped and I fell; the cat fell on my leg."""
        if span.start == 0 or not self._at(span.start - 1).is_in(told.PETS):
            return False
        after = self._words(range(span.end, min(span.end + 3, len(self._all()))))
        return not any(token.is_in(lex.SELF | lex.BODY) for token in after)

    def _of_everyone(self, span: Span) -> bool:
        """Everyone is fainting from the sun."""
        before = self._words(range(max(span.start - 2, 0), span.start))
        all_do = len(before) > 1 and before[0].is_in(told.EVERYONE)
        return all_do and before[1].is_in(told.BE | lex.IS_WORDS)

    def _is_kin(self, at: int) -> bool:
        """My grandson, my friend's knee; not: my grandsons toy."""
        token = self._at(at)
        owned = token.word.endswith("s") and token.word not in lex.KIN
        body = not self.reading.breaks_before(at + 1) and self._at(at + 1).is_in(lex.BODY)
        met = at > 0 and self._at(at - 1).is_in(told.ONE_OF_THEM) and self._is_stranger(at)
        return met or (token.is_in(lex.KIN) and (body or not owned))

    def _is_stranger(self, at: int) -> bool:
        """The man in the next bed; another patient. "The patient" may be the writer's own."""
        own = self._at(at).word == "patient" and self._at(at - 1).word == "the"
        return self._at(at).is_in(told.STRANGERS) and not own

    def _writer_is_fine(self) -> bool:
        """I am fine; I have no symptoms: then the one who is ill is another."""
        words = self._all()
        triples = zip(words, words[1:], words[2:], words[3:], strict=False)
        if any(
            one.is_in(lex.I_WORDS) and three.is_in(lex.NOT_WORDS) and four.is_in(lex.NOTHING_SO)
            for one, _, three, four in triples
        ):
            return True
        return any(
            one.is_in(lex.I_WORDS) and any(t.is_in(lex.FEELS_FINE) for t in words[at + 2 : at + 4])
            for at, one in enumerate(words)
        )

    def _not_of_writer(self, span: Span) -> bool:
        """For my sister, she has fever, not me."""
        kin = any(token.is_in(lex.KIN) for token in self._words(range(span.start)))
        rest = self._words(self.reading.sentence_of(span.start))
        not_me = any(a.is_in(lex.NOT_WORDS) and b.is_in(lex.ME) for a, b in pairwise(rest))
        return kin and not_me

    def _of_far_kin(self, start: int, span: Span) -> bool:
        """My neighbour has dengue with 104 fever. Not: my friend says that my calf is swollen."""
        of_mine = start < span.start and self._at(start).word == "of"
        between = self._not_beside_writer(range(start + 2 * of_mine, span.end))
        after = self._words(range(span.end, len(self._all())))
        too = any(
            t.is_in(lex.TOO_WORDS)
            and any(n.is_in(lex.SELF) for n in after[max(at - 4, 0) : at + 5])
            for at, t in enumerate(after)
        )
        # Pushed by a child, fell on my bottom.
        on_own = self._at(span.start).is_in(lex.FALLING) and any(
            t.is_in(lex.SELF) for t in after[:2]
        )
        told = any(t.is_in(lex.SELF | lex.REPORTING) for t in between)
        return not (too or on_own or told)

    def _not_beside_writer(self, places: range) -> list[Token]:
        """Leave out the writer where another only comes near: next to mine, away from me."""
        return [
            self._at(at)
            for at in places
            if not (self._at(at).is_in(lex.ME) and at > 0 and self._at(at - 1).is_in(told.NEXT_TO))
        ]

    def _is_named(self, kin: int, first: int) -> bool:
        """My mother; or mummy ko ... isliye. A bare "mother" may be the patient."""
        if self._at(kin).is_in(lex.FAR_KIN | told.STRANGERS):
            return True
        if kin > first and self._at(kin - 1).is_in(lex.POSSESSIVES | lex.BEFORE_KIN):
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
