"""After the bot did not hear: what is open is asked once more, staff get the list, nobody else is bothered."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from rehab.flows.recovery import reask_after_gap
from rehab.jobs import planner
from rehab.models import Clinician, Dispatch, Observation, Outage
from rehab.models.people import DRILL_CODE
from rehab.services import drill_patient
from tests.flows.test_caregiver import joined
from tests.support.build import ASHA_CHAT, MEERA_CHAT, Chat, Clinic
from tests.support.post_office import with_channels

SORRY = "I may have missed your last answer"


@pytest.fixture
def asha(clinic: Clinic) -> Chat:
    return clinic.chat(ASHA_CHAT)


def outage(clinic: Clinic, **lasted: float) -> int:
    """So long nothing was heard; returns how many patients are asked again."""
    since: datetime = clinic.now
    clinic.clock.forward(**lasted)
    with clinic.session() as session:
        return reask_after_gap(session, clinic.context, gap_id="g", since=since, now=clinic.now)


def why(clinic: Clinic) -> dict[int, str]:
    found: Outage = clinic.all_of(Outage)[-1]
    return {one["episode"]: one["why"] for one in found.episodes}


def said_again(clinic: Clinic) -> list[str]:
    return [m.text or "" for m in clinic.outbox(ASHA_CHAT) if "gap:" in m.dedupe_key]


def test_an_open_question_is_asked_again_and_staff_get_the_code(asha: Chat) -> None:
    clinic = asha.clinic
    asha.command("checkin")
    asha.taps("3", question="pain")
    assert outage(clinic, seconds=160) == 1
    (again,) = said_again(clinic)
    assert SORRY in again
    assert why(clinic) == {clinic.asha: "open_question"}
    (told,) = clinic.outbox(MEERA_CHAT, "staff_outage")
    assert "may have answered in vain: 1" in (told.text or "")
    assert "Asha" not in (told.text or "")


def test_a_caregiver_who_stood_at_the_question_is_asked_again_too(asha: Chat) -> None:
    clinic = asha.clinic
    leena = joined(clinic)
    leena.command("checkin")
    assert outage(clinic, seconds=160) == 1
    (again,) = [m for m in clinic.outbox(leena.id) if "gap:" in m.dedupe_key]
    assert SORRY in (again.text or "")
    leena.taps("3", question="pain")
    assert [one.answered_by for one in clinic.all_of(Observation)] == ["caregiver:1"]


def test_the_list_of_warning_signs_is_shown_again(asha: Chat) -> None:
    asha.command("warning")
    assert outage(asha.clinic, seconds=160) == 1
    (again,) = said_again(asha.clinic)
    assert "If you tapped a sign on this list" in again
    assert "112" in again
    assert why(asha.clinic) == {asha.clinic.asha: "warning_list"}


def test_a_list_that_was_answered_is_on_the_page_and_not_shown_again(asha: Chat) -> None:
    asha.command("warning")
    asha.taps("fall")
    assert outage(asha.clinic, hours=1) == 0
    assert said_again(asha.clinic) == []
    assert why(asha.clinic) == {asha.clinic.asha: "warning_list"}


def test_the_pain_before_the_exercises_is_asked_again(asha: Chat) -> None:
    asha.command("exercises")
    asha.taps("start")
    assert asha.kinds[-1] == "session_pain"
    assert outage(asha.clinic, minutes=5) == 1
    (again,) = said_again(asha.clinic)
    assert SORRY in again
    asha.taps("2", kind="session_pain")
    assert "exercise_one" in asha.kinds or "exercise_picture" in asha.kinds


@pytest.mark.parametrize(("minutes", "listed"), [(1, False), (4, True)])
def test_whose_tap_on_a_prompt_of_that_time_may_be_lost_is_on_the_list(
    asha: Chat, minutes: int, listed: bool
) -> None:
    clinic = asha.clinic
    clinic.clock.at(clinic.today + timedelta(days=1), "08:55")
    with clinic.app.app_context():
        planner.run_once(clinic.context, clinic.clock)
        since = clinic.now
        clinic.clock.forward(minutes=5)
        planner.run_once(clinic.context, clinic.clock)
    clinic.clock.forward(minutes=minutes)
    with clinic.session() as session:
        reask_after_gap(session, clinic.context, gap_id="g", since=since, now=clinic.now)
    assert (clinic.asha in why(clinic)) is listed
    assert bool(said_again(clinic)) is listed, "what has just left is not doubled"


def test_with_nothing_open_nobody_is_bothered_and_the_gap_is_on_record(asha: Chat) -> None:
    assert outage(asha.clinic, minutes=20) == 0
    (found,) = asha.clinic.all_of(Outage)
    assert (found.episodes, found.lost_texts) == ([], False)
    assert found.ended_at - found.began_at == timedelta(minutes=20)
    assert asha.clinic.outbox() == []


def test_after_more_than_a_day_everybody_is_asked_to_write_again(asha: Chat) -> None:
    clinic = asha.clinic
    assert outage(clinic, hours=25) == 0
    (message,) = clinic.outbox(ASHA_CHAT, "texts_lost")
    assert "112" in (message.text or "")
    assert why(clinic) == {clinic.asha: "active"}
    (told,) = clinic.outbox(MEERA_CHAT, "staff_outage")
    assert "texts may be lost too" in (told.text or "")
    assert clinic.all_of(Outage)[0].lost_texts


def test_twice_the_same_gap_is_told_once(asha: Chat) -> None:
    clinic = asha.clinic
    asha.command("checkin")
    since = clinic.now
    clinic.clock.forward(minutes=10)
    for _ in range(2):
        with clinic.session() as session:
            reask_after_gap(session, clinic.context, gap_id="g", since=since, now=clinic.now)
    assert len(said_again(clinic)) == 1
    assert len(clinic.all_of(Outage)) == 1
    assert len(clinic.outbox(MEERA_CHAT, "staff_outage")) == 1


def test_staff_without_telegram_get_the_list_by_mail(asha: Chat) -> None:
    clinic = asha.clinic
    clinic.context = with_channels(clinic.context)
    with clinic.session() as session:
        session.get_one(Clinician, clinic.meera).telegram_id = None
    asha.command("checkin")
    outage(clinic, minutes=10)
    (mail,) = clinic.all_of(Dispatch)
    assert (mail.kind, mail.clinician_id) == ("outage_mail", clinic.meera)


def test_the_drills_patient_is_never_on_the_list(clinic: Clinic) -> None:
    with clinic.session() as session:
        patient = drill_patient.ensure(session, clinic.context, now=clinic.now)
        drill_patient.new_episode(session, clinic.context, patient=patient, now=clinic.now)
        assert patient.code == DRILL_CODE
    outage(clinic, hours=25)
    assert set(why(clinic)) == {clinic.asha}
