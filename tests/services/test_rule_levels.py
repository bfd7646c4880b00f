"""Settings of rules, expected answers and "always tell me": who counts, what it does, who may."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from rehab.errors import InvalidInput, NotAllowed, NotFound, WrongState
from rehab.models import (
    AuditEvent,
    Episode,
    FindingRecord,
    Page,
    RuleLevel,
    RuleSetting,
    Snooze,
)
from rehab.services import always_tell, rule_levels, snoozes, versions
from tests.support.build import MEERA_CHAT, NIGHT, RAO_CHAT, Clinic

WARMER = {"at_least": 38.5}


def propose(
    clinic: Clinic, level: RuleLevel, change: dict[str, Any] | None = None, **more: Any
) -> int:
    with clinic.session() as session:
        episode = session.get_one(Episode, clinic.asha)
        row = rule_levels.propose(
            session,
            clinic.context,
            level=level,
            change=change or WARMER,
            **(
                {"rule_id": "RF04.late", "reason": "our thermometers", "actor_id": clinic.meera}
                | more
            ),
            now=clinic.now,
            episode=episode if level is RuleLevel.PATIENT else None,
            rules=versions.pinned_rules_of(session, clinic.context, episode)
            if level is RuleLevel.PATIENT
            else None,
        )
        return row.id


def sign(clinic: Clinic, setting_id: int, by: int | None = None) -> None:
    with clinic.session() as session:
        rule_levels.sign(
            session, setting_id=setting_id, clinician_id=by or clinic.rao, now=clinic.now
        )


def limit(clinic: Clinic, episode_id: int | None = None) -> float | None:
    """From which temperature the rule RF04.late fires for a patient."""
    with clinic.session() as session:
        episode = session.get_one(Episode, episode_id or clinic.asha)
        rules = versions.rules_of(session, clinic.context, episode)
        return rules.rule("RF04.late").when[0].at_least


def test_a_clinics_setting_counts_once_a_second_clinician_signs(either: Clinic) -> None:
    setting = propose(either, RuleLevel.CLINIC)
    assert limit(either) == 38.0
    with pytest.raises(NotAllowed, match="second clinician"):
        sign(either, setting, by=either.meera)
    sign(either, setting)
    assert limit(either) == 38.5
    either.answer(either.asha, "temperature", "38.2")
    assert either.all_of(FindingRecord) == []


def test_a_surgeons_setting_is_for_the_patients_of_their_team_only(clinic: Clinic) -> None:
    stranger = clinic.add_patient("Ravi Kale", chat=7_777)
    sign(clinic, propose(clinic, RuleLevel.SURGEON, surgeon_id=clinic.rao))
    assert limit(clinic) == 38.5
    assert limit(clinic, stranger) == 38.0


def test_the_nearest_setting_wins_and_ending_it_gives_way_to_the_wider_one(clinic: Clinic) -> None:
    sign(clinic, propose(clinic, RuleLevel.CLINIC))
    mine = propose(clinic, RuleLevel.PATIENT, {"at_least": 37.8}, reason="on steroids")
    assert limit(clinic) == 37.8
    with clinic.session() as session:
        rule_levels.end(session, setting_id=mine, clinician_id=clinic.meera, now=clinic.now)
    assert limit(clinic) == 38.5
    actions = [row.action for row in clinic.all_of(AuditEvent) if "rule_setting" in row.action]
    assert actions == [
        "rule_setting.made",
        "rule_setting.signed",
        "rule_setting.made",
        "rule_setting.ended",
    ]


def test_a_new_setting_takes_the_place_of_the_one_before(clinic: Clinic) -> None:
    propose(clinic, RuleLevel.PATIENT)
    propose(clinic, RuleLevel.PATIENT, {"at_least": 38.2})
    assert limit(clinic) == 38.2
    kept = clinic.read(select(RuleSetting).order_by(RuleSetting.id))
    assert [row.ended_at is None for row in kept] == [False, True]


@pytest.mark.parametrize("change", [{"off": True}, {"tier": "T2"}])
@pytest.mark.parametrize("level", [RuleLevel.CLINIC, RuleLevel.PATIENT])
def test_an_emergency_rule_cannot_be_lowered_at_any_level(
    clinic: Clinic, level: RuleLevel, change: dict[str, Any]
) -> None:
    with pytest.raises(InvalidInput, match="emergency"):
        propose(clinic, level, change, rule_id="RF01.breath")


def test_a_setting_takes_a_clinician_and_a_reason(clinic: Clinic) -> None:
    with pytest.raises(InvalidInput) as caught:
        propose(clinic, RuleLevel.PATIENT, reason="  ")
    assert "reason" in caught.value.fields
    with pytest.raises(NotAllowed):
        propose(clinic, RuleLevel.CLINIC, actor_id=clinic.admin)
    with pytest.raises(InvalidInput, match="surgeon"):
        propose(clinic, RuleLevel.SURGEON, surgeon_id=clinic.meera)


def test_a_finding_says_which_level_changed_its_rule(clinic: Clinic) -> None:
    setting = propose(clinic, RuleLevel.PATIENT, {"at_least": 37.8})
    clinic.answer(clinic.asha, "temperature", "37.9")
    (found,) = clinic.all_of(FindingRecord)
    assert found.marks == {"level": "patient", "setting": setting}
    with clinic.session() as session:
        episode = session.get_one(Episode, clinic.asha)
        assert found.rules_hash == episode.rules_hash


def test_a_rule_switched_off_for_a_patient_finds_nothing(clinic: Clinic) -> None:
    propose(clinic, RuleLevel.PATIENT, {"off": True})
    clinic.answer(clinic.asha, "temperature", "38.2")
    assert clinic.all_of(FindingRecord) == []


def test_a_setting_is_ended_once(clinic: Clinic) -> None:
    mine = propose(clinic, RuleLevel.PATIENT)
    for expected in (None, "already_ended"):
        with clinic.session() as session:
            if expected is None:
                rule_levels.end(
                    session, setting_id=mine, clinician_id=clinic.meera, now=clinic.now
                )
            else:
                with pytest.raises(WrongState):
                    rule_levels.end(
                        session, setting_id=mine, clinician_id=clinic.meera, now=clinic.now
                    )


# --- An answer that is expected -----------------------------------------------------------------


def expect(clinic: Clinic, rule_id: str, question: str, expected: Any, days: int = 3) -> int:
    with clinic.session() as session:
        episode = session.get_one(Episode, clinic.asha)
        row = snoozes.start(
            session,
            episode=episode,
            rules=versions.rules_of(session, clinic.context, episode),
            rule_id=rule_id,
            question=question,
            expected=expected,
            until_at=clinic.now + timedelta(days=days),
            reason="seen today, wound checked",
            clinician_id=clinic.meera,
            now=clinic.now,
        )
        return row.id


def test_what_is_expected_pages_nobody_and_stays_on_record(either: Clinic) -> None:
    snooze = expect(either, "RF04.late", "temperature", 38.4)
    either.answer(either.asha, "temperature", "38.4")
    (found,) = either.all_of(FindingRecord)
    assert (found.alert_id, found.marks) == (None, {"snooze": snooze})
    assert either.outbox(kind="alert_card") == []
    with either.session() as session:
        assert session.get_one(Episode, either.asha).loading_stopped_at is None


def test_more_than_what_is_expected_raises_the_alert(clinic: Clinic) -> None:
    expect(clinic, "RF04.late", "temperature", 38.4)
    clinic.answer(clinic.asha, "temperature", "38.5")
    (found,) = clinic.all_of(FindingRecord)
    assert found.alert_id is not None
    assert found.marks == {}


def test_options_can_be_expected_too(clinic: Clinic) -> None:
    expect(clinic, "RF05.late", "wound", ["spots"])
    clinic.answer(clinic.asha, "wound", "spots")
    (found,) = clinic.all_of(FindingRecord)
    assert found.alert_id is None


def test_an_expectation_ends_by_its_date_and_by_hand(clinic: Clinic) -> None:
    snooze = expect(clinic, "RF04.late", "temperature", 38.9, days=1)
    clinic.clock.forward(days=1, minutes=1)
    clinic.answer(clinic.asha, "temperature", "38.2")
    assert clinic.one(select(FindingRecord)).alert_id is not None
    with clinic.session() as session:
        snoozes.end(session, snooze_id=snooze, clinician_id=clinic.meera, now=clinic.now)
        assert snoozes.running(session, session.get_one(Episode, clinic.asha), clinic.now) == []
    assert clinic.one(select(Snooze)).ended_at is not None


@pytest.mark.parametrize(
    ("rule_id", "question", "expected", "days", "field"),
    [
        ("RF01.breath", "legs", ["breath"], 3, "rule"),
        ("RF99.none", "pain", 3, 3, "rule"),
        ("RF04.late", "pain", 3, 3, "question"),
        ("RF04.late", "temperature", [], 3, "expected"),
        ("RF04.late", "temperature", 38.5, 29, "until"),
        ("RF04.late", "temperature", 38.5, -1, "until"),
    ],
)
def test_what_can_never_be_expected(
    clinic: Clinic, rule_id: str, question: str, expected: Any, days: int, field: str
) -> None:
    with pytest.raises(InvalidInput) as caught:
        expect(clinic, rule_id, question, expected, days)
    assert field in caught.value.fields


# --- Always tell me -----------------------------------------------------------------------------


def always(clinic: Clinic, problem: str, who: int) -> int:
    with clinic.session() as session:
        return always_tell.ask(session, clinician_id=who, problem=problem, now=clinic.now).id


def paged(clinic: Clinic) -> set[int]:
    return {page.clinician_id for page in clinic.all_of(Page)}


def test_whoever_asked_is_told_at_the_first_page_in_their_own_patients(either: Clinic) -> None:
    always(either, "RF04", either.rao)
    either.answer(either.asha, "temperature", "38.2")
    assert {either.meera, either.rao} <= paged(either)
    assert len(either.outbox(chat=RAO_CHAT, kind="alert_card")) == 1
    assert len(either.outbox(chat=MEERA_CHAT, kind="alert_card")) == 1


def test_nobody_is_told_of_other_problems_or_of_other_peoples_patients(clinic: Clinic) -> None:
    always(clinic, "RF05.pus", clinic.rao)
    always(clinic, "RF04", clinic.vikram)
    clinic.answer(clinic.asha, "temperature", "38.2")
    assert clinic.vikram not in paged(clinic)


def test_a_problem_that_joins_an_alert_is_told_too(clinic: Clinic) -> None:
    always(clinic, "RF02.calf", clinic.rao)
    clinic.answer(clinic.asha, "temperature", "38.2")
    assert clinic.rao not in paged(clinic)
    clinic.answer(clinic.asha, "legs", "calf")
    assert clinic.rao in paged(clinic)


def test_what_can_wait_wakes_nobody_who_asked(clinic: Clinic) -> None:
    always(clinic, "RF03", clinic.rao)
    clinic.clock.moment = NIGHT
    clinic.answer(clinic.asha, "temperature", "35.8")
    assert clinic.alert().tier == "T2"
    assert clinic.all_of(Page) == []


def test_a_wish_is_kept_once_and_stopped_by_its_owner(clinic: Clinic) -> None:
    row = always(clinic, "RF05", clinic.rao)
    assert always(clinic, "RF05", clinic.rao) == row
    with clinic.session() as session, pytest.raises(NotFound):
        always_tell.stop(session, row_id=row, clinician_id=clinic.meera, now=clinic.now)
    with clinic.session() as session:
        always_tell.stop(session, row_id=row, clinician_id=clinic.rao, now=clinic.now)
        assert always_tell.of(session, clinic.rao) == []
    with pytest.raises(InvalidInput):
        always(clinic, "everything", clinic.rao)
