"""Alerts: opened and fed by findings, taken and closed by people, never by themselves."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from exercises.schema import Tier
from rehab.errors import NotAllowed, NotFound, WrongState
from rehab.models import (
    Alert,
    AlertEvent,
    AlertState,
    AuditEvent,
    Clinician,
    Episode,
    FindingRecord,
    Outcome,
    Page,
)
from rehab.services import alert_card, alerts, episodes
from tests.support.build import (
    MEERA_CHAT,
    NIGHT,
    RAO_CHAT,
    VIKRAM_CHAT,
    Clinic,
    finding,
)

T0, T1, T2, T3 = Tier.EMERGENCY, Tier.SAME_DAY, Tier.SOON, Tier.ROUTINE


def acknowledge(clinic: Clinic, by: int | None = None) -> None:
    with clinic.session() as session:
        alerts.acknowledge(
            session, clinic.context, alert_id=1, clinician_id=by or clinic.meera, now=clinic.now
        )


def resolve(clinic: Clinic, by: int | None = None, alert_id: int = 1) -> None:
    with clinic.session() as session:
        alerts.resolve(
            session,
            clinic.context,
            alert_id=alert_id,
            clinician_id=by or clinic.meera,
            outcome=Outcome.CALLED,
            note="  all well ",
            now=clinic.now,
        )


def look(clinic: Clinic) -> bool:
    with clinic.session() as session:
        return alerts.look(session, clinic.context, alert_id=1, now=clinic.now)


def history(clinic: Clinic) -> list[str]:
    return [event.kind for event in clinic.all_of(AlertEvent)]


def paged(clinic: Clinic) -> list[int]:
    return [page.clinician_id for page in clinic.all_of(Page)]


def episode_of(clinic: Clinic) -> Episode:
    found: Episode = clinic.one(select(Episode).where(Episode.id == clinic.asha))
    return found


# --- opening and feeding ------------------------------------------------------------------------


def test_a_finding_opens_an_alert_and_pages_the_person_on_call(clinic: Clinic) -> None:
    clinic.find(clinic.asha, T0)
    alert = clinic.alert()
    assert (alert.tier, alert.state, alert.step) == (T0, AlertState.OPEN, 0)
    assert alert.escalate_after == clinic.now + timedelta(minutes=5)
    assert paged(clinic) == [clinic.meera]


def test_several_findings_at_once_open_one_alert_of_the_worst_tier(clinic: Clinic) -> None:
    clinic.find(clinic.asha, T2, T0, T1)
    assert clinic.alert().tier == T0
    assert len(clinic.all_of(FindingRecord)) == 3
    assert len(clinic.outbox(MEERA_CHAT)) == 1


def test_a_routine_finding_is_recorded_and_alerts_nobody(clinic: Clinic) -> None:
    clinic.find(clinic.asha, T3)
    assert clinic.all_of(Alert) == []
    assert [found.alert_id for found in clinic.all_of(FindingRecord)] == [None]
    assert clinic.outbox(MEERA_CHAT) == []


def test_a_second_finding_joins_the_open_alert_and_rings_no_second_time(clinic: Clinic) -> None:
    clinic.find(clinic.asha, T1)
    clinic.deliver()
    clinic.clock.forward(minutes=1)
    clinic.find(clinic.asha, T1)
    assert clinic.alert().state == AlertState.OPEN
    assert len(clinic.all_of(FindingRecord)) == 2
    assert len(clinic.outbox(MEERA_CHAT, "alert_card")) == 1
    assert len(clinic.outbox(MEERA_CHAT, "alert_card_update")) == 1


def test_a_worse_finding_raises_the_tier_and_starts_the_ladder_again(clinic: Clinic) -> None:
    clinic.find(clinic.asha, T2)
    clinic.clock.forward(minutes=30)
    clinic.find(clinic.asha, T0)
    alert = clinic.alert()
    assert (alert.tier, alert.step, alert.clock_started_at) == (T0, 0, clinic.now)
    assert "raised" in history(clinic)
    assert "EMERGENCY" in (clinic.outbox(MEERA_CHAT)[-1].text or "")


def test_a_milder_finding_never_lowers_the_tier(clinic: Clinic) -> None:
    clinic.find(clinic.asha, T0)
    clinic.find(clinic.asha, T2)
    assert clinic.alert().tier == T0


@pytest.mark.parametrize("tier", [T0, T1])
def test_a_new_urgent_finding_reopens_an_acknowledged_alert(clinic: Clinic, tier: Tier) -> None:
    clinic.find(clinic.asha, T0)
    acknowledge(clinic)
    clinic.clock.forward(minutes=3)
    clinic.find(clinic.asha, tier)
    alert = clinic.alert()
    assert (alert.state, alert.acknowledged_by, alert.acknowledged_at) == ("open", None, None)
    assert len(clinic.outbox(MEERA_CHAT, "alert_card")) == 2


def test_a_finding_that_can_wait_leaves_an_acknowledged_alert_alone(clinic: Clinic) -> None:
    clinic.find(clinic.asha, T1)
    acknowledge(clinic)
    clinic.find(clinic.asha, T2)
    assert clinic.alert().state == AlertState.ACKNOWLEDGED
    assert len(clinic.outbox(MEERA_CHAT, "alert_card")) == 1


def test_after_a_resolved_alert_a_new_finding_opens_a_new_one(clinic: Clinic) -> None:
    clinic.find(clinic.asha, T1)
    resolve(clinic)
    with clinic.session() as session:
        alerts.raise_findings(
            session,
            clinic.context,
            episode=episodes.get(session, clinic.asha),
            findings=[finding(T1, rule="TEST.other")],
            cause="test:another",
            now=clinic.now,
        )
    assert [alert.state for alert in clinic.all_of(Alert)] == ["resolved", "open"]
    assert clinic.all_of(Alert)[0].code != clinic.all_of(Alert)[1].code


def test_what_can_wait_for_the_working_day_wakes_nobody(clinic: Clinic) -> None:
    clinic.clock.moment = NIGHT
    clinic.find(clinic.asha, T2)
    assert paged(clinic) == []
    alert = clinic.alert()
    opening = NIGHT.replace(hour=3, minute=30) + timedelta(days=1)
    assert alert.escalate_after == opening
    clinic.clock.moment = opening
    assert look(clinic)
    assert sorted(paged(clinic)) == sorted([clinic.meera, clinic.rao])


def test_an_emergency_at_night_wakes_the_person_on_call(clinic: Clinic) -> None:
    clinic.clock.moment = NIGHT
    clinic.find(clinic.asha, T0)
    assert paged(clinic) == [clinic.meera]


# --- the ladder ---------------------------------------------------------------------------------


def test_unanswered_it_goes_to_the_team_then_to_everyone_and_repeats(clinic: Clinic) -> None:
    clinic.find(clinic.asha, T0)
    reached = []
    for _ in range(4):
        clinic.clock.moment = clinic.alert().escalate_after
        before = len(paged(clinic))
        assert look(clinic)
        reached.append(set(paged(clinic)[before:]))
    team, everyone = {clinic.meera, clinic.rao}, {clinic.meera, clinic.rao, clinic.vikram}
    assert reached == [team, everyone, everyone, everyone]
    assert clinic.alert().state == AlertState.OPEN


def test_looking_before_its_time_does_nothing(clinic: Clinic) -> None:
    clinic.find(clinic.asha, T0)
    clinic.clock.forward(minutes=4, seconds=59)
    assert not look(clinic)


def test_an_empty_step_is_skipped_at_once(clinic: Clinic) -> None:
    with clinic.session() as session:
        session.get_one(Clinician, clinic.meera).telegram_lost_at = clinic.now
    clinic.find(clinic.asha, T0)
    assert paged(clinic) == [clinic.rao]
    assert clinic.alert().step == 1


def test_with_nobody_to_reach_it_is_said_and_tried_again(clinic: Clinic) -> None:
    with clinic.session() as session:
        for person in session.scalars(select(Clinician)):
            person.telegram_lost_at = clinic.now
    clinic.find(clinic.asha, T0)
    assert history(clinic) == ["opened", "nobody_to_page"]
    assert clinic.alert().escalate_after == clinic.now + timedelta(minutes=5)
    with clinic.session() as session:
        session.get_one(Clinician, clinic.vikram).telegram_lost_at = None
    clinic.clock.forward(minutes=5)
    assert look(clinic)
    assert paged(clinic) == [clinic.vikram]


def test_an_acknowledgement_without_outcome_expires_and_the_clock_restarts(clinic: Clinic) -> None:
    clinic.find(clinic.asha, T0)
    acknowledge(clinic)
    clinic.clock.forward(minutes=29)
    assert not look(clinic)
    clinic.clock.forward(minutes=1)
    assert look(clinic)
    alert = clinic.alert()
    assert (alert.state, alert.step, alert.clock_started_at) == ("open", 0, clinic.now)
    assert "acknowledgement_expired" in history(clinic)


def test_escalating_tells_the_next_step_at_once(clinic: Clinic) -> None:
    clinic.find(clinic.asha, T1)
    with clinic.session() as session:
        alerts.escalate(
            session, clinic.context, alert_id=1, clinician_id=clinic.meera, now=clinic.now
        )
    assert set(paged(clinic)) == {clinic.meera, clinic.rao}
    assert clinic.alert().step == 1
    assert [event.action for event in clinic.all_of(AuditEvent)].count("alert.escalated") == 1


def test_past_the_last_step_escalating_repeats_it(clinic: Clinic) -> None:
    clinic.find(clinic.asha, T1)
    for _ in range(4):
        with clinic.session() as session:
            alerts.escalate(
                session, clinic.context, alert_id=1, clinician_id=clinic.meera, now=clinic.now
            )
    assert clinic.alert().step == 2
    assert paged(clinic).count(clinic.vikram) == 3


def test_an_escalated_card_no_longer_claims_that_somebody_is_on_it(clinic: Clinic) -> None:
    """Within the same minute the reopened card reads as it did at first; it must be shown again."""
    clinic.find(clinic.asha, T2)
    clinic.deliver()
    acknowledge(clinic, by=clinic.rao)
    clinic.deliver()
    with clinic.session() as session:
        alerts.escalate(
            session, clinic.context, alert_id=1, clinician_id=clinic.meera, now=clinic.now
        )
    shown = clinic.outbox(RAO_CHAT)[-1]
    assert "is on it" not in (shown.text or "")


# --- people -------------------------------------------------------------------------------------


def test_acknowledging_twice_is_refused_the_second_time(clinic: Clinic) -> None:
    clinic.find(clinic.asha, T0)
    acknowledge(clinic)
    with pytest.raises(WrongState, match="already on it") as refused:
        acknowledge(clinic, by=clinic.rao)
    assert refused.value.code == "already_acknowledged"
    assert clinic.alert().acknowledged_by == clinic.meera


def test_an_administrator_handles_no_alert(clinic: Clinic) -> None:
    clinic.find(clinic.asha, T0)
    for act in (acknowledge, resolve):
        with pytest.raises(NotAllowed):
            act(clinic, by=clinic.admin)
    assert clinic.alert().state == AlertState.OPEN


def test_somebody_who_has_left_handles_no_alert(clinic: Clinic) -> None:
    clinic.find(clinic.asha, T0)
    with clinic.session() as session:
        session.get_one(Clinician, clinic.rao).active = False
    with pytest.raises(NotAllowed):
        resolve(clinic, by=clinic.rao)


def test_an_unknown_alert_is_not_found(clinic: Clinic) -> None:
    with pytest.raises(NotFound):
        resolve(clinic, alert_id=99)


def test_a_resolved_alert_stays_resolved(clinic: Clinic) -> None:
    clinic.find(clinic.asha, T0)
    resolve(clinic, by=clinic.rao)
    alert = clinic.alert()
    assert (alert.state, alert.outcome, alert.outcome_note) == ("resolved", "called", "all well")
    assert (alert.resolved_by, alert.escalate_after) == (clinic.rao, None)
    for act in (acknowledge, resolve):
        with pytest.raises(WrongState) as refused:
            act(clinic)
        assert refused.value.code == "already_resolved"
    clinic.clock.forward(days=30)
    assert not look(clinic)
    assert clinic.alert().outcome == "called"


def test_nothing_is_ever_closed_by_time_alone(clinic: Clinic) -> None:
    clinic.find(clinic.asha, T2)
    for _ in range(60):
        clinic.clock.forward(hours=12)
        look(clinic)
    assert clinic.alert().state == AlertState.OPEN


# --- loading ------------------------------------------------------------------------------------


def test_a_finding_may_stop_loading_until_a_clinician_resolves(clinic: Clinic) -> None:
    clinic.find(clinic.asha, T1, stops=True)
    stopped_at = clinic.now
    assert episode_of(clinic).loading_stopped_at == stopped_at
    clinic.clock.forward(hours=1)
    clinic.find(clinic.asha, T1, stops=True)
    acknowledge(clinic)
    assert episode_of(clinic).loading_stopped_at == stopped_at
    resolve(clinic)
    assert episode_of(clinic).loading_stopped_at is None


def test_a_finding_that_stops_nothing_leaves_loading_alone(clinic: Clinic) -> None:
    clinic.find(clinic.asha, T0)
    assert episode_of(clinic).loading_stopped_at is None


def test_an_old_finding_seen_again_does_not_stop_loading_again(clinic: Clinic) -> None:
    clinic.find(clinic.asha, T1, stops=True, cause="check_in:1")
    resolve(clinic)
    clinic.find(clinic.asha, T1, stops=True, cause="check_in:1")
    assert episode_of(clinic).loading_stopped_at is None


# --- the card -----------------------------------------------------------------------------------


def test_the_card_names_a_code_a_day_and_a_reason_but_never_the_person(clinic: Clinic) -> None:
    clinic.check_in(clinic.asha, {"legs": "calf", "pain": "9"})
    clinic.chat(1001).says("I, Asha Patil, cannot breathe, phone me on 5550 0199")
    acknowledge(clinic)
    resolve(clinic)
    cards = "\n".join(message.text or "" for message in clinic.outbox(MEERA_CHAT))
    assert "day 10" in cards
    assert "calf" in cards
    assert clinic.alert().code in cards
    for private in ("Asha", "Patil", "1979", "5550 0199", "phone me"):
        assert private not in cards.replace("tel", "")


def test_the_fullest_card_still_fits_into_a_message(clinic: Clinic) -> None:
    rules = clinic.context.content.rules["hip-resurfacing"].rules
    with clinic.session() as session:
        alerts.raise_findings(
            session,
            clinic.context,
            episode=episodes.get(session, clinic.asha),
            findings=[
                type(finding(T1))(r.id, r.tier, r.reason, r.wording, False, (), ("word",) * 9)
                for r in rules
                if r.tier != T3
            ],
            cause="message:1",
            now=clinic.now,
        )
    (card,) = clinic.outbox(MEERA_CHAT)
    assert len((card.text or "").encode("utf-16-le")) // 2 <= 4096
    assert "more" in (card.text or "")


def test_every_button_of_a_card_fits_into_64_bytes(clinic: Clinic) -> None:
    clinic.find(clinic.asha, T0)
    chat = clinic.chat(MEERA_CHAT)
    clinic.deliver()
    chat.taps("resolve")
    rows = [row for message in clinic.outbox(MEERA_CHAT) for row in message.buttons]
    data = [button["data"] for row in rows for button in row]
    assert len(data) == 5 + len(Outcome) + 1
    assert all(1 <= len(found.encode()) <= 64 for found in data)


def test_the_buttons_follow_the_state(clinic: Clinic) -> None:
    def values() -> list[str]:
        with clinic.session() as session:
            rows = alert_card.card_choices(session.get_one(Alert, 1))
            return [choice.value for row in rows for choice in row]

    clinic.find(clinic.asha, T0)
    assert values() == ["acknowledge", "called", "escalate", "not_relevant", "resolve"]
    acknowledge(clinic)
    assert values() == ["called", "escalate", "not_relevant", "resolve"]
    resolve(clinic)
    assert values() == ["useful", "not_useful"]


def test_every_outcome_can_be_chosen_and_there_is_a_way_back() -> None:
    values = [choice.value for row in alert_card.outcome_choices() for choice in row]
    assert values == [*(f"outcome:{outcome}" for outcome in Outcome), "back"]
    assert set(alert_card.OUTCOME_LABELS) == set(Outcome)


def test_an_outsider_gets_no_card_before_everyone_is_told(clinic: Clinic) -> None:
    clinic.find(clinic.asha, T1)
    clinic.clock.forward(minutes=30)
    look(clinic)
    assert clinic.outbox(VIKRAM_CHAT) == []
    assert clinic.outbox(RAO_CHAT) != []
