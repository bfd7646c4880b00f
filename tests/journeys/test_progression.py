"""From stage to stage, as patient and clinician live it: proposed, held, opened, stopped by a warning sign."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from sqlalchemy import select

from bot.simulator import ChatMessage, Person
from rehab.models import FindingRecord, ProposalState, StageProposal
from rehab.services import measurements
from tests.support.cast import ASHA, MEERA, RAO
from tests.support.house import House, episode_of
from tests.support.talk import QUESTIONS, WITH_A_STICK, answer, check_in, reminded

DAY_15_ON_WEDNESDAY = date(2026, 11, 10)
"""The first day on which the second stage may be proposed is Wednesday the 25th."""
DAY_18_ON_MONDAY = date(2026, 11, 5)
"""Whoever enrols so late is in the second stage at once."""
LIMPS = {"walking": "⚠️ New limp or groin/thigh pain"}


def by_meera(house: House, do: Callable[..., Any], **what: Any) -> None:
    """Something Meera enters for Asha on the dashboard."""
    with house.session() as session:
        do(
            session,
            house.context,
            episode_id=episode_of(session, ASHA).id,
            clinician_id=house.staff_id(MEERA),
            now=house.now(),
            **what,
        )


def sees_her_in_clinic(house: House, on: date) -> None:
    by_meera(
        house, measurements.confirm_criterion, stage_id="P1", criterion_id="safe-transfers",
        is_met=True,
    )  # fmt: skip
    by_meera(house, measurements.record, measure="hip-flexion-degrees", value=92, effective_on=on)


def names(house: House, stage: str, day: int) -> list[str]:
    """What the protocol plans for the day, as the patient reads it."""
    protocol = house.context.content.protocols["hip-resurfacing-standard"]
    library = house.context.content.exercises
    return [library[one.exercise].name for one in protocol.stage(stage).exercises_on(day)]


def loading(house: House) -> set[str]:
    """The names of the exercises that load the leg."""
    return {one.name for one in house.context.content.exercises.values() if "loading" in one.tags}


def listed(message: ChatMessage) -> str:
    """The numbered lines of a day's list."""
    return "\n".join(line for line in message.text.splitlines() if line[:1].isdigit())


def proposals(house: House) -> list[str]:
    return [row.state for row in house.rows(select(StageProposal).order_by(StageProposal.id))]


def resolved(house: House, meera: Person, card: ChatMessage) -> None:
    meera.tap(card, "✔️ Resolve …")
    meera.tap(meera.wait_for(lambda one: "Seen in person" in one.buttons), "Seen in person")
    meera.expect("✅ Resolved by Meera Joshi")


def two_fine_days(house: House, asha: Person) -> None:
    """Monday and Tuesday: "three days in a row" needs them."""
    for day, of_the_week in (("2026-11-23", {}), ("2026-11-24", WITH_A_STICK)):
        house.at(f"{day} 09:00")
        reminded(asha)
        check_in(asha, of_the_week)


def test_criteria_are_met_a_clinician_holds_and_later_opens_the_next_stage(
    either_house: House,
) -> None:
    house = either_house
    asha, meera, rao = (house.enrolled(ASHA, surgery_on=DAY_15_ON_WEDNESDAY), house.meera,
                        house.phone(RAO))  # fmt: skip
    house.join_team(ASHA, RAO)
    code = house.patient_code(ASHA)

    # Wednesday, day 15, the third fine day: the check-in and what Meera measures meet every criterion.
    two_fine_days(house, asha)
    house.at("2026-11-25 09:00")
    reminded(asha)
    check_in(asha)
    house.settle()
    assert proposals(house) == []
    sees_her_in_clinic(house, date(2026, 11, 25))
    card = meera.expect("READY FOR THE NEXT STAGE?")
    assert f"Patient {code} · day 15" in card.text
    assert not any(word in card.text for word in ASHA.name.split())
    other = rao.expect("READY FOR THE NEXT STAGE?")
    meera.send_command("stages")
    assert f"• {code} · day 15 · P1 → P2" in meera.expect("Ready for the next stage").text

    # She holds, with a reason, and everybody's card says so.
    meera.tap(card, "⏸ Hold a week")
    meera.tap(meera.expect("Hold for a week: why?"), "Swelling")
    for person in (meera, rao):
        ended = person.expect("⏸ Held in P1 until 02 Dec by Meera Joshi")
        assert "Reason: Swelling" in ended.text
        assert ended.buttons == []
    late = rao.tap(other, "➡️ Advance to P2")
    assert late.wait_answered().text == (
        "Already decided. ⏸ Held in P1 until 02 Dec by Meera Joshi."
    )
    held = asha.expect("We stay with this stage until 2 December: Protect.")
    assert "That is fine. Your body sets the pace." in held.text
    assert "Swelling" not in held.text

    # Thursday, seen again: against the hold only with words of her own.
    house.at("2026-11-26 09:00")
    today, _ = reminded(asha)
    check_in(asha)
    assert all(name in listed(today) for name in names(house, "P1", 16))
    meera.send_command("stages")
    assert f"• {code} · day 16 · P1 · until 02 Dec" in meera.expect("Held").text
    meera.send_command("plan", code)
    plan = meera.expect("📋 PLAN")
    assert "held until 02 Dec" in plan.text
    assert plan.text.count("✓ Met") == 4
    meera.tap(plan, "➡️ Advance to P2")
    assert "This goes against: held until 02 Dec." in meera.expect("Advance: why?").text
    meera.send_text("swelling gone, walks well, seen today")
    meera.expect("✅ P2 by Meera Joshi. The patient is told.")
    meera.expect("Reason: swelling gone, walks well, seen today")
    moved = asha.expect("Well done! You move on to the next stage: Load.")
    assert "This starts tomorrow. Today, do the list you already have." in moved.text
    assert "New: " in moved.text
    assert "Phone the clinic" in moved.text

    # Friday: the list is the new stage's.
    house.at("2026-11-27 09:00")
    tomorrow, _ = reminded(asha)
    check_in(asha)
    assert all(name in listed(tomorrow) for name in names(house, "P2", 17))
    assert "Thigh squeeze" not in listed(tomorrow)
    page = house.browser().get(f"/patients/{house.patient_id(ASHA)}")
    assert any("swelling gone, walks well, seen today" in one for one in page.timeline)


def test_a_warning_sign_stops_loading_and_proposals_until_it_is_resolved(
    house: House,
) -> None:
    asha = house.enrolled(ASHA, surgery_on=DAY_15_ON_WEDNESDAY)
    meera = house.meera
    two_fine_days(house, asha)
    house.at("2026-11-25 09:00")
    before, _ = reminded(asha)
    assert any(name in listed(before) for name in loading(house))
    sees_her_in_clinic(house, date(2026, 11, 25))
    check_in(asha, LIMPS)
    told = asha.expect("Stop your strengthening exercises now and rest.")
    assert "Please phone the clinic now on +91 22 5550 0100." in told.text
    house.settle()
    assert proposals(house) == []
    card = meera.expect("🟠 SAME DAY")

    # While it is open: no loading, and nothing is proposed however well the rest goes.
    asha.send_command("today")
    during = asha.expect("Your exercises for today")
    assert not any(name in listed(during) for name in loading(house))
    assert "Thigh squeeze" in listed(during)
    meera.send_command("plan", house.patient_code(ASHA))
    plan = meera.expect("📋 PLAN")
    assert "loading exercises are stopped" in plan.text
    assert plan.text.count("✓ Met") == 4

    # Resolved the same day; the next morning loading is back, and the stage is proposed.
    resolved(house, meera, card)
    house.at("2026-11-26 09:00")
    after, _ = reminded(asha)
    check_in(asha)
    assert all(name in listed(after) for name in names(house, "P1", 16))
    meera.expect("READY FOR THE NEXT STAGE?")
    assert proposals(house) == [ProposalState.OPEN]


def test_pain_of_six_after_exercise_makes_the_next_day_easier_and_is_flagged(
    house: House,
) -> None:
    asha = house.enrolled(ASHA, surgery_on=DAY_18_ON_MONDAY)
    meera = house.meera
    house.at("2026-11-23 09:00")
    shown, first = reminded(asha)
    asha.tap(shown, "▶️ One by one")
    asha.tap(asha.expect("how is your pain right now?"), "2")
    for _ in names(house, "P2", 18):
        asha.tap(asha.expect("Exercise "), "✅ Done")
        asha.expect("✓ ✅ Done")
    asha.tap(asha.expect("How is your pain now?"), "6")
    assert "Please rest now" in asha.expect("That is a lot of pain.").text
    asha.expect("All 7 exercises of today are finished.")
    answer(asha, "2", question=first)
    asha.expect(QUESTIONS["medicine"])
    check_in(asha, WITH_A_STICK, first="medicine")

    told = asha.expect("Your last exercises were a bit too much. They are a step easier now.")
    assert "This is on your clinic's list now." in told.text
    card = meera.expect("🟡 WITHIN ONE WORKING DAY")
    assert "Pain after exercises: 6" in card.text
    assert "Exercises were too much" in card.text
    assert len(house.rows(select(FindingRecord))) == 1

    # The easier one stands in for the harder one.
    resolved(house, meera, card)
    house.at("2026-11-24 09:00")
    easier = asha.expect("Your exercises for today")
    assert "Standing leg lift to the side" in names(house, "P2", 19)
    assert "Standing leg lift to the side" not in listed(easier)
    assert "Leg slides to the side" in listed(easier)
