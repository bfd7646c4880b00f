"""A patient may write anything at any time; it is kept, screened, and answered honestly."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from bot.simulator import Person
from rehab.models import Alert, IncomingMessage
from tests.support.cast import ASHA, MANGALA, NANDINI, PatientRole
from tests.support.house import House
from tests.support.pictures import jpeg, opus
from tests.support.talk import QUESTIONS, answer, check_in, reminded

KEPT = "I have kept your message"
PHOTO = jpeg()


def test_a_harmless_word_raises_nothing(house: House, asha: Person) -> None:
    asha.send_text("Thank you!")
    told = asha.expect("Thank you. I have kept your message for the clinic.")
    assert "Nobody at the clinic is reading messages right now" in told.text
    assert "Monday from 09:00" in told.text
    house.at("2026-11-23 08:59")
    house.nothing_unexpected()
    assert house.count(Alert) == 0


def test_what_the_bot_does_not_understand_goes_to_a_person(house: House, asha: Person) -> None:
    asha.send_text("When may I drive my scooter to my sister's house?")
    told = asha.expect(KEPT)
    assert "a person at the clinic will read it" in told.text
    assert "call 112" in told.text
    browser = house.browser()
    patient = f"/patients/{house.patient_id(ASHA)}"
    assert "Unread messages: 1" in browser.get("/")
    page = browser.get(patient)
    assert "When may I drive my scooter" in page.section("Messages")
    page = browser.post(f"{patient}/messages/seen", patient)
    assert "seen by Meera Joshi" in page.section("Messages")
    assert "Unread messages" not in browser.get("/")
    asha.expect("✓ Seen by your physiotherapist Meera, 16:00")


@pytest.mark.parametrize(
    ("role", "words", "said"),
    [
        (ASHA, "I can't breathe properly and my chest hurts", "Call 112 now"),
        (NANDINI, "मुझे सांस लेने में तकलीफ हो रही है", "112"),
        (NANDINI, "saans nahi aa rahi hai", "112"),
        (MANGALA, "मला श्वास घ्यायला त्रास होतोय", "112"),
        (MANGALA, "shwas ghyayla tras hotoy", "112"),
        (ASHA, "सांस फूल रही है", "Call 112 now"),
    ],
)
def test_danger_words_alarm_in_every_language(
    house: House, role: PatientRole, words: str, said: str
) -> None:
    person = house.enrolled(role)
    person.send_text(words)
    house.meera.expect("🔴 EMERGENCY")
    first = person.expect(said)
    second = person.expect(lambda message: bool(message.buttons))
    assert first.message_id < second.message_id
    assert first.buttons == []
    (kept,) = house.rows(select(IncomingMessage))
    assert (kept.text, kept.tier) == (words, "T0")


def test_danger_words_in_the_middle_of_a_check_in_do_not_end_it(
    either_house: House,
) -> None:
    house = either_house
    asha = house.enrolled(ASHA)
    house.at("2026-11-23 09:00")
    reminded(asha)
    answer(asha, "2")
    medicine = asha.expect(QUESTIONS["medicine"])
    asha.send_text("my calf is swollen and hot")
    asha.expect("This can be a blood clot in the leg")
    asha.expect("Please do what is written above now")
    house.meera.expect("🟠 SAME DAY")
    answer(asha, "💊 Paracetamol or anti-inflammatory", question=medicine)
    asha.expect(QUESTIONS["wound"])
    asha.send_text("sorry, one moment please")
    asha.expect(KEPT)
    # Typed answers go on as well.
    asha.send_text("dry")
    asha.expect(QUESTIONS["temperature"])
    answer(asha, "✅ Below 38.0 °C")
    asha.expect(QUESTIONS["legs"])
    check_in(asha, first="legs")


def test_a_voice_message_is_kept_and_what_cannot_be_kept_is_told_honestly(
    house: House, asha: Person
) -> None:
    for send, told in (
        (lambda: asha.send_voice(opus()), "it is kept for the clinic."),
        (lambda: asha.send_document(b"%PDF-1.4 synthetic"), "no films and no other files"),
        (lambda: asha.send_video(b"synthetic"), "no films and no other files"),
        (asha.send_contact, "it is kept for the clinic."),
    ):
        send()
        asha.expect(told)
    kept = house.rows(select(IncomingMessage).order_by(IncomingMessage.id))
    assert [one.kind for one in kept] == ["voice", "document", "video", "other"]
    page = house.browser().get(f"/patients/{house.patient_id(ASHA)}")
    assert "Voice message" in page.section("Messages")


def test_danger_words_under_a_photo_are_read(house: House, asha: Person) -> None:
    asha.send_photo(PHOTO, caption="pus is coming out of my wound")
    asha.expect("Cover the wound with a clean, dry dressing")
    asha.expect("Please do what is written above now")
    house.meera.expect("🟠 SAME DAY")


def test_an_edited_message_is_screened_again(house: House, asha: Person) -> None:
    sent = asha.send_text("my knee is fine, thank you doctor")
    asha.expect(KEPT)
    asha.edit_text(sent, "my calf is swollen and hot")
    asha.expect("This can be a blood clot in the leg")
    asha.expect("Please do what is written above now")
    house.meera.expect("🟠 SAME DAY")


def test_a_card_shows_the_rules_words_and_never_the_patients_own(
    house: House, asha: Person
) -> None:
    asha.send_text("I, Asha Patil from Dadar, phone 98200 12345, have chest pain")
    asha.expect("Call 112 now")
    asha.expect(KEPT)
    card = house.meera.expect("🔴 EMERGENCY")
    for private in ("Asha", "Patil", "Dadar", "98200"):
        assert private not in card.text
