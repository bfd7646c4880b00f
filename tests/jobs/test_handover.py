"""The end of a shift: both are told, both stay on call, and nobody is forgotten."""

from __future__ import annotations

from datetime import timedelta

import pytest

from exercises.schema import Tier
from rehab.errors import NotAllowed, WrongState
from rehab.jobs import handover as job
from rehab.models import Handover, Page
from rehab.services import handover, on_call
from tests.jobs.test_other_jobs import run
from tests.services.test_rota import TUESDAY, day_and_night, on_call_ids
from tests.support.build import MEERA_CHAT, RAO_CHAT, VIKRAM_CHAT, Clinic


def shift_ends(clinic: Clinic) -> int:
    """It is eight in the evening: Meera's day ends, Dr Rao's night begins."""
    day_and_night(clinic)
    clinic.clock.at(TUESDAY, "12:00")
    run(clinic, job)
    for row in clinic.all_of(Handover):  # of the morning
        accept(clinic, row.id, row.to_clinician_id)
    clinic.find(clinic.asha, Tier.SAME_DAY)
    clinic.deliver()
    clinic.clock.at(TUESDAY, "20:00")
    run(clinic, job)
    return int(clinic.all_of(Handover)[-1].id)


def accept(clinic: Clinic, handover_id: int, clinician_id: int) -> None:
    with clinic.session() as session:
        handover.accept(
            session, clinic.context, handover_id=handover_id, clinician_id=clinician_id,
            now=clinic.now,
        )  # fmt: skip


def test_both_get_a_card_with_what_is_open(either: Clinic) -> None:
    shift_ends(either)
    code = either.alert().code
    taker = either.outbox(RAO_CHAT, "handover_card")[-1]
    giver = either.outbox(MEERA_CHAT, "handover_card")[-1]
    for card in (taker, giver):
        assert "Meera Joshi → Rao Sunil" in (card.text or "")
        assert f"T1 {code} · open" in (card.text or "")
        assert "Asha" not in (card.text or "")
    assert [row[0]["label"] for row in taker.buttons] == ["✅ Accept the hand-over"]
    assert giver.buttons == []


def test_until_it_is_accepted_both_are_on_call(either: Clinic) -> None:
    pending = shift_ends(either)
    assert on_call_ids(either) == [either.rao, either.meera]
    either.clock.forward(hours=5)
    assert on_call_ids(either) == [either.rao, either.meera]
    either.chat(RAO_CHAT).taps("accept", kind="handover")
    assert on_call_ids(either) == [either.rao]
    with pytest.raises(WrongState):
        accept(either, pending, either.rao)


def test_in_the_moment_before_the_job_ran_the_one_before_is_still_on_call(clinic: Clinic) -> None:
    day_and_night(clinic)
    clinic.clock.at(TUESDAY, "20:00")
    assert on_call_ids(clinic) == [clinic.rao, clinic.meera]


def test_only_the_next_person_can_accept(clinic: Clinic) -> None:
    pending = shift_ends(clinic)
    for other in (clinic.meera, clinic.vikram):
        with pytest.raises(NotAllowed):
            accept(clinic, pending, other)


def test_unaccepted_it_is_reminded_then_told_to_everybody_and_never_dropped(
    clinic: Clinic,
) -> None:
    shift_ends(clinic)
    clinic.clock.forward(minutes=15)
    assert run(clinic, job) == 1
    assert "NOT ACCEPTED YET" in (clinic.outbox(RAO_CHAT, "handover_card")[-1].text or "")
    assert clinic.outbox(VIKRAM_CHAT, "handover_unaccepted") == []
    clinic.clock.forward(minutes=15)
    run(clinic, job)
    for chat in (MEERA_CHAT, VIKRAM_CHAT):
        (told,) = clinic.outbox(chat, "handover_unaccepted")
        assert "NOBODY HAS ACCEPTED" in (told.text or "")
    asked = len(clinic.outbox(RAO_CHAT, "handover_card"))
    clinic.clock.forward(hours=1)
    run(clinic, job)
    assert len(clinic.outbox(RAO_CHAT, "handover_card")) == asked + 1
    assert len(clinic.outbox(VIKRAM_CHAT, "handover_unaccepted")) == 1
    assert on_call_ids(clinic) == [clinic.rao, clinic.meera]


def test_an_alert_meanwhile_pages_both(clinic: Clinic) -> None:
    shift_ends(clinic)
    olu = clinic.add_patient("Olu Ade", chat=2001)
    clinic.find(olu, Tier.EMERGENCY)
    paged = [page.clinician_id for page in clinic.all_of(Page) if page.alert_id == 2]
    assert sorted(paged) == sorted([clinic.rao, clinic.meera])


def test_the_next_hand_over_that_is_accepted_settles_the_one_before(clinic: Clinic) -> None:
    shift_ends(clinic)
    clinic.clock.at(TUESDAY + timedelta(days=1), "08:00")
    run(clinic, job)
    assert on_call_ids(clinic) == [clinic.meera, clinic.rao]
    clinic.chat(MEERA_CHAT).taps("accept", kind="handover")
    assert {row.state for row in clinic.all_of(Handover)} == {"accepted"}
    assert on_call_ids(clinic) == [clinic.meera]


def test_after_an_outage_the_hand_over_is_still_made(clinic: Clinic) -> None:
    shift_ends(clinic)
    before = len(clinic.all_of(Handover))
    clinic.clock.at(TUESDAY + timedelta(days=1), "18:00")
    run(clinic, job)
    assert len(clinic.all_of(Handover)) == before + 1
    run(clinic, job)
    assert len(clinic.all_of(Handover)) == before + 1


def test_put_on_call_by_a_colleague_it_must_be_accepted_and_by_oneself_it_counts_at_once(
    clinic: Clinic,
) -> None:
    clinic.clock.forward(hours=1)
    put(clinic, clinic.rao, by=clinic.meera)
    assert on_call_ids(clinic) == [clinic.rao, clinic.meera]
    run(clinic, job)
    assert clinic.outbox(RAO_CHAT, "handover_card")
    clinic.clock.forward(hours=1)
    put(clinic, clinic.vikram, by=clinic.vikram)
    assert on_call_ids(clinic) == [clinic.vikram]


def put(clinic: Clinic, clinician_id: int, *, by: int) -> None:
    with clinic.session() as session:
        on_call.put_on_call(
            session, clinician_id=clinician_id, now=clinic.now, actor=f"clinician:{by}"
        )
