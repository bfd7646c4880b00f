"""Mistakes a person may make in a content file, each a function that makes it somewhere."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import Any

from exercises.tags import KNOWN_TAGS

Data = dict[str, Any]
Mistake = Callable[[Data, random.Random], str | None]
"""Breaks the data and returns the start of the key to be named; None: does not apply here."""

GENTLE = ("EX01", "EX02", "EX03", "EX04", "EX15", "EX44", "EX54", "EX55", "EX58")


def places(data: Data) -> Iterator[tuple[str, int, Data]]:
    for number, stage in enumerate(data["stages"]):
        yield f"stages[{number}]", number, stage


def stage_of(data: Data, chance: random.Random) -> tuple[str, int, Data]:
    return chance.choice(list(places(data)))


def planned_of(data: Data, chance: random.Random, *, with_dose: bool = False) -> tuple[str, Data]:
    found = [
        (f"{key}.exercises[{number}]", planned)
        for key, _, stage in places(data)
        for number, planned in enumerate(stage["exercises"])
        if "dose" in planned or not with_dose
    ]
    return chance.choice(found)


def criteria_of(data: Data) -> list[tuple[str, Data]]:
    return [
        (f"{key}.exit_criteria[{number}]", criterion)
        for key, _, stage in places(data)
        for number, criterion in enumerate(stage.get("exit_criteria", []))
    ]


def some_table(data: Data, chance: random.Random) -> tuple[str, Data]:
    """The file itself, or a stage, precaution, milestone or criterion of it."""
    found = [("", data), *((key, stage) for key, _, stage in places(data)), *criteria_of(data)]
    for field in ("precautions", "milestones"):
        found += [(f"{field}[{number}]", item) for number, item in enumerate(data[field])]
    return chance.choice(found)


# --- Mistakes in any file ---


def a_lost_id(data: Data, chance: random.Random) -> str | None:
    del data["id"]
    return "id"


def no_source(data: Data, chance: random.Random) -> str | None:
    data["sources"] = []
    return "sources"


def an_unknown_key(data: Data, chance: random.Random) -> str | None:
    data["surces"] = "x"
    return "surces"


def a_list_for_a_word(data: Data, chance: random.Random) -> str | None:
    data["id"] = [data["id"]]
    return "id"


def another_id(data: Data, chance: random.Random) -> str | None:
    data["id"] = "EX99" if data["id"].startswith("EX") else "nobody"
    return "id"


def a_signature_of_nobody(data: Data, chance: random.Random) -> str | None:
    data["sign_off"] = {"state": "signed"}
    return "sign_off"


ANYWHERE: list[Mistake] = [
    a_lost_id,
    no_source,
    an_unknown_key,
    a_list_for_a_word,
    another_id,
    a_signature_of_nobody,
]

# --- Mistakes in a programme ---


def a_lost_key(data: Data, chance: random.Random) -> str | None:
    needed = {"id", "text", "sources", "to_day", "name", "aim", "weight_bearing", "exercises"}
    key, table = some_table(data, chance)
    field = chance.choice(sorted(needed & table.keys()))
    del table[field]
    return f"{key}.{field}".lstrip(".")


def another_type(data: Data, chance: random.Random) -> str | None:
    key, table = some_table(data, chance)
    field = chance.choice(sorted(table))
    table[field] = 7 if isinstance(table[field], str | list | dict) else "seven"
    return f"{key}.{field}".lstrip(".")


def a_slip_of_the_key(data: Data, chance: random.Random) -> str | None:
    key, table = some_table(data, chance)
    table["txet"] = "x"
    return f"{key}.txet".lstrip(".")


def no_source_inside(data: Data, chance: random.Random) -> str | None:
    key, table = some_table(data, chance)
    table["sources"] = chance.choice([[], [" "]])
    return f"{key}.sources".lstrip(".")


def an_unknown_exercise(data: Data, chance: random.Random) -> str | None:
    key, planned = planned_of(data, chance)
    planned["exercise"] = "EX99"
    return f"{key}.exercise"


def days_that_do_not_meet(data: Data, chance: random.Random) -> str | None:
    _, number, stage = stage_of(data, chance)
    if number == 0:
        return None
    stage["from_day"] += chance.choice([-3, -1, 1, 3])
    return "stages"


def a_window_outside_its_stage(data: Data, chance: random.Random) -> str | None:
    key, _, stage = stage_of(data, chance)
    stage["exercises"][0]["from_day"] = stage["to_day"] + 1
    return f"{key}.exercises"


def twice_on_a_day(data: Data, chance: random.Random) -> str | None:
    key, _, stage = stage_of(data, chance)
    stage["exercises"].append(dict(stage["exercises"][0]))
    return f"{key}.exercises[{len(stage['exercises']) - 1}]"


def more_than_a_day_holds(data: Data, chance: random.Random) -> str | None:
    key, _, stage = stage_of(data, chance)
    there = {planned["exercise"] for planned in stage["exercises"]}
    stage["exercises"] += [{"exercise": name} for name in GENTLE if name not in there]
    return f"{key}.exercises"


def a_day_without_exercises(data: Data, chance: random.Random) -> str | None:
    key, _, stage = stage_of(data, chance)
    if stage["from_day"] == stage["to_day"]:
        return None
    stage["exercises"] = [{"exercise": "EX44", "from_day": stage["from_day"] + 1}]
    return f"{key}.exercises"


def a_dose_out_of_limits(data: Data, chance: random.Random) -> str | None:
    key, planned = planned_of(data, chance, with_dose=True)
    most = {"sets": 10, "reps": 60, "hold_seconds": 120, "minutes": 60}
    field = chance.choice(sorted(most.keys() & planned["dose"].keys()))
    planned["dose"][field] = most[field]
    return f"{key}.dose.{field}"


def a_dose_that_cannot_be(data: Data, chance: random.Random) -> str | None:
    key, planned = planned_of(data, chance, with_dose=True)
    field = chance.choice(sorted(planned["dose"]))
    planned["dose"][field] = chance.choice([0, -1, 1000, "two", 1.5])
    return f"{key}.dose.{field}"


def a_step_that_is_not_harder(data: Data, chance: random.Random) -> str | None:
    key, planned = planned_of(data, chance, with_dose=True)
    planned["steps"] = [dict(planned["dose"])]
    return f"{key}.steps[0]"


def turns_and_days_of_the_week(data: Data, chance: random.Random) -> str | None:
    key, planned = planned_of(data, chance, with_dose=True)
    planned["group"] = "c"
    planned["dose"]["days_a_week"] = 3
    return key


def what_a_precaution_forbids(data: Data, chance: random.Random) -> str | None:
    impact = [one for one in data["precautions"] if "impact" in one["forbids_tags"]]
    held = [
        (key, stage)
        for key, number, stage in places(data)
        if number
        and impact
        and impact[0]["from_day"] <= stage["to_day"]
        and stage["from_day"] <= impact[0]["to_day"]
        and "EX46" not in {planned["exercise"] for planned in stage["exercises"]}
    ]
    if not held:
        return None
    key, stage = chance.choice(held)
    stage["exercises"].append({"exercise": "EX46", "dose": {"minutes": 10, "days_a_week": 2}})
    return f"{key}.exercises[{len(stage['exercises']) - 1}]"


def a_tag_nobody_knows(data: Data, chance: random.Random) -> str | None:
    number = chance.randrange(len(data["precautions"]))
    tag = chance.choice(sorted(KNOWN_TAGS)) + "s"
    data["precautions"][number]["forbids_tags"].append(tag)
    return f"precautions[{number}].forbids_tags"


def an_end_before_its_start(data: Data, chance: random.Random) -> str | None:
    field = chance.choice(["precautions", "milestones"])
    number = chance.randrange(len(data[field]))
    data[field][number]["to_day"] = data[field][number]["from_day"] - 1
    return f"{field}[{number}].to_day"


def the_same_id_twice(data: Data, chance: random.Random) -> str | None:
    field = chance.choice(["precautions", "milestones"])
    if len(data[field]) < 2:
        return None
    data[field][1]["id"] = data[field][0]["id"]
    return f"{field}[1].id"


def an_unknown_measure(data: Data, chance: random.Random) -> str | None:
    key, criterion = chance.choice(criteria_of(data))
    criterion["measure"] = "hop-in-metres"
    criterion["at_least"] = 1
    return f"{key}.measure"


def a_measure_without_a_test(data: Data, chance: random.Random) -> str | None:
    key, criterion = chance.choice(criteria_of(data))
    for field in ("at_least", "at_most", "is_one_of"):
        criterion.pop(field, None)
    criterion["measure"] = "pain-rest"
    return key


def a_number_nobody_can_measure(data: Data, chance: random.Random) -> str | None:
    found = [(key, c) for key, c in criteria_of(data) if "at_least" in c or "at_most" in c]
    if not found:
        return None
    key, criterion = chance.choice(found)
    field = "at_least" if "at_least" in criterion else "at_most"
    criterion[field] = chance.choice([-1, 5000])
    return f"{key}.{field}"


def an_option_nobody_can_choose(data: Data, chance: random.Random) -> str | None:
    found = [(key, c) for key, c in criteria_of(data) if "is_one_of" in c]
    if not found:
        return None
    key, criterion = chance.choice(found)
    criterion["is_one_of"] = ["perfect"]
    return f"{key}.is_one_of"


def a_file_that_is_not_there(data: Data, chance: random.Random) -> str | None:
    field = chance.choice(["questionnaire", "warning_signs", "education"])
    data[field] = "nothing-like-it"
    return field


def a_stay_nobody_knows(data: Data, chance: random.Random) -> str | None:
    data.pop("stay_days", None)
    data["precautions"][0]["anchor"] = "discharge"
    return "precautions[0].anchor"


def a_stage_that_opens_by_itself(data: Data, chance: random.Random) -> str | None:
    data["stages"][0]["low_risk"] = True
    return "stages[0].low_risk"


def a_version_of_two_numbers(data: Data, chance: random.Random) -> str | None:
    data["version"] = "1.1"
    return "version"


PROGRAMME: list[Mistake] = [
    a_lost_key,
    another_type,
    a_slip_of_the_key,
    no_source_inside,
    an_unknown_exercise,
    days_that_do_not_meet,
    a_window_outside_its_stage,
    twice_on_a_day,
    more_than_a_day_holds,
    a_day_without_exercises,
    a_dose_out_of_limits,
    a_dose_that_cannot_be,
    a_step_that_is_not_harder,
    turns_and_days_of_the_week,
    what_a_precaution_forbids,
    a_tag_nobody_knows,
    an_end_before_its_start,
    the_same_id_twice,
    an_unknown_measure,
    a_measure_without_a_test,
    a_number_nobody_can_measure,
    an_option_nobody_can_choose,
    a_file_that_is_not_there,
    a_stay_nobody_knows,
    a_stage_that_opens_by_itself,
    a_version_of_two_numbers,
]

# --- Mistakes in an exercise ---


def its_own_easier_self(data: Data, chance: random.Random) -> str | None:
    data["easier"] = data["id"]
    return "easier"


def an_easier_nobody_knows(data: Data, chance: random.Random) -> str | None:
    data["easier"] = "EX98"
    return "easier"


def limits_the_wrong_way_round(data: Data, chance: random.Random) -> str | None:
    field = chance.choice(sorted(data["dose_limits"]))
    data["dose_limits"][field] = [9, 2]
    return f"dose_limits.{field}"


def a_dose_beyond_its_limits(data: Data, chance: random.Random) -> str | None:
    most = {"sets": 10, "reps": 60, "hold_seconds": 120, "minutes": 60}
    field = chance.choice(sorted(most.keys() & data["dose"].keys()))
    data["dose"][field] = most[field]
    return f"dose.{field}"


def a_dose_of_nothing(data: Data, chance: random.Random) -> str | None:
    data["dose"] = {"sets": 2}
    return "dose"


EXERCISE: list[Mistake] = [
    its_own_easier_self,
    an_easier_nobody_knows,
    limits_the_wrong_way_round,
    a_dose_beyond_its_limits,
    a_dose_of_nothing,
    *ANYWHERE,
]
