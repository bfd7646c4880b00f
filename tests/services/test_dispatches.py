"""E-mail and webhook: written with their cause, taken once, tried again, and given up loudly."""

from __future__ import annotations

import json

import pytest

from exercises.schema import Tier
from rehab.jobs import fallback
from rehab.models import AlertEvent, Clinician, Dispatch, DispatchState, OutboxState
from rehab.post import EMAIL, Letter, NotTaken
from rehab.services import alerts, dispatches
from tests.support.build import MEERA_CHAT, Clinic
from tests.support.post_office import with_channels

HOOK = "https://pager.example/hook"


@pytest.fixture
def wired(either: Clinic) -> Clinic:
    """A clinic with a mail server and a webhook."""
    either.context = with_channels(either.context, url=HOOK)
    return either


def fall_back(clinic: Clinic) -> int:
    with clinic.app.app_context():
        return fallback.run_once(clinic.context, clinic.clock)


def claim(clinic: Clinic) -> list[Letter]:
    with clinic.session() as session:
        return dispatches.claim(session, clinic.context, now=clinic.now, limit=10)


def record(clinic: Clinic, letter: Letter, problem: NotTaken | None) -> bool:
    with clinic.session() as session:
        return dispatches.record(session, letter, problem, now=clinic.now)


def by_channel(clinic: Clinic) -> dict[str, list[Dispatch]]:
    found: dict[str, list[Dispatch]] = {"email": [], "webhook": []}
    for row in clinic.all_of(Dispatch):
        found[row.channel].append(row)
    return found


def refuse_cards(clinic: Clinic, state: OutboxState = OutboxState.FAILED) -> None:
    with clinic.session() as session:
        for card in clinic.outbox(kind="alert_card"):
            session.merge(card).state = state


def test_an_emergency_goes_out_by_every_channel_at_once(wired: Clinic) -> None:
    wired.find(wired.asha, Tier.EMERGENCY)
    assert len(wired.outbox(MEERA_CHAT, "alert_card")) == 1
    sent = by_channel(wired)
    (mail,) = sent["email"]
    (hook,) = sent["webhook"]
    assert (mail.kind, hook.kind) == ("alert_mail", "alert_hook")
    assert mail.clinician_id == wired.meera


def test_a_mail_names_the_code_the_day_and_the_reason_and_no_person(wired: Clinic) -> None:
    wired.find(wired.asha, Tier.EMERGENCY)
    alert = wired.alert()
    (mail,) = by_channel(wired)["email"]
    (hook,) = by_channel(wired)["webhook"]
    assert mail.body is not None
    assert hook.body is not None
    assert alert.code in mail.subject
    for part in (alert.code, "day 10", "reason of T0"):
        assert part in mail.body
    said = json.loads(hook.body)
    assert said["alert"] == alert.code
    assert (said["tier"], said["day"], said["event"]) == ("T0", 10, "page")
    assert said["delivery"]
    for text in (mail.subject, mail.body, hook.body):
        assert "Asha" not in text
        assert "Patil" not in text


def test_a_same_day_card_that_arrives_brings_no_mail(wired: Clinic) -> None:
    wired.find(wired.asha, Tier.SAME_DAY)
    wired.deliver()
    wired.clock.forward(seconds=31)
    assert fall_back(wired) == 0
    assert wired.all_of(Dispatch) == []


def test_a_card_not_accepted_in_time_goes_out_by_mail_and_webhook(wired: Clinic) -> None:
    wired.find(wired.asha, Tier.SAME_DAY)
    assert wired.all_of(Dispatch) == []
    wired.clock.forward(seconds=29)
    assert fall_back(wired) == 0
    wired.clock.forward(seconds=1)
    assert fall_back(wired) == 1
    sent = by_channel(wired)
    assert [row.clinician_id for row in sent["email"]] == [wired.meera]
    assert len(sent["webhook"]) == 1
    assert "other_channel" in [event.kind for event in wired.all_of(AlertEvent)]
    assert fall_back(wired) == 0


def test_a_refused_card_goes_out_by_mail_at_once(wired: Clinic) -> None:
    wired.find(wired.asha, Tier.SAME_DAY)
    refuse_cards(wired)
    assert fall_back(wired) == 1
    assert len(by_channel(wired)["email"]) == 1


def test_a_card_somebody_has_taken_needs_no_mail(wired: Clinic) -> None:
    wired.find(wired.asha, Tier.SAME_DAY)
    with wired.session() as session:
        alerts.acknowledge(
            session, wired.context, alert_id=1, clinician_id=wired.meera, now=wired.now
        )
    wired.clock.forward(minutes=1)
    assert fall_back(wired) == 0
    assert wired.all_of(Dispatch) == []


def test_a_waiting_mail_about_an_alert_somebody_took_is_not_sent(wired: Clinic) -> None:
    wired.find(wired.asha, Tier.EMERGENCY)
    with wired.session() as session:
        alerts.acknowledge(
            session, wired.context, alert_id=1, clinician_id=wired.meera, now=wired.now
        )
    assert claim(wired) == []
    assert {row.state for row in wired.all_of(Dispatch)} == {DispatchState.CANCELLED}


def test_a_person_without_telegram_is_paged_by_mail(wired: Clinic) -> None:
    with wired.session() as session:
        session.get_one(Clinician, wired.meera).telegram_lost_at = wired.now
    wired.find(wired.asha, Tier.SAME_DAY)
    assert wired.outbox(MEERA_CHAT, "alert_card") == []
    (mail,) = by_channel(wired)["email"]
    assert mail.clinician_id == wired.meera


def test_without_a_mail_server_a_lost_chat_sends_the_page_to_the_next_step(clinic: Clinic) -> None:
    with clinic.session() as session:
        session.get_one(Clinician, clinic.meera).telegram_lost_at = clinic.now
    clinic.find(clinic.asha, Tier.SAME_DAY)
    assert clinic.all_of(Dispatch) == []
    assert len(clinic.outbox(kind="alert_card")) == 1, "Dr Rao of the care team"


def test_when_nobody_can_be_reached_the_operator_and_the_webhook_are_told(wired: Clinic) -> None:
    with wired.session() as session:
        for clinician in session.query(Clinician):
            clinician.active = False
    wired.find(wired.asha, Tier.SAME_DAY)
    sent = by_channel(wired)
    (mail,) = sent["email"]
    assert mail.clinician_id is None
    assert json.loads(sent["webhook"][0].body or "")["event"] == "nobody_to_page"
    assert [letter.to for letter in claim(wired) if letter.channel == EMAIL] == [
        "ops@clinic.example"
    ]


def test_a_dispatch_is_taken_by_one_sender_and_again_when_that_one_died(wired: Clinic) -> None:
    wired.find(wired.asha, Tier.EMERGENCY)
    first = claim(wired)
    assert {letter.attempt for letter in first} == {1}
    assert claim(wired) == []
    wired.clock.forward(seconds=61)
    second = claim(wired)
    assert {letter.attempt for letter in second} == {2}
    assert not record(wired, first[0], None), "the first sender no longer owns it"
    assert all(record(wired, letter, None) for letter in second)
    assert {row.state for row in wired.all_of(Dispatch)} == {DispatchState.ACCEPTED}


def test_a_refusal_is_tried_again_ever_more_slowly_and_then_given_up(wired: Clinic) -> None:
    wired.find(wired.asha, Tier.EMERGENCY)
    waits = []
    while letters := claim(wired):
        for letter in letters:
            record(wired, letter, NotTaken("http 500"))
        (row, *_) = wired.all_of(Dispatch)
        waits.append((row.not_before - wired.now).total_seconds())
        wired.clock.moment = max(row.not_before, wired.now)
    assert tuple(waits[:-1]) == dispatches.WAITS
    assert {(row.state, row.error) for row in wired.all_of(Dispatch)} == {("failed", "http 500")}


def test_what_would_never_be_taken_is_given_up_at_once(wired: Clinic) -> None:
    wired.find(wired.asha, Tier.EMERGENCY)
    (letter, *_) = claim(wired)
    record(wired, letter, NotTaken("recipient refused", is_final=True))
    assert DispatchState.FAILED in {row.state for row in wired.all_of(Dispatch)}


def test_the_subject_is_one_line_whatever_is_put_into_it(clinic: Clinic) -> None:
    with clinic.session() as session:
        made = dispatches.enqueue(
            session, dedupe_key="x", channel=EMAIL, kind="alert_mail",
            subject="hello\r\nBcc: thief@example.org", body="words", now=clinic.now,
        )  # fmt: skip
        assert made.subject == "hello Bcc: thief@example.org"


def test_the_same_key_twice_is_one_dispatch(clinic: Clinic) -> None:
    letter = {"channel": EMAIL, "kind": "alert_mail", "subject": "s", "body": "b"}
    with clinic.session() as session:
        for _ in range(2):
            dispatches.enqueue(session, dedupe_key="x", now=clinic.now, **letter)
    assert len(clinic.all_of(Dispatch)) == 1


def test_every_repeat_of_an_unanswered_page_calls_the_webhook_once(wired: Clinic) -> None:
    wired.find(wired.asha, Tier.EMERGENCY)
    wired.clock.forward(minutes=5)
    with wired.session() as session:
        alerts.look(session, wired.context, alert_id=1, now=wired.now)
    rounds = [json.loads(row.body or "")["round"] for row in by_channel(wired)["webhook"]]
    assert rounds == [1, 2]
