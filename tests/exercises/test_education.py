"""The education cards: what every set must have, what is refused, and what a patient reads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from exercises.errors import Problem
from exercises.loader import ContentPack
from exercises.schema import EducationCard
from rehab import texts

OPERATIONS = {
    "acl-reconstruction",
    "hip-arthroscopy",
    "hip-resurfacing",
    "lumbar-discectomy",
    "rotator-cuff-repair",
    "total-hip",
    "total-knee",
}
MUST_KNOW = ("precautions", "warning-signs")
LONGEST = 720
LONGEST_BUTTON = 40
LONGEST_MESSAGE = 1200
FILE = "education/hip-resurfacing.toml"
ENDS_WITH_WHAT_TO_DO = (
    "ask",
    "bring",
    "phone",
    "tell",
    "call",
    "do one",
    "tap",
    "show",
    "talk",
    "stop",
    "go on",
    "book",
    "do only",
    "just go on",
    "remember",
    "stay",
)
Problems = Callable[[], tuple[Problem, ...]]


def every_card(pack: ContentPack) -> list[tuple[str, EducationCard]]:
    return [(name, card) for name, found in pack.education.items() for card in found.cards]


def what(problems: tuple[Problem, ...]) -> str:
    return "\n".join(
        f"{found.file} {found.key} {found.found} {found.expected}" for found in problems
    )


def test_every_operation_has_its_cards(pack: ContentPack) -> None:
    assert set(pack.education) == OPERATIONS
    for name, found in pack.education.items():
        fewest = 25 if name == "hip-resurfacing" else 6
        assert len(found.cards) >= fewest, name


@pytest.mark.parametrize("operation", sorted(OPERATIONS))
def test_what_nobody_may_miss_is_told_early_and_asked_about(
    pack: ContentPack, operation: str
) -> None:
    variants = {p.variant for p in pack.protocols.values() if p.procedure == operation}
    assert variants
    for topic in MUST_KNOW:
        told = [found for found in pack.education[operation].cards if found.topic == topic]
        for variant in variants:
            [card] = [one for one in told if not one.variants or variant in one.variants]
            assert card.anchor == "surgery"
            assert card.day in (0, 1)
            assert len(card.teach_back) == 2


@pytest.mark.parametrize("operation", sorted(OPERATIONS))
def test_a_warning_card_says_whom_to_call_for_what(pack: ContentPack, operation: str) -> None:
    [card] = [found for found in pack.education[operation].cards if found.topic == "warning-signs"]
    assert card.text.startswith("Call {emergency_number} now if")
    assert "Phone the clinic today on {clinic_phone}" in card.text
    assert card.text.index("{emergency_number}") < card.text.index("{clinic_phone}")
    [urgent, _] = card.teach_back
    assert urgent.right == "call"
    assert "{emergency_number}" in urgent.explain


def test_the_right_answer_does_not_always_stand_at_the_same_place(pack: ContentPack) -> None:
    places = Counter(
        [option.value for option in question.options].index(question.right)
        for _, card in every_card(pack)
        for question in card.teach_back
    )
    assert len(places) > 1
    assert max(places.values()) < places.total()


def test_a_card_is_short_and_ends_with_what_to_do(pack: ContentPack) -> None:
    for name, card in every_card(pack):
        assert len(card.text) <= LONGEST, (name, card.id)
        end = " ".join(card.text.casefold().replace("\n", " ").split()[-45:])
        assert any(word in end for word in ENDS_WITH_WHAT_TO_DO), (name, card.id, end)


@pytest.mark.parametrize("language", ["en", "hi", "mr"])
def test_a_card_and_its_buttons_fit_a_phone_in_every_language(
    pack: ContentPack, language: str
) -> None:
    for name, card in every_card(pack):
        assert len(texts.content_text(card.text, language)) <= LONGEST_MESSAGE, (name, card.id)
        for question in card.teach_back:
            labels = [texts.content_text(one.label, language) for one in question.options]
            assert all(len(label) <= LONGEST_BUTTON for label in labels), labels
            assert len(set(labels)) == len(labels), labels


@pytest.mark.parametrize("language", ["hi", "mr"])
def test_every_card_is_translated(pack: ContentPack, language: str) -> None:
    for name, card in every_card(pack):
        asked = [text for one in card.teach_back for text in (one.text, one.explain)]
        for english in (card.title, card.text, *asked):
            assert texts.content_text(english, language) != english, (name, card.id, english)


def test_a_number_from_a_study_has_its_study(pack: ContentPack) -> None:
    for name, card in every_card(pack):
        if " of 100" in card.text or " of 1,000" in card.text or "study" in card.text:
            named = [source for source in card.sources if not source.startswith("Project")]
            assert named, (name, card.id)


def test_metal_in_the_blood_is_explained_at_two_six_and_twelve_months(pack: ContentPack) -> None:
    days = [
        card.day for card in pack.education["hip-resurfacing"].cards if card.topic == "metal-ions"
    ]
    assert days == [60, 180, 365]


@pytest.mark.parametrize("variant", ["standard", "slow", "bilateral"])
def test_nobody_gets_two_cards_of_one_anchor_on_one_day(pack: ContentPack, variant: str) -> None:
    days = Counter(
        (card.anchor, card.day)
        for card in pack.education["hip-resurfacing"].cards
        if not card.variants or variant in card.variants
    )
    assert max(days.values()) == 1


# --- what is refused ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("day = -18", "day = -21", "a second card on day -21 after surgery"),
        ("day = -21", "day = -29", "day -29"),
        ("day = 365", "day = 401", "day 401"),
        ('variants = ["standard"]', 'variants = ["gentle"]', "gentle"),
        ('topic = "precautions"', 'topic = "daily-life"', "no card on the topic precautions"),
        ('topic = "warning-signs"', 'topic = "risks"', "no card on the topic warning-signs"),
        (
            'topic = "warning-signs"',
            'topic = "warning-signs"\nvariants = ["slow"]',
            "no card on the topic warning-signs for standard",
        ),
        ("day = 0\n", "day = 9\n", "the topic precautions on day 9 after surgery"),
        ('id = "who-it-suits"', 'id = "operation"', "'operation' a second time"),
    ],
)
def test_a_set_that_would_harm_is_refused(
    change: Callable[[str, str, str], None], problems: Problems, old: str, new: str, said: str
) -> None:
    change(FILE, old, new)
    assert said in what(problems())


def test_cards_for_different_variants_may_share_a_day(
    content: Path, change: Callable[[str, str, str], None], problems: Problems
) -> None:
    change(FILE, "day = 68", "day = 40")
    change(FILE, "day = -21", "day = -29")
    assert "a second card" not in what(problems())


def test_one_question_alone_is_refused(content: Path, problems: Problems) -> None:
    path = content / FILE
    text = path.read_text(encoding="utf-8")
    start = text.index("[[cards.teach_back]]")
    end = text.index("[[cards.teach_back]]", start + 1)
    path.write_text(text[:start] + text[end:], encoding="utf-8")
    assert "1 teach-back questions on the topic precautions" in what(problems())
