"""A plan becomes one patient's own: every change is told in words, and the dashboard says who, when and why."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from bot.simulator import Person
from exercises.schema import Dose
from rehab.errors import InvalidInput
from rehab.models import ChangeKind, PlanChange
from rehab.services import plan_edits, surgery_date
from rehab.services.plan_edits import Edit
from tests.support.cast import ASHA, MEERA
from tests.support.house import House, episode_of
from tests.support.talk import WITH_A_STICK, check_in, reminded


def by_meera(house: House, do: Callable[..., Any], **what: Any) -> None:
    """What Meera changes for Asha."""
    with house.session() as session:
        do(
            session,
            house.context,
            episode_id=episode_of(session, ASHA).id,
            clinician_id=house.staff_id(MEERA),
            now=house.now(),
            **what,
        )


def edit(house: House, change: Edit, reason: str, *, override: bool = False) -> None:
    by_meera(house, plan_edits.apply, edit=change, reason=reason, override=override)


def take_back(house: House, kind: ChangeKind) -> None:
    (change,) = house.rows(select(PlanChange).where(PlanChange.kind == kind))
    with house.session() as session:
        plan_edits.take_back(
            session,
            house.context,
            change_id=change.id,
            clinician_id=house.staff_id(MEERA),
            now=house.now(),
        )


def history(house: House) -> list[str]:
    """The plan page's history, newest first."""
    return house.browser().get(f"/patients/{house.patient_id(ASHA)}/plan").timeline


def written(house: House, *words: str) -> bool:
    """Whether one entry of the history has all these words."""
    return any(all(word in entry for word in words) for entry in history(house))


def test_the_date_of_surgery_moves_and_everything_is_told_and_kept(
    either_house: House,
) -> None:
    house = either_house
    asha = house.enrolled(ASHA)
    by_meera(
        house,
        surgery_date.apply,
        surgery_on=date(2026, 11, 12),
        reason="discharge letter says the 12th",
    )
    moved = asha.expect("The date of your operation is now 12 November.")
    assert "Your plan and your reminders move with it." in moved.text
    house.at("2026-11-23 09:00")
    shown, _ = reminded(asha)
    check_in(asha)
    assert "Day 11 after your operation" in shown.text
    assert written(
        house,
        "22 Nov 16:00",
        "Surgery 14 Nov 2026 to 12 Nov 2026",
        "Meera Joshi",
        "discharge letter says the 12th",
    )


def test_a_precaution_is_overridden_with_a_name_and_a_reason(house: House, asha: Person) -> None:
    # The precaution itself, on another day than the protocol's.
    edit(
        house,
        Edit(ChangeKind.PRECAUTION, precaution_id="no-crossing", precaution_to_day=28),
        "Dr Rao: stable joint, four weeks",
    )
    told = asha.expect("Please keep to this until 12 December: Do not cross your legs")
    assert "This starts today." in told.text

    # An exercise it forbids: refused, until somebody overrides knowingly and says why.
    breaking = Edit(ChangeKind.ADD, exercise_id="EX35", dose=Dose(reps=2, hold_seconds=10))
    with pytest.raises(InvalidInput, match="protected-weight holds until 12 Dec 2026"):
        edit(house, breaking, "balance")
    with pytest.raises(InvalidInput, match="reason"):
        edit(house, breaking, "", override=True)
    house.settle()
    assert asha.unread == []
    edit(house, breaking, "full weight allowed by Dr Rao on 22 Nov", override=True)
    told = asha.expect("New on your list: Standing on one leg (2 times · hold 10 s).")
    assert "This starts today." in told.text
    assert written(
        house,
        "today 16:00",
        "Standing on one leg",
        "against: protected-weight",
        "Meera Joshi",
        "full weight allowed by Dr Rao on 22 Nov",
    )
    house.at("2026-11-23 09:00")
    shown, _ = reminded(asha)
    check_in(asha)
    assert "Standing on one leg" in shown.text


def test_an_exercise_is_swapped_and_the_swap_is_taken_back(house: House, asha: Person) -> None:
    house.at("2026-11-23 09:00")
    reminded(asha)
    check_in(asha)
    edit(
        house,
        Edit(ChangeKind.SWAP, exercise_id="EX03", new_exercise_id="EX17"),
        "squeezing hurts the knee",
    )
    told = asha.expect("Marching in a chair takes the place of Thigh squeeze")
    assert "This starts tomorrow. Today, do the list you already have." in told.text
    assert "squeezing hurts" not in told.text
    asha.send_command("today")
    assert "Thigh squeeze" in asha.expect("Your exercises for today").text

    house.at("2026-11-24 09:00")
    swapped, _ = reminded(asha)
    check_in(asha)
    assert "Marching in a chair" in swapped.text
    assert "Thigh squeeze" not in swapped.text

    take_back(house, ChangeKind.SWAP)
    back = asha.expect("Thigh squeeze is again as it was before.")
    assert "This starts tomorrow." in back.text
    house.at("2026-11-25 09:00")
    again, _ = reminded(asha)
    check_in(asha)
    assert "Thigh squeeze" in again.text
    assert "Marching in a chair" not in again.text
    (entry,) = [one for one in history(house) if "instead of" in one]
    assert "Marching in a chair (EX17) instead of Thigh squeeze (EX03)" in entry
    assert "squeezing hurts the knee" in entry
    assert "taken back" in entry
    assert "Taken back by Meera Joshi" in entry


def test_an_alert_card_makes_two_days_easier_and_the_alert_remembers(house: House) -> None:
    asha = house.enrolled(ASHA, surgery_on=date(2026, 11, 5))
    house.at("2026-11-23 09:00")
    reminded(asha)
    check_in(asha, {"wound": "C 💧 Clearly wet", **WITH_A_STICK})
    asha.expect("Please phone the clinic")
    card = house.meera.expect("🟠 SAME DAY")
    tap = house.meera.tap(card, "⬇️ Step plan down 2 days")
    assert tap.wait_answered().text == (
        "Every exercise is one step easier until 24 Nov. The patient is told."
    )
    after = house.meera.expect("⬇️ Meera Joshi made the plan one step easier until 24 Nov.")
    assert "⬇️ Step plan down 2 days" not in after.buttons
    told = asha.expect("Your exercises are a step easier until 24 November.")
    assert "This gives your body time to settle." in told.text
    house.meera.tap(after, "✔️ Resolve …")
    outcomes = house.meera.wait_for(lambda one: "Plan changed" in one.buttons)
    house.meera.tap(outcomes, "Plan changed")
    ended = house.meera.expect("✅ Resolved by Meera Joshi, 23 Nov 09:00: Plan changed")
    assert "⬇️ Meera Joshi made the plan one step easier until 24 Nov." in ended.text
    house.at("2026-11-24 09:00")
    easier = asha.expect("Your exercises for today")
    assert "Leg slides to the side" in easier.text
    assert "Standing leg lift to the side" not in easier.text
    assert written(house, "Every exercise one step easier", "Meera Joshi", "alert ")
    page = house.browser().get(f"/patients/{house.patient_id(ASHA)}")
    assert any(
        "Plan one step easier" in entry and "Meera Joshi" in entry for entry in page.timeline
    )
