"""A clinician changes one patient's plan: seen first, refused with a reason, told to the patient."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from exercises.schema import MOST_EXERCISES, Dose
from rehab.errors import InvalidInput, NotAllowed, WrongState
from rehab.models import (
    AuditEvent,
    ExerciseRecord,
    ExerciseState,
    MessageClass,
    OutboxMessage,
    PlanChange,
    TaskKind,
)
from rehab.services import care_tasks, episodes, plan_edits, plans
from rehab.services.overview.plan_history import history_rows
from rehab.services.plan_edits import Edit, EditPreview
from tests.support.build import ASHA_CHAT, NIGHT, ZONE, Clinic

NEW = Edit("add", exercise_id="EX44")
RESISTED = Edit("add", exercise_id="EX47")
"""Bands, which nobody lifts before day 29 in the standard programme."""


def apply(clinic: Clinic, edit: Edit, reason: str = "", **more: Any) -> PlanChange:
    given: dict[str, Any] = {"override": False, "clinician_id": clinic.meera}
    with clinic.session() as session:
        row = plan_edits.apply(
            session,
            clinic.context,
            episode_id=clinic.asha,
            edit=edit,
            reason=reason,
            now=clinic.now,
            **(given | more),
        )
        session.expunge_all()
        return row


def refused(clinic: Clinic, edit: Edit, reason: str = "", **more: Any) -> dict[str, str]:
    with pytest.raises(InvalidInput) as error:
        apply(clinic, edit, reason, **more)
    assert clinic.all_of(PlanChange) == []
    return error.value.fields


def preview(clinic: Clinic, edit: Edit) -> EditPreview:
    with clinic.session() as session:
        episode = episodes.get(session, clinic.asha)
        return plan_edits.preview(
            session, clinic.context, episode=episode, edit=edit, now=clinic.now
        )


def day_plan(clinic: Clinic, day: int = 10) -> list[str]:
    with clinic.session() as session:
        episode = episodes.get(session, clinic.asha)
        items = plans.on_day(session, clinic.context, episode=episode, day=day)
        return [item.exercise_id for item in items]


def show_list(clinic: Clinic, *done: str) -> None:
    """Today's list goes out; these exercises are done."""
    with clinic.session() as session:
        episode = episodes.get(session, clinic.asha)
        task = care_tasks.ensure(
            session,
            episode=episode,
            kind=TaskKind.EXERCISES,
            local_on=clinic.today,
            now=clinic.now,
        )
        for record in care_tasks.list_exercises(session, clinic.context, task=task, day=10):
            if record.exercise_id in done:
                record.state = ExerciseState.DONE


def shown(clinic: Clinic) -> list[str]:
    return [record.exercise_id for record in clinic.all_of(ExerciseRecord)]


def told(clinic: Clinic) -> list[OutboxMessage]:
    return clinic.outbox(ASHA_CHAT, "plan_changed")


# --- before anything is written -------------------------------------------------------------


def test_a_preview_shows_both_plans_and_the_difference_and_writes_nothing(clinic: Clinic) -> None:
    seen = preview(clinic, NEW)
    assert [item.exercise_id for item in seen.after if item not in seen.before] == ["EX44"]
    assert seen.on == clinic.today
    assert seen.words.startswith("Add ")
    assert "10 Mar 2026" in seen.words
    assert (seen.broken, seen.problems) == ((), {})
    assert clinic.all_of(PlanChange) == []
    assert told(clinic) == []


def test_a_preview_names_a_broken_precaution_and_its_last_day(clinic: Clinic) -> None:
    seen = preview(clinic, RESISTED)
    assert [one.id for one in seen.broken] == ["no-resistance"]
    assert seen.broken_until == (clinic.today + timedelta(days=18),)
    assert "EX47" in [item.exercise_id for item in seen.after]


@pytest.mark.parametrize(
    ("edit", "field"),
    [
        (Edit("level"), "kind"),
        (Edit("dance"), "kind"),
        (Edit("add", exercise_id="EX98"), "exercise_id"),
        (Edit("add", exercise_id="EX01"), "exercise_id"),
        (Edit("remove", exercise_id="EX36"), "exercise_id"),
        (Edit("swap", exercise_id="EX01", new_exercise_id="EX03"), "new_exercise_id"),
        (Edit("swap", exercise_id="EX01"), "new_exercise_id"),
        (Edit("dose", exercise_id="EX08"), "dose"),
        (Edit("dose", exercise_id="EX08", dose=Dose(reps=60)), "dose"),
        (Edit("dose", exercise_id="EX08", dose=Dose(minutes=5)), "dose"),
        (Edit("precaution", precaution_id="no-such"), "precaution_id"),
        (Edit("precaution", precaution_id="no-pool", precaution_to_day=7), "precaution_to_day"),
        (Edit("precaution", precaution_id="no-pool"), "precaution_to_day"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_field(
    clinic: Clinic, edit: Edit, field: str
) -> None:
    assert field in preview(clinic, edit).problems
    assert field in refused(clinic, edit, "a good reason", override=True)


def test_odd_dates_are_refused(clinic: Clinic) -> None:
    yesterday = clinic.today - timedelta(days=1)
    assert "from_on" in refused(clinic, Edit("add", exercise_id="EX44", from_on=yesterday))
    assert "to_on" in refused(clinic, Edit("add", exercise_id="EX44", to_on=yesterday))


def test_an_edit_that_ends_before_it_can_begin_is_refused(clinic: Clinic) -> None:
    show_list(clinic)
    fields = refused(clinic, Edit("add", exercise_id="EX44", to_on=clinic.today))
    assert "11 Mar 2026" in fields["to_on"]


def test_a_plan_can_be_changed_during_a_pause(clinic: Clinic) -> None:
    with clinic.session() as session:
        episodes.pause(
            session, episode_id=clinic.asha, until=None, actor="patient", now=clinic.now
        )
    apply(clinic, Edit("remove", exercise_id="EX24"))
    assert day_plan(clinic) == []
    assert told(clinic) == [], "nobody is written to during a pause"
    with clinic.session() as session:
        episodes.resume(session, episode_id=clinic.asha, actor="patient", now=clinic.now)
    assert "EX24" not in day_plan(clinic)
    assert "EX03" in day_plan(clinic)


def test_an_addition_without_room_after_a_stage_change_is_named(clinic: Clinic) -> None:
    def left_out(stage: str) -> list[int]:
        with clinic.session() as session:
            episode = episodes.get(session, clinic.asha)
            episode.stage_id = stage
            found = plan_edits.left_out(session, clinic.context, episode=episode, now=clinic.now)
            return [row.id for row in found]

    assert left_out("P5") == []
    first, second = (apply(clinic, Edit("add", exercise_id=one)).id for one in ("EX44", "EX43"))
    assert left_out("P5") == []
    assert left_out("P1") == [second], f"the earlier one, {first}, has the last place"
    with clinic.session() as session:
        episode = episodes.get(session, clinic.asha)
        shown = history_rows(session, clinic.context, episode=episode, now=clinic.now)
    states = {row.change_id: row.state for row in shown if row.change_id}
    assert (states[first], states[second]) == ("running", "no_room")


def test_a_ninth_exercise_is_refused_with_its_day(clinic: Clinic) -> None:
    apply(clinic, NEW)
    assert len(day_plan(clinic)) == MOST_EXERCISES
    with pytest.raises(InvalidInput, match=r"9 exercises on day 10 \(10 Mar 2026\)"):
        apply(clinic, Edit("add", exercise_id="EX43"))


def test_only_clinicians_change_a_plan(clinic: Clinic) -> None:
    with pytest.raises(NotAllowed):
        apply(clinic, NEW, clinician_id=clinic.admin)


# --- applied ----------------------------------------------------------------------------------


def test_a_change_names_who_and_says_what_and_is_in_the_audit_trail(clinic: Clinic) -> None:
    row = apply(clinic, Edit("dose", exercise_id="EX08", dose=Dose(sets=2, reps=12)), "does well")
    assert (row.clinician_id, row.reason) == (clinic.meera, "does well")
    assert "2 sets · 12 times" in row.words
    event = clinic.one(select(AuditEvent).where(AuditEvent.action == "plan.changed"))
    assert (event.actor, event.detail) == (f"clinician:{clinic.meera}", "dose")
    with clinic.session() as session:
        assert [one.id for one in plan_edits.history(session, episode_id=clinic.asha)] == [row.id]


def test_the_patient_is_told_in_plain_words_what_is_different(clinic: Clinic) -> None:
    apply(clinic, Edit("swap", exercise_id="EX24", new_exercise_id="EX44"))
    (message,) = told(clinic)
    assert message.message_class == MessageClass.REPLY
    assert "takes the place of" in (message.text or "")
    assert "This starts today." in (message.text or "")
    assert clinic.settings.config.clinic.phone in (message.text or "")
    assert "{" not in (message.text or "")


def test_nobody_is_woken_for_it(clinic: Clinic) -> None:
    clinic.clock.moment = NIGHT
    apply(clinic, NEW)
    (message,) = told(clinic)
    assert message.not_before == clinic.clock.at(clinic.today, "07:00", ZONE)


def test_a_list_that_was_shown_is_not_rewritten_so_it_begins_tomorrow(clinic: Clinic) -> None:
    show_list(clinic)
    before = shown(clinic)
    row = apply(clinic, NEW)
    assert row.from_on == clinic.today + timedelta(days=1)
    assert "EX44" not in day_plan(clinic, 10)
    assert "EX44" in day_plan(clinic, 11)
    assert shown(clinic) == before
    assert "This starts tomorrow." in (told(clinic)[0].text or "")


def test_what_is_removed_for_safety_leaves_todays_list_unless_it_was_answered(
    clinic: Clinic,
) -> None:
    show_list(clinic, "EX03")
    apply(clinic, Edit("remove", exercise_id="EX24"))
    apply(clinic, Edit("remove", exercise_id="EX03"))
    assert "EX24" not in shown(clinic)
    assert "EX03" in shown(clinic), "what the patient did stays on record"


def test_a_broken_precaution_is_refused_with_its_name_reason_and_end(clinic: Clinic) -> None:
    fields = refused(clinic, RESISTED, "wants to be strong")
    assert "no-resistance holds until 28 Mar 2026" in fields["override"]
    assert "resist" in fields["override"]


@pytest.mark.parametrize("reason", ["", " x "])
def test_an_override_needs_a_reason_of_a_few_words(clinic: Clinic, reason: str) -> None:
    assert "reason" in refused(clinic, RESISTED, reason, override=True)


def test_an_override_names_what_it_breaks_and_breaks_nothing_else(clinic: Clinic) -> None:
    row = apply(clinic, RESISTED, "surgeon agreed", override=True)
    assert row.overrides == ["no-resistance"]
    assert "against: no-resistance" in row.words
    assert "EX47" in day_plan(clinic)


def test_a_stop_of_loading_goes_before_an_override(clinic: Clinic) -> None:
    apply(clinic, RESISTED, "surgeon agreed", override=True)
    with clinic.session() as session:
        episodes.get(session, clinic.asha).loading_stopped_at = clinic.now
    assert "EX47" not in day_plan(clinic)


def test_a_precaution_where_surgeons_differ_can_end_earlier_for_one_patient(
    clinic: Clinic,
) -> None:
    edit = Edit("precaution", precaution_id="no-deep-bending", precaution_to_day=28)
    assert "reason" in refused(clinic, edit)
    apply(clinic, edit, "surgeon's protocol")
    with clinic.session() as session:
        episode = episodes.get(session, clinic.asha)
        active = plans.active_precautions(session, clinic.context, episode=episode, day=29)
    assert "no-deep-bending" not in [one.id for one in active]
    assert "28 March" in (told(clinic)[0].text or "")


def test_a_step_down_lasts_two_days_and_ends_by_itself(clinic: Clinic) -> None:
    with clinic.session() as session:
        row = plan_edits.step_down(
            session,
            clinic.context,
            episode_id=clinic.asha,
            reason="sore",
            clinician_id=clinic.meera,
            now=clinic.now,
        )
        assert row.to_on == clinic.today + timedelta(days=1)
        episode = episodes.get(session, clinic.asha)
        doses = [
            {
                i.exercise_id: i.dose
                for i in plans.on_day(session, clinic.context, episode=episode, day=day)
            }
            for day in (10, 12)
        ]
    assert doses[0].keys() == doses[1].keys()
    assert doses[0]["EX03"] != doses[1]["EX03"]
    assert "easier until 11 March" in (told(clinic)[0].text or "")


def test_a_step_down_lowers_what_is_not_answered_on_a_list_that_was_shown(clinic: Clinic) -> None:
    show_list(clinic, "EX04")
    listed = {one.exercise_id: one.dose for one in clinic.all_of(ExerciseRecord)}
    with clinic.session() as session:
        plan_edits.step_down(
            session,
            clinic.context,
            episode_id=clinic.asha,
            reason="sore",
            clinician_id=clinic.meera,
            now=clinic.now,
        )
    now = {one.exercise_id: one.dose for one in clinic.all_of(ExerciseRecord)}
    assert now["EX03"] != listed["EX03"]
    assert now["EX04"] == listed["EX04"], "what was done stays as it was asked"
    assert now["EX01"] == listed["EX01"], "what guards against clots is not cut"


# --- taken back -------------------------------------------------------------------------------


def take_back(clinic: Clinic, change_id: int) -> None:
    with clinic.session() as session:
        plan_edits.take_back(
            session,
            clinic.context,
            change_id=change_id,
            clinician_id=clinic.rao,
            now=clinic.now,
        )


def test_a_change_is_taken_back_but_stays_on_record(clinic: Clinic) -> None:
    row = apply(clinic, NEW)
    take_back(clinic, row.id)
    kept = clinic.one(select(PlanChange))
    assert (kept.ended_at, kept.ended_by) == (clinic.now, clinic.rao)
    assert "EX44" not in day_plan(clinic)
    assert "comes off your list" in (told(clinic)[-1].text or "")
    with pytest.raises(WrongState):
        take_back(clinic, row.id)


def test_taking_back_a_removal_must_leave_room(clinic: Clinic) -> None:
    removal = apply(clinic, Edit("remove", exercise_id="EX25"))
    for exercise in ("EX44", "EX43"):
        apply(clinic, Edit("add", exercise_id=exercise))
    with pytest.raises(InvalidInput, match="9 exercises"):
        take_back(clinic, removal.id)


def test_nobody_without_an_open_chat_is_told(clinic: Clinic) -> None:
    with clinic.session() as session:
        episodes.stop(session, episode_id=clinic.asha, actor="patient", now=clinic.now)
    apply(clinic, NEW)
    assert told(clinic) == []
