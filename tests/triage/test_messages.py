"""What the screen hears in messages as patients write them, measured over a labelled set.

The messages in the .tsv files beside this file are invented. Each was labelled with the tier a
careful triage nurse would want ("none" where nothing needs raising) before the screen had read it.
Project proposal, not sourced: clinic must decide, with clinicians who speak each language.
"""

from __future__ import annotations

import csv
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

from exercises.loader import ContentPack, load
from exercises.schema import Tier
from rehab.clinical.triage import screen

HERE = Path(__file__).parent
pytestmark = pytest.mark.xdist_group("triage")
"""One worker hears all messages once."""
LANGUAGES = ("english", "hindi", "hinglish", "marathi")
URGENT = ("T0", "T1")
FOUND_AT_LEAST = 0.99
RIGHTLY_RAISED_AT_LEAST = 0.85


@dataclass(frozen=True)
class Message:
    """One labelled message; `tier` is what a nurse would want, `heard` what the screen said."""

    text: str
    language: str
    procedure: str
    day: int
    tier: str
    heard: str

    def __str__(self) -> str:
        return f"{self.language}, {self.procedure} day {self.day}: {self.text}"


@pytest.fixture(scope="module")
def messages() -> list[Message]:
    pack = load()
    return [heard(pack, row) for name in LANGUAGES for row in rows(name)]


def rows(name: str) -> list[dict[str, str]]:
    with (HERE / f"{name}.tsv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def heard(pack: ContentPack, row: dict[str, str]) -> Message:
    rules = pack.rules[pack.protocol_for(row["procedure"]).rules]
    day = int(row["day"])
    tier = screen(row["text"], rules, day=day, languages=(row["language"],)).tier
    told = "none" if tier is None else tier.value
    return Message(row["text"], row["language"], row["procedure"], day, row["tier"], told)


def listed(title: str, found: list[Message]) -> str:
    lines = [f"{title} ({len(found)})"]
    lines += [f"  wanted {one.tier}, heard {one.heard}: {one}" for one in found]
    return "\n".join(lines)


def tell(text: str) -> None:
    sys.stdout.write(text + "\n")


def test_the_set_is_large_and_says_nothing_twice() -> None:
    texts = Counter(row["text"].casefold() for name in LANGUAGES for row in rows(name))

    assert sum(texts.values()) >= 600
    assert [text for text, times in texts.items() if times > 1] == []


def test_every_language_has_messages_of_every_tier() -> None:
    for name in LANGUAGES:
        tiers = {row["tier"] for row in rows(name)}
        assert tiers == {"none", *(tier.value for tier in Tier if tier is not Tier.ROUTINE)}, name
        assert all(row["note"] for row in rows(name)), name


def test_nearly_every_urgent_message_is_raised_as_urgent(messages: list[Message]) -> None:
    urgent = [one for one in messages if one.tier in URGENT]
    missed = [one for one in urgent if one.heard not in URGENT]

    found = 1 - len(missed) / len(urgent)

    tell(f"found {found:.4f} of {len(urgent)}")
    tell(listed("missed", missed))
    assert found >= FOUND_AT_LEAST, listed(f"found only {found:.4f}", missed)


def test_most_messages_raised_as_urgent_are_urgent(messages: list[Message]) -> None:
    raised = [one for one in messages if one.heard in URGENT]
    needless = [one for one in raised if one.tier not in URGENT]

    right = 1 - len(needless) / len(raised)

    tell(f"right {right:.4f} of {len(raised)}")
    tell(listed("raised needlessly", needless))
    assert right >= RIGHTLY_RAISED_AT_LEAST, listed(f"right only {right:.4f}", needless)


def test_no_emergency_is_answered_as_less_than_same_day(messages: list[Message]) -> None:
    lost = [one for one in messages if one.tier == "T0" and one.heard not in URGENT]

    assert not lost, listed("emergencies lost", lost)
