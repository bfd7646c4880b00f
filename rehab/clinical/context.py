"""Whether a danger word in a text is denied, over, only imagined, or somebody else's.

Each question is answered from the few words around the match and from lists of what may stand
there. Anything unlisted means "cannot tell", and then the danger word counts: a false alarm costs
a minute, a missed one may cost a life.
"""

from __future__ import annotations

from rehab.clinical.another import Another
from rehab.clinical.denial import Denial
from rehab.clinical.imagined import Imagined
from rehab.clinical.past import Past
from rehab.clinical.phrases import Span

_LONG_SENTENCE = 60
"""Nothing in a longer sentence is unmistakable."""


class Context(Denial, Past, Imagined, Another):
    """One text with the words that count as symptoms in it."""

    def explained(self, span: Span, *, emergency: bool) -> bool:
        """Say whether the match is unmistakably no present symptom of the patient.

        Only a denial, a hypothetical question or another person explains an emergency away.
        """
        if self.denied(span) or self._is_idiom(span):
            return True
        if len(self.reading.sentence_of(span.start)) > _LONG_SENTENCE:
            return False
        if self.imagined(span) or self.of_another(span, emergency=emergency):
            return True
        if self._long_ago(span):
            return True
        return not emergency and self.over(span)
