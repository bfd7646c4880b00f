"""What a clinician does in the chat."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select

from exercises.schema import Tier
from rehab import texts
from rehab.errors import WrongState
from rehab.flows.types import EventKind
from rehab.models import Alert, AlertEvent, Clinician, PlanChange, Prompt
from rehab.services import alerts, enrolment, episodes
from tests.support.build import ASHA_CHAT, MEERA_CHAT, RAO_CHAT, Chat, Clinic, finding


@pytest.fixture
def meera(clinic: Clinic) -> Chat:
    """On call, with a card in her chat."""
    clinic.find(clinic.asha, Tier.SAME_DAY)
    clinic.deliver()
    return clinic.chat(MEERA_CHAT)


def test_a_clinician_who_writes_is_greeted_by_name(clinic: Clinic) -> None:
    chat = clinic.chat(MEERA_CHAT)
    for act in (lambda: chat.command("start"), lambda: chat.says("hello")):
        assert act() == ["staff_hello"]
        assert "Meera" in chat.said


def test_alerts_lists_who_is_on_call_and_what_waits(meera: Chat) -> None:
    for command in ("alerts", "oncall"):
        assert meera.command(command) == ["staff_on_call"]
        assert "Meera Joshi" in meera.said
        assert meera.clinic.alert().code in meera.said
        assert "Asha" not in meera.said


def test_with_nothing_to_do_that_is_said(clinic: Clinic) -> None:
    chat = clinic.chat(MEERA_CHAT)
    chat.command("alerts")
    assert texts.text("staff.no_alerts", "en") in chat.said


def test_a_very_long_list_of_alerts_still_fits_into_a_message(clinic: Clinic) -> None:
    with clinic.session() as session:
        for number in range(40):
            new = clinic.new_patient(f"Patient {number}")
            added = enrolment.add_patient(
                session, clinic.context, new=new, actor="cli", now=clinic.now
            )
            episode = episodes.latest(session, patient_id=added.patient_id)
            assert episode is not None
            found = replace(
                finding(Tier.SOON), reason="A reason that is told at some length. " * 5
            )
            alerts.raise_findings(
                session,
                clinic.context,
                episode=episode,
                findings=[found],
                cause=f"test:{number}",
                now=clinic.now,
            )
    chat = clinic.chat(MEERA_CHAT)
    assert chat.command("alerts") == ["staff_on_call"]
    assert len(chat.said) < 4096
    assert "and 20 more" in chat.said


def test_acknowledge_resolve_outcome(meera: Chat) -> None:
    assert meera.taps("acknowledge").toast == texts.text("staff.acknowledged", "en")
    assert "Meera Joshi is on it" in meera.said
    assert meera.taps("resolve").toast == texts.text("staff.choose_outcome", "en")
    assert len(meera.buttons) == 8
    assert meera.taps("outcome:advised").toast == texts.text("staff.resolved", "en")
    assert meera.buttons == ["👍 Useful", "👎 Not useful"]
    alert = meera.clinic.alert()
    assert (alert.state, alert.outcome) == ("resolved", "advised")


def test_from_the_outcomes_there_is_a_way_back(meera: Chat) -> None:
    meera.taps("resolve")
    meera.taps("back")
    assert len(meera.buttons) == 7
    assert meera.clinic.alert().state == "open"


def test_the_plan_is_made_easier_once_for_the_reason_of_the_alert(meera: Chat) -> None:
    handled = meera.taps("easier")
    assert handled.toast == (
        "Every exercise is one step easier until 11 Mar. The patient is told."
    )
    assert "⬇️ Meera Joshi made the plan one step easier until 11 Mar." in meera.said
    assert meera.buttons == [
        "✋ I'm on it",
        "📞 Called",
        "⬆️ Escalate",
        "📷 Ask for a photo",
        "🚫 Not relevant",
        "✔️ Resolve …",
    ]
    alert = meera.clinic.alert()
    (change,) = meera.clinic.all_of(PlanChange)
    assert (change.kind, change.clinician_id) == ("step_down", meera.clinic.meera)
    assert (str(change.from_on), str(change.to_on)) == ("2026-03-10", "2026-03-11")
    assert change.reason == f"alert {alert.code}: reason of T1"
    (told,) = meera.clinic.outbox(ASHA_CHAT, "plan_changed")
    assert "Your exercises are a step easier until 11 March." in (told.text or "")


def test_the_easier_plan_stands_in_the_alerts_history(meera: Chat) -> None:
    meera.taps("easier")
    (event,) = [one for one in meera.clinic.all_of(AlertEvent) if one.kind.startswith("plan")]
    assert (event.kind, event.detail) == ("plan_one_step_easier", "2026-03-11")
    assert event.clinician_id == meera.clinic.meera
    meera.taps("acknowledge")
    assert "made the plan one step easier" in meera.said


def test_a_second_tap_makes_the_plan_no_easier_and_says_who_did(meera: Chat) -> None:
    meera.taps("escalate")
    meera.taps("easier")
    rao = meera.clinic.chat(RAO_CHAT)
    assert "Meera Joshi has already" in rao.taps("easier").toast
    assert "already" in meera.taps("easier").toast
    assert len(meera.clinic.all_of(PlanChange)) == 1


def test_beside_the_advice_to_call_an_ambulance_no_easier_plan_is_offered(clinic: Clinic) -> None:
    clinic.find(clinic.asha, Tier.EMERGENCY)
    (card,) = clinic.outbox(MEERA_CHAT, "alert_card")
    labels = [button["label"] for row in card.buttons for button in row]
    assert labels == [
        "✋ I'm on it",
        "📞 Called",
        "⬆️ Escalate",
        "🚫 Not relevant",
        "✔️ Resolve …",
    ]


def test_an_alert_that_became_an_emergency_makes_no_plan_easier(meera: Chat) -> None:
    meera.clinic.find(meera.clinic.asha, Tier.EMERGENCY)
    meera.clinic.deliver()
    assert "cannot be stepped down" in meera.taps("easier").toast
    assert meera.clinic.all_of(PlanChange) == []


def test_escalating_pages_the_team(meera: Chat) -> None:
    assert meera.taps("escalate").toast == texts.text("staff.escalated", "en")
    assert len(meera.clinic.outbox(RAO_CHAT, "alert_card")) == 1


def test_the_second_to_acknowledge_is_told_so_and_sees_the_card_as_it_is(meera: Chat) -> None:
    meera.taps("escalate")
    rao = meera.clinic.chat(RAO_CHAT)
    rao.taps("acknowledge")
    handled = meera.taps("acknowledge")
    assert "already" in handled.toast
    assert "Rao Sunil is on it" in meera.said


def test_a_card_on_every_phone_is_kept_true(meera: Chat) -> None:
    meera.taps("escalate")
    meera.taps("acknowledge")
    shown = meera.clinic.outbox(RAO_CHAT)[-1]
    assert shown.kind == "alert_card_update"
    assert "Meera Joshi is on it" in (shown.text or "")


def test_called_closes_the_alert_in_one_tap_and_one_more_says_whether_it_was_useful(
    meera: Chat,
) -> None:
    assert meera.taps("called").toast == texts.text("staff.resolved", "en")
    assert "Was this alert useful?" in meera.said
    assert meera.clinic.alert().outcome == "called"
    assert meera.taps("useful").toast == texts.text("card.thanks", "en")
    assert meera.said.endswith("👍 Useful")
    assert meera.buttons == []
    assert meera.clinic.alert().was_useful is True


def test_an_alert_is_closed_as_not_relevant_only_by_a_second_tap(meera: Chat) -> None:
    assert "once more" in meera.taps("not_relevant").toast
    assert meera.clinic.alert().state == "open"
    meera.taps("back")
    meera.taps("not_relevant")
    meera.taps("outcome:not_relevant")
    assert (meera.clinic.alert().state, meera.clinic.alert().outcome) == (
        "resolved",
        "not_relevant",
    )
    meera.taps("not_useful")
    assert meera.clinic.alert().was_useful is False


def test_a_photo_is_asked_for_once_and_the_card_says_by_whom(meera: Chat) -> None:
    assert meera.taps("photo").toast == "The patient is asked for a photo."
    assert "📷 Meera Joshi asked the patient for a photo." in meera.said
    assert "📷 Ask for a photo" not in meera.buttons
    (asked,) = meera.clinic.outbox(ASHA_CHAT, "photo_guide")
    assert "Meera" in (asked.text or "")
    assert "No photo can be asked" in meera.taps("photo").toast
    assert len(meera.clinic.outbox(ASHA_CHAT, "photo_guide")) == 1


def test_a_patient_who_cannot_be_reached_is_not_asked_for_a_photo(meera: Chat) -> None:
    meera.clinic.chat(ASHA_CHAT).does(EventKind.BLOCKED)
    meera.taps("acknowledge")
    assert "📷 Ask for a photo" not in meera.buttons


def test_an_open_alert_cannot_be_called_useful_yet(meera: Chat) -> None:
    with meera.clinic.session() as session, pytest.raises(WrongState):
        alerts.rate(
            session,
            meera.clinic.context,
            alert_id=1,
            clinician_id=meera.clinic.meera,
            was_useful=True,
            now=meera.clinic.now,
        )


def test_a_tap_on_a_resolved_alert_changes_nothing(meera: Chat) -> None:
    with meera.clinic.session() as session:
        alerts.resolve(
            session,
            meera.clinic.context,
            alert_id=1,
            clinician_id=meera.clinic.rao,
            outcome=alerts.Outcome.SEEN,
            note="",
            now=meera.clinic.now,
        )
    for value in ("acknowledge", "escalate", "resolve", "easier"):
        assert "already resolved" in meera.taps(value).toast
    assert meera.clinic.alert().outcome == "seen"


def test_a_double_tap_acknowledges_once(meera: Chat) -> None:
    meera.taps("acknowledge")
    meera.taps("acknowledge")
    kinds = [event.kind for event in meera.clinic.all_of(AlertEvent)]
    assert kinds.count("acknowledged") == 1


def test_somebody_elses_card_opens_nothing(meera: Chat) -> None:
    (prompt,) = meera.clinic.read(select(Prompt).where(Prompt.kind == "alert"))
    vikram = meera.clinic.chat(9003)
    handled = vikram.does(EventKind.TAP, token=prompt.token, choice=0)
    assert handled.toast == texts.text("staff.unknown_button", "en")
    assert meera.clinic.alert().state == "open"


def test_a_clinician_who_has_left_is_a_stranger(meera: Chat) -> None:
    with meera.clinic.session() as session:
        session.get_one(Clinician, meera.clinic.meera).active = False
    meera.taps("acknowledge")
    assert meera.kinds == ["stranger"]
    assert meera.clinic.alert().state == "open"


def test_a_clinician_who_blocks_the_bot_is_passed_over(meera: Chat) -> None:
    meera.does(EventKind.BLOCKED)
    assert len(meera.clinic.outbox(RAO_CHAT, "alert_card")) == 1
    meera.says("I am back")
    assert meera.clinic.one(select(Clinician).where(Clinician.id == 1)).telegram_lost_at is None


def test_a_clinician_who_is_a_patient_too_can_be_both(clinic: Clinic) -> None:
    clinic.add_patient("Rao Sunil himself", chat=RAO_CHAT)
    rao = clinic.chat(RAO_CHAT)
    assert rao.command("alerts") == ["staff_on_call"]
    assert clinic.all_of(Alert) == []


def test_a_patients_chat_gets_no_staff_answers(clinic: Clinic) -> None:
    assert clinic.chat(ASHA_CHAT).command("alerts") == ["help"]
