"""What a patient does in the chat, and what must come back each time."""

from __future__ import annotations

from collections.abc import Mapping

from bot.simulator import ChatMessage, Person

FINE = {
    "pain": "2",
    "medicine": "💊 Paracetamol or anti-inflammatory",
    "wound": "A ✅ Dry",
    "temperature": "✅ Below 38.0 °C",
    "legs": "✅ No, all as usual",
    "walking": "➡️ The same",
    "exercises": "💪 All of them",
}
QUESTIONS = {
    "pain": "worst pain in the last 24 hours",
    "medicine": "take for pain",
    "wound": "wound or dressing",
    "temperature": "your temperature?",
    "legs": "calf, thigh or breathing",
    "walking": "your walking",
    "exercises": "do your exercises",
}
"""In the order they are asked, each with words of its own."""
ONCE_A_WEEK = {"walking-aid": "hold on to when you walk"}
"""From day 14 to 42 the last question gives way to this one: in check-ins whose answers name it."""
WITH_A_STICK = {"walking-aid": "C One crutch or stick"}


def answer(person: Person, label: str, *, question: ChatMessage | None = None) -> ChatMessage:
    """Tap an answer of the newest question; it is marked on the question itself."""
    person.tap(question, label)
    return person.expect(f"✓ {_without_letter(label)}")


def _without_letter(label: str) -> str:
    """What is kept of a button: the letter is only there for the picture."""
    return label[2:] if label[1:2] == " " and label[0] in "ABCDEFG" else label


def check_in(
    person: Person, answers: Mapping[str, str] | None = None, *, first: str = "pain"
) -> ChatMessage:
    """Answer every question from `first` on, which has been read already; returns the summary."""
    given = {**FINE, **(answers or {})}
    asked = dict(QUESTIONS)
    if "walking-aid" in given:
        del asked["exercises"]
        asked |= ONCE_A_WEEK
    names = list(asked)
    for name in names[names.index(first) :]:
        if name != first:
            person.expect(asked[name])
        answer(person, given[name])
    return person.expect("Your answers:")


def reminded(person: Person) -> tuple[ChatMessage, ChatMessage]:
    """The morning's two messages: the exercises, and the first question."""
    return person.expect("Your exercises for today"), person.expect(QUESTIONS["pain"])
