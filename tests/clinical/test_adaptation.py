"""One patient's own plan: doses, additions, removals, swaps and steps down, never against a precaution."""

from __future__ import annotations

from exercises.schema import MOST_EXERCISES, Dose, PlannedExercise
from rehab.clinical.staging import Change
from tests.clinical.plans import USUAL, ids, plan, protocol

LIGHT = Dose(sets=1, reps=5)


def planned(number: int, **more: object) -> PlannedExercise:
    return PlannedExercise(exercise=f"EX{number:02}", **more)


def change(kind: str, exercise: str | None = None, **more: object) -> Change:
    return Change(**({"kind": kind, "from_day": 2, "id": 7, "exercise_id": exercise} | more))


def test_a_dose_of_ones_own_holds_from_its_first_to_its_last_day() -> None:
    own = change("dose", "EX01", dose=LIGHT, to_day=4)
    doses = {day: plan(own, day=day)[0].dose for day in (1, 2, 4, 5)}
    assert doses == {1: USUAL, 2: LIGHT, 4: LIGHT, 5: USUAL}
    assert plan(own)[0].change_id == 7


def test_of_two_doses_the_later_change_counts() -> None:
    first, second = change("dose", "EX01", dose=LIGHT), change("dose", "EX01", dose=USUAL, id=8)
    assert (plan(first, second)[0].dose, plan(first, second)[0].change_id) == (USUAL, 8)


def test_a_dose_with_days_of_the_week_decides_on_which_days_it_is_done() -> None:
    own = change("dose", "EX01", dose=Dose(reps=10, days_a_week=2), from_day=0)
    days = [day for day in range(7) if "EX01" in ids(plan(own, day=day))]
    assert len(days) == 2


def test_what_is_added_comes_last_with_its_usual_dose_or_its_own() -> None:
    items = plan(change("add", "EX10"), change("add", "EX11", dose=LIGHT))
    assert ids(items) == ["EX01", "EX02", "EX10", "EX11"]
    assert [item.dose for item in items[2:]] == [USUAL, LIGHT]


def test_an_added_exercise_keeps_its_days_of_the_week() -> None:
    added = change("add", "EX10", dose=Dose(reps=10, days_a_week=3), from_day=0)
    assert sum("EX10" in ids(plan(added, day=day)) for day in range(7)) == 3


def test_a_removed_exercise_is_gone_and_a_swapped_one_gives_its_place() -> None:
    assert ids(plan(change("remove", "EX01"))) == ["EX02"]
    assert ids(plan(change("swap", "EX01", new_exercise_id="EX10"))) == ["EX10", "EX02"]


def test_a_swap_for_something_already_there_does_not_double_it() -> None:
    assert ids(plan(change("swap", "EX01", new_exercise_id="EX02"))) == ["EX02"]


def test_there_are_never_more_exercises_than_anybody_does() -> None:
    additions = [change("add", f"EX{number}") for number in range(10, 20)]
    assert len(plan(*additions)) == MOST_EXERCISES
    assert ids(plan(*additions))[:3] == ["EX01", "EX02", "EX10"]


def test_a_change_about_an_exercise_nobody_knows_has_no_effect() -> None:
    assert ids(plan(change("add", "EX99"), change("swap", "EX01", new_exercise_id="EX98"))) == [
        "EX01",
        "EX02",
    ]


def test_an_added_exercise_stays_out_while_a_precaution_forbids_it() -> None:
    added = change("add", "EX03")
    assert "EX03" not in ids(plan(added, day=28))
    assert "EX03" in ids(plan(added, day=29))


def test_only_the_named_precaution_is_overridden() -> None:
    named = change("add", "EX03", overrides=("no-resistance",))
    other = change("add", "EX03", overrides=("no-deep-bending",))
    assert plan(named)[-1].overridden == ("no-resistance",)
    assert "EX03" not in ids(plan(other))


def test_an_override_of_one_exercise_is_none_for_another() -> None:
    named = change("add", "EX01", overrides=("no-resistance",))
    assert "EX03" not in ids(plan(named, change("add", "EX03")))


def test_a_stop_of_loading_goes_before_every_override() -> None:
    items = plan(change("add", "EX02", overrides=("no-resistance",)), loading_suspended=True)
    assert ids(items) == ["EX01"]


def test_a_step_down_gives_the_easier_exercise() -> None:
    of = protocol(planned(2), planned(10))
    items = plan(change("step_down", to_day=3), of=of)
    assert ids(items) == ["EX01", "EX10"]
    assert ids(plan(change("step_down", to_day=3), of=of, day=4)) == ["EX02", "EX10"]


def test_without_a_free_easier_exercise_a_step_down_gives_the_least_dose() -> None:
    both = plan(change("step_down"))
    assert ids(both) == ["EX01", "EX02"]
    assert [item.dose for item in both] == [Dose(sets=1, reps=5)] * 2


def test_without_limits_nobody_knows_how_little_so_the_dose_stays() -> None:
    assert plan(change("step_down"), of=protocol(planned(7)))[0].dose == USUAL


def test_a_step_down_leaves_what_guards_against_clots_alone() -> None:
    items = plan(change("step_down"), of=protocol(planned(8)))
    assert [(item.exercise_id, item.dose, item.change_id) for item in items] == [
        ("EX08", USUAL, None)
    ]


def test_a_step_down_never_leads_to_what_a_precaution_forbids() -> None:
    items = plan(change("step_down"), of=protocol(planned(5)))
    assert ids(items) == ["EX05"]
    assert items[0].dose == Dose(sets=1, reps=5)


def test_a_step_down_does_not_bring_back_what_a_clinician_took_out() -> None:
    items = plan(change("remove", "EX01"), change("step_down"))
    assert ids(items) == ["EX02"]


def test_a_step_down_under_a_stop_of_loading_adds_no_loading() -> None:
    three = protocol(planned(3), precautions=())
    assert ids(plan(change("step_down"), of=three, loading_suspended=True)) == ["EX03"]


def test_the_easier_exercise_is_asked_in_no_larger_dose_than_before() -> None:
    items = plan(change("step_down"), of=protocol(planned(2, dose=Dose(sets=1, reps=6))))
    assert (ids(items), items[0].dose) == (["EX01"], Dose(sets=1, reps=6))


def test_levels_above_zero_take_the_steps_in_order_and_stay_at_the_last() -> None:
    steps = (Dose(sets=2, reps=12), Dose(sets=3, reps=12))
    of = protocol(planned(1, dose=LIGHT, steps=steps), planned(2))
    doses = [plan(of=of, level=level)[0].dose for level in (0, 1, 2, 3)]
    assert doses == [LIGHT, steps[0], steps[1], steps[1]]
    assert plan(of=of, level=2)[1].dose == USUAL


def test_the_level_below_zero_is_a_step_down() -> None:
    of = protocol(planned(2), planned(10))
    assert plan(of=of, level=-1) == [
        type(item)(item.exercise_id, item.dose)
        for item in plan(change("step_down", id=None), of=of)
    ]


def test_a_clinicians_dose_goes_before_a_step_of_the_pain_rule() -> None:
    of = protocol(planned(1, steps=(Dose(sets=3, reps=20),)))
    assert plan(change("dose", "EX01", dose=LIGHT), of=of, level=1)[0].dose == LIGHT
