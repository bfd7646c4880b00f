"""Whatever a person types is kept, answered and shown as it was."""

from __future__ import annotations

import html
import re

import pytest
from sqlalchemy import select

from bot.simulator import Person
from rehab.models import IncomingMessage, Observation
from tests.support.cast import ASHA, MEERA, STRANGER, PatientRole
from tests.support.house import House
from tests.support.talk import QUESTIONS, reminded

KEPT = "I have kept your message"
ODD_NAME = "Zoë 👩🏽‍⚕️ \u202eahsA\u202c Ma\u200brie <b>&\"' O’Neil"
ODD = [
    "👩🏽‍⚕️🦵🏽🇮🇳",
    "\u202eright to left\u202c \u200f\u200e",
    "zero\u200bwidth\u200djoined\ufeff",
    "<b>bold</b> &amp; \"quoted\" 'too' </div><script>alert(1)</script>",
    "{name} %s {0} {{ 7*7 }} ${x} \\n",
    "a\x00b\x00",
    "half an emoji \ud83d and the other \ude00",
    "tabs\tand\r\nlines\n\n\u2028separators\u2029",
    "Ɛ̸̡͓͕ʇ̶̼̓ɐ́͐l̴g̷o " + "o\u0301" * 40,
    "मैं ठीक हूँ नहीं पता",
    "/",
    "//today",
    "-1",
    "٣٤٥ ३४५",
    "'; DROP TABLE patient; --",
]


def test_a_name_with_odd_characters_goes_through_the_whole_product(either_house: House) -> None:
    house = either_house
    browser = house.browser()
    form = {
        "name": ODD_NAME, "birth_year": "1974", "protocol": "hip-resurfacing/standard",
        "side": "both", "surgery_on": "2026-11-14", "language": "en",
        "timezone": "Asia/Kolkata", "phone": "+91 (22) 5550-0142", "clinician": "1",
    }  # fmt: skip
    invite = browser.post("/patients/new", "/patients/new", **form)
    token = re.search(r"\?start=([\w-]+)", invite.source)
    assert token
    zoe = house.sim.user(1009, "Zoë 👩🏽‍⚕️", "<b>&\"'")
    zoe.start(token[1])
    zoe.expect("in which year were you born?")
    zoe.send_text("१९७४")
    consent = zoe.expect("please read this")
    zoe.tap(consent, "✅ I understand and want to start")
    zoe.expect("You are now connected")
    zoe.expect("At what time each day")
    zoe.send_text("०९:०० बजे")
    zoe.expect("every day at 09:00")
    zoe.expect("This is a test message")
    for path in ("/", "/patients/1", "/patients/1/invite"):
        page = browser.get(path)
        assert page.status == 200
        assert str(html.escape(ODD_NAME)) in page.source.replace("&#34;", "&quot;").replace(
            "&#39;", "&#x27;"
        )
        assert "<b>&" not in page.source

    zoe.send_text("I cannot breathe")
    zoe.expect("Call 112 now")
    zoe.expect("I have kept your message for the clinic.")
    card = house.meera.expect("🔴 EMERGENCY")
    assert "Zoë" not in card.text
    assert "O’Neil" not in card.text


def test_every_odd_text_is_kept_answered_and_shown(either_house: House) -> None:
    house = either_house
    asha = house.enrolled(ASHA)
    for text in ODD:
        asha.send_text(text)
        asha.expect(KEPT)
    house.settle()
    kept = house.rows(select(IncomingMessage).order_by(IncomingMessage.id))
    # Half an emoji is no character; it is shown as the mark for one that cannot be.
    readable = [text.replace("\ud83d", "\ufffd").replace("\ude00", "\ufffd") for text in ODD]
    assert [one.text for one in kept] == readable
    page = house.browser().get(f"/patients/{house.patient_id(ASHA)}")
    assert page.status == 200
    assert "<script>alert(1)" not in page.source
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page.source
    assert f"{len(ODD)} unread" in page


@pytest.mark.parametrize("letter", ["a", "ॐ", "🦵", "<"])
def test_the_longest_message_telegram_allows_is_kept_whole(
    house: House, asha: Person, letter: str
) -> None:
    text = (letter * 4096)[: 4096 if letter != "🦵" else 2048]
    asha.send_text(text)
    asha.expect(KEPT)
    (kept,) = house.rows(select(IncomingMessage))
    assert kept.text == text
    assert html.escape(text) in house.browser().get(f"/patients/{house.patient_id(ASHA)}").source


def test_pain_may_be_typed_in_devanagari_digits(house: House, asha: Person) -> None:
    house.at("2026-11-23 09:00")
    reminded(asha)
    asha.send_text(" ७ ")
    asha.expect(QUESTIONS["medicine"])
    (said,) = house.rows(select(Observation))
    assert said.value == 7


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        ("11", "Please choose a whole number from 0 to 10."),
        ("-1", "from 0 to 10"),
        ("3.5", "from 0 to 10"),
        ("99999999999999999999999999", "from 0 to 10"),
    ],
)
def test_a_number_that_cannot_be_is_explained_and_asked_again(
    house: House, asha: Person, typed: str, hint: str
) -> None:
    house.at("2026-11-23 09:00")
    reminded(asha)
    asha.send_text(typed)
    again = asha.expect(hint)
    assert QUESTIONS["pain"] in again.text
    assert house.rows(select(Observation)) == []


def test_a_temperature_may_be_typed_in_many_ways(house: House, asha: Person) -> None:
    house.at("2026-11-23 09:00")
    reminded(asha)
    for name, typed in (("medicine", "2"), ("wound", "nothing"), ("temperature", "dry")):
        asha.send_text(typed)
        asha.expect(QUESTIONS[name])
    asha.send_text("३७,२ °C")
    asha.expect(QUESTIONS["legs"])
    said = house.rows(select(Observation).where(Observation.question_id == "temperature"))
    assert [one.value for one in said] == [37.2]


def test_strangers_may_send_anything_too(house: House) -> None:
    stranger = house.sim.user(STRANGER, "\u202e", "<b>")
    for text in (*ODD, "/start \ud83d", "/start " + "x" * 4000, "/start \x00", "/start <b>"):
        stranger.send_text(text)
        stranger.expect("112")
    house.settle()
    for text in ODD:
        house.meera.send_text(text)
        house.meera.expect(f"Hello {MEERA.name}")


def test_a_patient_whose_name_is_only_marks_is_refused_at_the_desk(house: House) -> None:
    with pytest.raises(Exception, match="name"):
        house.add_patient(PatientRole(1010, "   "))
