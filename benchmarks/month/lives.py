"""Invented patients who answer as patients might. Every rate is an assumption of this simulation.

Where a published figure stands behind one it is named; the rest was set so that the month holds more
trouble than a quiet clinic has. The same seed gives the same month.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field

from exercises.loader import ContentPack
from exercises.schema import RuleSet
from rehab.clinical import expected

MIX = (
    ("hip-resurfacing", 0.50),
    ("total-hip", 0.18),
    ("total-knee", 0.18),
    ("acl-reconstruction", 0.05),
    ("hip-arthroscopy", 0.03),
    ("rotator-cuff-repair", 0.03),
    ("lumbar-discectomy", 0.03),
)
LANGUAGES = (("en", 0.4), ("hi", 0.4), ("mr", 0.2))
ANSWERS_MOST_DAYS = 0.72
"""Patients who answer nearly always; 67.8% answered at least 80% (Yahanda et al. 2019)."""
HARMLESS = (
    "Thank you",
    "ok",
    "I walked to the market today and feel good",
    "When can I drive?",
    "घाव सूखा है, धन्यवाद",
    "bukhar nahi hai, sab theek",
    "Can I sleep on my side now?",
    "आज सगळे व्यायाम केले",
)
EMERGENCIES: tuple[tuple[str, str], ...] = (
    ("answer", "legs=breath"),
    ("answer", "legs=both"),
    ("text", "suddenly cannot breathe properly and my chest hurts"),
    ("text", "coughing up blood since this morning"),
    ("text", "saans nahi aa rahi hai, seene mein dard"),
    ("text", "सांस लेने में बहुत तकलीफ़ हो रही है"),
    ("text", "छातीत खूप दुखतंय आणि दम लागतोय"),
    ("text", "I fainted in the bathroom and my heart is racing"),
    ("text", "he is confused and shivering badly, not making sense"),
    ("text", "black sticky stool and vomiting blood"),
)
"""What an injected emergency is: an answer that is tapped, or words."""


@dataclass
class Life:
    """One patient's month. `day` arguments are days after surgery."""

    number: int
    procedure: str
    language: str
    day_at_start: int
    random: random.Random = field(repr=False)
    rules: RuleSet = field(repr=False)
    diligence: float = 0.0
    soreness: float = 0.0
    dry_from_day: int = 5

    @property
    def chat_id(self) -> int:
        return 2_000_000 + self.number

    def answers_today(self) -> bool:
        return self.random.random() < self.diligence

    def says_something(self) -> str | None:
        return self.random.choice(HARMLESS) if self.random.random() < 0.03 else None

    def exercises(self) -> str:
        roll = self.random.random()
        return "all_done" if roll < 0.7 else "none_today" if roll < 0.85 else ""

    def answer(self, question: str, choices: Sequence[str], day: int) -> str:
        """The value this patient taps."""
        if all(choice.isdigit() for choice in choices):
            return self._pain(choices, day)
        wanted = getattr(self, f"_{question.replace('-', '_')}", self._nothing)(day)
        calm = ("none", "no", "normal", "same", "dry", "done")
        for value in (wanted, *calm):
            if value in choices:
                return value
        return self.random.choice(list(choices))

    def _pain(self, choices: Sequence[str], day: int) -> str:
        band = expected.pain_band(self.rules, max(1, min(day, 365)))
        usual = (band.median if band else 1.0) + self.soreness
        felt = round(self.random.gauss(usual, 1.0))
        return str(max(int(choices[0]), min(int(choices[-1]), felt)))

    def _wound(self, day: int) -> str:
        if day < self.dry_from_day:
            return "spots" if self.random.random() < 0.5 else "dry"
        return self._rarely({"spots": 0.004, "spreading": 0.002, "pus": 0.001}, "dry")

    def _temperature(self, day: int) -> str:
        if 0 <= day <= 4:  # 48% of patients within the stay (Ghosh et al., Andres et al.)
            return self._rarely({"38-up": 0.12, "feverish": 0.03}, "normal")
        return self._rarely({"38-up": 0.003, "feverish": 0.003, "39-up": 0.0005}, "normal")

    def _legs(self, day: int) -> str:
        return self._rarely({"calf": 0.010 if day < 35 else 0.004}, "none")

    def _walking(self, day: int) -> str:
        return self._rarely({"worse": 0.05, "limp": 0.008, "better": 0.4}, "same")

    def _medicine(self, day: int) -> str:
        opioid = 0.3 if day < 7 else 0.05 if day < 21 else 0.0
        return self._rarely({"opioid": opioid, "none": 0.3 if day < 28 else 0.8}, "simple")

    def _metal(self, day: int) -> str:
        return self._rarely({"local": 0.02, "general": 0.01}, "none")

    def _knee_bend(self, day: int) -> str:
        if day < 21:
            return self._rarely({"below-80": 0.05, "80-90": 0.25, "100-up": 0.2}, "90-100")
        return self._rarely({"80-90": 0.02, "90-100": 0.1}, "100-up")

    def _exercises(self, day: int) -> str:
        return self._rarely({"some": 0.25, "none": 0.07, "some-pain": 0.05}, "all")

    def _nothing(self, day: int) -> str:
        return "none"

    def _rarely(self, rates: dict[str, float], usual: str) -> str:
        roll = self.random.random()
        for value, rate in rates.items():
            if roll < rate:
                return value
            roll -= rate
        return usual


def everybody(count: int, seed: int, content: ContentPack) -> list[Life]:
    """Patients between two weeks before and half a year after surgery, as a steady clinic has them."""
    dice = random.Random(seed)
    return [_one(number, dice, content) for number in range(count)]


def _one(number: int, dice: random.Random, content: ContentPack) -> Life:
    procedure = _drawn(MIX, dice)
    steady = dice.random() < ANSWERS_MOST_DAYS
    return Life(
        number=number,
        procedure=procedure,
        language=_drawn(LANGUAGES, dice),
        day_at_start=dice.randint(-20, 185),
        random=random.Random(dice.random()),
        rules=content.rules[content.protocol_for(procedure).rules],
        diligence=dice.uniform(0.85, 1.0) if steady else dice.uniform(0.3, 0.8),
        soreness=dice.gauss(0.0, 0.7),
        dry_from_day=max(2, round(dice.gauss(4, 2))),
    )


def _drawn(mix: Sequence[tuple[str, float]], dice: random.Random) -> str:
    return dice.choices([name for name, _ in mix], [share for _, share in mix])[0]
