"""Every finding explains itself: question, answer, limit, rule, version, source and level."""

from __future__ import annotations

from sqlalchemy import select

from rehab.models import Episode, FindingRecord, RuleLevel
from rehab.services import explanations, measurements, rule_levels, versions
from rehab.services.explanations import Explanation
from tests.support.build import Clinic


def explained(clinic: Clinic) -> Explanation:
    """Why the only finding was made."""
    with clinic.session() as session:
        why = explanations.explain(
            session, clinic.context, session.scalars(select(FindingRecord)).one()
        )
    assert why is not None
    return why


def test_a_finding_tells_what_was_asked_answered_and_exceeded(either: Clinic) -> None:
    either.answer(either.asha, "temperature", "38.2")
    why = explained(either)
    assert (why.question, why.answer) == ("Temperature", "38.2")
    assert why.threshold == (
        "Temperature: at least 38 or “38.0 to 38.9 °C” or “39.0 °C or more” (from day 5)"
    )
    assert why.rule == "Temperature 38.0 or more, from day 5 (RF04.late)"
    assert why.version.startswith("hip-resurfacing 1.")
    assert why.level == "as the protocol says"
    assert any("KSSTA" in source or "proposal" in source for source in why.sources)


def test_a_score_names_its_points(clinic: Clinic) -> None:
    clinic.answer(clinic.asha, "legs", "calf")
    why = explained(clinic)
    assert "at least 2 points: 1 for the operation; 1 for Calf and breathing" in why.threshold


def test_a_finding_under_a_setting_names_its_level_and_its_limit(clinic: Clinic) -> None:
    with clinic.session() as session:
        episode = session.get_one(Episode, clinic.asha)
        rule_levels.propose(
            session,
            clinic.context,
            level=RuleLevel.PATIENT,
            rule_id="RF04.late",
            change={"at_least": 37.8},
            reason="on steroids",
            actor_id=clinic.meera,
            now=clinic.now,
            episode=episode,
            rules=versions.pinned_rules_of(session, clinic.context, episode),
        )
    clinic.answer(clinic.asha, "temperature", "37.9")
    why = explained(clinic)
    assert why.level == "setting for this patient"
    assert "at least 37.8" in why.threshold


def measure(clinic: Clinic, episode_id: int, degrees: float) -> None:
    with clinic.session() as session:
        measurements.record(
            session,
            clinic.context,
            episode_id=episode_id,
            measure="knee-flexion-degrees",
            value=degrees,
            effective_on=clinic.today,
            clinician_id=clinic.meera,
            now=clinic.now,
        )


def test_a_measured_knee_is_compared_with_the_expected_course(clinic: Clinic) -> None:
    knee = clinic.add_patient("Ravi Kale", chat=7_777, procedure="total-knee", day=20)
    measure(clinic, knee, 80)
    assert clinic.all_of(FindingRecord) == []
    measure(clinic, knee, 79)
    why = explained(clinic)
    assert (why.question, why.answer) == ("knee-flexion-degrees", "79")
    assert "knee flexion degrees: below the expected line of day 20 (80)" in why.threshold
    assert clinic.alert().tier == "T2"
