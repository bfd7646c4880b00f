"""The round in the chat, and who is on call next."""

from __future__ import annotations

from datetime import timedelta

import pytest

from exercises.schema import Tier
from rehab.models import AuditEvent, OnCallShift, PlanChange
from tests.support.build import MEERA_CHAT, VIKRAM_CHAT, Chat, Clinic


@pytest.fixture
def meera(clinic: Clinic) -> Chat:
    """With three patients: Asha has an alert, Nikhil answered today, Leela too."""
    for number, name in enumerate(("Nikhil Rane", "Leela Joshi")):
        clinic.check_in(clinic.add_patient(name, chat=1100 + number))
    clinic.answer(clinic.asha, "pain", "4")
    clinic.find(clinic.asha, Tier.SAME_DAY)
    clinic.deliver()
    return clinic.chat(MEERA_CHAT)


def test_the_round_begins_with_the_sickest_and_says_why(meera: Chat) -> None:
    assert meera.command("round") == ["staff_round"]
    assert meera.said.startswith("🩺 Round: 1 of 3\n🔴 Patient ")
    assert "• T1: reason of T1 (open)" in meera.said
    assert "day 10" in meera.said
    assert "Pain ▄ · last: 4" in meera.said
    assert "Last heard: 10 Mar 11:30" in meera.said
    assert "Asha" not in meera.said
    assert meera.buttons == [
        "Next ›",
        "Looked at ✓",
        "📷 Ask for a photo",
        "⬇️ Step plan down 2 days",
    ]


def test_next_and_previous_change_the_same_card(meera: Chat) -> None:
    meera.command("round")
    first = meera.fresh[0]
    meera.taps("next")
    assert "2 of 3" in meera.said
    assert meera.fresh[0].edits_id == first.id
    assert meera.buttons[:2] == ["‹ Prev", "Next ›"]
    meera.taps("next")
    assert meera.buttons[0] == "‹ Prev"
    meera.taps("previous")
    assert "2 of 3" in meera.said
    assert meera.fresh[0].edits_id == first.id


def test_a_look_is_recorded_and_leads_on_to_the_next(meera: Chat) -> None:
    meera.command("round")
    meera.taps("looked")
    assert "2 of 3" in meera.said
    meera.taps("previous")
    assert "✓ Looked at by Meera Joshi, 10 Mar 11:30" in meera.said
    (event,) = [one for one in meera.clinic.all_of(AuditEvent) if one.action == "round.looked_at"]
    assert event.actor == f"clinician:{meera.clinic.meera}"
    meera.taps("next")
    meera.taps("looked")
    assert meera.taps("looked").toast == "That was the last one."


def test_the_plan_is_stepped_down_from_the_round_once(meera: Chat) -> None:
    meera.command("round")
    assert "one step easier until 11 Mar" in meera.taps("easier").toast
    assert "⬇️ Step plan down 2 days" not in meera.buttons
    assert [change.kind for change in meera.clinic.all_of(PlanChange)] == ["step_down"]
    assert "cannot be stepped down" in meera.taps("easier").toast
    assert len(meera.clinic.all_of(PlanChange)) == 1


def test_a_photo_is_asked_for_from_the_round_once_a_day(meera: Chat) -> None:
    meera.command("round")
    assert "asked for a photo" in meera.taps("photo").toast
    assert "📷 Ask for a photo" not in meera.buttons
    assert "No photo can be asked" in meera.taps("photo").toast
    assert [one.kind for one in meera.clinic.outbox(1001)].count("photo_guide") == 1


def test_in_an_emergency_no_easier_plan_is_offered(meera: Chat) -> None:
    meera.clinic.find(meera.clinic.asha, Tier.EMERGENCY)
    meera.command("round")
    assert meera.buttons == ["Next ›", "Looked at ✓"]


def test_who_has_no_patients_of_their_own_goes_round_all_they_may_see(meera: Chat) -> None:
    vikram = meera.clinic.chat(VIKRAM_CHAT)
    vikram.command("round")
    assert "1 of 3" in vikram.said


def test_with_nobody_to_see_that_is_said(clinic: Clinic) -> None:
    clinic.configure("clinic", open_to_all_clinicians=False)
    vikram = clinic.chat(VIKRAM_CHAT)
    vikram.command("round")
    assert "No active patient is on your list." in vikram.said


def test_a_patient_who_left_the_list_meanwhile_is_passed_over_in_words(meera: Chat) -> None:
    meera.command("round")
    meera.clinic.chat(1001).command("stop")
    meera.clinic.deliver()
    meera.taps("next", kind="staff_round")
    meera.taps("previous", kind="staff_round")
    assert "not on your active list any more" in meera.said


def test_on_call_says_who_comes_next(clinic: Clinic) -> None:
    chat = clinic.chat(MEERA_CHAT)
    chat.command("oncall")
    assert "Meera Joshi" in chat.said
    assert "this shift has no end" in chat.said
    with clinic.session() as session:
        for shift in session.query(OnCallShift):
            shift.ends_at = clinic.now + timedelta(hours=6)
        session.add(
            OnCallShift(
                clinician_id=clinic.rao,
                starts_at=clinic.now + timedelta(hours=6),
                ends_at=clinic.now + timedelta(hours=18),
            )
        )
    chat.command("oncall")
    assert "Next: Rao Sunil from 10 Mar 17:30" in chat.said
    clinic.clock.forward(hours=7)
    chat.command("oncall")
    assert "Nobody is on the rota after that" in chat.said
