"""Whether a danger word in a text is denied, over, only imagined, or somebody else's.

Each question is answered from the few words around the match and from lists of what may stand
there. Anything unlisted means "cannot tell", and then the danger word counts: a false alarm costs
a minute, a missed one may cost a life.
"""

from __future__ import annotations

from rehab.clinical.another import Another
from rehab.clinical.denial import Denial
from rehab.clinical.harmless import Harmless
from rehab.clinical.imagined import Imagined
from rehab.clinical.lexicon import BODY
from rehab.clinical.lexicon_told import PARTS
from rehab.clinical.past import Past
from rehab.clinical.phrases import Span
from rehab.clinical.reassured import Reassured

_LONG_SENTENCE = 60
"""Nothing in a longer sentence is unmistakable."""


class Context(Denial, Harmless, Past, Imagined, Reassured, Another):
    """One text with the words that count as symptoms in it."""

    def explained(self, span: Span, *, emergency: bool) -> bool:
        """Say whether the match is unmistakably no present symptom of the patient.

        Only a denial, something imagined, named or long over, or another person explains an
        emergency away.
        """
        if self.denied(span) or self.harmless(span) or self.dried_up(span):
            return True
        if len(self.reading.sentence_of(span.start)) > _LONG_SENTENCE:
            return False
        if self._is_only_thought(span):
            return True
        asked_of_others = self._asks(span.start) and self.has_happened(span)
        if self.of_another(span, emergency=emergency) and not asked_of_others:
            return True
        if self._long_ago(span):
            return True
        return not emergency and self._not_so_now(span)

    def _is_only_thought(self, span: Span) -> bool:
        """Say whether it is imagined or only named; a part of the body never is."""
        if self._is_body(span) or self.has_happened(span):
            return False
        return self.imagined(span) or self.only_named(span)

    def _not_so_now(self, span: Span) -> bool:
        """Say whether it is over, mistaken, the work of exercise or asked for knowledge."""
        return (
            self.over(span)
            or self.sore_from_effort(span)
            or self.mistaken(span)
            or self.answered_no(span)
            or self.nearly_fell(span)
            or self.asked_to_know(span)
        )

    def _is_body(self, span: Span) -> bool:
        """How do I know if the calf has a clot? It is swollen: the calf itself is not imagined."""
        return all(token.is_in(BODY | PARTS) for token in self._words(range(span.start, span.end)))
