"""A day in Hindi and in Marathi, without one English sentence."""

from __future__ import annotations

import re

import pytest

from bot.simulator import ChatMessage
from rehab import texts
from tests.support.cast import MANGALA, NANDINI, PatientRole
from tests.support.house import House

MAY_STAY = re.compile(
    r"Mumbai Hip Resurfacing Clinic|Telegram|START|English|Text version|"
    r"/[a-z]+|https?://\S+|\d+(?::\d+)?(?:am|pm)?|°C|Tele-MANAS",
)
"""Names, commands and numbers."""
LATIN_WORDS = re.compile(r"[A-Za-z]{2,}(?:\W+[A-Za-z]{2,})+")
"""Two Latin words in a row are a piece of an English sentence; one may be a loan word."""


def in_own_language(message: ChatMessage) -> None:
    for shown in (message.text, *message.buttons, *message.history):
        left = MAY_STAY.sub(" ", shown)
        found = LATIN_WORDS.search(left)
        assert not found, f"{found and found[0]!r} in {shown!r}"


def key(role: PatientRole, name: str) -> str:
    """The first words of a sentence in the patient's language, up to its first placeholder."""
    return texts.catalog_of(role.language)[name].partition("{")[0].strip()


def fitting(house: House, role: PatientRole, english: str) -> str:
    return texts.content_text(english, role.language)


@pytest.mark.parametrize("role", [NANDINI, MANGALA], ids=["hi", "mr"])
def test_a_patient_reads_nothing_but_their_own_language(house: House, role: PatientRole) -> None:
    person = house.phone(role)
    _, token = house.add_patient(role)
    person.start(token)
    person.expect(key(role, "onboarding.welcome"))
    person.send_text("1950")
    person.expect(key(role, "onboarding.year_wrong"))
    person.send_text("१९७४")
    consent = person.expect("112")
    person.tap(consent, texts.text("onboarding.accept", role.language))
    person.expect(key(role, "onboarding.accepted"))
    person.expect(key(role, "onboarding.time"))
    person.tap(None, "09:00")
    person.expect("09:00")
    person.expect("🔔")
    person.tap(None, texts.text("onboarding.test_seen", role.language))
    person.expect(key(role, "onboarding.test_thanks"))

    house.at("2026-11-23 09:00")
    questionnaire = house.context.content.questionnaires["daily-check-in"]
    exercises = person.expect(key(role, "exercises.pain_rule"))
    answers = {"pain": "3", "legs": "calf"}
    for question in questionnaire.questions:
        if question.from_day and question.from_day > 9:
            continue
        shown = person.expect(fitting(house, role, question.text))
        wanted = answers.get(question.id)
        label = wanted if question.kind == "scale" else None
        if label is None:
            option = next(
                one for one in question.options if one.value == (wanted or _fine(question.id))
            )
            label = f"{option.emoji} {fitting(house, role, option.label)}".strip()
        # A letter of the wound's picture stands before some labels; the answer is kept without it.
        person.tap(shown, next(one for one in shown.buttons if one in (label, f"A {label}")))
        person.expect(f"✓ {label}")
        if question.id == "legs":
            person.expect("+91 22 5550 0100")
    summary = person.expect(key(role, "check_in.thanks"))
    house.meera.expect("🟠 SAME DAY")

    # The other ways through the day.
    person.tap(exercises, texts.text("exercises.start", role.language))
    person.expect(key(role, "session.pain_before"))
    person.tap(None, "4")
    person.expect("🛑")
    person.tap(None, texts.text("exercises.hurts", role.language))
    person.expect(key(role, "exercises.too_painful"))
    while "⏱" not in " ".join((one := person.expect("🛑")).buttons):
        person.tap(one, texts.text("exercises.done", role.language))
    person.tap(one, texts.text("session.timer", role.language))
    person.expect(lambda message: message.kind == "animation" and not message.buttons)
    person.tap(exercises, texts.text("exercises.all_done", role.language))
    person.expect(key(role, "session.tomorrow").partition(":")[0])
    person.tap(summary, texts.text("menu.change", role.language))
    person.expect(key(role, "check_in.which_to_change"))
    for command in ("help", "pause", "warning", "checkin", "time", "stop", "today", "resume"):
        person.send_command(command)
        person.expect(lambda _message: True)
    person.send_text("!!!")
    person.expect(key(role, "message.kept_not_understood"))
    person.send_photo(b"\xff\xd8 synthetic")
    person.expect(key(role, "message.kept_media"))
    house.settle()
    person.mark_read()
    house.meera.expect("The patient stopped the messages")

    for message in person.bot_messages:
        in_own_language(message)
    with house.sim.state.changed:
        toasts = [one.text for one in house.sim.state.callbacks.values()]
    assert toasts
    for toast in toasts:
        assert not LATIN_WORDS.search(MAY_STAY.sub(" ", toast)), toast


def _fine(question_id: str) -> str:
    return {
        "medicine": "simple",
        "wound": "dry",
        "temperature": "normal",
        "walking": "same",
        "exercises": "all",
    }[question_id]
