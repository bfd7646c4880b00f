"""A clinician decides on a stage in the chat: decision, reason, and a card that says how it ended."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import select

from exercises.schema import Tier
from rehab.flows.types import EventKind, Handled
from rehab.models import (
    CareTeamMember,
    ChatState,
    Clinician,
    Episode,
    PatientChat,
    Prompt,
    StageProposal,
)
from rehab.services.outbox import LONGEST_BUTTON_DATA
from tests.services.test_progression import confirm, meet_everything, on_day, stage
from tests.support.build import (
    ASHA_CHAT,
    MEERA_CHAT,
    RAO_CHAT,
    VIKRAM_CHAT,
    Chat,
    Clinic,
    close,
    connect,
)

PROPOSAL = "progression"


@pytest.fixture
def ready(clinic: Clinic) -> Clinic:
    """Day 16, a Monday; all criteria met; the card is with Meera and Dr Rao."""
    on_day(clinic, 16)
    meet_everything(clinic)
    clinic.deliver()
    return clinic


@pytest.fixture
def closed(sqlite_url: str) -> Iterator[Clinic]:
    """The same where a clinician sees the patients of their own team only."""
    made = connect(sqlite_url, clinic={"open_to_all_clinicians": False})
    on_day(made, 16)
    meet_everything(made)
    made.deliver()
    yield made
    close(made)


@pytest.fixture
def meera(ready: Clinic) -> Chat:
    return ready.chat(MEERA_CHAT)


@pytest.fixture
def rao(ready: Clinic) -> Chat:
    return ready.chat(RAO_CHAT)


def reason(key: str) -> str:
    return f"reason:staff.reason_{key}"


def decisions(clinic: Clinic) -> list[StageProposal]:
    return [row for row in clinic.all_of(StageProposal) if row.state == "decided"]


def last_card(clinic: Clinic, chat: int) -> str:
    return str(clinic.outbox(chat)[-1].text)


def told(clinic: Clinic) -> str:
    return "\n".join(one.text or "" for one in clinic.outbox(ASHA_CHAT, "plan_changed"))


def old_tap(chat: Chat, value: str) -> Handled:
    return chat.taps(value, kind=PROPOSAL)


def test_a_decision_is_followed_by_the_question_why_on_the_card_itself(meera: Chat) -> None:
    assert "why" in meera.taps("advance").toast
    assert meera.kinds == ["stage_question"]
    assert "READY FOR THE NEXT STAGE?" in meera.said
    assert meera.said.endswith("Advance: why?")
    assert meera.buttons == [
        "Criteria met, seen in the clinic",
        "Criteria met, seen on video or phone",
        "Criteria met, the surgeon agrees",
        "✏️ Other: type it",
        "← Back",
    ]
    assert meera.fresh[-1].edits_id is not None
    assert stage(meera.clinic) == "P1", "nothing is decided without a reason"


def test_a_tapped_reason_decides_and_is_kept_with_who_and_why(meera: Chat) -> None:
    meera.taps("advance")
    handled = meera.taps(reason("met_in_clinic"))
    assert handled.toast == "✅ P2 by Meera Joshi. The patient is told."
    (row,) = decisions(meera.clinic)
    assert (row.decision, row.decided_by) == ("advance", meera.clinic.meera)
    assert row.reason == "Criteria met, seen in the clinic"
    assert stage(meera.clinic) == "P2"
    assert "You move on to the next stage: Load." in told(meera.clinic)


def test_everybody_who_got_the_card_reads_who_decided_what_and_why(meera: Chat) -> None:
    meera.taps("hold")
    meera.taps(reason("swelling"))
    for chat in (MEERA_CHAT, RAO_CHAT):
        text = last_card(meera.clinic, chat)
        assert "⏸ Held in P1 until 23 Mar by Meera Joshi" in text
        assert "Reason: Swelling" in text
        assert "Asha" not in text
        assert meera.clinic.outbox(chat)[-1].buttons == []


def test_a_second_tap_by_somebody_else_is_told_kindly_by_whom_it_was_decided(
    meera: Chat, rao: Chat
) -> None:
    meera.taps("hold")
    meera.taps(reason("pain"))
    toast = old_tap(rao, "advance").toast
    assert toast == "Already decided. ⏸ Held in P1 until 23 Mar by Meera Joshi."
    assert stage(meera.clinic) == "P1"
    assert len(decisions(meera.clinic)) == 1


def test_whoever_was_choosing_a_reason_meanwhile_does_not_decide_again(
    meera: Chat, rao: Chat
) -> None:
    rao.taps("advance")
    meera.taps("advance")
    meera.taps(reason("met_in_clinic"))
    assert "Already decided. ✅ P2 by Meera Joshi" in rao.taps(reason("met_in_clinic")).toast
    assert stage(meera.clinic) == "P2", "and not P3"


def test_a_typed_reason_decides_and_is_answered(meera: Chat) -> None:
    meera.taps("hold")
    assert meera.taps("other").toast == "Please type the reason now. Write no names."
    assert meera.says("  travels until Friday ") == ["stage_proposal_update", "staff_reason"]
    assert "⏸ Held in P1 until 23 Mar by Meera Joshi. The patient is told." in meera.said
    (row,) = decisions(meera.clinic)
    assert row.reason == "travels until Friday"
    assert "Reason: travels until Friday" in last_card(meera.clinic, RAO_CHAT)


def test_a_text_nobody_asked_for_decides_nothing(meera: Chat) -> None:
    meera.taps("hold")
    assert meera.says("good morning") == ["staff_hello"]
    assert decisions(meera.clinic) == []


def test_a_text_written_much_later_is_no_reason(meera: Chat) -> None:
    meera.taps("hold")
    meera.taps("other")
    meera.clinic.clock.forward(minutes=16)
    assert meera.says("is Asha here already?") == ["staff_reason"]
    assert "nothing was decided" in meera.said
    assert decisions(meera.clinic) == []
    assert meera.says("hello") == ["staff_hello"]


@pytest.mark.parametrize("leaves", ["command", "back", "alert"])
def test_whoever_does_something_else_is_not_typing_a_reason_any_more(
    meera: Chat, leaves: str
) -> None:
    meera.taps("hold")
    meera.taps("other")
    if leaves == "command":
        meera.command("alerts")
    elif leaves == "alert":
        meera.clinic.find(meera.clinic.asha, Tier.SOON)
        meera.taps("acknowledge", kind="alert")
    else:
        meera.taps("back")
    assert meera.says("good morning") == ["staff_hello"]
    assert decisions(meera.clinic) == []


@pytest.mark.parametrize("words", ["ok", "x" * 301])
def test_a_reason_is_a_few_words(meera: Chat, words: str) -> None:
    meera.taps("hold")
    meera.taps("other")
    meera.says(words)
    assert "Nothing is decided yet" in meera.said
    assert decisions(meera.clinic) == []
    meera.says("waits for the X-ray")
    assert len(decisions(meera.clinic)) == 1


def test_from_the_reasons_there_is_a_way_back_to_the_card_as_it_was(meera: Chat) -> None:
    meera.taps("advance")
    meera.taps("back")
    assert meera.buttons == ["➡️ Advance to P2", "⏸ Hold a week", "⬅️ Step back"]
    assert "why?" not in meera.said
    meera.taps("hold", kind=PROPOSAL)
    meera.taps(reason("pain"))
    assert len(decisions(meera.clinic)) == 1


def test_a_card_whose_proposal_was_withdrawn_says_so(meera: Chat) -> None:
    meera.clinic.clock.forward(days=1)
    meera.clinic.check_in(meera.clinic.asha, {"wound": "spots"})
    meera.clinic.deliver()
    assert "No longer proposed" in old_tap(meera, "advance").toast
    assert stage(meera.clinic) == "P1"


def test_an_alert_that_opened_after_the_card_stops_the_decision(meera: Chat) -> None:
    meera.taps("advance")
    meera.clinic.find(meera.clinic.asha, Tier.SOON)
    meera.clinic.deliver()
    assert "No longer proposed" in meera.taps(reason("met_in_clinic")).toast
    assert stage(meera.clinic) == "P1"
    assert "No longer proposed" in meera.said, "the card says so too"


def test_before_the_first_stage_there_is_nothing_to_step_back_to(meera: Chat) -> None:
    assert "no stage in this direction" in meera.taps("step_back").toast
    assert meera.fresh == []


def test_whoever_has_left_the_team_is_shown_nothing(closed: Clinic) -> None:
    rao = closed.chat(RAO_CHAT)
    rao.taps("hold")
    with closed.session() as session:
        mine = CareTeamMember.clinician_id == closed.rao
        session.delete(session.scalars(select(CareTeamMember).where(mine)).one())
    assert rao.taps(reason("pain")).toast == "This patient is not on your list."
    assert decisions(closed) == []


def test_somebody_elses_card_opens_nothing(meera: Chat) -> None:
    (prompt,) = meera.clinic.read(select(Prompt).where(Prompt.chat_id == MEERA_CHAT))
    vikram = meera.clinic.chat(VIKRAM_CHAT)
    handled = vikram.does(EventKind.TAP, token=prompt.token, choice=0)
    assert handled.toast == "This button is no longer in use."


def test_a_patient_the_bot_cannot_reach_must_be_phoned(meera: Chat) -> None:
    with meera.clinic.session() as session:
        session.scalars(select(PatientChat)).one().state = ChatState.BLOCKED
    meera.taps("hold")
    assert "please phone" in meera.taps(reason("pain")).toast


def test_every_button_fits_into_telegrams_64_bytes(meera: Chat) -> None:
    meera.taps("hold")
    data = [one["data"] for row in meera.fresh[-1].buttons for one in row]
    assert max(len(one.encode()) for one in data) <= LONGEST_BUTTON_DATA


# --- /plan and /stages ------------------------------------------------------------------------


def code(clinic: Clinic) -> str:
    with clinic.session() as session:
        return str(session.get_one(Episode, clinic.asha).patient.code)


def test_stages_lists_who_is_ready_and_opens_the_plan(meera: Chat) -> None:
    assert meera.command("stages") == ["staff_stages"]
    assert f"• {code(meera.clinic)} · day 16 · P1 → P2 · since 16 Mar" in meera.said
    assert "Asha" not in meera.said
    assert meera.buttons == [code(meera.clinic)]
    meera.taps(str(meera.clinic.asha), kind="staff_stages")
    assert meera.kinds == ["staff_plan"]


def test_stages_lists_who_is_held_until_when_and_by_whom(meera: Chat) -> None:
    meera.taps("hold")
    meera.taps(reason("pain"))
    meera.command("stages")
    ready, held = meera.said.split("⏸ Held")
    assert "• nobody" in ready
    assert f"• {code(meera.clinic)} · day 16 · P1 · until 23 Mar · by Meera Joshi" in held
    on_day(meera.clinic, 23)
    meera.command("stages")
    assert "nobody" in meera.said.split("⏸ Held")[1]


def test_the_plan_shows_stage_day_and_each_criterion_with_its_state(clinic: Clinic) -> None:
    on_day(clinic, 12)
    clinic.check_in(clinic.asha, {"pain": "5"})
    confirm(clinic, "safe-transfers")
    chat = clinic.chat(MEERA_CHAT)
    assert chat.command("plan", code(clinic).lower()) == ["staff_plan"]
    assert f"Patient {code(clinic)} · day 12 · hip resurfacing, left" in chat.said
    assert "Stage P1 Protect → P2 Load, from 15 Mar at the earliest" in chat.said
    assert "✗ Not met: " in chat.said
    assert "(5 on 12 Mar)" in chat.said
    assert "✓ Met: " in chat.said
    assert "(confirmed on 12 Mar)" in chat.said
    assert "? Not known: " in chat.said
    assert "Asha" not in chat.said
    assert chat.buttons == ["➡️ Advance to P2", "⏸ Hold a week"]


def test_advancing_against_criteria_needs_typed_words_and_says_against_what(
    clinic: Clinic,
) -> None:
    on_day(clinic, 12)
    chat = clinic.chat(MEERA_CHAT)
    chat.command("plan", code(clinic))
    chat.taps("advance", kind="staff_plan")
    assert "This goes against: not known: rest-pain" in chat.said
    assert "not before 15 Mar" in chat.said
    assert chat.buttons == ["← Back"]
    chat.says("seen today, walks without a limp")
    assert stage(clinic) == "P2"
    assert "✅ P2 by Meera Joshi" in chat.said
    (row,) = decisions(clinic)
    assert row.reason == "seen today, walks without a limp"


def test_what_comes_up_while_somebody_types_is_shown_before_it_is_decided(clinic: Clinic) -> None:
    on_day(clinic, 12)
    chat = clinic.chat(MEERA_CHAT)
    chat.command("plan", code(clinic))
    chat.taps("advance", kind="staff_plan")
    clinic.find(clinic.asha, Tier.SAME_DAY)
    clinic.deliver()
    chat.says("seen today, walks without a limp")
    assert "Not decided. This is new: an alert is not resolved yet" in chat.said
    assert stage(clinic) == "P1"
    chat.says("the alert is about the wound, seen by me")
    assert stage(clinic) == "P2"


def test_a_plan_card_ends_with_the_decision_and_an_older_one_says_so(
    meera: Chat, rao: Chat
) -> None:
    rao.command("plan", code(meera.clinic))
    meera.command("plan", code(meera.clinic))
    meera.taps("hold", kind="staff_plan")
    meera.taps(reason("patient_asks"))
    updates = [one for one in meera.fresh if one.kind == "staff_plan_update"]
    assert "⏸ Held in P1 until 23 Mar by Meera Joshi" in (updates[0].text or "")
    assert "Reason: The patient asks for time" in (updates[0].text or "")
    toast = rao.taps("advance", kind="staff_plan").toast
    assert toast == "Already decided. ⏸ Held in P1 until 23 Mar by Meera Joshi."
    assert rao.kinds == ["staff_plan_update"]
    assert stage(meera.clinic) == "P1"


def test_a_plan_card_from_before_the_stage_moved_moves_nothing(meera: Chat) -> None:
    meera.command("plan", code(meera.clinic))
    with meera.clinic.session() as session:
        session.get_one(Episode, meera.clinic.asha).stage_id = "P2"
    assert "The stage is P2 meanwhile" in meera.taps("advance", kind="staff_plan").toast
    assert stage(meera.clinic) == "P2"


@pytest.mark.parametrize("typed", ["NOBODY", "Asha Patil"])
def test_an_unknown_code_is_not_repeated(clinic: Clinic, typed: str) -> None:
    chat = clinic.chat(MEERA_CHAT)
    assert chat.command("plan", typed) == ["staff_plan_unknown"]
    assert chat.said == "You have no patient with this code."


def test_a_plan_without_a_code_says_how_to_ask(clinic: Clinic) -> None:
    chat = clinic.chat(MEERA_CHAT)
    assert chat.command("plan") == ["staff_plan_unknown"]
    assert "/plan ABCDE" in chat.said


def test_somebody_elses_patient_is_an_unknown_code(closed: Clinic) -> None:
    vikram = closed.chat(VIKRAM_CHAT)
    vikram.command("plan", code(closed))
    assert vikram.said == "You have no patient with this code."
    vikram.command("stages")
    assert code(closed) not in vikram.said


def test_an_administrator_sees_no_patient(ready: Clinic) -> None:
    with ready.session() as session:
        session.get_one(Clinician, ready.admin).telegram_id = 9009
    admin = ready.chat(9009)
    admin.command("stages")
    assert code(ready) not in admin.said
    admin.command("plan", code(ready))
    assert admin.said == "You have no patient with this code."
