"""The picture of the last weeks: what it counts, what it leaves open, and when it is sent."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from io import BytesIO

import pytest
from PIL import Image

from rehab.charts import BandSpan
from rehab.models import CareTask, ExerciseRecord, ExerciseState, StageChange, TaskKind, TaskState
from rehab.progress_picture import Day, Weeks, progress_picture
from rehab.services import media, progress
from rehab.services.progress import Progress
from tests.support.build import Clinic, episode

WEEKS = Weeks(
    points=tuple(Day(day, pain=float(day % 5), exercises_done=0.5) for day in range(1, 15)),
    band=(BandSpan(1, 3, 5, 8), BandSpan(4, 14, 4, 7)),
    flags=(9,),
)


def of(clinic: Clinic, until: date | None = None) -> Progress:
    with clinic.session() as session:
        return progress.of(
            session,
            clinic.context,
            episode=episode(session, clinic.asha),
            until=until or clinic.today,
        )


def next_day(clinic: Clinic) -> None:
    clinic.clock.at(clinic.today + timedelta(days=1), "11:00")


def checks(clinic: Clinic, state: TaskState) -> None:
    with clinic.session() as session:
        session.add(
            CareTask(
                episode_id=clinic.asha,
                kind=TaskKind.CHECK_IN,
                local_on=clinic.today,
                due_at=clinic.now,
                state=state,
            )
        )


def exercises(clinic: Clinic, *states: ExerciseState) -> None:
    with clinic.session() as session:
        task = CareTask(
            episode_id=clinic.asha,
            kind=TaskKind.EXERCISES,
            local_on=clinic.today,
            due_at=clinic.now,
            state=TaskState.PROMPTED,
        )
        for number, state in enumerate(states):
            task.exercises.append(
                ExerciseRecord(
                    position=number + 1,
                    exercise_id=f"EX0{number + 1}",
                    dose="10",
                    state=state,
                    recorded_at=None if state == ExerciseState.ASKED else clinic.now,
                )
            )
        session.add(task)


def test_it_is_sent_weekly_for_twelve_weeks_and_then_every_four() -> None:
    days = [day for day in range(-30, 400) if progress.is_day(day)]
    assert days[:12] == [7 * week for week in range(1, 13)]
    assert days[12:15] == [112, 140, 168]
    assert days[-1] == 364


def test_a_day_without_an_answer_is_a_gap_and_a_day_nobody_was_asked_on_is_none(
    clinic: Clinic,
) -> None:
    clinic.answer(clinic.asha, "pain", "5")
    checks(clinic, TaskState.DONE)
    next_day(clinic)
    checks(clinic, TaskState.MISSED)
    next_day(clinic)
    checks(clinic, TaskState.EXCUSED)
    next_day(clinic)
    clinic.answer(clinic.asha, "pain", "3")
    found = of(clinic)
    assert found.pain == (5, 3)
    assert [(one.pain, one.was_asked) for one in found.weeks.points[-4:]] == [
        (5, True),
        (None, True),
        (None, False),
        (3, False),
    ]
    assert found.has_silent_days


def test_nobody_is_blamed_for_days_before_they_joined(clinic: Clinic) -> None:
    found = of(clinic)
    assert [one.day for one in found.weeks.points] == list(range(4, 11))
    assert not found.has_silent_days


def test_it_shows_four_weeks_at_most(clinic: Clinic) -> None:
    for _ in range(40):
        next_day(clinic)
    assert len(of(clinic).weeks.points) == 28


def test_it_counts_days_with_an_exercise_and_leaves_an_untouched_list_open(
    clinic: Clinic,
) -> None:
    exercises(clinic, ExerciseState.DONE, ExerciseState.ASKED)
    next_day(clinic)
    exercises(clinic, ExerciseState.TOO_PAINFUL)
    next_day(clinic)
    exercises(clinic, ExerciseState.ASKED)
    found = of(clinic)
    assert found.exercise_days == (1, 2)
    assert [one.exercises_done for one in found.weeks.points[-3:]] == [0.5, 0, None]


def test_a_new_stage_is_a_flag_and_a_step_back_is_none(clinic: Clinic) -> None:
    for before, after in (("P1", "P2"), ("P2", "P1")):
        with clinic.session() as session:
            session.add(
                StageChange(
                    episode_id=clinic.asha,
                    from_stage=before,
                    to_stage=after,
                    at=clinic.now,
                    reason="x",
                )
            )
        next_day(clinic)
    found = of(clinic)
    assert found.weeks.flags == (10,)
    assert len(found.new_stages) == 1


def test_it_knows_when_pain_has_reached_the_line_of_its_day(clinic: Clinic) -> None:
    clinic.answer(clinic.asha, "pain", "5")
    assert not of(clinic).is_above
    next_day(clinic)
    clinic.answer(clinic.asha, "pain", "6")
    assert of(clinic).is_above


def test_the_week_ends_on_the_seventh_day(clinic: Clinic) -> None:
    found = of(clinic)
    assert [replace(found, day=day).week for day in (1, 7, 8, 14, 84)] == [1, 1, 2, 2, 12]


def test_the_picture_is_large_opaque_and_the_same_for_the_same_facts() -> None:
    made = progress_picture(WEEKS)
    assert made == progress_picture(WEEKS)
    with Image.open(BytesIO(made)) as image:
        assert image.size == (1000, 700)
        corners = image.convert("RGBA")
    assert all(min(corners.getpixel(at)) > 230 for at in ((0, 0), (999, 0), (0, 699), (999, 699)))


def test_a_gap_looks_unlike_no_pain() -> None:
    points = list(WEEKS.points)
    points[5] = Day(6, pain=None, exercises_done=0.5)
    silent = progress_picture(replace(WEEKS, points=tuple(points)))
    points[5] = Day(6, pain=None, was_asked=False, exercises_done=0.5)
    not_asked = progress_picture(replace(WEEKS, points=tuple(points)))
    points[5] = Day(6, pain=0, exercises_done=0.5)
    none = progress_picture(replace(WEEKS, points=tuple(points)))
    assert len({silent, not_asked, none}) == 3


def test_it_is_drawn_without_any_answer_and_with_a_single_one() -> None:
    empty = Weeks(tuple(Day(day) for day in range(1, 8)), (), ())
    assert progress_picture(empty).startswith(b"\x89PNG")
    one = Weeks((*empty.points[:6], Day(7, pain=10)), (), ())
    assert progress_picture(one).startswith(b"\x89PNG")


def test_a_picture_whose_facts_changed_meanwhile_is_not_made(clinic: Clinic) -> None:
    clinic.answer(clinic.asha, "pain", "5")
    found = of(clinic)
    with clinic.session() as session:
        key = progress.medium(episode(session, clinic.asha), found).key
        made = media.recipe(session, clinic.context, key)
    assert made.make().mime == "image/png"
    clinic.clock.forward(minutes=5)
    clinic.answer(clinic.asha, "pain", "2")
    with clinic.session() as session, pytest.raises(LookupError):
        media.recipe(session, clinic.context, key)
