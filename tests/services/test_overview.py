"""What the pages are told: latest revisions, honest gaps, and only one's own patients."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from rehab.services.overview import stories
from rehab.services.overview.pain import pain_history
from rehab.services.overview.patient import patient_view
from rehab.services.overview.timeline import timeline
from rehab.services.overview.worklist import Row, worklist
from tests.web.build import NOW, Clinic


@pytest.fixture
def clinic(tmp_path: Path) -> Clinic:
    built = Clinic(tmp_path)
    built.populate()
    return built


def _row(clinic: Clinic) -> Row:
    with clinic.change() as session:
        found = worklist(session, clinic.context, clinician_id=clinic.cast.meera, now=NOW)
    return found.rows[0]


def test_the_sparkline_shows_the_corrected_pain_and_gaps(clinic: Clinic) -> None:
    clinic.answer(clinic.cast.asha, {"pain": "4"}, days_ago=2)
    clinic.answer(clinic.cast.asha, {"pain": "3"})
    clinic.correct(clinic.cast.asha, "pain", "5")
    assert _row(clinic).pain == (None,) * 11 + (4.0, None, 5.0)


def test_adherence_counts_exercises_of_finished_days_only(clinic: Clinic) -> None:
    assert _row(clinic).adherence is None
    clinic.exercise(clinic.cast.asha, days_ago=1, done=4)
    clinic.exercise(clinic.cast.asha, days_ago=2, done=2)
    clinic.exercise(clinic.cast.asha, days_ago=8, done=0)
    assert _row(clinic).adherence is None, "two days say nothing about a habit"
    clinic.exercise(clinic.cast.asha, days_ago=3, done=3)
    assert _row(clinic).adherence == pytest.approx(0.75)


def test_the_chart_has_a_point_for_every_day_since_the_first_answer(clinic: Clinic) -> None:
    clinic.answer(clinic.cast.asha, {"pain": "4", "medicine": "opioid"}, days_ago=3)
    clinic.answer(clinic.cast.asha, {"pain": "2"})
    with clinic.change() as session:
        history = pain_history(session, clinic.context, patient_id=clinic.cast.asha, now=NOW)
    assert [point.day for point in history.points] == [6, 7, 8, 9]
    assert [point.pain for point in history.points] == [4.0, None, None, 2.0]
    assert history.points[0].medicine == "opioid"


def test_a_patients_day_is_counted_in_their_own_zone(clinic: Clinic) -> None:
    far = clinic.add_patient("Far Away", days_ago=3, timezone="Pacific/Auckland")
    with clinic.change() as session:
        view = patient_view(session, clinic.context, patient_id=far, now=NOW + timedelta(hours=2))
    assert view.day == 4, "in Auckland the next day has begun"


def test_the_timeline_is_newest_first_and_can_be_cut(clinic: Clinic) -> None:
    clinic.answer(clinic.cast.asha, {"legs": "calf"})
    with clinic.change() as session:
        told = stories.of_episode(session, clinic.context, episode_id=1)
        full = timeline(session, clinic.context, patient_id=clinic.cast.asha, stories=told)
        recent = timeline(
            session,
            clinic.context,
            patient_id=clinic.cast.asha,
            stories=told,
            since=NOW - timedelta(days=2),
        )
    moments = [entry.at for entry in full]
    assert moments == sorted(moments, reverse=True)
    assert {"episode.enrolled", "alert.opened", "check_in.completed"} <= {e.kind for e in full}
    assert "episode.enrolled" not in {entry.kind for entry in recent}
    assert 0 < len(recent) < len(full)


def test_a_story_keeps_each_finding_once_and_joins_equal_questions(clinic: Clinic) -> None:
    for days_ago, pain in ((3, "2"), (2, "2"), (1, "2")):
        clinic.answer(clinic.cast.asha, {"pain": pain}, days_ago=days_ago)
    clinic.answer(clinic.cast.asha, {"pain": "6", "legs": "calf"})
    with clinic.change() as session:
        story = stories.of_episode(session, clinic.context, episode_id=1)[0]
        entries = timeline(session, clinic.context, patient_id=clinic.cast.asha, stories=(story,))
    assert ("Worst pain: 2, 2, 2, 6",) in [found.facts for found in story.findings]
    lines = [line.text for entry in entries if entry.area == "alert" for line in entry.lines]
    assert len(lines) == len(set(lines)) == len(story.findings)
