"""Telegram is dead for staff, and somebody is told all the same; the drill goes the whole way."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from rehab.models import AlertState, Drill, DrillState
from tests.journeys.test_nobody_acknowledges import report_a_calf, the_alert
from tests.support.cast import ASHA, MEERA
from tests.support.house import House, sqlite_url
from tests.support.post_office import MailServer, with_channels

DASHBOARD = "https://rehab.clinic.example"
DRILL_CHAT = 720_000_002


def test_with_telegram_dead_for_staff_a_mail_leads_to_the_alert_within_a_minute(
    tmp_path: Path,
) -> None:
    with MailServer() as mail, House(sqlite_url(tmp_path)) as house:
        web = house.context.config.web.model_copy(update={"public_url": DASHBOARD})
        context = with_channels(house.context, port=mail.port, web=web)
        settings = house.runtime.settings.model_copy(update={"config": context.config})
        house.runtime = replace(house.runtime, context=context, settings=settings)
        house.app.extensions["rehab"], house.context = house.runtime, context
        house.start_bot()
        asha = house.enrolled(ASHA)
        house.at("2026-11-23 09:00")
        house.sim.faults.add(
            "status", "sendMessage", chat_id=MEERA.chat_id, times=None, status=502,
            description="Bad Gateway",
        )  # fmt: skip
        report_a_calf(asha)
        house.until(lambda: the_alert(house))
        house.later(seconds=31)
        (letter, *_) = mail.wait_for()
        alert = the_alert(house)
        assert letter["To"] == MEERA.email
        body = letter.get_content()  # type: ignore[attr-defined]
        assert alert.code in body
        assert "Asha" not in body
        link = next(word for word in body.split() if word.startswith(DASHBOARD))
        page = link.removeprefix(DASHBOARD)
        meera = house.browser(MEERA)
        assert alert.code in meera.get(page)
        meera.post(f"{page}/alerts/{alert.id}/acknowledge", page)
        assert the_alert(house).state == AlertState.ACKNOWLEDGED


def test_the_drill_goes_from_the_inbox_to_telegram_and_back(tmp_path: Path) -> None:
    watch = {"watch": {"drill_chat": DRILL_CHAT}}
    with House(sqlite_url(tmp_path), overrides=watch) as house:
        phone = house.sim.user(DRILL_CHAT, "Drill", "", role="staff")
        house.start_bot()
        phone.expect("DRILL")
        house.until(lambda: house.count(Drill, Drill.state == DrillState.PASSED), seconds=20)
        assert house.meera.unread == []
