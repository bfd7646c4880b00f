"""Education in the chat: a card at its hour, each once, two quick questions, and /learn."""

from __future__ import annotations

import dataclasses
import json
from collections import Counter
from datetime import timedelta
from types import MappingProxyType

import pytest
from sqlalchemy import select

from exercises.schema import EducationSet
from rehab import texts
from rehab.jobs import planner
from rehab.models import (
    Alert,
    CareTask,
    EducationDelivery,
    OutboxMessage,
    Patient,
    PatientChat,
    TaskKind,
    TaskState,
    TeachBackAnswer,
)
from rehab.services import episodes
from rehab.services.context import Context
from tests.services.test_transactions import together
from tests.support.build import ASHA_CHAT, Chat, Clinic, episode

OLU_CHAT = 2001
HIP = "hip-resurfacing"
WARNING = "Warning signs you must know"
PRECAUTIONS = "Protect your new hip"


def tick(clinic: Clinic) -> None:
    with clinic.app.app_context():
        planner.run_once(clinic.context, clinic.clock)


def evening(clinic: Clinic, days: int = 1) -> None:
    """The hour of the cards on each of the coming days, with the morning before it."""
    for _ in range(days):
        clinic.clock.at(clinic.today + timedelta(days=1), "09:00")
        tick(clinic)
        clinic.clock.at(clinic.today, "17:00")
        tick(clinic)
        clinic.deliver()


def today_evening(clinic: Clinic) -> None:
    tick(clinic)
    clinic.clock.at(clinic.today, "17:00")
    tick(clinic)
    clinic.deliver()


def titles(clinic: Clinic, chat: int = ASHA_CHAT) -> list[str]:
    cards = clinic.outbox(chat, "education_card")
    return [(card.text or "").partition("\n")[0].removeprefix("📖 ") for card in cards]


def card_tasks(clinic: Clinic, episode_id: int) -> list[str]:
    found = clinic.read(
        select(CareTask)
        .where(CareTask.kind == TaskKind.EDUCATION, CareTask.episode_id == episode_id)
        .order_by(CareTask.local_on)
    )
    return [task.state for task in found]


@pytest.fixture
def asha(clinic: Clinic) -> Chat:
    """Operated on ten days ago and enrolled today; the warning signs were sent this evening."""
    today_evening(clinic)
    return clinic.chat(ASHA_CHAT)


# --- when a card comes --------------------------------------------------------------------------


def test_a_card_comes_at_its_hour_and_not_with_the_morning(clinic: Clinic) -> None:
    clinic.add_patient("Olu Ade", chat=OLU_CHAT, day=-22)
    tick(clinic)
    clinic.clock.at(clinic.today + timedelta(days=1), "09:00")
    tick(clinic)
    clinic.clock.at(clinic.today, "16:59")
    tick(clinic)
    assert titles(clinic, OLU_CHAT) == []
    clinic.clock.forward(minutes=1)
    tick(clinic)
    tick(clinic)
    assert titles(clinic, OLU_CHAT) == ["What hip resurfacing is"]


def test_each_card_of_the_way_comes_once_and_never_two_on_a_day(clinic: Clinic) -> None:
    olu = clinic.add_patient("Olu Ade", chat=OLU_CHAT, day=-22)
    evening(clinic, 22 + 20)
    cards = clinic.outbox(OLU_CHAT, "education_card")
    days = Counter(card.created_at.date() for card in cards)
    assert max(days.values()) == 1
    wanted = [
        card
        for card in clinic.context.content.education[HIP].cards
        if card.day <= 15 and not card.variants
    ]
    assert Counter(titles(clinic, OLU_CHAT)) == Counter(card.title for card in wanted)
    assert Counter(card_tasks(clinic, olu))["done"] == len(wanted) - 2, "two have questions"


def test_moving_the_operation_never_sends_a_card_twice(either: Clinic) -> None:
    olu = either.add_patient("Olu Ade", chat=OLU_CHAT, day=-22)
    evening(either, 5)
    before = titles(either, OLU_CHAT)
    assert "What hip resurfacing is" in before
    for days in (12, -20, 9):
        with either.session() as session:
            moved = episode(session, olu)
            moved.surgery_on += timedelta(days=days)
            moved.planned_until = None
        evening(either, 8)
    counted = Counter(titles(either, OLU_CHAT))
    assert set(counted.values()) == {1}
    assert len(counted) > len(before)
    deliveries = either.read(select(EducationDelivery).where(EducationDelivery.episode_id == olu))
    assert len(deliveries) == len(counted)


def test_who_joins_late_gets_what_nobody_may_miss_first_and_no_old_card(clinic: Clinic) -> None:
    today_evening(clinic)
    evening(clinic, 4)
    assert titles(clinic) == [
        WARNING,
        PRECAUTIONS,
        "A new limp is a signal",
        "Why your exercises matter",
        "When can I drive?",
    ]


def test_who_joins_when_the_precautions_are_over_is_not_told_them(clinic: Clinic) -> None:
    clinic.add_patient("Olu Ade", chat=OLU_CHAT, day=150)
    today_evening(clinic)
    evening(clinic, 3)
    assert titles(clinic, OLU_CHAT) == [WARNING]


def test_a_card_for_coming_home_counts_from_the_day_of_coming_home(clinic: Clinic) -> None:
    olu = clinic.add_patient("Olu Ade", chat=OLU_CHAT, day=0)
    with clinic.session() as session:
        episode(session, olu).discharged_on = clinic.today + timedelta(days=6)
    today_evening(clinic)
    evening(clinic, 6)
    assert "Your first days at home" not in titles(clinic, OLU_CHAT)
    evening(clinic, 1)
    assert titles(clinic, OLU_CHAT)[-1] == "Your first days at home"


def test_two_cards_that_meet_on_a_day_come_on_two_days(clinic: Clinic) -> None:
    olu = clinic.add_patient("Olu Ade", chat=OLU_CHAT, day=0)
    with clinic.session() as session:
        episode(session, olu).discharged_on = clinic.today + timedelta(days=4)
    today_evening(clinic)
    evening(clinic, 6)
    assert titles(clinic, OLU_CHAT)[-2:] == ["Preventing blood clots", "Your first days at home"]


def test_a_pause_brings_no_card_and_afterwards_what_nobody_may_miss(clinic: Clinic) -> None:
    tick(clinic)
    with clinic.session() as session:
        episodes.pause(
            session, episode_id=clinic.asha, until=None, actor="patient", now=clinic.now
        )
    today_evening(clinic)
    evening(clinic, 5)
    assert titles(clinic) == []
    with clinic.session() as session:
        episodes.resume(session, episode_id=clinic.asha, actor="patient", now=clinic.now)
    evening(clinic, 2)
    assert titles(clinic) == [WARNING, PRECAUTIONS]


def test_who_stopped_gets_no_card(clinic: Clinic) -> None:
    tick(clinic)
    with clinic.session() as session:
        episodes.stop(session, episode_id=clinic.asha, actor="patient", now=clinic.now)
    today_evening(clinic)
    evening(clinic, 3)
    assert titles(clinic) == []


def test_a_card_that_could_not_leave_in_the_evening_comes_the_next_day_not_at_night(
    clinic: Clinic,
) -> None:
    tick(clinic)
    clinic.clock.at(clinic.today, "22:00")
    tick(clinic)
    assert titles(clinic) == []
    clinic.clock.at(clinic.today + timedelta(days=1), "00:00")
    tick(clinic)
    assert titles(clinic) == []
    clinic.clock.at(clinic.today, "17:00")
    tick(clinic)
    assert titles(clinic) == [WARNING]


def test_a_blocked_chat_gets_the_warning_signs_when_it_opens_again(clinic: Clinic) -> None:
    tick(clinic)
    with clinic.session() as session:
        session.scalars(select(PatientChat)).one().state = "blocked"
    today_evening(clinic)
    evening(clinic, 2)
    assert titles(clinic) == []
    with clinic.session() as session:
        session.scalars(select(PatientChat)).one().state = "active"
    evening(clinic, 2)
    assert titles(clinic)[0] == WARNING


@pytest.mark.postgres
def test_two_processes_at_once_send_a_card_once(on_postgresql: Clinic) -> None:
    clinic = on_postgresql
    for number in range(6):
        clinic.add_patient(f"Patient {number}", chat=5000 + number)
    tick(clinic)
    clinic.clock.at(clinic.today, "17:00")
    together(lambda _: tick(clinic), 1, 2, 3)
    sent = Counter(m.chat_id for m in clinic.outbox() if m.kind == "education_card")
    assert sent == {ASHA_CHAT: 1, **{5000 + number: 1 for number in range(6)}}
    asked = Counter(m.chat_id for m in clinic.outbox() if m.kind == "teach_back_question")
    assert asked == sent


def test_a_card_grows_stale_but_the_warning_signs_do_not(asha: Chat) -> None:
    clinic = asha.clinic
    evening(clinic, 2)
    expiry = {
        (card.text or "").partition("\n")[0].removeprefix("📖 "): card.expires_at
        for card in clinic.outbox(ASHA_CHAT, "education_card")
    }
    assert expiry == {
        WARNING: None,
        PRECAUTIONS: None,
        "A new limp is a signal": clinic.now + timedelta(hours=12),
    }


# --- two quick questions ------------------------------------------------------------------------


def test_the_questions_come_one_at_a_time_and_each_is_explained(asha: Chat) -> None:
    assert [m.kind for m in asha.clinic.outbox(ASHA_CHAT)][-2:] == [
        "education_card",
        "teach_back_question",
    ]
    asha.taps("call", question="breathless")
    assert asha.kinds == ["teach_back_answered", "teach_back_explained", "teach_back_question"]
    assert texts.text("learn.right", "en") in asha.said
    assert "It can be a blood clot in the lung" in asha.said
    asha.taps("rub", question="calf")
    assert asha.kinds == ["teach_back_answered", "teach_back_explained", "teach_back_done"]
    assert texts.text("learn.not_quite", "en") in asha.said
    assert "Phone +91 22 5550 0100 today" in asha.said
    answers = asha.clinic.all_of(TeachBackAnswer)
    assert [(a.question_id, a.value, a.is_right) for a in answers] == [
        ("breathless", "call", True),
        ("calf", "rub", False),
    ]
    assert card_tasks(asha.clinic, asha.clinic.asha)[0] == TaskState.DONE


def test_only_the_first_answer_counts_and_a_second_tap_is_explained_again(asha: Chat) -> None:
    asha.taps("wait", question="breathless")
    asha.taps("call", question="breathless")
    assert asha.kinds == ["teach_back_explained"]
    assert [a.value for a in asha.clinic.all_of(TeachBackAnswer)] == ["wait"]


def test_the_card_of_warning_signs_leads_to_reporting_one(asha: Chat) -> None:
    [card] = asha.clinic.outbox(ASHA_CHAT, "education_card")
    assert "Call 112 now if" in (card.text or "")
    assert card.buttons[0][0]["label"] == texts.text("menu.warning", "en")
    asha.taps("warning", kind="menu")
    assert asha.kinds == ["warning_signs"]


def test_unanswered_questions_end_with_the_day_and_may_still_be_answered(asha: Chat) -> None:
    clinic = asha.clinic
    clinic.clock.at(clinic.today + timedelta(days=1), "00:00")
    tick(clinic)
    assert card_tasks(clinic, clinic.asha)[0] == TaskState.MISSED
    asha.taps("call", question="breathless")
    asha.taps("phone", question="calf")
    assert asha.kinds[-1] == "teach_back_done"
    assert card_tasks(clinic, clinic.asha)[0] == TaskState.DONE


def test_nobody_is_nudged_about_a_card(asha: Chat) -> None:
    clinic = asha.clinic
    before = len(clinic.outbox(ASHA_CHAT, "teach_back_question"))
    for _ in range(6):
        clinic.clock.forward(hours=1)
        tick(clinic)
    assert len(clinic.outbox(ASHA_CHAT, "teach_back_question")) == before


def test_a_wrong_answer_is_no_alert(asha: Chat) -> None:
    asha.taps("wait", question="breathless")
    assert asha.clinic.all_of(Alert) == []
    assert {m.chat_id for m in asha.clinic.all_of(OutboxMessage)} == {ASHA_CHAT}


def test_an_old_tap_is_answered_with_the_question_as_it_was_asked(asha: Chat) -> None:
    clinic = asha.clinic
    publish_other_words(clinic)
    asha.taps("call", question="breathless")
    assert "It can be a blood clot in the lung" in asha.said
    assert "entirely other words" not in asha.said


def publish_other_words(clinic: Clinic) -> None:
    """A newer version of the cards comes out while a question is open."""
    pack = clinic.context.content
    body = pack.education[HIP].model_dump(mode="json")
    for card in body["cards"]:
        for question in card["teach_back"]:
            question["explain"] = "These are entirely other words."
            question["right"] = question["options"][-1]["value"]
    newer = EducationSet.model_validate_json(json.dumps(body))
    clinic.context = Context(
        clinic.context.config,
        dataclasses.replace(
            pack,
            education=MappingProxyType({**pack.education, HIP: newer}),
            hashes=MappingProxyType({**pack.hashes, f"education/{HIP}": "0" * 64}),
        ),
    )


@pytest.mark.parametrize("language", ["hi", "mr"])
def test_card_question_and_explanation_are_in_the_patients_language(
    clinic: Clinic, language: str
) -> None:
    with clinic.session() as session:
        session.get_one(Patient, 1).language = language
    today_evening(clinic)
    chat = clinic.chat(ASHA_CHAT)
    chat.taps("call", question="breathless")
    for message in clinic.outbox(ASHA_CHAT):
        if message.kind in {"education_card", "teach_back_question", "teach_back_explained"}:
            latin = [word for word in (message.text or "").split() if word.isascii()]
            letters = [word for word in latin if any(one.isalpha() for one in word)]
            assert letters in ([], ["°C"], ["C"]), (message.kind, letters)


# --- reading again ------------------------------------------------------------------------------


def test_learn_says_kindly_that_nothing_was_sent_yet(clinic: Clinic) -> None:
    chat = clinic.chat(ASHA_CHAT)
    assert chat.command("learn") == ["learn_none"]


def test_learn_lists_what_was_sent_and_shows_it_again(clinic: Clinic) -> None:
    today_evening(clinic)
    evening(clinic, 3)
    chat = clinic.chat(ASHA_CHAT)
    assert chat.command("learn") == ["learn_list"]
    assert chat.buttons == [
        "Why your exercises matter",
        "A new limp is a signal",
        PRECAUTIONS,
        WARNING,
    ]
    newest = clinic.all_of(EducationDelivery)[-1]
    chat.taps(str(newest.id), kind="learn")
    assert chat.kinds == ["education_card"]
    assert "80 of 100" in chat.said
    assert len(clinic.all_of(EducationDelivery)) == 4


def test_a_card_read_again_asks_what_is_still_open(asha: Chat) -> None:
    [sent] = asha.clinic.all_of(EducationDelivery)
    asha.command("learn")
    asha.taps(str(sent.id), kind="learn")
    assert asha.kinds == ["education_card", "teach_back_question"]
    asha.taps("call", question="breathless")
    asha.taps("phone", question="calf")
    asha.command("learn")
    asha.taps(str(sent.id), kind="learn")
    assert asha.kinds == ["education_card"]


def test_the_help_leads_to_the_cards(asha: Chat) -> None:
    asha.command("help")
    asha.taps("learn", kind="menu")
    assert asha.kinds == ["learn_list"]


def test_who_stopped_may_still_read_the_cards(asha: Chat) -> None:
    asha.command("stop")
    assert asha.command("learn") == ["learn_list"]


def test_the_cards_of_another_patient_stay_closed(asha: Chat) -> None:
    clinic = asha.clinic
    clinic.add_patient("Olu Ade", chat=OLU_CHAT)
    evening(clinic, 1)
    olu = clinic.chat(OLU_CHAT)
    olu.command("learn")
    assert olu.buttons == [WARNING]
