"""Education as rows: which card is due, what was understood, and what the physiotherapist sees."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from exercises.schema import EducationCard
from rehab.clinical import education as rules
from rehab.clinical.education import Course
from rehab.errors import NotFound
from rehab.models import AuditEvent, EducationDelivery, Episode, TeachBackAnswer
from rehab.services import education
from rehab.services.education import Mistake
from rehab.services.overview.worklist import Row, worklist
from tests.support.build import Clinic, episode

SURGERY = date(2026, 3, 1)


def course(**more: object) -> Course:
    given = {
        "variant": "standard",
        "surgery_on": SURGERY,
        "discharged_on": SURGERY + timedelta(days=3),
        "since": SURGERY - timedelta(days=28),
        "precautions_until": SURGERY + timedelta(days=42),
    }
    return Course(**(given | more))  # type: ignore[arg-type]


def cards(clinic: Clinic) -> tuple[EducationCard, ...]:
    return clinic.context.content.education["hip-resurfacing"].cards


def due(
    clinic: Clinic, day: int, *, on: Course | None = None, sent: set[str] | None = None
) -> str:
    local_on = SURGERY + timedelta(days=day)
    found = rules.due(
        cards(clinic), on or course(), local_on=local_on, as_of=local_on, sent=sent or set()
    )
    return found.id if found else ""


def send(clinic: Clinic, card_id: str) -> int:
    with clinic.session() as session:
        found = episode(session, clinic.asha)
        content = clinic.context.content.education["hip-resurfacing"]
        return education.deliver(
            session, episode=found, card=content.card(card_id), now=clinic.now
        ).id


def answer(clinic: Clinic, delivery_id: int, question_id: str, value: str) -> education.Recorded:
    with clinic.session() as session:
        delivery = session.get_one(EducationDelivery, delivery_id)
        card = education.card_of(session, clinic.context, delivery=delivery)
        question = next(found for found in card.teach_back if found.id == question_id)
        return education.record_answer(
            session, delivery=delivery, question=question, value=value, now=clinic.now
        )


def mistakes(clinic: Clinic, episode_id: int | None = None) -> list[Mistake]:
    with clinic.session() as session:
        return education.open_mistakes(session, clinic.context, episode_id=episode_id)


def row_of_asha(clinic: Clinic) -> Row:
    with clinic.session() as session:
        found = worklist(session, clinic.context, clinician_id=clinic.meera, now=clinic.now)
    [row] = [row for row in found.rows if row.name == "Asha Patil"]
    return row


# --- which card ---------------------------------------------------------------------------------


def test_a_card_is_due_on_its_day_and_three_days_after_not_before_and_not_later(
    clinic: Clinic,
) -> None:
    known = {card.id for card in cards(clinic)} - {"work"}
    found = {day: due(clinic, day, sent=known) for day in range(26, 34)}
    assert [day for day, card in found.items() if card] == [28, 29, 30, 31]


def test_what_was_over_when_the_patient_joined_is_not_sent(clinic: Clinic) -> None:
    known = {"precautions", "warning-signs"}
    joined = course(since=SURGERY + timedelta(days=29))
    assert due(clinic, 29, on=joined, sent=known) == ""
    assert due(clinic, 29, sent=known) == "work"


def test_warning_signs_come_before_everything_however_late(clinic: Clinic) -> None:
    joined = course(since=SURGERY + timedelta(days=200))
    assert due(clinic, 210, on=joined) == "warning-signs"
    assert due(clinic, 210, on=joined, sent={"warning-signs"}) == "late-infection"


def test_what_nobody_may_miss_is_never_sent_before_the_operation(clinic: Clinic) -> None:
    found = {due(clinic, day) for day in range(-28, 0)}
    assert not found & {"warning-signs", "precautions"}


def test_precautions_are_told_late_only_while_they_hold(clinic: Clinic) -> None:
    known = {"warning-signs"}
    assert due(clinic, 42, sent=known) == "precautions"
    assert due(clinic, 43, sent=known | {"end-of-precautions"}) != "precautions"


def test_the_ban_on_running_does_not_make_the_precautions_last(clinic: Clinic) -> None:
    protocol = clinic.context.content.protocol_for("hip-resurfacing", "standard")
    end = rules.precautions_end(protocol, SURGERY, SURGERY)
    assert end == SURGERY + timedelta(days=84)


def test_a_card_of_another_variant_is_not_for_this_patient(clinic: Clinic) -> None:
    known = {card.id for card in cards(clinic)} - {"gentle-sport", "gentle-sport-later"}
    assert due(clinic, 45, sent=known) == "gentle-sport"
    slow = course(variant="slow")
    assert due(clinic, 45, on=slow, sent=known) == ""
    assert due(clinic, 75, on=slow, sent=known) == "gentle-sport-later"


def test_every_card_of_a_variant_finds_its_day(clinic: Clinic) -> None:
    for variant in ("standard", "slow", "bilateral"):
        sent: list[str] = []
        for day in range(-28, 401):
            if card := due(clinic, day, on=course(variant=variant), sent=set(sent)):
                sent.append(card)
        meant = [c.id for c in cards(clinic) if not c.variants or variant in c.variants]
        assert sorted(sent) == sorted(meant), variant


def test_enrolment_pins_the_cards_of_the_day(clinic: Clinic) -> None:
    pinned = clinic.one(select(Episode)).education_hash
    assert pinned == clinic.context.content.hashes["education/hip-resurfacing"]


def test_without_a_recorded_discharge_the_typical_stay_counts(clinic: Clinic) -> None:
    with clinic.session() as session:
        found = episode(session, clinic.asha)
        found.surgery_on = clinic.today
        for card in cards(clinic):
            if card.id != "coming-home":
                education.deliver(session, episode=found, card=card, now=clinic.now)
        days = [
            day
            for day in range(9)
            if education.due_card(
                session,
                clinic.context,
                episode=found,
                local_on=clinic.today + timedelta(days=day),
                as_of=clinic.today + timedelta(days=day),
            )
        ]
    assert days == [4, 5, 6, 7]


# --- what was understood ------------------------------------------------------------------------


def test_only_the_first_answer_is_kept(either: Clinic) -> None:
    sent = send(either, "warning-signs")
    assert answer(either, sent, "calf", "rub") == education.Recorded(is_new=True, is_right=False)
    assert answer(either, sent, "calf", "phone") == education.Recorded(is_new=False, is_right=True)
    [kept] = either.all_of(TeachBackAnswer)
    assert (kept.value, kept.is_right, kept.seen_at) == ("rub", False, None)


def test_a_mistake_says_what_was_asked_answered_and_right(either: Clinic) -> None:
    sent = send(either, "warning-signs")
    answer(either, sent, "breathless", "call")
    answer(either, sent, "calf", "rub")
    [mistake] = mistakes(either, either.asha)
    assert mistake.question == "Your calf is newly swollen and hurts. What do you do?"
    assert mistake.answer == "Rub it and wait a few days"
    assert mistake.right_answer == "Phone the clinic today"
    assert mistake.card_title == "Warning signs you must know"
    assert (mistake.episode_id, mistake.delivery_id) == (either.asha, sent)
    assert mistakes(either) == [mistake]


def test_mistakes_of_one_patient_are_not_shown_with_another(clinic: Clinic) -> None:
    other = clinic.add_patient("Olu Ade", chat=2001)
    answer(clinic, send(clinic, "warning-signs"), "calf", "rub")
    assert mistakes(clinic, other) == []
    assert len(mistakes(clinic)) == 1


def test_a_mistake_stands_on_the_worklist_until_a_clinician_has_seen_it(either: Clinic) -> None:
    either.check_in(either.asha)
    before = row_of_asha(either)
    assert "misunderstood" not in {reason.code for reason in before.reasons}
    sent = send(either, "precautions")
    answer(either, sent, "sock", "bend")
    answer(either, sent, "turn", "twist")
    row = row_of_asha(either)
    [reason] = [found for found in row.reasons if found.code == "misunderstood"]
    assert reason.values == {"count": "2"}
    assert row.level == "amber"
    with either.session() as session:
        seen = education.mark_seen(
            session, delivery_id=sent, clinician_id=either.meera, now=either.now
        )
    assert seen == 2
    assert mistakes(either) == []
    assert row_of_asha(either).reasons == before.reasons
    assert {found.seen_by for found in either.all_of(TeachBackAnswer)} == {either.meera}


def test_seeing_is_audited_once(clinic: Clinic) -> None:
    sent = send(clinic, "precautions")
    answer(clinic, sent, "sock", "bend")
    for expected in (1, 0):
        with clinic.session() as session:
            seen = education.mark_seen(
                session, delivery_id=sent, clinician_id=clinic.meera, now=clinic.now
            )
        assert seen == expected
    audits = select(AuditEvent).where(AuditEvent.action == "teach_back.seen")
    [audit] = clinic.read(audits)
    assert audit.actor == f"clinician:{clinic.meera}"
    assert audit.patient_id is not None


def test_a_card_that_was_never_sent_cannot_be_marked(clinic: Clinic) -> None:
    with pytest.raises(NotFound), clinic.session() as session:
        education.mark_seen(session, delivery_id=99, clinician_id=clinic.meera, now=clinic.now)
