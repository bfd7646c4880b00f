"""Red-flag rules with their fixed wordings and danger words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from exercises.schema.base import (
    Content,
    ContentId,
    RuleId,
    SignOff,
    Sources,
    Text,
    Tier,
    Version,
)
from exercises.schema.conditions import Band, Condition, Score
from exercises.schema.questionnaire import Questionnaire


class Rule(Content):
    """A red-flag rule: when all conditions hold within its window of days, a person must act.

    With a `score` its points must be reached too. `any_words` names word lists (see `WordList`)
    whose match in a free text fires the rule too. `silence_hours` makes it a silence rule: nothing
    heard from the patient for so long. `unread` makes it a rule about ourselves: something the
    patient sent that nobody has looked at in the time the clinic has set. Of rules that fire
    together, one is not told when another `covers` it: it says the same thing, better.
    """

    id: RuleId
    title: Text
    tier: Tier
    reason: Text
    """The reason in words for staff, e.g. "calf swelling or pain"."""
    wording: ContentId
    """The fixed text the patient sees."""
    from_day: int | None = None
    to_day: int | None = None
    when: tuple[Condition, ...] = ()
    score: Score | None = None
    any_words: tuple[ContentId, ...] = ()
    silence_hours: int | None = Field(None, ge=1, le=2000)
    unread: Literal["message", "photo"] | None = None
    covers: tuple[RuleId, ...] = ()
    stops_loading: bool = False
    """Loading exercises are left out of the plan until a clinician clears the alert."""
    sources: Sources
    sign_off: SignOff = SignOff()

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """Every condition over an answer, those of the score too."""
        points = self.score.points if self.score else ()
        return (*self.when, *(condition for one in points for condition in one.when))

    @model_validator(mode="after")
    def _can_fire(self) -> Rule:
        if not (self.conditions or self.any_words or self.silence_hours or self.unread):
            raise ValueError(
                "a rule needs `when`, `score`, `any_words`, `silence_hours` or `unread`, "
                "or it can never fire"
            )
        return self


class Wording(Content):
    """A fixed, clinician-owned text. `{emergency_number}` and `{clinic_phone}` are filled in."""

    id: ContentId
    text: Text
    sources: Sources
    sign_off: SignOff = SignOff()


def _complete_phrase(phrase: str) -> str:
    parts = re.split(r"[+~]", phrase)
    if not all(word.strip() for part in parts for word in part.split("|")):
        raise ValueError("words on both sides of each +, each ~ and each |")
    if "+" in phrase and "~" in phrase:
        raise ValueError("either + or ~ in one phrase, not both")
    return phrase


_GROUP = re.compile(r"<([a-z0-9-]+)>")
Phrase = Annotated[str, Field(min_length=1), AfterValidator(_complete_phrase)]


class WordGroup(Content):
    """Words of one meaning (parts of the leg, signs of swelling), which phrases name as `<leg>`.

    Per language code. A language has the words of the one it belongs to as well: `hi-latn` those
    of `hi`.
    """

    id: ContentId
    words: dict[str, tuple[Text, ...]]

    def alternatives(self, language: str) -> str | None:
        """Return the words of a language with bars between them, or None where it has none."""
        base = self.words.get(language.split("-")[0], ())
        words = dict.fromkeys((*self.words.get(language, ()), *base))
        return " | ".join(words) if words else None


class WordList(Content):
    """Danger words for free text, per language code. Matching only ever raises, never clears.

    A plus means that all parts occur, in any order: `calf + swollen`; a tilde that they stand close
    together: `breath ~ no`. A bar separates alternatives, `calf | calves + swollen | hot`, a star
    ends the beginning of a word, `swell*`, and `<leg>` stands for the words of a group. The loader
    hands on lists in which the groups are filled in.
    """

    id: ContentId
    words: dict[str, tuple[Phrase, ...]]

    def groups(self) -> frozenset[str]:
        """Return the ids of the groups the phrases name."""
        phrases = (phrase for group in self.words.values() for phrase in group)
        return frozenset(name for phrase in phrases for name in _GROUP.findall(phrase))

    def with_groups(self, groups: Mapping[str, WordGroup]) -> WordList:
        """Return the list with the words of the groups in place of the names it knows."""
        words = {
            language: tuple(_filled(phrase, language, groups) for phrase in phrases)
            for language, phrases in self.words.items()
        }
        return self.model_copy(update={"words": words})


def _filled(phrase: str, language: str, groups: Mapping[str, WordGroup]) -> str:
    def words(name: re.Match[str]) -> str:
        group = groups.get(name[1])
        return (group.alternatives(language) if group else None) or name[0]

    return _GROUP.sub(words, phrase)


class RuleSet(Content):
    """The red-flag rules of one or more procedures, with their bands, wordings and word lists.

    A file may build on other sets: it has all of theirs, except the rules it leaves out, and its own
    rule, band, wording or word list takes the place of an inherited one with the same id (among the sets
    extended, the one named last wins). The loader hands on the complete set, with `extends`,
    `leaves_out` and `word_groups` empty, so that its hash and its published body need no other set.
    """

    id: ContentId
    version: Version
    title: Text
    sign_off: SignOff = SignOff()
    sources: Sources
    extends: tuple[ContentId, ...] = ()
    leaves_out: tuple[RuleId, ...] = ()
    wordings: tuple[Wording, ...] = ()
    bands: tuple[Band, ...] = ()
    rules: tuple[Rule, ...] = ()
    word_lists: tuple[WordList, ...] = ()
    word_groups: tuple[WordGroup, ...] = ()

    @model_validator(mode="after")
    def _has_rules(self) -> RuleSet:
        if not (self.rules or self.extends or self.word_groups):
            raise ValueError("a rule set has rules or words of its own or extends another set")
        return self

    def rule(self, rule_id: str) -> Rule:
        """Return the rule with this id. Raises KeyError."""
        for rule in self.rules:
            if rule.id == rule_id:
                return rule
        raise KeyError(rule_id)

    def wording(self, wording_id: str) -> Wording:
        """Return the wording with this id. Raises KeyError."""
        for wording in self.wordings:
            if wording.id == wording_id:
                return wording
        raise KeyError(wording_id)

    def band(self, band_id: str) -> Band | None:
        """Return the band with this id, if the set has one."""
        return next((band for band in self.bands if band.id == band_id), None)

    def unheard(self, questionnaire: Questionnaire) -> tuple[str, ...]:
        """Return the option values of a questionnaire that no rule names in `is_one_of`.

        "None of these" says that nothing is wrong: no rule has to hear it.
        """
        heard = {
            (condition.question, value)
            for rule in self.rules
            for condition in rule.conditions
            for value in condition.is_one_of
        }
        return tuple(
            option.value
            for question in questionnaire.questions
            for option in question.options
            if not option.excludes_others and (question.id, option.value) not in heard
        )
