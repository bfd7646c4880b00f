"""Any Bot API server will do, even one that knows five methods and leaves out fields."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from rehab.models import Alert, AlertState, Observation, OutboxMessage
from tests.support.cast import ASHA, MEERA
from tests.support.house import House, sqlite_url
from tests.support.poor_api import PoorApi


@pytest.fixture
def api() -> Iterator[PoorApi]:
    with PoorApi() as running:
        yield running


@pytest.fixture
def poor_house(api: PoorApi, tmp_path: Path) -> Iterator[House]:
    with House(sqlite_url(tmp_path), api_url=api.url) as made:
        made.start_bot()
        yield made


def test_the_bot_enrols_reminds_alerts_and_listens_all_the_same(
    poor_house: House, api: PoorApi
) -> None:
    house, asha, meera = poor_house, ASHA.chat_id, MEERA.chat_id
    _, token = house.add_patient(ASHA)
    api.send_text(asha, f"/start {token}")
    api.expect(asha, "in which year were you born?")
    api.send_text(asha, "1974")
    api.expect(asha, "please read this")
    api.tap(asha, "✅ I understand and want to start")
    api.expect(asha, "At what time each day")
    api.tap(asha, "09:00")
    api.expect(asha, "This is a test message")
    api.tap(asha, "👍 I can see it")
    api.expect(asha, "Perfect, everything works")

    house.at("2026-11-23 09:00")
    api.expect(asha, "Your exercises for today")
    api.expect(asha, "worst pain in the last 24 hours")
    for label, following in (
        ("3", "take for pain"),
        ("⚪ Nothing", "wound or dressing"),
        ("A ✅ Dry", "your temperature?"),
        ("✅ Below 38.0 °C", "calf, thigh or breathing"),
    ):
        api.tap(asha, label)
        # The letter belongs to the picture, not to the answer.
        api.expect(asha, f"✓ {label.removeprefix('A ')}")
        api.expect(asha, following)
    api.tap(asha, "🫁 Breathing, chest or fainting")
    emergency = api.expect(asha, "Call 112 now")
    following = api.expect(asha, "your walking")
    assert emergency.message_id < following.message_id

    card = api.expect(meera, "🔴 EMERGENCY")
    assert "Asha" not in card.text
    api.tap(meera, "✋ I'm on it")
    api.expect(meera, "Meera Joshi is on it")
    api.tap(meera, "✔️ Resolve …")
    house.until(lambda: "Sent to emergency" in api.expect(meera, "is on it").buttons)
    api.tap(meera, "Sent to emergency")
    api.expect(meera, "✅ Resolved by Meera Joshi")

    assert len(house.rows(select(Observation))) == 5
    (alert,) = house.rows(select(Alert))
    assert alert.state == AlertState.RESOLVED
    house.settle()
    assert {one.state for one in house.rows(select(OutboxMessage))} == {"accepted"}
    assert house.browser().get("/health/intake").status == 200
    assert house.browser().get("/health/delivery").status == 200
    api.expect_answered(11)
    assert "setMyCommands" in api.asked_for or "getMe" in api.asked_for
