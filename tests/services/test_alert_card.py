"""What a card tells besides the reason: pain, urgency, who was told, who has taken it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from exercises.schema import Tier
from rehab.errors import WrongState
from rehab.models import Alert, AlertAcknowledgement, AlertEvent, Page
from rehab.services import alert_card, alerts, pain_line
from tests.support.build import MEERA_CHAT, RAO_CHAT, Clinic

T0, T1, T2 = Tier.EMERGENCY, Tier.SAME_DAY, Tier.SOON
TODAY = date(2026, 3, 10)


def card(clinic: Clinic) -> str:
    with clinic.session() as session:
        alert = session.get_one(Alert, 1)
        return alert_card.card_text(session, clinic.context, alert, now=clinic.now)


def acknowledge(clinic: Clinic, by: int) -> None:
    with clinic.session() as session:
        alerts.acknowledge(session, clinic.context, alert_id=1, clinician_id=by, now=clinic.now)


def look(clinic: Clinic) -> bool:
    with clinic.session() as session:
        return alerts.look(session, clinic.context, alert_id=1, now=clinic.now)


# --- pain ---------------------------------------------------------------------------------------


def pain(*values: float | None) -> str:
    """The line of these days up to yesterday."""
    first = TODAY - timedelta(days=len(values))
    known = {first + timedelta(days=n): one for n, one in enumerate(values) if one is not None}
    return pain_line.line(known, TODAY)


def test_pain_is_a_line_of_bars_with_dots_for_days_without_an_answer() -> None:
    assert pain(0, None, 5, 10) == "Pain ▁·▅█ · last: 0, 5, 10"


def test_the_pain_line_holds_seven_answers_and_names_three() -> None:
    assert pain(9, 1, 1, 2, 2, 3, 3, 4) == "Pain ▂▂▂▂▃▃▄ · last: 3, 3, 4"


def test_days_without_an_answer_up_to_yesterday_are_shown_too() -> None:
    assert pain(5, None, None) == "Pain ▅·· · last: 5"


def test_nothing_answered_for_two_weeks_is_said_and_never_drawn_as_no_pain() -> None:
    assert pain(*[None] * 5) == "Pain: no answers in two weeks"
    assert pain(3, *[None] * 14) == "Pain: no answers in two weeks"


def test_the_card_shows_the_pain_of_the_last_days(clinic: Clinic) -> None:
    for value in ("3", "6"):
        clinic.answer(clinic.asha, "pain", value)
        clinic.clock.forward(days=1)
    clinic.find(clinic.asha, T1)
    assert "Pain ▃▅ · last: 3, 6" in card(clinic)


# --- urgency, and who was told --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "words"),
    [("today", "needs someone today"), ("can_wait", "it can wait"), ("just_telling", "just")],
)
def test_the_card_says_how_soon_the_patient_needs_somebody(
    clinic: Clinic, said: str, words: str
) -> None:
    clinic.find(clinic.asha, T1)
    with clinic.session() as session:
        session.get_one(Alert, 1).patient_urgency = said
    assert f"Patient says: {words}" in card(clinic)


def test_the_first_card_already_says_who_was_told(clinic: Clinic) -> None:
    clinic.find(clinic.asha, T0)
    (message,) = clinic.outbox(MEERA_CHAT, "alert_card")
    assert "📣 Told: Meera Joshi 11:30" in (message.text or "")


def test_the_card_says_how_often_each_person_was_told(clinic: Clinic) -> None:
    clinic.find(clinic.asha, T0)
    clinic.clock.forward(minutes=5)
    look(clinic)
    assert "📣 Told: Meera Joshi 11:30 ×2, Rao Sunil 11:35" in card(clinic)


def test_a_card_about_which_nobody_was_told_says_so(clinic: Clinic) -> None:
    clinic.clock.forward(hours=14)
    clinic.find(clinic.asha, T2)
    assert "Nobody has been told yet" in card(clinic)


# --- where everybody must acknowledge ---------------------------------------------------------------


@pytest.fixture
def both(clinic: Clinic) -> Clinic:
    """Meera and Dr Rao were told, and each of them must acknowledge."""
    clinic.configure("escalation.T0", everyone_acknowledges=True)
    clinic.find(clinic.asha, T0)
    clinic.clock.forward(minutes=5)
    look(clinic)
    return clinic


def test_one_of_two_leaves_the_alert_open_and_the_card_names_who_is_missing(both: Clinic) -> None:
    acknowledge(both, both.meera)
    assert both.alert().state == "open"
    assert "✋ On it: Meera Joshi. Still to acknowledge: Rao Sunil" in card(both)
    assert both.all_of(AlertEvent)[-1].kind == "acknowledged_partly"


def test_until_all_have_only_the_others_are_told_again(both: Clinic) -> None:
    acknowledge(both, both.meera)
    before = len(both.all_of(Page))
    both.clock.forward(minutes=5)
    assert look(both)
    told = {page.clinician_id for page in both.all_of(Page)[before:]}
    assert told == {both.rao, both.vikram}


def test_when_all_have_the_alert_is_acknowledged(both: Clinic) -> None:
    acknowledge(both, both.meera)
    acknowledge(both, both.rao)
    assert both.alert().state == "acknowledged"
    assert "✋ All have acknowledged: Meera Joshi, Rao Sunil" in card(both)
    assert [row.clinician_id for row in both.all_of(AlertAcknowledgement)] == [
        both.meera,
        both.rao,
    ]


def test_the_same_person_twice_is_one_acknowledgement(both: Clinic) -> None:
    acknowledge(both, both.meera)
    with pytest.raises(WrongState, match="already on it"):
        acknowledge(both, both.meera)
    assert both.alert().state == "open"


def test_an_expired_round_of_acknowledgements_counts_no_more(both: Clinic) -> None:
    acknowledge(both, both.meera)
    acknowledge(both, both.rao)
    both.clock.forward(minutes=30)
    assert look(both)
    assert both.alert().state == "open"
    acknowledge(both, both.meera)
    assert both.alert().state == "acknowledged", "only Meera was told in the new round"


def test_the_person_who_told_it_tells_them_what_is_missing(both: Clinic) -> None:
    both.deliver()
    assert "Still to acknowledge: Rao Sunil" in both.chat(MEERA_CHAT).taps("acknowledge").toast
    assert both.chat(RAO_CHAT).taps("acknowledge").toast
    assert both.alert().state == "acknowledged"


def test_where_one_is_enough_one_is_enough_and_may_take_it_again_after_escalating(
    clinic: Clinic,
) -> None:
    clinic.find(clinic.asha, T1)
    acknowledge(clinic, clinic.meera)
    with clinic.session() as session:
        alerts.escalate(
            session, clinic.context, alert_id=1, clinician_id=clinic.meera, now=clinic.now
        )
    acknowledge(clinic, clinic.meera)
    assert clinic.alert().state == "acknowledged"
    assert "Still to acknowledge" not in card(clinic)
