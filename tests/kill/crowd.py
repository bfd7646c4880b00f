"""The patients of the kill test: each does odd but human things with what is on their screen."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field

from bot.simulator import ChatMessage, Person, Simulator
from exercises.schema import Option, Question, Questionnaire
from rehab.clinical.answers import letter_of
from tests.kill.clinic import Clinic

REMARKS = (
    "The walk to the window went well this morning",
    "My sister brought flowers",
    "When may I drive a car again",
    "The new chair is comfortable",
)
MALFORMED: tuple[dict[str, object], ...] = (
    {"message": {"text": ["a", "list"]}},
    {"callback_query": {"id": "1"}},
    {"message": "words"},
    {"unheard_of": {"from": {"id": 1}}},
)
IMPATIENCE = 0.3
"""How often somebody without a new question asks for it, instead of tapping an old one."""
RED_FLAGS = ("🫁 Breathing, chest or fainting", "🚨 Both")
PICTURE = b"\xff\xd8\xff\xe0 a synthetic picture"
WEIGHTS = {
    "tap": 50, "type": 14, "correct": 10, "remark": 8, "photo": 3, "command": 6, "edit": 4,
    "stale": 3, "malformed": 2,
}  # fmt: skip


@dataclass
class Crowd:
    """Acts on behalf of all patients and remembers what must have arrived."""

    sim: Simulator
    clinic: Clinic
    chance: random.Random
    done: Counter[str] = field(default_factory=Counter)
    messages: list[tuple[int, int]] = field(default_factory=list)
    taps: list[str] = field(default_factory=list)
    _tapped: set[tuple[int, int]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._people = [self.sim.user(chat, f"P{chat}") for chat in self.clinic.chats]
        self._keyboards = _keyboards(self.clinic.questionnaire)

    @property
    def total(self) -> int:
        return self.done.total()

    def act(self) -> None:
        """One thing one patient does. Without a question on the screen they ask for one."""
        (kind,) = self.chance.choices(list(WEIGHTS), list(WEIGHTS.values()))
        # Most answer what they were asked just now, as people do; so check-ins get finished.
        eager = [person for person in self._people if self._has_fresh_question(person)]
        person = self.chance.choice(eager if kind in ("tap", "type") and eager else self._people)
        questions = self._questions(person)
        if kind in ("tap", "type") and not eager and self.chance.random() < IMPATIENCE:
            kind = "command"
        if kind in ("tap", "type", "correct", "stale") and not questions:
            kind = "command"
        self.done[kind] += 1
        if kind == "tap":
            self._tap(person, questions[-1])
        elif kind == "correct":
            self._tap(person, self.chance.choice(questions))
        elif kind == "type":
            self._tapped.add((person.chat_id, questions[-1].message_id))
            self._say(person, self.chance.choice(questions[-1].buttons))
        elif kind == "stale":
            self.taps.append(person.tap_data(questions[0].message_id, "gone:0").id)
        elif kind == "remark":
            self._say(person, self.chance.choice(REMARKS))
        elif kind == "photo":
            self._sent(person, person.send_photo(PICTURE, "how it looks today"))
        elif kind == "command":
            self._say(person, self.chance.choice(("/checkin", "/help", "/today")))
        elif kind == "edit":
            self._edit(person)
        else:
            self._push_malformed()

    def _questions(self, person: Person) -> list[ChatMessage]:
        return [m for m in person.bot_messages if tuple(m.buttons) in self._keyboards]

    def _has_fresh_question(self, person: Person) -> bool:
        with self.sim.state.changed:
            shown = list(self.sim.state.chats[person.chat_id].messages.values())
            for message in reversed(shown):
                if message.from_bot and tuple(message.buttons) in self._keyboards:
                    return (person.chat_id, message.message_id) not in self._tapped
        return False

    def _tap(self, person: Person, message: ChatMessage) -> None:
        self._tapped.add((person.chat_id, message.message_id))
        buttons = [button for row in message.inline_buttons for button in row]
        warnings = [button for button in buttons if button["text"] in RED_FLAGS]
        button = self.chance.choice(warnings * 3 + buttons)
        self.taps.append(person.tap_data(message.message_id, button["callback_data"]).id)

    def _say(self, person: Person, text: str) -> None:
        self._sent(person, person.send_text(text))

    def _sent(self, person: Person, message: ChatMessage) -> None:
        self.messages.append((person.chat_id, message.message_id))

    def _edit(self, person: Person) -> None:
        own = [m for m in person.messages if not m.from_bot and m.text in REMARKS]
        if own:
            person.edit_text(own[-1], self.chance.choice(REMARKS) + ", I think")
        else:
            self._say(person, self.chance.choice(REMARKS))

    def _push_malformed(self) -> None:
        with self.sim.state.changed:
            # A number of its own in the same sequence, as Telegram would give it.
            update_id = self.sim.state.updates._take_id()
        self.sim.push_raw({"update_id": update_id} | self.chance.choice(MALFORMED))


def _keyboards(questionnaire: Questionnaire) -> set[tuple[str, ...]]:
    found = set()
    for question in questionnaire.questions:
        if question.kind == "scale":
            numbers = range(question.minimum, question.maximum + 1)
            found.add(tuple(str(number) for number in numbers))
        else:
            found.add(tuple(_label(question, option) for option in question.options))
    return found


def _label(question: Question, option: Option) -> str:
    """As it stands on the button: the letter of the picture, the emoji, the words."""
    parts = (letter_of(question, option.value), option.emoji, option.label)
    return " ".join(part for part in parts if part)
