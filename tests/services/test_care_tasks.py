"""Care tasks: one per local date, made ahead, moved with the patient's time, none while paused."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from exercises.schema import Tier
from rehab.clinical import timetable
from rehab.errors import InvalidInput
from rehab.models import (
    CareTask,
    Episode,
    ExerciseState,
    StageChange,
    TaskKind,
    TaskState,
)
from rehab.services import care_tasks, episodes, plans
from tests.support.build import NOW, Clinic, patient_of

MORNING = NOW - timedelta(hours=5)
"""06:30 in Mumbai, before the reminder of 09:00."""


@pytest.fixture
def early(clinic: Clinic) -> Clinic:
    """Half past six in the morning."""
    clinic.clock.moment = MORNING
    return clinic


def plan(clinic: Clinic, episode_id: int = 0) -> int:
    with clinic.session() as session:
        episode = episodes.get(session, episode_id or clinic.asha)
        return care_tasks.plan_ahead(session, clinic.context, episode=episode, now=clinic.now)


def tasks(clinic: Clinic, kind: TaskKind, episode_id: int = 0) -> list[CareTask]:
    return clinic.read(
        select(CareTask)
        .where(CareTask.kind == kind, CareTask.episode_id == (episode_id or clinic.asha))
        .order_by(CareTask.local_on)
    )


def day_list(clinic: Clinic, episode_id: int, day: int) -> list[str]:
    with clinic.session() as session:
        episode = episodes.get(session, episode_id)
        items = plans.on_day(session, clinic.context, episode=episode, day=day)
        return [item.exercise_id for item in items]


def days_from(clinic: Clinic, count: int) -> list[date]:
    return [clinic.today + timedelta(days=offset) for offset in range(count)]


# --- planning -----------------------------------------------------------------------------------


def test_the_next_two_days_exist_as_rows(early: Clinic) -> None:
    assert plan(early) == 9, "exercises, check-in and the evening's card"
    for kind in (TaskKind.EXERCISES, TaskKind.CHECK_IN):
        found = tasks(early, kind)
        assert [task.local_on for task in found] == days_from(early, 3)
        for task in found:
            local = timetable.local_text(task.due_at, "Asia/Kolkata", "%H:%M")
            assert (local, task.state, task.look_after) == ("09:00", "planned", task.due_at)


def test_planning_again_adds_nothing(early: Clinic) -> None:
    plan(early)
    assert plan(early) == 0
    early.clock.forward(days=1)
    assert plan(early) == 3


def test_the_database_refuses_a_second_task_of_the_same_date(either: Clinic) -> None:
    plan(either)
    (first, *_) = tasks(either, TaskKind.CHECK_IN)
    with pytest.raises(IntegrityError), either.session() as session:
        session.add(
            CareTask(
                episode_id=first.episode_id,
                kind=first.kind,
                local_on=first.local_on,
                due_at=first.due_at,
            )
        )


def test_a_reminder_whose_time_is_over_is_not_made_up_for(clinic: Clinic) -> None:
    plan(clinic)
    assert tasks(clinic, TaskKind.EXERCISES)[0].local_on == clinic.today + timedelta(days=1)


@pytest.mark.parametrize(
    ("zone", "start"),
    [("America/New_York", date(2026, 10, 30)), ("Europe/London", date(2026, 3, 27))],
)
def test_a_clock_change_neither_doubles_nor_drops_a_day(
    clinic: Clinic, zone: str, start: date
) -> None:
    clinic.clock.at(start, "06:00", zone)
    episode_id = clinic.add_patient("Olu Ade", chat=2001, day=5, timezone=zone)
    for _ in range(5):
        plan(clinic, episode_id)
        clinic.clock.forward(days=1)
    found = tasks(clinic, TaskKind.EXERCISES, episode_id)
    assert [task.local_on for task in found] == [start + timedelta(days=n) for n in range(7)]
    assert {timetable.local_text(task.due_at, zone, "%H:%M") for task in found} == {"09:00"}


def test_a_new_reminder_time_moves_what_has_not_gone_out(early: Clinic) -> None:
    plan(early)
    with early.session() as session:
        episode = episodes.get(session, early.asha)
        patient_of(session, early.asha).reminder_time = timetable.read_wall_time("18:30")
        done = session.scalars(select(CareTask).where(CareTask.local_on == early.today)).all()
        done[0].state = TaskState.PROMPTED
        care_tasks.replan(session, early.context, episode=episode, now=early.now)
        care_tasks.plan_ahead(session, early.context, episode=episode, now=early.now)
        moved_not = done[0].id
    local = {
        task.id: timetable.local_text(task.due_at, "Asia/Kolkata", "%H:%M")
        for task in early.all_of(CareTask)
        if task.kind != TaskKind.EDUCATION
    }
    assert local.pop(moved_not) == "09:00"
    assert set(local.values()) == {"18:30"}
    assert len(local) == 5


def test_a_time_moved_before_now_makes_todays_reminder_due_at_once(clinic: Clinic) -> None:
    """At 11:30, from 18:00 to 08:00: better now than not at all."""
    with clinic.session() as session:
        patient_of(session, clinic.asha).reminder_time = timetable.read_wall_time("18:00")
    plan(clinic)
    with clinic.session() as session:
        episode = episodes.get(session, clinic.asha)
        patient_of(session, clinic.asha).reminder_time = timetable.read_wall_time("08:00")
        care_tasks.replan(session, clinic.context, episode=episode, now=clinic.now)
        care_tasks.plan_ahead(session, clinic.context, episode=episode, now=clinic.now)
    found = tasks(clinic, TaskKind.EXERCISES)
    assert [task.local_on for task in found] == days_from(clinic, 3)
    assert [task.due_at <= clinic.now for task in found] == [True, False, False]


def test_a_pause_excuses_and_a_resume_plans_again(early: Clinic) -> None:
    plan(early)
    with early.session() as session:
        episodes.pause(session, episode_id=early.asha, until=None, actor="patient", now=early.now)
    assert {task.state for task in early.all_of(CareTask)} == {TaskState.EXCUSED}
    assert {task.look_after for task in early.all_of(CareTask)} == {None}
    with early.session() as session:
        episodes.resume(session, episode_id=early.asha, actor="patient", now=early.now)
    plan(early)
    assert {task.state for task in early.all_of(CareTask)} == {TaskState.PLANNED}
    assert len(early.all_of(CareTask)) == 9


# --- the rhythm of check-ins --------------------------------------------------------------------


@pytest.mark.parametrize(("stage", "day", "every"), [("P1", 5, 1), ("P2", 20, 2), ("P3", 50, 7)])
def test_the_stage_decides_how_often_a_check_in_is_asked(
    clinic: Clinic, stage: str, day: int, every: int
) -> None:
    clinic.clock.moment = MORNING
    episode_id = clinic.add_patient("Olu Ade", chat=2001, day=day)
    with clinic.session() as session:
        episodes.get(session, episode_id).stage_id = stage
    for _ in range(15):
        plan(clinic, episode_id)
        clinic.clock.forward(days=1)
    days = [task.local_on for task in tasks(clinic, TaskKind.CHECK_IN, episode_id)]
    assert {(b - a).days for a, b in pairwise(days)} == {every}
    assert len(tasks(clinic, TaskKind.EXERCISES, episode_id)) == 17


def test_from_the_day_of_surgery_on_there_is_a_check_in_every_day(clinic: Clinic) -> None:
    """Before surgery it is one a week; the tasks of the first days are planned before surgery."""
    clinic.clock.moment = MORNING
    episode_id = clinic.add_patient("Olu Ade", chat=2001, day=-6)
    for _ in range(10):
        plan(clinic, episode_id)
        with clinic.session() as session:
            episode = episodes.get(session, episode_id)
            day = episodes.day_today(episode, clinic.now)
            plans.follow_calendar(
                session, clinic.context, episode=episode, day=day, now=clinic.now
            )
        clinic.clock.forward(days=1)
    surgery_on = clinic.one(select(Episode).where(Episode.id == episode_id)).surgery_on
    days = [
        (task.local_on - surgery_on).days for task in tasks(clinic, TaskKind.CHECK_IN, episode_id)
    ]
    assert days == [-6, 0, 1, 2, 3, 4, 5]


# --- stages -------------------------------------------------------------------------------------


def follow(clinic: Clinic, episode_id: int, day: int) -> str:
    with clinic.session() as session:
        episode = episodes.get(session, episode_id)
        plans.follow_calendar(session, clinic.context, episode=episode, day=day, now=clinic.now)
        return episode.stage_id


def test_surgery_ends_preparation_by_the_calendar(clinic: Clinic) -> None:
    episode_id = clinic.add_patient("Olu Ade", chat=2001, day=-2)
    assert follow(clinic, episode_id, -1) == "P0"
    assert follow(clinic, episode_id, 0) == "P1"
    assert follow(clinic, episode_id, 0) == "P1"
    (change,) = clinic.all_of(StageChange)
    assert (change.from_stage, change.to_stage, change.clinician_id) == ("P0", "P1", None)


def test_the_calendar_alone_never_moves_a_patient_on_after_surgery(clinic: Clinic) -> None:
    assert follow(clinic, clinic.asha, 40) == "P1"
    with clinic.session() as session:
        episode = episodes.get(session, clinic.asha)
        assert plans.review_due(session, clinic.context, episode=episode, day=14) is None
        assert plans.review_due(session, clinic.context, episode=episode, day=15) == "P2"


def test_a_held_patient_keeps_the_exercises_of_the_stages_last_day(clinic: Clinic) -> None:
    assert day_list(clinic, clinic.asha, 40) != []
    assert set(day_list(clinic, clinic.asha, 40)) >= set(day_list(clinic, clinic.asha, 14))


def move(clinic: Clinic, to_stage: str, reason: str = "walks well") -> None:
    with clinic.session() as session:
        plans.change_stage(
            session,
            clinic.context,
            episode_id=clinic.asha,
            to_stage=to_stage,
            reason=reason,
            clinician_id=clinic.meera,
            now=clinic.now,
        )


def test_a_named_clinician_moves_the_stage_with_a_reason(clinic: Clinic) -> None:
    move(clinic, "P2", "  exit criteria met ")
    (change,) = clinic.all_of(StageChange)
    assert (change.to_stage, change.clinician_id) == ("P2", clinic.meera)
    assert change.reason == "exit criteria met"


@pytest.mark.parametrize(
    ("stage", "reason", "field"),
    [("P9", "walks well", "to_stage"), ("P1", "walks well", "to_stage"), ("P2", " x ", "reason")],
)
def test_an_odd_move_is_refused(clinic: Clinic, stage: str, reason: str, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        move(clinic, stage, reason)
    assert list(refused.value.fields) == [field]
    assert clinic.all_of(StageChange) == []


def test_stopped_loading_takes_loading_exercises_off_the_plan(clinic: Clinic) -> None:
    episode_id = clinic.add_patient("Olu Ade", chat=2001, day=60)
    with clinic.session() as session:
        episodes.get(session, episode_id).stage_id = "P3"
    whole = day_list(clinic, episode_id, 60)
    clinic.find(episode_id, Tier.SAME_DAY, stops=True)
    left = day_list(clinic, episode_id, 60)
    library = clinic.context.content.exercises
    gone = set(whole) - set(left)
    assert gone == {name for name in whole if library[name].tags & {"loading", "impact"}}
    assert gone


def test_a_paused_patient_has_no_exercises(clinic: Clinic) -> None:
    with clinic.session() as session:
        episodes.pause(
            session, episode_id=clinic.asha, until=None, actor="patient", now=clinic.now
        )
    assert day_list(clinic, clinic.asha, 10) == []


# --- doing them ---------------------------------------------------------------------------------


def test_the_list_of_a_day_is_made_once_and_survives_a_change_of_plan(clinic: Clinic) -> None:
    with clinic.session() as session:
        task = care_tasks.ensure(
            session,
            episode=episodes.get(session, clinic.asha),
            kind=TaskKind.EXERCISES,
            local_on=clinic.today,
            now=clinic.now,
        )
        first = [
            (record.exercise_id, record.dose)
            for record in care_tasks.list_exercises(session, clinic.context, task=task, day=10)
        ]
        task.episode.stage_id = "P2"
        again = [
            (record.exercise_id, record.dose)
            for record in care_tasks.list_exercises(session, clinic.context, task=task, day=10)
        ]
    assert first == again
    assert all(dose for _, dose in first)


def test_a_day_is_done_when_every_exercise_has_an_answer(clinic: Clinic) -> None:
    with clinic.session() as session:
        task = care_tasks.ensure(
            session,
            episode=episodes.get(session, clinic.asha),
            kind=TaskKind.EXERCISES,
            local_on=clinic.today,
            now=clinic.now,
        )
        records = care_tasks.list_exercises(session, clinic.context, task=task, day=10)
        for record in records[:-1]:
            assert care_tasks.record_exercise(
                record, state=ExerciseState.TOO_PAINFUL, now=clinic.now
            )
        assert task.state == TaskState.PROMPTED
        assert care_tasks.next_exercise(task) is records[-1]
        care_tasks.record_all_done(task, now=clinic.now)
        assert (task.state, task.done_at) == (TaskState.DONE, clinic.now)
        assert [record.state for record in records].count("done") == 1
        assert not care_tasks.record_exercise(
            records[-1], state=ExerciseState.DONE, now=clinic.now
        )
