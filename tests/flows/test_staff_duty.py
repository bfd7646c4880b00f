"""A clinician's duty in the chat: next shifts, a swap from asking to answering, a hand-over."""

from __future__ import annotations

from rehab.flows.types import EventKind
from rehab.jobs import handover as job
from rehab.models import ShiftSwap
from tests.jobs.test_other_jobs import run
from tests.services.test_rota import TUESDAY, day_and_night, on_call_ids
from tests.support.build import MEERA_CHAT, RAO_CHAT, VIKRAM_CHAT, Chat, Clinic


def test_my_next_shifts_in_clinic_time(clinic: Clinic) -> None:
    day_and_night(clinic)
    rao = clinic.chat(RAO_CHAT)
    assert rao.command("duty") == ["duty"]
    assert "• Tue 10 Mar 20:00 – Wed 11 Mar 08:00" in rao.said
    assert rao.buttons[0] == "🔄 Swap Tue 10 Mar 20:00"
    vikram = clinic.chat(VIKRAM_CHAT)
    vikram.command("duty")
    assert "no duty in the next 14 days" in vikram.said


def test_a_swap_from_the_question_to_the_answer(clinic: Clinic) -> None:
    day_and_night(clinic)
    rao, vikram = clinic.chat(RAO_CHAT), clinic.chat(VIKRAM_CHAT)
    rao.command("duty")
    tap(rao, "🔄 Swap Tue 10 Mar 20:00")
    assert "Whom do you ask" in rao.said
    assert rao.buttons == ["Meera Joshi", "Vikram Outsider"]
    rao.taps(str(clinic.vikram), kind="duty_colleague")
    assert "You have the duty until Vikram Outsider accepts." in rao.said
    vikram.taps("accept", kind="swap")
    assert "You take the duty of Rao Sunil" in vikram.said
    assert vikram.taps("accept", kind="swap").toast == "This swap is already decided."
    clinic.clock.at(TUESDAY, "21:30")
    assert clinic.vikram in on_call_ids(clinic)
    assert [one.state for one in clinic.all_of(ShiftSwap)] == ["accepted"]


def test_a_hand_over_is_accepted_with_one_tap_and_both_know(clinic: Clinic) -> None:
    day_and_night(clinic)
    clinic.clock.at(TUESDAY, "20:00")
    run(clinic, job)
    clinic.deliver()
    rao = clinic.chat(RAO_CHAT)
    assert rao.taps("accept", kind="handover").toast == "Accepted."
    assert "You are on call now" in rao.said
    (told,) = clinic.outbox(MEERA_CHAT, "handover_accepted")
    assert "Rao Sunil has accepted the hand-over." in (told.text or "")
    again = rao.taps("accept", kind="handover").toast
    assert again == "This hand-over is already accepted."


def tap(chat: Chat, label: str) -> None:
    """Tap the button with this label under the newest message."""
    data = next(
        button["data"]
        for row in chat.fresh[-1].buttons
        for button in row
        if button["label"] == label
    )
    token, _, choice = data.rpartition(":")
    chat.does(EventKind.TAP, token=token, choice=int(choice))
