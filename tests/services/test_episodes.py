"""An episode's life: paused, resumed, stopped; and a chat that is lost and found again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from exercises.schema import Tier
from rehab.errors import InvalidInput, NotFound, WrongState
from rehab.models import (
    AuditEvent,
    CareTask,
    Clinician,
    Episode,
    EpisodeEvent,
    EpisodeState,
    Page,
    PatientChat,
)
from rehab.services import care_tasks, channels, episodes
from tests.support.build import ASHA_CHAT, MEERA_CHAT, Clinic


def asha(clinic: Clinic) -> Episode:
    found: Episode = clinic.one(select(Episode).where(Episode.id == clinic.asha))
    return found


def pause(clinic: Clinic, days: int | None = None, episode_id: int = 0) -> None:
    until = clinic.today + timedelta(days=days) if days is not None else None
    with clinic.session() as session:
        episodes.pause(
            session,
            episode_id=episode_id or clinic.asha,
            until=until,
            actor="patient",
            now=clinic.now,
        )


def resume(clinic: Clinic) -> None:
    with clinic.session() as session:
        episodes.resume(session, episode_id=clinic.asha, actor="patient", now=clinic.now)


def stop(clinic: Clinic) -> None:
    with clinic.session() as session:
        episodes.stop(session, episode_id=clinic.asha, actor="patient", now=clinic.now)


def put_in(clinic: Clinic, state: EpisodeState) -> None:
    with clinic.session() as session:
        episodes.get(session, clinic.asha).state = state


def history(clinic: Clinic) -> list[str]:
    return [event.kind for event in clinic.all_of(EpisodeEvent)]


def test_a_pause_has_an_end_or_waits_for_the_patient(clinic: Clinic) -> None:
    pause(clinic, 3)
    assert (asha(clinic).state, asha(clinic).paused_until) == (
        "paused",
        clinic.today + timedelta(days=3),
    )
    pause(clinic)
    assert asha(clinic).paused_until is None
    assert history(clinic) == ["enrolled", "paused", "paused"]


@pytest.mark.parametrize("days", [-1, 0, 91])
def test_a_pause_ends_within_ninety_days(clinic: Clinic, days: int) -> None:
    with pytest.raises(InvalidInput, match="90 days"):
        pause(clinic, days)
    assert asha(clinic).state == "active"


@pytest.mark.parametrize(
    "state", [EpisodeState.INVITED, EpisodeState.STOPPED, EpisodeState.CLOSED]
)
def test_only_somebody_who_takes_part_can_pause(clinic: Clinic, state: EpisodeState) -> None:
    put_in(clinic, state)
    with pytest.raises(WrongState) as refused:
        pause(clinic)
    assert refused.value.code == "not_active"


def test_after_a_pause_silence_is_counted_anew(clinic: Clinic) -> None:
    pause(clinic, 30)
    clinic.clock.forward(days=20)
    resume(clinic)
    assert asha(clinic).state == "active"
    assert asha(clinic).silence_look_after == clinic.now + timedelta(hours=24)
    resume(clinic)
    assert history(clinic).count("resumed") == 1


def test_a_stop_can_be_undone_and_erases_nothing(clinic: Clinic) -> None:
    clinic.check_in(clinic.asha)
    stop(clinic)
    stop(clinic)
    assert asha(clinic).state == "stopped"
    resume(clinic)
    assert asha(clinic).state == "active"
    assert history(clinic) == ["enrolled", "stopped", "resumed"]


@pytest.mark.parametrize("state", [EpisodeState.INVITED, EpisodeState.CLOSED])
def test_what_was_not_paused_cannot_be_resumed(clinic: Clinic, state: EpisodeState) -> None:
    put_in(clinic, state)
    with pytest.raises(WrongState):
        resume(clinic)


def test_an_unknown_episode_is_not_found(clinic: Clinic) -> None:
    with pytest.raises(NotFound):
        pause(clinic, episode_id=999)


def test_the_day_is_the_patients_own(clinic: Clinic) -> None:
    """At 20:00 UTC it is tomorrow in Mumbai and still today in London."""
    clinic.clock.forward(hours=14)
    london = clinic.add_patient("Olu Ade", chat=2001, day=10, timezone="Europe/London")
    with clinic.session() as session:
        days = [episodes.day_today(episodes.get(session, e), clinic.now) for e in (1, london)]
    assert days == [11, 9]


# --- chats --------------------------------------------------------------------------------------


def lose(clinic: Clinic, chat_id: int, reason: str) -> None:
    with clinic.session() as session:
        channels.chat_lost(session, clinic.context, chat_id=chat_id, reason=reason, now=clinic.now)


@pytest.mark.parametrize(
    ("reason", "state"),
    [("Forbidden: bot was blocked by the user", "blocked"), ("user is deactivated", "dead")],
)
def test_a_lost_chat_ends_what_was_asked_and_is_seen(
    clinic: Clinic, reason: str, state: str
) -> None:
    with clinic.session() as session:
        episode = episodes.get(session, clinic.asha)
        care_tasks.ensure(
            session,
            episode=episode,
            kind=care_tasks.TaskKind.CHECK_IN,
            local_on=clinic.today,
            now=clinic.now,
        )
        care_tasks.plan_ahead(session, clinic.context, episode=episode, now=clinic.now)
    lose(clinic, ASHA_CHAT, reason)
    assert clinic.one(select(PatientChat)).state == state
    assert history(clinic)[-1] == f"chat_{state}"
    states = [task.state for task in clinic.all_of(CareTask)]
    assert (states[0], set(states[1:])) == ("missed", {"planned"})
    lose(clinic, ASHA_CHAT, reason)
    assert history(clinic).count(f"chat_{state}") == 1


def test_a_sign_of_life_brings_the_chat_back(clinic: Clinic) -> None:
    lose(clinic, ASHA_CHAT, "blocked")
    clinic.clock.forward(hours=2)
    clinic.chat(ASHA_CHAT).says("hello again")
    chat = clinic.one(select(PatientChat))
    assert (chat.state, chat.last_heard_at) == ("active", clinic.now)
    assert history(clinic)[-1] == "chat_back"


def test_when_a_paged_person_cannot_be_reached_the_next_is_told_at_once(clinic: Clinic) -> None:
    clinic.find(clinic.asha, Tier.EMERGENCY)
    lose(clinic, MEERA_CHAT, "blocked")
    assert [page.clinician_id for page in clinic.all_of(Page)] == [clinic.meera, clinic.rao]
    assert "staff_chat.lost" in [event.action for event in clinic.all_of(AuditEvent)]
    clinic.chat(MEERA_CHAT).says("I am back")
    with clinic.session() as session:
        assert session.get_one(Clinician, clinic.meera).telegram_lost_at is None


def test_a_chat_nobody_has_is_lost_without_a_trace(clinic: Clinic) -> None:
    lose(clinic, 4242, "blocked")
    assert history(clinic) == ["enrolled"]
