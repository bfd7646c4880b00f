"""The staff group: one card in its topic, buttons for staff only, and a group that moves."""

from __future__ import annotations

import pytest

from exercises.schema import Tier
from rehab import texts
from rehab.flows.types import EventKind
from rehab.models import Clinician
from rehab.settings import Topics
from tests.support.build import MEERA_CHAT, RAO_CHAT, VIKRAM_CHAT, Chat, Clinic

GROUP, MOVED, STRANGER = -100500, -100777, 6001


@pytest.fixture
def ward(clinic: Clinic) -> Clinic:
    """A clinic with a group that has a topic for what is urgent."""
    clinic.configure("staff_group", chat_id=GROUP, topics=Topics(T0=7, T1=7, T2=0))
    return clinic


def cards(clinic: Clinic, chat: int = GROUP) -> list[tuple[str, int | None]]:
    return [(message.kind, message.thread_id) for message in clinic.outbox(chat)]


def by(clinic: Clinic, user: int, chat: int = GROUP) -> Chat:
    return clinic.chat(chat, user)


def test_the_group_gets_one_card_in_the_topic_of_its_tier(ward: Clinic) -> None:
    ward.find(ward.asha, Tier.SAME_DAY)
    assert cards(ward) == [("alert_card", 7)]
    ward.chat(MEERA_CHAT).taps("escalate")
    assert [kind for kind, _ in cards(ward)].count("alert_card") == 1
    assert "Told: Meera Joshi 11:30, " not in (ward.outbox(GROUP)[0].text or "")
    assert "Rao Sunil" in (ward.outbox(GROUP)[-1].text or ""), "edited in place"


def test_what_can_wait_goes_to_the_general_topic_and_a_raise_to_the_urgent_one(
    ward: Clinic,
) -> None:
    ward.find(ward.asha, Tier.SOON)
    assert cards(ward) == [("alert_card", None)]
    ward.find(ward.asha, Tier.EMERGENCY)
    assert ("alert_card", 7) in cards(ward)


def test_without_a_group_nothing_is_posted(clinic: Clinic) -> None:
    clinic.find(clinic.asha, Tier.EMERGENCY)
    assert {message.chat_id for message in clinic.outbox()} == {MEERA_CHAT}


def test_with_nobody_to_page_the_group_still_sees_the_card(ward: Clinic) -> None:
    with ward.session() as session:
        for person_id in (ward.meera, ward.rao, ward.vikram):
            session.get_one(Clinician, person_id).telegram_lost_at = ward.now
    ward.find(ward.asha, Tier.EMERGENCY)
    assert [message.chat_id for message in ward.outbox()] == [GROUP]


def test_a_clinician_acts_in_the_group_under_their_own_name(ward: Clinic) -> None:
    ward.find(ward.asha, Tier.SAME_DAY)
    ward.deliver()
    rao = by(ward, RAO_CHAT)
    assert rao.taps("acknowledge").toast == texts.text("staff.acknowledged", "en")
    assert "Rao Sunil is on it" in rao.said
    assert "Rao Sunil is on it" in (ward.outbox(MEERA_CHAT)[-1].text or "")
    by(ward, MEERA_CHAT).taps("called")
    assert ward.alert().resolved_by == ward.meera


def test_a_stranger_in_the_group_is_told_that_only_staff_may(ward: Clinic) -> None:
    ward.find(ward.asha, Tier.SAME_DAY)
    assert "Only clinic staff" in by(ward, STRANGER).taps("acknowledge").toast
    assert ward.alert().state == "open"


def test_talk_in_the_group_is_nobodys_business(ward: Clinic) -> None:
    for user in (MEERA_CHAT, STRANGER):
        by(ward, user).does(EventKind.TEXT, text="My chest hurts, ha ha")
        by(ward, user).does(EventKind.COMMAND, command="alerts")
    assert ward.outbox() == []


def test_a_tap_in_the_group_does_not_prove_that_the_private_chat_works(ward: Clinic) -> None:
    ward.find(ward.asha, Tier.SAME_DAY)
    with ward.session() as session:
        session.get_one(Clinician, ward.vikram).telegram_lost_at = ward.now
    by(ward, VIKRAM_CHAT).taps("acknowledge")
    with ward.session() as session:
        assert session.get_one(Clinician, ward.vikram).telegram_lost_at is not None


def test_a_group_that_moved_is_followed_with_its_buttons(ward: Clinic) -> None:
    ward.find(ward.asha, Tier.SAME_DAY)
    by(ward, GROUP).does(EventKind.GROUP_MOVED, moved_to=MOVED)
    assert cards(ward, MOVED) == [("alert_card", 7)]
    by(ward, RAO_CHAT, MOVED).taps("called")
    ward.find(ward.asha, Tier.EMERGENCY)
    assert "EMERGENCY" in (ward.outbox(MOVED)[-1].text or "")
    assert cards(ward) == []


def test_another_group_that_moves_changes_nothing(ward: Clinic) -> None:
    ward.chat(-5).does(EventKind.GROUP_MOVED, moved_to=MOVED)
    ward.find(ward.asha, Tier.SAME_DAY)
    assert cards(ward) == [("alert_card", 7)]
