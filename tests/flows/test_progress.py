"""The picture of the week in the chat: once, at its hour, honest, and silent when nobody answered."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from rehab import texts
from rehab.jobs import planner
from rehab.models import CareTask, OutboxMessage, Patient, TaskKind
from rehab.services import episodes, outbox
from tests.support.build import ASHA_CHAT, Chat, Clinic

LANGUAGES = ("en", "hi", "mr")


def tick(clinic: Clinic) -> None:
    with clinic.app.app_context():
        planner.run_once(clinic.context, clinic.clock)


def live(clinic: Clinic, until_day: int, *pains: int) -> None:
    """Asha's days from the tenth on, each with its evening; one answer a day while there are any."""
    for number in range(until_day - 9):
        clinic.clock.at(clinic.today + timedelta(days=min(number, 1)), "11:30")
        tick(clinic)
        if number < len(pains):
            clinic.answer(clinic.asha, "pain", str(pains[number]))
        for wall in ("17:00", "17:59", "18:00", "18:30"):
            clinic.clock.at(clinic.today, wall)
            tick(clinic)
        clinic.deliver()


def pictures(clinic: Clinic) -> list[OutboxMessage]:
    return clinic.outbox(ASHA_CHAT, "progress_picture")


def tasks(clinic: Clinic) -> list[str]:
    return [
        one.state
        for one in clinic.read(
            select(CareTask)
            .where(CareTask.kind == TaskKind.PROGRESS, CareTask.episode_id == clinic.asha)
            .order_by(CareTask.local_on)
        )
    ]


@pytest.fixture
def asha(clinic: Clinic) -> Chat:
    return clinic.chat(ASHA_CHAT)


# --- once a week --------------------------------------------------------------------------------


def test_it_comes_once_at_its_hour_on_day_fourteen_and_again_a_week_later(clinic: Clinic) -> None:
    live(clinic, 14, 5, 4, 4, 3, 3)
    [first] = pictures(clinic)
    assert first.created_at.strftime("%d %H:%M") == "14 12:30", "18:00 in Mumbai"
    assert first.media_kind == "photo"
    assert (first.text or "").startswith("📈 Week 2 after your operation")
    assert "5 → 3" in (first.text or "")
    clinic.clock.at(clinic.today + timedelta(days=1), "11:30")
    clinic.answer(clinic.asha, "pain", "2")
    for _ in range(6):
        for wall in ("11:30", "18:00"):
            clinic.clock.at(clinic.today, wall)
            tick(clinic)
        clinic.clock.at(clinic.today + timedelta(days=1), "09:30")
    clinic.clock.at(clinic.today, "18:00")
    tick(clinic)
    assert len(pictures(clinic)) == 2
    assert tasks(clinic)[:2] == ["done", "done"]


def test_a_week_without_an_answer_has_no_picture(clinic: Clinic) -> None:
    live(clinic, 14)
    assert pictures(clinic) == []
    assert tasks(clinic)[0] == "cancelled"


def test_who_pauses_gets_none(clinic: Clinic) -> None:
    live(clinic, 12, 5, 4, 4)
    with clinic.session() as session:
        episodes.pause(
            session, episode_id=clinic.asha, until=None, actor="patient", now=clinic.now
        )
    for _ in range(3):
        clinic.clock.at(clinic.today + timedelta(days=1), "18:00")
        tick(clinic)
    assert pictures(clinic) == []


def test_one_that_could_not_leave_in_the_evening_does_not_come_at_night(clinic: Clinic) -> None:
    live(clinic, 13, 5, 4)
    clinic.clock.at(clinic.today + timedelta(days=1), "22:00")
    tick(clinic)
    clinic.clock.at(clinic.today + timedelta(days=1), "00:10")
    tick(clinic)
    assert pictures(clinic) == []
    assert tasks(clinic)[0] == "missed"


# --- its words ----------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("pains", [(5, 3), (3, 3), (2, 4), (3, 9), (4,)])
def test_the_words_fit_below_the_picture_in_every_language(
    asha: Chat, language: str, pains: tuple[int, ...]
) -> None:
    clinic = asha.clinic
    with clinic.session() as session:
        session.get_one(Patient, 1).language = language
    live(clinic, 9 + len(pains) + 1, *pains)
    assert asha.command("progress") == ["progress_picture"]
    assert outbox.units(asha.said) <= outbox.LONGEST_CAPTION
    assert texts.text("progress.legend", language) in asha.said


def test_less_pain_is_said_warmly(asha: Chat) -> None:
    live(asha.clinic, 11, 5, 3)
    asha.command("progress")
    assert "Your last 7 days, up to day 11" in asha.said
    assert "Your pain has gone down" in asha.said


def test_more_pain_is_said_honestly_with_what_to_do(asha: Chat) -> None:
    live(asha.clinic, 11, 2, 4)
    asha.command("progress")
    assert "2 → 4" in asha.said
    assert "Your pain is higher than before" in asha.said
    assert "+91 22 5550 0100" in asha.said
    assert asha.buttons[0] == "⚠️ Warning signs"


def test_pain_above_the_line_asks_not_to_wait_even_when_it_went_down(asha: Chat) -> None:
    live(asha.clinic, 11, 9, 8)
    asha.command("progress")
    assert "Please do not wait" in asha.said
    assert "112" in asha.said
    assert "gone down" not in asha.said
    assert asha.buttons[0] == "⚠️ Warning signs"


def test_silent_days_are_named_and_not_taken_for_good_ones(asha: Chat) -> None:
    live(asha.clinic, 13, 3)
    asha.command("progress")
    assert "a day without an answer" in asha.said
    assert "One answer in 7 days" in asha.said
    assert "gone down" not in asha.said


def test_exercises_are_counted_by_the_day(asha: Chat) -> None:
    asha.command("today")
    asha.taps("all_done", kind="exercises")
    asha.command("progress")
    assert "Exercises noted on 1 of 1 days" in asha.said
    assert "No answer about your pain" not in asha.said, "nobody was asked"


# --- asked for ----------------------------------------------------------------------------------


def test_without_any_answer_it_asks_for_one(asha: Chat) -> None:
    assert asha.command("progress") == ["progress_none"]
    assert "💬 How am I today?" in asha.buttons


def test_before_the_operation_there_is_none(clinic: Clinic) -> None:
    clinic.add_patient("Olu Ade", chat=2001, day=-3)
    assert clinic.chat(2001).command("progress") == ["progress_none"]


def test_the_help_leads_to_it(asha: Chat) -> None:
    asha.clinic.answer(asha.clinic.asha, "pain", "3")
    asha.command("help")
    asha.taps("progress", kind="menu")
    assert asha.kinds == ["progress_picture"]
