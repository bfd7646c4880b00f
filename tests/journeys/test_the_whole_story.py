"""From the desk to the outcome: everything one patient and one physiotherapist see."""

from __future__ import annotations

import re

from sqlalchemy import select

from rehab.models import Alert, AlertState, Consent, Observation, OutboxMessage
from tests.support.cast import ASHA, MEERA
from tests.support.house import House, order
from tests.support.talk import QUESTIONS, answer, reminded

FORM = {
    "name": ASHA.name,
    "birth_year": str(ASHA.birth_year),
    "protocol": "hip-resurfacing/standard",
    "side": "left",
    "surgery_on": "2026-11-14",
    "language": "en",
    "timezone": ASHA.zone,
    "phone": ASHA.phone,
}


def test_a_swollen_calf_reaches_the_person_on_call_who_sees_it_through(
    either_house: House,
) -> None:
    house = either_house
    asha, meera, browser = house.phone(ASHA), house.meera, house.browser(MEERA)

    # Sunday 16:00. Meera writes Asha down and gives her the link.
    clinician = str(house.staff_id(MEERA))
    invite = browser.post("/patients/new", "/patients/new", **FORM, clinician=clinician)
    assert invite.status == 201
    found = re.search(r"https://t\.me/\w+\?start=([\w-]+)", invite.source)
    assert found

    # Asha opens it, gets her birth year wrong once, and reads what she agrees to.
    asha.start(found[1])
    asha.expect("in which year were you born?")
    asha.send_text("1973")
    asha.expect("does not match what the clinic has written down")
    asha.send_text("born in 1974")
    consent = asha.expect("please read this")
    assert "NOT an emergency service" in consent.text
    assert "112" in consent.text
    assert "read by the clinic's physiotherapists and nurses" in consent.text
    assert "Monday" in consent.text
    assert "09:00 to 18:00" in consent.text
    asha.tap(consent, "✅ I understand and want to start")
    asha.expect("You are now connected")
    time_question = asha.expect("At what time each day")
    asha.tap(time_question, "09:00")
    asha.expect("every day at 09:00")
    test_message = asha.expect("This is a test message")
    asha.tap(test_message, "👍 I can see it")
    asha.expect("Perfect, everything works")
    assert len(house.rows(select(Consent))) == 1

    # Monday 09:00: exercises with their doses, then the check-in.
    house.at("2026-11-23 09:00")
    exercises, first = reminded(asha)
    assert "Day 9 after your operation" in exercises.text
    assert "× a day" in exercises.text
    assert order(exercises, first)
    assert first.at.astimezone(house.sim.timezone).strftime("%H:%M") == "09:00"

    answer(asha, "3")
    asha.expect(QUESTIONS["medicine"])
    answer(asha, "💊 Paracetamol or anti-inflammatory")
    asha.expect(QUESTIONS["wound"])
    answer(asha, "A ✅ Dry")
    asha.expect(QUESTIONS["temperature"])
    answer(asha, "✅ Below 38.0 °C")
    asha.expect(QUESTIONS["legs"])

    # The calf is swollen: the same-day text comes at once, before the next question.
    tap = asha.tap(None, "🦵 Calf or thigh")
    same_day = asha.expect("Please phone the clinic now on +91 22 5550 0100")
    asha.expect("✓ 🦵 Calf or thigh")
    walking = asha.expect(QUESTIONS["walking"])
    assert order(same_day, walking)
    assert "blood clot in the leg" in same_day.text
    assert tap.wait_answered().text == "Noted: 🦵 Calf or thigh"

    # Meera has the card, and it names nobody.
    card = meera.expect("SAME DAY")
    assert f"Patient {house.patient_code(ASHA)} · day 9" in card.text
    assert "Calf and breathing: Calf or thigh" in card.text
    assert not any(word in card.text for word in (*ASHA.name.split(), ASHA.phone))
    (alert,) = house.rows(select(Alert))
    assert alert.code in card.text

    answer(asha, "➡️ The same")
    asha.expect(QUESTIONS["exercises"])
    answer(asha, "💪 All of them")
    summary = asha.expect("Your answers:")
    assert "• Calf and breathing: 🦵 Calf or thigh" in summary.text
    assert "Clinic staff are reading messages now" in summary.text

    # On the dashboard it stands at the top, in words.
    worklist = browser.get("/")
    assert "Same day: New calf or thigh pain, swelling, heat or colour change" in worklist
    assert "(nobody on it yet)" in worklist

    house.later(minutes=4)
    meera.tap(card, "✋ I'm on it")
    card = meera.expect("Meera Joshi is on it since 23 Nov 09:04")
    house.later(minutes=20)
    meera.tap(card, "✔️ Resolve …")
    card = meera.wait_for(lambda message: "Seen in person" in message.buttons)
    meera.tap(card, "Seen in person")
    card = meera.expect("✅ Resolved by Meera Joshi, 23 Nov 09:24: Seen in person")
    assert card.buttons == ["👍 Useful", "👎 Not useful"]
    (alert,) = house.rows(select(Alert))
    assert alert.state == AlertState.RESOLVED

    # The patient page tells each step with its time.
    page = browser.get(f"/patients/{house.patient_id(ASHA)}")
    told = list(reversed(page.timeline))
    steps = [
        "22 Nov 16:00 Invite made by Meera Joshi",
        "22 Nov 16:00 Invite refused: wrong birth year",
        "22 Nov 16:00 Invite used",
        "22 Nov 16:00 The patient saw the test message",
        "today 09:00 Exercises asked for 23 Nov",
        "today 09:00 Sent: safety text delivered to Telegram",
        rf"today 09:00 Alert opened \({alert.code}, Same day\)",
        "today 09:00 Told Meera Joshi: delivered to Telegram",
        r"today 09:00 How are you today\? \(for 23 Nov\)",
        rf"today 09:04 Acknowledged · Meera Joshi \({alert.code}, Same day\)",
        rf"today 09:24 Resolved: Seen in person · Meera Joshi \({alert.code}, Same day\)",
    ]
    for step in steps:
        assert any(re.match(step, entry) for entry in told), "\n".join([step, "--", *told])
    assert [entry[:11] for entry in told] == sorted(
        (entry[:11] for entry in told), key=lambda shown: (shown.startswith("today"), shown)
    )
    assert "Worst pain 3" in page.section("Latest answers")
    assert "Calf and breathing Calf or thigh" in page.section("Latest answers")
    assert "Nobody has acknowledged it yet" not in page

    # Every answer once, and everything that was said was delivered.
    assert len(house.rows(select(Observation))) == 7
    house.settle()
    assert {message.state for message in house.rows(select(OutboxMessage))} == {"accepted"}
