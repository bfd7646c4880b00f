"""Silence on the worklist: phone the patient, why the chat is not reached, who never enrolled."""

from __future__ import annotations

from rehab.services import channels
from rehab.services.overview.worklist import Tab, Tile, worklist
from tests.jobs.test_silence import asked
from tests.support.build import ASHA_CHAT, Clinic


def reasons(clinic: Clinic, tab: Tab = Tab.ACTIVE, tile: Tile = Tile.ALL) -> list[str]:
    with clinic.session() as session:
        found = worklist(
            session, clinic.context, clinician_id=clinic.meera, now=clinic.now, tab=tab, tile=tile
        )
    return [reason.code for row in found.rows for reason in row.reasons]


def test_after_a_day_without_an_answer_somebody_shall_phone(clinic: Clinic) -> None:
    asked(clinic)
    clinic.clock.forward(hours=24)
    assert "phone" not in reasons(clinic)
    clinic.clock.forward(minutes=1)
    assert "phone" in reasons(clinic, tile=Tile.SILENT)
    clinic.chat(ASHA_CHAT).command("today")
    assert "phone" in reasons(clinic), "a tap is no answer"
    clinic.answer(clinic.asha, "pain", "2")
    assert "phone" not in reasons(clinic)


def test_blocked_and_dead_chats_are_told_apart(clinic: Clinic) -> None:
    for reason, code in (("blocked by the user", "blocked"), ("gone", "dead")):
        with clinic.session() as session:
            channels.chat_lost(
                session, clinic.context, chat_id=ASHA_CHAT, reason=reason, now=clinic.now
            )
        assert f"unreachable_{code}" in reasons(clinic)
        clinic.chat(ASHA_CHAT).command("help")


def test_who_never_enrolled_stands_out_after_two_days(clinic: Clinic) -> None:
    clinic.invite("Nandini Sharma")
    assert "not_enrolled" in reasons(clinic, Tab.NOT_ENROLLED)
    clinic.clock.forward(hours=49)
    assert "invited_long" in reasons(clinic, Tab.NOT_ENROLLED)
