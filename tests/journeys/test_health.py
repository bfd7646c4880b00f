"""Monitors are told the truth: who has gone deaf, what is late, and never a name."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.simulator import Person
from tests.journeys.test_nobody_acknowledges import report_a_calf, the_alert
from tests.support.browser import Browser
from tests.support.cast import ASHA, MEERA, OLU, RAO
from tests.support.house import House

CHECKS = ("/health/intake", "/health/delivery", "/health/escalation")


@pytest.fixture
def monitor(house: House) -> Browser:
    """Somebody outside, who never signs in."""
    browser = Browser(house.app)
    house.until(lambda: all(browser.get(path).status == 200 for path in CHECKS))
    return browser


def test_stopping_the_bot_turns_the_intake_red_within_a_minute(
    house: House, monitor: Browser
) -> None:
    stopped_at = house.now()
    house.stop_bot()
    house.move_to(stopped_at + timedelta(seconds=50))
    assert monitor.get("/health/intake").status == 200
    house.move_to(stopped_at + timedelta(seconds=60))
    red = monitor.get("/health/intake")
    assert red.status == 503
    assert '"ok":false' in red.source.replace(" ", "")
    assert monitor.get("/health/delivery").status == 503
    assert monitor.get("/health/live").status == 200
    assert monitor.get("/health/ready").status == 200
    house.start_bot()
    house.until(lambda: all(monitor.get(path).status == 200 for path in CHECKS))


def test_an_alert_nobody_looks_after_turns_the_escalation_red(
    house: House, asha: Person, monitor: Browser
) -> None:
    report_a_calf(asha)
    house.meera.expect("🟠 SAME DAY")
    house.settle()
    house.stop_bot()
    due = the_alert(house).escalate_after
    assert due is not None
    house.move_to(due + timedelta(seconds=61))
    red = monitor.get("/health/escalation")
    assert red.status == 503
    assert '"overdue_alerts":1' in red.source.replace(" ", "")

    # The next life catches up, and all is well again.
    house.start_bot()
    house.meera.expect("Nobody has acknowledged.")
    house.until(lambda: monitor.get("/health/escalation").status == 200)


def test_an_alert_that_is_only_waiting_for_its_people_is_no_fault_of_the_machine(
    house: House, asha: Person, monitor: Browser
) -> None:
    report_a_calf(asha)
    house.meera.expect("🟠 SAME DAY")
    house.later(minutes=10)
    house.until(lambda: monitor.get("/health/escalation").status == 200)


def test_messages_that_do_not_leave_turn_the_delivery_red(
    house: House, asha: Person, monitor: Browser
) -> None:
    trouble = house.sim.faults.add(
        "status", "sendMessage", times=None, status=500, description="Internal Server Error"
    )
    asha.send_text("I have chest pain")
    house.until(lambda: trouble.fired)
    house.sim.move_clock(advance_seconds=45)
    house.until(lambda: monitor.get("/health/delivery").status == 503)
    house.sim.faults.clear()
    house.sim.move_clock(advance_seconds=60)
    asha.expect("Call 112 now")
    asha.expect("I have kept your message")
    house.until(lambda: monitor.get("/health/delivery").status == 200)
    house.settle()
    house.meera.expect("🔴 EMERGENCY")
    house.settle()
    house.meera.mark_read()


def test_metrics_count_and_name_nobody(house: House, asha: Person, monitor: Browser) -> None:
    olu = house.enrolled(OLU)
    olu.send_text("thank you")
    olu.expect("I have kept your message")
    report_a_calf(asha)
    card = house.meera.expect("🟠 SAME DAY")
    house.meera.tap(card, "✋ I'm on it")
    house.meera.expect("is on it")
    house.settle()
    metrics = monitor.get("/metrics")
    assert metrics.status == 200
    assert 'rehab_alerts_unresolved{state="acknowledged",tier="T1"} 1.0' in metrics.source
    assert 'rehab_outbox_messages{class="alert",state="accepted"} 1.0' in metrics.source
    private = [*ASHA.name.split(), *OLU.name.split(), *MEERA.name.split(), RAO.name, "thank you"]
    for word in (*private, ASHA.phone, str(ASHA.chat_id), house.patient_code(ASHA)):
        assert word not in metrics.source
    for path in CHECKS:
        answer = monitor.get(path).source
        assert not any(word in answer for word in private)
