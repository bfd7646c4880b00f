"""Silence climbs its ladder, is told apart from a blocked chat, and pauses and stops are not forgotten."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from rehab.jobs import planner, silence
from rehab.models import (
    Alert,
    Caregiver,
    CareTask,
    EpisodeEvent,
    FindingRecord,
)
from rehab.services import care_tasks, channels, episodes
from tests.jobs.test_other_jobs import run
from tests.support.build import ASHA_CHAT, Clinic, patient_of

SON = 5001


def asked(clinic: Clinic, *, days: int = 1) -> None:
    """Asha was asked on each of so many mornings, the first one now."""
    with clinic.session() as session:
        for day in range(days):
            session.add(
                CareTask(
                    episode=episodes.get(session, clinic.asha),
                    kind="check_in",
                    local_on=clinic.today + timedelta(days=day),
                    due_at=clinic.now + timedelta(days=day, minutes=1),
                    state="prompted",
                )
            )


def hours_pass(clinic: Clinic, hours: int) -> None:
    for _ in range(hours):
        clinic.clock.forward(hours=1)
        run(clinic, silence)


def with_son(clinic: Clinic, **more: object) -> None:
    with clinic.session() as session:
        session.add(
            Caregiver(
                **{
                    "patient_id": patient_of(session, clinic.asha).id,
                    "name": "Ravi",
                    "chat_id": SON,
                    "language": "en",
                    "added_by": "patient:1",
                    "added_at": clinic.now,
                    "consented_at": clinic.now,
                    "state": "active",
                    **more,
                }
            )
        )


def findings(clinic: Clinic) -> list[str]:
    return [found.reason for found in clinic.all_of(FindingRecord)]


def test_after_a_day_the_caregiver_is_asked_once_and_after_two_the_clinic(either: Clinic) -> None:
    with_son(either)
    asked(either)
    hours_pass(either, 24)
    assert either.outbox(SON) == []
    hours_pass(either, 1)
    (told,) = either.outbox(SON)
    assert told.kind == "caregiver_silence"
    assert "has not answered our daily questions" in (told.text or "")
    assert "112" in (told.text or "")
    assert "Asha" not in (told.text or "")
    assert either.all_of(Alert) == []
    hours_pass(either, 24)
    assert len(either.outbox(SON)) == 1
    (reason,) = findings(either)
    assert "No answer for 48 hours" in reason
    assert "questions arrive and are not answered" in reason


@pytest.mark.parametrize("lack", [{"consented_at": None}, {"state": "blocked"}, {"chat_id": None}])
def test_nobody_is_told_without_the_patients_consent(
    clinic: Clinic, lack: dict[str, object]
) -> None:
    with_son(clinic, **lack)
    asked(clinic)
    hours_pass(clinic, 30)
    assert clinic.outbox(SON) == []


def test_taps_on_exercises_are_no_answer_and_a_message_is(clinic: Clinic) -> None:
    asked(clinic, days=3)
    asha = clinic.chat(ASHA_CHAT)
    for _ in range(5):
        hours_pass(clinic, 9)
        asha.command("today")
    hours_pass(clinic, 4)
    assert len(findings(clinic)) == 1


def test_a_message_or_an_answer_starts_the_count_anew(clinic: Clinic) -> None:
    asked(clinic)
    hours_pass(clinic, 40)
    clinic.chat(ASHA_CHAT).says("all well, just busy")
    hours_pass(clinic, 20)
    assert findings(clinic) == []
    asked(clinic_later := clinic)
    hours_pass(clinic_later, 47)
    clinic_later.answer(clinic_later.asha, "pain", "2")
    hours_pass(clinic_later, 40)
    assert findings(clinic_later) == []


@pytest.mark.parametrize(
    ("reason", "words"), [("blocked by the user", "has blocked the bot"), ("gone", "chat is gone")]
)
def test_blocked_dead_and_unanswered_are_told_apart(
    clinic: Clinic, reason: str, words: str
) -> None:
    asked(clinic)
    with clinic.session() as session:
        channels.chat_lost(
            session, clinic.context, chat_id=ASHA_CHAT, reason=reason, now=clinic.now
        )
        task = session.scalars(select(CareTask)).one()
        task.state = "missed"
    hours_pass(clinic, 49)
    assert [words in found for found in findings(clinic)] == [True]


def test_the_alert_comes_within_the_hour_it_is_due(clinic: Clinic) -> None:
    asked(clinic)
    hours_pass(clinic, 48)
    assert findings(clinic) == []
    clinic.clock.forward(minutes=1)
    run(clinic, silence)
    assert len(findings(clinic)) == 1


def test_a_pause_without_an_end_is_asked_about_weekly_and_can_go_on(clinic: Clinic) -> None:
    with clinic.session() as session:
        episodes.pause(
            session, episode_id=clinic.asha, until=None, actor="patient", now=clinic.now
        )
    hours_pass(clinic, 7 * 24 - 1)
    assert clinic.outbox(ASHA_CHAT, "pause_question") == []
    hours_pass(clinic, 8)
    (question,) = clinic.outbox(ASHA_CHAT, "pause_question")
    assert "You paused the reminders 7 days ago" in (question.text or "")
    clinic.deliver()
    asha = clinic.chat(ASHA_CHAT)
    asha.taps("stay_paused")
    assert "the pause goes on" in asha.said
    hours_pass(clinic, 7 * 24 + 8)
    assert len(clinic.outbox(ASHA_CHAT, "pause_question")) == 2
    asha.taps("resume")
    with clinic.session() as session:
        assert episodes.get(session, clinic.asha).state == "active"


def test_a_pause_is_not_asked_about_at_night(clinic: Clinic) -> None:
    with clinic.session() as session:
        episodes.pause(
            session, episode_id=clinic.asha, until=None, actor="patient", now=clinic.now
        )
    clinic.clock.at(clinic.today + timedelta(days=8), "23:00")
    run(clinic, silence)
    assert clinic.outbox(ASHA_CHAT, "pause_question") == []
    hours_pass(clinic, 9)
    assert len(clinic.outbox(ASHA_CHAT, "pause_question")) == 1


def test_a_stop_in_the_first_weeks_is_told_to_a_person_once(clinic: Clinic) -> None:
    asha = clinic.chat(ASHA_CHAT)
    asha.command("stop")
    asha.command("stop")
    (found,) = clinic.all_of(FindingRecord)
    assert (found.tier, found.reason) == (
        "T2", "The patient stopped the messages on day 10: phone them",
    )  # fmt: skip


def test_a_stop_after_the_first_weeks_is_the_patients_own_affair(clinic: Clinic) -> None:
    clinic.clock.forward(days=33)
    clinic.chat(ASHA_CHAT).command("stop")
    assert clinic.all_of(Alert) == []


def test_who_watches_is_said_again_every_month_and_after_a_week_of_silence(
    clinic: Clinic,
) -> None:
    asked(clinic)
    hours_pass(clinic, 7 * 24)
    assert clinic.outbox(ASHA_CHAT, "cover_notice") == []
    hours_pass(clinic, 7)
    (notice,) = clinic.outbox(ASHA_CHAT, "cover_notice")
    assert "not an emergency service" in (notice.text or "")
    assert "112" in (notice.text or "")
    hours_pass(clinic, 48)
    assert len(clinic.outbox(ASHA_CHAT, "cover_notice")) == 1
    clinic.clock.forward(days=30)
    run(clinic, silence)
    assert len(clinic.outbox(ASHA_CHAT, "cover_notice")) == 2
    assert len([one for one in clinic.all_of(EpisodeEvent) if one.kind == "cover_notice"]) == 2


def test_planned_questions_and_silence_work_together(clinic: Clinic) -> None:
    with clinic.session() as session:
        episode = episodes.get(session, clinic.asha)
        care_tasks.plan_ahead(session, clinic.context, episode=episode, now=clinic.now)
    for _ in range(72):
        clinic.clock.forward(hours=1)
        run(clinic, planner)
        run(clinic, silence)
        clinic.deliver()
    assert len(findings(clinic)) == 1
